"""One value for many deployments: what would change is shown before anything does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from rea_xcom_tui.fleet.edit.rehearsal import OUTCOMES, Outcome, Preview, Rehearsal, rehearse
from rea_xcom_tui.text import plural
from rea_xcom_tui.tui.background import jobs
from rea_xcom_tui.tui.cells.explain import value_words
from rea_xcom_tui.tui.keys.bindings import bindings_of
from rea_xcom_tui.tui.keys.commands import Place
from rea_xcom_tui.tui.kit.fit import harmless, pad, shorten
from rea_xcom_tui.tui.kit.key_bar import KeyBar
from rea_xcom_tui.tui.kit.line_list import Entry, LineList
from rea_xcom_tui.tui.kit.styled_lines import Bar, Line, Painted, Span
from rea_xcom_tui.xcom.model import FieldName

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.workspace import Workspace

_PLACEHOLDER = "a value, x2, max 64KiB, zip => gzip, copy NAME, unset"

TYPED_FROM = 20
"""From this many changes on, their count has to be typed."""

_FILE_FROM = 16
"""Cells that have to be left in a line for the file, because names may stand more than once in a fleet."""

_STYLES: dict[Outcome, str] = {
    "change": "edited",
    "same": "quiet",
    "skip": "quiet",
    "elsewhere": "reference",
    "refused": "invalid",
}


class Previewed(Message):
    """The preview for one text is worked out."""

    def __init__(self, asked: int, rehearsal: Rehearsal) -> None:
        super().__init__()
        self.asked, self.rehearsal = asked, rehearsal


class GoOn(Message):
    """The user is done with what was typed so far. It comes by the way of the keys, so that it overtakes none."""


class BulkScreen(ModalScreen["tuple[list[str], str]"]):
    """Asks for one value and shows what it would do. Dismisses with the ids to change and the text, or None."""

    CSS_PATH = "bulk.tcss"
    PLACES: ClassVar[tuple[Place, ...]] = ("bulk", "list")
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("bulk")
    AUTO_FOCUS = "#value"

    def __init__(self, work: jobs.Jobs, field: FieldName, ids: Sequence[str], text: str = "") -> None:
        super().__init__()
        self.jobs = work
        self.field = field
        self.ids = list(ids)
        self.start = text
        self.rehearsal = Rehearsal(())
        self._asked = self._answered = 0
        """Which text was asked about last, and which one the preview in sight is about."""
        self._left_out: set[str] = set()
        """Who is to stay as it is, whatever the value."""

    def compose(self) -> ComposeResult:
        """The verb and the count, the value, what would happen, and the confirmation."""
        with Vertical(classes="dialog"):
            yield Static(f"Set {self.field} on {plural(len(self.ids), 'deployment')}", classes="title", markup=False)
            with Horizontal(id="first"):
                yield Static("new value", classes="label", markup=False)
                yield Input(self.start, id="value", compact=True, placeholder=_PLACEHOLDER)
            with Horizontal():
                yield Static("only where it is now", classes="label", markup=False)
                yield Input(id="only", compact=True, placeholder="any")
            yield Painted(id="counts")
            yield LineList[Preview](id="rows")
            with Horizontal(id="confirmation"):
                yield Static(classes="label", id="ask", markup=False)
                yield Input(id="confirm", compact=True)
            yield Bar(id="note")
        yield KeyBar(palette=False)

    def on_mount(self) -> None:
        """Show what the value that is given already would do."""
        self.query_one("#confirmation").display = False
        self._ask()

    @on(Input.Changed, "#value,#only")
    def _typed(self) -> None:
        self._ask()

    def _ask(self) -> None:
        self._asked += 1
        asked, ids, field = self._asked, self.ids, self.field
        text, only = self.query_one("#value", Input).value, self.query_one("#only", Input).value

        def work(workspace: Workspace, progress: Callable[[int, int], None]) -> Previewed:
            def unless_typed_on(done: int, total: int) -> None:
                if asked != self._asked:
                    raise jobs.Cancelled
                progress(done, total)

            told = jobs.ticking(ids, unless_typed_on)
            return Previewed(asked, rehearse(workspace, told, field, text, only, unless_typed_on))

        self.jobs.run_long(self, "work out the preview", work)

    @on(jobs.Working)
    def _working(self, event: jobs.Working) -> None:
        self.query_one("#counts", Painted).paint([[(f"looking at {event.done} of {event.total}", "quiet")]])

    @on(Previewed)
    def _previewed(self, event: Previewed) -> None:
        if event.asked != self._asked:
            return
        self._answered = event.asked
        self.rehearsal = event.rehearsal
        order = list(OUTCOMES)
        shown = sorted(event.rehearsal.previews, key=lambda preview: order.index(preview.outcome))
        self._rows.show([Entry(preview, partial(self._line, preview)) for preview in shown], self._rows.cursor)
        self._show_counts()

    def _show_counts(self) -> None:
        """Show how many end which way, and what has to be typed."""
        found = self.rehearsal.counts()
        changes = len(self.changing)
        left_out = found.get("change", 0) - changes
        spans: list[Span] = []
        for outcome, count in found.items():
            shown = changes if outcome == "change" else count
            spans += [(f"{shown} {OUTCOMES[outcome]}", _STYLES[outcome]), ("    ", "")]
            spans += [(f"{left_out} left out", "quiet"), ("    ", "")] if outcome == "change" and left_out else []
        if judged := self.rehearsal.outlook.sentence():
            spans.append((judged, "invalid" if self.rehearsal.outlook.adds else "good"))
        self.query_one("#counts", Painted).paint([spans])
        self.query_one("#confirmation").display = changes >= TYPED_FROM
        self.query_one("#ask", Static).update(f"type {changes} to apply")

    @property
    def _rows(self) -> LineList[Preview]:
        return self.query_one("#rows", LineList)

    @property
    def changing(self) -> list[str]:
        """The ids that would change."""
        return [row.id for row in self.rehearsal.previews if row.outcome == "change" and row.id not in self._left_out]

    @on(LineList.Moved)
    def _moved(self) -> None:
        """Say of the row under the cursor which file it is, and in full why it does not change."""
        here = self._rows.here
        why = f" · {harmless(here.reason)}" if here is not None and here.reason else ""
        self.query_one("#note", Bar).show([(f"{harmless(here.file)}{why}", "quiet")] if here is not None else [])

    @on(LineList.Chosen)
    def action_leave_out(self) -> None:
        """Leave the deployment under the cursor as it is, or take it in again, and go on to the next."""
        here = self._rows.here
        if here is not None and here.outcome == "change":
            self._left_out ^= {here.id}
            self._rows.cursor += 1
            self._rows.refresh()
            self._show_counts()

    def action_rows(self) -> None:
        """Go to the rows."""
        self._rows.focus()

    def _line(self, row: Preview, width: int) -> Line:
        line = self._outcome(row, width)
        room = width - sum(cell_len(text) for text, _ in line) - 2
        if room < _FILE_FROM:
            return line
        file = shorten(harmless(row.file), room, "start")
        return [*line, (" " * (room + 2 - cell_len(file)), ""), (file, "quiet")]

    def _outcome(self, row: Preview, width: int) -> Line:
        style = _STYLES[row.outcome]
        name: Span = (pad(shorten(harmless(row.name), width // 4, "middle"), width // 4 + 2), "")
        old = shorten(value_words(self.field, row.old), width * 2 // 5, "middle")
        if row.outcome == "change" and row.id in self._left_out:
            return [(f"[ ] {name[0]}", "quiet"), (f"{old}  left out", "quiet")]
        if row.outcome == "change":
            return [(f"[x] {name[0]}", ""), (f"{old} → {value_words(self.field, row.new)}", style)]
        why = f"  {OUTCOMES[row.outcome]}: {harmless(row.reason)}" if row.reason else ""
        room = width - 4 - cell_len(name[0]) - cell_len(old)
        return [(f"    {name[0]}", ""), (old, style), (shorten(why, max(0, room)), "quiet")]

    def action_apply(self) -> None:
        """Apply, after the keys that were typed before."""
        (self.focused or self).post_message(GoOn())

    @on(GoOn)
    def _apply(self) -> None:
        """Apply, once the count is typed where many change."""
        ids = self.changing
        note = self.query_one("#note", Bar)
        confirm = self.query_one("#confirm", Input)
        if self._answered != self._asked:
            # What changes must have been seen; typing ahead of it is no consent.
            note.show([("Still working out what would change; Enter again once it is shown.", "edited")])
        elif not ids:
            note.show([("Nothing would change.", "invalid")])
        elif len(ids) >= TYPED_FROM and confirm.value.strip() != str(len(ids)):
            confirm.focus()
            note.show([(f"{len(ids)} deployments would change: type {len(ids)} and Enter applies it.", "edited")])
        else:
            self.dismiss((ids, self.query_one("#value", Input).value.strip()))

    def action_back(self) -> None:
        """Change nothing."""
        self._asked += 1
        self.dismiss(None)
