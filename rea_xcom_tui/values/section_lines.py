"""Reading the plain shapes of values files line by line: block mappings and lists of one-line values.

Nearly every section of nearly every agent values file is made of these. Anything else (a text over several lines,
brackets over several lines or around more than JSON, a key that is not a plain word, an indent that is not expected)
gives None, and a YAML parser reads the section. That keeps this grammar small enough to be sure of: each line is an
item, a key, or nothing, and its indent alone says where it belongs.

Fleets repeat themselves line by line too: what a line says is worked out once for all files that have it.
"""

from __future__ import annotations

import re
from functools import lru_cache

from rea_xcom_tui.edits import Scalar
from rea_xcom_tui.values.quick_node import QuickNode
from rea_xcom_tui.values.resolve import WORDS, resolve

_LINE = re.compile(
    r"( *)(- )?(?:([A-Za-z_][A-Za-z0-9_./\-]*):(?= |$))?"
    r"(?: *(?:"
    r'"((?>[^"\\]+|\\["\\])*+)"'  # what else may be behind a backslash is left to the parser
    r"|'((?>[^']+|'')*+)'"
    r"|((?:[A-Za-z0-9_/.]|-(?=[A-Za-z0-9_/.]))(?>[^\s:#]+|:(?=[^\s])|(?<=[^\s])#)*+|~)"
    r"|(\[\]|\{\})"
    r"|([\[{].*[\]}])"
    r")(?= |$))?(?: *| +#.*)$"
)
_INDENT, _DASH, _KEY, _DOUBLE, _SINGLE, _PLAIN, _EMPTY, _BRACKETS = range(1, 9)
_ESCAPED = re.compile(r"\\(.)")
_QUOTED = re.compile(r'"((?>[^"\\]+|\\["\\])*+)"')
_WORD = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.]*(?= *[,\]}])")
_COLON = re.compile(r": *")
_NEXT = re.compile(r" *([,\]}]) *")
_DEEPEST = 20
_LONGEST_KEY = 1000
"""A parser takes a few more characters for a key."""
_MOST_LINES = 8192
_MOST_KEPT = 200
"""What longer lines than this say is not kept, in characters: hardly any are there twice."""

Make = type[QuickNode]

_NOTHING, _SCALAR, _MAPPING, _SEQUENCE, _FLOW = range(5)
"""What may be behind a dash or a key: the last three are `{}`, `[]` and other brackets."""

_Said = tuple[int, bool, str | None, int, Scalar, str, int]
"""What a line says: its indent, whether it begins with a dash, its key, what is behind that, the value and the text of
a scalar, and its column, from 1. Of brackets, the text is the whole line."""
_Line = tuple[int, _Said]
"""A line that says something, with its number."""


class _Other(Exception):
    """The section has another shape than this module reads."""


def read_lines(section: str, line: int, make: Make = QuickNode) -> tuple[QuickNode, QuickNode] | None:
    """The key and value of a section whose first line has this number, or None where a parser has to read it; `make`
    is the class of its nodes."""
    lines: list[_Line] = []
    for number, text in enumerate(section.split("\n"), line):
        said = _kept(text) if len(text) < _MOST_KEPT else _said(text)
        if said is None:
            return None
        if said:
            lines.append((number, said))
    try:
        entries, names, after = _mapping(lines, 0, 0, 0, make)
    except _Other:
        return None
    return entries[0] if after == len(lines) and len(entries) == 1 and names else None


def _said(text: str) -> _Said | tuple[()] | None:
    """What a line says; nothing of a comment, None where a parser has to read it."""
    body = text.lstrip(" ")
    if not body or body[0] == "#":
        return ()
    found = _LINE.match(text)
    if found is None:
        return None
    key = found[_KEY]
    if key is not None and (key in WORDS or len(key) > _LONGEST_KEY):
        return None
    start = len(text) - len(body), found[_DASH] is not None, key
    kind = found.lastindex
    if kind == _PLAIN:
        plain = found[_PLAIN]
        return *start, _SCALAR, resolve(plain), plain, found.start(_PLAIN) + 1
    if kind in (_DOUBLE, _SINGLE):
        quoted = _unescaped(found[_DOUBLE]) if kind == _DOUBLE else found[_SINGLE].replace("''", "'")
        return *start, _SCALAR, quoted, quoted, found.start(kind)
    if kind == _EMPTY:
        return *start, _MAPPING if found[_EMPTY] == "{}" else _SEQUENCE, None, "", found.start(_EMPTY) + 1
    if kind == _BRACKETS:
        return *start, _FLOW, None, text, found.start(_BRACKETS) + 1
    return *start, _NOTHING, None, "", 0 if key is None else found.end(_KEY) + 2


