"""The lines of the fleet's table: of a list of rows only the visible ones are drawn, whatever the fleet's size."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec
from rich.segment import Segment
from rich.style import Style
from textual.cache import LRUCache
from textual.filter import LineFilter
from textual.geometry import Region, Size
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from rea_xcom_tui.tui.cells.paths import PathColumn
from rea_xcom_tui.tui.cells.rows import COLUMNS, Column, Row
from rea_xcom_tui.tui.cells.summary import Summary, scheme_said
from rea_xcom_tui.tui.cells.widths import majorities, wanted_widths
from rea_xcom_tui.tui.home.grouping import Arrangement, Group
from rea_xcom_tui.tui.home.marks import Marks
from rea_xcom_tui.tui.home.strips import GUTTER, Layout, Painter
from rea_xcom_tui.tui.kit.ascii import AsciiSigns
from rea_xcom_tui.tui.kit.blend import layered
from rea_xcom_tui.tui.kit.unframed import draw_plainly

_APART = 24
"""Cells for the words that tell deployments of one name apart."""


class TableRows(ScrollView):
    """Rows and columns, drawn with a cell cursor and marks. Owns no data: it is given rows, and a view of them.

    The view is a list of indexes into the rows, after filter and sort. Marks and cursor belong to row ids and
    so survive a new view and new rows.
    """

    cursor_row: reactive[int] = reactive(0, repaint=False)
    cursor_column: reactive[int] = reactive(0, repaint=False)

    def __init__(self, columns: Sequence[Column] = COLUMNS, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.columns = columns
        self.moved: Callable[[], None] = lambda: None
        """Called when the cursor is on another cell, or the cell under it has changed. A message would come a frame
        later, and the screen would be painted twice for each key."""
        self.rows: list[Row] = []
        self.view: list[int] = []
        self.grouped = Arrangement()
        """How the rows in view are put under headings."""
        self.marks = Marks()
        self.sorted_by: Mapping[str, str] = {}
        self.empty_text = ""
        """What takes the place of rows when there are none, on one line or more."""
        self._index_of: dict[str, int] = {}
        self._wanted: list[int] = [column.least for column in columns]
        self._layout_now: Layout | None = None
        self._first_column = 1
        self._strips: LRUCache[tuple[object, ...], tuple[object, Strip]] = LRUCache(1024)
        """Lines as they were drawn, each with the stamp that its row had."""
        self._styles_by_name: dict[tuple[str, ...], Style] = {}
        self._of_colours: Sequence[LineFilter] = ()
        """What the app does to all colours, which the styles are past already."""
        self._painter = Painter(self._style_of)
        self._touched = self._were_grouped = False
        self.held = False
        """Whether the lines have to stay where they are."""

    def on_mount(self) -> None:
        """Draw the scroll bar as plainly as the rows."""
        draw_plainly(self.vertical_scrollbar)

    # Data

    def set_rows(self, summary: Summary, view: list[int]) -> None:
        """Take other rows; cursor and marks stay on the deployments they were on."""
        here = self.cursor_id
        self.rows = summary.rows
        self._index_of = summary.index_of
        self.marks.keep(self._index_of)
        seen = summary.sample
        names, apart = summary.name_widths
        self.columns = (
            msgspec.structs.replace(self.columns[0], note_width=min(apart, _APART) + 1 if apart else 0),
            *self.columns[1:],
        )
        self._wanted = wanted_widths(self.columns, seen)
        self._wanted[0] = max(self._wanted[0], min(self.columns[0].most, names))
        self._painter.common = majorities(seen)
        schemes = map(str, summary.counts(scheme_said)[0])
        self._painter.paths = PathColumn([row.cell("path").text for row in seen], schemes)
        self._layout_now = None
        self._strips.clear()
        self._show(view, here)
        self._scroll_sideways()

    def set_view(self, view: list[int]) -> None:
        """Show these rows in this order; the cursor stays on its row while that is shown."""
        self._show(view, self.cursor_id)

    def _show(self, view: list[int], here: str | None) -> None:
        self.view = self.grouped.arrange(self.rows, view)
        if self.grouped.by or self._were_grouped:
            self._strips.clear()  # what is usual in a group may be something else now
        self._were_grouped = bool(self.grouped.by)
        self._grow(len(self.lines) + 1)
        index = self._index_of.get(here) if here is not None and self._touched else None
        try:
            at = self.lines.index(index) if index is not None else self.cursor_row
        except ValueError:
            at = self.cursor_row
        if not self._touched and self.grouped.first_row_at < len(self.lines):
            at = self.grouped.first_row_at
        self.cursor_row = at
        self.bring_into_view()
        self.refresh()
        self.moved()

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
        self.set_reactive(TableRows.virtual_size, Size(0, lines))
        self.vertical_scrollbar.window_virtual_size = lines
        self.scroll_y = self.validate_scroll_y(self.scroll_y)

    def rows_changed(self) -> None:
        """Draw again those lines whose values have changed."""
        self.refresh()
        self.moved()

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
    def matching(self) -> int:
        """How many rows the filter lets through, those in folded groups too."""
        return sum(len(group.rows) for group in self.grouped.groups) if self.grouped.by else len(self.view)

    @property
    def wanted_width(self) -> int:
        """How wide the table would have to be to show all its columns as wide as they would like to be."""
        beside = sum(column.lead + column.note_width + 1 for column in self.columns)
        return GUTTER + sum(self._wanted) + beside + self.scrollbar_size_vertical

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
            self._painter.paths.cloud_told = any(self.columns[index].key == "cloud" for index in layout.places)
            layout.narrow("path", self._painter.paths.used)
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
        self._forget_styles()

    def _forget_styles(self) -> None:
        self._styles_by_name.clear()
        self._strips.clear()

    def _style_of(self, *names: str) -> Style:
        style = self._styles_by_name.get(names)
        if style is None:
            sample = [Segment("x", layered(self, *names))]
            for line_filter in self._of_colours:
                sample = line_filter.apply(sample, self.background_colors[1])
            style = self._styles_by_name[names] = sample[0].style or Style()
        return style

    def render_lines(self, crop: Region) -> list[Strip]:
        """Draw the lines of a part of the widget; what the filters of the app make of colours is in the styles."""
        filters = self.get_line_filters()
        colours = [one for one in filters if not isinstance(one, AsciiSigns)]
        if colours != self._of_colours:
            self._of_colours = colours
            self._forget_styles()
        layout, top = self.layout_now, self.scroll_offset.y
        here = self.cursor_row, self.cursor_column, self.has_focus
        strips = [
            self._line(y + top - 1, layout, here) if y else self._painter.header(layout, self.sorted_by, here[1])
            for y in crop.line_range
        ]
        for line_filter in filters[len(colours) :]:
            strips = [strip.apply_filter(line_filter, self.background_colors[1]) for strip in strips]
        if crop.column_span != (0, self.size.width):
            strips = [strip.crop(*crop.column_span) for strip in strips]
        return strips

    def _line(self, position: int, layout: Layout, cursor: tuple[int, int, bool]) -> Strip:
        """Draw the line at this position: a row, a heading, or what stands below or in place of them. `cursor` is at
        which line and column it is, and whether keys move it."""
        if position >= len(self.lines):
            said = self.empty_text.split("\n") if not self.lines else []
            text = f"   {said[position - 1]}" if 1 <= position < 1 + len(said) else ""
            style = self._style_of("table--row", "table--quiet")
            return Strip([Segment(text, style)]).adjust_cell_length(layout.room, style)
        index = self.lines[position]
        here = position == cursor[0]
        if index < 0:
            group = self.grouped.groups[-1 - index]
            return self._painter.heading(group, layout, here=here, folded=group.key in self.grouped.folded)
        row = self.rows[index]
        marked = row.id in self.marks
        column, focused = cursor[1:] if here else (-1, False)
        key = (index, column, focused, marked)
        stamp, strip = self._strips.get(key, (None, None))
        if strip is None or stamp is not row.stamp:
            kind = "table--cursor-row" if here else "table--marked" if marked else "table--row"
            group_of_row = self.grouped.group_of(index)
            usual = group_of_row.usual if group_of_row is not None else None
            strip = self._painter.row(row, layout, kind=kind, cursor=column, marked=marked, usual=usual)
            self._strips[key] = row.stamp, strip
        return strip

    def _refresh_row(self, position: int) -> None:
        y = position + 1 - self.scroll_offset.y
        if 0 < y < self.size.height:
            self.refresh(Region(0, y, self.size.width, 1))

    # What is in view

    def validate_cursor_row(self, position: int) -> int:
        """Keep the cursor on a row."""
        return max(0, min(position, len(self.lines) - 1))

    def validate_cursor_column(self, index: int) -> int:
        """Keep the cursor on a column."""
        return max(0, min(index, len(self.columns) - 1))

    def on_resize(self) -> None:
        """Keep the cursor in view when the terminal changes its size."""
        self.bring_into_view()
        self._scroll_sideways()

    @property
    def allow_vertical_scroll(self) -> bool:
        """Whether the wheel scrolls: not while something lies over a cell, which would stay behind."""
        return bool(super().allow_vertical_scroll) and not self.held

    def bring_into_view(self) -> None:
        """Scroll so that the cursor's row is seen."""
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
