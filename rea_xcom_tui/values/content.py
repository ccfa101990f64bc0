"""New content: what is added to a file, and how it is written in the file's own way."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

from rea_xcom_tui.values.nodes import Node
from rea_xcom_tui.values.quoting import DOUBLE, PLAIN, SINGLE, in_quotes, write_scalar
from rea_xcom_tui.values.reading import ValuesFile
from rea_xcom_tui.values.splice import (
    LIST_END,
    LIST_START,
    MAP_END,
    MAP_START,
    STRING,
    Expected,
)


@dataclass(frozen=True, slots=True)
class Text:
    """A string; `quoted` wants quotes even where it could do without."""

    text: str
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Map:
    """A mapping with at least one entry."""

    entries: tuple[tuple[str, Content], ...]


@dataclass(frozen=True, slots=True)
class Items:
    """A list with at least one item."""

    items: tuple[Map | Text, ...]


Content = Text | Map | Items


@dataclass(frozen=True, slots=True)
class Habits:
    """How a file, or one place in it, writes things."""

    quote: str = DOUBLE
    """Its quotes for values that need some."""
    plain_values: bool = True
    """Whether values that need no quotes go without."""
    key_quote: str = PLAIN
    step: int = 2
    """By how much a mapping within a mapping is indented."""
    list_offset: int = 2
    """By how much the dashes of a list are indented from the list's key."""
    dash_gap: str = " "
    colon: str = ": "
    comma: str = ", "
    pad: str = ""
    """What is between braces and what is in them."""


def events_of(content: Content) -> list[Expected]:
    """The events that new content must be read back as."""
    if isinstance(content, Text):
        return [Expected(STRING, content.text)]
    if isinstance(content, Items):
        inner = [event for item in content.items for event in events_of(item)]
        return [Expected(LIST_START), *inner, Expected(LIST_END)]
    return [Expected(MAP_START), *entry_events(content), Expected(MAP_END)]


def entry_events(content: Map) -> list[Expected]:
    """The events of a mapping's entries, without its start and end."""
    out: list[Expected] = []
    for key, value in content.entries:
        out += [Expected(STRING, key), *events_of(value)]
    return out


def scalar(content: Text, habits: Habits, *, in_flow: bool) -> str:
    """A new string in the habits of its place."""
    if content.quoted or not habits.plain_values:
        return in_quotes(content.text, habits.quote)
    return write_scalar(content.text, PLAIN, in_flow=in_flow, spare=habits.quote)


def key_text(key: str, habits: Habits, *, in_flow: bool) -> str:
    """A new mapping key in the habits of its place."""
    return write_scalar(key, habits.key_quote, in_flow=in_flow, spare=habits.quote)


def block_lines(content: Map | Items, indent: int, habits: Habits) -> list[str]:
    """The lines of a new collection in block style, the outermost at column `indent`."""
    margin = " " * indent
    lines: list[str] = []
    if isinstance(content, Items):
        for item in content.items:
            gap = habits.dash_gap
            if isinstance(item, Text):
                lines.append(f"{margin}-{gap}{scalar(item, habits, in_flow=False)}")
                continue
            first, *rest = block_lines(item, indent + 1 + len(gap), habits)
            lines += [f"{margin}-{gap}{first.lstrip(' ')}", *rest]
        return lines
    for key, value in content.entries:
        head = margin + key_text(key, habits, in_flow=False) + ":"
        if isinstance(value, Text):
            lines.append(f"{head} {scalar(value, habits, in_flow=False)}")
        else:
            offset = habits.list_offset if isinstance(value, Items) else habits.step
            lines += [head, *block_lines(value, indent + offset, habits)]
    return lines


def flow_text(content: Content, habits: Habits) -> str:
    """New content on one line in brackets and braces."""
    if isinstance(content, Text):
        return scalar(content, habits, in_flow=True)
    if isinstance(content, Items):
        return f"[{habits.comma.join(flow_text(item, habits) for item in content.items)}]"
    return f"{{{habits.pad}{flow_entries(content, habits)}{habits.pad}}}"


