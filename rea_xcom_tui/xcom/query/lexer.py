"""Cutting a query into words, terms, signs and parentheses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from rea_xcom_tui.xcom.query.errors import QueryError

Kind = Literal["(", ")", "or", "-", "term"]


@dataclass(frozen=True, slots=True)
class Text:
    """A piece of a term: its characters without quotes, and where it begins."""

    text: str
    position: int
    quoted: bool = False
    """True when quotes are around some of it, so that it is meant as it is."""


@dataclass(frozen=True, slots=True)
class Token:
    """One part of a query. A term has a key or not, and one or more values."""

    kind: Kind
    position: int
    key: Text | None = None
    values: tuple[Text, ...] = ()


def tokens(text: str) -> Iterator[Token]:
    """The parts of a query in order. Raises `QueryError` for a quote that is not closed."""
    index = 0
    while index < len(text):
        char = text[index]
        if char.isspace():
            index += 1
        elif char in "()":
            yield Token("(" if char == "(" else ")", index)
            index += 1
        elif char == "-":
            yield Token("-", index)
            index += 1
        else:
            token, index = _term(text, index)
            yield token


def _term(text: str, start: int) -> tuple[Token, int]:
    """Read a term up to the next blank or parenthesis outside quotes."""
    key: Text | None = None
    values: list[Text] = []
    chars: list[str] = []
    quoted, begin, index = False, start, start
    while index < len(text):
        char = text[index]
        if char == '"':
            end = text.find('"', index + 1)
            if end < 0:
                raise QueryError("A quote is not closed.", text, index)
            chars.append(text[index + 1 : end])
            quoted, index = True, end + 1
            continue
        if char.isspace() or char in "()":
            break
        if char == ":" and key is None and not quoted:
            key, chars, begin = Text("".join(chars), begin), [], index + 1
        elif char == "," and key is not None:
            values.append(Text("".join(chars), begin, quoted))
            chars, quoted, begin = [], False, index + 1
        else:
            chars.append(char)
        index += 1
    values.append(Text("".join(chars), begin, quoted))
    if key is None and not quoted and values[0].text == "OR":
        return Token("or", start), index
    return Token("term", start, key, tuple(values)), index
