"""Texts within texts: a YAML scalar's content, JSON in it, JSON in a string of that.

A `Layer` is a decoded text that knows where in the text around it each of its characters comes from, and how
to write new ones there. So a change deep inside can be carried outward to an exact change of the file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise

from rea_xcom_tui.values.errors import RefusedEdit
from rea_xcom_tui.values.nodes import Node
from rea_xcom_tui.values.positions import content_start, newline_at, next_line, odd_shape
from rea_xcom_tui.values.quoting import SINGLE, escape, is_printable
from rea_xcom_tui.values.reading import ValuesFile

Piece = tuple[str, int, int]
"""Decoded characters, and the stretch of the outer text that they come from."""

_FOLD = re.compile(r"[ \t]*(?:\r?\n[ \t]*)+")
_ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(\r?\n[ \t]*)|(.))", re.DOTALL)
_ESCAPES = {
    **dict(zip("0abtnvfre", "\0\a\b\t\n\v\f\r\x1b", strict=True)),
    **dict(zip("N_LP", "\x85\xa0\u2028\u2029", strict=True)),  # the others stand for themselves
}


@dataclass(frozen=True, slots=True)
class Change:
    """Replace `text[start:end]` by `replacement`, in whichever text it is meant for."""

    start: int
    end: int
    replacement: str

    def apply(self, text: str) -> str:
        """The text after the change."""
        return text[: self.start] + self.replacement + text[self.end :]


class Layer:
    """A decoded text with the places its characters come from."""

    def __init__(self, pieces: Iterable[Piece], end: int, write: Callable[[str], str | None]) -> None:
        chars: list[str] = []
        self._starts: list[int] = []
        self._ends: list[int] = []
        for text, start, stop in pieces:
            for char in text:
                chars.append(char)
                self._starts.append(start)
                self._ends.append(stop)
        self._starts.append(end)
        self._write = write
        self.text = "".join(chars)
        """The decoded text."""

    def outward(self, change: Change) -> Change | None:
        """The same change in the text around this one, or None where it cannot be written there."""
        written = self._write(change.replacement)
        if written is None:
            return None
        start = self._starts[change.start]
        if change.end == change.start:
            return Change(start, start, written)
        end = self._ends[change.end - 1]
        if self.text[change.end - 1] in " \n":
            end = self._starts[change.end]  # a line break goes together with the indent after it
        return Change(start, end, written)


def layer_of(file: ValuesFile, node: Node) -> Layer:
    """The content of a scalar as a layer on the file. Raises `RefusedEdit` where it cannot be taken apart."""
    start, end = content_start(file, node), node.end
    text = file.text
    match node.style:
        case "'":
            layer = Layer(_single(text, start + 1, end - 1), end - 1, _write_single)
        case '"':
            layer = Layer(_double(text, start + 1, end - 1), end - 1, escape)
        case "|" | ">":
            layer = _block(file, node, start)
        case _:
            layer = Layer(_folded(text, start, end, None), end, _as_it_is)
    if layer.text != node.text:
        raise odd_shape(node.line, "its text was not understood")
    return layer


def json_string_layer(text: str, start: int, end: int) -> Layer:
    """The content of the JSON string literal `text[start:end]` as a layer on `text`."""
    from rea_xcom_tui.values.jsontext import string_pieces, write_string

    return Layer(string_pieces(text, start + 1, end - 1), end - 1, write_string)


def _as_it_is(text: str) -> str | None:
    return text if is_printable(text) else None


def _write_single(text: str) -> str | None:
    return text.replace("'", "''") if is_printable(text) else None


def _folded(text: str, start: int, end: int, special: Callable[[int], Piece | None] | None) -> Iterable[Piece]:
    """Characters with line folding: one break is a blank, more are one break less."""
    at = start
    while at < end:
        found = _FOLD.match(text, at, end) if text[at] in " \t\r\n" else None
        if found is not None:
            breaks = found[0].count("\n")
            yield " " if breaks == 1 else "\n" * (breaks - 1), at, found.end()
            at = found.end()
            continue
        piece = special(at) if special is not None else None
        if piece is None:
            piece = (text[at], at, at + 1)
        yield piece
        at = piece[2]


def _single(text: str, start: int, end: int) -> Iterable[Piece]:
    def quote(at: int) -> Piece | None:
        return (SINGLE, at, at + 2) if text.startswith("''", at) else None

    return _folded(text, start, end, quote)


def _double(text: str, start: int, end: int) -> Iterable[Piece]:
    def escaped(at: int) -> Piece | None:
        found = _ESCAPE.match(text, at, end) if text[at] == "\\" else None
        if found is None:
            return None
        code = found[1] or found[2] or found[3]
        if code:
            return chr(int(code, 16)), at, found.end()
        if found[4]:
            return "", at, found.end()
        return _ESCAPES.get(found[5], found[5]), at, found.end()

    return _folded(text, start, end, escaped)


@dataclass(frozen=True, slots=True)
class BlockLines:
    """The lines of a block scalar as they are in the file."""

    starts: list[int]
    """Index of each line's first character, and the index after the last line."""
    indent: str


