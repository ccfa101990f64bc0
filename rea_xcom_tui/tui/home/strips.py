"""Lines of the fleet's table as strips: which columns are in view, and how each cell is drawn."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from rea_xcom_tui.text import clean
from rea_xcom_tui.tui.cells.forms import form_of
from rea_xcom_tui.tui.cells.paths import PathColumn
from rea_xcom_tui.tui.cells.rows import GLYPHS, UNSET, Cell, Column, Row
from rea_xcom_tui.tui.cells.widths import fit_widths
from rea_xcom_tui.tui.home.grouping import Group, pattern_of
from rea_xcom_tui.tui.kit.fit import fit, harmless, pad, shorten
from rea_xcom_tui.xcom.units import human

GUTTER = 3
"""Cells before the first column: the mark, the row's glyph, a blank."""
MARK = "●"

StyleOf = Callable[..., Style]
"""Gives the style of a list of component names, later ones over earlier ones."""

Pieces = list[tuple[str, Style]]
"""Texts beside each other; what each takes is known."""


class Layout:
    """Which columns are drawn where, for one width of the terminal and one sideways position.

    The first column stays; the others scroll by whole columns, and none is ever cut in half: what room is left
    over goes to those in view that could use it.
    """

    def __init__(self, columns: Sequence[Column], wanted: Sequence[int], first: int, room: int) -> None:
        self.columns = columns
        self.first = first
        self.room = room
        self.places: dict[int, tuple[int, int]] = {}
        """Column index to (x of its lead, width of its text)."""
        # A name is not cut while there is anything else to cut, but it leaves half of the room to what it names.
        wanted = self._wanted = [min(wanted[0], max(columns[0].least, room // 2)), *wanted[1:]]
        widths = fit_widths(columns, wanted, room - GUTTER)
        used = GUTTER
        for index in (0, *range(max(1, first), len(columns))):
            needed = columns[index].lead + widths[index] + columns[index].note_width
            if used + needed > room and index > max(0, first):
                break
            self.places[index] = (used, widths[index])
            used += needed + 1
        self._spread(wanted, room - used + 1)

    @property
    def used(self) -> int:
        """How many cells a line takes, from its start to the end of its last column."""
        x, width = self.span(max(self.places)) or (GUTTER, 0)
        return x + width

    def narrow(self, key: str, needs: Callable[[int], int]) -> None:
        """Leave a column only what it `needs` of its width, and give the others what it had besides."""
        for index, (x, wide) in list(self.places.items()):
            column = self.columns[index]
            if column.key == key and not column.full and (width := max(needs(wide), len(column.title))) < wide:
                self.places[index] = (x, width)
                self._spread([*self._wanted[:index], width, *self._wanted[index + 1 :]], wide - width)

    def _spread(self, wanted: Sequence[int], left: int) -> None:
        """Give the room that is left to columns in view, those first that give it up last."""
        widths = {index: width for index, (_, width) in self.places.items()}
        for index in sorted(widths, key=lambda index: self.columns[index].yields):
            more = max(0, min(left, wanted[index] - widths[index]))
            widths[index] += more
            left -= more
        x = GUTTER
        for index, width in widths.items():
            self.places[index] = (x, width)
            x += self.columns[index].lead + width + self.columns[index].note_width + 1

    def span(self, index: int) -> tuple[int, int] | None:
        """Where column `index` is drawn, as (x, width) with glyph and note, or None when out of view."""
        place = self.places.get(index)
        if place is None:
            return None
        column = self.columns[index]
        return place[0], column.lead + place[1] + column.note_width

    def whole(self, index: int) -> bool:
        """Whether column `index` is in view from its first to its last cell."""
        span = self.span(index)
        return span is not None and span[0] + span[1] <= self.room

    def at(self, x: int) -> int | None:
        """The column under the terminal cell `x`."""
        for index in self.places:
            start, width = self.span(index) or (0, 0)
            if start <= x < start + width + 1:
                return index
        return None

    @property
    def more_left(self) -> bool:
        """Whether columns are hidden on the left."""
        return self.first > 1

    @property
    def more_right(self) -> bool:
        """Whether columns are hidden or cut on the right."""
        return not self.whole(len(self.columns) - 1)


class Painter:
    """Draws the header and the rows of the table."""

    def __init__(self, style_of: StyleOf) -> None:
        self._style = style_of
        self.common: Mapping[str, str] = {}
        """For each column where most rows agree, the text that is therefore shown dim."""
        self.paths = PathColumn()
        """How the paths of the table are written."""

    def header(self, layout: Layout, sorted_by: Mapping[str, str], cursor: int) -> Strip:
        """The header row; `sorted_by` gives the arrows of the sort keys."""
        plain, here = self._style("table--header"), self._style("table--header", "table--header-cursor")
        pieces: Pieces = [(" " * GUTTER, plain)]
        for index, (x, width) in layout.places.items():
            column = layout.columns[index]
            arrow = sorted_by.get(column.key, "")
            title = f"{column.title}{arrow}"
            room = column.lead + width
            if column.number:
                text = pad(shorten(title, room), room, right=True) + " " * column.note_width
            else:
                text = " " * column.lead + pad(shorten(title, width), width + column.note_width)
            if x > GUTTER:
                pieces.append((" ", plain))
            pieces.append((text, here if index == cursor else plain))
        return _mark_hidden(_strip(pieces, layout.used, layout.room, plain), layout, plain)

    def heading(self, group: Group, layout: Layout, *, here: bool, folded: bool) -> Strip:
        """The heading of a group: its title and count, and under each column what is usual in it."""
        kind = "table--cursor-row" if here else "table--row"
        base, quiet = self._style(kind), self._style(kind, "table--quiet")
        title = f"{'▸' if folded else '▾'} {clean(group.title)}  {len(group.rows)}"
        beside = [index for index, (x, _) in layout.places.items() if x > GUTTER + cell_len(title)]
        first = layout.places[beside[0]][0] if beside else layout.room
        bold = self._style("table--cursor") if here else self._style(kind, "table--header-cursor", "table--odd")
        pieces: Pieces = [(shorten(title, first - 2), bold)]
        used = cell_len(pieces[0][0])
        for index in beside:
            x, width = layout.places[index]
            column = layout.columns[index]
            usual = group.usual.get(column.key, "")
            text, note = self._usual_text(usual, column, width) if usual else ("", "")
            at = x + column.lead
            if column.number and text:
                at = x + column.lead + width - cell_len(text)
            pieces += [(" " * max(0, at - used), base), (text + note, quiet)]
            used = max(at, used) + cell_len(text + note)
        return _strip(pieces, used, layout.room, base)

    def _usual_text(self, usual: str, column: Column, width: int) -> tuple[str, str]:
        """What is usual in a group as its heading tells it under a column, and the human unit beside it."""
        usual = harmless(usual)
        if column.key == "path":
            return self.paths.fit(usual, width).rstrip(), ""
        note = f" {human(int(usual))}" if column.number and usual.lstrip("-").isdigit() else ""
        return shorten(usual, width, form_of(column.key).cut_of(usual)), note

    def row(
        self,
        row: Row,
        layout: Layout,
        *,
        kind: str,
        cursor: int,
        marked: bool,
        usual: Mapping[str, str] | None = None,
    ) -> Strip:
        """One row; `cursor` is the column under the cursor, or -1 when the cursor is on another row.

        `usual` is what its group has in most rows, which is then shown dim.
        """
        base, quiet = self._style(kind), self._style(kind, "table--quiet")
        state = row.gutter
        glyph = self._style(kind, f"table--{state}") if state else base
        gutter = self._style(kind, "table--mark") if marked else base
        pieces: Pieces = [(MARK if marked else " ", gutter), (GLYPHS[state], glyph), (" ", base)]
        source = row.deployment
        if source is None:
            here = "table--cursor" if cursor == 0 else "table--unreadable"
            text = _unreadable_text(row, layout.room - GUTTER)
            pieces.append((text, self._style(kind, here)))
            return _strip(pieces, GUTTER + cell_len(text), layout.room, base)
        for index, (x, width) in layout.places.items():
            column = layout.columns[index]
            cell = row.cell(column.key)
            if x > GUTTER:
                pieces.append((" ", base))
            if index == cursor:
                style = dim = self._style("table--cursor")
            else:
                style = quiet if source.unreached and not cell.state else self._style_of(row, cell, column, kind, usual)
                dim = quiet
            pieces.append((self._text(cell, column, width), style))
            if column.note_width:
                pieces.append((" " + fit(cell.note, column.note_width - 1), dim))
        return _strip(pieces, layout.used, layout.room, base)

    def _text(self, cell: Cell, column: Column, width: int) -> str:
        """A cell's glyph and text."""
        glyph = GLYPHS[cell.state] if column.field else ""
        if column.number:
            text, room = glyph + shorten(cell.text, width, cell.cut), width + len(glyph)
            return text.rjust(room) if cell.text.isascii() else pad(text, room, right=True)
        text = cell.whole or cell.text if column.full else cell.text
        if column.key == "path":
            return glyph + self.paths.fit(text, width, full=column.full)
        return glyph + fit(text, width, cell.cut)

    def _style_of(self, row: Row, cell: Cell, column: Column, kind: str, usual: Mapping[str, str] | None) -> Style:
        """The style of a cell that the cursor is not on: what repeats is dim, what is odd among what repeats is not."""
        if cell.state:
            return self._style(kind, f"table--{cell.state}")
        if usual is None:
            common = self.common.get(column.key)
        else:
            common = usual.get(column.key)
            if common is not None and pattern_of(row, column.key) == common:
                return self._style(kind, "table--quiet")
        if cell.text == UNSET or cell.text == common:
            return self._style(kind, "table--quiet")
        return self._style(kind, "table--odd") if common is not None else self._style(kind)


def _unreadable_text(row: Row, room: int) -> str:
    """A file that could not be read and why, across all columns."""
    file = shorten(row.cell("name").text, max(8, room * 2 // 5), "middle")
    message = row.unreadable.message if row.unreadable else ""
    return shorten(f"{file}  {clean(message, 1000)}", room)


def _strip(pieces: Pieces, used: int, room: int, base: Style) -> Strip:
    """Join neighbours of one style into one segment, and cut or fill the line of `used` cells to the room there is.

    The widths are known, since each piece was made to fit; to measure them again would cost more than to draw them.
    """
    segments: list[Segment] = []
    text, style = "", base
    for piece, of_piece in pieces:
        if of_piece is style:
            text += piece
            continue
        if text:
            segments.append(Segment(text, style))
        text, style = piece, of_piece
    if used < room:
        if style is base:
            text += " " * (room - used)
        else:
            segments.append(Segment(text, style))
            text, style = " " * (room - used), base
    segments.append(Segment(text, style))
    strip = Strip(segments, max(used, room))
    return strip if used <= room else strip.crop(0, room)


def _mark_hidden(strip: Strip, layout: Layout, style: Style) -> Strip:
    """Show at the ends of the header that there are more columns."""
    if layout.more_left:
        edge = GUTTER + layout.places[0][1]
        strip = Strip.join([strip.crop(0, edge), Strip([Segment("‹", style)]), strip.crop(edge + 1)])
    if layout.more_right:
        strip = Strip.join([strip.crop(0, layout.room - 1), Strip([Segment("›", style)])])
    return strip
