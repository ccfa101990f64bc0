"""Widgets without borders, tints and opacity, which Textual need not look for in each of their lines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.segment import Segment
from rich.style import Style
from textual.cache import LRUCache
from textual.geometry import Region
from textual.scrollbar import ScrollBar, ScrollBarRender
from textual.strip import Strip
from textual.widget import Widget


class Unframed(Widget):
    """A widget whose lines are all there is to draw.

    Textual would add borders, padding and tints line by line, which costs as much as drawing; the filters of the app
    (no colour, for one) are all that is left to do. A strip that is drawn again is filtered and cut once.
    """

    def render_lines(self, crop: Region) -> list[Strip]:
        """Draw the lines of a part of the widget."""
        return finished(self, (self.render_line(y) for y in crop.line_range), crop)


def finished(widget: Widget, lines: Iterable[Strip], crop: Region) -> list[Strip]:
    """The lines of a part of a widget as they are shown: filtered and cut."""
    strips, background = list(lines), widget.background_colors[1]
    for line_filter in widget.get_line_filters():
        strips = [strip.apply_filter(line_filter, background) for strip in strips]
    if crop.column_span != (0, widget.size.width):
        strips = [strip.crop(*crop.column_span) for strip in strips]
    return strips


class BarLines:
    """Draws a vertical scroll bar, which is painted again for each page, as the few different strips that it is."""

    def __init__(self, bar: ScrollBar) -> None:
        self._bar = bar
        self._strips: LRUCache[tuple[Segment, Style], Strip] = LRUCache(64)

    def render_lines(self, crop: Region) -> list[Strip]:
        """Draw the lines of a part of the bar."""
        segments, ground = self._segments(), Style(bgcolor=self._bar.background_colors[1].rich_color)
        return finished(self._bar, (self._strip(segments[y], ground) for y in crop.line_range), crop)

    def _segments(self) -> Sequence[Segment]:
        bar, size = self._bar.render(), self._bar.size
        assert isinstance(bar, ScrollBarRender)
        style = self._bar.app.console.get_style(bar.style)
        assert style.color is not None
        assert style.bgcolor is not None
        return bar.render_bar(
            size.height,
            bar.virtual_size,
            bar.window_size,
            bar.position,
            size.width,
            back_color=style.bgcolor,
            bar_color=style.color,
        ).segments

    def _strip(self, segment: Segment, ground: Style) -> Strip:
        strip = self._strips.get((segment, ground))
        if strip is None:
            over = Segment(segment.text, ground + segment.style if segment.style else ground)
            strip = self._strips[segment, ground] = Strip([over], self._bar.size.width)
        return strip


def draw_plainly(bar: ScrollBar) -> None:
    """Have a vertical scroll bar drawn in this way. Textual has no place to say of which class it is to be."""
    bar.render_lines = BarLines(bar).render_lines  # type: ignore[method-assign]
