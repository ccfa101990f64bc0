"""Git's own lock on the index, and changing single entries of the index while holding it."""

from __future__ import annotations

import os
import random
import secrets
import shutil
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from rea_xcom_tui.gitops.commit.refusals import held_lock_sentence
from rea_xcom_tui.gitops.operations import Entry
from rea_xcom_tui.gitops.problems import CommitRefused
from rea_xcom_tui.gitops.process.runner import Runner

_SIGNATURE = b"rea-xcom-tui "


class IndexLock:
    """The file `index.lock`, by which git processes keep each other from changing the index.

    Git itself never reads it, so a signature in it tells ours from those of others, also after a crash.
    """

    def __init__(self, git_dir: Path, folder: Path) -> None:
        self.path = git_dir / "index.lock"
        self._folder = folder

    def take(self, patience: float) -> None:
        """Take the lock, waiting up to `patience` seconds. Raises CommitRefused when it stays held."""
        own = self._folder / f"lock-{secrets.token_hex(8)}"
        own.write_bytes(_SIGNATURE + b"%d\n" % os.getpid())
        deadline = time.monotonic() + patience
        try:
            while True:
                try:
                    _appear(own, self.path)
                    return
                except FileExistsError:
                    if time.monotonic() >= deadline:
                        raise CommitRefused(held_lock_sentence(self.path)) from None
                    time.sleep(random.uniform(0.005, 0.015))
        finally:
            own.unlink()

    def is_ours(self) -> bool:
        """Tell whether this tool left the lock that is there."""
        try:
            with self.path.open("rb") as file:
                return file.read(len(_SIGNATURE)) == _SIGNATURE
        except OSError:
            return False

    def release(self) -> None:
        """Let go of the lock, if it is ours."""
        if self.is_ours():
            self.path.unlink(missing_ok=True)


def _appear(source: Path, target: Path) -> None:
    """Let `source` appear under the name `target`, unless there is such a file."""
    try:
        # A hard link appears with its content; a file that is opened first and written then could be left
        # behind empty, and nobody would know whose it is.
        os.link(source, target)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links
        with target.open("xb") as file:
            file.write(source.read_bytes())


def set_entries(runner: Runner, index: Path, entries: Mapping[str, Entry | None], no_id: str) -> None:
    """Set entries of the index file `index`; None removes one. `no_id` is as many zeros as an id is long."""
    lines = "".join(
        f"0 {no_id}\t{path}\0" if entry is None else f"{entry[0]} {entry[1]} 0\t{path}\0"
        for path, entry in entries.items()
    )
    if lines:
        runner.write(
            ["update-index", "-z", "--index-info"],
            stdin=lines.encode("utf-8", "surrogateescape"),
            env={"GIT_INDEX_FILE": str(index)},
        )


def edit_index(
    runner: Runner,
    git_dir: Path,
    folder: Path,
    entries: Mapping[str, Entry | None],
    *,
    assume_unchanged: Sequence[str] = (),
    no_id: str,
) -> None:
    """Set entries of the real index, in one step. Only for the holder of the lock."""
    new = folder / "next-index"
    copy_durably(git_dir / "index", new)
    set_entries(runner, new, entries, no_id)
    mark_assume_unchanged(runner, new, assume_unchanged)
    new.replace(git_dir / "index")


def mark_assume_unchanged(runner: Runner, index: Path, paths: Sequence[str]) -> None:
    """Mark entries of the index file `index` assume-unchanged; git drops the mark when an entry is set."""
    if paths:
        runner.write(
            ["update-index", "--assume-unchanged", "-z", "--stdin"],
            stdin="".join(f"{path}\0" for path in paths).encode("utf-8", "surrogateescape"),
            env={"GIT_INDEX_FILE": str(index)},
        )


def copy_durably(source: Path, target: Path) -> None:
    """Copy a file with its mode, and see that the copy is on the disk."""
    shutil.copyfile(source, target)
    shutil.copymode(source, target)
    with target.open("rb") as file:
        os.fsync(file.fileno())
