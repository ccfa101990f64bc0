"""Which files of a repo are worth reading."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from os.path import lexists, splitext
from pathlib import Path
from typing import TYPE_CHECKING

from rea_xcom_tui.fleet.scan.trees import LINK
from rea_xcom_tui.fleet.scan.workers import UNSEEN, Task
from rea_xcom_tui.layouts.naming import is_leftover

if TYPE_CHECKING:
    from rea_xcom_tui.gitops import FileEntry, Repository

REGULAR = ("100644", "100755")
"""The modes of plain files."""
_NEVER_VALUES = frozenset(
    ".png .jpg .jpeg .gif .svg .ico .pdf .zip .gz .tgz .tar .whl .jar .so .bin .woff .woff2 .ttf .mp4 .parquet"
    " .py .go .js .ts .css .html .lock .ipynb .csv .sum .md .rst .adoc".split()
)
"""Kinds of files that are never values files and may be large; all others are looked at by content."""


def candidates(entries: Iterable[FileEntry]) -> list[FileEntry]:
    """The files worth a look: regular files and links whose kind does not rule them out, and no leftover copies."""
    return [
        entry
        for entry in entries
        if (not entry.tracked or entry.mode in REGULAR or entry.mode == LINK)
        and may_hold_values(entry.path.rpartition("/")[2])
    ]


@lru_cache(maxsize=4096)
def may_hold_values(name: str) -> bool:
    """Whether a file's name says neither that it is of another kind nor that it is a leftover copy."""
    return splitext(name)[1].lower() not in _NEVER_VALUES and not is_leftover(name)


def tasks_of(
    repository: Repository,
    entries: Iterable[FileEntry],
    dirty: Collection[str] = (),
    converted: Collection[str] = (),
    *,
    sized: bool = True,
) -> list[Task]:
    """What is to be read, and under which blob id its outcome may be known: none where git is told not to look.

    Unless `sized`, the disk is not asked for sizes, without which nothing can be looked up.
    """
    tasks: list[Task] = []
    for entry in entries:
        changed = not entry.tracked or entry.path in dirty
        own = changed or bool(entry.flags) or entry.mode == LINK or entry.path in converted
        size = size_of(repository.root, entry.path) if sized else UNSEEN
        tasks.append(Task(entry.path, changed, "" if own else entry.oid or "", size))
    return tasks


def settled_tasks(
    repository: Repository,
    entries: Sequence[FileEntry],
    dirty: frozenset[str],
    converted: frozenset[str],
    early: Mapping[str, Task],
) -> list[Task]:
    """What is to be read, once git has said which files have changed; of the others, what was looked at early."""
    other = dirty | converted
    others = [entry for entry in entries if not entry.tracked or entry.path in other or entry.path not in early]
    same = [early[entry.path] for entry in entries if entry.tracked and entry.path not in other and entry.path in early]
    return [*same, *tasks_of(repository, others, dirty, converted)]


def on_disk(repository: Repository, entries: Sequence[FileEntry]) -> tuple[list[FileEntry], list[str]]:
    """The files without those outside of a sparse checkout, and the paths of these.

    They could be read from git, but in a partial clone each would be fetched first, and none could be edited.
    """
    outside = [
        entry.path for entry in entries if "skip-worktree" in entry.flags and not lexists(repository.root / entry.path)
    ]
    left_out = frozenset(outside)
    return [entry for entry in entries if entry.path not in left_out] if left_out else list(entries), outside


def left_out(repository: Repository) -> frozenset[str]:
    """The paths that a sparse checkout leaves out: git has them, and the disk has not."""
    return frozenset(on_disk(repository, candidates(repository.tracked()))[1])


def size_of(root: Path, file: str) -> int:
    """How large a file is on the disk; -1 where it is not there."""
    try:
        return os.lstat(f"{root}/{file}").st_size
    except OSError:
        return -1