_kept = lru_cache(maxsize=_MOST_LINES)(_said)


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(r"\1", text) if "\\" in text else text


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
        number, (column, dash, name, shape, value, text, start) = lines[at]
        if dash:
            if at != first:
                if column > indent - 2:
                    raise _Other
                break
            column += 2
        if column != indent:
            if column > indent:
                raise _Other
            break
        if name is None or name in names:
            raise _Other
        if shape == _SCALAR:
            node = make("scalar", number, start, value, text)
            at += 1
        else:
            node, at = _value(lines, at, indent, deep, make)
        entries.append((make("scalar", number, indent + 1, name, name), node))
        names[name] = node
    return entries, names, at


def _value(lines: list[_Line], at: int, indent: int, deep: int, make: Make) -> tuple[QuickNode, int]:
    """What follows the key on line `at`, where that is no scalar, or stands below it, and the line after that."""
    number, said = lines[at]
    at += 1
    if said[3] != _NOTHING:
        return _brackets(number, said, make), at
    if at < len(lines):
        below, (column, dash, *_) = lines[at]
        if dash and column >= indent:
            items, at = _items(lines, at, column, deep + 1, make)
            return make("sequence", below, column + 1, items=tuple(items)), at
        if not dash and column > indent:
            entries, names, at = _mapping(lines, at, column, deep + 1, make)
            return make("mapping", below, column + 1, entries=tuple(entries), names=names), at
    return make("scalar", number, said[6]), at  # nothing is null


def _items(lines: list[_Line], at: int, indent: int, deep: int, make: Make) -> tuple[list[QuickNode], int]:
    """The items of the list whose dashes are at this indent, from line `at` on."""
    items: list[QuickNode] = []
    while at < len(lines):
        number, said = lines[at]
        column, dash, name, shape, value, text, start = said
        if column > indent:
            raise _Other
        if column < indent or not dash:
            break
        if name is not None:
            entries, names, at = _mapping(lines, at, indent + 2, deep + 1, make)
            items.append(make("mapping", number, indent + 3, entries=tuple(entries), names=names))
            continue
        if shape == _NOTHING:
            raise _Other
        items.append(make("scalar", number, start, value, text) if shape == _SCALAR else _brackets(number, said, make))
        at += 1
    return items, at


def _brackets(number: int, said: _Said, make: Make) -> QuickNode:
    """What brackets on one line hold."""
    *_, shape, _, text, column = said
    if shape == _MAPPING:
        return make("mapping", number, column, names={})
    if shape == _SEQUENCE:
        return make("sequence", number, column)
    node, end = _flow(text, column - 1, number, 0, make)
    after = text[end:].lstrip(" ")
    if after and not (after[0] == "#" and text[end] == " "):
        raise _Other
    return node


def _flow(text: str, at: int, number: int, deep: int, make: Make) -> tuple[QuickNode, int]:
    """The value that begins there in a line, as JSON writes it, and where it ends; plain words may be other ones."""
    column, first = at + 1, text[at : at + 1]
    if first == '"':
        quoted = _match(_QUOTED, text, at)
        inner = _unescaped(quoted[1])
        return make("scalar", number, column, inner, inner), quoted.end()
    if first not in ("[", "{"):
        plain = _match(_WORD, text, at)
        return make("scalar", number, column, resolve(plain[0]), plain[0]), plain.end()
    if deep > _DEEPEST:
        raise _Other
    closing = "}" if first == "{" else "]"
    at = len(text) - len(text[at + 1 :].lstrip(" "))
    items: list[QuickNode] = []
    entries: list[tuple[QuickNode, QuickNode]] = []
    names: dict[str, QuickNode] = {}
    last = text[at : at + 1]
    if last == closing:
        at += 1
    while last != closing:
        if first == "{":
            name = _match(_QUOTED, text, at)
            text_of = _unescaped(name[1])
            if text_of in names or text_of == "<<" or len(text_of) > _LONGEST_KEY:
                raise _Other
            key = make("scalar", number, at + 1, text_of, text_of)
            value, at = _flow(text, _match(_COLON, text, name.end()).end(), number, deep + 1, make)
            entries.append((key, value))
            names[text_of] = value
        else:
            item, at = _flow(text, at, number, deep + 1, make)
            items.append(item)
        behind = _match(_NEXT, text, at)
        last = behind[1]
        if last not in (closing, ","):
            raise _Other
        at = behind.end() if last == "," else behind.end(1)
    if first == "[":
        return make("sequence", number, column, items=tuple(items)), at
    return make("mapping", number, column, entries=tuple(entries), names=names), at


def _match(pattern: re.Pattern[str], text: str, at: int) -> re.Match[str]:
    found = pattern.match(text, at)
    if found is None:
        raise _Other
    return found
