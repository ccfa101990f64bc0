"""The journal: every write over several files, recorded before the first byte changes.

It lives in the git folder, so it is never committed, and holds blob ids, never content: the bytes before and
after are kept as blobs in git's own object store. A crash at any point leaves a record from which the next
start can finish the write or take it back; a finished record is what `undo` takes back.
"""

from __future__ import annotations

import fcntl
import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal

from rea_xcom_tui.errors import Refused, ToolError

FOLDER = "rea-xcom-tui"
"""The journal's folder inside the git folder."""

NO_FILE = ""
"""In place of a blob id: there was no file before the operation."""

Phase = Literal["writing", "written", "committed", "undone"]
"""`writing` while files change, also while they are put back; `committed` once a commit holds what was written."""

_AT_WORK = "another rea-xcom-tui is writing in this repo right now; wait until it is done, then do this again"


@dataclass(frozen=True, slots=True)
class JournalFile:
    """One file of an operation, with the blob ids of its bytes before and after."""

    path: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One write: what it was about, which files it changed, and how far it came."""

    number: int
    title: str
    when: str
    """Time of the write, ISO 8601 in UTC."""
    phase: Phase
    files: tuple[JournalFile, ...]
    fields: tuple[tuple[str, str, str, str], ...] = ()
    """What changed: deployment, field, old and new value in words; never a secret."""
    commit: str | None = None


class Journal:
    """The operations of one repo, oldest first. Raises `ToolError` where the folder cannot be used."""

    def __init__(self, git_dir: Path) -> None:
        self.folder = git_dir / FOLDER

    def operations(self) -> Iterator[Operation]:
        """Every operation on record, newest first; a damaged record is passed over."""
        for path in sorted(self._paths(), reverse=True):
            operation = _load(path)
            if operation is not None:
                yield operation

    def newest(self) -> Operation | None:
        """The newest operation that has not been taken back, or None."""
        return next((op for op in self.operations() if op.phase in ("written", "committed")), None)

    def unfinished(self) -> Operation | None:
        """An operation that has begun to write and has not ended: it was cut off, or is under way, or None."""
        return next((op for op in self.operations() if op.phase == "writing"), None)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep other running copies of this tool from writing meanwhile. Raises `Refused` when one is at work.

        The lock goes with its process, however that ends, so that a crash never leaves it behind.
        """
        try:
            self.folder.mkdir(exist_ok=True)
            descriptor = os.open(self.folder / "write.held", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise self._unusable(error) from error
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Refused(_AT_WORK) from None
            yield
        finally:
            os.close(descriptor)

    def cut_off(self) -> Operation | None:
        """An operation that no running copy of this tool will end any more, or None."""
        if self.unfinished() is None:
            return None
        try:
            with self.held():
                return self.unfinished()  # it may just have ended
        except Refused:
            return None
        except ToolError:
            return self.unfinished()  # where no lock can be made, nobody has one

    def begin(
        self,
        title: str,
        when: str,
        files: tuple[JournalFile, ...],
        fields: tuple[tuple[str, str, str, str], ...],
    ) -> Operation:
        """Record an operation before its first write."""
        number = max((int(path.stem) for path in self._paths()), default=0) + 1
        operation = Operation(number, title, when, "writing", files, fields)
        self._store(operation)
        return operation

    def mark(self, operation: Operation, phase: Phase, commit: str | None = None) -> Operation:
        """Record how far an operation has come."""
        changed = replace(operation, phase=phase, commit=commit or operation.commit)
        self._store(changed)
        return changed

    def forget(self, operation: Operation) -> None:
        """Remove the record of an operation that changed nothing in the end."""
        self._path(operation.number).unlink(missing_ok=True)

    def _path(self, number: int) -> Path:
        return self.folder / f"{number:08d}.json"

    def _paths(self) -> list[Path]:
        return [path for path in self.folder.glob("*.json") if path.stem.isdigit()]

    def _store(self, operation: Operation) -> None:
        try:
            self.folder.mkdir(exist_ok=True)
            _write_durably(self._path(operation.number), json.dumps(asdict(operation)).encode())
        except OSError as error:
            raise self._unusable(error) from error

    def _unusable(self, error: OSError) -> ToolError:
        return ToolError(
            f"The journal in {self.folder} cannot be written ({error.strerror}); nothing was changed. "
            "Make the folder writable and try again."
        )


def _write_durably(path: Path, data: bytes) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".journal-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except BaseException:  # also an interrupt: a half-written record must not lie beside the whole ones; it goes on
        Path(name).unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _load(path: Path) -> Operation | None:
    try:
        data: dict[str, Any] = json.loads(path.read_bytes())
        data["files"] = tuple(JournalFile(**file) for file in data["files"])
        data["fields"] = tuple(tuple(row) for row in data["fields"])
        return Operation(**data)
    except (OSError, ValueError, TypeError, KeyError):
        return None
