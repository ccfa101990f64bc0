"""Taking a write back, and mending one that was cut off."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from rea_xcom_tui.errors import Refused
from rea_xcom_tui.fleet.write.gate import Gate, Progress
from rea_xcom_tui.fleet.write.journal import NO_FILE, Journal, JournalFile, Operation
from rea_xcom_tui.text import clean, plural
from rea_xcom_tui.values import Unreadable, read_file

if TYPE_CHECKING:
    from rea_xcom_tui.gitops import Repository

_NOT_CUT_OFF = "no write was cut off, so there is nothing to finish"


@dataclass(frozen=True, slots=True)
class Undone:
    """What was taken back."""

    operation: Operation
    files: tuple[str, ...]
    """The files that were put back; those that already had their old bytes are not among them."""

    def sentence(self) -> str:
        """Say what was taken back, and what is left to do."""
        text = f"undid '{self.operation.title}' of {self.operation.when}: {plural(len(self.files), 'file')} put back"
        if self.operation.commit:
            return (
                f"{text}; its commit {self.operation.commit[:12]} stays, commit the reversal to take it back there too"
            )
        return text


def undo_newest(repository: Repository, read_only: str | None = None, progress: Progress | None = None) -> Undone:
    """Take back the newest operation of the journal, or one that was cut off while it wrote.

    Every file must hold the bytes that the operation wrote, or those from before it; otherwise nothing is
    touched. `progress` is called before each file; what it raises ends the work with every file as it was.
    Raises `Refused` with one sentence.
    """
    if read_only is not None:
        raise Refused(f"nothing may be written: {read_only}")
    journal = Journal(repository.git_dir)
    if journal.unfinished() is None and journal.newest() is None:
        raise Refused("there is nothing to undo: the journal of this repo holds no write that could be taken back")
    with journal.held():
        operation = journal.unfinished() or journal.newest()
        if operation is None:
            raise Refused("there is nothing to undo any more: somebody else has just taken it back")
        ways = _ways_back(repository, operation)
        _go(Gate(repository, read_only), journal, operation, ways, progress)
        journal.mark(operation, "undone")
    return Undone(operation, tuple(way.file for way in ways))


def finish_cut_off(repository: Repository, read_only: str | None = None, progress: Progress | None = None) -> Operation:
    """Finish a write that was cut off: files that still have their old bytes get the new ones.

    `progress` is as in `undo_newest`. Raises `Refused` when there is none, or when a file holds neither the old
    nor the new bytes.
    """
    if read_only is not None:
        raise Refused(f"nothing may be written: {read_only}")
    journal = Journal(repository.git_dir)
    if journal.unfinished() is None:
        raise Refused(_NOT_CUT_OFF)
    with journal.held():
        operation = journal.unfinished()
        if operation is None:
            raise Refused(_NOT_CUT_OFF)
        _go(Gate(repository, read_only), journal, operation, _ways_back(repository, _turned(operation)), progress)
        return journal.mark(operation, "committed" if operation.commit else "written")


def _go(gate: Gate, journal: Journal, operation: Operation, ways: Sequence[_Way], progress: Progress | None) -> None:
    """Go all of these ways, or none. The journal says that files are changing, so that a crash is noticed."""
    journal.mark(operation, "writing")
    done: list[_Way] = []
    try:
        for way in ways:
            if progress is not None:
                progress(len(done), len(ways))
            gate.put(way.file, way.now, way.then)
            done.append(way)
    except BaseException:  # also an interrupt or a stop: no file may be left half of the way; it goes on
        for way in reversed(done):
            gate.put(way.file, way.then, way.now)
        journal.mark(operation, operation.phase)
        raise


def _turned(operation: Operation) -> Operation:
    """The operation with before and after exchanged, so that taking it back means carrying it out."""
    files = tuple(JournalFile(file.path, file.after, file.before) for file in operation.files)
    return replace(operation, files=files)


@dataclass(frozen=True, slots=True)
class _Way:
    """The way of one file back: the bytes it holds now and those it is to hold, None where there is no file."""

    file: str
    now: bytes | None
    then: bytes | None


def _ways_back(repository: Repository, operation: Operation) -> list[_Way]:
    """For each file that holds the operation's bytes, the way back. Raises `Refused` where one holds others."""
    ways: list[_Way] = []
    old = _old_contents(repository, operation)
    for file in operation.files:
        try:
            now = _bytes_now(repository, file)
        except Unreadable as problem:
            raise Refused(f"'{clean(operation.title)}' cannot be undone: {problem}") from problem
        digest = NO_FILE if now is None else repository.hash_bytes(now)
        if digest == file.before:
            continue
        if digest != file.after:
            raise Refused(
                f"'{clean(operation.title)}' cannot be undone: {clean(file.path)} has changed since it was "
                "written; put it back by hand, or with git"
            )
        ways.append(_Way(file.path, now, old.get(file.before)))
    return ways


def _bytes_now(repository: Repository, file: JournalFile) -> bytes | None:
    """What a file holds; None where there is none, and the operation, or the way back, makes it."""
    path = repository.root / file.path
    if NO_FILE in (file.before, file.after) and not os.path.lexists(path):
        return None
    return read_file(path, repository.root)


def _old_contents(repository: Repository, operation: Operation) -> dict[str, bytes]:
    from rea_xcom_tui.gitops import GitProblem

    try:
        return repository.blobs([file.before for file in operation.files if file.before != NO_FILE])
    except GitProblem as problem:
        raise Refused(
            f"'{clean(operation.title)}' cannot be undone: git no longer holds the bytes from before it "
            "(git gc removes what no commit holds after two weeks)"
        ) from problem
