"""What a bulk edit would do to each deployment, before anything is done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from rea_xcom_tui.errors import Refused
from rea_xcom_tui.fleet.edit.pending import Value
from rea_xcom_tui.text import clean
from rea_xcom_tui.xcom.model import FieldName

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.model import Deployment
    from rea_xcom_tui.fleet.workspace import Workspace

Outcome = Literal["change", "same", "elsewhere", "skip", "refused"]

OUTCOMES: dict[Outcome, str] = {
    "change": "change",
    "same": "already so",
    "skip": "have another value",
    "elsewhere": "supplied from elsewhere",
    "refused": "refused",
}


@dataclass(frozen=True, slots=True)
class Preview:
    """What would become of one deployment."""

    id: str
    name: str
    file: str
    """The deployment's own file."""
    old: Value
    new: Value
    outcome: Outcome
    reason: str = ""


def preview(workspace: Workspace, ids: Iterable[str], field: FieldName, text: str, only: str = "") -> list[Preview]:
    """What setting `field` to `text` would do to each deployment; with `only`, just where it has that value now."""
    return [_one(workspace, identifier, field, text.strip(), only.strip()) for identifier in ids]


def _one(workspace: Workspace, identifier: str, field: FieldName, text: str, only: str) -> Preview:
    from rea_xcom_tui.fleet.edit.expressions import leaves_alone
    from rea_xcom_tui.xcom.changes import changes_for

    deployment = workspace.fleet.by_id[identifier]
    reading = deployment.field(field)
    old = workspace.value(deployment, field)

    def outcome(kind: Outcome, reason: str = "", new: Value = None) -> Preview:
        return Preview(identifier, deployment.name, deployment.file, old, new, kind, reason)

    if reading.state == "reference":
        return outcome("elsewhere", f"from {reading.reference or 'elsewhere'}")
    if only and not _is(workspace, deployment, field, old, only):
        return outcome("skip", f"is not {only}")
    if leaves_alone(field, text, old):
        return outcome("same")
    try:
        new = outcome_of(workspace, deployment, field, text)[0]
        if new == old and reading.state not in ("invalid", "conflict"):
            return outcome("same")
        changes_for(deployment.config, field, new)
    except (ValueError, Refused) as error:
        return outcome("refused", str(error))
    return outcome("change", new=new)


def outcome_of(workspace: Workspace, deployment: Deployment, field: FieldName, text: str) -> tuple[Value, str]:
    """The value that a typed text or expression gives one deployment, and what it means in words.

    Raises `ValueError` with one short sentence when it gives none.
    """
    from rea_xcom_tui.fleet.edit.expressions import evaluate

    def value_of(name: str) -> Value:
        found = [other for other in workspace.fleet.deployments if name in (other.id, other.name)]
        if len(found) != 1:
            raise ValueError(f"{len(found) or 'no'} deployments are called {clean(name)}")
        return workspace.value(found[0], field)

    wanted = evaluate(field, text, workspace.value(deployment, field), value_of)
    if wanted is None:
        return None, f"{field} is removed from the file"
    checked = workspace.check(field, wanted, deployment)
    return checked.value, checked.meaning


def _is(workspace: Workspace, deployment: Deployment, field: FieldName, old: Value, only: str) -> bool:
    if only == "unset" or old is None:
        return (only == "unset") == (old is None)
    try:
        return workspace.check(field, only, deployment).value == old
    except ValueError:
        return str(old) == only


def counts(previews: Sequence[Preview]) -> dict[Outcome, int]:
    """How many deployments end which way, in the order in which people are told."""
    found = Counter(preview.outcome for preview in previews)
    return {outcome: found[outcome] for outcome in OUTCOMES if found[outcome]}
