"""The distinct values of a column, counted: what is common, what is odd."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from operator import itemgetter
from typing import ClassVar, Literal

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widgets import Static

from rea_xcom_tui.text import plural
from rea_xcom_tui.tui.cells.rows import UNSET, Column, Row, counted
from rea_xcom_tui.tui.keys.bindings import bindings_of
from rea_xcom_tui.tui.keys.commands import Place
from rea_xcom_tui.tui.kit.fit import pad, shorten
from rea_xcom_tui.tui.kit.key_bar import KeyBar
from rea_xcom_tui.tui.kit.left_once import Dialog
from rea_xcom_tui.tui.kit.line_list import Entries, LineList, drawn_by
from rea_xcom_tui.tui.kit.styled_lines import Line

Verb = Literal["filter", "mark"]
_BAR = 24


class ValuesScreen(Dialog["tuple[Verb, str]"]):
    """One line for each value, the most frequent first. Dismisses with what to do, and the value."""

    PLACES: ClassVar[tuple[Place, ...]] = ("values",)
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("values")
    AUTO_FOCUS = "#values"
    DEFAULT_CSS = """
    ValuesScreen {
        & .title { text-style: bold; margin: 0 0 1 0; }
        & LineList { height: auto; max-height: 30; overflow-y: auto; }
    }
    """

    def __init__(self, column: Column, rows: Sequence[Row]) -> None:
        super().__init__()
        self.column = column
        self.total = len(rows)
        counts, self.notes = counted(rows, column.key)
        self.values = sorted(sorted(counts.items()), key=itemgetter(1), reverse=True)
        """Each value with its count, the most frequent first."""

    def compose(self) -> ComposeResult:
        """A title and the values."""
        title = f"{self.column.key}: {plural(len(self.values), 'value')} in {plural(self.total, 'deployment')} shown"
        with Vertical(classes="dialog"):
            yield Static(title, classes="title", markup=False)
            yield LineList[str](id="values")
        yield KeyBar(palette=False)

    def on_mount(self) -> None:
        """Show each value with its count and a bar. Only those in view are drawn, as there may be one for each row."""
        shown = self.query_one("#values", LineList)
        shown.styles.height = max(1, min(len(self.values), 30))
        counts = dict(self.values)
        shown.show(Entries(list(counts), lambda text: drawn_by(text, partial(self._line, text, counts[text]))))

    def _line(self, text: str, count: int, width: int, *, here: bool) -> Line:
        room = max(10, width - _BAR - 12)
        note = self.notes.get(text, "")
        label = pad(shorten(f"{text or UNSET}{f'  {note}' if note else ''}", room, "middle"), room)
        bar = "━" * max(1, round(count * _BAR / self.total))
        style = "here" if here else ""
        return [(f" {label} ", style), (f"{count:>6}  ", style or "quiet"), (bar, "bar")]

    @on(LineList.Chosen)
    def _chosen(self) -> None:
        self.action_filter_value()

    def action_filter_value(self) -> None:
        """Show only the deployments with this value."""
        self._leave("filter")

    def action_mark_value(self) -> None:
        """Mark the deployments with this value."""
        self._leave("mark")

    def _leave(self, verb: Verb) -> None:
        text: str | None = self.query_one("#values", LineList).here
        if text is not None:
            self.dismiss((verb, text))

    def action_back(self) -> None:
        """Change nothing."""
        self.dismiss(None)
