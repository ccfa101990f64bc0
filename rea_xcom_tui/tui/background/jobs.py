"""Work away from the screen: one job after another, each ending in a message with plain data."""

from __future__ import annotations

import asyncio
import signal
import sys
import termios
import threading
from collections.abc import Awaitable, Callable, Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from functools import partial
from time import monotonic, time_ns
from typing import TYPE_CHECKING, TypeVar

from textual.app import App, SuspendNotSupported
from textual.message import Message
from textual.message_pump import MessagePump

from rea_xcom_tui.errors import ToolError
from rea_xcom_tui.fleet.edit.pending import Pending
from rea_xcom_tui.text import clean
from rea_xcom_tui.tui.background.comparisons import Comparisons
from rea_xcom_tui.tui.background.kept import Kept
from rea_xcom_tui.tui.background.messages import Committed as Committed
from rea_xcom_tui.tui.background.messages import Conflicted as Conflicted
from rea_xcom_tui.tui.background.messages import CutOff as CutOff
from rea_xcom_tui.tui.background.messages import Drifted as Drifted
from rea_xcom_tui.tui.background.messages import Edited as Edited
from rea_xcom_tui.tui.background.messages import Failed as Failed
from rea_xcom_tui.tui.background.messages import Fetching as Fetching
from rea_xcom_tui.tui.background.messages import Opened as Opened
from rea_xcom_tui.tui.background.messages import Planned as Planned
from rea_xcom_tui.tui.background.messages import Progress as Progress
from rea_xcom_tui.tui.background.messages import Restored as Restored
from rea_xcom_tui.tui.background.messages import Scanned as Scanned
from rea_xcom_tui.tui.background.messages import Stopped as Stopped
from rea_xcom_tui.tui.background.messages import Undone as Undone
from rea_xcom_tui.tui.background.messages import Working as Working
from rea_xcom_tui.tui.background.messages import Written as Written
from rea_xcom_tui.tui.cells.rows import has_problem, rows_of
from rea_xcom_tui.tui.cells.summary import Summary

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.edit.overlay import Snapshot
    from rea_xcom_tui.fleet.model import Deployment
    from rea_xcom_tui.fleet.workspace import Workspace

Taken = TypeVar("Taken")
Item = TypeVar("Item")

_TELL_SECONDS = 0.15
"""How often a long job says how far it is."""
_LONGEST_REST = 2.0
"""Seconds between an edit and the comparison of a fleet at most."""


def ticking(items: Sequence[Item], progress: Callable[[int, int], None]) -> Iterator[Item]:
    """The items one by one, reported to `progress` as they are taken; what it raises ends the work with them."""
    for done, item in enumerate(items):
        progress(done, len(items))
        yield item


class Closing(Exception):
    """The app is closing, so that a scan need not be finished."""


class Cancelled(Exception):
    """The user has stopped a long job."""


