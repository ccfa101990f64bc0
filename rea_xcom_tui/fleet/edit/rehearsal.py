"""A dry run of one value for many deployments: the exact edits, made in memory, and what they come to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Literal

import msgspec

from rea_xcom_tui.edits import AddKey, AppendItem, Remove, SetMember, SetText
from rea_xcom_tui.errors import Refused
from rea_xcom_tui.fleet.edit.expressions import is_inherit, why_not_meant
from rea_xcom_tui.fleet.edit.outlook import Outlook, outlook
from rea_xcom_tui.fleet.edit.pending import SetField
from rea_xcom_tui.fleet.edit.placing import Placing
from rea_xcom_tui.fleet.edit.reach import shared_files
from rea_xcom_tui.xcom.changes import changes_for
from rea_xcom_tui.xcom.fields import TABLE
from rea_xcom_tui.xcom.model import FieldName, Value

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.edit.session import Editing
    from rea_xcom_tui.fleet.model import Deployment

_FIRST = 60
"""How many deployments are shown before the values of the others are looked at: about a screenful."""

Outcome = Literal["change", "same", "elsewhere", "skip", "refused"]

OUTCOMES: dict[Outcome, str] = {
    "change": "change",
    "same": "already so",
    "skip": "unaffected",
    "elsewhere": "supplied from elsewhere",
    "refused": "refused",
}


class Preview(msgspec.Struct, frozen=True):
    """What would become of one deployment."""

    id: str
    name: str
    file: str
    """The file that takes the edit, or the deployment's own where there is none."""
    old: Value
    new: Value
    outcome: Outcome
    reason: str = ""
    places: str = ""
    """What of the file takes the change, where that is more than the value's own place: `annotation + connection`."""


def present(workspace: Editing, ids: Iterable[str], field: FieldName) -> list[Preview]:
    """What deployments have now, while no value is given."""
    rows = [(row, workspace.value(row, field)) for row in map(workspace.deployment, ids)]
    return [Preview(row.id, workspace.fleet.called(row.id), row.file, now, now, "same") for row, now in rows]


class Suggestion(msgspec.Struct, frozen=True):
    """A value that deployments like these have."""

    text: str
    """As one would type it."""
    value: Value
    count: int
    """How many have it."""
    total: int
    """Of how many."""
    env: str | None
    """The environment that they are all in; None where the whole fleet counts."""


class Rehearsal(msgspec.Struct, frozen=True):
    """What would become of all, and of the fleet's findings."""

    previews: tuple[Preview, ...]
    outlook: Outlook = msgspec.field(default_factory=Outlook)
    files: int = 0
    """How many files change."""
    shared: tuple[str, ...] = ()
    """A sentence for each shared layer whose edits change deployments that nobody asked for."""
    beside: int = 0
    """How many those deployments are."""

    def counts(self) -> dict[Outcome, int]:
        """How many deployments end which way, in the order in which they are listed."""
        found = Counter(preview.outcome for preview in self.previews)
        return {outcome: found[outcome] for outcome in OUTCOMES if found[outcome]}


def rehearse(
    workspace: Editing,
    ids: Iterable[str],
    field: FieldName,
    text: str,
    only: str = "",
    progress: Callable[[int, int], None] | None = None,
    glimpse: Callable[[Rehearsal], None] | None = None,
    layer: str | None = None,
) -> Rehearsal:
    """Make the edits that set `field` to `text`, prove and judge them, and leave everything as it was.

    With `only`, just where the field has that value now. What it calls a change is what `Editing.edit` makes pending,
    unless a file changes meanwhile. `progress` is called with the edits proved and their number, `glimpse`
    before that with what the values alone tell: of the first deployments at once, then of all. `layer` is as in
    `Editing.edit`.
    """
    looked: list[tuple[Preview, SetField | None]] = []
    for deployment, place in workspace.placed(ids, field, layer):
        if glimpse is not None and len(looked) == _FIRST:
            glimpse(Rehearsal(tuple(preview for preview, _ in looked)))
        looked.append(_look(workspace, deployment, field, text.strip(), only.strip(), place))
    edits = [edit for _, edit in looked if edit is not None]
    if glimpse is not None:
        glimpse(Rehearsal(tuple(preview for preview, _ in looked)))
    proof = workspace.prove(edits, progress)
    why = {refusal.deployment: refusal.reason for refusal in proof.refused}
    previews = [
        msgspec.structs.replace(preview, outcome="refused", new=None, reason=why[preview.id])
        if edit is not None and preview.id in why
        else preview
        for preview, edit in looked
    ]
    beneath = {file.file: file.after for file in workspace.plan().files} if len(workspace.pending) else None
    asked = {edit.deployment for edit in edits}
    files = shared_files(edit for file in proof.files for edit in file.edits if edit.deployment in asked)
    shared = tuple(one.sentence(workspace.fleet.called) for one in files)
    beside = len({id_ for one in files for id_ in one.others} - asked)
    return Rehearsal(tuple(previews), outlook(workspace, proof.files, beneath), len(proof.files), shared, beside)


