"""Reading many files: in this process while they are few, in child processes when they are many.

Parsing holds Python's lock, so a thread would make every key press wait and could use one core only.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, nullcontext
from functools import partial
from importlib import import_module
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from rea_xcom_tui.fleet.model import Deployment, Item, UnreadableFile
from rea_xcom_tui.fleet.scan import pool
from rea_xcom_tui.fleet.scan.cache import Cache, Kept, Keys
from rea_xcom_tui.fleet.scan.gc_paused import no_collection
from rea_xcom_tui.fleet.scan.pool import Crew, Piece, Result
from rea_xcom_tui.fleet.scan.reading import Reading
from rea_xcom_tui.fleet.scan.records import Record, from_record, with_record
from rea_xcom_tui.gitops.objects import ObjectFormat, is_blob
from rea_xcom_tui.gitops.unread import is_monitored
from rea_xcom_tui.values import Unreadable
from rea_xcom_tui.values.files import Files

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.scan.shown import View
    from rea_xcom_tui.gitops import Repository

_MANY = 1500
"""From this many files on, starting child processes (about 0.4 s each) pays, if there is more than one processor."""
_FOR_EACH = 500
"""One more process for every so many files: on a machine of many cores, more would only cost their start."""
_ENTRY = 150
"""What a file takes in git's index, in bytes: more than it does, so that no process is started for a few."""
_BATCH = 80
_FEW = 100
"""So few files are read in this process also where others are there to do it."""
_NEEDED = (
    __name__,
    "rea_xcom_tui.fleet.scan.at_once",
    "rea_xcom_tui.fleet.scan.read",
    "rea_xcom_tui.gitops.objects",
    "rea_xcom_tui.xcom.rules.engine",
)
"""What the processes will need of this program."""
UNSEEN = -2
"""The size of a file that nobody has asked the disk for: whoever reads the file finds it out."""


class Convoy:
    """Reads the files of several repos that are scanned one after the other: what is few in each may be many in all."""

    def __init__(self, repos: int) -> None:
        self.repos = repos
        self._begun = 0
        self._files = 0
        self._crew = Crew()

    def next_repo(self) -> None:
        """The scan of another repo begins."""
        self._begun += 1

    def read(self, work: Callable[[Piece], Result], pieces: Sequence[Piece], files: int) -> Iterator[Result]:
        """Do `work` on pieces that hold so many files: in processes that stay, where there are many in all repos.

        How many there will be is guessed from the repos that have been read. Yields in any order.
        """
        self._files += files
        guess = self._files * self.repos // max(self._begun, 1)
        processes = _processes(guess)
        if files < _FEW or not (processes or self._crew.is_there):
            return map(work, pieces)
        if not self._crew.is_there:
            prepare()  # before there are forks, which have what this process has
        return self._crew.do(work, pieces, processes)

    def close(self) -> None:
        """End the processes."""
        self._crew.close()


