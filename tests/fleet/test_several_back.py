"""Several repos as one: what is written and taken back, and what is refused before anything happens."""

from __future__ import annotations

from pathlib import Path

import pytest

from rea_xcom_tui.errors import Refused, ToolError
from rea_xcom_tui.fleet.several import Several
from rea_xcom_tui.fleet.workspace import Workspace
from tests.work import make_work, values

FILE = "team/values.yaml"


@pytest.fixture
def several(tmp_path: Path) -> Several:
    for name in ("east", "west"):
        make_work(tmp_path / name, {FILE: values(name, path=f"s3://{name}/xcom", threshold="1024")})
    fleet = Several({name: Workspace.open(tmp_path / name) for name in ("east", "west")})
    fleet.scan()
    return fleet


def test_what_was_written_in_both_repos_is_put_back_in_both(several: Several, tmp_path: Path) -> None:
    before = [(tmp_path / repo / FILE).read_bytes() for repo in ("east", "west")]
    ids = [f"{repo}:{FILE}" for repo in ("east", "west")]
    several.edit(ids, "threshold", "7")
    several.check_writable()
    several.write()
    assert several.repos_of_newest() == several.repos_of_newest_operation() == ("east", "west")
    assert {edit.deployment for edit in several.uncommitted()} == set(ids)
    assert set(several.to_commit()) == set(ids)
    undone = several.unwrite()
    assert {edit.deployment for edit in undone} == set(ids)
    assert [(tmp_path / repo / FILE).read_bytes() for repo in ("east", "west")] == before
    assert several.uncommitted() == ()


def test_an_edit_of_one_repo_is_written_and_taken_back_there(several: Several, tmp_path: Path) -> None:
    several.edit([f"west:{FILE}"], "threshold", "7")
    several.write()
    assert several.repos_of_newest() == ("west",)
    undone = several.take_back()
    assert undone.files == (f"west:{FILE}",)
    assert several.repos_of_newest() == ()
    assert b'"1024"' in (tmp_path / "west" / FILE).read_bytes()


def test_what_there_is_nothing_of_is_said(several: Several) -> None:
    for call, why in (
        (several.take_back, "nothing in the log of any of these repos can be taken back"),
        (several.finish_cut_off, "no write was cut off"),
        (lambda: several.commit("m"), "there is nothing to commit"),
    ):
        with pytest.raises(Refused, match=why):
            call()
    assert several.repos_of_newest() == several.repos_of_newest_operation() == ()
    assert (several.newest_write(), several.cut_off(), several.commit_cut_off()) == (None, None, False)
    assert several.recover_commit() is None


def test_one_edit_that_cannot_be_made_keeps_all_from_being_written(several: Several, tmp_path: Path) -> None:
    several.edit([f"{repo}:{FILE}" for repo in ("east", "west")], "threshold", "7")
    (tmp_path / "west" / FILE).write_text("agentToken: x\nxcomBackend: &b c\ncommonEnv: *b\n")
    with pytest.raises(Refused, match="cannot be made, so nothing was written"):
        several.write()
    assert b'"1024"' in (tmp_path / "east" / FILE).read_bytes()


def test_what_is_done_in_one_repo_at_a_time_asks_which(several: Several) -> None:
    assert several.title == "2 repos"
    with pytest.raises(ToolError, match="name one of east, west with -C"):
        _ = several.here
    several.focus_on(f"west:{FILE}")
    assert (several.focus, several.title) == ("west", "2 repos · west")
    assert several.here is several.repos["west"]
