"""Drawing with ASCII signs only, for terminals and fonts that lack the others.

A filter over every line that is drawn, so that borders and scroll bars are covered like our own texts. Each sign
becomes one of the same width; letters of other scripts in a repo's own texts stay as they are.
"""

from __future__ import annotations

from functools import lru_cache

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

_SIGNS = {
    "≠": "#", "—": "-", "–": "-", "●": "*", "▲": "^", "▼": "v", "‹": "<", "›": ">", "…": "$", "→": ">", "←": "<",
    "↑": "^", "↓": "v", "·": ".", "⎇": "@", "✓": "+", "✗": "x", "×": "x", "•": "*", "≥": ">", "≤": "<", "▸": ">",
    "▶": ">", "◀": "<", "▾": "v", "█": "#", "▓": "#", "▒": ":", "░": ".", "▐": "#", "▌": "#", "⇧": "^", "“": '"',
    "”": '"', "’": "'", "‘": "'", "─": "-", "━": "-", "│": "|", "┃": "|", "═": "=", "║": "|", "╌": "-", "╎": "|",
    "▁": "_", "▔": "-", "▏": "|", "▕": "|", "▎": "|", "▊": "|", "⏵": ">", "◆": "*", "○": "o", "\N{NO-BREAK SPACE}": " ",
}  # fmt: skip
_TABLE = {ord(sign): plain for sign, plain in _SIGNS.items()}
_TABLE |= {code: "+" for code in range(0x2500, 0x2580) if code not in _TABLE}  # corners and crossings of boxes
_TABLE |= {code: "#" for code in range(0x2580, 0x25A0) if code not in _TABLE}  # blocks


@lru_cache(4096)
def in_ascii(text: str) -> str:
    """`text` with our signs in ASCII."""
    return text if text.isascii() else text.translate(_TABLE)


class AsciiSigns(LineFilter):
    """Takes every sign of a line to its ASCII stand-in."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The line in ASCII signs."""
        return [Segment(in_ascii(text), style, control) for text, style, control in segments]
