"""Editing the YAML document that is in a block text, as Argo CD keeps a chart's values in its own file."""

from __future__ import annotations

from collections.abc import Callable

from rea_xcom_tui.edits import Edit, InBlock
from rea_xcom_tui.values.decoded import block_lines_of
from rea_xcom_tui.values.errors import RefusedEdit, Unreadable
from rea_xcom_tui.values.events import read_events
from rea_xcom_tui.values.locating import Spot, describe, locate
from rea_xcom_tui.values.nodes import Node
from rea_xcom_tui.values.positions import content_start, line_end, newline_at
from rea_xcom_tui.values.reading import ValuesFile
from rea_xcom_tui.values.splice import STRING, Expected, Splice, event_range

Carry = Callable[[ValuesFile, Edit], tuple[ValuesFile, Splice | None]]
"""Carries out one edit with all its proofs and says which splice did it."""


def plan_in_block(file: ValuesFile, edit: InBlock, carry: Carry) -> Splice | None:
    """The splice for an `InBlock` with one inner edit, or None when there is nothing to do. Raises `RefusedEdit`."""
    spot = locate(file, edit.address)
    node = spot.node
    inner = inner_file(spot)
    (inner_edit,) = edit.edits
    try:
        _, splice = carry(inner, inner_edit)
    except RefusedEdit as refused:
        line = node.line + refused.line if refused.line else node.line
        raise RefusedEdit(
            refused.code, f"In the text that begins at line {node.line + 1}: {refused}", line, 0
        ) from None
    return None if splice is None else _outer_splice(file, node, inner.text, splice)


def inner_file(spot: Spot) -> ValuesFile:
    """The document in the literal block at `spot`. Raises `RefusedEdit`: `not-a-block`, `embedded`."""
    node = spot.node
    if node.is_alias or node.style != "|":
        raise RefusedEdit(
            "not-a-block",
            f"{describe(spot.address)} at line {node.line} is not a literal block text (`|`); only in those can "
            "YAML within YAML be edited exactly.",
            node.line,
            node.column,
        )
    try:
        return ValuesFile(node.text, False, read_events(node.text))
    except Unreadable as error:
        line = node.line + error.line
        raise RefusedEdit(
            "embedded",
            f"The text in {describe(spot.address)} at line {node.line} is not a values file: {error}",
            line,
            0,
        ) from None


def _outer_splice(file: ValuesFile, node: Node, text: str, splice: Splice) -> Splice:
    """The inner splice in whole lines of the outer file, each with the block's indent."""
    start = content_start(file, node)
    lines = block_lines_of(file, node, start)
    top = text.rfind("\n", 0, splice.start) + 1
    first = text.count("\n", 0, top)
    changed = text[top : splice.start] + splice.replacement
    last = text.count("\n", 0, splice.end)
    begins_line = splice.end == 0 or text[splice.end - 1 : splice.end] == "\n"
    if begins_line and (changed == "" or changed.endswith("\n")):
        end = lines.starts[last]  # the line that begins there stays as it is
    else:
        rest = line_end(text, splice.end)
        changed += text[splice.end : rest]
        end = line_end(file.text, lines.starts[last])
    if last >= len(lines.starts) - 1:
        end = min(end, lines.starts[-1])
    newline = newline_at(file, lines.starts[0])
    written = newline.join(lines.indent + line if line else "" for line in changed.split("\n"))
    outer_start = lines.starts[first]
    new_text = text[: splice.start] + splice.replacement + text[splice.end :]
    first_event, last_event = event_range(file, node)
    expected = Expected(STRING, _chomped(file, start, node, new_text), node.tag, node.anchor)
    return Splice(outer_start, end, written, first_event, last_event, (expected,))


def _chomped(file: ValuesFile, start: int, node: Node, text: str) -> str:
    """The text as the block keeps it: blank lines at its end belong to the value in `|+` only."""
    header = file.text[start : line_end(file.text, start)].partition("#")[0]
    if "+" in header:
        return text
    body = text.rstrip("\n")
    return body if "-" in header or not node.text.endswith("\n") else body + "\n"
