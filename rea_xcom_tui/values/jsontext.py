"""JSON as text: where each value and member is, so that one can change and every other byte stay."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from rea_xcom_tui.edits import Scalar
from rea_xcom_tui.values.quoting import is_printable

MAX_DEPTH = 50

_BLANKS = re.compile(r"[ \t\r\n]*+")
_STRING = re.compile(r'"(?:[^"\\\x00-\x1f]++|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*+"')
_ATOM = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?|true|false|null")
_STRING_PART = re.compile(r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\.|.")


class NotJson(ValueError):
    """A text that is not JSON; `at` is the index where it stops being any."""

    def __init__(self, at: int) -> None:
        super().__init__(f"not JSON at character {at}")
        self.at = at


@dataclass(slots=True)
class Value:
    """A JSON value and where it is."""

    kind: Literal["object", "array", "string", "atom"]
    start: int
    end: int = 0
    items: list[Value] = field(default_factory=list)
    """An array's items, or an object's values."""
    keys: list[Value] = field(default_factory=list)
    """An object's keys, as strings."""


def scan(text: str) -> Value:
    """The structure of a JSON text. Raises `NotJson`, also for more than 50 levels."""
    start = _skip(text, 0)
    value = _value(text, start, 0)
    end = _skip(text, value.end)
    if end != len(text):
        raise NotJson(end)
    return value


def _skip(text: str, at: int) -> int:
    found = _BLANKS.match(text, at)
    return at if found is None else found.end()


def _value(text: str, at: int, depth: int) -> Value:
    opener = text[at : at + 1]
    if depth > MAX_DEPTH:
        raise NotJson(at)
    if opener == '"':
        return _string(text, at)
    if opener == "{":
        return _children(text, Value("object", at), "}", depth)
    if opener == "[":
        return _children(text, Value("array", at), "]", depth)
    found = _ATOM.match(text, at)
    if found is None:
        raise NotJson(at)
    return Value("atom", at, found.end())


def _string(text: str, at: int) -> Value:
    found = _STRING.match(text, at)
    if found is None:
        raise NotJson(at)
    return Value("string", at, found.end())


def _children(text: str, value: Value, closer: str, depth: int) -> Value:
    at = _skip(text, value.start + 1)
    if text[at : at + 1] == closer:
        value.end = at + 1
        return value
    while True:
        if closer == "}":
            key = _string(text, at)
            value.keys.append(key)
            at = _skip(text, key.end)
            if text[at : at + 1] != ":":
                raise NotJson(at)
            at = _skip(text, at + 1)
        item = _value(text, at, depth + 1)
        value.items.append(item)
        at = _skip(text, item.end)
        mark = text[at : at + 1]
        if mark == closer:
            value.end = at + 1
            return value
        if mark != ",":
            raise NotJson(at)
        at = _skip(text, at + 1)


def decode(text: str, value: Value) -> str:
    """The content of a string."""
    return str(json.loads(text[value.start : value.end]))


def string_pieces(text: str, start: int, end: int) -> Iterable[tuple[str, int, int]]:
    """The decoded characters between the quotes of a string, with where each comes from."""
    for found in _STRING_PART.finditer(text, start, end):
        part = found[0]
        yield (json.loads(f'"{part}"') if part[0] == "\\" else part), found.start(), found.end()


def write_string(text: str) -> str:
    """A text as it is between the quotes of a JSON string."""
    return write(text)[1:-1]


def write(value: Scalar) -> str:
    """A value as JSON; only what could not be in a YAML text is escaped beyond need."""
    written = json.dumps(value, ensure_ascii=False, allow_nan=False)
    return written if is_printable(written) else json.dumps(value, allow_nan=False)
