"""The fleet's table: draws only the visible lines of a list of rows, so its cost does not grow with the fleet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.cache import LRUCache
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from rea_xcom_tui.tui.cells.rows import COLUMNS, Column, Row, majorities, sample, wanted_widths
from rea_xcom_tui.tui.home.grouping import Arrangement, Group
from rea_xcom_tui.tui.home.marks import Marks
from rea_xcom_tui.tui.home.strips import GUTTER, Layout, Painter
from rea_xcom_tui.tui.home.table_style import CSS, NAMES
from rea_xcom_tui.tui.keys.bindings import bindings_of, chords_of
from rea_xcom_tui.tui.kit.blend import layered

_CHORDS = chords_of("table", "fleet")
_PREFIXES = {first for first, _ in _CHORDS}
_SECONDS = {second for _, second in _CHORDS}


class FleetTable(ScrollView, can_focus=True):
    """Rows and columns with a cell cursor and marks. Owns no data: it is given rows, and a view of them.

    The view is a list of indexes into the rows, after filter and sort. Marks and cursor belong to row ids and
    so survive a new view and new rows.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = NAMES
    DEFAULT_CSS = CSS
    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(second, f"second('{second}')", show=False, priority=True) for second in sorted(_SECONDS)),
        *bindings_of("table"),
        *(Binding(first, f"prefix('{first}')", show=False, priority=True) for first in sorted(_PREFIXES)),
    ]

    cursor_row: reactive[int] = reactive(0, repaint=False)
    cursor_column: reactive[int] = reactive(0, repaint=False)

    class CursorMoved(Message):
        """The cursor is on another cell, or the cell under it has changed."""

    class MarksChanged(Message):
        """Other rows are marked than before."""

    class Prefixed(Message):
        """The first of two keys was pressed; empty when it waits for the second no more."""

        def __init__(self, prefix: str) -> None:
            super().__init__()
            self.prefix = prefix

    class EditRequested(Message):
        """The user double-clicked a cell."""

    class HeaderClicked(Message):
        """The user clicked a column's title; with Shift, to sort by it as well."""

        def __init__(self, column: Column, *, also: bool = False) -> None:
            super().__init__()
            self.column, self.also = column, also

    def __init__(self, columns: Sequence[Column] = COLUMNS, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.columns = columns
        self.rows: list[Row] = []
        self.view: list[int] = []
        self.grouped = Arrangement()
        """How the rows in view are put under headings."""
        self.marks = Marks()
        self.sorted_by: Mapping[str, str] = {}
        self.empty_text = ""
        """What stands in place of rows when there are none, on one line or more."""
        self._index_of: dict[str, int] = {}
        self._wanted: list[int] = [column.least for column in columns]
        self._layout_now: Layout | None = None
        self._first_column = 1
        self._strips: LRUCache[tuple[object, ...], Strip] = LRUCache(1024)
        self._styles_by_name: dict[tuple[str, ...], Style] = {}
        self._painter = Painter(self._style_of)
        self.prefix = ""
        """The first of two keys, while the second is awaited."""
        self._touched = False

    # Data

    def set_rows(self, rows: list[Row], view: list[int]) -> None:
        """Take other rows; cursor and marks stay on the deployments they were on."""
        here = self.cursor_id
        self.rows = rows
        self._index_of = {row.id: index for index, row in enumerate(rows)}
        self.marks.keep(self._index_of)
        seen = sample(rows)
        self._wanted = wanted_widths(self.columns, seen)
        self._painter.common = majorities(seen)
        self._layout_now = None
        self._show(view, here)
        self._scroll_sideways()

    def set_view(self, view: list[int]) -> None:
        """Show these rows in this order; the cursor stays on its row while that is shown."""
        self._show(view, self.cursor_id)

    def _show(self, view: list[int], here: str | None) -> None:
        self.view = self.grouped.arrange(self.rows, view)
        self._strips.clear()
        self._grow(len(self.lines) + 1)
        index = self._index_of.get(here) if here is not None and self._touched else None
        try:
            at = self.lines.index(index) if index is not None else self.cursor_row
        except ValueError:
            at = self.cursor_row
        if not self._touched and self.grouped.first_row_at < len(self.lines):
            at = self.grouped.first_row_at
        self.cursor_row = at
        self._bring_into_view()
        self.refresh()
        self.post_message(self.CursorMoved())

    @property
    def lines(self) -> Sequence[int]:
        """What each line shows: the index of a row, or a negative number for the heading of a group."""
        return self.grouped.lines

    @property
    def here(self) -> Group | None:
        """The group that the cursor is in."""
        return self.grouped.group_at(self.cursor_row)

    def fold(self, groups: Iterable[Group], *, folded: bool) -> None:
        """Show these groups by their heading only, or with their rows; the cursor stays in its group."""
        here, inside = self.here, self.cursor_id
        view = [index for group in self.grouped.groups for index in group.rows]
        self.grouped.fold(groups, folded=folded)
        self._show(view, inside)
        if here is not None and (here.key in self.grouped.folded or inside is None):
            self.cursor_row = self.grouped.heading_of(here)

    def go_to_id(self, identifier: str) -> bool:
        """Put the cursor on a row, whose group is opened for it; False when it is not in view."""
        index = self._index_of.get(identifier)
        group = None if index is None else self.grouped.group_of(index)
        if group is not None and group.key in self.grouped.folded:
            self.fold([group], folded=False)
        if index is None or index not in self.lines:
            return False
        self.cursor_row = self.lines.index(index)
        return True

    def _grow(self, lines: int) -> None:
        """Tell the scroll bar how many lines there are.

        Assigning `virtual_size` would lay the whole screen out again, in case a scroll bar comes or goes; this
        widget always has one.
        """
        self.set_reactive(FleetTable.virtual_size, Size(0, lines))
        self.vertical_scrollbar.window_virtual_size = lines
        self.scroll_y = self.validate_scroll_y(self.scroll_y)

    def rows_changed(self) -> None:
        """Draw again after values have changed."""
        self._strips.clear()
        self.refresh()
        self.post_message(self.CursorMoved())

    @property
    def cursor(self) -> Row | None:
        """The row under the cursor."""
        index = self.lines[self.cursor_row] if self.cursor_row < len(self.lines) else -1
        return self.rows[index] if index >= 0 else None

    @property
    def cursor_id(self) -> str | None:
        """The id of the row under the cursor."""
        row = self.cursor
        return row.id if row else None

    @property
    def column(self) -> Column:
        """The column under the cursor."""
        return self.columns[self.cursor_column]

    @property
    def shown_ids(self) -> list[str]:
        """The ids of the rows in view, in their order."""
        return [self.rows[index].id for index in self.view]

    @property
    def markable_ids(self) -> list[str]:
        """The ids of the deployments in view; what could not be read cannot be marked."""
        return [self.rows[index].id for index in self.view if self.rows[index].deployment]

    def row_of(self, identifier: str) -> Row | None:
        """The row with this id, in view or not."""
        index = self._index_of.get(identifier)
        return None if index is None else self.rows[index]

    # Drawing

    @property
    def layout_now(self) -> Layout:
        """Where the columns are at the present width and sideways position."""
        layout, room = self._layout_now, self._room
        if layout is None or layout.room != room or layout.first != self._first_column:
            layout = self._layout_now = Layout(self.columns, self._wanted, self._first_column, room)
            self._strips.clear()
        return layout

    @property
    def _room(self) -> int:
        """The width beside the scroll bar."""
        return max(0, self.size.width - self.scrollbar_size_vertical)

    def cell_region(self) -> Region | None:
        """Where the cell under the cursor is drawn, relative to the content of this widget."""
        span = self.layout_now.span(self.cursor_column)
        if span is None or self.cursor is None:
            return None
        return Region(span[0], self.cursor_row + 1 - self.scroll_offset.y, span[1], 1)

    def notify_style_update(self) -> None:
        """Forget everything drawn in the old theme."""
        super().notify_style_update()
        self._styles_by_name.clear()
        self._strips.clear()

    def _style_of(self, *names: str) -> Style:
        style = self._styles_by_name.get(names)
        if style is None:
            style = self._styles_by_name[names] = layered(self, *names)
        return style

    def render_lines(self, crop: Region) -> list[Strip]:
        """Draw the lines of a part of the widget.

        Textual would add borders, padding and tints line by line, which this widget has none of and which costs as
        much as drawing; the filters of the app (no colour, for one) are all that is left to do.
        """
        layout, focused = self.layout_now, self.has_focus
        strips = [self._line(y, layout, focused) for y in crop.line_range]
        for line_filter in self.get_line_filters():
            background = self.background_colors[1]
            strips = [strip.apply_filter(line_filter, background) for strip in strips]
        if crop.column_span != (0, self.size.width):
            strips = [strip.crop(*crop.column_span) for strip in strips]
        return strips

    def render_line(self, y: int) -> Strip:
        """Draw line `y` of the widget: the header, or one row."""
        return self._line(y, self.layout_now, self.has_focus)

    def _line(self, y: int, layout: Layout, focused: bool) -> Strip:
        if y == 0:
            return self._painter.header(layout, self.sorted_by, self.cursor_column)
        position = y - 1 + self.scroll_offset.y
        if position >= len(self.lines):
            said = self.empty_text.split("\n") if not self.lines else []
            text = f"   {said[y - 2]}" if 2 <= y < 2 + len(said) else ""
            style = self._style_of("table--row", "table--quiet")
            return Strip([Segment(text, style)]).adjust_cell_length(layout.room, style)
        index = self.lines[position]
        here = position == self.cursor_row
        if index < 0:
            group = self.grouped.groups[-1 - index]
            return self._painter.heading(group, layout, here=here, folded=group.key in self.grouped.folded)
        row = self.rows[index]
        marked = row.id in self.marks
        key = (index, self.cursor_column if here else -1, here and focused, marked)
        strip = self._strips.get(key)
        if strip is None:
            kind = "table--cursor-row" if here else "table--marked" if marked else "table--row"
            cursor = self.cursor_column if here else -1
            group_of_row = self.grouped.group_of(index)
            usual = group_of_row.usual if group_of_row is not None else None
            strip = self._painter.row(row, layout, kind=kind, cursor=cursor, marked=marked, usual=usual)
            self._strips[key] = strip
        return strip

    def _refresh_row(self, position: int) -> None:
        y = position + 1 - self.scroll_offset.y
        if 0 < y < self.size.height:
            self.refresh(Region(0, y, self.size.width, 1))

    # Cursor

    def validate_cursor_row(self, position: int) -> int:
        """Keep the cursor on a row."""
        return max(0, min(position, len(self.lines) - 1))

    def validate_cursor_column(self, index: int) -> int:
        """Keep the cursor on a column."""
        return max(0, min(index, len(self.columns) - 1))

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
        self._bring_into_view()
        self.post_message(self.CursorMoved())

    def watch_cursor_column(self) -> None:
        """Draw the row and the header again, scroll sideways where needed, and tell."""
        self._scroll_sideways()
        self._refresh_row(self.cursor_row)
        self.refresh(Region(0, 0, self.size.width, 1))
        self.post_message(self.CursorMoved())

    def on_resize(self) -> None:
        """Keep the cursor in view when the terminal changes its size."""
        self._bring_into_view()
        self._scroll_sideways()

    def _bring_into_view(self) -> None:
        top, height = self.scroll_offset.y, max(1, self.size.height - 1)
        if self.cursor_row < top:
            self.scroll_to(y=self.cursor_row, animate=False, force=True)
        elif self.cursor_row >= top + height:
            self.scroll_to(y=self.cursor_row - height + 1, animate=False, force=True)

    def _scroll_sideways(self) -> None:
        if not self.size.width or len(self._wanted) != len(self.columns):
            return  # before the first frame, or between other columns and the measuring of their widths
        column, room = self.cursor_column, self._room
        first = min(self._first_column, max(1, column))
        if Layout(self.columns, self._wanted, 1, room).whole(column):
            first = 1
        while first < column and not Layout(self.columns, self._wanted, first, room).whole(column):
            first += 1
        if first != self._first_column:
            self._first_column = first
            self.refresh()

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