def _look(
    workspace: Editing, deployment: Deployment, field: FieldName, text: str, only: str, place: Placing
) -> tuple[Preview, SetField | None]:
    """What would become of one deployment as far as its values tell, and the edit that is still to be proved."""
    reading = deployment.field(field)
    old = workspace.value(deployment, field)

    def outcome(kind: Outcome, reason: str = "", new: Value = None) -> Preview:
        return Preview(deployment.id, workspace.fleet.called(deployment.id), deployment.file, old, new, kind, reason)

    if reading.state == "reference":
        return outcome("elsewhere", f"from {reading.reference or 'elsewhere'}"), None
    if only and not _is(workspace, deployment, field, old, only):
        return outcome("skip", f"is not {only}"), None
    if other := why_not_meant(field, text, old):
        return outcome("skip", other), None
    try:
        edit = workspace.evaluated(deployment, field, text, place)
    except (ValueError, Refused) as error:
        return outcome("refused", str(error)), None
    if not edit.changes and reading.state not in ("invalid", "conflict"):
        return outcome("same"), None
    changed = outcome("change", new=edit.new)
    return msgspec.structs.replace(changed, file=edit.file, places=places_of(deployment, edit)), edit


def places_of(deployment: Deployment, edit: SetField) -> str:
    """Which parts of the file a change touches, in words; empty where it is the value's own place alone."""
    if edit.inherits:
        return "override removed"
    found: dict[str, None] = {}
    for change in changes_for(deployment.config, edit.field, edit.new):
        if isinstance(change, AppendItem | AddKey):
            found["new entry"] = None
        elif isinstance(change, Remove):
            found["entry removed"] = None
        elif isinstance(change, SetMember):
            found["connection JSON"] = None
        elif isinstance(change, SetText):
            section = str(change.address[0]) if change.address else ""
            kinds = {"annotations": "annotation", "labels": "label"}
            found[next((kinds[step] for step in map(str, change.address) if step in kinds), section)] = None
    plain = len(found) == 1 and not {"new entry", "entry removed"} & found.keys()
    return "" if plain else " + ".join(found)


def suggestions(workspace: Editing, ids: Iterable[str], field: FieldName, most: int = 6) -> list[Suggestion]:
    """The values that are usual for a field where these deployments are, the most frequent first."""
    chosen = list(ids)
    wanted = {workspace.fleet.by_id[id_].env for id_ in chosen}
    env = next(iter(wanted)) if len(wanted) == 1 else None
    alike = [d for d in workspace.fleet.deployments if env is None or d.env == env]
    counts = Counter(value for d in alike if (value := workspace.value(d, field)) is not None)
    if TABLE[field].kind == "path" and len(chosen) > 1:  # a place of one deployment is not one for many
        counts = Counter({value: count for value, count in counts.items() if count > 1})
    return [
        Suggestion(str(value), value, count, len(alike), env)
        for value, count in counts.most_common(most)
        if "***" not in str(value)
    ]


def _is(workspace: Editing, deployment: Deployment, field: FieldName, old: Value, only: str) -> bool:
    if only == "unset" or old is None:
        return (only == "unset") == (old is None)
    try:
        return workspace.check(field, only, deployment).value == old
    except ValueError:
        return str(old) == only


def meaning_of(workspace: Editing, deployment: Deployment, field: FieldName, text: str) -> str:
    """What a typed text or expression would mean for one deployment, in words. Raises `ValueError`."""
    if is_inherit(text):
        if not deployment.stack:
            raise ValueError("the deployment is one plain file, so there is no override to remove")
        return f"the override is removed, and {field} is what the weaker layers say"
    wanted = workspace.wanted(deployment, field, text)
    return f"{field} is removed from the file" if wanted is None else workspace.check(field, wanted, deployment).meaning
