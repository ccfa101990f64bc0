"""Texts that can be read in every theme.

A theme may put a dim grey on a tint, and under NO_COLOR a red on grey becomes a grey on grey. Whatever its theme says,
a text is taken as far away from its background as it takes to read it.
"""

from __future__ import annotations

from functools import lru_cache

from rich.color import Color as RichColor
from rich.color_triplet import ColorTriplet
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter

LEAST = 4.5
"""The contrast that WCAG 2.1 asks of text of the usual size (1.4.3, level AA)."""


def contrast(one: ColorTriplet, other: ColorTriplet) -> float:
    """The contrast of two colours as WCAG 2.1 defines it: 1 for the same colour, 21 for black on white."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


class ReadableText(LineFilter):
    """Takes every text that is too near to its background as far away from it as it has to be."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The line with text that can be read."""
        below = background.rich_color
        return [
            Segment(text, style if style is None or _is_line(text) else _readable(style, below), control)
            for text, style, control in segments
        ]


@lru_cache(4096)
def _is_line(text: str) -> bool:
    """Whether there is nothing to read: blanks, lines, boxes and bars."""
    return all(char == " " or "\u2500" <= char <= "\u259f" for char in text)


@lru_cache(4096)
def _readable(style: Style, below: RichColor) -> Style:
    over = style.bgcolor if style.bgcolor is not None and not style.bgcolor.is_default else below
    text, ground = (style.color.triplet if style.color else None), over.triplet
    if text is None or ground is None or contrast(text, ground) >= LEAST:
        return style  # the terminal's own colours are the terminal's business
    return style + Style(color=RichColor.from_triplet(_apart(text, ground)))


def _apart(text: ColorTriplet, ground: ColorTriplet) -> ColorTriplet:
    """The colour nearest to `text`, on the way to white or black, that can be read on `ground`."""
    towards = 255 if contrast(ColorTriplet(255, 255, 255), ground) >= LEAST else 0
    for step in range(1, 21):
        mixed = ColorTriplet(*(round(part + (towards - part) * step / 20) for part in text))
        if contrast(mixed, ground) >= LEAST:
            return mixed
    return ColorTriplet(towards, towards, towards)


def _luminance(color: ColorTriplet) -> float:
    red, green, blue = map(_linear, color.normalized)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