def flow_entries(content: Map, habits: Habits) -> str:
    """The entries of a new mapping on one line, without braces."""
    return habits.comma.join(
        key_text(key, habits, in_flow=True) + habits.colon + flow_text(value, habits) for key, value in content.entries
    )


def habits_of(file: ValuesFile) -> Habits:
    """What most places of the file do. Raises `RefusedEdit` for a part of a file."""
    file.refuse_part()
    quotes: Counter[str] = Counter()
    offsets: Counter[int] = Counter()
    steps: Counter[int] = Counter()
    ahead = [file.root]
    while ahead:
        node = ahead.pop()
        if node.is_alias:
            continue
        if node.kind == "scalar":
            quotes[node.style] += 1
        ahead += node.items
        for key, value in node.entries:
            ahead.append(value)
            if value.is_alias or value.is_flow or node.is_flow:
                continue
            if value.kind == "sequence":
                offsets[value.column - key.column] += 1
            elif value.kind == "mapping":
                steps[value.column - key.column] += 1
    return Habits(
        quote=_quote(quotes),
        step=_most_common(steps, 2, range(1, 9)),
        list_offset=_most_common(offsets, 2, range(9)),
    )


def _quote(quotes: Counter[str]) -> str:
    return SINGLE if quotes[SINGLE] > quotes[DOUBLE] else DOUBLE


def _most_common(counts: Counter[int], default: int, allowed: range) -> int:
    usable = {value: (count, value) for value, count in counts.items() if value in allowed}
    return max(usable, key=lambda value: usable[value]) if usable else default


def local_habits(habits: Habits, values: list[Node], keys: list[Node]) -> Habits:
    """Habits refined by what is beside the new content: its siblings' quotes."""
    styles = Counter(value.style for value in values if value.kind == "scalar" and not value.is_alias)
    if styles[SINGLE] or styles[DOUBLE]:
        habits = replace(habits, quote=_quote(styles))
    strings = [value for value in values if value.kind == "scalar" and isinstance(value.value, str)]
    plain = sum(not value.style for value in strings)
    habits = replace(habits, plain_values=not strings or plain * 2 >= len(strings))
    key_styles = {key.style for key in keys}
    if len(key_styles) == 1 and key_styles <= {SINGLE, DOUBLE}:
        habits = replace(habits, key_quote=key_styles.pop())
    return habits


def flow_habits(file: ValuesFile, collection: Node, habits: Habits) -> Habits:
    """Habits refined by how a collection in brackets or braces is written, as in compact JSON."""
    template = _flow_template(collection)
    if template is None:
        quoted = [item for item in collection.items if item.style == DOUBLE]
        if len(collection.items) > 1 and len(quoted) == len(collection.items):
            comma = _one_line(file.text[collection.items[-2].end : collection.items[-1].start], ", ")
            colon = ":" if comma == "," else ": "
            return replace(habits, key_quote=DOUBLE, plain_values=False, comma=comma, colon=colon)
        return habits
    entries = template.entries
    key, value = entries[-1]
    habits = local_habits(habits, [each for _, each in entries], [each for each, _ in entries])
    colon = _one_line(file.text[key.end : value.start], ": ")
    if len(entries) > 1:
        comma = _one_line(file.text[entries[-2][1].end : key.start], ", ")
    else:
        comma = "," if colon == ":" else ", "
    pad = file.text[template.start + 1 : entries[0][0].start]
    return replace(
        habits,
        colon=colon if habits.key_quote else ": ",
        comma=comma,
        pad=pad if not pad.strip(" ") else "",
        plain_values=habits.plain_values and habits.key_quote != DOUBLE,  # quoted keys mean JSON
    )


def _flow_template(collection: Node) -> Node | None:
    """The last mapping in braces among the items, or the collection itself."""
    if collection.kind == "mapping":
        return collection if collection.is_flow and collection.entries else None
    for item in reversed(collection.items):
        if item.kind == "mapping" and item.is_flow and item.entries:
            return item
    return None


def _one_line(separator: str, otherwise: str) -> str:
    """A separator as it is written, if it is one mark with blanks after it at most."""
    return separator if separator.rstrip(" ") in (",", ":") else otherwise
