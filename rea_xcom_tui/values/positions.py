"""Where things are in the text of a values file: lines, columns, and the ends of what is written."""

from __future__ import annotations

import re

from rea_xcom_tui.values.errors import RefusedEdit
from rea_xcom_tui.values.nodes import Node
from rea_xcom_tui.values.reading import ValuesFile

_PROPERTY = re.compile(r"(?:!<[^>]*>|[&!][^\s,\[\]{}]*)")
_GAP = re.compile(r"(?:[ \t\r\n]++|#[^\n]*+)*+")
_COMMENT_LINE = re.compile(r"([ \t]*)#[^\n]*(?:\n|\Z)")


def line_start(text: str, index: int) -> int:
    """Index of the first character of the line that `index` is on."""
    return text.rfind("\n", 0, index) + 1


def next_line(text: str, index: int) -> int:
    """Index of the first character of the line after the one that `index` is on, or the end of the text."""
    found = text.find("\n", index)
    return len(text) if found < 0 else found + 1


def line_end(text: str, index: int) -> int:
    """Index of the newline (`\\n` or `\\r\\n`) that ends the line `index` is on, or the end of the text."""
    found = text.find("\n", index)
    if found < 0:
        return len(text)
    return found - 1 if text[found - 1 : found] == "\r" else found


def column_of(text: str, index: int) -> int:
    """How many characters come before `index` on its line."""
    return index - line_start(text, index)


def newline_at(file: ValuesFile, index: int) -> str:
    """The newline to use for a line inserted at `index`: that of the line before, else the file's usual one."""
    if index > 0 and file.text[index - 1] == "\n":
        return "\r\n" if file.text[index - 2 : index - 1] == "\r" else "\n"
    return file.newline


def property_end(file: ValuesFile, node: Node) -> int | None:
    """Index after a node's anchor and tag, or None if it has neither."""
    event = node.event
    if node.is_alias or (event.anchor is None and event.tag is None):
        return None
    at = end = node.start
    for _ in range((event.anchor is not None) + (event.tag is not None)):
        found = _PROPERTY.match(file.text, at)
        if found is None:
            raise odd_shape(node.line, "its anchor or tag was not understood")
        end = found.end()
        at = skip_gap(file.text, end)
    return end


def content_start(file: ValuesFile, node: Node) -> int:
    """Index of a node's first character after its anchor and tag."""
    end = property_end(file, node)
    if end is None:
        return node.start
    at = skip_gap(file.text, end)
    return end if at > node.end else at


def skip_gap(text: str, index: int) -> int:
    """Index of the first character from `index` on that is neither blank nor newline nor comment."""
    found = _GAP.match(text, index)
    return index if found is None else found.end()


def last_leaf(node: Node) -> Node:
    """The node that ends a node's text: itself, or its last descendant in block style."""
    while node.kind != "scalar" and not node.is_alias and not node.is_flow:
        children = node.items or [value for _, value in node.entries]
        if not children:
            break
        node = children[-1]
    return node


def content_end(file: ValuesFile, node: Node) -> int:
    """Index of the line after the last line that has something of `node` on it.

    The blank lines after a block scalar are not counted unless they belong to its value (`|+`).
    """
    leaf = last_leaf(node)
    if leaf.style not in ("|", ">"):
        return next_line(file.text, leaf.end)
    body = file.text[leaf.start : leaf.end]
    header, newline, _ = body.partition("\n")
    if not newline:
        return leaf.end
    if "+" in header.split("#")[0]:
        return leaf.end if body.endswith("\n") else next_line(file.text, leaf.end)
    return next_line(file.text, leaf.start + len(body.rstrip(" \t\r\n")))


def after_own_comments(text: str, index: int, column: int) -> int:
    """Skip the comment lines that start at line start `index` and are indented more than `column`."""
    while (found := _COMMENT_LINE.match(text, index)) and len(found[1]) > column:
        if found.end() == index:
            break
        index = found.end()
    return index


def dash_of(file: ValuesFile, sequence: Node, position: int) -> int:
    """Index of the `-` that opens an item of a block sequence. Raises `RefusedEdit` where it is not found."""
    if position == 0:
        at = content_start(file, sequence)
    else:
        at = skip_gap(file.text, last_leaf(sequence.items[position - 1]).end)
    if file.text[at : at + 1] != "-":
        item = sequence.items[position]
        raise odd_shape(item.line, "the list item's dash was not found where it should be")
    return at


def is_line_opener(text: str, index: int) -> bool:
    """Whether only blanks come before `index` on its line."""
    return not text[line_start(text, index) : index].strip(" \t")


def odd_shape(line: int, why: str) -> RefusedEdit:
    """The refusal of an edit in a place written in a way that this tool does not take apart."""
    return RefusedEdit("shape", f"Line {line} is written in an unusual way: {why}. Change it by hand.", line, 0)


def refuse_open_end(file: ValuesFile, node: Node) -> None:
    """Refuse to add or take the file's last newline where `node` ends in a block text that it would change."""
    leaf = last_leaf(node)
    header = file.text[leaf.start : line_end(file.text, leaf.start)].partition("#")[0]
    if leaf.style in ("|", ">") and "-" not in header:
        raise RefusedEdit(
            "final-newline",
            f"The file has no last newline, and the edit would make the block text of line {leaf.line} end with "
            "one, or without one. End the file with a newline first.",
            leaf.line,
            0,
        )
