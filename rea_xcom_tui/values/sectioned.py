"""A values file in sections that are parsed one by one: an edit of one line of a thousand parses its section only.

The text is cut before each line that begins with a key. libyaml reads every section by itself, a text that many files
have only once, and has to find a whole block mapping of one key that is at the section's very beginning, without an
anchor, an alias or a merge. Its events of the whole text are then those of its sections, one after the other:

A parser goes through a text from left to right, and knows what it has passed and the next few characters. At the end
of such a section no quote and no bracket is open, because to be whole the section had to end it. What may still be
going on, which is a plain or block scalar, a list or mapping further in, or a key without a value, is ended by
the next section's first character just as by the end of the text: that is a character of a key in column 0 of a new
line, no blank, no dash and no comment. What a parser carries on from one section to the next besides that are anchors
and directives, and neither is in any section.

So where one section is replaced by another that passes the same test, nothing changes outside of it, and the events of
the section before and after are all that a proof has to compare. Every section is read by libyaml, also those that
no edit touches. Whatever does not pass is parsed as a whole.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from rea_xcom_tui.values.errors import Unreadable
from rea_xcom_tui.values.events import read_events
from rea_xcom_tui.values.nodes import is_merge, raw_name
from rea_xcom_tui.values.reading import ValuesFile, decode

_START = re.compile(r"\n(?=[^\s#\-])")
_JOINING = ("\n---", "\n...", "\ufeff", "\\'")
"""What is read otherwise in a whole text than in a part of it, or ends a document."""
_TOGETHER = frozenset(("sops", "name", "value"))
"""Top-level keys that say something about others: what SOPS has sealed, and whose value a value is."""
_MOST_EVENTS = 20_000
_MOST_SECTIONS = 300
_MOST_KNOWN = 4096

_known: dict[str, tuple[str, int] | None] = {}
"""Sections that libyaml has read: the key and how many events it saw; None for a text that is no section."""


def in_sections(data: bytes) -> ValuesFile:
    """Read the bytes of a values file, in sections where that is exact. Raises `Unreadable` as `ValuesFile.parse`."""
    text, bom = decode(data)
    return sectioned(text, bom) or ValuesFile(text, bom, read_events(text))


def sectioned(text: str, bom: bool) -> SectionedFile | None:
    """The file of a text, in sections each of which libyaml has read by itself; None where it has to be read whole."""
    if _joins(text):
        return None
    starts = [0] if text[:1] in ("", " ", "\n", "#", "-", "\t", "\r") else [0, 0]
    starts += [found.end() for found in _START.finditer(text)]
    if len(starts) > _MOST_SECTIONS:
        return None
    names: list[str] = []
    parts: dict[str, ValuesFile] = {}
    events = 0
    for number, (start, end) in enumerate(zip(starts, [*starts[1:], len(text)], strict=True)):
        section = text[start:end]
        if section not in _known:
            part = _remember(section)
            if part is not None:
                parts[section] = part
        known = _known[section]
        if known is None or (known[0] == _NO_KEY) != (number == 0):
            return None
        names.append(known[0])
        events += known[1]
    file = SectionedFile(text, bom, starts, names, parts)
    if len(names) < 2 or len(set(names)) < len(names) or not _TOGETHER.isdisjoint(names):
        return None
    return file if events <= _MOST_EVENTS and file.odd_break is None else None


class SectionedFile(ValuesFile):
    """A values file whose sections are parsed when they are asked for, and which is parsed as a whole when anything
    else is."""

    __slots__ = ("_names", "_parts", "_starts")

    def __init__(self, text: str, bom: bool, starts: list[int], names: list[str], parts: dict[str, ValuesFile]) -> None:
        self._prepare(text, bom)
        self._starts = starts
        """Where each section begins; the first is what comes before the first key."""
        self._names = names
        self._parts = parts
        """Sections that have been parsed, by their text; what an edit makes of the file shares them."""

    def __getattr__(self, name: str) -> Any:
        if name not in ("stream", "targets", "root"):
            raise AttributeError(name)
        super().__init__(self.text, self.bom, read_events(self.text))
        return getattr(self, name)

    @property
    def documents(self) -> int:
        """One: a file with more is not read in sections."""
        return 1

    @property
    def aliases(self) -> bool:
        """None: a file with any is not read in sections."""
        return False

    def parts_between(self, start: int, end: int) -> Iterator[tuple[ValuesFile, int]]:
        """The sections that have something of the text between two places, each with where it begins."""
        for number in range(bisect_right(self._starts, start) - 1, len(self._starts)):
            if self._starts[number] > end:
                return
            yield self._part(number), self._starts[number]

    def comment_on(self, line: int) -> str | None:
        """The comment on a line (counted from 1), without its `#` and outer blanks, or None."""
        starts = self.line_starts()
        if not 1 <= line <= len(starts):
            return None
        number = bisect_right(self._starts, starts[line - 1]) - 1
        return self._part(number).comment_on(line - self.line_at(self._starts[number]) + 1)

    def section(self, name: str) -> ValuesFile | None:
        """The section of a top-level key, as a file of its own."""
        return self._part(self._names.index(name)) if name in self._names else None

    def with_section(self, name: str, part: ValuesFile) -> SectionedFile | None:
        """The file with another section in place of that of a key; None where it does not pass as one."""
        number = self._names.index(name)
        start, end = self._bounds(number)
        if (end < len(self.text) and not part.text.endswith("\n")) or _joins(part.text) or _key_of(part) != name:
            return None
        text = self.text[:start] + part.text + self.text[end:]
        more = len(text) - len(self.text)
        starts = [*self._starts[: number + 1], *(each + more for each in self._starts[number + 1 :])]
        self._parts[part.text] = part
        return SectionedFile(text, self.bom, starts, self._names, self._parts)

    def forget(self) -> None:
        """Let go of the trees, of which nothing may be asked any more."""
        while self._parts:
            self._parts.popitem()[1].forget()
        with suppress(AttributeError):  # most are never parsed as a whole
            super().forget()

    def _bounds(self, number: int) -> tuple[int, int]:
        following = self._starts[number + 1 : number + 2]
        return self._starts[number], following[0] if following else len(self.text)

    def _part(self, number: int) -> ValuesFile:
        start, end = self._bounds(number)
        text = self.text[start:end]
        part = self._parts.get(text)
        if part is None:
            part = self._parts[text] = _parsed(text)
        return part


_NO_KEY = ""
"""In place of a key: the text has nothing but comments."""


def _joins(text: str) -> bool:
    return any(sign in text for sign in _JOINING) or text.startswith(("---", "..."))


def _parsed(text: str) -> ValuesFile:
    return ValuesFile(text, False, read_events(text), is_part=True)


def _remember(text: str) -> ValuesFile | None:
    """Have libyaml read a text, and note whether it is a section or has only comments; the file that it is then."""
    if len(_known) >= _MOST_KNOWN:
        _known.clear()
    _known[text] = None
    try:
        part = _parsed(text)
    except Unreadable:
        return None
    key = _key_of(part)
    _known[text] = None if key is None else (key, len(part.stream.events))
    return part


def _key_of(part: ValuesFile) -> str | None:
    """The only key of a section; empty where there is nothing but comments, None for a text that is no section."""
    stream, root = part.stream, part.stream.root
    if not stream.documents and root is None:
        return _NO_KEY
    if not stream.complete or stream.documents != 1 or stream.aliases or stream.anchors:
        return None
    if not isinstance(root, list) or len(root) != 4:
        return None
    opener, key = root[:2]
    if opener.flow_style or opener.tag is not None or key.start_mark.index or key.tag is not None or is_merge(key):
        return None
    return raw_name(part, key) or None
