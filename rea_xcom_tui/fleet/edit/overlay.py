"""A fleet as it will be once its pending edits are written, for comparisons that run beside further edits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from rea_xcom_tui.errors import ToolError
from rea_xcom_tui.fleet.edit.outlook import Prospect, prospect
from rea_xcom_tui.fleet.edit.pending import Declare, PendingEdit
from rea_xcom_tui.fleet.edit.row import Ahead, with_edits
from rea_xcom_tui.fleet.model import Fleet

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.baseline.statements import Statement
    from rea_xcom_tui.fleet.edit.state import FleetState
    from rea_xcom_tui.gitops import Repository
    from rea_xcom_tui.user.settings import Config


@dataclass(frozen=True)
class Snapshot:
    """What a comparison needs of a workspace, taken at one moment. May be used on another thread."""

    statements: tuple[Statement, ...]
    """What is pending in the baseline file."""
    _edited: Fleet
    """The fleet with the values of pending edits put in."""
    _edits: Mapping[str, tuple[PendingEdit, ...]]
    _prospect: Prospect | None
    _workspace: FleetState
    _declared: tuple[Declare, ...] = ()

    @property
    def members(self) -> Mapping[str, FleetState]:
        """The repos that the fleet is made of, by name."""
        return self._workspace.members

    def statements_of(self, repo: str) -> tuple[Statement, ...]:
        """What is pending in the baseline file of one of them."""
        return tuple(edit.statement for edit in self._declared if edit.repo == repo)

    @cached_property
    def ahead(self) -> Ahead:
        """The deployments as they will be, read from the bytes that will be there, and judged."""
        return Ahead(self._prospect.judged() if self._prospect else {}, self._edits)

    @cached_property
    def fleet(self) -> Fleet:
        """The fleet with everything pending in it."""
        changed = self.ahead.deployments
        if not changed:
            return self._edited
        return replace(self._edited, deployments=tuple(changed.get(d.id, d) for d in self._edited.deployments))

    @property
    def repository(self) -> Repository:
        """The repo, as an object for the thread that asks."""
        return self._workspace.repository.for_another_thread()

    @property
    def config(self) -> Config:
        """The repo's configuration, which does not change."""
        return self._workspace.config


def snapshot(workspace: FleetState) -> Snapshot:
    """The workspace as it is now, its pending edits taken as done. Call it on the workspace's own thread."""
    edits = workspace.pending.edits
    declared = tuple(edit for edit in edits if isinstance(edit, Declare))
    ahead = _prospect(workspace)  # which notes which deployments each edit changes
    edits = workspace.pending.edits
    by_deployment = {id_: workspace.pending.changing(id_) for id_ in workspace.pending.changed}
    edited = with_edits(workspace.fleet, edits)
    return Snapshot(workspace.statements, edited, by_deployment, ahead, workspace, declared)


def _prospect(workspace: FleetState) -> Prospect | None:
    if not len(workspace.pending):
        return None
    try:
        files = workspace.plan(held=True).files
    except ToolError:  # a deployment that was edited is gone from the disk; the conflict is told elsewhere
        return None
    plans = [file for file in files if workspace.deployments_of({file.file})]
    return prospect(workspace, {file.file: file.after for file in plans}, plans) if plans else None
