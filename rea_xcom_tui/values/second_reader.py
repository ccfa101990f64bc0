"""The second, independent reader: it must see in the touched sections what the first one saw.

The events of libyaml prove an edit. That proof is as good as libyaml; so the top-level sections that changed
are read again, before and after, by ruamel.yaml's pure Python parser, and its events must be the same ones.

That parser rejects a tab between a colon, a dash or a comma and what follows, or in front of a comment, which
libyaml and Helm's reader accept. It is shown a copy of the section in which tabs that belong to no key and no
value are blanks. Everything else is compared as it is; a section that it cannot read is not edited.

It takes twenty times as long as libyaml, and the files of a fleet repeat themselves. So a section that is a plain block
list is read item by item, all of them, and what it saw in a text is remembered: an entry that is in a thousand files,
or both before and after the edit, is read once.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rea_xcom_tui.text import clean
from rea_xcom_tui.values.errors import RefusedEdit
from rea_xcom_tui.values.events import Event, read_streams
from rea_xcom_tui.values.nodes import Node
from rea_xcom_tui.values.positions import is_line_opener, line_start, next_line
from rea_xcom_tui.values.reading import ValuesFile, decode
from rea_xcom_tui.values.splice import event_range, signature

if TYPE_CHECKING:
    from ruamel.yaml import YAML

MAX_SECTION = 1_000_000
MAX_SECTION_EVENTS = 5_000
"""How many characters and events of changed top-level sections are proved, so that it takes no longer than about
a second: ruamel.yaml 0.19 reads a million characters in 0.1 to 0.7 s where they are few values, whatever they are."""


@dataclass(frozen=True, slots=True)
class Section:
    """A top-level entry with all that follows it, or a whole file."""

    name: str
    text: str
    start: int
    """Index of its first character."""
    entry: tuple[Node, Node] | None = None
    """The key and what is under it; None for a whole file."""

    def events(self, file: ValuesFile) -> list[Event]:
        """What the first reader saw in it."""
        events = file.stream.events
        if self.entry is None:
            content = [at for at, event in enumerate(events) if event.__class__.__name__ in _CONTENT]
            return events[content[0] : content[-1] + 1] if content else []
        key, value = self.entry
        return events[event_range(file, key)[0] : event_range(file, value)[1]]


Signature = tuple[Any, ...]

_CONTENT = frozenset(
    (
        "ScalarEvent",
        "AliasEvent",
        "MappingStartEvent",
        "MappingEndEvent",
        "SequenceStartEvent",
        "SequenceEndEvent",
    )
)


def confirm(old: ValuesFile, new: ValuesFile) -> None:
    """Let the second reader confirm an edit. Raises `RefusedEdit` with the code `proof` if it does not."""
    before, after = _sections(old), _sections(new)
    names_before, names_after = {each.name for each in before}, {each.name for each in after}
    at = to = 0
    while at < len(before) or to < len(after):
        one = before[at] if at < len(before) else None
        other = after[to] if to < len(after) else None
        if one is not None and (other is None or (one.name != other.name and one.name not in names_after)):
            other = None  # removed
        elif other is not None and (one is None or (one.name != other.name and other.name not in names_before)):
            one = None  # added
        if one is None or other is None or one.text != other.text:
            _confirm_same(old, one)
            _confirm_same(new, other)
        at += one is not None
        to += other is not None


def _sections(file: ValuesFile) -> list[Section]:
    """The file's top-level entries, or the whole file where they do not each start a line of their own."""
    root = file.root
    starts = [line_start(file.text, key.start) for key, _ in root.entries]
    openers = all(is_line_opener(file.text, key.start) for key, _ in root.entries)
    # An empty document may follow, as after a last `---`.
    end = file.stream.events[-1].start_mark.index if file.stream.complete else len(file.text)
    if root.is_flow or not starts or not openers or root.tag or root.anchor or file.text.startswith("%"):
        return [Section("", file.text[:end], 0)]
    ends = [*starts[1:], end]
    return [
        Section(key.name, file.text[start:end], start, (key, value))
        for start, end, (key, value) in zip(starts, ends, root.entries, strict=True)
    ]


def _confirm_same(file: ValuesFile, section: Section | None) -> None:
    """Whether the second reader sees in a section what the first one saw."""
    if section is None:
        return
    events = section.events(file)
    if len(section.text) > MAX_SECTION or len(events) > MAX_SECTION_EVENTS:
        line = file.line_at(section.start)
        raise RefusedEdit(
            "too-large",
            f"The section at line {line} has {len(section.text):,} characters, too many for an edit to be proved in "
            "reasonable time. Change it by hand.",
            line,
            0,
        )
    for piece, seen, start in _pieces(file, section, events):
        shown = _without_tabs(piece, seen, start) if "\t" in piece else piece
        why = _other_reading(shown, seen)
        if why:
            raise _unconfirmed(file.line_at(section.start), why)


