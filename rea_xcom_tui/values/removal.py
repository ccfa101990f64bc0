"""Removing an entry or a list item with its own comment, and nothing that could be somebody else's."""

from __future__ import annotations

import re

from rea_xcom_tui.edits import Remove
from rea_xcom_tui.values.brackets import children_of, comma_after
from rea_xcom_tui.values.errors import RefusedEdit
from rea_xcom_tui.values.locating import Spot, locate, refuse_anchors_inside
from rea_xcom_tui.values.nodes import Node
from rea_xcom_tui.values.positions import (
    after_own_comments,
    column_of,
    content_end,
    dash_of,
    is_line_opener,
    line_end,
    line_start,
    newline_at,
    next_line,
    odd_shape,
    property_end,
    refuse_open_end,
)
from rea_xcom_tui.values.reading import ValuesFile
from rea_xcom_tui.values.splice import LIST_END, LIST_START, MAP_END, MAP_START, Expected, Splice, event_range

_DASHES = re.compile(r"[ \t]*(?:-[ \t]+)+\Z")


def plan_remove(file: ValuesFile, edit: Remove) -> Splice:
    """The splice for `Remove`."""
    spot = locate(file, edit.address)
    parent = spot.parent
    if parent is None:
        raise RefusedEdit("wrong-kind", "The whole content of a file cannot be removed.", 1, 1)
    nodes = (spot.node,) if spot.key is None else (spot.key, spot.node)
    refuse_anchors_inside(file, nodes)
    children = list(parent.items) or [value for _, value in parent.entries]
    position = next(at for at, child in enumerate(children) if child.raw is spot.node.raw)
    first, last = event_range(file, nodes[0])[0], event_range(file, spot.node)[1]
    if parent.is_flow:
        start, end, kept = _in_brackets(file, parent, position)
        return Splice(start, end, kept, first, last, ())
    if len(children) == 1:
        return _leave_empty(file, spot, parent)
    start, end = _block_extent(file, spot, parent, children, position)
    return Splice(start, end, "", first, last, ())


def _opener(file: ValuesFile, spot: Spot, parent: Node, position: int) -> int:
    """Index of the dash or of the key's first character."""
    return dash_of(file, parent, position) if spot.key is None else spot.key.start


def _block_extent(file: ValuesFile, spot: Spot, parent: Node, children: list[Node], position: int) -> tuple[int, int]:
    """From where to where the lines of a child in block style go, when it has siblings."""
    text = file.text
    opener = _opener(file, spot, parent, position)
    if not is_line_opener(text, opener):
        return _beside_dash(file, spot, parent, position, opener)
    start, end = _whole_lines(file, spot.node, opener, own_above=position > 0)
    blank_above = start > 0 and not text[line_start(text, start - 1) : start].strip()
    if end == len(text) and not text.endswith("\n") and start > 0 and not blank_above:
        start = line_end(text, start - 1)  # the file still ends without a newline; a blank line above would go with it
        refuse_open_end(file, children[position - 1])
    return start, end


def _whole_lines(file: ValuesFile, node: Node, opener: int, *, own_above: bool) -> tuple[int, int]:
    """The lines of a child with its own comments.

    A comment above the first child is left alone: it may well speak of the whole list or mapping.
    """
    text = file.text
    column = column_of(text, opener)
    start = line_start(text, opener)
    while own_above and start > 0:
        above = line_start(text, start - 1)
        line = text[above:start]
        if not line.startswith(" " * column + "#"):
            break
        start = above
    return start, after_own_comments(text, content_end(file, node), column)


def _beside_dash(file: ValuesFile, spot: Spot, parent: Node, position: int, opener: int) -> tuple[int, int]:
    """A child that begins on the line of a dash, as the first key of a list item does: the next moves up."""
    before = file.text[line_start(file.text, opener) : opener]
    if position != 0 or not _DASHES.match(before):
        raise odd_shape(spot.node.line, "it begins in the middle of a line")
    following = dash_of(file, parent, 1) if spot.key is None else parent.entries[1][0].start
    between = file.text[content_end(file, spot.node) : following]
    if between.strip(" \t\r\n"):
        raise odd_shape(spot.node.line, "there is a comment between it and what follows")
    return opener, following


