"""Putting content where there is none: `key:`, `key: ~`, `key: []`, `key: {}`, an empty file."""

from __future__ import annotations

from rea_xcom_tui.values.content import Habits, Items, Map, block_lines, events_of, flow_text
from rea_xcom_tui.values.locating import Spot
from rea_xcom_tui.values.nodes import EmptyRoot, Kind, Node
from rea_xcom_tui.values.positions import column_of, content_start, line_end, line_start, newline_at, odd_shape
from rea_xcom_tui.values.reading import ValuesFile
from rea_xcom_tui.values.splice import DOCUMENT_END, DOCUMENT_START, Expected, Splice, event_range


def is_fillable(node: Node, kind: Kind) -> bool:
    """Whether a node is null, or an empty collection of this kind."""
    if node.kind == kind:
        return not (node.items or node.entries)
    return node.kind == "scalar" and node.value is None


def fill_empty(file: ValuesFile, spot: Spot, content: Map | Items, habits: Habits) -> Splice:
    """The splice that replaces a null or an empty collection by `content`.

    Outside of brackets the new content is in block style below its key; a comment on the key's line stays.
    """
    node = spot.node
    if isinstance(node, EmptyRoot):
        return _fill_file(file, content, habits)
    first, last = event_range(file, node)
    event = node.event
    opening = Expected(events_of(content)[0].kind, "", node.tag, event.anchor)
    events = (opening, *events_of(content)[1:])
    start = content_start(file, node)
    if spot.in_flow:
        written = value_gap(file, spot, start) + flow_text(content, habits)
        return Splice(start, node.end, written, first, last, events)
    if spot.parent is None:
        lines = block_lines(content, 0, habits)
        return Splice(start, node.end, newline_at(file, start).join(lines), first, last, events)
    if spot.key is None:
        return _fill_item(file, spot, content, habits, Splice(start, node.end, "", first, last, events))
    return _fill_value(file, spot, spot.key, content, habits, Splice(start, node.end, "", first, last, events))


def value_gap(file: ValuesFile, spot: Spot, start: int) -> str:
    """What must be between the text before `start` and a new value there."""
    if start != spot.node.end:
        return ""
    blank = "" if start == 0 or file.text[start - 1] in " \t\n" else " "
    if spot.key is not None and spot.key.end == start and spot.in_flow:
        return ": "  # `{key}`: a null without a colon
    return blank


def _tail(file: ValuesFile, node: Node) -> tuple[str, int]:
    """What follows a value on its line (nothing, or a comment with the blanks before it), and its end."""
    end = line_end(file.text, node.end)
    tail = file.text[node.end : end]
    if not tail.strip(" \t"):
        return "", end
    if not tail.lstrip(" \t").startswith("#"):
        raise odd_shape(node.line, "something follows the empty value on its line")
    return tail if tail[0] in " \t" else " " + tail, end


def _fill_value(file: ValuesFile, spot: Spot, key: Node, content: Map | Items, habits: Habits, plan: Splice) -> Splice:
    indent = column_of(file.text, key.start)
    offset = habits.list_offset if isinstance(content, Items) else habits.step
    lines = block_lines(content, indent + offset, habits)
    if file.text[key.end : plan.start].strip(" \t")[:1] != ":":
        raise odd_shape(key.line, "its key and its value are not next to each other")
    tail, end = _tail(file, spot.node)
    start = len(file.text[: plan.start].rstrip(" \t"))
    newline = newline_at(file, line_start(file.text, plan.start))
    return Splice(start, end, tail + newline + newline.join(lines), plan.first, plan.last, plan.events)


def _fill_item(file: ValuesFile, spot: Spot, content: Map | Items, habits: Habits, plan: Splice) -> Splice:
    """A null or empty item of a block list: the new entries begin right behind the dash."""
    dash = file.text[: plan.start].rstrip(" \t")
    tail, end = _tail(file, spot.node)
    if not dash.endswith("-") or isinstance(content, Items) or tail:
        raise odd_shape(spot.node.line, "the list item is empty in an unusual way")
    column = column_of(file.text, len(dash)) + 1
    lines = block_lines(content, column, habits)
    newline = newline_at(file, line_start(file.text, plan.start))
    written = " " + newline.join(lines).lstrip(" ")
    return Splice(len(dash), end, written, plan.first, plan.last, plan.events)


def _fill_file(file: ValuesFile, content: Map | Items, habits: Habits) -> Splice:
    """The first keys of a file that has none, perhaps comments or a document mark: they go to its end."""
    end = len(file.text)
    newline = newline_at(file, end)
    lines = newline.join(block_lines(content, 0, habits))
    written = lines + newline if not file.text or file.text.endswith("\n") else newline + lines
    events = file.stream.events
    if file.documents:
        return Splice(end, end, written, 2, len(events) - 1, tuple(events_of(content)))
    wrapped = (Expected(DOCUMENT_START), *events_of(content), Expected(DOCUMENT_END))
    return Splice(end, end, written, 1, len(events), wrapped)