def _processes(files: int) -> int:
    """How many child processes pay for so many files; 0 where this process alone is as good."""
    wanted = min(os.cpu_count() or 1, files // _FOR_EACH)
    return wanted if files >= _MANY and wanted >= 2 else 0


def prepare() -> None:
    """Import what reads files, while there is nothing to do but to wait for git. Processes that have been started ahead
    do so themselves, so that it is not needed here then."""
    if not pool.is_ahead():
        for name in _NEEDED:
            import_module(name)


def is_much(tasks: Sequence[Task]) -> bool:
    """Whether processes of their own are started for so many files."""
    return _processes(len(tasks)) > 0


def start_ahead(index: Path) -> None:
    """Start the processes that will read a repo with this index, where it is large, beside what is done until then."""
    try:
        files = index.stat().st_size // _ENTRY
    except OSError:
        return
    if count := _processes(files):
        pool.start_ahead(count, _NEEDED, forks=True)


class Task(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One file to be read."""

    file: str
    dirty: bool
    oid: str
    """Blob id under which the outcome may be kept; empty when it may not."""
    size: int = 0
    """How many bytes the file has on the disk: the blob's, or what line ends have made of them; or `UNSEEN`."""


class Outcome(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What one file holds."""

    number: int
    """Which of the tasks it is of, counted from 0 in its batch, afterwards in all of them."""
    record: Record
    keep: bool = True
    """Whether another scan that finds the same blob may take it over."""
    dated: bool = False
    """Whether it holds for today only."""
    view: Record = b""
    """What a view shows of it, where one is asked for."""
    size: int = 0
    """How many bytes were read."""


def read_tasks(
    repository: Repository,
    tasks: Sequence[Task],
    reading: Reading,
    keys: Keys,
    cache: Cache,
    seen: set[str],
    nothing: set[bytes],
    convoy: Convoy | None = None,
) -> Iterator[Item]:
    """Read files and yield what each holds, in any order; outcomes are kept in the cache.

    The files go to `seen`, and the keys of those that are nothing for us to `nothing`.
    """
    with cache.filling(reading.today.toordinal()) as keep:
        for outcome in chain.from_iterable(outcomes(repository, tasks, reading, convoy=convoy)):
            task = tasks[outcome.number]
            if outcome.keep and task.oid:
                key = keys.key(task.file, task.oid, outcome.size)
                if outcome.record or outcome.dated:
                    keep(key, Kept(outcome.record, outcome.dated))
                else:
                    nothing.add(key)
            seen.add(task.file)
            yield from_record(outcome.record, dirty=task.dirty)


def outcomes(
    repository: Repository,
    tasks: Sequence[Task],
    reading: Reading,
    view: View | None = None,
    convoy: Convoy | None = None,
) -> Generator[list[Outcome], None, None]:
    """Read files and yield what some of them hold, in any order, with what a view shows of each."""
    starts = range(0, len(tasks), _BATCH)
    batches = [(start, _PACK(tasks[start : start + _BATCH])) for start in starts]
    wary, kind = len(tasks) < _FEW or is_monitored(repository.git_dir), repository.object_format
    read = partial(read_batch, files=Files(repository.root), object_format=kind, reading=reading, view=view, wary=wary)
    with no_collection(), nullcontext(convoy) if convoy is not None else closing(Convoy(1)) as reader:
        for packed in reader.read(read, batches, len(tasks)):
            yield _OUTCOMES.decode(packed)


_PACK = msgspec.msgpack.Encoder().encode
_TASKS = msgspec.msgpack.Decoder(list[Task])
_OUTCOMES = msgspec.msgpack.Decoder(list[Outcome])


def read_batch(
    batch: tuple[int, bytes],
    files: Files,
    object_format: ObjectFormat,
    reading: Reading,
    view: View | None = None,
    wary: bool = True,
) -> bytes:
    """Read some files, of which the first has this number. Runs in a child process when there are many.

    Tasks and outcomes are packed, which is quicker than to pickle them. Unless `wary`, git has looked at each itself.
    """
    from rea_xcom_tui.fleet.scan.at_once import read_all_ahead  # once, as importing takes its time each time
    from rea_xcom_tui.fleet.scan.read import read_content

    start, tasks = batch[0], _TASKS.decode(batch[1])
    # One kind of work after the other for all of them: what the system and Python need for it stays at hand.
    held = [_held(task, files, wary) for task in tasks]
    ahead = read_all_ahead(held, reading)
    read: list[tuple[Item, bool, bool, int]] = []
    for task, data, known in zip(tasks, held, ahead, strict=True):
        if isinstance(data, Unreadable):
            # Why a file cannot be read (its mode, say) is not a property of the blob, so this is not kept.
            read.append((_unreadable(task.file, data), False, False, 0))
        else:
            item, keep, dated = read_content(task.file, data, known, reading, object_format)
            digest = item.digest if isinstance(item, Deployment) else ""
            keep = keep and is_blob(task.oid, data, object_format, digest)  # it may have changed since git saw it
            read.append((item, keep, dated, len(data)))
    return _PACK([_packed(number, *one, view) for number, one in enumerate(read, start)])


def _packed(number: int, found: Item, keep: bool, dated: bool, size: int, view: View | None) -> Outcome:
    if found is None:
        return Outcome(number, b"", keep, dated, b"", size)
    item, record = with_record(found)
    return Outcome(number, record, keep, dated, b"" if view is None else view.pack(item), size)


def _held(task: Task, files: Files, wary: bool) -> bytes | Unreadable:
    try:
        # What git lists and has not changed is behind no link; where git is still comparing, who reads waits for it.
        return files.read(task.file, behind_no_link=not wary and bool(task.oid) and not task.dirty)
    except Unreadable as problem:
        return problem


def _unreadable(path: str, problem: Unreadable) -> UnreadableFile | None:
    """A file that cannot even be read counts only when its name says that it holds values."""
    if "values" in path.rpartition("/")[2].lower():
        return UnreadableFile(path, str(problem), problem.line, problem.column)
    return None
