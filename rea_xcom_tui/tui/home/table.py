"""The fleet's table: its cursor, its marks, its keys and the mouse."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region

from rea_xcom_tui.tui.cells.rows import COLUMNS, Column
from rea_xcom_tui.tui.home.strips import GUTTER
from rea_xcom_tui.tui.home.table_rows import TableRows
from rea_xcom_tui.tui.home.table_style import CSS, NAMES
from rea_xcom_tui.tui.keys.bindings import bindings_of, chords_of
from rea_xcom_tui.tui.kit.messages import Message

_CHORDS = chords_of("table", "fleet")
_PREFIXES = {first for first, _ in _CHORDS}
_SECONDS = {second for _, second in _CHORDS}


class FleetTable(TableRows, can_focus=True):
    """The table that keys and the mouse move about in."""

    COMPONENT_CLASSES: ClassVar[set[str]] = NAMES
    DEFAULT_CSS = CSS
    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(second, f"second('{second}')", show=False, priority=True) for second in sorted(_SECONDS)),
        *bindings_of("table"),
        *(Binding(first, f"prefix('{first}')", show=False, priority=True) for first in sorted(_PREFIXES)),
    ]

    class MarksChanged(Message):
        """Other rows are marked than before."""

    class Prefixed(Message):
        """The first of two keys was pressed; empty when it waits for the second no more."""

        prefix: str

    class EditRequested(Message):
        """The user double-clicked a cell."""

    class HeaderClicked(Message):
        """The user clicked a column's title; with Shift, to sort by it as well."""

        column: Column
        also: bool = False

    def __init__(self, columns: Sequence[Column] = COLUMNS, *, id: str | None = None) -> None:
        super().__init__(columns, id=id)
        self.prefix = ""
        """The first of two keys, while the second is awaited."""

    # Cursor

    def watch_cursor_row(self, old: int, new: int) -> None:
        """Draw the two rows again, extend a range, and tell."""
        self._touched = self._touched or old != new
        if self.marks.ranging:
            shown = self.markable_ids
            self.marks.extend(shown, shown.index(self.cursor_id) if self.cursor_id in shown else self.cursor_row)
            self.refresh()
            self.post_message(self.MarksChanged())
        self._refresh_row(old)
        self._refresh_row(new)
        self.bring_into_view()
        self.moved()

    def watch_cursor_column(self) -> None:
        """Draw the row and the header again, scroll sideways where needed, and tell."""
        self._scroll_sideways()
        self._refresh_row(self.cursor_row)
        self.refresh(Region(0, 0, self.size.width, 1))
        self.moved()

    def action_move_row(self, by: int) -> None:
        """Move the cursor by rows."""
        self.cursor_row += by

    def action_move_column(self, by: int) -> None:
        """Move the cursor by columns."""
        self.cursor_column += by

    def action_move_page(self, by: int) -> None:
        """Move the cursor by a screenful."""
        self.cursor_row += by * max(1, self.size.height - 2)

    def action_move_end(self, which: int) -> None:
        """Move the cursor to the first or the last row."""
        self.cursor_row = 0 if which < 0 else len(self.lines) - 1

    def action_column_end(self, which: int) -> None:
        """Move the cursor to the first or the last column."""
        self.cursor_column = 0 if which < 0 else len(self.columns) - 1

    def action_to_column(self, number: int) -> None:
        """Move the cursor to a column by its number, counted from 0 for the name."""
        self.cursor_column = number

    def action_extend(self, by: int) -> None:
        """Mark this row and the one the cursor moves to."""
        for step in (0, by):
            self.cursor_row += step
            if self.cursor is not None and self.cursor.deployment:
                self.marks.add([self.cursor.id])
        self.marks_changed()

    def marks_changed(self) -> None:
        """Draw the marks again and tell."""
        self.refresh()
        self.post_message(self.MarksChanged())

    # Keys after a prefix, and the mouse

    def action_prefix(self, key: str) -> None:
        """Wait for the key after a prefix, and tell which keys there are."""
        self.prefix = key
        self.post_message(self.Prefixed(key))

    async def action_second(self, key: str) -> None:
        """Take the key after a prefix such as `g`, before the next one is looked at: that may be text already."""
        action = _CHORDS[self.prefix, key]
        self._end_prefix()
        namespace = self if hasattr(self, f"action_{action.partition('(')[0]}") else self.screen
        await namespace.run_action(action)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """After a prefix, the same key is the second of the two."""
        if action == "second":
            return (self.prefix, parameters[0]) in _CHORDS
        return not (action == "prefix" and self.prefix)

    def on_key(self) -> None:
        """A key that does not follow the prefix ends it."""
        self._end_prefix()

    def _end_prefix(self) -> None:
        if self.prefix:
            self.action_prefix("")

    def on_click(self, event: events.Click) -> None:
        """Move the cursor to the clicked cell; a second click edits it, one on a title sorts.

        A click before the name, or with Ctrl, marks; one with Shift marks up to there.
        """
        index = self.layout_now.at(event.x)
        if event.y == 0:
            if index is not None:
                self.post_message(self.HeaderClicked(self.columns[index], also=event.shift))
            return
        position = event.y - 1 + self.scroll_offset.y
        if position >= len(self.lines):
            return
        before, self.cursor_row = self.cursor_row, position
        if index is not None:
            self.cursor_column = index
        if event.ctrl or event.x < GUTTER:
            self._mark_clicked(position)
        elif event.shift:
            first, last = sorted((before, position))
            rows = (self.rows[self.lines[at]] for at in range(first, last + 1) if self.lines[at] >= 0)
            self.marks.add([row.id for row in rows if row.deployment])
            self.marks_changed()
        elif event.chain == 2:
            self.post_message(self.EditRequested())

    def _mark_clicked(self, position: int) -> None:
        index = self.lines[position]
        row = self.rows[index] if index >= 0 else None
        if row is not None and row.deployment:
            self.marks.toggle(row.id)
            self.marks_changed()

    def on_mouse_scroll_right(self, event: events.MouseScrollRight) -> None:
        """Go to the next column."""
        event.stop()
        self.action_move_column(1)

    def on_mouse_scroll_left(self, event: events.MouseScrollLeft) -> None:
        """Go to the column before."""
        event.stop()
        self.action_move_column(-1)
