"""What the tool has done: the git commands it ran, and the writes and commits of its log."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import BindingType

from rea_xcom_tui.text import plural
from rea_xcom_tui.tui.background import jobs
from rea_xcom_tui.tui.background.list_screen import ListScreen
from rea_xcom_tui.tui.keys.bindings import bindings_of
from rea_xcom_tui.tui.keys.commands import Place
from rea_xcom_tui.tui.kit.fit import harmless, shorten
from rea_xcom_tui.tui.kit.line_list import Entry, LineList
from rea_xcom_tui.tui.kit.messages import Message
from rea_xcom_tui.tui.kit.styled_lines import Bar, Line

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.workspace import Workspace

CHANGING = frozenset("commit push switch update-ref update-index read-tree write-tree commit-tree hash-object".split())
"""The git commands that change something, if only by storing an object."""


@dataclass(frozen=True, slots=True)
class Deed:
    """One git command or one write."""

    when: float
    """In seconds since the epoch."""
    what: str
    """The command line, or the title of the write; foreign text."""
    changes: bool
    milliseconds: float | None = None
    status: int | None = None
    phase: str = ""
    """How far a write came: written, committed or undone."""
    files: tuple[str, ...] = ()


class Logged(Message):
    """What was done, newest first."""

    deeds: Sequence[Deed]


def deeds_of(workspace: Workspace) -> Logged:
    """The commands of this session and the writes and commits of the repo's log."""
    return Logged(sorted((*_commands(workspace), *_writes(workspace)), key=lambda deed: deed.when, reverse=True))


def _commands(workspace: Workspace) -> Iterator[Deed]:
    for record in workspace.repository.log.records():
        words = " ".join(f"'{word}'" if " " in word or not word else word for word in record.argv)
        # Of symbolic-ref, only the form with a note for the reflog sets anything.
        changes = bool(CHANGING.intersection(record.argv[1:2])) or record.argv[1:3] == ("symbolic-ref", "-m")
        yield Deed(record.started, words, changes, record.seconds * 1000, record.status)


def _writes(workspace: Workspace) -> Iterator[Deed]:
    from rea_xcom_tui.gitops.operations import OperationLog

    for operation in OperationLog(workspace.repository.git_dir).operations():
        when = datetime.fromisoformat(operation.when).timestamp()
        files = tuple(file.path for file in operation.files)
        yield Deed(when, operation.title, True, phase=operation.phase, files=files)


class LogScreen(ListScreen[Deed, None]):
    """Git commands with how long they took and how they ended, and writes with their files."""

    PLACES: ClassVar[tuple[Place, ...]] = ("log", "list")
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("log")

    def __init__(self, work: jobs.Jobs) -> None:
        super().__init__(work)
        self.deeds: Sequence[Deed] = ()
        self.changing = False
        """Whether only what changed something is shown."""

    def on_mount(self) -> None:
        """Ask for what was done."""
        self.listed.empty_text = "Nothing has been done yet; git commands and writes are listed here."
        self.jobs.run(self, "read the log", deeds_of)

    @on(Logged)
    def _logged(self, event: Logged) -> None:
        self.deeds = event.deeds
        self._refresh()

    def _refresh(self) -> None:
        shown = [deed for deed in self.deeds if deed.changes or not self.changing]
        self.listed.show([Entry(deed, partial(deed_line, deed)) for deed in shown])
        commands = sum(deed.status is not None for deed in shown)
        counts = f"{plural(commands, 'git command')}, {plural(len(shown) - commands, 'write')}"
        right = "what changed something" if self.changing else "everything"
        self.query_one("#header", Bar).show([("Log", "title"), (f"  {counts}", "")], [(right, "quiet")])

    @on(LineList.Moved)
    def _moved(self) -> None:
        here = self.listed.here
        self.detail.show(partial(deed_details, here) if here else lambda _: ())

    def action_changing(self) -> None:
        """Show only what changed something, or everything."""
        self.changing = not self.changing
        self._refresh()


def _time(deed: Deed) -> str:
    return datetime.fromtimestamp(deed.when).strftime("%H:%M:%S")


def deed_line(deed: Deed, width: int) -> Line:
    """One command or write on one line."""
    head: Line = [(f"{_time(deed)}  ", "quiet")]
    if deed.status is None:
        kind: Line = [(f"{deed.phase:<10}  ", "edited")]
    else:
        took = f"{deed.milliseconds or 0:6.0f} ms  "
        kind = [(took, "quiet"), (f"{deed.status:>3}  ", "invalid" if deed.status else "quiet")]
    room = width - sum(len(text) for text, _ in (*head, *kind))
    return [*head, *kind, (shorten(harmless(deed.what), max(10, room)), "strong" if deed.changes else "")]


def deed_details(deed: Deed, width: int) -> list[Line]:
    """A command or a write in full."""
    when = datetime.fromtimestamp(deed.when, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    lines: list[Line] = [[(line, "strong")] for line in textwrap.wrap(harmless(deed.what), max(10, width))]
    lines += [[], [(when, "quiet")]]
    if deed.status is not None:
        lines.append([(f"took {deed.milliseconds or 0:.0f} ms, exit code {deed.status}", "quiet")])
        if deed.status != 0:
            note = "git answers many questions by its exit code, so one other than 0 is not necessarily a failure."
            lines += [[], *([(line, "quiet")] for line in textwrap.wrap(note, max(10, width)))]
        return lines
    lines += [[(f"{deed.phase}, {plural(len(deed.files), 'file')}", "quiet")], []]
    return [*lines, *([(shorten(harmless(file), width, "start"), "")] for file in deed.files)]
