"""Turning text into libyaml's events, within limits that keep hostile files harmless.

Only events are used, never a loader or composer: a 100 KB file of opening brackets crashes the process in
PyYAML's C loader, and aliases that multiply (billion laughs) stay harmless as long as nobody follows them.
Where PyYAML came without its C part, its pure parser gives the same events at the same places, fourteen times
as slowly, and rejects tabs between tokens. (ruamel.yaml's does not give the same places for empty values.)
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from itertools import repeat
from typing import Any

from rea_xcom_tui.text import clean
from rea_xcom_tui.values.errors import Unreadable

Event = Any
"""An event object of PyYAML."""

MAX_EVENTS = 100_000
MAX_DEPTH = 100
_MOST_APOSTROPHES = 200
_APOSTROPHE = "\ue0f8\ue0f9"
"""Stands for `\\'` while a text is read: two private characters, which no values file has."""


class TooManyEvents(Unreadable):
    """A text with more events than allowed; it is not a values file."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"The file has more than {limit:,} YAML events; that is not a values file.")


class Stream:
    """The events of a text, and the tree of its first document."""

    __slots__ = ("aliases", "anchors", "complete", "documents", "events", "root")

    def __init__(self) -> None:
        self.events: list[Event] = []
        """Every event of the first document, `StreamStartEvent` and document marks included."""
        self.root: Any = None
        """The first document's root: an event, or a nested list of events."""
        self.documents = 0
        self.complete = False
        """Whether the first document was read to its end."""
        self.anchors: dict[str, Any] = {}
        self.aliases: list[tuple[Event, Any]] = []
        """Every alias event with what it stands for."""


@functools.cache
def has_c_parser() -> bool:
    """Whether PyYAML came with libyaml, as its wheels do."""
    try:
        import yaml._yaml  # noqa: F401
    except ImportError:
        return False
    return True


def parser_for(text: str, *, fast: bool) -> Callable[[], Event]:
    """A function that gives the next event of a text; `fast` chooses libyaml."""
    if "\\'" in text:
        return _lenient(text, fast=fast)
    return _parser(text, fast=fast)


def _parser(text: str, *, fast: bool) -> Callable[[], Event]:
    import yaml

    if fast:
        from yaml._yaml import CParser

        parse: Callable[[], Event] = CParser(text).get_event
        return parse
    return yaml.SafeLoader(text).get_event


def _lenient(text: str, *, fast: bool) -> Callable[[], Event]:
    """A parser that reads `\\'` in double quotes as an apostrophe, as Go's does; libyaml and PyYAML take it for a
    mistake. What takes its place while they read is as long, so that every position stays true."""
    import yaml

    looked = 0
    for _ in range(_MOST_APOSTROPHES):
        get = _parser(text, fast=fast)
        try:
            while looked < 2 * MAX_EVENTS and type(get()) is not yaml.events.StreamEndEvent:
                looked += 1
            break
        except yaml.YAMLError as error:
            at = getattr(getattr(error, "problem_mark", None), "index", -1)
            if text[at : at + 2] != "\\'":
                break
            text = text[:at] + _APOSTROPHE + text[at + 2 :]
    parse = _parser(text, fast=fast)

    def next_event() -> Event:
        event = parse()
        value = getattr(event, "value", None)
        if value is not None and _APOSTROPHE in value:
            event.value = value.replace(_APOSTROPHE, "'")
        return event

    return next_event


def read_events(text: str, *, fast: bool | None = None, limit: int = MAX_EVENTS) -> Stream:
    """Parse `text` into events and the first document's tree.

    `fast` chooses libyaml (true) or PyYAML's pure parser (false); by default, libyaml where it exists.
    Raises `TooManyEvents` beyond `limit`.
    Raises `Unreadable`, with the place, when the text is not YAML, goes beyond the limits, or has in its first
    document what Helm's reader rejects: a directive for another version than 1.1, a collection as a key
    (such as an unquoted template `{{ .x }}`), an unknown anchor, an alias inside its own anchor.
    """
    import yaml

    stream = Stream()
    try:
        get = parser_for(text, fast=has_c_parser() if fast is None else fast)
        _build(stream, get, yaml.events, limit)
        if stream.complete:
            _count_documents(stream, get, yaml.events, limit)
    except yaml.YAMLError as error:
        if not stream.complete:
            raise unreadable(error, text) from None
        stream.documents = max(stream.documents, 2)  # broken, but Helm never gets to a later document
    return stream


def read_streams(text: str, *, limit: int = MAX_EVENTS) -> tuple[list[Stream], Unreadable | None]:
    """Every document of `text` with its events and tree, and what keeps the text after the last of them from being
    read, or None. An empty document counts, and has an empty scalar as its root; a text without any gives none.

    Raises `TooManyEvents` beyond `limit`.
    """
    import yaml

    out: list[Stream] = []
    get = parser_for(text, fast=has_c_parser())
    try:
        while limit > 0:
            stream = Stream()
            _build(stream, get, yaml.events, limit)
            if not stream.complete:
                return out, None
            limit -= len(stream.events)
            out.append(stream)
    except yaml.YAMLError as error:
        return out, unreadable(error, text)
    except TooManyEvents:
        raise
    except Unreadable as error:
        return out, error
    raise TooManyEvents(MAX_EVENTS)


