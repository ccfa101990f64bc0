"""The second, independent reader: it must see in the touched sections what the first one saw.

The events of libyaml prove an edit. That proof is as good as libyaml; so the top-level sections that changed
are read again, before and after, by ruamel.yaml's pure Python parser, and its events must be the same ones.

That parser rejects a tab between a colon, a dash or a comma and what follows, or in front of a comment, which
libyaml and Helm's reader accept. It is shown a copy of the section in which tabs that belong to no key and no
value are blanks. Everything else is compared as it stands; a section that it cannot read is not edited.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rea_xcom_tui.text import clean
from rea_xcom_tui.values.errors import RefusedEdit
from rea_xcom_tui.values.events import Event
from rea_xcom_tui.values.positions import is_line_opener, line_start, next_line
from rea_xcom_tui.values.reading import ValuesFile
from rea_xcom_tui.values.splice import event_range, signature

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
    first: int
    last: int
    """Its first event, and the event after its last."""


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
    content = [at for at, event in enumerate(file.stream.events) if event.__class__.__name__ in _CONTENT]
    first, last = (content[0], content[-1] + 1) if content else (0, 0)
    starts = [line_start(file.text, key.start) for key, _ in root.entries]
    openers = all(is_line_opener(file.text, key.start) for key, _ in root.entries)
    # An empty document may follow, as after a last `---`.
    end = file.stream.events[-1].start_mark.index if file.stream.complete else len(file.text)
    if root.is_flow or not starts or not openers or root.tag or root.anchor or file.text.startswith("%"):
        return [Section("", file.text[:end], 0, first, last)]
    ends = [*starts[1:], end]
    return [
        Section(key.name, file.text[start:end], start, event_range(file, key)[0], event_range(file, value)[1])
        for start, end, (key, value) in zip(starts, ends, root.entries, strict=True)
    ]


def _confirm_same(file: ValuesFile, section: Section | None) -> None:
    """Whether the second reader sees in a section what the first one saw."""
    if section is None:
        return
    text, line = section.text, file.line_at(section.start)
    if len(text) > MAX_SECTION or section.last - section.first > MAX_SECTION_EVENTS:
        raise RefusedEdit(
            "too-large",
            f"The section at line {line} has {len(text):,} characters, too many for an edit to be proved in good "
            "time. Change it by hand.",
            line,
            0,
        )
    seen = file.stream.events[section.first : section.last]
    if "\t" in text:
        text = _without_tabs(text, seen, section.start)
    from ruamel.yaml.error import YAMLError

    try:
        read = [signature(each) for each in _second_events(text)]
    except YAMLError as error:
        raise _unconfirmed(line, clean(str(error).split("\n")[0], 100)) from None
    expected = [signature(each) for each in seen]
    if read != expected and read[1:-1] != expected:  # a section's events stand within those of a mapping
        raise _unconfirmed(line, "another reading")


def _unconfirmed(line: int, why: str) -> RefusedEdit:
    return RefusedEdit(
        "proof",
        f"The edit at line {line} cannot be proved: a second YAML reader disagrees with the first about what "
        f"stands there ({why}). Change it by hand.",
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


def _second_events(text: str) -> Iterator[Event]:
    """The content events that the second reader sees."""
    from ruamel.yaml import YAML

    events: Iterator[Event] = YAML(typ="safe", pure=True).parse(text)
    return (event for event in events if event.__class__.__name__ in _CONTENT)