class Jobs:
    """Runs everything that touches the repo on one thread, in the order in which it was asked for.

    What only looks, and takes long, runs on a second thread, so that edits need not wait for it.
    """

    def __init__(self, app: App[int], opener: Callable[[], Workspace]) -> None:
        self._app = app
        self._opener = opener
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="jobs")
        self._aside = ThreadPoolExecutor(max_workers=1, thread_name_prefix="aside")
        self._beside = ThreadPoolExecutor(max_workers=1, thread_name_prefix="watch")
        """Looks at the disk now and then, which takes as long as a git status: what a key asks for waits for none."""
        self._watching = False
        self._seen: int | None = None
        """What `Workspace.fingerprint` said of the files as they were read; None where that is not known."""
        self._workspace: Workspace | None = None
        self._closing = False
        self._drift_wanted = self._comparing = False
        self._comparison_took = 0.0
        self._drift_for: MessagePump = app
        self._drawn = threading.Event()
        self.comparisons = Comparisons()
        self.problems: Kept[object] = Kept()
        """What the screen of the problems shows, worked out before it is asked for."""
        self._stops: list[threading.Event] = []
        """What stops each of the long jobs."""

    @property
    def pending(self) -> Pending:
        """The pending edits; none before the repo is open."""
        return self._workspace.pending if self._workspace is not None else Pending()

    def open(self, sender: MessagePump) -> None:
        """Find the repo, then read it: `Opened` comes in between, and nobody waits for what is made of it."""
        self._start(sender, "open the repo", self._open)
        self.scan(sender)

    def scan(self, sender: MessagePump) -> None:
        """Read the repo; `Progress` comes while it is read, `Scanned` at the end."""
        self.run(sender, "read the repo", partial(self._scan, sender))

    def watch(self, sender: MessagePump) -> None:
        """Read the repo again when its files have changed since it was read."""
        if not self._watching and not self._closing:
            self._watching = True
            self._app.run_worker(self._watched(sender), group="jobs", exit_on_error=False)

    def drift(self, sender: MessagePump) -> None:
        """Judge the fleet as it will be and compare it with its baseline, beside other work; ends in `Drifted`.

        Asked for again while it runs, it is done once more when it has ended, however often it was asked for, for the
        screen that asked last.
        """
        self._drift_wanted = True
        self._drift_for = sender
        if not self._comparing and not self._closing:
            self._comparing = True
            self._app.run_worker(self._compare(), group="jobs", exit_on_error=False)

    def run(self, sender: MessagePump, verb: str, work: Callable[[Workspace], Message | None]) -> None:
        """Do `work`; its message goes to `sender`, or `Failed` when it could not be done."""

        def with_workspace() -> Message | None:
            return work(self._workspace) if self._workspace else None

        self._start(sender, verb, with_workspace)

    def run_long(
        self,
        sender: MessagePump,
        verb: str,
        work: Callable[[Workspace, Callable[[int, int], None]], Message | None],
    ) -> None:
        """Do `work` that may take long: it says how far it is, and ends with nothing done where `stop` asks for it.

        `work` calls what it is given with the things done and their number; `Working` reports it now and then,
        `Stopped` comes at the end of what was stopped.
        """
        if self._workspace is None:
            return
        stop = threading.Event()
        self._stops.append(stop)
        told = monotonic()

        def progress(done: int, total: int) -> None:
            nonlocal told
            if stop.is_set():
                raise Cancelled
            if total and monotonic() - told >= _TELL_SECONDS:
                told = monotonic()
                sender.post_message(Working(verb, done, total))

        def with_progress(workspace: Workspace) -> Message | None:
            try:
                progress(0, 0)  # it may have been stopped before its turn came
                return work(workspace, progress)
            except Cancelled:
                return Stopped(verb)
            finally:
                self._stops.remove(stop)

        self.run(sender, verb, with_progress)

    def stop(self) -> bool:
        """Stop the long jobs that are under way or wait for their turn; False when there is none."""
        stops = [*self._stops]
        for stop in stops:
            stop.set()
        return bool(stops)

    def in_terminal(self, sender: MessagePump, verb: str, work: Callable[[Workspace], Message | None]) -> None:
        """Do `work` while the terminal is its own, so that git can ask for a passphrase; the app waits meanwhile.

        Ends in `Failed` where the terminal cannot be handed over.
        """
        if self._workspace is None or self._closing:
            return
        try:
            with self._app.suspend(), _without_interrupt(), _modes_kept():
                done = self._thread.submit(work, self._workspace)
                wait([done])
        except SuspendNotSupported:
            sender.post_message(Failed(verb, "This terminal cannot be handed over to another program."))
            return
        self._app.run_worker(self._tell(sender, verb, asyncio.wrap_future(done)), group="jobs", exit_on_error=False)

    def look(
        self,
        sender: MessagePump,
        verb: str,
        take: Callable[[Workspace], Taken],
        work: Callable[[Taken], Message | None],
    ) -> None:
        """Take what is needed of the workspace, then do `work` with it beside other jobs, for work that only looks."""
        if not self._closing:
            looked = self._looked(sender, verb, take, work)
            self._app.run_worker(looked, group="jobs", exit_on_error=False)

    def close(self) -> None:
        """Let a running scan end early; everything else is finished first."""
        self._closing = True
        self._thread.shutdown(wait=False)
        for beside in (self._aside, self._beside):
            beside.shutdown(wait=False, cancel_futures=True)

    def _start(self, sender: MessagePump, verb: str, work: Callable[[], Message | None]) -> None:
        if not self._closing:
            self._app.run_worker(self._run(sender, verb, work), group="jobs", exit_on_error=False)

    async def _run(self, sender: MessagePump, verb: str, work: Callable[[], Message | None]) -> None:
        await self._tell(sender, verb, asyncio.get_running_loop().run_in_executor(self._thread, work))

    async def _looked(
        self,
        sender: MessagePump,
        verb: str,
        take: Callable[[Workspace], Taken],
        work: Callable[[Taken], Message | None],
    ) -> None:
        workspace, loop = self._workspace, asyncio.get_running_loop()
        if workspace is None:
            return

        async def both() -> Message | None:
            taken = await loop.run_in_executor(self._thread, take, workspace)
            return await loop.run_in_executor(self._aside, work, taken)

        await self._tell(sender, verb, both())

    async def _watched(self, sender: MessagePump) -> None:
        workspace, loop = self._workspace, asyncio.get_running_loop()

        async def looked() -> Message | None:
            if workspace is None:
                return None
            look = await loop.run_in_executor(self._thread, workspace.watcher)
            seen = self._seen
            if await loop.run_in_executor(self._beside, look) == seen:
                return None
            # What has changed may be what a job of ours has written meanwhile and read since.
            return await loop.run_in_executor(self._thread, self._watch, sender, workspace)

        try:
            await self._tell(sender, "check whether files have changed", looked())
        finally:
            self._watching = False

    async def _compare(self) -> None:
        while self._drift_wanted and not self._closing:
            # As long as the last comparison took, so that edits of a large fleet are not held up by it.
            await asyncio.sleep(self._comparison_took)
            self._drift_wanted = False
            began = monotonic()
            await self._looked(
                self._drift_for, "judge the fleet", self.comparisons.snapshot, partial(_drift, self.comparisons)
            )
            self._comparison_took = min(monotonic() - began, _LONGEST_REST)
        self._comparing = False

    async def _tell(self, sender: MessagePump, verb: str, work: Awaitable[Message | None]) -> None:
        """Send the message that the work ends in, or say why it could not be done."""
        try:
            message = await work
        except Closing:
            return
        except ToolError as error:
            message = Failed(verb, str(error), str(getattr(error, "output", "") or ""), getattr(error, "kind", ""))
        except ValueError as error:
            message = Failed(verb, str(error))
        except Exception as error:  # a fault of ours must not cost the user the session and its pending edits
            message = Failed(verb, f"Something unexpected went wrong ({type(error).__name__}: {error}).")
        if message is not None:
            sender.post_message(message)

    def _open(self) -> Message:
        self._workspace = self._opener()
        self._workspace.tell_fetches(self._tell_fetch)
        return Opened(self._workspace)

    def _tell_fetch(self, count: int, remote: str, percent: int | None) -> None:
        self._app.post_message(Fetching(count, remote, percent))

    def drawn(self) -> None:
        """The first rows are on the screen."""
        self._drawn.set()

    def _scan(self, sender: MessagePump, workspace: Workspace) -> None:
        told, began = 0.0, time_ns()

        def progress(done: int, total: int, new: Collection[Deployment]) -> None:
            nonlocal told
            if self._closing:
                raise Closing
            if new or monotonic() - told >= _TELL_SECONDS:
                told = monotonic()
                sender.post_message(Progress(done, total, [*new]))
            if new and not self._drawn.is_set():
                # What is read next would hold Python's lock while the first rows wait to be drawn.
                self._drawn.wait(_TELL_SECONDS)
                self._drawn.set()

        workspace.scan(progress)
        conflicts = workspace.conflicts(scanned=True)
        message = scanned(workspace)
        message.conflicts = conflicts
        sender.post_message(message)
        # Every file is looked at for this, for which nobody has to wait.
        self._seen = workspace.fingerprint(since=began)

    def _watch(self, sender: MessagePump, workspace: Workspace) -> None:
        if workspace.fingerprint() != self._seen:
            self._scan(sender, workspace)


