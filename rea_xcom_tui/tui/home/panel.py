"""The panel with the deployment under the cursor: below the table, or beside it where there is room."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest

from rich.segment import Segment
from textual.geometry import Region
from textual.strip import Strip

from rea_xcom_tui.tui.cells.explain import panel_lines, side_lines
from rea_xcom_tui.tui.cells.rows import Row
from rea_xcom_tui.tui.home.group_lines import group_lines
from rea_xcom_tui.tui.kit.styled_lines import Line, Painted
from rea_xcom_tui.tui.kit.unframed import Kept

_NARROWEST, _WIDEST = 42, 84
"""The width of the panel beside the table, in cells: what it needs at least, and what it can use."""
_LOWEST = 8
_KEPT = 512


class DeploymentPanel(Kept, Painted):
    """Each field of one deployment, where it comes from, and what is wrong with it."""

    DEFAULT_CSS = """
    DeploymentPanel { height: 11; width: 1fr; }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._row: Row | None = None
        self._group: tuple[str, Sequence[Row]] | None = None
        self.beside = False
        """Whether it is beside the table."""
        self._strips: dict[Line, Strip] = {}
        """Lines as they were drawn last, since most are the same for the next deployment; all drawn in one way."""
        self._way: object = None

    def notify_style_update(self) -> None:
        """Forget what was drawn in the old theme."""
        super().notify_style_update()
        self._strips.clear()

    def drawn(self, crop: Region) -> list[Strip]:
        """Draw the lines, with the blanks on their left."""
        way = filters, background, left, size = (
            self.get_line_filters(), self.background_colors[1], self.gutter.left, self.size
        )  # fmt: skip
        if way != self._way or len(self._strips) > _KEPT:
            self._strips, self._way = {}, way
        strips = []
        for line in (tuple(self.lines[y]) if y < len(self.lines) else () for y in crop.line_range):
            strip = self._strips.get(line)
            if strip is None:
                segments = [Segment(" " * left, self.style_of(""))] if left else []
                segments += self.strip_of(line)
                for line_filter in filters:
                    segments = line_filter.apply(segments, background)
                strip = self._strips[line] = Strip(segments, left + size.width)
            strips.append(strip.crop(*crop.column_span))
        return strips

    def show(self, row: Row | None, group: tuple[str, Sequence[Row]] | None = None) -> None:
        """Show this row's deployment, or else the group whose heading the cursor is on: its title and rows."""
        self._row, self._group = row, group
        self.before_painting(self._tell)

    def _tell(self) -> None:
        row, group, width = self._row, self._group, self.content_size.width
        if not self.display:
            return
        if row is None and group is not None:
            self._replace(group_lines(*group, width))
        else:
            self._replace(side_lines(row, width, self.size.height) if self.beside else panel_lines(row, width))

    def _replace(self, lines: Sequence[Line]) -> None:
        """Show these lines, and paint those that are other ones now."""
        before, self.lines = self.lines, lines
        pairs = enumerate(zip_longest(before, lines, fillvalue=()))
        changed = [Region(0, y, self.size.width, 1) for y, (old, new) in pairs if old != new]
        if changed:
            self.refresh(*changed)

    def fit(self, fullest: Sequence[Row], width: int, height: int, wanted: int, *, beside: bool) -> None:
        """Take the room that its contents need on a screen of this size, and leave the table `wanted` cells if it can.

        Below the table it is as high as the `fullest`, with most to tell, need it, so that it does not change from one
        row to the next, and never higher than the table.
        """
        self.beside = beside
        if beside:
            self.styles.width = max(_NARROWEST, min(_WIDEST, width - wanted, width * 9 // 20))
            self.styles.height = "1fr"
            return
        lines = max((len(panel_lines(row, width)) for row in fullest), default=_LOWEST)
        self.styles.width = "1fr"
        self.styles.height = max(_LOWEST, min(lines, (height - 6) // 2 - 1, height // 3))

    def on_resize(self) -> None:
        """Lay the lines out for the new width."""
        self.show(self._row, self._group)
