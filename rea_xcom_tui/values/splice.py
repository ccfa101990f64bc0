"""The heart of every edit: replace one stretch of text, and prove with the parser's events what that did.

The bytes before and after the stretch are kept by construction. What they mean is not: a quote, an indent or
an anchor can change how everything after it is read. So the result is parsed again, and its events must be
the old ones, with the planned run of events replaced by the planned new ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import compress
from operator import attrgetter
from typing import Any

from rea_xcom_tui.values.errors import RefusedEdit, Unreadable
from rea_xcom_tui.values.events import Event, read_events
from rea_xcom_tui.values.nodes import Node, tag_of
from rea_xcom_tui.values.quoting import is_plain_string
from rea_xcom_tui.values.reading import ValuesFile

STRING, RAW = "string", "raw"
MAP_START, MAP_END, LIST_START, LIST_END = "+map", "-map", "+list", "-list"
DOCUMENT_START, DOCUMENT_END = "+document", "-document"

_KINDS = {
    "ScalarEvent": RAW,
    "AliasEvent": "alias",
    "MappingStartEvent": MAP_START,
    "MappingEndEvent": MAP_END,
    "SequenceStartEvent": LIST_START,
    "SequenceEndEvent": LIST_END,
    "DocumentStartEvent": DOCUMENT_START,
    "DocumentEndEvent": DOCUMENT_END,
}


@dataclass(frozen=True, slots=True)
class Expected:
    """An event that a splice should bring about. `STRING` demands a scalar that everybody reads as a string,
    `RAW` one with this text."""

    kind: str
    value: str = ""
    tag: str | None = None
    anchor: str | None = None


@dataclass(frozen=True, slots=True)
class Splice:
    """Replace `text[start:end]`, so that the events `[first:last]` should become `events`."""

    start: int
    end: int
    replacement: str
    first: int
    last: int
    events: tuple[Expected, ...]


def signature(event: Event) -> tuple[Any, ...]:
    """Everything that an event says about a document, apart from where it is."""
    name = event.__class__.__name__
    if name == "ScalarEvent":  # as most are
        tag = event.tag
        return (name, event.value, event.style or "", event.implicit, tag and str(tag), event.anchor, False)
    return (
        name,
        getattr(event, "value", None),
        getattr(event, "style", None) or "",
        tuple(event.implicit) if isinstance(getattr(event, "implicit", None), tuple) else None,
        None if getattr(event, "tag", None) is None else str(event.tag),
        getattr(event, "anchor", None),
        bool(getattr(event, "flow_style", None)),
    )


_SAID = {
    "ScalarEvent": attrgetter("value", "style", "implicit", "tag", "anchor"),
    "AliasEvent": attrgetter("anchor"),
    "MappingStartEvent": attrgetter("flow_style", "implicit", "tag", "anchor"),
    "SequenceStartEvent": attrgetter("flow_style", "implicit", "tag", "anchor"),
}
"""What the events of a kind say beside their kind; of those that are not named, nothing that an edit could change."""


def _same(events: Sequence[Event], others: Sequence[Event]) -> bool:
    """Whether the events of one parser have the same signatures; these are not made, as there are thousands."""
    if list(map(type, events)) != list(map(type, others)):
        return False
    names = [event.__class__.__name__ for event in events]
    for name, said in _SAID.items():
        chosen = [each == name for each in names]
        if list(map(said, compress(events, chosen))) != list(map(said, compress(others, chosen))):
            return False
    return True


def event_range(file: ValuesFile, node: Node) -> tuple[int, int]:
    """Index of a node's first event, and the index after its last, among the file's events."""
    raw = node.raw
    first, last = (raw[0], raw[-1]) if isinstance(raw, list) else (raw, raw)
    return file.position_of(first), file.position_of(last) + 1


def carry_out(file: ValuesFile, splice: Splice) -> ValuesFile:
    """The file after a splice. Raises `RefusedEdit` with the code `proof` unless exactly the plan happened."""
    text = file.text[: splice.start] + splice.replacement + file.text[splice.end :]
    try:
        changed = ValuesFile(text, file.bom, read_events(text), is_part=file.is_part)
    except Unreadable as error:
        raise unproved(file.line_at(splice.start), f"the file would no longer be readable ({error})") from None
    old, new = file.stream.events, changed.stream.events
    rest = len(old) - splice.last
    middle = new[splice.first : len(new) - rest]
    if changed.documents != max(file.documents, 1) or len(middle) != len(splice.events):
        raise unproved(file.line_at(splice.start), "more than the intended value would change")
    kept = [*old[: splice.first], *old[splice.last :]]
    if not _same(kept, [*new[: splice.first], *new[len(new) - rest :]]):
        raise unproved(file.line_at(splice.start), "a value other than the intended one would change")
    for event, expected in zip(middle, splice.events, strict=True):
        if not _matches(event, expected):
            raise unproved(file.line_at(splice.start), "the new value would not be read back as written")
    return changed


def unproved(line: int, why: str) -> RefusedEdit:
    """The refusal of an edit that did not pass the proof."""
    return RefusedEdit(
        "proof",
        f"The edit at line {line} cannot be made exactly: {why}. Change it by hand.",
        line,
        0,
    )


def _matches(event: Event, expected: Expected) -> bool:
    kind = _KINDS.get(event.__class__.__name__)
    if expected.kind in (DOCUMENT_START, DOCUMENT_END):
        return kind == expected.kind
    if (getattr(event, "anchor", None), tag_of(event)) != (expected.anchor, expected.tag):
        return False
    if expected.kind not in (STRING, RAW):
        return kind == expected.kind
    if kind != RAW or event.value != expected.value:
        return False
    return expected.kind == RAW or not event.implicit[0] or is_plain_string(event.value)
