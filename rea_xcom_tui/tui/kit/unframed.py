"""Widgets that are drawn with less than Textual does for each line of each widget in each frame."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Self

from rich.segment import Segment
from rich.style import Style
from textual.cache import LRUCache
from textual.containers import Container
from textual.filter import LineFilter
from textual.geometry import Region
from textual.scrollbar import ScrollBar, ScrollBarRender
from textual.strip import Strip
from textual.widget import Widget


class Kept(Widget):
    """A widget whose lines are kept until it has to be painted again.

    For each frame Textual asks every widget of the screen for all of its lines, wherever something has changed.
    """

    _kept: tuple[Region, Sequence[LineFilter], list[Strip]] | None = None

    def refresh(self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False) -> Self:
        """Draw again in the next frame."""
        self._kept = None
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)

    def notify_style_update(self) -> None:
        """Draw again in the new style."""
        self._kept = None
        super().notify_style_update()

    def render_lines(self, crop: Region) -> list[Strip]:
        """The lines of a part of the widget."""
        filters, kept = self.get_line_filters(), self._kept
        if kept is None or kept[0] != crop or kept[1] != filters:
            kept = self._kept = crop, filters, self.drawn(crop)
        return kept[2]

    def drawn(self, crop: Region) -> list[Strip]:
        """Draw the lines of a part of the widget."""
        return super().render_lines(crop)


class Holder(Container):
    """A container that shows nothing of its own, so that there is nothing to draw: the screen behind it shows."""

    def render_lines(self, crop: Region) -> list[Strip]:
        """No lines."""
        return []


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
        """Draw the lines of a part of the bar. Its segments are few, most of them there many times."""
        segments, ground = self._segments(), Style(bgcolor=self._bar.background_colors[1].rich_color)
        differing = {id(segment): segment for segment in segments}
        strips = finished(self._bar, (self._strip(segment, ground) for segment in differing.values()), crop)
        by_segment = dict(zip(differing, strips, strict=True))
        return [by_segment[id(segments[y])] for y in crop.line_range]

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
