"""Pending changes: edits that exist only in memory, with undo and redo, until they are written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from rea_xcom_tui.edits import RenameKey
from rea_xcom_tui.fleet.qualified import qualified
from rea_xcom_tui.text import plural
from rea_xcom_tui.xcom.model import FieldName, Finding, Value

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.baseline.statements import Statement

Key = tuple[str, str]
"""A deployment's id and a field, or a finding's code and place, or a place in the baseline file and a field: what one
pending edit is about."""


@dataclass(frozen=True, slots=True)
class Reversed:
    """The commit whose change an edit takes back."""

    commit: str
    """Its full id."""
    subject: str
    """The first line of its message. Foreign text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Edit:
    """What all that may be pending has."""

    held: bool = False
    """Whether the next write and commit leave it out; it stays pending."""
    drift: str = ""
    """The cause of drift that it fixes, in words (foreign text); empty for an edit made otherwise."""
    layer: str = ""
    """The source of the layer that takes it; empty for a deployment that is one plain file, and for the baseline."""
    reverses: Reversed | None = field(default=None, compare=False)
    """The commit that it takes back; None for an edit made otherwise. It is not part of what the edit asks for."""
    also: tuple[str, ...] = field(default=(), compare=False)
    """The ids of the other deployments that change with it, as the newest plan has found. That is not part of what it
    asks for: two edits are equal that ask for the same."""


@dataclass(frozen=True, slots=True)
class SetField(_Edit):
    """A field of one deployment that is to have another value."""

    deployment: str
    """Its id."""
    field: FieldName
    old: Value
    """The value that the edit was based on."""
    new: Value
    """None means: not set at all."""
    text: str
    """What the user typed, in the form the value models take."""
    file: str
    """The file that takes the edit."""
    shared: bool = False
    """Whether the user has named the layer, so that every deployment that shares it may change."""
    inherits: bool = False
    """Whether the layer's own say goes, so that what weaker layers say is in force again."""

    @property
    def key(self) -> Key:
        """What this edit is about."""
        return self.deployment, self.field

    @property
    def changes(self) -> bool:
        """Whether it asks for anything else than what is there."""
        return self.inherits or self.new != self.old


@dataclass(frozen=True, slots=True)
class Fix(_Edit):
    """A finding that is to be fixed by the automatic fix that its rule offers."""

    deployment: str
    """The id of the deployment that has it."""
    finding: Finding
    file: str
    """The file that takes the edit."""
    shared: bool = False
    """Whether every deployment that shares the layer may change."""

    @property
    def key(self) -> Key:
        """What this edit is about."""
        return fix_key(self.deployment, self.finding)

    @property
    def changes(self) -> bool:
        """Always: a fix is of something that is found."""
        return True

    @property
    def field(self) -> str:
        """The rule's code, in place of the field that other edits name."""
        return self.finding.code

    @property
    def old(self) -> Value:
        """The line of the finding, for people."""
        return f"line {self.finding.line}"

    @property
    def new(self) -> Value:
        """That it is fixed, for people."""
        return "fixed"

    @property
    def text(self) -> str:
        """What the rule says of it."""
        return self.finding.message


@dataclass(frozen=True, slots=True)
class Declare(_Edit):
    """What is to be said in the baseline file."""

    statement: Statement
    old: Value
    """What is said at that place now; None where nothing is."""
    file: str
    """The baseline file."""
    repo: str = ""
    """The repo whose baseline it is, where the fleet is made of several; else empty."""

    @property
    def changes(self) -> bool:
        """Whether it says anything else than what the file says."""
        return self.new != self.old

    @property
    def key(self) -> Key:
        """What this edit is about."""
        return self.deployment, self.statement.field

    @property
    def deployment(self) -> str:
        """The place in the baseline file, instead of the deployment that other edits name."""
        return qualified(self.repo, self.statement.place)

    @property
    def field(self) -> FieldName:
        """The field that the statement is about."""
        return self.statement.field

    @property
    def new(self) -> Value:
        """What is to be said, in the words of the file."""
        return self.statement.text

    @property
    def text(self) -> str:
        """The same."""
        return self.statement.text


PendingEdit = SetField | Fix | Declare
"""What may be pending. All have a key, a file, what they are about (`deployment` and `field`), an old and a new
value; what only one kind knows is asked of that kind."""

LayerEdit = SetField | Fix
"""What may be made in a layer."""


def fix_key(deployment: str, finding: Finding) -> Key:
    """What the pending fix of a finding is about; several findings of a rule may be on one line."""
    return deployment, f"{finding.code}:{finding.line}:{finding.column}"


