"""Parsing a values file: guards, libyaml's events, and the first document's tree."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import Any

import msgspec

from rea_xcom_tui.edits import Address
from rea_xcom_tui.values.errors import RefusedEdit, Unreadable
from rea_xcom_tui.values.events import Event, Stream, read_events
from rea_xcom_tui.values.merged import reached
from rea_xcom_tui.values.nodes import EmptyRoot, Node, Raw, is_merge, may_repeat_keys, raw_name

MAX_BYTES = 2_000_000
"""Larger files are not read. The largest of 2,937 public values files has 865 KB."""

BOM = b"\xef\xbb\xbf"
_LINE_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
_ODD_BREAK = re.compile("\r(?!\n)|[\x85\u2028\u2029]")


class Duplicate(msgspec.Struct, frozen=True):
    """A key that appears several times in one mapping; Helm takes the last without a word."""

    address: Address
    """The mapping's address."""
    key: str
    lines: tuple[int, ...]
    """The line of each of them, in the order of the file."""


class Merge(msgspec.Struct, frozen=True):
    """A merge key (`<<`), whose entries Helm assigns where it is."""

    address: Address
    """The address of the mapping that holds it."""
    line: int
    anchors: tuple[str, ...]
    """The names of the anchors it takes in."""


class ValuesFile:
    """A values file as text and as Helm reads it: the first document, a mapping.

    Make one with `parse`. Values are resolved when they are looked at; a parse of a 3 KB file takes about
    half a millisecond.
    """

    __slots__ = ("_lines", "_positions", "_scalars", "bom", "is_part", "root", "stream", "targets", "text")

    def __init__(self, text: str, bom: bool, stream: Stream, *, is_part: bool = False) -> None:
        self._prepare(text, bom, is_part=is_part)
        self.stream = stream
        """The parser's events."""
        self.targets: dict[int, Raw] = {id(alias): target for alias, target in stream.aliases}
        """What each alias stands for, by the identity of the alias; empty for nearly every file."""
        self.root: Node = _root(self, stream)
        """The root mapping of the first document."""

    def _prepare(self, text: str, bom: bool, *, is_part: bool = False) -> None:
        self.text = text
        """The whole content, without a byte order mark, newlines as they are."""
        self.bom = bom
        """Whether the file starts with a byte order mark."""
        self.is_part = is_part
        """Whether it is a section of a file, whose habits it does not show."""
        self._lines: list[int] | None = None
        self._positions: dict[int, int] | None = None
        self._scalars: tuple[list[int], list[Event]] | None = None

    @classmethod
    def parse(cls, data: bytes) -> ValuesFile:
        """Read the bytes of a values file. Raises `Unreadable` for what Helm or the guards reject."""
        text, bom = decode(data)
        return cls(text, bom, read_events(text))

    @property
    def documents(self) -> int:
        """How many YAML documents the file holds; Helm reads the first only, without a word."""
        return self.stream.documents

    @property
    def newline(self) -> str:
        """The newline most lines end with: `\\n` or `\\r\\n`. Raises `RefusedEdit` for a part of a file."""
        self.refuse_part()
        returns = self.text.count("\r\n")
        return "\r\n" if returns * 2 > self.text.count("\n") else "\n"

    @property
    def odd_break(self) -> int | None:
        """Index of the first line break that tools disagree about (a lone CR, NEL, LS, PS), or None."""
        text = self.text
        if text.isascii() and text.count("\r") == text.count("\r\n"):
            return None
        found = _ODD_BREAK.search(text)
        return None if found is None else found.start()

    @property
    def duplicates(self) -> Sequence[Duplicate]:
        """Every key that occurs more than once in its mapping."""
        out: list[Duplicate] = []
        if not may_repeat_keys(self.stream.root):
            return out
        for address, mapping in self._mappings():
            lines: dict[str, list[int]] = {}
            for key in mapping[1:-1:2]:
                if not is_merge(key):
                    lines.setdefault(raw_name(self, key), []).append(key.start_mark.line + 1)
            out += [Duplicate(address, key, tuple(at)) for key, at in lines.items() if len(at) > 1]
        return out

    @property
    def merges(self) -> Sequence[Merge]:
        """Every merge key of the file."""
        out: list[Merge] = []
        if "<<" not in self.text:
            return out
        for address, mapping in self._mappings():
            for key, value in zip(mapping[1:-1:2], mapping[2:-1:2], strict=True):
                if is_merge(key):
                    parts = value[1:-1] if isinstance(value, list) else (value,)
                    anchors = tuple(str(part.anchor) for part in parts if id(part) in self.targets)
                    out.append(Merge(address, key.start_mark.line + 1, anchors))
        return out

    def find(self, address: Address) -> Node | None:
        """The node at `address` as Helm sees it, or None.

        Of several list items with the same name the last is meant, as for Kubernetes.
        """
        return reached(self.root, address)

    def comment_on(self, line: int) -> str | None:
        """The comment on a line (counted from 1), without its `#` and outer blanks, or None.

        A `#` inside a value is none. A line that is nothing but a comment has one too.
        """
        starts = self.line_starts()
        if not 1 <= line <= len(starts):
            return None
        start = starts[line - 1]
        end = starts[line] if line < len(starts) else len(self.text)
        at = self.text.find("#", start, end)
        while at >= 0:
            blank_before = at == start or self.text[at - 1] in " \t"
            if blank_before and not self._inside_scalar(at, start):
                return self.text[at + 1 : end].strip()
            at = self.text.find("#", at + 1, end)
        return None

    @property
    def aliases(self) -> bool:
        """Whether the file has any alias."""
        return bool(self.targets)

    def parts_between(self, start: int, end: int) -> Iterable[tuple[ValuesFile, int]]:
        """Files that together have all of the text between two places, each with where it begins: here the file."""
        return ((self, 0),)

    def refuse_part(self) -> None:
        """Raise `RefusedEdit` where this is only a part of a file and the whole has to be known."""
        if self.is_part:
            raise RefusedEdit("part", "What most of the file does cannot be told from a section of it.")

    def line_starts(self) -> list[int]:
        """The index of each line's first character."""
        if self._lines is None:
            if self.odd_break is None:
                lengths = [len(line) + 1 for line in self.text.split("\n")]
                self._lines = list(accumulate(lengths[:-1], initial=0))
            else:
                self._lines = [0, *(found.end() for found in _LINE_BREAK.finditer(self.text))]
        return self._lines

    def line_at(self, index: int) -> int:
        """The line, counted from 1, that the character at `index` is on."""
        return bisect_right(self.line_starts(), index)

    def position_of(self, event: Event) -> int:
        """Index of an event of this file among its events."""
        if self._positions is None:
            self._positions = {id(each): at for at, each in enumerate(self.stream.events)}
        return self._positions[id(event)]

    def forget(self) -> None:
        """Let go of the tree, of which nothing may be asked any more, so that its memory is free at once.

        Tree and file know each other. Where very many files are parsed, the garbage collector takes as long to find
        them as libyaml took to read them.
        """
        del self.root

    def encode(self) -> bytes:
        """The bytes of the file, byte order mark included."""
        body = self.text.encode()
        return BOM + body if self.bom else body

    def target_of(self, raw: Raw) -> Raw:
        """What an alias stands for; anything else stands for itself."""
        return self.targets.get(id(raw), raw)

    def _mappings(self) -> list[tuple[Address, Raw]]:
        """Every mapping as it is written, with its address (items by index), in the file's order."""
        out: list[tuple[Address, Raw]] = []
        ahead: list[tuple[Address, Raw]] = [((), self.stream.root)]
        while ahead:
            address, raw = ahead.pop()
            if not isinstance(raw, list):
                continue
            if raw[0].__class__.__name__ == "SequenceStartEvent":
                children = [((*address, at), item) for at, item in enumerate(raw[1:-1])]
            else:
                out.append((address, raw))
                pairs = zip(raw[1:-1:2], raw[2:-1:2], strict=True)
                children = [((*address, raw_name(self, key)), value) for key, value in pairs]
            ahead += reversed(children)
        return out

    def _inside_scalar(self, index: int, line_start: int) -> bool:
        """Whether the `#` at `index` belongs to a value; on a block scalar's header line it does not."""
        if self._scalars is None:
            scalars = [event for event in self.stream.events if event.__class__.__name__ == "ScalarEvent"]
            self._scalars = ([event.start_mark.index for event in scalars], scalars)
        starts, scalars = self._scalars
        at = bisect_right(starts, index) - 1
        if at < 0 or index >= scalars[at].end_mark.index:
            return False
        return scalars[at].style not in ("|", ">") or starts[at] < line_start


