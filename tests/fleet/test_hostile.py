"""A hostile repo through the whole tool: everything that only looks runs nothing of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from rea_xcom_tui.errors import Refused
from rea_xcom_tui.fleet.actions.branch import branch_choice, other_branches
from rea_xcom_tui.fleet.actions.push import push, push_plan
from rea_xcom_tui.fleet.actions.repo_status import standing
from rea_xcom_tui.fleet.drift.report import find_drift
from rea_xcom_tui.fleet.drift.since import find_since
from rea_xcom_tui.fleet.history.field_history import full_history
from rea_xcom_tui.fleet.history.revisions import compare_revisions, parse_range
from rea_xcom_tui.fleet.workspace import Workspace
from rea_xcom_tui.gitops import Watch
from rea_xcom_tui.xcom.drift import Deviation
from tests.cli.run import Cli
from tests.hostile import Hostile, make_hostile
from tests.work import values

ETL = "clusters/prod/billing/etl/values.yaml"
ML = "clusters/prod/billing/ml/values.yaml"


@pytest.fixture
def hostile(tmp_path: Path) -> Hostile:
    files = {file: values(file.split("/")[3], threshold="12%d") for file in (ETL, ML)}
    return make_hostile(tmp_path / "repo", files)


def test_looking_from_the_first_screen_to_the_last_runs_nothing(hostile: Hostile) -> None:
    workspace = Workspace.open(hostile.root)
    fleet = workspace.scan()
    assert [deployment.dirty for deployment in fleet.deployments] == [True, True]
    assert "Viewing only" in " ".join(standing(workspace).sentences())
    workspace.scan(ref="v1")
    workspace.scan()
    for revisions in ("HEAD", "v1~2..v1", "v1~1...main"):
        found = compare_revisions(workspace.repository, workspace.fleet, parse_range(revisions))
        assert len(found.changes) == 2
    assert len(full_history(workspace.repository, ETL, "threshold").changes) == 3
    find_drift(workspace)
    find_drift(workspace, "v1~1")
    deviation = Deviation(ETL, "threshold", "", 0, 124, 124, None, "warning", "")
    assert find_since(workspace.repository, workspace.fleet, [deviation]) == {}
    assert workspace.repository.last_changes([ETL, ML]).keys() == {ETL, ML}
    workspace.edit([ETL], "threshold", "4096")
    workspace.plan()
    branch_choice(workspace, workspace.commit_message())
    other_branches(workspace)
    plan = push_plan(workspace)
    assert hostile.marked() == []
    with pytest.raises(Refused, match="trusted"):
        workspace.commit("mine")
    with pytest.raises(Refused, match="trust the repo"):
        push(workspace, plan, Watch())
    assert hostile.marked() == []


def test_the_commands_that_look_run_nothing(hostile: Hostile, cli: Cli) -> None:
    cli.root = hostile.root
    for arguments in (
        ("list",),
        ("list", "--ref", "v1"),
        ("check",),
        ("show", "etl"),
        ("diff", "v1~1"),
        ("diff", "v1~2...v1"),
        ("history", "etl"),
        ("drift", "--against", "v1~1"),
        ("set", "threshold=0", "--all"),
        ("push",),
    ):
        cli(*arguments)
        assert hostile.marked() == [], arguments
    done = cli("push")
    assert done.code == 3
    assert "this push runs what the repo's git folder sets up" in done.err
    assert hostile.marked() == []


def test_asking_for_a_commit_on_the_command_line_is_told_what_it_runs(hostile: Hostile, cli: Cli) -> None:
    cli.root = hostile.root
    for key in ("core.fsmonitor", "filter.evf.process"):  # these two keep git itself from working
        hostile.git("config", "--unset", key)
    for mark in hostile.marks.iterdir():
        mark.unlink()
    for file in (ETL, ML):
        hostile.write(file, hostile.committed(file))
    done = cli("set", "threshold=0", "--where", "name:etl", "--commit")
    assert "note: this commit runs what the repo's git folder sets up: hook pre-commit" in done.err
    assert "hook.pre-commit" in hostile.marked()
    before = set(hostile.marked())
    assert cli("list").code == 0
    assert set(hostile.marked()) == before  # consent was for that one commit
