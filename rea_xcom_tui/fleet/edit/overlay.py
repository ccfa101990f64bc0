"""A fleet as it will be once its pending edits are written, for comparisons that run beside further edits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import msgspec

from rea_xcom_tui.fleet.compare import Value
from rea_xcom_tui.fleet.edit.pending import Declare, PendingEdit, SetField
from rea_xcom_tui.fleet.model import Deployment, Fleet
from rea_xcom_tui.xcom.model import FieldName, FieldReading
from rea_xcom_tui.xcom.paths import parse_path

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.baseline.statements import Statement
    from rea_xcom_tui.fleet.edit.state import FleetState
    from rea_xcom_tui.gitops import Repository
    from rea_xcom_tui.user.settings import Config


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a comparison needs of a workspace, taken at one moment. May be used on another thread."""

    fleet: Fleet
    """The fleet with the pending edits in it."""
    statements: tuple[Statement, ...]
    """What is pending in the baseline file."""
    _workspace: FleetState
    _declared: tuple[Declare, ...] = ()

    @property
    def members(self) -> Mapping[str, FleetState]:
        """The repos that the fleet is made of, by name."""
        return self._workspace.members

    def statements_of(self, repo: str) -> tuple[Statement, ...]:
        """What is pending in the baseline file of one of them."""
        return tuple(edit.statement for edit in self._declared if edit.repo == repo)

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
    return Snapshot(with_edits(workspace.fleet, edits), workspace.statements, workspace, declared)


def with_edits(fleet: Fleet, edits: Iterable[PendingEdit]) -> Fleet:
    """The fleet as it will be after these edits. Fixes of findings are left out: they change no value."""
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