def unreadable(error: Exception, text: str) -> Unreadable:
    """A parser's error as one sentence with its place."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    line, column = (mark.line + 1, mark.column + 1) if mark is not None else (0, 0)
    if mark is None and isinstance(position := getattr(error, "position", None), int):
        line, column = text.count("\n", 0, position) + 1, position - text.rfind("\n", 0, position)
    problem = getattr(error, "problem", None) or getattr(error, "reason", None) or str(error).split("\n")[0]
    where = f" at line {line}, column {column}" if line else ""
    return Unreadable(f"The file is not YAML{where}: {clean(problem, 200)}.", line, column)


def _build(stream: Stream, get: Callable[[], Event], classes: Any, limit: int) -> None:
    """Collect the next document's events as a list and as a tree."""
    scalar, alias = classes.ScalarEvent, classes.AliasEvent
    mapping_start, sequence_start = classes.MappingStartEvent, classes.SequenceStartEvent
    ends = (classes.MappingEndEvent, classes.SequenceEndEvent)
    record = stream.events.append
    top: list[Any] = []
    current = top
    stack: list[list[Any]] = []
    for _ in repeat(None, limit):
        event = get()
        record(event)
        cls = event.__class__
        if cls is scalar:
            current.append(event)
            if event.anchor:
                stream.anchors[event.anchor] = event
        elif cls is mapping_start or cls is sequence_start:
            _check_collection(event, current, stack, mapping_start)
            inner = [event]
            current.append(inner)
            stack.append(current)
            current = inner
            if event.anchor:
                stream.anchors[event.anchor] = inner
        elif cls in ends:
            current.append(event)
            current = stack.pop()
        elif cls is alias:
            _check_alias(stream, event, current, stack, mapping_start)
            current.append(event)
        elif cls is classes.DocumentStartEvent:
            stream.documents += 1
            _check_version(event)
        elif cls is classes.DocumentEndEvent:
            stream.root = top[0]
            stream.complete = True
            return
        elif cls is classes.StreamEndEvent:
            return
    raise TooManyEvents(limit)


def _count_documents(stream: Stream, get: Callable[[], Event], classes: Any, limit: int) -> None:
    """Read on to the end, only to count the further documents; an empty one, as after a last `---`, is none."""
    starts = False
    for _ in repeat(None, limit - len(stream.events)):
        event = get()
        cls = event.__class__
        if starts:
            stream.documents += not _is_nothing(event, classes)
        starts = cls is classes.DocumentStartEvent
        if cls is classes.StreamEndEvent:
            return
    raise TooManyEvents(limit)


def _is_nothing(event: Event, classes: Any) -> bool:
    """Whether a document's root is an empty plain scalar, which stands for no content at all."""
    plain = event.__class__ is classes.ScalarEvent and event.value == "" and event.implicit[0]
    return plain and event.tag is None and event.anchor is None


def _check_collection(event: Event, parent: list[Any], stack: list[Any], mapping: type[Any]) -> None:
    if len(stack) >= MAX_DEPTH:
        line, column = _place(event)
        raise Unreadable(f"Line {line} is nested more than {MAX_DEPTH} levels deep.", line, column)
    if _is_key(parent, mapping):
        line, column = _place(event)
        raise Unreadable(
            f"Line {line} has a list or mapping where a key should be, which Helm rejects; "
            "a template such as {{ … }} must be in quotes.",
            line,
            column,
        )


def _is_key(parent: list[Any], mapping: type[Any]) -> bool:
    """Whether the next child of `parent` is a key: it is a mapping with its start event and whole pairs."""
    return len(parent) % 2 == 1 and parent[0].__class__ is mapping


def _check_alias(
    stream: Stream,
    event: Event,
    parent: list[Any],
    stack: list[list[Any]],
    mapping: type[Any],
) -> None:
    line, column = _place(event)
    target = stream.anchors.get(event.anchor)
    if target is None:
        raise Unreadable(f"Line {line} refers to the unknown anchor {clean(event.anchor)}.", line, column)
    if isinstance(target, list) and (target is parent or any(target is level for level in stack)):
        raise Unreadable(f"Line {line} refers to the anchor that it is part of.", line, column)
    if isinstance(target, list) and _is_key(parent, mapping):
        raise Unreadable(f"Line {line} has a list or mapping as a key, which Helm rejects.", line, column)
    stream.aliases.append((event, target))


def _check_version(event: Event) -> None:
    if event.version is not None and tuple(event.version) != (1, 1):
        line, column = _place(event)
        raise Unreadable(
            f"Line {line} asks for YAML {'.'.join(map(str, event.version))}; Helm accepts no %YAML but 1.1.",
            line,
            column,
        )


def _place(event: Event) -> tuple[int, int]:
    return event.start_mark.line + 1, event.start_mark.column + 1
