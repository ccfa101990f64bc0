"""Child processes that work while a terminal UI owns the standard streams."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from copy import copy
from functools import partial
from pathlib import Path
from pickle import PicklingError
from typing import NoReturn

import pytest

from rea_xcom_tui.errors import ToolError
from rea_xcom_tui.fleet.scan import feeding, pool
from rea_xcom_tui.fleet.scan.pool import Crew, in_processes, no_longer_ahead, start_ahead
from rea_xcom_tui.fleet.scan.workers import Convoy


class NoFile:
    """What Textual puts in the place of the standard streams while an app runs."""

    def fileno(self) -> int:
        return -1

    def write(self, text: str) -> int:
        raise AssertionError(f"the app was told {text!r}")

    def flush(self) -> None: ...


@pytest.fixture(params=[True, False], ids=["fork", "plain"], autouse=True)
def forks(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Whether the children are forks; each test is run with both kinds."""
    forks = bool(request.param)
    monkeypatch.setattr(pool, "_can_fork", lambda: forks)
    return forks


@pytest.fixture(autouse=True)
def captured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", NoFile())
    monkeypatch.setattr(sys, "stderr", NoFile())


def test_pieces_are_worked_on_elsewhere() -> None:
    assert sorted(in_processes(str.upper, ["a", "b", "c"], 2)) == ["A", "B", "C"]


class Name(bytes):
    """Bytes that are more than that."""


@pytest.mark.parametrize("piece", [b"", b"p", b"\0" * (3 << 20), Name(b"etl"), bytearray(b"b"), None])
def test_answers_are_what_the_work_has_come_to_also_where_they_are_bytes(piece: object) -> None:
    assert [(type(one), one) for one in in_processes(copy, [piece, piece], 2)] == [(type(piece), piece)] * 2


def test_work_that_cannot_be_sent_is_an_error_and_no_wait_without_end() -> None:
    with closing(Crew()) as crew:
        with pytest.raises((AttributeError, PicklingError)):
            list(crew.do(lambda piece: piece, ["a"], 1))
        assert list(crew.do(str.upper, ["a"], 1)) == ["A"]


def test_nothing_a_child_says_reaches_the_terminal(capfd: pytest.CaptureFixture[str]) -> None:
    for descriptor in (1, 2):
        assert list(in_processes(partial(os.write, descriptor), [b"over the screen"], 1)) == [15]
    assert capfd.readouterr() == ("", "")


def test_a_child_that_fails_is_told_in_one_sentence(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ToolError, match=r"ended with exit code 1 \(ValueError: invalid literal .*'\\x1b'\)"):
        list(in_processes(int, ["\x1b"], 1))
    with pytest.raises(ToolError, match=r"ended by signal 9; see"):
        list(in_processes(partial(os.killpg, 0), [9], 1))
    assert capfd.readouterr() == ("", "")


def test_who_waits_for_an_answer_may_find_that_it_is_not_wanted_any_more() -> None:
    def look_up() -> None:
        raise LookupError("typed on")

    with pytest.raises(LookupError, match="typed on"):
        list(in_processes(time.sleep, [60], 1, look_up))


def test_a_child_goes_on_while_nobody_asks_for_what_it_has_answered(tmp_path: Path) -> None:
    with closing(in_processes(os.mkdir, [tmp_path / name for name in "abcdefghijkl"], 1)) as results:  # type: ignore[type-var]
        next(results)
        deadline = time.monotonic() + 20
        while not (tmp_path / "c").exists():
            assert time.monotonic() < deadline, "it waits until the next answer is asked for"
            os.sched_yield()


def test_pieces_and_answers_that_no_pipe_has_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeding, "_ANSWERS", 1 << 12)
    pieces = ["a" * 70_000, "b" * 30_000, "c" * 500_000, "d"] * 3
    assert sorted(in_processes(str.upper, pieces, 2)) == sorted(map(str.upper, pieces))


def test_children_end_with_the_iterator() -> None:
    results = in_processes(os.getpgid, [0] * 1000, 1)
    child = next(results)
    assert child != os.getpgid(0)  # a session of its own: it does not hear Ctrl+C
    results.close()  # type: ignore[attr-defined]
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)


def test_processes_started_ahead_are_those_of_the_next_crew_and_end_where_there_is_none() -> None:
    with no_longer_ahead():
        start_ahead(1, ["rea_xcom_tui.fleet.scan.read"])
        with closing(Crew(patient=False)) as crew:
            (there,) = set(crew.do(_read_is_imported, [0, 0], 1))
            assert there, "they have imported what the work needs"
    with no_longer_ahead():
        start_ahead(2, [])
        children = _children()
        assert len(children) == 2
    assert not _children() & children


def _read_is_imported(_: int) -> bool:
    return "rea_xcom_tui.fleet.scan.read" in sys.modules


def _children() -> set[str]:
    return set(Path(f"/proc/self/task/{threading.get_native_id()}/children").read_text().split())


