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

import msgspec

from rea_xcom_tui.edits import Scalar
from rea_xcom_tui.values.documents import may_be_refused
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
ODD = re.compile(r"[^\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
"""Characters that readers disagree about, or that break lines."""
_ESCAPED = re.compile(r"\\(.)")
_QUOTED = re.compile(r'"((?>[^"\\]+|\\["\\])*+)"')
_WORD = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.]*(?= *[,\]}])")
_PAIR = re.compile(r'"([^"\\]*+)": *"([^"\\]*+)" *([,}]) *')
_COLON = re.compile(r": *")
_NEXT = re.compile(r" *([,\]}]) *")
_HEAD = re.compile(r"( *)(- )?([A-Za-z_][A-Za-z0-9_./\-]*)")
_WORDS = re.compile(r"[A-Za-z0-9_/][A-Za-z0-9_/.\-]*")
"""Plain scalars that need no closer look."""
_DEEPEST = 20
_LONGEST_KEY = 1000
"""A parser takes a few more characters for a key."""
_MOST_LINES = 8192
_MOST_KEPT = 200
"""What longer lines than this say is not kept, in characters: hardly any are there twice."""

Make = type[QuickNode]

_NOTHING, SCALAR, _MAPPING, _SEQUENCE, _FLOW, _SILENT, _OTHER = range(7)
"""What may be behind a dash or a key: `{}`, `[]` and other brackets are the third to the fifth. A line that is empty or
a comment is silent; the last is for those that a parser has to read."""


class Begin(msgspec.Struct, eq=False, gc=False):
    """How a line begins. Two that are alike are nearly always the same one."""

    indent: int
    dash: bool
    key: str | None
    shape: int
    """What is behind that."""


Said = tuple[Begin, Scalar, str, int]
"""What a line says: how it begins, the value and the text of a scalar, and its column, from 1. Of brackets, the text is
the whole line."""
_Line = tuple[int, Said]
"""A line that says something, with its number."""

_begin = lru_cache(maxsize=_MOST_LINES)(Begin)
_SAYS_NOTHING: Said = Begin(0, False, None, _SILENT), None, "", 0
_SAYS_OTHER: Said = Begin(0, False, None, _OTHER), None, "", 0


class _Other(Exception):
    """The section has another shape than this module reads."""


def all_said(section: str) -> list[Said]:
    """What the lines of a section say."""
    texts = section.split("\n")
    if len(section) < _MOST_KEPT or max(map(len, texts)) < _MOST_KEPT:
        return [*map(_kept, texts)]
    return [_kept(text) if len(text) < _MOST_KEPT else _says(text) for text in texts]


def read_lines(said: list[Said], line: int, make: Make = QuickNode) -> tuple[QuickNode, QuickNode] | None:
    """The key and value of a section whose lines say this, of which the first has this number, or None where a parser
    has to read it; `make` is the class of its nodes."""
    if _SAYS_OTHER in said:
        return None
    lines = [one for one in enumerate(said, line) if one[1] is not _SAYS_NOTHING]
    try:
        entries, names, after = _mapping(lines, 0, 0, 0, make)
    except _Other:
        return None
    return entries[0] if after == len(lines) and len(entries) == 1 and names else None


def _says(text: str) -> Said:
    """What a line says."""
    head, colon, rest = text.partition(": ")
    if colon and rest and text.isascii() and text.isprintable():
        begin = _begin_of(head)
        if begin is not None:
            quote = rest[0]
            if quote in "\"'":
                inner = rest[1:-1]
                if rest[-1] == quote != rest and quote not in inner and (quote == "'" or "\\" not in inner):
                    return begin, inner, inner, len(head) + 3
            elif _WORDS.fullmatch(rest):
                return begin, resolve(rest), rest, len(head) + 3
    body = text.lstrip(" ")
    if ODD.search(text) or may_be_refused(text):
        return _SAYS_OTHER
    return (_says_exactly(text, body) or _SAYS_OTHER) if body and body[0] != "#" else _SAYS_NOTHING


