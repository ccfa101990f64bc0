"""Child processes that do pieces of work, in a program whose standard streams belong to a terminal UI.

Python's own pools are of no use there. Under Textual `sys.stderr.fileno()` is -1, and with spawn or forkserver every
lock and queue of `multiprocessing` starts a resource tracker that is given this number: `bad value(s) in fds_to_keep`
(measured on Python 3.11 to 3.14). Fork may deadlock in a process that has threads. A plain child with two pipes needs
no tracker, starts as fast, and what it writes to its standard error goes to a file instead of over the screen.

Where there are no threads, as in a command, the child is a fork after all: it has nothing to import, which is what most
of the start of a plain one is.
"""

from __future__ import annotations

import fcntl
import gc
import json
import os
import pickle
import select
import signal
import subprocess
import sys
import tempfile
import threading
import traceback
import warnings
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from importlib import import_module
from typing import IO, NoReturn, TypeVar

from rea_xcom_tui.errors import ToolError
from rea_xcom_tui.fleet.scan.feeding import WORK, Answer, Child, Fed, descriptor, received, send_answer

Piece = TypeVar("Piece")
Result = TypeVar("Result")

_START = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); from rea_xcom_tui.fleet.scan import pool;"
    " [__import__(name) for name in sys.argv[2:]]; pool.serve()"
)
_LOOKS_UP = 20
"""Milliseconds after which one who waits for an answer looks up, to see whether it is still wanted."""


def in_processes(
    work: Callable[[Piece], Result],
    pieces: Sequence[Piece],
    count: int,
    waiting: Callable[[], None] | None = None,
) -> Iterator[Result]:
    """Do `work` on each of `pieces` in up to `count` child processes, and yield the results in any order.

    `work`, the pieces and the results are pickled. Where no process can be started, the work is done here. The
    processes end with the iterator. `waiting` is called now and then as long as no answer has come; what it raises ends
    the work. Raises ToolError when one of the processes ends before its work is done.
    """
    with closing(Crew(patient=False)) as crew:
        yield from crew.do(work, pieces, count, waiting)


class Crew:
    """Child processes that stay for one lot of pieces after the other, until the crew is closed.

    When a lot is left before its end, a `patient` crew lets them finish the pieces they are at, and keeps them; else
    they are ended at once. Not for use by several threads at once.
    """

    def __init__(self, *, patient: bool = True) -> None:
        self._patient = patient
        self._idle: _Children | None = None
        self._closed = False

    def do(
        self,
        work: Callable[[Piece], Result],
        pieces: Sequence[Piece],
        count: int,
        waiting: Callable[[], None] | None = None,
    ) -> Iterator[Result]:
        """As `in_processes`, by processes that are there already, and as many new ones as make `count` of them."""
        children, self._idle = self._idle or _taken_ahead() or _Children(), None
        children.fork(count)
        undone = deque(pieces)
        try:
            with closing(children.answers(work, undone, waiting, patient=self._patient)) as answers:
                for answer in answers:
                    yield answer.opened()
        finally:
            if children.sound and not self._closed and self._idle is None:
                self._idle = children
            else:
                children.close()
        while undone:
            yield work(undone.popleft())

    @property
    def is_there(self) -> bool:
        """Whether there are processes that a lot would not have to wait for."""
        return self._idle is not None

    def close(self) -> None:
        """End the processes."""
        self._closed = True
        if self._idle is not None:
            self._idle.close()
            self._idle = None


ONLY_WAITS = "only waits"
"""The name of a thread that holds nothing which a fork of the process would need, whenever it comes."""


class _Children:
    """Processes with what they write to their standard error."""

    def __init__(self) -> None:
        self.sound = True
        """Whether each of them waits for work."""
        self._processes: list[Child] = []
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the processes

    def fill(self, count: int, modules: Sequence[str] = ()) -> None:
        """Start processes until there are so many, as far as the machine allows; they import these modules first."""
        for _ in range(count - len(self._processes)):
            if (child := _started(self._errors, modules)) is not None:
                self._processes.append(child)

    def fork(self, count: int, modules: Sequence[str] = ()) -> None:
        """The same by copies of this process, which have imported what it has; where it can make none, as `fill`."""
        if _can_fork():
            with suppress(OSError):
                while len(self._processes) < count:
                    self._processes.append(_Fork(self._errors, modules))
        self.fill(count, modules)

    def answers(
        self,
        work: Callable[[Piece], object],
        undone: deque[Piece],
        waiting: Callable[[], None] | None,
        *,
        patient: bool,
    ) -> Generator[Answer, None, None]:
        """What the processes answer to what is undone, as it comes.

        Raises ToolError when one of them ends before its work is done.
        """
        told = WORK + pickle.dumps(work)  # here, where it is heard if that cannot be
        busy = {descriptor(child.stdout): Fed(child, self._errors) for child in self._processes}
        ready = select.poll()
        self.sound = False
        try:
            for number, one in busy.items():
                one.tell(told)
                one.feed(undone, len(busy))
                if one.asked:
                    ready.register(number, select.POLLIN)
            while any(one.asked for one in busy.values()):
                found = ready.poll(None if waiting is None else _LOOKS_UP)
                if waiting is not None and not found:
                    waiting()
                for number, _ in found:
                    one = busy[number]
                    answer = one.answer()
                    one.feed(undone, len(busy))
                    if not one.asked:
                        ready.unregister(number)
                    yield answer
            self.sound = True
        except GeneratorExit:
            with suppress(ToolError):
                while patient and (left := [one for one in busy.values() if one.asked]):  # what is begun is finished
                    left[0].answer()
                self.sound = patient
            raise
        finally:
            if not self.sound:
                self._kill()

    def _kill(self) -> None:
        for child in self._processes:
            child.kill()

    def close(self) -> None:
        """End the processes."""
        self._kill()
        for child in self._processes:
            _close(child)
        self._processes = []
        self._errors.close()


