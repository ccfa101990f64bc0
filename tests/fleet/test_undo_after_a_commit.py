"""Undo after a commit: what is put back can be committed, and of a commit the reverse is offered."""

from __future__ import annotations

from pathlib import Path

import pytest

from rea_xcom_tui.fleet.actions.undo import committed_already
from rea_xcom_tui.fleet.workspace import Workspace
from rea_xcom_tui.gitops.operations import OperationLog
from tests.cli.run import Cli
from tests.work import FLEET, Work

ETL = "clusters/prod/billing/etl/values.yaml"


def opened(work: Work) -> Workspace:
    workspace = Workspace.open(work.root)
    workspace.scan()
    return workspace


def committed(work: Work) -> Workspace:
    workspace = opened(work)
    workspace.edit([ETL], "threshold", "0")
    workspace.commit(workspace.commit_message())
    return workspace


def test_what_is_put_back_can_be_committed(fleet_repo: Work) -> None:
    workspace = committed(fleet_repo)
    fleet_repo.write("mine.txt", "mine\n")
    fleet_repo.git("add", "mine.txt")
    undone = workspace.take_back()
    workspace.scan()
    assert "can be committed" in undone.sentence()
    assert workspace.to_commit() == (ETL,)
    assert workspace.commit_message().startswith("xcom: set threshold to 1048576 on billing-etl")
    workspace.commit(workspace.commit_message())
    assert fleet_repo.committed(ETL) == FLEET[ETL].encode()
    assert fleet_repo.committed_files() == [ETL]
    assert fleet_repo.status() == ["A  mine.txt"]
    assert workspace.to_commit() == ()


def test_what_the_user_has_committed_with_git_can_be_put_back_and_committed_too(fleet_repo: Work) -> None:
    workspace = opened(fleet_repo)
    workspace.edit([ETL], "threshold", "0")
    workspace.write()
    fleet_repo.git("commit", "-qam", "by hand")
    workspace.take_back()
    workspace.commit("back")
    assert fleet_repo.committed(ETL) == FLEET[ETL].encode()


def test_a_write_that_no_commit_holds_leaves_nothing_to_commit(fleet_repo: Work) -> None:
    workspace = opened(fleet_repo)
    workspace.edit([ETL], "threshold", "0")
    workspace.write()
    assert "commit" not in workspace.take_back().sentence()
    assert workspace.to_commit() == ()


def test_the_log_tells_writes_and_commits_with_command_branch_and_blobs(fleet_repo: Work) -> None:
    workspace = committed(fleet_repo)
    commit, write = OperationLog(workspace.repository.git_dir).operations()
    assert (commit.kind, commit.phase, commit.commit) == ("commit", "committed", fleet_repo.head())
    assert (write.kind, write.phase, write.commit) == ("write", "committed", fleet_repo.head())
    assert commit.holds == (write.number,)
    assert {commit.command, write.command} == {"app"}
    assert {commit.branch, write.branch} == {workspace.repository.branch()}
    assert [(one.path, one.before, one.after) for one in commit.files] == [
        (ETL, *(fleet_repo.git("rev-parse", f"{rev}:{ETL}").strip() for rev in ("HEAD^", "HEAD")))
    ]
    assert commit.when.endswith("Z")
    assert write.fields == ((ETL, "threshold"),)


def test_only_the_newest_operations_are_kept(fleet_repo: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rea_xcom_tui.gitops.operations._MOST", 3)
    log = OperationLog(fleet_repo.root / ".git")
    with log.held():
        for number in range(5):
            log.mark(log.begin(f"write {number}", "2026-11-01T10:00:00Z", (), ()), "written")
    assert [operation.title for operation in log.operations()] == ["write 4", "write 3", "write 2"]


def test_the_reverse_of_a_commit_is_offered_with_its_name(
    fleet_repo: Work, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = Cli(capsys, fleet_repo.root)
    assert run("set", "threshold=0", "--where", "etl", "--commit").code == 0
    head = fleet_repo.head()
    offered = run("undo")
    assert offered.code == 0
    assert "xcom: set threshold to 0 on billing-etl" in offered.err
    assert f"committed as {head[:8]} and not pushed" in offered.err
    assert '+    value: "1048576"' in offered.out
    assert fleet_repo.status() == []
    fleet_repo.git("init", "-q", "--bare", str(tmp_path / "remote"))
    fleet_repo.git("remote", "add", "origin", str(tmp_path / "remote"))
    branch = fleet_repo.git("symbolic-ref", "--short", "HEAD").strip()
    fleet_repo.git("push", "-q", "origin", branch)
    assert "and pushed to origin" in run("undo").err
    assert run("undo", "--commit").code == 0
    assert fleet_repo.status() == []
    assert fleet_repo.committed(ETL) == FLEET[ETL].encode()
    assert "xcom: set threshold to 1048576 on billing-etl" in fleet_repo.git("log", "-1", "--format=%s")
    newest = next(OperationLog(fleet_repo.root / ".git").operations())
    assert newest.command == "undo"


def test_a_commit_that_is_not_checked_out_any_more_is_not_offered(fleet_repo: Work) -> None:
    workspace = committed(fleet_repo)
    assert committed_already(workspace) is not None
    fleet_repo.git("reset", "-q", "--hard", "HEAD^")
    assert committed_already(workspace) is None
