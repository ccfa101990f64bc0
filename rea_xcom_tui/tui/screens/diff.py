"""What is pending: each edit from old to new, and beside it the exact lines that would change."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Footer

from rea_xcom_tui.text import plural
from rea_xcom_tui.tui import jobs
from rea_xcom_tui.tui.bindings import bindings_of
from rea_xcom_tui.tui.changes import file_changes
from rea_xcom_tui.tui.commands import Place
from rea_xcom_tui.tui.explain import value_words
from rea_xcom_tui.tui.fitting import harmless, pad, shorten
from rea_xcom_tui.tui.screens.dialogs import Failure
from rea_xcom_tui.tui.widgets.diff_view import DiffView
from rea_xcom_tui.tui.widgets.painted import Bar, Line, Painted

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.pending import PendingEdit
    from rea_xcom_tui.fleet.workspace import Refusal, Workspace


class EditList(Painted, can_focus=True):
    """The pending edits, one on two lines, with a cursor."""

    class Chosen(Message):
        """The cursor is on another edit."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.edits: Sequence[PendingEdit] = ()
        self.refused: Sequence[Refusal] = ()
        self.cursor = 0
        self._top = 0

    def show(self, edits: Sequence[PendingEdit], refused: Sequence[Refusal]) -> None:
        """Show these edits, and those that could not be made."""
        self.edits, self.refused = edits, refused
        self.move(0)

    def move(self, by: int) -> None:
        """Move the cursor."""
        self.cursor = max(0, min(self.cursor + by, len(self.edits) - 1))
        room = max(1, self.content_size.height // 2)
        self._top = min(max(self._top, self.cursor - room + 1), self.cursor)
        self.layout_lines()
        self.post_message(self.Chosen())

    def layout_lines(self) -> None:
        """Lay the list out for the present width."""
        width = max(10, self.content_size.width)
        lines: list[Line] = []
        for index, edit in list(enumerate(self.edits))[self._top :]:
            here = index == self.cursor
            change = f"{value_words(edit.field, edit.old)} → {value_words(edit.field, edit.new)}"
            head = f"{'▸' if here else ' '} {edit.field} {change}"
            name = f"  {shorten(harmless(edit.deployment), width - 2, 'start')}"
            lines.append([(pad(shorten(head, width), width), "here" if here else "edited")])
            lines.append([(name, "quiet")])
        for refusal in self.refused:
            lines.append([(shorten(f"! {refusal.field} {harmless(refusal.deployment)}", width), "invalid")])
            lines.append([(shorten(f"  {harmless(refusal.reason)}", width), "quiet")])
        self.paint(lines)

    def on_click(self, event: events.Click) -> None:
        """Put the cursor on the clicked edit."""
        self.move(self._top + event.y // 2 - self.cursor)

    def on_resize(self) -> None:
        """Lay out for the new width."""
        self.layout_lines()


class DiffScreen(Screen[str]):
    """Pending edits and their diff. Dismisses with `write` or `commit` when the user wants to go on."""

    CSS_PATH = "diff.tcss"
    PLACES: ClassVar[tuple[Place, ...]] = ("diff",)
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("diff")
    AUTO_FOCUS = "EditList"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]  # noqa: RUF012 - Textual declares it for instances

    def __init__(self, work: jobs.Jobs) -> None:
        super().__init__()
        self.jobs = work

    def compose(self) -> ComposeResult:
        """A title, edits and diff side by side (or one over the other), the impact, and the keys."""
        yield Bar(id="header")
        with Container(id="both"):
            yield EditList(id="edits")
            yield DiffView(id="diff")
        yield Painted(id="impact")
        yield Footer(compact=True)

    def on_mount(self) -> None:
        """Work the diff out."""
        self.query_one("#header", Bar).show([("Pending changes", "title")], [("working out the diff", "quiet")])
        self.plan()

    def plan(self) -> None:
        """Ask what writing now would do."""

        def work(workspace: Workspace) -> jobs.Planned:
            plan = workspace.plan()
            impact = dict.fromkeys(workspace.impact(edit) for edit in plan.edits)
            return jobs.Planned(plan, file_changes(plan.files), [text for text in impact if text])

        self.jobs.run(self, "work out the diff", work)

    @on(jobs.Planned)
    def _planned(self, event: jobs.Planned) -> None:
        edits = event.plan.edits
        if not edits and not event.plan.refused:
            self.dismiss("")
            return
        files = event.files
        added = sum(file.counts[0] for file in files)
        removed = sum(file.counts[1] for file in files)
        counts = f"{plural(len(files), 'file')}, {plural(len(edits), 'edit')}"
        right: list[tuple[str, str]] = [(f"+{added}", "good"), (f" -{removed}", "invalid"), (" lines", "quiet")]
        if event.plan.refused:
            right.insert(0, (f"{len(event.plan.refused)} refused  ", "invalid"))
        self.query_one("#header", Bar).show([("Pending changes", "title"), (f"  {counts}", "")], right)
        self.query_one(DiffView).show(files)
        self.query_one(EditList).show(edits, event.plan.refused)
        self.query_one("#impact", Painted).paint(
            [[("after this: " if not number else "            ", "quiet"), (harmless(text), "")]
             for number, text in enumerate(event.impact[:3])]
        )  # fmt: skip

    @on(jobs.Failed)
    def _failed(self, event: jobs.Failed) -> None:
        self.app.push_screen(Failure(event.verb, event.reason, event.output), lambda _: self.dismiss(""))

    @on(EditList.Chosen)
    def _chosen(self) -> None:
        edits = self.query_one(EditList)
        if edits.edits:
            self.query_one(DiffView).go_to(edits.edits[edits.cursor].deployment.partition("#")[0])

    def action_move(self, by: int) -> None:
        """Move to another edit."""
        self.query_one(EditList).move(by)

    def action_revert(self) -> None:
        """Drop the edit under the cursor."""
        shown = self.query_one(EditList)
        if not shown.edits:
            return
        edit = shown.edits[shown.cursor]

        def work(workspace: Workspace) -> jobs.Edited:
            return jobs.Edited(workspace.pending.drop([edit.key], f"revert {edit.field} of {edit.deployment}"), [])

        self.jobs.run(self, "revert the edit", work)

    @on(jobs.Edited)
    def _edited(self) -> None:
        self.plan()

    def action_write(self) -> None:
        """Go back and write."""
        self.dismiss("write")

    def action_commit(self) -> None:
        """Go on to the commit."""
        self.dismiss("commit")

    def action_back(self) -> None:
        """Go back, change nothing."""
        self.dismiss("")
