"""What changed underneath: re-applied where the field is as it was, asked about with both values where it is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from rea_xcom_tui.errors import Refused
from rea_xcom_tui.fleet.edit.conflicts import find_conflicts, keep_ours, take_theirs
from rea_xcom_tui.fleet.workspace import Workspace
from tests.work import Work, make_work, values

ETL, ML, SYNC = (f"prod/{name}/values.yaml" for name in ("etl", "ml", "sync"))
IDS = (ETL, ML, SYNC)


@pytest.fixture
def repo(tmp_path: Path) -> Work:
    return make_work(tmp_path / "fleet", {file: values(file.split("/")[1]) for file in IDS})


@pytest.fixture
def workspace(repo: Work) -> Workspace:
    workspace = Workspace.open(repo.root)
    workspace.scan()
    assert workspace.edit(IDS, "threshold", "4096")[1] == []
    return workspace


@pytest.mark.parametrize("scanned", [False, True])
def test_only_what_changed_in_the_same_field_is_asked_about(workspace: Workspace, repo: Work, scanned: bool) -> None:
    assert find_conflicts(workspace) == ()
    repo.write(ETL, values("etl", threshold="77"))
    repo.write(ML, "# theirs\n" + values("ml", compression="gzip"))
    if scanned:
        workspace.scan()
    (conflict,) = find_conflicts(workspace, scanned=scanned)
    assert conflict.theirs is not None
    assert (conflict.edit.deployment, conflict.edit.old, conflict.theirs.value) == (ETL, 1048576, 77)
    assert conflict.edit.new == 4096
    with pytest.raises(Refused, match=r"1048576.*77"):
        workspace.write()
    assert repo.read(SYNC).decode() == values("sync")


def test_keep_ours_writes_over_theirs_and_can_be_undone(workspace: Workspace, repo: Work) -> None:
    repo.write(ETL, values("etl", threshold="77"))
    assert keep_ours(workspace, find_conflicts(workspace)) is not None
    assert find_conflicts(workspace) == ()
    workspace.undo()
    assert len(find_conflicts(workspace)) == 1
    workspace.redo()
    workspace.write()
    assert repo.read(ETL).decode() == values("etl", threshold="4096")
    workspace.undo_write()
    assert repo.read(ETL).decode() == values("etl", threshold="77")


def test_take_theirs_drops_ours_and_the_rest_is_written(workspace: Workspace, repo: Work) -> None:
    repo.write(ETL, values("etl", threshold=None))
    (conflict,) = find_conflicts(workspace)
    assert conflict.theirs is not None
    assert conflict.theirs.state == "unset"
    take_theirs(workspace, [conflict])
    plan = workspace.write()
    assert [file.file for file in plan.files] == [ML, SYNC]
    assert repo.read(ETL).decode() == values("etl", threshold=None)


def test_what_somebody_else_has_made_already_is_no_question(workspace: Workspace, repo: Work) -> None:
    repo.write(ETL, values("etl", threshold="4096"))
    assert find_conflicts(workspace) == ()
    assert [edit.deployment for edit in workspace.pending.edits] == [ML, SYNC]
    assert workspace.undo() == "drop 1 edit that somebody else has made"


@pytest.mark.parametrize("scanned", [False, True])
def test_a_deployment_that_is_gone_is_told_and_does_not_stop_the_others(
    workspace: Workspace, repo: Work, scanned: bool
) -> None:
    (repo.root / ETL).unlink()
    repo.write(ML, values("ml") + "broken: [\n")
    repo.write(SYNC, "image: nginx\n")
    if scanned:
        workspace.scan()
    conflicts = find_conflicts(workspace, scanned=scanned)
    assert [conflict.edit.deployment for conflict in conflicts] == [ETL, ML, SYNC]
    assert all(conflict.gone for conflict in conflicts)
    assert keep_ours(workspace, conflicts) is None
    assert len(workspace.plan().refused) == 3
    with pytest.raises(Refused, match=r"3 edits cannot be made"):
        workspace.write()
    repo.write(SYNC, values("sync"))
    workspace.scan()
    take_theirs(workspace, find_conflicts(workspace, scanned=True))
    assert [file.file for file in workspace.write().files] == [SYNC]


def test_a_mend_that_somebody_else_has_made_is_no_question(repo: Work) -> None:
    repo.write(ETL, values("etl", compression="gz"))
    workspace = Workspace.open(repo.root)
    workspace.scan()
    step, _ = workspace.fix([ETL])
    assert step is not None
    assert find_conflicts(workspace) == ()
    assert len(workspace.pending) == 1
    repo.write(ETL, values("etl", compression="gzip"))
    assert find_conflicts(workspace) == ()
    assert len(workspace.pending) == 0


def test_a_plan_is_made_anew_for_what_has_changed_and_only_for_that(workspace: Workspace, repo: Work) -> None:
    first = {plan.file: plan for plan in workspace.plan().files}
    repo.write(ETL, "# theirs\n" + values("etl"))
    workspace.edit([ML], "compression", "gzip")
    second = {plan.file: plan for plan in workspace.plan().files}
    assert second[SYNC] is first[SYNC]
    assert second[ETL].after.startswith(b"# theirs\n")
    assert b"gzip" in second[ML].after
    workspace.pending.hold([edit.key for edit in workspace.pending.of(ML)], "hold")
    assert [plan.file for plan in workspace.plan().files] == [ETL, SYNC]
