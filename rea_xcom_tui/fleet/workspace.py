"""One repo as a session works on it: its fleet, the pending edits over it, and the way to write and commit them.

Both faces use this class and nothing below it: the terminal UI interactively, the commands once per run.
None of its methods may be called from two threads at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rea_xcom_tui.fleet.model import Deployment, Fleet
from rea_xcom_tui.fleet.pending import Pending, PendingEdit, Step, Value
from rea_xcom_tui.xcom.model import FieldName


@dataclass(frozen=True, slots=True)
class Checked:
    """A new value that passed its model, and what it means in words."""

    value: Value
    text: str
    """The text that will stand in the file."""
    meaning: str
    """What the value means, such as `= 1572864 bytes · values of this size and more go to S3`."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why one edit cannot be made: a sentence that says what, where, why and what to do."""

    deployment: str
    field: FieldName
    reason: str


@dataclass(frozen=True, slots=True)
class FilePlan:
    """One file's bytes before and after the pending edits."""

    file: str
    before: bytes
    after: bytes
    edits: tuple[PendingEdit, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """What writing now would do."""

    files: tuple[FilePlan, ...]
    refused: tuple[Refusal, ...]

    @property
    def edits(self) -> tuple[PendingEdit, ...]:
        """All edits that would be made."""
        return tuple(edit for file in self.files for edit in file.edits)


class Workspace:
    """A repo, its fleet, and the pending edits over it."""

    def __init__(self, root: Path, *, read_only: str | None = None) -> None:
        self.root = root
        self.read_only = read_only
        """Why nothing may be written, or None when writing is allowed."""
        self.fleet = Fleet(root=root, head=None, branch=None)
        self.pending = Pending()

    @classmethod
    def open(cls, path: Path, *, read_only: bool = False) -> Workspace:
        """Find the repo around `path`. Raises `ToolError` with one sentence when there is none."""
        raise NotImplementedError

    def scan(self, progress: Callable[[int, int, Sequence[Deployment]], None] | None = None) -> Fleet:
        """Read the repo anew and return its fleet; pending edits stay.

        `progress(done, total, new)` is called now and then with the deployments read since the last call.
        """
        raise NotImplementedError

    def check(self, field: FieldName, text: str, deployment: Deployment | None = None) -> Checked:
        """Check what a user typed for a field. Raises `ValueError` with one short sentence."""
        raise NotImplementedError

    def value(self, deployment: Deployment, field: FieldName) -> Value:
        """The value of a field as it will be: the pending one, else the one in the file."""
        raise NotImplementedError

    def edit(
        self, deployments: Iterable[str], field: FieldName, text: str
    ) -> tuple[Step | None, list[Refusal]]:
        """Set a field of these deployments to what was typed, as one undoable step.

        Every edit is made and proved in memory first; those that cannot be made are returned as refusals and
        are not part of the step. Raises `ValueError` when the value itself is not valid.
        """
        raise NotImplementedError

    def unset(self, deployments: Iterable[str], field: FieldName) -> tuple[Step | None, list[Refusal]]:
        """Remove a field of these deployments, as one undoable step."""
        raise NotImplementedError

    def undo(self) -> str | None:
        """Take back the newest step; returns what was undone in words, or None."""
        raise NotImplementedError

    def redo(self) -> str | None:
        """Do again what was last undone; returns what was redone in words, or None."""
        raise NotImplementedError

    def plan(self) -> Plan:
        """The files as they would be after the pending edits. Nothing is written."""
        raise NotImplementedError

    def write(self) -> Plan:
        """Write the pending edits to their files, all or nothing. Raises `Refused`."""
        raise NotImplementedError

    def commit_message(self) -> str:
        """A commit message for the pending edits (and those written but not committed by this session)."""
        raise NotImplementedError

    def commit(self, message: str, *, branch: str | None = None) -> str:
        """Write what is pending and commit exactly this session's changes; returns what git said.

        Raises `Refused` with one sentence; a hook's own words are in the exception's `output`.
        """
        raise NotImplementedError
