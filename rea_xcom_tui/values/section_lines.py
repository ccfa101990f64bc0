"""Reading the plain shapes of values files line by line: block mappings and lists of one-line scalars.

Nearly every section of nearly every agent values file is made of these. Anything else (a text over several lines,
brackets that are not empty, a key that is not a plain word, an indent that is not expected) gives None, and a YAML
parser reads the section. That keeps this grammar small enough to be sure of: each line is an item, a key, or nothing,
and its indent alone says where it belongs.
"""

from __future__ import annotations

import re

from rea_xcom_tui.values.quick_node import QuickNode
from rea_xcom_tui.values.resolve import WORDS, resolve

_LINE = re.compile(
    r"( *)(- )?(?:([A-Za-z_][A-Za-z0-9_./\-]*):(?= |$))?"
    r"(?: *(?:"
    r'"((?:[^"\\]|\\["\\])*)"'  # what else may be behind a backslash is left to the parser
    r"|'((?:[^']|'')*)'"
    r"|((?:[A-Za-z0-9_/.]|-(?=[A-Za-z0-9_/.]))(?:[^\s:#]|:(?=[^\s])|(?<=[^\s])#)*|~)"
    r"|(\[\]|\{\})"
    r")(?= |$))?(?: *| +#.*)$"
)
_INDENT, _DASH, _KEY, _DOUBLE, _SINGLE, _PLAIN, _EMPTY = range(1, 8)
_ESCAPED = re.compile(r"\\(.)")
_DEEPEST = 20

Make = type[QuickNode]

_Line = tuple[int, int, "re.Match[str]"]
"""A line that says something: its number, its indent, and what it is."""


class _Other(Exception):
    """The section has another shape than this module reads."""


def read_lines(section: str, line: int, make: Make = QuickNode) -> tuple[QuickNode, QuickNode] | None:
    """The key and value of a section whose first line has this number, or None where a parser has to read it; `make`
    is the class of its nodes."""
    lines: list[_Line] = []
    for number, text in enumerate(section.split("\n"), line):
        body = text.lstrip(" ")
        if not body or body[0] == "#":
            continue
        found = _LINE.match(text)
        if found is None:
            return None
        lines.append((number, len(text) - len(body), found))
    try:
        entries, names, after = _mapping(lines, 0, 0, 0, make)
    except _Other:
        return None
    return entries[0] if after == len(lines) and len(entries) == 1 and names else None


def _mapping(
    lines: list[_Line], at: int, indent: int, deep: int, make: Make
) -> tuple[list[tuple[QuickNode, QuickNode]], dict[str, QuickNode], int]:
    """The entries of the mapping whose first key is on line `at`; there the dash of an item may be before it."""
    if deep > _DEEPEST:
        raise _Other
    entries: list[tuple[QuickNode, QuickNode]] = []
    names: dict[str, QuickNode] = {}
    end = len(lines)
    first = at
    while at < end:
        number, column, found = lines[at]
        if at == first and found[_DASH]:
            column += 2
        elif found[_DASH]:
            if column > indent - 2:
                raise _Other
            break
        if column != indent:
            if column > indent:
                raise _Other
            break
        name = found[_KEY]
        if name is None or name in WORDS or name in names:
            raise _Other
        key = make("scalar", number, indent + 1, name, name)
        value, at = _value(lines, at, indent, deep, make)
        entries.append((key, value))
        names[name] = value
    return entries, names, at


def _value(lines: list[_Line], at: int, indent: int, deep: int, make: Make) -> tuple[QuickNode, int]:
    """What follows the key on line `at`, or below it, and the line after that."""
    number, _, found = lines[at]
    scalar = _scalar(number, found, make)
    if scalar is not None:
        return scalar, at + 1
    at += 1
    if at < len(lines):
        below, column, inner = lines[at]
        if inner[_DASH] and column >= indent:
            items, at = _items(lines, at, column, deep + 1, make)
            return make("sequence", below, column + 1, items=tuple(items)), at
        if not inner[_DASH] and column > indent:
            entries, names, at = _mapping(lines, at, column, deep + 1, make)
            return make("mapping", below, column + 1, entries=tuple(entries), names=names), at
    return make("scalar", number, found.end(_KEY) + 2), at  # nothing is null


def _items(lines: list[_Line], at: int, indent: int, deep: int, make: Make) -> tuple[list[QuickNode], int]:
    """The items of the list whose dashes are at this indent, from line `at` on."""
    items: list[QuickNode] = []
    while at < len(lines):
        number, column, found = lines[at]
        if column > indent:
            raise _Other
        if column < indent or not found[_DASH]:
            break
        if found[_KEY] is None:
            scalar = _scalar(number, found, make)
            if scalar is None:
                raise _Other
            items.append(scalar)
            at += 1
        else:
            entries, names, at = _mapping(lines, at, indent + 2, deep + 1, make)
            items.append(make("mapping", number, indent + 3, entries=tuple(entries), names=names))
    return items, at


def _scalar(number: int, found: re.Match[str], make: Make) -> QuickNode | None:
    kind = found.lastindex
    if kind == _PLAIN:
        text = found[_PLAIN]
        return make("scalar", number, found.start(_PLAIN) + 1, resolve(text), text)
    if kind == _DOUBLE:
        text = found[_DOUBLE]
        if "\\" in text:
            text = _ESCAPED.sub(r"\1", text)
        return make("scalar", number, found.start(_DOUBLE), text, text)
    if kind == _SINGLE:
        text = found[_SINGLE].replace("''", "'")
        return make("scalar", number, found.start(_SINGLE), text, text)
    if kind == _EMPTY:
        column = found.start(_EMPTY) + 1
        if found[_EMPTY] == "{}":
            return make("mapping", number, column, names={})
        return make("sequence", number, column)
    return None
