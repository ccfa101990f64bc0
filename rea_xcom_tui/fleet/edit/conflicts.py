"""Pending edits whose field is no longer what it was: both values are shown, and the user decides."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast

import msgspec

from rea_xcom_tui.fleet.edit.pending import Declare, Fix, Key, SetField, Step
from rea_xcom_tui.fleet.edit.several import edit_of
from rea_xcom_tui.fleet.model import Deployment, UnreadableFile
from rea_xcom_tui.fleet.qualified import deployment_in
from rea_xcom_tui.fleet.scan.read import read_deployment
from rea_xcom_tui.text import plural
from rea_xcom_tui.values import Unreadable
from rea_xcom_tui.xcom.compare import current_value
from rea_xcom_tui.xcom.model import FieldReading

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.edit.state import FleetState


@dataclass(frozen=True, slots=True)
class Conflict:
    """A pending edit that was based on another value than the one there now."""

    edit: SetField | Fix
    theirs: FieldReading | None
    """What the field says now; None where the edit has nowhere to go any more."""
    gone: str = ""
    """Why it has nowhere to go, as a sentence."""
    name: str = ""
    """What the deployment is called; foreign text. Empty where only its id is known."""


def find_conflicts(workspace: FleetState, *, scanned: bool = False) -> tuple[Conflict, ...]:
    """The pending edits that cannot be made as they are, because their field has changed since they were made.

    The files are read again for this, unless the fleet has just been `scanned`. An edit whose field is as it was is not
    a conflict, whatever else has changed in its file. Edits whose field says already what they were to say are dropped,
    as one undoable step.
    """
    edits = [edit for edit in workspace.pending.edits if not isinstance(edit, Declare)]
    judged = {edit.deployment for edit in edits if isinstance(edit, Fix)}
    found: dict[str, Deployment | str] = {}
    conflicts: list[Conflict] = []
    same: list[Key] = []
    for edit in edits:
        if edit.deployment not in found:
            found[edit.deployment] = (
                _known(workspace, edit) if scanned else _read(workspace, edit, judged=edit.deployment in judged)
            )
        now = found[edit.deployment]
        if isinstance(now, str):
            conflicts.append(Conflict(edit, None, now))
        elif isinstance(edit, Fix):
            left = [finding for finding in now.findings if finding.code == edit.finding.code]
            if not left:
                same.append(edit.key)
            elif all(finding.fix != edit.finding.fix for finding in left):
                conflicts.append(Conflict(edit, None, f"What {edit.finding.code} found has changed."))
        elif (value := current_value(reading := now.field(edit.field))) != edit.old:
            if value == edit.new and reading.state in ("set", "unset"):
                same.append(edit.key)
            else:
                conflicts.append(Conflict(edit, reading))
    workspace.pending.drop(same, f"drop {plural(len(same), 'edit')} that somebody else has made")
    return tuple(replace(one, name=workspace.fleet.called(one.edit.deployment)) for one in conflicts)


def keep_ours(workspace: FleetState, conflicts: Iterable[Conflict]) -> Step | None:
    """Let our edits rest on what is there now, as one undoable step; what has nowhere to go stays as it is."""
    edits = [
        replace(one.edit, old=current_value(one.theirs))
        for one in conflicts
        if one.theirs is not None and isinstance(one.edit, SetField)
    ]
    return workspace.pending.put(edits, f"keep {plural(len(edits), 'edit')} over what has changed underneath")


def take_theirs(workspace: FleetState, conflicts: Sequence[Conflict]) -> Step | None:
    """Drop our edits, as one undoable step."""
    keys = [conflict.edit.key for conflict in conflicts]
    return workspace.pending.drop(keys, f"drop {plural(len(keys), 'edit')} for what has changed underneath")


def _known(workspace: FleetState, edit: SetField | Fix) -> Deployment | str:
    """The deployment as it was just scanned, or why there is none any more."""
    known = workspace.fleet.by_id.get(edit.deployment)
    if known is not None:
        return known
    broken = next((unreadable for unreadable in workspace.fleet.unreadable if unreadable.file == edit.file), None)
    return broken.message if broken else "The file no longer exists, or no longer holds agent values."


def _read(workspace: FleetState, edit: SetField | Fix, *, judged: bool) -> Deployment | str:
    """The deployment as it is on disk now, or why there is none any more."""
    repo, member = workspace.home_of(edit.deployment)
    if member is not workspace:
        found = _read(member, cast("SetField | Fix", edit_of(repo, edit)), judged=judged)
        return found if isinstance(found, str) else deployment_in(repo, found)
    known = workspace.fleet.by_id.get(edit.deployment)
    if known is not None and known.stack:
        editor = workspace.layer_edits()
        there = editor.deployments([known.id], {}) if editor is not None else {}
        return there.get(known.id, "The deployment no longer exists.")
    file = known.file if known is not None else edit.file
    try:
        data = workspace.read_now(file)
    except Unreadable as problem:
        return str(problem) if (workspace.root / file).exists() else "The file no longer exists."
    if known is not None and not judged and known.digest == workspace.hash_of(file, data):
        return known  # these bytes have been read before
    read = read_deployment(file, data, msgspec.structs.replace(workspace.reading(), judged=judged))
    if isinstance(read, UnreadableFile):
        return read.message
    return read if read is not None else "The file no longer holds agent values."