@contextmanager
def _without_interrupt() -> Iterator[None]:
    """Ctrl+C is for the program that has the terminal: it ends that one, and not the app with its edits."""
    before = signal.signal(signal.SIGINT, lambda number, frame: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def _modes_kept() -> Iterator[None]:
    """Have the terminal as it was, as a shell does: a program that is ended while it asks may leave it without echo."""
    terminal = sys.__stdin__.fileno() if sys.__stdin__ else -1
    try:
        modes = termios.tcgetattr(terminal)
    except (termios.error, ValueError):  # none
        yield
        return
    try:
        yield
    finally:
        termios.tcsetattr(terminal, termios.TCSADRAIN, modes)


def say_aloud(line: str) -> None:
    """Pass a line of git's or a hook's on to the terminal that was handed over."""
    sys.__stderr__.write(f"{clean(line, 2000)}\n") if sys.__stderr__ else None


def scanned(workspace: Workspace) -> Scanned:
    """The message with the fleet as it is now."""
    fleet = workspace.fleet
    problems = sum(has_problem(deployment) for deployment in fleet.deployments)
    rows = rows_of(fleet, workspace.pending)
    return Scanned(fleet, rows, problems, Summary(rows, workspace.pending).prepare())


def after_crash(workspace: Workspace) -> Message | None:
    """Fix a commit that was cut off, and look for a write that was."""
    mended = workspace.recover_commit()
    unfinished = workspace.cut_off()
    if unfinished is None and mended is None:
        return None
    return CutOff(unfinished.title if unfinished else "", mended)


def _drift(comparisons: Comparisons, now: Snapshot) -> Message:
    problems = sum(has_problem(deployment) for deployment in now.fleet.deployments)
    try:
        fields = comparisons.report(now).fields
    except ToolError as error:
        return Drifted({}, now.ahead, problems, str(error))
    return Drifted(fields, now.ahead, problems)
