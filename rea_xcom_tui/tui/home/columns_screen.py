"""Choosing the columns of the fleet's table."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widgets import Static

from rea_xcom_tui.tui.cells.columns import EVERY
from rea_xcom_tui.tui.keys.bindings import bindings_of
from rea_xcom_tui.tui.keys.commands import Place
from rea_xcom_tui.tui.kit.fit import pad, shorten
from rea_xcom_tui.tui.kit.key_bar import KeyBar
from rea_xcom_tui.tui.kit.left_once import Dialog
from rea_xcom_tui.tui.kit.line_list import Entry, LineList
from rea_xcom_tui.tui.kit.styled_lines import Line

_BY_KEY = {column.key: column for column in EVERY}


class ColumnsScreen(Dialog["tuple[str, ...]"]):
    """Dismisses with the keys of the columns in order, with none of them for those configured, or with None."""

    PLACES: ClassVar[tuple[Place, ...]] = ("columns", "list")
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("columns")
    AUTO_FOCUS = "LineList"
    DEFAULT_CSS = """
    ColumnsScreen {
        & .title { text-style: bold; width: 1fr; margin: 0 0 1 0; }
        & LineList { height: auto; max-height: 18; }
    }
    """

    def __init__(self, shown: Sequence[str]) -> None:
        super().__init__()
        hidden = [column.key for column in EVERY if column.key not in shown]
        self._keys = [*shown, *hidden]
        self._shown = set(shown)

    def compose(self) -> ComposeResult:
        """A title and the columns, those shown first."""
        with Vertical(classes="dialog"):
            yield Static("Columns of this repo's table", classes="title", markup=False)
            yield LineList[str](id="columns")
        yield KeyBar(palette=False)

    def on_mount(self) -> None:
        """Show the columns."""
        self.listed.styles.height = len(self._keys)
        self._list_again(0)

    @property
    def listed(self) -> LineList[str]:
        """The list."""
        return self.query_one("#columns", LineList)

    @property
    def chosen(self) -> tuple[str, ...]:
        """The keys of the columns that are to be shown, in order."""
        return tuple(key for key in self._keys if key in self._shown)

    def _list_again(self, cursor: int) -> None:
        self.listed.show([Entry(key, partial(self._line, key)) for key in self._keys], cursor)

    def _line(self, key: str, width: int) -> Line:
        on_ = key in self._shown
        return [(f" [{'x' if on_ else ' '}] ", "good" if on_ else "quiet"), (pad(key, 13), "strong" if on_ else ""),
                (shorten(_BY_KEY[key].meaning, max(8, width - 18)), "quiet")]  # fmt: skip

    @on(LineList.Chosen)
    def action_turn(self) -> None:
        """Show or hide the column under the cursor."""
        key = self.listed.here
        if key is not None and key != "name":
            self._shown ^= {key}
            self._list_again(self.listed.cursor)

    def action_shift(self, by: int) -> None:
        """Move the column under the cursor."""
        at = self.listed.cursor
        if at > 0 and 1 <= at + by < len(self._keys):
            self._keys[at], self._keys[at + by] = self._keys[at + by], self._keys[at]
            self._list_again(at + by)

    def action_keep(self) -> None:
        """Take these columns."""
        self.dismiss(self.chosen if len(self.chosen) > 1 else ())

    def action_reset(self) -> None:
        """Take those of the configuration."""
        self.dismiss(())

    def action_back(self) -> None:
        """Change nothing."""
        self.dismiss(None)

    def on_click(self, event: events.Click) -> None:
        """A click on a box turns it; one beside the dialog leaves it."""
        if event.widget is self:
            self.dismiss(None)
        elif event.widget is self.listed and event.x < 5:
            self.action_turn()
