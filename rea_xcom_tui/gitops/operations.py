"""The log of operations: every write and every commit of this tool in one repo, recorded before anything changes.

It lives in the work tree's git folder, so it is never committed, and is found under whatever home and user the tool is
started again. It holds blob ids, never content: the bytes before and after are blobs in git's own object store. A
crash at any point leaves a record from which the next start can finish or take back; a finished record is what `undo`
takes back. There is one lock for all of it. Records of version 0.1.0, which had a second journal for commits, are read.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from rea_xcom_tui import durable
from rea_xcom_tui.errors import Refused, ToolError
from rea_xcom_tui.text import utc

FOLDER = "rea-xcom-tui"
"""The log's folder inside the git folder."""

NO_FILE = ""
"""In place of a blob id: there was no file before the operation, or is none after it."""

Phase = Literal["writing", "written", "committing", "committed", "undone"]
"""`writing` while files change, also while they are put back; `committing` while git makes a commit; `committed` once
a commit holds what was written."""

_UNFINISHED: tuple[Phase, ...] = ("writing", "committing")
_MOST = 200
"""How many operations are kept: git forgets the bytes of old ones after some weeks anyway."""
_HEAD = 4096
"""In so many bytes of a record, which may be as long as a file for each of its files, its phase is said."""
_PHASE = re.compile(rb'"phase": "(\w+)"')  # which no text in it can hold: its quotes would be escaped
_OLD_COMMIT = "journal.json"
"""The record of a commit that version 0.1.0 had begun, in the scratch folder."""
_LONGEST_COMMIT = 24 * 3600.0
"""After this many seconds a process id in a record is taken to belong to some other process."""
_AT_WORK = "another rea-xcom-tui is writing or committing in this repo right now; wait until it is done, then try again"

Entry = tuple[str, str]
"""Mode and blob id of a file in the index."""


@dataclass(frozen=True, slots=True)
class OperationFile:
    """One file of an operation, with the blob ids of its bytes before and after (see `NO_FILE`)."""

    path: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class IndexChange:
    """The index entry of one file of a commit, before and after."""

    head: Entry | None
    """Its mode and blob id in the commit that is built on; None for a new file."""
    before: Entry | None
    after: Entry | None
    """None where git itself brings the index up to date."""


@dataclass(frozen=True, slots=True)
class CommitRecord:
    """A commit that was begun and has not ended."""

    method: Literal["only", "locked"]
    head: str
    """The commit it builds on."""
    old_ref: str | None
    """The branch that was checked out before; None when HEAD was detached."""
    branch: str | None
    """The new branch that is made for it."""
    files: dict[str, IndexChange]
    started: float
    """In seconds since 1970."""
    process: int | None = None
    """The process id of `git commit`."""

    def git_is_running(self) -> bool:
        """Tell whether the `git commit` of a crashed tool is still at work."""
        if self.process is None or time.time() - self.started > _LONGEST_COMMIT:
            return False
        return _is_running(self.process)


@dataclass(frozen=True, slots=True)
class Operation:
    """One write or commit: what it was about, which files it changed, and how far it came."""

    number: int
    phase: Phase
    title: str
    when: str
    """When it began, ISO 8601 in UTC with `Z`."""
    command: str = ""
    """The command that did it, such as `set`; `app` for the terminal UI, empty where it is not known."""
    branch: str | None = None
    """The branch that was checked out, or None."""
    together: str = ""
    """What it shares with the operations that were one with it in other repos; empty for one repo alone."""
    kind: Literal["write", "commit"] = "write"
    files: tuple[OperationFile, ...] = ()
    fields: tuple[tuple[str, str], ...] = ()
    """What a write changed: deployment and field; never a value."""
    token: str = ""
    """What the names of its temporary files hold; empty in records of version 0.1.0."""
    commit: str | None = None
    """The id of the commit that was made, or that holds what was written."""
    holds: tuple[int, ...] = ()
    """The numbers of the writes that a commit holds."""
    index: CommitRecord | None = None
    """What git's index has to be brought to, while a commit is being made."""


