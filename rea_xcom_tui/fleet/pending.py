"""Pending changes: edits that exist only in memory, with undo and redo, until they are written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import cast

from rea_xcom_tui.text import plural
from rea_xcom_tui.xcom.model import FieldName, FieldReading, Finding, RenameKey

Value = str | int | None
Key = tuple[str, str]
"""A deployment's id and a field, or a finding's code and line: what one pending edit is about."""


def current_value(reading: FieldReading) -> Value:
    """What a field says now: its value, or the text as it stands where that is no value."""
    return reading.raw if reading.state == "invalid" else reading.value


@dataclass(frozen=True, slots=True)
class PendingEdit:
    """A field of one deployment that is to have another value, or a finding that is to be mended."""

    deployment: str
    field: FieldName
    """The field; of a mend, the code of the rule instead."""
    old: Value
    new: Value
    """None means: not set at all."""
    text: str
    """What the user typed, in the form the value models take."""
    mends: Finding | None = None
    """The finding whose mechanical mend this is; None for an edit of a field."""

    @property
    def key(self) -> Key:
        """What this edit is about."""
        return self.deployment, f"{self.mends.code}:{self.mends.line}" if self.mends else self.field


def mend(deployment: str, finding: Finding) -> PendingEdit:
    """The pending mend of a finding that has a mechanical fix."""
    code = cast("FieldName", finding.code)
    return PendingEdit(deployment, code, f"line {finding.line}", "mended", finding.message, finding)


def mendable(findings: Iterable[Finding]) -> list[Finding]:
    """The findings that have a mechanical mend of their own, in an order in which all can be made.

    Where several ask for the same change, the first stands for all. Names change last, because other mends
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


class Pending:
    """The pending edits of a session, keyed by deployment and field, with undo and redo without end.

    The newest edit of a field replaces an earlier one; an edit back to the value in the file removes it.
    """

    def __init__(self) -> None:
        self._edits: dict[Key, PendingEdit] = {}
        self._counts: Counter[str] = Counter()
        self._done: list[Step] = []
        self._undone: list[Step] = []

    def __len__(self) -> int:
        return len(self._edits)

    @property
    def edits(self) -> tuple[PendingEdit, ...]:
        """All pending edits, the newest last."""
        return tuple(self._edits.values())

    @property
    def newest(self) -> Step | None:
        """The step that `undo` would take back."""
        return self._done[-1] if self._done else None

    def get(self, deployment: str, field: FieldName) -> PendingEdit | None:
        """The pending edit of one field, if any."""
        return self._edits.get((deployment, field))

    def count(self, deployment: str) -> int:
        """How many edits and mends of one deployment are pending."""
        return self._counts[deployment]

    def mends(self, deployment: str, finding: Finding) -> bool:
        """Whether the mend of this finding is pending."""
        return (deployment, f"{finding.code}:{finding.line}") in self._edits

    def of(self, deployment: str) -> tuple[PendingEdit, ...]:
        """The pending edits of one deployment."""
        return tuple(edit for edit in self._edits.values() if edit.deployment == deployment)

    def put(self, edits: Iterable[PendingEdit], title: str) -> Step | None:
        """Add edits as one undoable step and return it; None when nothing changes."""
        after: dict[Key, PendingEdit | None] = {}
        for edit in edits:
            after[edit.key] = None if edit.new == edit.old else edit
        before = {key: self._edits.get(key) for key in after}
        after = {key: edit for key, edit in after.items() if before[key] != edit}
        if not after:
            return None
        step = Step(title, {key: before[key] for key in after}, after)
        self._apply(step.after)
        self._done.append(step)
        self._undone.clear()
        return step

    def drop(self, keys: Iterable[Key], title: str) -> Step | None:
        """Revert the pending edits of these fields as one undoable step."""
        present = [key for key in keys if key in self._edits]
        if not present:
            return None
        step = Step(title, {key: self._edits[key] for key in present}, dict.fromkeys(present))
        self._apply(step.after)
        self._done.append(step)
        self._undone.clear()
        return step

    def undo(self) -> Step | None:
        """Take the newest step back and return it, or None when there is none."""
        if not self._done:
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

    def settle(self, keys: Iterable[Key]) -> None:
        """Forget edits that have been written; undoing a write is the journal's work, not this list's."""
        self._apply(dict.fromkeys(keys))
        self._done.clear()
        self._undone.clear()

    def describe(self) -> str:
        """Say how much is pending: ``2 edits in 1 deployment``."""
        deployments = {edit.deployment for edit in self._edits.values()}
        return f"{plural(len(self._edits), 'edit')} in {plural(len(deployments), 'deployment')}"

    def _apply(self, state: Mapping[Key, PendingEdit | None]) -> None:
        for key, edit in state.items():
            if self._edits.pop(key, None) is not None:
                self._counts[key[0]] -= 1
            if edit is not None:
                self._edits[key] = edit
                self._counts[key[0]] += 1
