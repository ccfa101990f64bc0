"""Writes of the baseline file as steps that `u` takes back, in their order among the pending edits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.journal import Operation
    from rea_xcom_tui.fleet.pending import Step
    from rea_xcom_tui.fleet.planning import FilePlan
    from rea_xcom_tui.fleet.workspace import Workspace


@dataclass(frozen=True, slots=True)
class _Write:
    title: str
    operation: Operation
    after: Step | None
    """The newest pending step when it was made."""
    made: bool
    """Whether the file was not there before."""


class BaselineSteps:
    """The baseline writes of this session. For the jobs' thread only."""

    def __init__(self) -> None:
        self._writes: list[_Write] = []

    def write(self, workspace: Workspace, plan: FilePlan, title: str) -> None:
        """Write the baseline file. Raises `Refused`, with nothing written."""
        from rea_xcom_tui.fleet.baseline import baseline_path
        from rea_xcom_tui.fleet.baseline_edit import write_baseline

        made = not baseline_path(workspace.root).exists()
        operation = write_baseline(workspace, plan, title)
        self._writes.append(_Write(title, operation, workspace.pending.newest, made))

    def undo(self, workspace: Workspace) -> str | None:
        """Take the newest step back, a baseline write or a pending edit; returns it in words, or None.

        Raises `Refused` where the baseline file has changed since it was written.
        """
        if self._writes and self._is_newest(workspace, self._writes[-1]):
            write = self._writes[-1]
            workspace.undo_write()
            self._writes.pop()
            _unmake(workspace, write)
            return write.title
        return workspace.undo()

    def _is_newest(self, workspace: Workspace, write: _Write) -> bool:
        from rea_xcom_tui.fleet.journal import Journal

        if write.after is not workspace.pending.newest:
            return False
        newest = Journal(workspace.repository.git_dir).newest()
        if newest is None or newest.number != write.operation.number:
            self._writes.clear()  # something else was written since, and what lies beneath it stays
            return False
        return True


def _unmake(workspace: Workspace, write: _Write) -> None:
    """Take the file away that the write has made and that is empty again."""
    from rea_xcom_tui.fleet.baseline import baseline_path

    path = baseline_path(workspace.root)
    if write.made and path.is_file() and not path.is_symlink() and not path.stat().st_size:
        path.unlink()