def _leave_empty(file: ValuesFile, spot: Spot, parent: Node) -> Splice:
    """Remove the only child of a collection in block style: brackets or braces stay."""
    text = file.text
    braces = "{}" if parent.kind == "mapping" else "[]"
    kinds = (MAP_START, MAP_END) if parent.kind == "mapping" else (LIST_START, LIST_END)
    events = (Expected(kinds[0], "", parent.tag, parent.event.anchor), Expected(kinds[1]))
    first, last = event_range(file, parent)
    opener = _opener(file, spot, parent, 0)
    if not is_line_opener(text, opener):
        if not _DASHES.match(text[line_start(text, opener) : opener]):
            raise odd_shape(spot.node.line, "it begins in the middle of a line")
        end = content_end(file, spot.node)
        return Splice(opener, line_end(text, max(end - 1, opener)), braces, first, last, events)
    start, end = _whole_lines(file, spot.node, opener, own_above=False)
    if len(spot.parents) == 1:
        newline = newline_at(file, start) if end > start and text[end - 1 : end] == "\n" else ""
        return Splice(start, end, braces + newline, first, last, events)
    at = _after_key(file, spot)
    kept = text[at:start]
    if end == len(text) and not text.endswith("\n"):
        kept = kept.removesuffix("\n").removesuffix("\r")
    return Splice(at, end, f" {braces}{kept}", first, last, events)


def _after_key(file: ValuesFile, spot: Spot) -> int:
    """Index after the colon (and anchor) of the key that the parent of `spot` is under."""
    parent = spot.parents[-1]
    properties = property_end(file, parent)
    if properties is not None:
        return properties
    holder = spot.parents[-2]
    for key, value in holder.entries:
        if value.raw is parent.raw:
            colon = len(file.text[key.end :]) - len(file.text[key.end :].lstrip(" \t")) + key.end
            if file.text[colon : colon + 1] == ":":
                return colon + 1
    raise odd_shape(parent.line, "its key and its value are not next to each other")


def _in_brackets(file: ValuesFile, parent: Node, position: int) -> tuple[int, int, str]:
    """What goes from a collection in brackets, as start, end, and what is kept of it."""
    text = file.text
    children = children_of(parent)
    start, end = children[position]
    close = parent.end - 1
    comma = comma_after(text, end, close)
    if len(children) == 1:
        opening = int(parent.event.end_mark.index)
        if "#" in text[opening:start] or "#" in text[end:close]:
            return start, end if comma is None else comma + 1, ""
        return opening, close, ""
    following = children[position + 1][0] if position + 1 < len(children) else close
    own_line = is_line_opener(text, start) and line_end(text, end if comma is None else comma) < following
    if own_line and comma is not None:
        return line_start(text, start), next_line(text, comma), ""
    if own_line:
        return _last_on_own_line(file, parent, children[position - 1][1], start, end)
    if position + 1 < len(children):
        return _without_comment(file, parent, start, following)
    return _without_comment(file, parent, children[position - 1][1], end)


def _last_on_own_line(file: ValuesFile, parent: Node, previous: int, start: int, end: int) -> tuple[int, int, str]:
    """The last child without a comma after it: the comma before it goes, a comment there stays."""
    text = file.text
    comma = comma_after(text, previous, start)
    if comma is None:
        raise odd_shape(parent.line, "a comma was not found")
    return comma, next_line(text, end), text[comma + 1 : line_start(text, start)]


def _without_comment(file: ValuesFile, parent: Node, start: int, end: int) -> tuple[int, int, str]:
    if "#" in file.text[start:end] and _has_comment(file, start, end):
        raise odd_shape(parent.line, "there is a comment between it and its neighbour")
    return start, end, ""


def _has_comment(file: ValuesFile, start: int, end: int) -> bool:
    lines = range(file.line_at(start), file.line_at(end))
    return any(file.comment_on(line) is not None for line in lines)
