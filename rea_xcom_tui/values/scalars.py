"""Setting the text of a scalar, in whatever style it is written."""

from __future__ import annotations

import re

from rea_xcom_tui.edits import SetText
from rea_xcom_tui.values.content import habits_of
from rea_xcom_tui.values.errors import RefusedEdit
from rea_xcom_tui.values.fill_empty import value_gap
from rea_xcom_tui.values.locating import Spot, describe, locate, through_alias
from rea_xcom_tui.values.nodes import Node
from rea_xcom_tui.values.positions import content_start, line_start, newline_at
from rea_xcom_tui.values.quoting import DOUBLE, SINGLE, in_quotes, is_printable, write_scalar
from rea_xcom_tui.values.reading import ValuesFile
from rea_xcom_tui.values.splice import STRING, Expected, Splice, event_range

_HEADER = re.compile(r"([|>])([-+0-9]*)((?:[ \t]+#[^\r\n]*)?[ \t]*)\r?\n")


def plan_set(file: ValuesFile, edit: SetText) -> Splice | None:
    """The splice for `SetText`, or None when the scalar is a string with this text already. Raises `RefusedEdit`."""
    spot = locate(file, edit.address)
    node = spot.node
    if node.is_alias and not edit.cut_alias:
        raise through_alias(file, node, edit.address)
    if node.kind != "scalar" and not node.is_alias:
        raise RefusedEdit(
            "wrong-kind",
            f"{describe(edit.address)} at line {node.line} is a {node.kind}, not a single value.",
            node.line,
            node.column,
        )
    return plan_text(file, spot, edit.text)


def plan_text(file: ValuesFile, spot: Spot, text: str) -> Splice | None:
    """The splice that makes the scalar at `spot` a string with this text, or None when it is one."""
    node = spot.node
    if not node.is_alias and isinstance(node.value, str) and node.value == text:
        return None
    first, last = event_range(file, node)
    if node.is_alias:
        expected = Expected(STRING, text)
        written = in_quotes(text, _spare_quote(file, spot))
        return Splice(node.start, node.end, written, first, last, (expected,))
    expected = Expected(STRING, text, node.tag, node.event.anchor)
    start = content_start(file, node)
    if node.style in ("|", ">"):
        end, written = _block_text(file, node, start, text) or _unblocked(file, spot, start, text)
        return Splice(start, end, written, first, last, (expected,))
    if start == node.end and not node.style:
        written = value_gap(file, spot, start) + in_quotes(text, _spare_quote(file, spot))
        follower = file.text[start : start + 1]
        written += "" if follower in ("", " ", "\t", "\r", "\n", ",", "]", "}") else " "
    elif is_env_value(spot) and node.style not in (SINGLE, DOUBLE):
        written = in_quotes(text, _spare_quote(file, spot))
    else:
        written = write_scalar(text, node.style, in_flow=spot.in_flow, spare=_spare_quote(file, spot))
    return Splice(start, node.end, written, first, last, (expected,))


def is_env_value(spot: Spot) -> bool:
    """Whether a scalar is the `value` of a `{name, value}` list item, which Kubernetes wants as a string."""
    if spot.key is None or spot.key.text != "value" or len(spot.parents) < 2:
        return False
    return spot.parents[-2].kind == "sequence" and spot.parents[-1].get("name") is not None


def _spare_quote(file: ValuesFile, spot: Spot) -> str:
    """The quotes for a text whose old style has none: its siblings', else those of most of the file."""
    around = spot.parents[-2] if is_env_value(spot) else spot.parent
    counts = {SINGLE: 0, DOUBLE: 0}
    if around is not None:
        siblings = [value for _, value in around.entries]
        siblings += [value for item in around.items for _, value in item.entries]
        for value in siblings:
            if value.style in counts:
                counts[value.style] += 1
    if counts[SINGLE] == counts[DOUBLE]:
        return habits_of(file).quote
    return SINGLE if counts[SINGLE] > counts[DOUBLE] else DOUBLE


def _block_text(file: ValuesFile, node: Node, start: int, text: str) -> tuple[int, str] | None:
    """The new block scalar in the old one's style and indent with the end of what it replaces, or None where
    the style cannot carry the text."""
    old = file.text[start : node.end]
    header = _HEADER.match(old)
    body = text.rstrip("\n")
    if header is None or not body or body[0] in " \t":
        return None
    lines = body.split("\n")
    if not all(is_printable(line.replace("\t", "")) for line in lines):
        return None
    if node.style == ">" and (len(lines) > 1 or body[-1] in " \t"):
        return None
    content = old[header.end() :].rstrip(" \t\r\n")
    blanks = old[header.end() + len(content) :]
    indent = _indent(content, node.text)
    newline = newline_at(file, line_start(file.text, start) if "\n" not in old else start + header.end())
    endings = len(text) - len(body)
    if indent is None or (endings and "\n" not in blanks):
        return None
    blank_lines = blanks.partition("\n")[2]
    written = newline.join(indent + line if line else "" for line in lines)
    digits = "".join(char for char in header[2] if char.isdigit())
    head = file.text[start : start + header.end()]
    if endings != _endings(header[2], blank_lines):
        chomping = "-" if endings == 0 else "" if endings == 1 else "+"
        head = header[1] + digits + chomping + head[len(header[1]) + len(header[2]) :]
        if endings > 1 or "+" in header[2]:
            return node.end, head + written + newline * max(endings, 1 if "\n" in blanks else 0)
    return start + header.end() + len(content), head + written


def _endings(indicators: str, blank_lines: str) -> int:
    """How many newlines a block scalar's value ends with."""
    if "-" in indicators:
        return 0
    return 1 + (blank_lines.count("\n") if "+" in indicators else 0)


def _indent(content: str, value: str) -> str | None:
    """The indent of a block scalar, which is that of its first line less the blanks that are in its value."""
    lines = (line for line in content.split("\n") if line.strip(" \t\r"))
    values = (line for line in value.split("\n") if line.strip(" \t\r"))
    line, first = next(lines, None), next(values, None)
    if line is None or first is None:
        return None
    width = len(line) - len(line.lstrip(" ")) - (len(first) - len(first.lstrip(" ")))
    return " " * width if width > 0 else None


def _unblocked(file: ValuesFile, spot: Spot, start: int, text: str) -> tuple[int, str]:
    """The text in quotes in place of a block scalar; its header's comment and the blank lines below stay."""
    old = file.text[start : spot.node.end]
    header = _HEADER.match(old)
    comment = "" if header is None else header[3].rstrip(" \t")
    content = old.rstrip(" \t\r\n")
    return start + len(content), in_quotes(text, _spare_quote(file, spot)) + comment
