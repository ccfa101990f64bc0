"""What a bulk edit would do to each deployment, before anything is done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from rea_xcom_tui.fleet.pending import Value
from rea_xcom_tui.xcom.model import FieldName

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.workspace import Workspace

Outcome = Literal["change", "same", "elsewhere", "skip", "refused"]

OUTCOMES: dict[Outcome, str] = {
    "change": "change",
    "same": "already so",
    "skip": "have another value",
    "elsewhere": "supplied from elsewhere",
    "refused": "refused",
}

UNSET = "unset"
"""What one types for the new value to have the field removed; an empty text is never a value."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What would become of one deployment."""

    id: str
    name: str
    old: Value
    new: Value
    outcome: Outcome
    reason: str = ""


def preview(workspace: Workspace, ids: Sequence[str], field: FieldName, text: str, only: str = "") -> list[Preview]:
    """What setting `field` to `text` would do to each deployment; with `only`, just where it has that value now."""
    return [_one(workspace, identifier, field, text.strip(), only.strip()) for identifier in ids]


def _one(workspace: Workspace, identifier: str, field: FieldName, text: str, only: str) -> Preview:
    deployment = workspace.fleet.by_id[identifier]
    reading = deployment.field(field)
    old = workspace.value(deployment, field)

    def outcome(kind: Outcome, reason: str = "", new: Value = None) -> Preview:
        return Preview(identifier, deployment.name, old, new, kind, reason)

    if reading.state == "reference":
        return outcome("elsewhere", f"from {reading.reference or 'elsewhere'}")
    if only and not _is(workspace, identifier, field, old, only):
        return outcome("skip", f"is not {only}")
    if not text:
        return outcome("refused", "type the new value, or unset")
    if text == UNSET:
        return outcome("same" if old is None else "change")
    try:
        new = workspace.check(field, text, deployment).value
    except ValueError as error:
        return outcome("refused", str(error))
    return outcome("same" if new == old and reading.state != "invalid" else "change", new=new)


def _is(workspace: Workspace, identifier: str, field: FieldName, old: Value, only: str) -> bool:
    if only == UNSET or old is None:
        return (only == UNSET) == (old is None)
    try:
        return workspace.check(field, only, workspace.fleet.by_id[identifier]).value == old
    except ValueError:
        return str(old) == only


def counts(previews: Sequence[Preview]) -> dict[Outcome, int]:
    """How many deployments end which way, in the order in which people are told."""
    found = Counter(preview.outcome for preview in previews)
    return {outcome: found[outcome] for outcome in OUTCOMES if found[outcome]}
