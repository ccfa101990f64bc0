"""The distinct values of a column, counted: what is common, what is odd."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import ClassVar, Literal

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from rea_xcom_tui.text import plural
from rea_xcom_tui.tui.cells.rows import UNSET, Column, Row
from rea_xcom_tui.tui.keys.bindings import bindings_of
from rea_xcom_tui.tui.keys.commands import Place
from rea_xcom_tui.tui.kit.fit import pad, shorten
from rea_xcom_tui.tui.kit.key_bar import KeyBar
from rea_xcom_tui.tui.kit.styled_lines import Line, Painted

Verb = Literal["filter", "mark"]
_BAR = 24


class ValuesScreen(ModalScreen["tuple[Verb, str]"]):
    """One line for each value, the most frequent first. Dismisses with what to do, and the value."""

    PLACES: ClassVar[tuple[Place, ...]] = ("values",)
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("values")
    AUTO_FOCUS = "VerticalScroll"
    DEFAULT_CSS = """
    ValuesScreen {
        & .title { text-style: bold; margin: 0 0 1 0; }
        & VerticalScroll { height: auto; max-height: 30; scrollbar-size-vertical: 1; }
        & Painted { height: auto; }
    }
    """

    def __init__(self, column: Column, rows: Sequence[Row]) -> None:
        super().__init__()
        self.column = column
        self.total = len(rows)
        cells = [row.cell(column.key) for row in rows]
        found = Counter(cell.shown(full=True) for cell in cells)
        self.notes = {cell.shown(full=True): cell.note for cell in cells}
        self.values = sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))
        self.cursor = 0

    def compose(self) -> ComposeResult:
        """A title and the values."""
        title = f"{self.column.key}: {plural(len(self.values), 'value')} in {plural(self.total, 'deployment')} shown"
        with Vertical(classes="dialog"):
            yield Static(title, classes="title", markup=False)
            with VerticalScroll():
                yield Painted(id="values")
        yield KeyBar(palette=False)

    def on_mount(self) -> None:
        """Draw the values."""
        self.query_one("#values").styles.height = max(1, len(self.values))
        self.draw()

    def on_resize(self) -> None:
        """Lay out for the new width."""
        self.draw()

    def draw(self) -> None:
        """Draw each value with its count and a bar."""
        shown = self.query_one("#values", Painted)
        width = max(10, shown.content_size.width - _BAR - 12)
        most = max((count for _, count in self.values), default=1)
        lines: list[Line] = []
        for index, (text, count) in enumerate(self.values):
            here = "here" if index == self.cursor else ""
            note = self.notes[text]
            label = pad(shorten(f"{text or UNSET}{f'  {note}' if note else ''}", width, "middle"), width)
            bar = "█" * max(1, count * _BAR // most)
            lines.append([(f" {label} ", here), (f"{count:>6}  ", here or "quiet"), (bar, "bar")])
        shown.paint(lines)

    def on_key(self, event: events.Key) -> None:
        """Move among the values."""
        moves = {"up": -1, "k": -1, "down": 1, "j": 1, "pageup": -10, "pagedown": 10}
        if event.key in moves and self.values:
            event.stop()
            self.cursor = max(0, min(self.cursor + moves[event.key], len(self.values) - 1))
            self.draw()
            self.query_one(VerticalScroll).scroll_to(y=self.cursor - 5, animate=False)

    def on_click(self, event: events.Click) -> None:
        """Take the clicked value."""
        shown = self.query_one("#values", Painted)
        if event.widget is shown and event.y < len(self.values):
            self.cursor = event.y
            self.draw()
            if event.chain == 2:
                self.action_filter_value()

    def action_filter_value(self) -> None:
        """Show only the deployments with this value."""
        self._leave("filter")

    def action_mark_value(self) -> None:
        """Mark the deployments with this value."""
        self._leave("mark")

    def _leave(self, verb: Verb) -> None:
        if self.values:
            self.dismiss((verb, self.values[self.cursor][0]))

    def action_back(self) -> None:
        """Change nothing."""
        self.dismiss(None)