def fixable(findings: Iterable[Finding]) -> list[Finding]:
    """The findings that have an automatic fix of their own, in an order in which all can be made.

    Where several ask for the same change, the first stands for all. Names change last, because other fixes
    find their entry by its name.
    """
    chosen: dict[tuple[object, ...], Finding] = {}
    for finding in findings:
        if finding.fix:
            chosen.setdefault(finding.fix, finding)
    return sorted(chosen.values(), key=lambda finding: any(isinstance(change, RenameKey) for change in finding.fix))


@dataclass(frozen=True, slots=True)
class Step:
    """One undoable operation, whatever the number of edits in it."""

    title: str
    before: Mapping[Key, PendingEdit | None]
    after: Mapping[Key, PendingEdit | None]

    @property
    def deployments(self) -> tuple[str, ...]:
        """The ids of all deployments that look otherwise after it, those that share a layer among them."""
        return changed_by(edit for edits in (self.before, self.after) for edit in edits.values() if edit is not None)


class Pending:
    """The pending edits of a session, keyed by deployment and field, with undo and redo without limit.

    The newest edit of a field replaces an earlier one; an edit back to the value in the file removes it. Edits that
    are held stay pending and are left out of what is written next.
    """

    def __init__(self) -> None:
        self._edits: dict[Key, PendingEdit] = {}
        self._of: dict[str, dict[Key, PendingEdit]] = {}
        """The same by deployment."""
        self._through: dict[str, dict[Key, PendingEdit]] = {}
        """The edits made for other deployments that change one too, by the one."""
        self._held = 0
        self.version = 0
        """Another number after each change."""
        self._changed: tuple[int, tuple[str, ...]] = 0, ()
        self._done: list[Step] = []
        self._undone: list[Step] = []
        self._floors: list[int] = []
        """How many steps there were at each write: undo takes the write back before the steps below it."""

    def __len__(self) -> int:
        return len(self._edits)

    @property
    def edits(self) -> tuple[PendingEdit, ...]:
        """All pending edits, the newest last."""
        return tuple(self._edits.values())

    @property
    def chosen(self) -> tuple[PendingEdit, ...]:
        """The pending edits that would be written now, the newest last: all but those that are held."""
        return tuple(edit for edit in self._edits.values() if not edit.held)

    @property
    def changed(self) -> tuple[str, ...]:
        """The ids of all deployments that something pending changes."""
        now = self.version
        if self._changed[0] != now:
            self._changed = now, changed_by(self.edits)
        return self._changed[1]

    @property
    def held(self) -> int:
        """How many pending edits the next write leaves out."""
        return self._held

    @property
    def newest(self) -> Step | None:
        """The step that `undo` would take back."""
        return self._done[-1] if len(self._done) > self._floor else None

    def get(self, deployment: str, field: FieldName) -> SetField | None:
        """The pending edit of one field, if any."""
        edit = self._edits.get((deployment, field))
        return edit if isinstance(edit, SetField) else None

    def touches(self, deployment: str) -> bool:
        """Whether anything pending changes one deployment, made for it or for one that it shares a layer with."""
        return bool(self._of.get(deployment) or self._through.get(deployment))

    def count(self, deployment: str) -> int:
        """How many pending edits and fixes change one deployment."""
        return len(self._of.get(deployment, ())) + len(self._through.get(deployment, ()))

    def fixes(self, deployment: str, finding: Finding) -> bool:
        """Whether the fix of this finding is pending."""
        return fix_key(deployment, finding) in self._edits

    def of(self, deployment: str) -> tuple[PendingEdit, ...]:
        """The pending edits of one deployment."""
        return tuple(self._of.get(deployment, {}).values())

    def through(self, deployment: str) -> tuple[PendingEdit, ...]:
        """The pending edits of other deployments that change this one too, since it shares their layer."""
        return tuple(self._through.get(deployment, {}).values())

    def changing(self, deployment: str) -> tuple[PendingEdit, ...]:
        """All pending edits that change one deployment, its own last."""
        return (*self.through(deployment), *self.of(deployment))

    def note(self, planned: Iterable[PendingEdit]) -> None:
        """Take over from a plan which deployments each edit changes, which other edits may have changed. That is not a
        step."""
        also = {edit.key: edit.also for edit in planned}
        known = {key: edit for key, edit in self._edits.items() if also.get(key, edit.also) != edit.also}
        self._apply({key: replace(edit, also=also[key]) for key, edit in known.items()})

    def put(self, edits: Iterable[PendingEdit], title: str) -> Step | None:
        """Add edits as one undoable step and return it; None when nothing changes."""
        return self._step({edit.key: edit if edit.changes else None for edit in edits}, title)

    def drop(self, keys: Iterable[Key], title: str) -> Step | None:
        """Revert the pending edits of these fields as one undoable step."""
        return self._step(dict.fromkeys(keys), title)

    def hold(self, keys: Iterable[Key], title: str, *, held: bool = True) -> Step | None:
        """Leave edits out of the next write, or take them in again, as one undoable step."""
        present = [self._edits[key] for key in keys if key in self._edits]
        return self._step({edit.key: replace(edit, held=held) for edit in present}, title)

    def undo(self) -> Step | None:
        """Take the newest step back and return it, or None when there is none since the newest write."""
        if self.newest is None:
            return None
        step = self._done.pop()
        self._apply(step.before)
        self._undone.append(step)
        return step

    def redo(self) -> Step | None:
        """Do the step again that was last taken back, or None when there is none."""
        if not self._undone:
            return None
        step = self._undone.pop()
        self._apply(step.after)
        self._done.append(step)
        return step

    def settle(self, keys: Iterable[Key], *, written: bool = True) -> None:
        """Forget edits that have been written; undoing a write is the journal's work, not this list's.

        Steps of edits that stay pending are kept below the write: `undo` reaches them after `lift`. With `written`
        False the edits are only forgotten.
        """
        gone = set(keys)
        self._apply(dict.fromkeys(gone))
        self._floors = [len(_left(self._done[:floor], gone)) for floor in self._floors]
        self._done = _left(self._done, gone)
        self._undone.clear()
        if written:
            self._floors.append(len(self._done))

    def lift(self) -> None:
        """Let `undo` reach the steps from before the newest write, because that has been taken back."""
        self._undone.clear()
        if self._floors:
            self._floors.pop()

    def copy(self) -> Pending:
        """The same edits and steps as a list of its own, to go back to with `restore`."""
        other = Pending()
        other.restore(self)
        return other

    def restore(self, other: Pending) -> None:
        """Be what `other` was, such as before a write whose commit was refused."""
        self._edits, self._held = dict(other._edits), other._held
        self._of = {deployment: dict(edits) for deployment, edits in other._of.items()}
        self._through = {deployment: dict(edits) for deployment, edits in other._through.items()}
        self._done, self._undone, self._floors = list(other._done), list(other._undone), list(other._floors)
        self.version += 1

    def describe(self) -> str:
        """Say how much would be written: ``2 edits in 1 deployment``."""
        return described(self.chosen)

    @property
    def _floor(self) -> int:
        return self._floors[-1] if self._floors else 0

    def _step(self, wanted: Mapping[Key, PendingEdit | None], title: str) -> Step | None:
        before = {key: self._edits.get(key) for key in wanted}
        after = {key: edit for key, edit in wanted.items() if before[key] != edit}
        if not after:
            return None
        step = Step(title, {key: before[key] for key in after}, after)
        self._apply(step.after)
        self._done.append(step)
        self._undone.clear()
        return step

    def _apply(self, state: Mapping[Key, PendingEdit | None]) -> None:
        for key, edit in state.items():
            old = self._edits.get(key)
            self._held += (edit.held if edit is not None else 0) - (old.held if old is not None else 0)
            for edits in (self._edits, self._of.setdefault(key[0], {})):
                if old is not None and (edit is None or not _keeps_place(old, edit)):
                    del edits[key]
                if edit is not None:
                    edits[key] = edit
            for id_ in old.also if old is not None else ():
                self._through[id_].pop(key, None)
            for id_ in edit.also if edit is not None else ():
                self._through.setdefault(id_, {})[key] = edit  # type: ignore[assignment]
        self.version += 1  # at the end: what another thread has seen meanwhile is of the version before