def test_a_crew_stays_for_the_next_lot_also_when_one_is_left_early() -> None:
    with closing(Crew()) as crew:
        lot = crew.do(os.getpgid, [0] * 1000, 1)
        child = next(lot)
        lot.close()  # type: ignore[attr-defined]
        assert list(crew.do(os.getpgid, [0, 0], 1)) == [child, child]
        assert list(crew.do(str.upper, ["a"], 1)) == ["A"]
        with pytest.raises(ToolError, match="ended with exit code 1"):
            list(crew.do(int, ["a"], 1))
        (other,) = set(crew.do(os.getpgid, [0], 1))
        assert other != child
    for gone in (child, other):
        with pytest.raises(ProcessLookupError):
            os.kill(gone, 0)


def test_what_is_few_in_each_repo_is_many_in_all(monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[int] = []
    monkeypatch.setattr(os, "cpu_count", lambda: 2)

    def do(_: Crew, work: Callable[[str], str], pieces: Sequence[str], count: int) -> Iterator[str]:
        begun.append(count)
        return map(work, pieces)

    monkeypatch.setattr(Crew, "do", do)
    for repos, files in ((20, 500), (2, 500), (20, 3)):
        with closing(Convoy(repos)) as convoy:
            convoy.next_repo()
            assert list(convoy.read(str.upper, ["a"], files)) == ["A"]
    assert begun == [2]


def test_where_no_process_can_be_started_the_work_is_done_here(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> NoReturn:
        raise BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")

    monkeypatch.setattr(os, "fork", refuse)
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    assert list(in_processes(os.getpgid, [0], 2)) == [os.getpgid(0)]


def test_only_a_process_without_threads_of_its_own_is_forked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    there = [threading.main_thread(), threading.Thread(name=pool.ONLY_WAITS)]
    monkeypatch.setattr(threading, "enumerate", lambda: there)
    assert pool._can_fork() == (sys.platform == "linux")
    there.append(threading.Thread())
    assert not pool._can_fork()


def test_a_command_forks_while_its_progress_is_told() -> None:
    told = subprocess.run([sys.executable, "-c", _FORKS], capture_output=True, text=True, check=True).stdout
    assert told == "True\n"


_FORKS = """
from rea_xcom_tui.cli.progress import working
from rea_xcom_tui.fleet.scan import feeding, pool
with working("reading"):
    print(pool._can_fork())
"""


def test_a_program_that_may_hardly_open_any_file_more(forks: bool, tmp_path: Path) -> None:
    program = _WRITES.format(forks=forks, told=str(tmp_path / "told"))
    limited = ["sh", "-c", 'ulimit -n 10; exec "$0" -c "$1"', sys.executable, program]
    ran = subprocess.run(limited, capture_output=True, text=True)
    assert ran.stderr == ""
    assert (tmp_path / "told").read_text() == "['A', 'B', 'C']"


@pytest.mark.parametrize("closed", ["", "<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_a_program_whose_standard_streams_are_closed(closed: str, forks: bool, tmp_path: Path) -> None:
    program = _WRITES.format(forks=forks, told=str(tmp_path / "told"))
    subprocess.run(["sh", "-c", f'exec "$0" -c "$1" {closed}', sys.executable, program], check=True)
    assert (tmp_path / "told").read_text() == "['A', 'B', 'C']"


_WRITES = """
from pathlib import Path
from rea_xcom_tui.fleet.scan import feeding, pool
pool._can_fork = lambda: {forks}
Path({told!r}).write_text(str(sorted(pool.in_processes(str.upper, ["a", "b", "c"], 2))))
"""


def test_children_end_when_the_program_is_killed(forks: bool) -> None:
    program = subprocess.Popen(
        [sys.executable, "-c", _IS_KILLED.format(forks=forks)], stdout=subprocess.PIPE, text=True, bufsize=0
    )
    assert program.stdout is not None
    children = program.stdout.readline().split()
    assert len(set(children)) == 2
    program.wait()
    program.stdout.close()
    for child in children:
        deadline = time.monotonic() + 20
        while Path(f"/proc/{child}/stat").exists() and Path(f"/proc/{child}/stat").read_text().split()[2] != "Z":
            assert time.monotonic() < deadline, "it waits for a program that is gone"
            os.sched_yield()


_IS_KILLED = """
import os, signal, time
from rea_xcom_tui.fleet.scan import feeding, pool
pool._can_fork = lambda: {forks}
crew = pool.Crew()
children = set()
while len(children) < 2:
    children |= set(crew.do(os.getpgid, [0] * 20, 2))
print(*children, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_request_to_end_that_comes_while_a_fork_is_made_is_met_once_it_is() -> None:
    """In what Python does around a fork it would be lost, and the child would tell of it."""
    script = """
import os, signal
from rea_xcom_tui.cli import stopping
from rea_xcom_tui.fleet.scan import pool

stopping.by_interrupt()
os.register_at_fork(after_in_parent=lambda: os.kill(os.getpid(), signal.SIGTERM))
os.register_at_fork(after_in_child=lambda: os.kill(os.getpid(), signal.SIGTERM))
try:
    list(pool.in_processes(str, [1, 2, 3], 2))
except KeyboardInterrupt:
    print("met")
stopping.no_more()
os.kill(os.getpid(), signal.SIGTERM)
os.kill(os.getpid(), signal.SIGHUP)
print("too late")
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr, done.returncode) == ("met\ntoo late\n", "", 0)
