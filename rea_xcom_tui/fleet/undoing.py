"""Taking a write back, and mending one that was cut off."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from rea_xcom_tui.errors import Refused
from rea_xcom_tui.fleet.journal import Journal, JournalFile, Operation
from rea_xcom_tui.fleet.planning import FilePlan
from rea_xcom_tui.fleet.writing import Gate
from rea_xcom_tui.text import clean, plural
from rea_xcom_tui.values import Unreadable, read_file

if TYPE_CHECKING:
    from rea_xcom_tui.gitops import Repository


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


def undo_newest(repository: Repository, read_only: str | None = None) -> Undone:
    """Take back the newest operation of the journal, or one that was cut off while it wrote.

    Every file must hold the bytes that the operation wrote, or those from before it; otherwise nothing is
    touched. Raises `Refused` with one sentence.
    """
    if read_only is not None:
        raise Refused(f"nothing may be written: {read_only}")
    journal = Journal(repository.git_dir)
    operation = journal.unfinished() or journal.newest()
    if operation is None:
        raise Refused("there is nothing to undo: the journal of this repo holds no write that could be taken back")
    plans = _plans(repository, operation)
    gate = Gate(repository, read_only)
    done: list[FilePlan] = []
    try:
        for plan in plans:
            gate.put(plan.file, plan.before, plan.after)
            done.append(plan)
    except Refused:
        for plan in reversed(done):
            gate.put(plan.file, plan.after, plan.before)
        raise
    journal.mark(operation, "undone")
    return Undone(operation, tuple(plan.file for plan in done))


def finish_cut_off(repository: Repository, read_only: str | None = None) -> Operation:
    """Finish a write that was cut off: files that still have their old bytes get the new ones.

    Raises `Refused` when there is none, or when a file holds neither the old nor the new bytes.
    """
    if read_only is not None:
        raise Refused(f"nothing may be written: {read_only}")
    journal = Journal(repository.git_dir)
    operation = journal.unfinished()
    if operation is None:
        raise Refused("no write was cut off, so there is nothing to finish")
    gate = Gate(repository, read_only)
    for plan in _plans(repository, _turned(operation)):
        gate.put(plan.file, plan.before, plan.after)
    return journal.mark(operation, "written")


def _turned(operation: Operation) -> Operation:
    """The operation with before and after exchanged, so that taking it back means carrying it out."""
    files = tuple(JournalFile(file.path, file.after, file.before) for file in operation.files)
    return replace(operation, files=files)


def _plans(repository: Repository, operation: Operation) -> list[FilePlan]:
    """For each file that holds the operation's bytes, the way back. Raises `Refused` where one holds others."""
    plans: list[FilePlan] = []
    old = _old_contents(repository, operation)
    for file in operation.files:
        try:
            now = read_file(repository.root / file.path, repository.root)
        except Unreadable as problem:
            raise Refused(f"'{clean(operation.title)}' cannot be undone: {problem}") from problem
        digest = repository.hash_bytes(now)
        if digest == file.before:
            continue
        if digest != file.after:
            raise Refused(
                f"'{clean(operation.title)}' cannot be undone: {clean(file.path)} has changed since it was "
                "written; put it back by hand, or with git"
            )
        plans.append(FilePlan(file.path, now, old[file.before], ()))
    return plans


def _old_contents(repository: Repository, operation: Operation) -> dict[str, bytes]:
    from rea_xcom_tui.gitops import GitProblem

    try:
        return repository.blobs([file.before for file in operation.files])
    except GitProblem as problem:
        raise Refused(
            f"'{clean(operation.title)}' cannot be undone: git no longer holds the bytes from before it "
            "(git gc removes what no commit holds after two weeks)"
        ) from problem
