"""A fleet as it will be once its pending edits are written, for comparisons that run beside further edits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import msgspec

from rea_xcom_tui.errors import ToolError
from rea_xcom_tui.fleet.edit.outlook import Prospect, prospect
from rea_xcom_tui.fleet.edit.pending import Declare, Pending, PendingEdit, SetField
from rea_xcom_tui.fleet.model import Deployment, Fleet
from rea_xcom_tui.xcom.compare import Value
from rea_xcom_tui.xcom.model import FieldName, FieldReading
from rea_xcom_tui.xcom.paths import parse_path

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.baseline.statements import Statement
    from rea_xcom_tui.fleet.edit.state import FleetState
    from rea_xcom_tui.gitops import Repository
    from rea_xcom_tui.user.settings import Config


@dataclass(frozen=True, slots=True)
class Ahead:
    """The fleet as it will be once everything pending is written, held back or not, and judged as such."""

    deployments: Mapping[str, Deployment]
    """Those that will read otherwise or be judged otherwise than now, by id."""
    edits: Mapping[str, tuple[PendingEdit, ...]]
    """What was pending then, by deployment."""

    def of(self, id_: str, pending: Pending) -> Deployment | None:
        """A deployment as it will be; None where it stays as it is, or was edited since this was worked out."""
        found = self.deployments.get(id_)
        return found if found is not None and pending.of(id_) == self.edits.get(id_, ()) else None


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
    by_deployment = {id_: workspace.pending.of(id_) for id_ in dict.fromkeys(edit.deployment for edit in edits)}
    edited = with_edits(workspace.fleet, edits)
    return Snapshot(workspace.statements, edited, by_deployment, _prospect(workspace), workspace, declared)


def _prospect(workspace: FleetState) -> Prospect | None:
    if not len(workspace.pending):
        return None
    try:
        files = workspace.plan(held=True).files
    except ToolError:  # a deployment that was edited is gone from the disk; the conflict is told elsewhere
        return None
    plans = [file for file in files if workspace.deployments_of({file.file})]
    return prospect(workspace, {file.file: file.after for file in plans}, plans) if plans else None


def with_edits(fleet: Fleet, edits: Iterable[PendingEdit]) -> Fleet:
    """The fleet with the values of these edits put in, whether or not they can be made exactly; fixes are left out."""
    changed: dict[str, Deployment] = {}
    for edit in edits:
        known = changed.get(edit.deployment) or fleet.by_id.get(edit.deployment)
        if known is not None and isinstance(edit, SetField):
            changed[edit.deployment] = _edited(known, edit)
    if not changed:
        return fleet
    return replace(fleet, deployments=tuple(changed.get(d.id, d) for d in fleet.deployments))


def _edited(deployment: Deployment, edit: SetField) -> Deployment:
    fields = {**deployment.config.fields, edit.field: _reading(deployment, edit.field, edit.new)}
    path = fields["path"].value
    # A path holds its connection, so an edit of one is an edit of the other.
    cloud = deployment.config.cloud
    if edit.field == "path":
        parsed = parse_path(edit.new) if isinstance(edit.new, str) else None
        fields["connection"] = _reading(deployment, "connection", parsed.conn_id if parsed else None)
        cloud = parsed.cloud if parsed else cloud  # a path's scheme decides it, and with it the group
    elif edit.field == "connection" and isinstance(path, str):
        conn_id = None if edit.new is None else str(edit.new)
        fields["path"] = _reading(deployment, "path", parse_path(path).with_connection(conn_id))
    config = msgspec.structs.replace(deployment.config, fields=fields, cloud=cloud)
    return msgspec.structs.replace(deployment, config=config)


def _reading(deployment: Deployment, field: FieldName, value: Value) -> FieldReading:
    """The reading of a field that has another value and stands where it stood."""
    old = deployment.field(field)
    if value is None:
        return FieldReading(field)
    return FieldReading(field, value, str(value), "set", old.place, old.places[:1], type=old.type)
