"""Taking a write back, and finishing one that was cut off."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from rea_xcom_tui.errors import Refused, ToolError
from rea_xcom_tui.fleet.edit.plan import FilePlan
from rea_xcom_tui.fleet.write.putting import Progress, Putting, Way, put
from rea_xcom_tui.text import clean, moment, plural
from rea_xcom_tui.values import Unreadable, read_file, remove_temporary

if TYPE_CHECKING:
    from rea_xcom_tui.gitops import Repository
    from rea_xcom_tui.gitops.operations import Operation, OperationFile, OperationLog

_NOT_CUT_OFF = "no write was cut off, so there is nothing to finish"


@dataclass(frozen=True, slots=True)
class Undone:
    """What was taken back."""

    operation: Operation
    files: tuple[str, ...]
    """The files that were put back; those that already had their old bytes are not among them."""
    to_commit: tuple[FilePlan, ...] = ()
    """Of these files, those whose newest commit still holds what was written, so that it can be committed that they
    are put back."""
    commits: tuple[str, ...] = ()
    """The commits that hold it, where it was one write in several repos."""

    def sentence(self) -> str:
        """Say what was taken back, and what is left to do."""
        when = moment(self.operation.when)
        text = f"undid '{self.operation.title}' of {when}: {plural(len(self.files), 'file')} put back"
        if not self.to_commit:
            return text
        if len(self.commits) > 1:
            return f"{text}; the {len(self.commits)} commits that hold it stay; the files put back can be committed"
        where = f" ({self.operation.commit[:12]})" if self.operation.commit else ""
        return f"{text}; the commit that holds it{where} stays; the files put back can be committed"


def undo_newest(repository: Repository, read_only: str | None = None, progress: Progress | None = None) -> Undone:
    """Take back the newest write of the log, or one that was cut off.

    Every file must hold the bytes that the operation wrote, or those from before it; otherwise nothing is
    touched. `progress` is called before each file; what it raises ends the work with every file as it was.
    Raises `Refused` with one sentence.
    """
    if read_only is not None:
        raise Refused(f"nothing may be written: {read_only}")
    log = _log_of(repository)
    if log.unfinished() is None and log.newest() is None:
        raise Refused("there is nothing to undo: the log of this repo holds no write that could be taken back")
    with log.held():
        operation = log.unfinished() or log.newest()
        if operation is None:
            raise Refused("there is nothing left to undo: somebody else has just undone it")
        ways = _ways_back(repository, operation)
        dirty = repository.dirty([way.file for way in ways])
        _go(repository, log, operation, ways, progress)
        log.mark(operation, "undone")
    held = [way for way in ways if operation.commit or way.file not in dirty]
    return Undone(operation, tuple(way.file for way in ways), tuple(_plans(held)))


def finish_cut_off(repository: Repository, read_only: str | None = None, progress: Progress | None = None) -> Operation:
    """Finish a write that was cut off: files that still have their old bytes get the new ones.

    `progress` is as in `undo_newest`. Raises `Refused` when there is none, or when a file holds neither the old
    nor the new bytes.
    """
    if read_only is not None:
        raise Refused(f"nothing may be written: {read_only}")
    log = _log_of(repository)
    if log.unfinished() is None:
        raise Refused(_NOT_CUT_OFF)
    with log.held():
        operation = log.unfinished()
        if operation is None:
            raise Refused(_NOT_CUT_OFF)
        ways = _ways_back(repository, _turned(operation))
        _go(repository, log, operation, ways, progress)
        return log.mark(operation, "committed" if operation.commit else "written")


def _log_of(repository: Repository) -> OperationLog:
    from rea_xcom_tui.gitops.operations import OperationLog

    return OperationLog(repository.git_dir)


def _go(
    repository: Repository, log: OperationLog, operation: Operation, ways: Sequence[Way], progress: Progress | None
) -> None:
    """Go all of these ways, or none. The log says that files are changing, so that a crash is noticed."""
    log.mark(operation, "writing")
    putting = Putting(repository.root, ways, operation.token, progress)
    try:
        putting.go()
    except BaseException:  # also an interrupt or a stop: no file may be left half of the way; it goes on
        for way in reversed(putting.done):
            put(repository.root, Way(way.file, way.then, way.now), operation.token)
        log.mark(operation, operation.phase)
        raise


def _turned(operation: Operation) -> Operation:
    """The operation with before and after exchanged, so that taking it back means carrying it out."""
    files = tuple(replace(file, before=file.after, after=file.before) for file in operation.files)
    return replace(operation, files=files)


def _plans(ways: Sequence[Way]) -> list[FilePlan]:
    """What was done to these files; not to those that were made or removed, which no commit of ours can hold."""
    return [FilePlan(way.file, way.now, way.then, ()) for way in ways if way.now is not None and way.then is not None]


def _ways_back(repository: Repository, operation: Operation) -> list[Way]:
    """For each file that holds the operation's bytes, the way back. Raises `Refused` where one holds others.

    What a crash has left beside the files is removed first.
    """
    from rea_xcom_tui.gitops.operations import NO_FILE

    ways: list[Way] = []
    kept = _kept_contents(repository, operation)
    for file in operation.files:
        try:
            _remove_temporary(repository, operation, file, kept)
            now = _bytes_now(repository, file)
        except Unreadable as problem:
            raise Refused(f"'{clean(operation.title)}' cannot be undone: {problem}") from problem
        except OSError as problem:
            raise Refused(
                f"'{clean(operation.title)}' cannot be undone: what a crash has left beside {clean(file.path)} cannot "
                f"be removed ({problem.strerror})"
            ) from problem
        digest = NO_FILE if now is None else repository.hash_bytes(now)
        if digest == file.before:
            continue
        if digest != file.after:
            raise Refused(
                f"'{clean(operation.title)}' cannot be undone: {clean(file.path)} has changed since it was "
                f"written{_by_whom(repository, operation, file.path, digest)}; {_way_out(operation)}"
            )
        ways.append(Way(file.path, now, kept.get(file.before)))
    return ways


def _remove_temporary(
    repository: Repository, operation: Operation, file: OperationFile, kept: dict[str, bytes]
) -> None:
    wrote = [kept[oid] for oid in (file.before, file.after) if oid in kept]
    remove_temporary(file.path, token=operation.token, wrote=wrote, root=repository.root)


def _by_whom(repository: Repository, operation: Operation, path: str, digest: str) -> str:
    """Name the hook that changed the file on its way into the operation's commit, where it holds just that."""
    if not operation.commit:
        return ""
    try:
        in_commit = {entry.path: entry.oid for entry in repository.tree(operation.commit)}
    except ToolError:  # a commit that was dropped since, and is gone
        return ""
    return " (a hook changed it as it was committed)" if in_commit.get(path) == digest else ""


def _way_out(operation: Operation) -> str:
    if operation.commit:
        return f"`revert {operation.commit[:12]}` puts back the fields that its commit changed"
    return "put it back by hand, or with git"


def _bytes_now(repository: Repository, file: OperationFile) -> bytes | None:
    """What a file holds; None where there is none, and the operation, or the way back, makes it."""
    path = repository.root / file.path
    if not (file.before and file.after) and not os.path.lexists(path):
        return None
    return read_file(path, repository.root)


def _kept_contents(repository: Repository, operation: Operation) -> dict[str, bytes]:
    """The bytes from before a write, and also those after it, to know what of them a crash may have left."""
    from rea_xcom_tui.gitops import GitProblem

    wanted = [file.before for file in operation.files if file.before]
    wrote = [] if operation.token else [file.after for file in operation.files if file.after]
    try:
        return repository.blobs(list(dict.fromkeys([*wanted, *wrote])))
    except GitProblem as problem:
        raise Refused(
            f"'{clean(operation.title)}' cannot be undone: git no longer holds the bytes from before it "
            "(git gc removes what no commit holds after two weeks)"
        ) from problem
