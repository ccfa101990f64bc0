"""A look at many files as one text tells of none that it is nothing for us, unless a look at each says so."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rea_xcom_tui.fleet.scan.at_once import all_are_other, read_all_ahead
from rea_xcom_tui.fleet.scan.read import read_ahead
from rea_xcom_tui.fleet.scan.reading import Reading
from rea_xcom_tui.layouts.signs import SIGNS
from rea_xcom_tui.values import Unreadable
from rea_xcom_tui.xcom.recognise import OWN_KEYS, TELLING_KEYS
from tests.work import values

OTHER = b"apiVersion: v1\nkind: ConfigMap\ndata:\n  a: b\n"
KINDS = [kind for sign in SIGNS.values() for kind in sign.kinds]
TELLING = [
    values("etl").encode(),
    *[f"{key}: x\n".encode() for key in (*OWN_KEYS, *TELLING_KEYS)],
    *[f'{{"{key}": 1}}'.encode() for key in OWN_KEYS],
    *[f"kind: {kind}\n".encode() for kind in KINDS],
    *[f'- "kind" : "{kind}"'.encode() for kind in KINDS],
    b"repositories:\n- name: a\nreleases:\n- name: b\n",
    b"image: registry/astro-remote-execution-agent:1\n",
    values("etl").encode("utf-16"),
    b"\xef\xbb\xbf" + values("etl").encode(),
    values("etl").replace("\n", "\r\n").encode(),
]


@pytest.mark.parametrize("data", TELLING, ids=range(len(TELLING)))
@pytest.mark.parametrize("at", [0, 1, 2])
def test_one_among_others_is_seen(data: bytes, at: int) -> None:
    files = [OTHER, OTHER]
    files.insert(at, data)
    assert not all_are_other(files)
    assert read_all_ahead(files, Reading())[at] != "other" or read_ahead(data) == "other"


def test_what_cannot_be_read_is_nothing_and_no_reason_to_look_at_each() -> None:
    problem = Unreadable("it is a named pipe")
    assert read_all_ahead([OTHER, problem, OTHER], Reading()) == ["other"] * 3
    assert read_all_ahead([problem, values("etl").encode()], Reading())[0] == "other"
    assert read_all_ahead([], Reading()) == []


WORDS = (
    b": \" ' { , kind Application HelmRelease releases repositories: xcom Backend astro DeploymentAPIURL common Env "
    b"agent Token SecretName sentinelAuth image -remote-execution-agent x - \xef\xbb\xbf \xff\xfe \xfe\xff \xff \xfe \0"
).split(b" ")
PIECES = st.sampled_from([b"\n", b" ", b"\r\n", *WORDS])
TEXTS = st.lists(PIECES, max_size=8).map(b"".join)


@given(st.lists(TEXTS, max_size=5))
def test_each_of_them_is_other(files: list[bytes]) -> None:
    if all_are_other(files):
        assert [read_ahead(data) for data in files] == ["other"] * len(files)
