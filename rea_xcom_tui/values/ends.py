"""Where what begins at a place ends, for everything that marks a place instead of naming it.

Reports and editors know a place by its line and column. They also want its end, and the changes of a text as
replacements of such places.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rea_xcom_tui.values.errors import Unreadable
from rea_xcom_tui.values.events import read_streams

Position = tuple[int, int]
"""Line and column, both counted from 1, in characters."""


@dataclass(frozen=True, slots=True)
class Replacement:
    """One stretch of a text and what is there afterwards; the end is the position behind its last character."""

    start: Position
    end: Position
    text: str


class Ends:
    """The ends of a text's scalars by where they begin; of any other place, the end of its line.

    Works for every text: what is not YAML has no scalars, and its places end with their lines.
    """

    def __init__(self, text: str) -> None:
        self._lines = text.split("\n")
        self._scalars = _scalar_ends(text)

    def of(self, line: int, column: int) -> Position:
        """The position behind what begins there; beyond the text, the end of its last line."""
        found = self._scalars.get((line, column))
        if found is not None and found > (line, column):
            return found
        number = min(max(line, 1), len(self._lines))
        return number, max(column, len(self._lines[number - 1].rstrip()) + 1)


def _scalar_ends(text: str) -> Mapping[Position, Position]:
    import yaml

    try:
        streams, _ = read_streams(text)
    except Unreadable:
        return {}
    found: dict[Position, Position] = {}
    for stream in streams:
        for event in stream.events:
            if isinstance(event, yaml.ScalarEvent) and event.start_mark and event.end_mark:
                start, end = event.start_mark, event.end_mark
                found[start.line + 1, start.column + 1] = end.line + 1, end.column + 1
    return found


def replacements(before: str, after: str) -> list[Replacement]:
    """What turns one text into the other, each stretch as short as can be, in the order of the text."""
    import difflib  # not for those who compare nothing

    old, new = _lines(before), _lines(after)
    found: list[Replacement] = []
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for kind, first, last, new_first, new_last in matcher.get_opcodes():
        if kind != "equal":
            found.append(_trimmed("".join(old[first:last]), "".join(new[new_first:new_last]), first + 1))
    return found


def _lines(text: str) -> list[str]:
    """The lines with their ends; `splitlines` would also cut at characters that begin no line for an editor."""
    parts = text.split("\n")
    return [f"{part}\n" for part in parts[:-1]] + ([parts[-1]] if parts[-1] else [])


def _trimmed(old: str, new: str, line: int) -> Replacement:
    """The replacement of one stretch of lines, without what both ends have in common."""
    head = _same(old, new)
    tail = _same(old[head:][::-1], new[head:][::-1])
    return Replacement(_position(old, head, line), _position(old, len(old) - tail, line), new[head : len(new) - tail])


def _same(one: str, other: str) -> int:
    """How many characters two texts have in common at their start."""
    return next(
        (at for at, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]), min(len(one), len(other))
    )


def _position(text: str, index: int, line: int) -> Position:
    start = text.rfind("\n", 0, index) + 1
    return line + text.count("\n", 0, index), index - start + 1