class OperationLog:
    """The operations of one work tree. Raises `ToolError` where the folder cannot be used."""

    def __init__(self, git_dir: Path) -> None:
        self.folder = git_dir / FOLDER
        self.scratch = self.folder / "commit"
        """Where a commit keeps copies of the index; removed when it ends."""

    # ---- reading

    def operations(self) -> Iterator[Operation]:
        """All operations, newest first; a damaged record is passed over."""
        for path in self._paths():
            operation = _load(path)
            if operation is not None:
                yield operation

    def newest(self) -> Operation | None:
        """The newest write that has not been taken back, or None."""
        return next(
            (op for op in self.operations() if op.kind == "write" and op.phase in ("written", "committed")), None
        )

    def unfinished(self) -> Operation | None:
        """A write that has begun and has not ended: it was cut off, or is under way; None where there is none."""
        return next((op for op in self._begun() if op.kind == "write"), None)

    def commit_begun(self) -> CommitRecord | None:
        """What a commit that has begun and has not ended is about to do, or None."""
        begun = next((op.index for op in self._begun() if op.index is not None), None)
        return begun or _load_old_commit(self.scratch / _OLD_COMMIT)

    def cut_off(self) -> Operation | None:
        """A write that no running copy of this tool will end any more, or None."""
        if self.unfinished() is None:
            return None
        return self.unfinished() if self._abandoned() else None  # read again: it may just have ended

    def commit_cut_off(self) -> bool:
        """Whether there is a commit that no running copy of this tool will end any more."""
        return self.commit_begun() is not None and self._abandoned() and self.commit_begun() is not None

    def _abandoned(self) -> bool:
        """Whether no copy of this tool is at work; where no lock can be made, nobody has one."""
        try:
            with durable.locked(self._lock) as alone:
                return alone
        except OSError:
            return True

    def _begun(self) -> Iterator[Operation]:
        """The operations that have not ended, newest first, without a look into those that have."""
        for path in self._paths():
            try:
                with path.open("rb") as file:
                    data = file.read(_HEAD)
                    if (said := _PHASE.search(data)) is not None and said[1].decode() not in _UNFINISHED:
                        continue
                    data += file.read()
            except OSError:
                continue
            operation = _parsed(data)
            if operation is not None and operation.phase in _UNFINISHED:
                yield operation

    # ---- writing

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep other running copies of this tool from writing meanwhile. Raises `Refused` when one is at work."""
        with ExitStack() as stack:
            try:
                self.folder.mkdir(parents=True, exist_ok=True)
                alone = stack.enter_context(durable.locked(self._lock))
            except OSError as error:
                raise self._unusable(error) from error
            if not alone:
                raise Refused(_AT_WORK)
            yield

    def begin(
        self,
        title: str,
        when: str,
        files: tuple[OperationFile, ...],
        fields: tuple[tuple[str, str], ...],
        *,
        command: str = "",
        branch: str | None = None,
        together: str = "",
    ) -> Operation:
        """Record a write before its first byte."""
        operation = Operation(
            self._next_number(),
            "writing",
            title,
            when,
            command,
            branch,
            together,
            files=files,
            fields=fields,
            token=durable.new_token(),
        )
        self._store(operation)
        return operation

    def mark(self, operation: Operation, phase: Phase, commit: str | None = None) -> Operation:
        """Record how far a write has come."""
        changed = replace(operation, phase=phase, commit=commit or operation.commit)
        self._store(changed)
        return changed

    def forget(self, operation: Operation) -> None:
        """Remove the record of an operation that changed nothing in the end."""
        self._path(operation.number).unlink(missing_ok=True)

    def record_commit(
        self, record: CommitRecord, title: str = "", command: str = "", writes: tuple[int, ...] = ()
    ) -> None:
        """Record a commit of these `writes` before it begins, or what has become known of it since."""
        begun = next((op for op in self._begun() if op.kind == "commit"), None)
        if begun is None:
            now = utc(record.started)
            branch = (record.branch or record.old_ref or "").removeprefix("refs/heads/") or None
            begun = Operation(
                self._next_number(), "committing", title, now, command, branch, kind="commit", holds=writes
            )
        self._store(replace(begun, index=record))

    def end_commit(self, oid: str | None, branch: str | None = None, blobs: Mapping[str, str] | None = None) -> None:
        """Record that a commit was made, with the blob of each file in it; None: that there is none after all.

        The writes that it holds are then committed too. Everything that was kept for it is removed.
        """
        if oid is not None and (self.scratch / _OLD_COMMIT).exists():  # version 0.1.0 did not say what a commit holds
            for write in self.operations():
                if write.phase == "written" and all((blobs or {}).get(file.path) == file.after for file in write.files):
                    self.mark(write, "committed", oid)
        for begun in self._begun():
            if begun.kind != "commit":
                continue
            for number in begun.holds if oid is not None else ():
                if (held := _load(self._path(number))) is not None:
                    self.mark(held, "committed", oid)
            if oid is None or begun.index is None:
                self.forget(begun)
                continue
            files = tuple(
                OperationFile(path, change.head[1] if change.head else NO_FILE, (blobs or {}).get(path, NO_FILE))
                for path, change in begun.index.files.items()
            )
            self._store(
                replace(begun, phase="committed", commit=oid, branch=branch or begun.branch, files=files, index=None)
            )
        shutil.rmtree(self.scratch, ignore_errors=True)

    @property
    def _lock(self) -> Path:
        return self.folder / "write.held"  # as in version 0.1.0, so that a copy of it keeps out too

    def _path(self, number: int) -> Path:
        return self.folder / f"{number:08d}.json"

    def _paths(self) -> Sequence[Path]:
        """The records, newest first."""
        return sorted((path for path in self.folder.glob("*.json") if path.stem.isdigit()), reverse=True)

    def _next_number(self) -> int:
        """The number of a new operation; makes room for it."""
        paths = self._paths()
        for path in paths[_MOST - 1 :]:
            path.unlink(missing_ok=True)
        for left in (*self.folder.glob(".*.tmp"), *self.folder.glob(".journal-*")):
            left.unlink(missing_ok=True)  # a crash while a record was written, of 0.1.0 too
        return int(paths[0].stem) + 1 if paths else 1

    def _store(self, operation: Operation) -> None:
        try:
            self.folder.mkdir(exist_ok=True)
            # Names that are not UTF-8 are kept as lone surrogates, which JSON can escape.
            data = json.dumps(operation, default=lambda one: {name: getattr(one, name) for name in one.__slots__})
            durable.replace(self._path(operation.number), data.encode())
        except OSError as error:
            raise self._unusable(error) from error

    def _unusable(self, error: OSError) -> ToolError:
        return ToolError(
            f"The log of operations in {self.folder} cannot be written ({error.strerror}); nothing was changed. "
            "Make the folder writable, or make room, and try again."
        )


def _load(path: Path) -> Operation | None:
    try:
        return _parsed(path.read_bytes())
    except OSError:
        return None


def _parsed(data: bytes) -> Operation | None:
    """An operation as it was recorded, by this version or by 0.1.0; None where the record is damaged."""
    try:
        found: dict[str, Any] = json.loads(data)
        found["files"] = tuple(OperationFile(**file) for file in found["files"])
        # Version 0.1.0 kept the old and the new value too.
        found["fields"] = tuple((row[0], row[1]) for row in found["fields"])
        if found.get("token") and not _TOKEN.fullmatch(found["token"]):
            return None
        found["holds"] = tuple(found.get("holds", ()))
        if found.get("index") is not None:
            found["index"] = _commit_record(found["index"])
        return Operation(**found)
    except (ValueError, TypeError, KeyError, AttributeError, IndexError):
        return None


def _load_old_commit(path: Path) -> CommitRecord | None:
    try:
        data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return _commit_record(data) if data.pop("version") == 1 else None
    except (OSError, ValueError, TypeError, KeyError, AttributeError, IndexError):
        return None


def _commit_record(data: dict[str, Any]) -> CommitRecord:
    entries = {
        path: IndexChange(*(None if file[part] is None else (file[part][0], file[part][1]) for part in _PARTS))
        for path, file in data["files"].items()
    }
    return CommitRecord(**{**data, "files": entries})


_PARTS = ("head", "before", "after")
_TOKEN = re.compile(r"[0-9a-f]{12}")


def _is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
        stat = Path(f"/proc/{process}/stat").read_text()
    except ProcessLookupError:
        return False
    except OSError:
        return True  # another user's, or a system without /proc
    # The id may be another program's by now. In a container nobody may collect the dead: zombies, of state Z, stay.
    program, _, state = stat.rpartition(") ")
    return "git" in program and state[0] not in "ZX"
