"""Adding to collections in brackets and braces, on one line or several."""

from __future__ import annotations

import re

from rea_xcom_tui.values.content import Habits
from rea_xcom_tui.values.locating import Spot
from rea_xcom_tui.values.nodes import Node
from rea_xcom_tui.values.positions import column_of, line_end, line_start, newline_at, odd_shape
from rea_xcom_tui.values.reading import ValuesFile
from rea_xcom_tui.values.splice import Expected, Splice, event_range

_BEFORE_COMMA = re.compile(r"(?:[ \t\r\n]++|#[^\n]*+)*+")


def children_of(collection: Node) -> list[tuple[int, int]]:
    """Where each item, or each entry from its key to the end of its value, is."""
    if collection.kind == "sequence":
        return [(item.start, item.end) for item in collection.items]
    return [(key.start, max(key.end, value.end)) for key, value in collection.entries]


def comma_after(text: str, index: int, end: int) -> int | None:
    """Index of the comma that follows at `index`, after blanks and comments only, or None before `end`."""
    found = _BEFORE_COMMA.match(text, index, end)
    at = index if found is None else found.end()
    return at if at < end and text[at] == "," else None


def add_in_brackets(
    file: ValuesFile,
    spot: Spot,
    written: str,
    events: list[Expected],
    habits: Habits,
) -> Splice:
    """Put `written` behind the last child of the collection at `spot`, which has one."""
    collection = spot.node
    close = collection.end - 1
    position = event_range(file, collection)[1] - 1

    def splice(start: int, end: int, replacement: str) -> Splice:
        return Splice(start, end, replacement, position, position, tuple(events))

    if file.text[close : close + 1] not in ("]", "}"):
        raise odd_shape(collection.line, "its closing bracket was not found")
    children = children_of(collection)
    last = children[-1][1]
    comma = comma_after(file.text, last, close)
    indent = _own_line_indent(file, children)
    if indent is None:
        blank = " " if habits.comma.endswith(" ") else ""
        if comma is None:
            return splice(last, last, habits.comma + written)
        return splice(comma + 1, comma + 1, f"{blank}{written},")
    newline = newline_at(file, line_start(file.text, children[-1][0]))
    if comma is None:
        rest = min(line_end(file.text, last), close)
        if rest == close:
            return splice(last, last, f",{newline}{indent}{written}")
        return splice(last, rest, f",{file.text[last:rest]}{newline}{indent}{written}")
    rest = line_end(file.text, comma)
    if rest >= close:
        rest = comma + 1
    return splice(rest, rest, f"{newline}{indent}{written},")


def _own_line_indent(file: ValuesFile, children: list[tuple[int, int]]) -> str | None:
    """The indent of the last child where children are on lines of their own, else None."""
    start = children[-1][0]
    margin = file.text[line_start(file.text, start) : start]
    if margin.strip(" \t"):
        return None
    return margin if len(margin) == column_of(file.text, start) else None