def changed_by(edits: Iterable[PendingEdit]) -> tuple[str, ...]:
    """The ids of all deployments that edits change: first those that they were made for, each once."""
    known = [edit for edit in edits if not isinstance(edit, Declare)]
    asked = dict.fromkeys(edit.deployment for edit in known)
    return tuple(asked | dict.fromkeys(id_ for edit in known for id_ in edit.also))


def described(edits: Iterable[PendingEdit]) -> str:
    """Say how many edits these are: ``2 edits in 1 deployment``, and how many of them are of the baseline file."""
    known = list(edits)
    deployments = changed_by(known)
    places = [plural(len(deployments), "deployment")] if deployments or not known else []
    places += dict.fromkeys(edit.file for edit in known if isinstance(edit, Declare))
    return f"{plural(len(known), 'edit')} in {' and '.join(places)}"


def _keeps_place(old: PendingEdit, edit: PendingEdit) -> bool:
    """Whether an edit asks for the same as an older one, whether left out or taken in: such a one keeps its place."""
    return (old if old.held == edit.held else replace(old, held=edit.held)) == edit


def _left(steps: Iterable[Step], gone: set[Key]) -> list[Step]:
    """What is left of these steps without the edits of these fields."""
    return [left for step in steps if (left := _without(step, gone)) is not None]


def _without(step: Step, gone: set[Key]) -> Step | None:
    """A step without the edits of these fields; None when nothing is left of it."""
    if not gone & step.after.keys():
        return step
    after = {key: edit for key, edit in step.after.items() if key not in gone}
    return Step(step.title, {key: step.before[key] for key in after}, after) if after else None
