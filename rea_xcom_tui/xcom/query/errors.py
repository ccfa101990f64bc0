"""What is wrong with a query, and where."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from rea_xcom_tui.errors import ToolError

_AROUND = 40


class QueryError(ToolError):
    """A query that cannot be understood. The text is one line in which `▸` marks the position."""

    def __init__(self, reason: str, text: str, position: int) -> None:
        self.reason = reason
        """The sentence alone."""
        self.position = position
        """Index of the character where the trouble begins, from 0; the text's length for its end."""
        start, end = max(0, position - _AROUND), position + _AROUND
        before = ("…" if start else "") + text[start:position]
        after = text[position:end] + ("…" if end < len(text) else "")
        super().__init__(f"{reason} Here, at character {position + 1}: {before}▸{after}")


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that is most like this one, or None when none is."""
    found = get_close_matches(word.lower(), list(known), n=1, cutoff=0.6)
    return found[0] if found else None
