"""What a commit is about to do to index and branch, written down first so that a crash can be mended."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from rea_xcom_tui.gitops.commit.index_lock import Entry
from rea_xcom_tui.gitops.problems import CommitRefused

_FOLDER = Path("rea-xcom-tui") / "commit"
_VERSION = 1
_LONGEST_COMMIT = 24 * 3600.0
"""After this many seconds a process id in the journal is taken to belong to some other process."""


@dataclass(frozen=True, slots=True)
class JournalFile:
    """One file of a commit, and how it stands in the index before and after."""

    head: Entry | None
    """Its mode and blob id in the commit that is built on; None for a new file."""
    before: Entry | None
    after: Entry | None
    """None where git itself brings the index up to date."""


@dataclass(frozen=True, slots=True)
class CommitRecord:
    """A commit that was begun and not ended."""

    method: Literal["only", "locked"]
    head: str
    """The commit it builds on."""
    old_ref: str | None
    """The branch that was checked out before; None when HEAD was detached."""
    branch: str | None
    """The new branch that is made for it."""
    files: dict[str, JournalFile]
    started: float
    process: int | None = None
    """The process id of `git commit`."""

    def git_is_running(self) -> bool:
        """Tell whether the `git commit` of a crashed tool is still at work."""
        if self.process is None or time.time() - self.started > _LONGEST_COMMIT:
            return False
        return _is_running(self.process)


def _is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    try:
        stat = Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return True  # no /proc on this system
    # In a container nobody may collect the dead; those stay on as zombies, state Z.
    return stat.rpartition(")")[2].split()[0] not in ("Z", "X")


class CommitJournal:
    """The record of the commit that is being made, in a folder of the work tree's git folder."""

    def __init__(self, git_dir: Path) -> None:
        self.folder = git_dir / _FOLDER
        self._path = self.folder / "journal.json"

    @contextmanager
    def held(self) -> Iterator[bool]:
        """Keep other running copies of this tool out; gives False when one is at work."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(self.folder.parent / "commit.held", os.O_CREAT | os.O_RDWR, 0o644)
        except OSError as error:
            raise CommitRefused(
                f"The folder {self.folder.parent} cannot be written ({error.strerror}); check its permissions."
            ) from error
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
            else:
                yield True
        finally:
            os.close(descriptor)

    def write(self, record: CommitRecord) -> None:
        """Put the record on the disk, in one piece."""
        new = self.folder / "journal.new"
        with new.open("w", encoding="utf-8", errors="surrogateescape") as file:
            json.dump({"version": _VERSION, **asdict(record)}, file, ensure_ascii=True)
            file.flush()
            os.fsync(file.fileno())
        new.replace(self._path)
        folder = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def read(self) -> CommitRecord | None:
        """Return the record of a commit that did not end, or None."""
        try:
            data: dict[str, Any] = json.loads(self._path.read_text(encoding="utf-8"))
            if data.pop("version") != _VERSION:
                return None
            data["files"] = {path: _file(**value) for path, value in data["files"].items()}
            return CommitRecord(**data)
        except (OSError, ValueError, TypeError, KeyError):
            return None

    def clear(self) -> None:
        """Forget the record and everything that was kept beside it."""
        self._path.unlink(missing_ok=True)
        shutil.rmtree(self.folder, ignore_errors=True)


def _file(head: list[str] | None, before: list[str] | None, after: list[str] | None) -> JournalFile:
    return JournalFile(_entry(head), _entry(before), _entry(after))


def _entry(value: list[str] | None) -> Entry | None:
    return None if value is None else (value[0], value[1])
