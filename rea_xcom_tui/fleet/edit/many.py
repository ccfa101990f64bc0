"""Planning many files: here while they are few, in child processes when they are many.

An edit is parsed, proved by two readers, read, judged and shown in the process that makes it; only its outcome comes
back. The pieces travel as plain lists where they are deployments (see `scan.records`).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial

from rea_xcom_tui.fleet.edit.one_file import plan_file
from rea_xcom_tui.fleet.edit.pending import Declare, PendingEdit
from rea_xcom_tui.fleet.edit.plan import FilePlan, Foreseen, Planned, Refusal
from rea_xcom_tui.fleet.model import Deployment
from rea_xcom_tui.fleet.scan.gc_paused import no_collection
from rea_xcom_tui.fleet.scan.pool import Crew, in_processes, no_longer_ahead, start_ahead
from rea_xcom_tui.fleet.scan.reading import Reading
from rea_xcom_tui.fleet.scan.records import Record, from_record, to_record
from rea_xcom_tui.xcom.model import Configuration

_MANY = 150
"""From this many files on, starting child processes (about 0.4 s each) pays, if there is more than one processor."""
_FOR_EACH = 75
"""One more process for every so many files."""
_BATCH = 20
_NEEDED = ("rea_xcom_tui.values.editing", "rea_xcom_tui.xcom.rules.engine", "yaml", "ruamel.yaml", __name__)
"""What a process imports to plan a file."""


@dataclass(frozen=True, slots=True)
class Task:
    """A file in which some edits are wanted."""

    file: str
    before: bytes | None
    """Its bytes; None where there is none."""
    edits: list[PendingEdit]
    says: Configuration | None = None
    """What the bytes say (passwords hidden), where that is known."""


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What became of a task, without what the asking process has anyway."""

    number: int
    after: bytes | None
    """None where nothing is left to do."""
    made: tuple[int, ...]
    """Which of the edits are made."""
    refused: list[Refusal]
    row: Record
    diff: tuple[str, ...]
    notes: tuple[str, ...]


def crew_for(files: int) -> Crew | None:
    """Child processes for so many files of several repos, of which one alone has too few to start any; else None."""
    return Crew(patient=False) if files >= _MANY and _processes(files) > 1 else None


def _processes(files: int) -> int:
    return min(os.cpu_count() or 1, files // _FOR_EACH)


@contextmanager
def planners_ahead(files: int) -> Iterator[None]:
    """Have the processes that so many files will take start now, beside all that is done until they get them."""
    if files >= _MANY and _processes(files) > 1:
        start_ahead(_processes(files), _NEEDED, forks=True)
    with no_longer_ahead():
        yield


def planned(
    tasks: Sequence[Task], reading: Reading, crew: Crew | None = None, waiting: Callable[[], None] | None = None
) -> Iterator[tuple[Task, Planned]]:
    """The plan of each file, in any order; by the child processes of a `crew` where there is one.

    `waiting` is called while they are waited for; what it raises ends the work.
    """
    here = [task for task in tasks if any(isinstance(edit, Declare) for edit in task.edits)]
    away = [task for task in tasks if task not in here] if here else tasks
    processes = _processes(len(away))
    if crew is not None and len(away) > _BATCH:
        processes = min(os.cpu_count() or 1, len(away) // _BATCH + 1)
    elif len(away) < _MANY or processes < 2:
        here, away = list(tasks), []
    for task in here:
        yield task, plan_file(task.file, task.edits, task.before, reading, task.says)
    if not away:
        return
    pieces = list(enumerate(away))
    size = _BATCH if crew is None else _BATCH // 2  # what one waits for at the end of each repo is shorter
    batches = [pieces[start : start + size] for start in range(0, len(pieces), size)]
    work = partial(_plan_batch, reading=reading)
    with no_collection():
        do = in_processes if crew is None else crew.do
        for outcomes in do(work, batches, processes, waiting):
            for outcome in outcomes:
                task = away[outcome.number]
                yield task, _whole(outcome, task)


def _plan_batch(tasks: Sequence[tuple[int, Task]], reading: Reading) -> list[_Outcome]:
    """Plan some files. Runs in a child process."""
    return [_planned(number, task, reading) for number, task in tasks]


def _planned(number: int, task: Task, reading: Reading) -> _Outcome:
    plan, refused = plan_file(task.file, task.edits, task.before, reading, task.says)
    if plan is None or plan.foreseen is None:
        return _Outcome(number, None, (), refused, b"", (), ())
    made = tuple(place for place, edit in enumerate(task.edits) if edit in plan.edits)
    seen = plan.foreseen
    return _Outcome(number, plan.after, made, refused, to_record(seen.row), seen.diff, seen.notes)


def _whole(outcome: _Outcome, task: Task) -> Planned:
    """The outcome as if the work had been done here."""
    if outcome.after is None or task.before is None:
        return None, outcome.refused
    item = from_record(outcome.row, dirty=True)
    row = item if isinstance(item, Deployment) else None
    plan = FilePlan(task.file, task.before, outcome.after, tuple(task.edits[place] for place in outcome.made))
    return replace(plan, foreseen=Foreseen(row, outcome.diff, outcome.notes)), outcome.refused