@lru_cache(maxsize=_MOST_LINES)
def _begin_of(head: str) -> Begin | None:
    """How a line begins that has this in front of a colon and a scalar; None where that is more than a key."""
    found = _HEAD.fullmatch(head)
    if found is None or found[3] in WORDS or len(found[3]) > _LONGEST_KEY:
        return None
    return _begin(len(found[1]), found[2] is not None, found[3], SCALAR)


def _says_exactly(text: str, body: str) -> Said | None:
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
        return _begin(*start, SCALAR), resolve(plain), plain, found.start(_PLAIN) + 1
    if kind in (_DOUBLE, _SINGLE):
        quoted = _unescaped(found[_DOUBLE]) if kind == _DOUBLE else found[_SINGLE].replace("''", "'")
        return _begin(*start, SCALAR), quoted, quoted, found.start(kind)
    if kind == _EMPTY:
        shape = _MAPPING if found[_EMPTY] == "{}" else _SEQUENCE
        return _begin(*start, shape), None, "", found.start(_EMPTY) + 1
    if kind == _BRACKETS:
        return _begin(*start, _FLOW), None, text, found.start(_BRACKETS) + 1
    return _begin(*start, _NOTHING), None, "", 0 if key is None else found.end(_KEY) + 2


_kept = lru_cache(maxsize=_MOST_LINES)(_says)


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
        number, (begin, value, text, start) = lines[at]
        column, name = begin.indent, begin.key
        if begin.dash:
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
        if begin.shape == SCALAR:
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
    if said[0].shape != _NOTHING:
        return _brackets(number, said, make), at
    if at < len(lines):
        below, (begin, *_) = lines[at]
        column, dash = begin.indent, begin.dash
        if dash and column >= indent:
            items, at = _items(lines, at, column, deep + 1, make)
            return make("sequence", below, column + 1, items=tuple(items)), at
        if not dash and column > indent:
            entries, names, at = _mapping(lines, at, column, deep + 1, make)
            return make("mapping", below, column + 1, entries=tuple(entries), names=names), at
    return make("scalar", number, said[3]), at  # nothing is null


def _items(lines: list[_Line], at: int, indent: int, deep: int, make: Make) -> tuple[list[QuickNode], int]:
    """The items of the list whose dashes are at this indent, from line `at` on."""
    items: list[QuickNode] = []
    while at < len(lines):
        number, said = lines[at]
        begin, value, text, start = said
        column, shape = begin.indent, begin.shape
        if column > indent:
            raise _Other
        if column < indent or not begin.dash:
            break
        if begin.key is not None:
            entries, names, at = _mapping(lines, at, indent + 2, deep + 1, make)
            items.append(make("mapping", number, indent + 3, entries=tuple(entries), names=names))
            continue
        if shape == _NOTHING:
            raise _Other
        items.append(make("scalar", number, start, value, text) if shape == SCALAR else _brackets(number, said, make))
        at += 1
    return items, at


def _brackets(number: int, said: Said, make: Make) -> QuickNode:
    """What brackets on one line hold."""
    begin, _, text, column = said
    if begin.shape == _MAPPING:
        return make("mapping", number, column, names={})
    if begin.shape == _SEQUENCE:
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
        pair = _PAIR.match(text, at) if first == "{" else None
        if pair is not None:
            name, inner, last = pair.groups()
            if name in names or name == "<<" or len(name) > _LONGEST_KEY:
                raise _Other
            value = make("scalar", number, pair.start(2), inner, inner)
            entries.append((make("scalar", number, at + 1, name, name), value))
            names[name] = value
            at = pair.end() if last == "," else pair.end(3)
            continue
        if first == "{":
            found = _match(_QUOTED, text, at)
            name = _unescaped(found[1])
            if name in names or name == "<<" or len(name) > _LONGEST_KEY:
                raise _Other
            value, end = _flow(text, _match(_COLON, text, found.end()).end(), number, deep + 1, make)
            entries.append((make("scalar", number, at + 1, name, name), value))
            names[name] = value
        else:
            item, end = _flow(text, at, number, deep + 1, make)
            items.append(item)
        behind = _match(_NEXT, text, end)
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
