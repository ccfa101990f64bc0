"""A quick reading of whole values files for a scan: what is there and where, without what an edit needs.

A file is cut where its top-level keys begin, and each section is read by itself: the plain shapes of nearly every
section line by line, all others by libyaml's events. Fleets repeat themselves, so a section that stood at the same
line of another file is not read again, and what is worked out about its nodes (`QuickNode.facts`) holds for all files
that share it. The last one that stood at a line is tried first. Others are kept when they are met for the second time:
most of those that differ are met only once, and to keep them would push the others out of the processor's own memory.

What is accepted is read exactly as `ValuesFile` reads it; to YAML a line break is the same with a carriage return
before it, so a text is read as if there were none. Whatever could join sections or make one of them mean
something else in its file (anchors, aliases, tags, merges, several documents, keys that appear twice, line breaks and
characters that readers disagree about, a section that does not end where the next begins) is not accepted, and
`read_quickly` gives None: the full reader decides. So it does where Helm may refuse what is good YAML.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, ClassVar

import msgspec

from rea_xcom_tui.values.documents import may_be_refused
from rea_xcom_tui.values.errors import Unreadable
from rea_xcom_tui.values.events import MAX_EVENTS, read_events
from rea_xcom_tui.values.nodes import is_merge
from rea_xcom_tui.values.quick_node import QuickNode
from rea_xcom_tui.values.resolve import key_name, resolve
from rea_xcom_tui.values.section_alike import Alike
from rea_xcom_tui.values.section_lines import ODD, Make

SECTION = re.compile(r"\n(?=[^\s#\-]|---)")
"""In front of where a section begins."""
_BEFORE = re.compile(r"(?:[ ]*(?:#[^\n]*)?\n)*\Z")
_STARTS = re.compile(r"[A-Za-z0-9_\"'.$/~+<]")
"""What a section may begin with; `?`, `[`, `&` and their like begin something else than a plain key."""
FIRST = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_\"'.$/~+<")
"""The same as letters."""
_BLANK = ("", " ", "\n", "#", "\t", "\r")
_MOST_SECTIONS = 4096
_MOST_MET = 1 << 16
_MOST_KEPT = 1 << 16
"""Longer sections than this are not kept, in characters."""
_MOST_LINES = 512
_MOST_COMPARED = 1 << 14
"""Longer sections than this are not kept by their line."""


def read_quickly(text: str, make: Make = QuickNode) -> QuickNode | None:
    """The root mapping of a values file's text (without a byte order mark), or None for the full reader to decide.

    `make` is the class of its nodes.
    """
    if "\r" in text:
        text = text.replace("\r\n", "\n")
    at = 0
    if text[:1] in _BLANK:
        begins = SECTION.search(text)
        if begins is None or not is_blank(text[: begins.end()]):
            return None
        at = begins.end()
    line = text.count("\n", 0, at) + 1
    entries: list[tuple[QuickNode, QuickNode]] = []
    names: dict[str, QuickNode] = {}
    events = 0
    end = len(text)
    sections = _sections_of(make)
    last, is_at = sections.last.get, text.startswith
    while at < end:
        read = last(line)
        if (
            read is None
            or not is_at(read.text, at)
            # Behind most sections is a line break, and then the next key.
            or ((after := at + read.size) != end and not (read.is_closed and text[after] in FIRST))
        ):
            found = SECTION.search(text, at)
            after = end if found is None else found.end()
            read = sections.read(text[at:after], line)
            if read is None:
                return None
        entries.append(read.entry)
        names[read.name] = read.node
        events += read.events
        line += read.lines
        at = after
    if len(names) < len(entries):
        return None
    if events > MAX_EVENTS // 2:
        return None
    first = entries[0][0]
    return make("mapping", first.line, first.column, entries=tuple(entries), names=names)


class _Section(msgspec.Struct, eq=False):
    """One top-level key with its value."""

    name: str
    entry: tuple[QuickNode, QuickNode]
    node: QuickNode
    """The value."""
    events: int
    """At least as many as libyaml has for it."""
    lines: int
    text: str
    size: int
    is_closed: bool
    """Whether its last character is a line break."""


@lru_cache(maxsize=256)
def is_blank(before: str) -> bool:
    """Whether what comes before the first key is nothing but comments."""
    return _BEFORE.match(before) is not None and not ODD.search(before)


class _Sections:
    """The sections of nodes of one class that were read before."""

    _kept: ClassVar[dict[tuple[str, int, Make], _Section]] = {}
    """Those that were met more than once, by their text, their first line and the class of their nodes."""
    _met: ClassVar[set[int]] = set()

    def __init__(self, make: Make) -> None:
        self._make = make
        self._alike = Alike(make)
        self.last: dict[int, _Section] = {}
        """What was last read at a line: in a fleet of near copies, what the next file has there. To compare it takes a
        small part of the time that it takes to cut a section out and to look it up."""

    def read(self, section: str, line: int) -> _Section | None:
        """Read a section whose first line has this number."""
        size = len(section)
        if size >= _MOST_KEPT:
            return self._fresh(section, line)
        known = section, line, self._make
        number = hash(known)
        if number not in self._met:
            read = self._fresh(section, line)
            if len(self._met) >= _MOST_MET:
                self._met.clear()
            self._met.add(number)
        else:
            read = self._kept.get(known)
            if read is None:
                read = self._fresh(section, line)
                if len(self._kept) >= _MOST_SECTIONS:
                    self._kept.clear()
                if read is not None:
                    self._kept[known] = read
        if read is not None and size < _MOST_COMPARED:
            if len(self.last) >= _MOST_LINES:
                self.last.clear()
            self.last[line] = read
        return read

    def _fresh(self, section: str, line: int) -> _Section | None:
        found = self._alike.read(section, line)
        if found is not None:
            key, value, lines, events = found
            return _Section(key.text, (key, value), value, events, lines, section, len(section), section[-1] == "\n")
        if ODD.search(section) or not _STARTS.match(section) or section.startswith("...") or may_be_refused(section):
            return None
        return _by_events(section, line, self._make)


_sections_of = lru_cache(maxsize=16)(_Sections)


def _by_events(section: str, line: int, make: Make) -> _Section | None:
    """Read one section with libyaml; None where it is more than one plain key with its value."""
    try:
        stream = read_events(section)
    except Unreadable:
        return None
    root = stream.root
    if not stream.complete or stream.documents != 1 or stream.aliases or stream.anchors or not isinstance(root, list):
        return None
    if root[0].flow_style or root[0].start_mark.index != 0:
        return None
    node = _of_event(root, line, make)
    if node is None or node.kind != "mapping" or len(node.entries) != 1:
        return None
    key, value = entry = node.entries[0]
    lines, is_closed = section.count("\n"), section[-1] == "\n"
    return _Section(_name(key), entry, value, len(stream.events), lines, section, len(section), is_closed)


def _of_event(raw: Any, line: int, make: Make) -> QuickNode | None:
    """The node of libyaml's events; None where something in it is tagged, merged or appears twice."""
    event = raw[0] if isinstance(raw, list) else raw
    if event.tag is not None:
        return None
    mark = event.start_mark
    if not isinstance(raw, list):
        text: str = event.value
        value = resolve(text) if event.implicit[0] else text
        return make("scalar", mark.line + line, mark.column + 1, value, text)
    children: list[QuickNode] = []
    for child in raw[1:-1]:
        node = _of_event(child, line, make)
        if node is None:
            return None
        children.append(node)
    if event.__class__.__name__ == "SequenceStartEvent":
        return make("sequence", mark.line + line, mark.column + 1, items=tuple(children))
    if any(is_merge(key) for key in raw[1:-1:2]):
        return None
    entries = tuple(zip(children[::2], children[1::2], strict=True))
    names = {_name(key): value for key, value in entries}
    if len(names) < len(entries):
        return None
    return make("mapping", mark.line + line, mark.column + 1, entries=entries, names=names)


def _name(key: QuickNode) -> str:
    """The name that a mapping key gets in Helm's reading."""
    return key_name(key.value, key.text)
