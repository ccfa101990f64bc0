"""What is looked up and read first, so that there is soon something to be shown, and nothing wrong."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from rea_xcom_tui.errors import ToolError
from rea_xcom_tui.fleet.scan.cache import Cache, Keys
from rea_xcom_tui.fleet.scan.reading import Reading
from rea_xcom_tui.fleet.scan.tasks import candidates
from rea_xcom_tui.fleet.scan.workers import Task, start_ahead
from rea_xcom_tui.gitops.unread import index_file
from rea_xcom_tui.user.cached import cache_path
from rea_xcom_tui.user.config import load_config

if TYPE_CHECKING:
    from rea_xcom_tui.gitops import FileEntry, Look

FIRST = 200
"""The files of so many deployments are looked up before all others at the next start."""
_STRETCHES = 100
"""In so many parts the files that are named as values are looked at, to see in which of them deployments are."""
_SAMPLE = 200
"""So many files tell whether anything is known of a repo that has not been scanned here."""
_FEW = 10
"""One in so many that are known are few."""


def sample(entries: list[FileEntry]) -> list[FileEntry]:
    """Some of them from everywhere."""
    return entries[:: max(len(entries) // _SAMPLE, 1)]


def are_enough(known: int, looked_up: int) -> bool:
    """Whether so many that are known of a sample promise that all others are worth being looked up: a few are what two
    repos happen to share, and sooner read again."""
    return 0 < looked_up <= known * _FEW


def is_new(root: Path, reading: Reading, cache: Cache) -> bool:
    """Whether no scan of the working tree has kept anything, so that the next one has to read all files."""
    day, scope = reading.today.toordinal(), Keys(reading).scope(root)
    return not cache.first(scope, day) and not cache.nothing(scope, day)


def start_readers(root: Path) -> None:
    """Start the processes of the next scan where it has to read most files; it ends those that it does not use.

    Called before there is any thread, so that they can be forks. What is wrong with the repo or with its configuration,
    whoever opens it says.
    """
    with suppress(ToolError, OSError, ValueError):
        config = load_config(root)
        with closing(Cache(cache_path())) as cache:
            new = is_new(root, Reading(config.environments, config.rules, layouts=config.layouts), cache)
        if new:
            start_ahead(index_file(root))


def first_and_rest(asked: Look, first: Collection[str]) -> Iterator[Sequence[FileEntry]]:
    """The files that an earlier scan has shown first, so that there is soon something to be shown; then all others.

    Where none has, some from everywhere.
    """
    if first:
        entries = candidates(asked.index_of(first).entries)
        yield entries
        every = candidates(asked.index.entries)
    else:
        every = candidates(asked.index.entries)
        entries = sample(every)
        yield entries
    known = {entry.path for entry in entries}
    yield [entry for entry in every if entry.path not in known]


def by_name(tasks: Iterable[Task]) -> tuple[list[Task], list[Task]]:
    """What is not named as values, and what is. The former may tell of layers, of whose values files no row is made."""
    named: tuple[list[Task], list[Task]] = [], []
    for task in tasks:
        named["values" in task.file.rpartition("/")[2]].append(task)
    return named


def middles(tasks: Sequence[Task]) -> list[Task]:
    """The file in the middle of each stretch of many files, to tell what is in it; none of few."""
    length = len(tasks) // _STRETCHES
    return [*tasks[length // 2 :: length]] if length > 1 else []


def those_like_first(tasks: Sequence[Task], middles: Sequence[Task], like: Collection[str]) -> list[Task]:
    """All files but the middles: the stretches first whose middle is one of these paths."""
    if not middles:
        return [*tasks]
    length, out = len(tasks) // _STRETCHES, {task.file for task in middles}
    parts: tuple[list[Task], list[Task]] = [], []
    for start in range(0, len(tasks), length):
        stretch = tasks[start : start + length]
        other = not any(task.file in like for task in stretch)
        parts[other].extend(task for task in stretch if task.file not in out)
    return [*parts[0], *parts[1]]