def block_lines_of(file: ValuesFile, node: Node, start: int) -> BlockLines:
    """The content lines of the block scalar whose header is at `start`."""
    text = file.text
    first = next_line(text, start)
    starts = [first]
    while starts[-1] < node.end:
        starts.append(next_line(text, starts[-1]))
    lines = [text[a:b] for a, b in pairwise(starts)]
    filled = next((line for line in lines if line.strip(" \t\r\n")), None)
    value = next((line for line in node.text.split("\n") if line.strip(" \t")), None)
    if filled is None or value is None:
        raise odd_shape(node.line, "it is an empty block text")
    width = (len(filled) - len(filled.lstrip(" "))) - (len(value) - len(value.lstrip(" ")))
    return BlockLines(starts, " " * width)


def _block(file: ValuesFile, node: Node, start: int) -> Layer:
    lines = block_lines_of(file, node, start)
    newline = newline_at(file, lines.starts[0])
    margin = newline + lines.indent

    def write(text: str) -> str | None:
        if not is_printable(text.replace("\t", "").replace("\n", "")):
            return None
        if "\n" in text:
            return text.replace("\n", margin) if node.style == "|" else None
        return text

    pieces = list(_block_pieces(file.text, lines, folded=node.style == ">"))
    while len(pieces) > len(node.text) and pieces[-1][0] == "\n":  # chomping: of the breaks at the end, as many as
        pieces.pop()  # the value has; each piece of a block is one character
    end = pieces[-1][2] if pieces else lines.starts[0]
    return Layer(pieces, end, write)


def _block_pieces(text: str, lines: BlockLines, *, folded: bool) -> Iterable[Piece]:
    width = len(lines.indent)
    previous: str | None = None  # the first character of the last line with content
    blank: list[Piece] = []
    ending: Piece | None = None
    for start, stop in pairwise(lines.starts):
        whole = text[start:stop]
        line = whole.rstrip("\r\n")
        content = line[width:]
        brk = ("\n", start + len(line), stop)
        if not content:
            blank.append(brk)
            continue
        if ending is not None:
            joins = folded and content[0] not in " \t" and previous not in (" ", "\t")
            if not joins:
                yield ending
            elif not blank:
                yield " ", ending[1], ending[2]
        yield from blank
        blank = []
        yield from ((char, at, at + 1) for at, char in enumerate(content, start + width))
        previous, ending = content[0], brk if whole != line else None
    if ending is not None:
        yield ending
    yield from blank


def refuse_text(line: int) -> RefusedEdit:
    """The refusal to write a text into a scalar whose style cannot carry it."""
    return RefusedEdit(
        "style",
        f"The text at line {line} is written in a style that cannot carry the new value; put it in double "
        "quotes first.",
        line,
        0,
    )