def _other_reading(text: str, seen: list[Event]) -> str:
    """What the second reader sees otherwise than the first one did, in words; empty where it is the same."""
    from ruamel.yaml.error import YAMLError

    try:
        read = _second_signatures(text)
    except YAMLError as error:
        return clean(str(error).split("\n")[0], 100)
    expected = tuple(signature(each) for each in seen)
    # A section's events are within those of a mapping.
    return "" if expected in (read, read[1:-1]) else "another reading"


def _pieces(file: ValuesFile, section: Section, events: list[Event]) -> Iterator[tuple[str, list[Event], int]]:
    """The section in pieces that are sections themselves, each with the first reader's events and where it starts.

    All of the section's text is in one of them. It is in several where it is a block list whose dashes open lines at
    one column: each item then is below the key alone, as it would if the others were not there.
    """
    starts = _item_starts(file, section)
    if section.entry is None or len(starts) < 2 or "\t" in section.text:
        yield section.text, events, section.start
        return
    key, value = section.entry
    ends = [*starts[1:], section.start + len(section.text)]
    head = f"{file.text[key.start : key.end]}:\n"
    for number, (item, start, end) in enumerate(zip(value.items, starts, ends, strict=True)):
        first, last = event_range(file, item)
        text = head + file.text[start:end] if number else file.text[section.start : end]
        yield text, [*events[:2], *file.stream.events[first:last], events[-1]], start


_DASH = re.compile(r" *-[ ]+")


def _item_starts(file: ValuesFile, section: Section) -> list[int]:
    """Where the lines of a block list's dashes start; none where the section is anything else, or is written oddly."""
    if section.entry is None:
        return []
    key, value = section.entry
    if value.kind != "sequence" or value.is_flow or value.is_alias or key.is_alias:
        return []
    if any(node.tag or node.anchor for node in (key, value)) or "\n" in file.text[key.start : key.end]:
        return []
    starts: list[int] = []
    columns: set[int] = set()
    for item in value.items:
        start = line_start(file.text, item.start)
        before = file.text[start : item.start]
        if _DASH.fullmatch(before) is None:
            return []
        starts.append(start)
        columns.add(before.index("-"))
    return starts if len(columns) == 1 else []


def same_to_both(data: bytes) -> None:
    """Let the second reader read a whole text of any number of documents. Raises `RefusedEdit` where it sees other
    content than the first one."""
    from ruamel.yaml.error import YAMLError

    text, _ = decode(data)
    streams, error = read_streams(text)
    if error is not None or len(text) > MAX_SECTION:
        raise _unconfirmed(1, "it cannot be read in reasonable time" if error is None else str(error))
    seen = [signature(event) for stream in streams for event in stream.events if event.__class__.__name__ in _CONTENT]
    try:
        read = [signature(event) for event in _second_events(text)]
    except YAMLError as problem:
        raise _unconfirmed(1, clean(str(problem).split("\n")[0], 100)) from None
    if read != seen:
        raise _unconfirmed(1, "another reading")


def _unconfirmed(line: int, why: str) -> RefusedEdit:
    return RefusedEdit(
        "proof",
        f"The edit at line {line} cannot be proved: a second YAML reader disagrees with the first about what "
        f"is there ({why}). Change it by hand.",
        line,
        0,
    )


def _without_tabs(text: str, events: list[Event], offset: int) -> str:
    """The text with a blank in place of every tab that is in no value and no key."""
    out: list[str] = []
    done = 0
    for event in events:
        if event.__class__.__name__ != "ScalarEvent":
            continue
        start, end = event.start_mark.index - offset, event.end_mark.index - offset
        if event.style in ("|", ">"):
            start = next_line(text, start)  # the header holds no content
        out += [text[done:start].replace("\t", " "), text[start:end]]
        done = max(end, start)
    return "".join(out) + text[done:].replace("\t", " ")


@functools.lru_cache(maxsize=4096)
def _second_signatures(text: str) -> tuple[Signature, ...]:
    """What the second reader sees in a text."""
    return tuple(signature(each) for each in _second_events(text))


def _second_events(text: str) -> Iterator[Event]:
    """The content events that the second reader sees."""
    events: Iterator[Event] = _second_parser()().parse(text)
    return (event for event in events if event.__class__.__name__ in _CONTENT)


@functools.cache
def _second_parser() -> type[YAML]:
    """ruamel.yaml's reader without two things that take a third of its time for an entry: it looks for plug-ins on the
    disk each time one is made, and never finds any, and its parts look for each other for every token."""
    from ruamel.yaml import YAML
    from ruamel.yaml.parser import Parser
    from ruamel.yaml.scanner import Scanner

    class Scanning(Scanner):
        reader: Any = None

        def __init__(self, loader: Any = None) -> None:
            self.reader = loader.reader
            super().__init__(loader)

    class Parsing(Parser):
        scanner: Any = None

        def __init__(self, loader: Any) -> None:
            self.scanner = loader.scanner
            super().__init__(loader)

    class Alone(YAML):
        def __init__(self) -> None:
            super().__init__(typ="safe", pure=True)
            self.Scanner, self.Parser = Scanning, Parsing

        def official_plug_ins(self) -> list[str]:
            return []

    return Alone
