"""Whatever was edited, written, undone and restarted: undoing everything ends in the same bytes."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rea_xcom_tui.errors import Refused
from rea_xcom_tui.fleet.workspace import Workspace
from rea_xcom_tui.gitops.operations import OperationLog
from rea_xcom_tui.values import RefusedEdit, Successor
from rea_xcom_tui.xcom.model import FieldName
from tests.work import Work, make_work, values

FILES = {
    "prod/etl/values.yaml": values("etl"),
    "prod/ml/values.yaml": values("ml", threshold="0", compression=None).replace("\n", "\r\n"),
    "dev/sync/values.yaml": values("sync", path="gs://sync-dev/x", compression="gz", role=None).rstrip("\n"),
}
EXAMPLES = int(os.environ.get("UNDO_EXAMPLES", "8"))
"""How many sequences are tried; a long run by hand sets it."""

some = st.sets(st.sampled_from(sorted(FILES)), min_size=1)
sets = st.sampled_from(
    [("threshold", "2 MiB"), ("threshold", "x2"), ("compression", "gzip"), ("compression", "none"),
     ("path", "s3://aws_xcom@other/p"), ("connection", "aws_two"), ("threshold", "0")]
)  # fmt: skip
steps = st.lists(
    st.one_of(
        st.tuples(st.just("edit"), some, sets),
        st.tuples(st.just("unset"), some, st.sampled_from(["threshold", "compression", "path"])),
        st.tuples(st.sampled_from(["fix", "hold", "drop"]), some, st.none()),
        st.tuples(st.sampled_from(["write", "commit", "undo", "redo", "undo-write", "restart"]), *[st.none()] * 2),
    ),
    max_size=10,
)  # fmt: skip


def opened(work: Work) -> Workspace:
    workspace = Workspace.open(work.root)
    workspace.scan()
    return workspace


def do(workspace: Workspace, what: str, ids: set[str], detail: object) -> None:
    """Do one step; what is refused changes nothing."""
    pending = workspace.pending
    keys = [edit.key for edit in pending.edits if edit.deployment in (ids or ())]
    try:
        match what, detail:
            case "edit", (field, text):
                workspace.edit(sorted(ids), cast("FieldName", field), str(text))
            case "unset", field:
                workspace.unset(sorted(ids), cast("FieldName", field))
            case "fix", _:
                workspace.fix(sorted(ids))
            case "hold", _:
                pending.hold(keys, "hold", held=len(keys) % 2 == 0)
            case "drop", _:
                pending.drop(keys, "drop")
            case "write", _:
                workspace.write()
            case "commit", _:
                workspace.commit("a commit")
            case "undo", _:
                workspace.undo()
            case "redo", _:
                workspace.redo()
            case "undo-write", _:
                undo_write(workspace)
    except Refused:
        pass


def undo_write(workspace: Workspace) -> bool:
    """Take back the newest write as the app does; False when there is none."""
    if OperationLog(workspace.repository.git_dir).newest() is None:
        return False
    workspace.undo_write()
    workspace.scan()
    return True


def undo_everything(workspace: Workspace) -> None:
    while workspace.undo() or undo_write(workspace):
        pass


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps)
def test_undoing_everything_ends_in_the_same_bytes(
    tmp_path: Path, sequence: list[tuple[str, set[str], object]]
) -> None:
    root = tmp_path / "fleet"
    work = Work(root) if root.exists() else make_work(root, FILES)
    work.git("reset", "-q", "--hard", work.git("rev-list", "--max-parents=0", "HEAD").strip())
    shutil.rmtree(OperationLog(root / ".git").folder, ignore_errors=True)
    workspace = opened(work)
    for what, ids, detail in sequence:
        if what == "restart":
            workspace = opened(work)
        else:
            do(workspace, what, ids, detail)
    undo_everything(workspace)
    assert len(workspace.pending) == 0
    assert {file: work.read(file) for file in FILES} == {file: text.encode() for file, text in FILES.items()}


def test_a_take_back_that_fails_keeps_its_record_until_it_can_be_done(
    fleet_repo: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk refuses the second file and the way back of the first; later, undo puts the first back."""
    real, calls = Successor.put, list[Successor]()

    def fails_from_the_second_on(successor: Successor) -> None:
        calls.append(successor)
        if len(calls) >= 2:
            raise RefusedEdit("write", "It could not be written: no space. It is unchanged.")
        real(successor)

    workspace = opened(fleet_repo)
    ids = [deployment.id for deployment in workspace.fleet.deployments]
    before = [fleet_repo.read(file) for file in ids]
    workspace.edit(ids, "threshold", "4096")
    monkeypatch.setattr(Successor, "put", fails_from_the_second_on)
    with pytest.raises(Refused, match="Not every file could be put back"):
        workspace.write()
    monkeypatch.setattr(Successor, "put", real)
    assert [fleet_repo.read(file) for file in ids] != before
    assert len(workspace.pending) == len(ids)
    assert workspace.cut_off() is not None
    assert "put back" in workspace.undo_write()
    assert [fleet_repo.read(file) for file in ids] == before
    assert workspace.cut_off() is None
    workspace.scan()
    assert len(workspace.write().files) == len(ids)