def decode(data: bytes) -> tuple[str, bool]:
    """The text of a values file without its byte order mark, and whether it had one.

    Raises `Unreadable` when it is too large or no UTF-8 text. Helm also reads UTF-16 with a byte order mark;
    this tool does not, and says so.
    """
    if len(data) > MAX_BYTES:
        raise Unreadable(f"The file has {len(data):,} bytes; values files of up to {MAX_BYTES:,} are read.")
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise Unreadable("The file is UTF-16; save it as UTF-8 to work on it here.", 1, 1)
    bom = data.startswith(BOM)
    try:
        text = data.decode("utf-8-sig") if bom else data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        start = data.rfind(b"\n", 0, error.start) + 1
        column = len(data[start : error.start].decode("utf-8", "replace")) + 1
        raise Unreadable(f"Line {line} is not UTF-8 text: byte 0x{data[error.start]:02x}.", line, column) from None
    zero = text.find("\0")
    if zero >= 0:
        line = text.count("\n", 0, zero) + 1
        column = zero - text.rfind("\n", 0, zero)
        raise Unreadable(f"Line {line} holds a NUL byte; the file is not a text file.", line, column)
    return text, bom


def _root(file: ValuesFile, stream: Stream) -> Node:
    raw: Any = stream.root
    if raw is None:
        return EmptyRoot(file, stream.events[-1])
    root = Node(file, raw)
    if root.kind == "mapping":
        return root
    if root.kind == "scalar" and root.value is None and not root.is_alias:
        return EmptyRoot(file, raw)
    what = "a list" if root.kind == "sequence" else "a single value"
    raise Unreadable(f"The file holds {what}; Helm wants keys with values.", root.line, root.column)