_ahead: deque[_Children] = deque()
"""Processes that have been started before anybody had work for them."""


def start_ahead(count: int, modules: Sequence[str], *, forks: bool = False) -> None:
    """Start processes for the next crew, whoever makes it, and have them import what its work will need."""
    children = _Children()
    (children.fork if forks else children.fill)(count, modules)
    _ahead.append(children)


def is_ahead() -> bool:
    """Whether processes have been started that nobody has had work for yet."""
    return bool(_ahead)


@contextmanager
def no_longer_ahead() -> Iterator[None]:
    """At the end, end the processes that were started ahead and that nobody had work for."""
    try:
        yield
    finally:
        while (children := _taken_ahead()) is not None:
            children.close()


def _taken_ahead() -> _Children | None:
    try:
        return _ahead.popleft()
    except IndexError:
        return None


def _started(errors: IO[bytes], modules: Sequence[str]) -> subprocess.Popen[bytes] | None:
    """Start a child that waits for work, or return None where the machine allows no more processes."""
    try:
        return subprocess.Popen(
            # -P: the folder the user is in is no place to import from; the paths are those of this process.
            [sys.executable, "-P", "-c", _START, json.dumps(sys.path), *modules],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            start_new_session=True,  # Ctrl+C is for the program, which ends its children
        )
    except OSError:
        return None


def _can_fork() -> bool:
    """Whether a copy of this process could do nothing but work: it has no thread that may hold a lock just now.

    On other systems than Linux, libraries start threads of their own.
    """
    others = (thread for thread in threading.enumerate() if thread.name != ONLY_WAITS)
    return sys.platform == "linux" and list(others) == [threading.main_thread()]


_ASKING_TO_END = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class _Fork:
    """A copy of this process that waits for work."""

    def __init__(self, errors: IO[bytes], modules: Sequence[str] = ()) -> None:
        asked, asks, answers, answered = pipes = (*os.pipe(), *os.pipe())
        # What asks to end is for this process and comes once that is made, as neither of the two is sound until then.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, _ASKING_TO_END)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)  # of the threads that only wait
                self._pid = os.fork()
            if self._pid == 0:
                _serve_as_a_fork(asked, answered, errors.fileno(), modules)
        except OSError:
            for descriptor in pipes:
                os.close(descriptor)
            raise
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        os.close(asked)
        os.close(answered)
        self.stdin: IO[bytes] = os.fdopen(asks, "wb")
        self.stdout: IO[bytes] = os.fdopen(answers, "rb")
        self._code: int | None = None

    def kill(self) -> None:
        """End it at once."""
        if self._code is None:
            with suppress(ProcessLookupError):
                os.kill(self._pid, signal.SIGKILL)

    def wait(self) -> int:
        """Its exit code once it has ended; that of a signal is negative."""
        if self._code is None:
            self._code = os.waitstatus_to_exitcode(os.waitpid(self._pid, 0)[1])
        return self._code


def _serve_as_a_fork(asked: int, answered: int, errors: int, modules: Sequence[str]) -> NoReturn:
    """Do as a plain child does, holding nothing of the process that this was, and end without its farewells."""
    code = 1
    try:
        os.setsid()
        # Where the program was started without standard streams, these may have their numbers.
        # Only those are moved: there may be hardly any number left.
        used = (asked, answered, errors)
        moved = [fcntl.fcntl(one, fcntl.F_DUPFD, 3) if one < 3 else one for one in used]
        for standard, descriptor in enumerate(moved):
            os.dup2(descriptor, standard)
            os.close(descriptor)
        # The pipes of the other children among them: who holds those keeps them from hearing that this one is over.
        os.closerange(3, max(map(int, os.listdir("/proc/self/fd"))) + 1)
        for number in _ASKING_TO_END:
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _ASKING_TO_END)
        sys.stdin, sys.stdout, sys.stderr = (os.fdopen(standard, mode) for standard, mode in enumerate("rww"))
        for name in modules:
            import_module(name)
        serve()
        code = 0
    except BaseException:  # whatever it is, nobody above may go on with the work of the other process
        os.write(2, traceback.format_exc().encode("utf-8", "replace"))
    finally:
        os._exit(code)


def _close(child: Child) -> None:
    child.wait()
    for pipe in (child.stdin, child.stdout):
        assert pipe is not None
        with suppress(OSError):  # what was still to be written has no reader any more
            pipe.close()


def serve() -> None:
    """Do the work that comes on standard input, in a child process, until there is no more."""
    # A parsed file is some thousand objects, which live no longer than the file is read.
    gc.freeze()
    gc.set_threshold(50_000, 10, 10)
    gc.enable()  # a fork may have been made while it was left out
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever else is printed is not an answer
    work: Callable[[object], object] | None = None
    while (message := received(sys.stdin.buffer)) is not None:
        kind, load = message[:1], pickle.loads(message[1:])
        if kind == WORK:
            work = load
        elif work is not None:
            send_answer(answers, work(load))
