"""Putting an old value back as it was, as a pending edit like any other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rea_xcom_tui.errors import Refused
from rea_xcom_tui.fleet.pending import PendingEdit, Step, current_value
from rea_xcom_tui.fleet.planning import plan_file
from rea_xcom_tui.text import clean
from rea_xcom_tui.values import read_file
from rea_xcom_tui.xcom.changes import changes_for

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.history import FieldEvent
    from rea_xcom_tui.fleet.workspace import Workspace

_NO_VALUE = {"reference": "a Secret or ConfigMap supplied it", "conflict": "it was set twice, with different outcomes"}


def put_back(workspace: Workspace, id_: str, event: FieldEvent) -> Step | None:
    """Make the value from before `event` pending, literally: it is no expression, whatever it looks like.

    Returns None where the field has that value already. Raises `Refused` where there is no old value that an edit
    could write, and where the edit cannot be made.
    """
    edit = _edit(workspace, id_, event)
    others = [other for other in workspace.pending.of(id_) if other.key != edit.key]
    wanted = [*others, edit] if edit.new != edit.old else others
    _, refused = plan_file(
        workspace.file_of(id_), wanted, lambda name: read_file(workspace.root / name, workspace.root)
    )
    for refusal in refused:
        if refusal.field == event.field:
            raise Refused(refusal.reason)
    return workspace.pending.put([edit], f"put the old {event.field} back")


def _edit(workspace: Workspace, id_: str, event: FieldEvent) -> PendingEdit:
    deployment = workspace.deployment(id_)
    if event.kind != "changed":
        verb = "came" if event.kind == "added" else "went"
        raise Refused(f"the deployment itself {verb} with this commit; there is no old value to put back")
    if event.old_state in _NO_VALUE:
        why = _NO_VALUE[event.old_state]
        raise Refused(f"before this commit {why}, which no single value says; edit {clean(deployment.file)} by hand")
    value = event.old
    if value is not None:
        try:
            checked = workspace.check(event.field, str(value), deployment).value
        except ValueError as error:
            raise Refused(f"the old value {clean(value, 60)} cannot be put back: {error}") from error
        if checked != value:
            raise Refused(f"the old value {clean(value, 60)} cannot be put back: Airflow would not take it")
    if deployment.config.shape_problem:
        raise Refused(f"the file has the wrong shape: {deployment.config.shape_problem}")
    old = current_value(deployment.field(event.field))
    if value != old:
        changes_for(deployment.config, event.field, value)
    return PendingEdit(id_, event.field, old, value, "" if value is None else str(value))
