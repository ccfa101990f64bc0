"""Reading many files: in this process while they are few, in child processes when they are many.

Parsing holds Python's lock, so a thread would make every key press wait and could use one core only.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from rea_xcom_tui.fleet.model import Item, Manifest, UnreadableFile
from rea_xcom_tui.fleet.scan.cache import Cache, Kept, Keys
from rea_xcom_tui.fleet.scan.gc_paused import no_collection
from rea_xcom_tui.fleet.scan.judge import Reading
from rea_xcom_tui.fleet.scan.pool import in_processes
from rea_xcom_tui.fleet.scan.read import could_be_agent, read_deployment, stored_elsewhere
from rea_xcom_tui.fleet.scan.records import Record, from_record, to_record
from rea_xcom_tui.fleet.scan.trees import may_deploy
from rea_xcom_tui.values import Unreadable, read_file

if TYPE_CHECKING:
    from rea_xcom_tui.gitops import Repository

_MANY = 1500
"""From this many files on, starting child processes (about 0.4 s each) pays, if there is more than one processor."""
_FOR_EACH = 500
"""A process more for each of so many files: on a machine of many cores, more would only cost their start."""
_BATCH = 50
_CACHED_AT_ONCE = 500
_IGNORE_COMMENT = b"rea-xcom:"


@dataclass(frozen=True, slots=True)
class Task:
    """One file to be read."""

    file: str
    dirty: bool
    oid: str
    """Blob id under which the outcome may be kept; empty when it may not."""
    size: int = 0
    """How many bytes the file has on the disk: the blob's, or what line ends have made of them."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one file holds."""

    task: Task
    record: Record
    dated: bool
    """Whether the outcome holds for today only."""


def read_tasks(
    repository: Repository, tasks: Sequence[Task], reading: Reading, keys: Keys, cache: Cache
) -> Iterator[Item]:
    """Read files and yield what each holds, in any order; outcomes are kept in the cache."""
    waiting: dict[bytes, Kept] = {}
    day = reading.today.toordinal()
    for outcome in _outcomes(repository, tasks, reading):
        task = outcome.task
        if task.oid:
            waiting[keys.key(task.file, task.oid, task.size)] = Kept(outcome.record, outcome.dated)
        if len(waiting) >= _CACHED_AT_ONCE:
            cache.put(waiting, day)
            waiting.clear()
        yield from_record(outcome.record, dirty=task.dirty)
    cache.put(waiting, day)


def _outcomes(repository: Repository, tasks: Sequence[Task], reading: Reading) -> Iterator[Outcome]:
    batches = [tasks[start : start + _BATCH] for start in range(0, len(tasks), _BATCH)]
    read = partial(read_batch, root=str(repository.root), object_format=repository.object_format, reading=reading)
    processes = min(os.cpu_count() or 1, len(tasks) // _FOR_EACH)
    if len(tasks) < _MANY or processes < 2:
        for batch in batches:
            yield from read(batch)
        return
    with no_collection():
        for outcomes in in_processes(read, batches, processes):
            yield from outcomes


def read_batch(tasks: Sequence[Task], root: str, object_format: str, reading: Reading) -> list[Outcome]:
    """Read some files. Runs in a child process when there are many."""
    return [_read(task, Path(root), object_format, reading) for task in tasks]


def _read(task: Task, root: Path, object_format: str, reading: Reading) -> Outcome:
    try:
        data = read_file(root / task.file, root)
    except Unreadable as problem:
        # Why a file cannot be read (its mode, say) is no property of the blob, so this is not kept.
        return Outcome(replace(task, oid=""), to_record(_unreadable(task.file, problem)), dated=False)
    if len(data) != task.size:  # it has just become another file
        task = replace(task, oid="")
    if may_deploy(data):
        return Outcome(task, to_record(Manifest()), dated=False)
    if not could_be_agent(data):
        # What a filter leaves on the disk depends on whether it is set up here, so this is not kept by the blob.
        elsewhere = stored_elsewhere(task.file, data)
        return Outcome(replace(task, oid="") if elsewhere else task, to_record(elsewhere), dated=False)
    item = read_deployment(task.file, data, reading, digest=_digest(data, object_format), dirty=task.dirty)
    return Outcome(task, to_record(item), dated=_IGNORE_COMMENT in data)


def _digest(data: bytes, object_format: str) -> str:
    from rea_xcom_tui.gitops import hash_bytes

    return hash_bytes(data, "sha256" if object_format == "sha256" else "sha1")


def _unreadable(path: str, problem: Unreadable) -> UnreadableFile | None:
    """A file that cannot even be read counts only when its name says that it holds values."""
    if "values" in PurePosixPath(path).name.lower():
        return UnreadableFile(path, str(problem), problem.line, problem.column)
    return None
