"""Paths as Airflow splits them; every row was tried on Airflow 3.3.2."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rea_xcom_tui.xcom.paths import SCHEMES, parse_path, path

PARTS: list[tuple[str, str | None, str | None, str, str]] = [
    ("s3://bucket", "s3", None, "bucket", ""),
    ("s3://bucket/x", "s3", None, "bucket", "x"),
    ("s3://c@bucket/x", "s3", "c", "bucket", "x"),
    ("s3://C@bucket/x", "s3", "C", "bucket", "x"),
    ("s3://c@d@bucket/x", "s3", "c@d", "bucket", "x"),
    ("s3://user:pw@bucket/x", "s3", "user:pw", "bucket", "x"),
    ("s3:///x", "s3", None, "", "x"),
    ("s3//bucket/x", None, None, "", "s3//bucket/x"),
    ("S3://bucket/x", "s3", None, "bucket", "x"),
    ("abfs://c@cont/x", "abfs", "c", "cont", "x"),
    ("abfss://cont@acct.dfs.core.windows.net/x", "abfss", "cont", "x", ""),
    ("abfss://cont@acct.dfs.core.windows.net/x/y/z", "abfss", "cont", "x", "y/z"),
    ("adl://c@cont/x", "adl", "c", "", "x"),
    (" s3://b/x", "s3", None, "b", "x"),
    ("s3://b/x ", "s3", None, "b", "x "),
    ("s3://@b/x", "s3", None, "b", "x"),
    ("s3://<connection-id>@<bucket>/<path-to-xcom>", "s3", "<connection-id>", "<bucket>", "<path-to-xcom>"),
    ("s3://b/a b", "s3", None, "b", "a b"),
    ("s3://b/a?x=1", "s3", None, "b", "a?x=1"),
    ("s3://b/a#f", "s3", None, "b", "a#f"),
    ("{{ bucket }}", None, None, "", "{{ bucket }}"),
    ("s3://{{ bucket }}/x", "s3", None, "{{ bucket }}", "x"),
    ("s3://b//x//y/", "s3", None, "b", "/x//y/"),
    ("s3://b/../x", "s3", None, "b", "../x"),
    ("", None, None, "", ""),
]


@pytest.mark.parametrize(("text", "scheme", "conn_id", "bucket", "prefix"), PARTS)
def test_parts(text: str, scheme: str | None, conn_id: str | None, bucket: str, prefix: str) -> None:
    parsed = parse_path(text)
    assert (parsed.scheme, parsed.conn_id, parsed.bucket, parsed.prefix) == (scheme, conn_id, bucket, prefix)


@pytest.mark.parametrize("text", ["wasb://c@b/x", "wasbs://c@b/x", "az://c@b/x", "hdfs://h/x", "http://h/x", "memory://x",
                                  "nope://x/y", "s3n://c@b/x", "s3:/bucket/x"])  # fmt: skip
def test_refused_by_every_version(text: str) -> None:
    assert path(text).accepted is False
    assert path(text, (3, 3)).problem


SILENT = ("", "/x", "rel/x", "s3//b/x", "file:///x", "file:/x", "local:///x", "s3://b", "s3:///x", "s3://<b>/x",
          "s3://b/a b", "gs://b/x", "gcs://c@b", "abfs://c@b/x", "{{ b }}")  # fmt: skip


@pytest.mark.parametrize("text", SILENT)
def test_taken_in_silence(text: str) -> None:
    assert path(text).accepted is True


def test_a_scheme_in_capitals_depends_on_the_version() -> None:
    assert [path("S3://b/x", version).accepted for version in ((3, 1), (3, 2), (3, 3), None)] == [
        False,
        True,
        True,
        None,
    ]
    assert path("S3://b/x", (3, 1)).hint == "s3://b/x"


def test_the_normal_azure_url_is_misread() -> None:
    assert parse_path("abfss://cont@acct.dfs.core.windows.net/x").lost_host == "acct.dfs.core.windows.net"
    assert parse_path("abfss://c@cont/x").lost_host is None


@given(st.text(max_size=40))
def test_any_text_can_be_parsed(text: str) -> None:
    parsed = parse_path(text)
    assert parsed.text == text
    assert path(text).accepted in (True, False, None)


CONN = st.from_regex(r"[A-Za-z0-9_.\-]{1,12}", fullmatch=True)
NAME = st.from_regex(r"[a-z0-9\-]{1,12}", fullmatch=True)


@given(st.sampled_from(sorted(set(SCHEMES) - {"adl"})), st.none() | CONN, NAME, NAME, st.none() | CONN)
def test_another_connection_changes_nothing_else(
    scheme: str, conn_id: str | None, bucket: str, prefix: str, new: str | None
) -> None:
    text = f"{scheme}://{conn_id + '@' if conn_id else ''}{bucket}/{prefix}"
    changed = parse_path(text).with_connection(new)
    parsed = parse_path(changed)
    assert (parsed.scheme, parsed.conn_id, parsed.bucket, parsed.prefix) == (scheme, new, bucket, prefix)
    assert parse_path(changed).with_connection(conn_id) == text
