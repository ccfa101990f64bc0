"""Pending edits as lines of a list: pure functions from edits to text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rea_xcom_tui.fleet.edit.pending import Declare, Fix
from rea_xcom_tui.text import plural
from rea_xcom_tui.tui.background.file_changes import Group, GroupBy
from rea_xcom_tui.tui.cells.explain import value_words
from rea_xcom_tui.tui.cells.rows import UNSET
from rea_xcom_tui.tui.kit.fit import harmless, pad, shorten, shorten_change
from rea_xcom_tui.tui.kit.styled_lines import Line

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.edit.pending import PendingEdit
    from rea_xcom_tui.xcom.model import Value


def words(edit: PendingEdit) -> str:
    """What an edit changes, from what to what: `threshold 1048576 (1 MiB) → 0 (always)`."""
    if isinstance(edit, Fix):
        return f"fix {edit.field}: {harmless(edit.text)}"
    if isinstance(edit, Declare) and not edit.statement.group:
        return f"{harmless(edit.statement.title)}: {harmless(str(edit.new)).removeprefix('accepted: ')}"
    what = f"{harmless(edit.statement.title)}: {edit.field}" if isinstance(edit, Declare) else edit.field
    return f"{what} {value_words(edit.old)} → {value_words(edit.new)}"


def group_line(group: Group, by: GroupBy, *, is_open: bool, refused: int, width: int) -> Line:
    """A group: whether it takes part, what it changes or which file, and its reach."""
    count = len(group.edits)
    box = "[x]" if not group.held else "[ ]" if group.held == count else "[-]"
    deployments = {edit.deployment for edit in group.edits if not isinstance(edit, Declare)}
    reach = plural(len(deployments), "deployment") if by == "cause" and deployments else plural(count, "edit")
    problems = f"  {refused} refused" if refused else ""
    room = max(10, width - 6 - len(reach) - len(problems) - 2)
    file = by == "file"
    head = shorten(harmless(group.edits[0].file), room, "start") if file else _cause_words(group.edits[0], room)
    style = "quiet" if group.held == count else "edited"
    return [
        (f"{'▾' if is_open else '▸'} {box} ", style),
        (pad(head, room), style),
        (problems, "invalid"),
        (f"  {reach}", "quiet"),
    ]


def edit_line(edit: PendingEdit, by: GroupBy, *, refused: bool, width: int) -> Line:
    """One edit of a group: its deployment, or its change where the group is a file."""
    room = max(10, width - 8)
    whole = by == "file" or (isinstance(edit, Declare) and bool(edit.statement.group))
    where = edit.statement.where if isinstance(edit, Declare) else edit.deployment
    shown = _fitted(edit, room) if whole else shorten(harmless(where), room, "start")
    style = "invalid" if refused else "quiet" if edit.held else ""
    return [(f"  {'[ ]' if edit.held else '[x]'} {'!' if refused else ' '} ", style), (shown, style)]


def _reach(group: Group) -> str:
    """How far a group of one cause reaches: in deployments, or of what is said in the baseline, in fields."""
    first = group.edits[0]
    if isinstance(first, Declare) and first.statement.group:
        return plural(len(group.edits), "field")
    declared = [len(edit.statement.deployments) for edit in group.edits if isinstance(edit, Declare)]
    return plural(sum(declared) or len({edit.deployment for edit in group.edits}), "deployment")


def _cause_words(edit: PendingEdit, room: int) -> str:
    """What the edits of a group change; without the human units where there is no room for them."""
    if isinstance(edit, Declare):
        return harmless(edit.statement.title) if edit.statement.group else shorten(words(edit), room)
    if isinstance(edit, Fix):
        return f"fix {edit.field}"
    return _fitted(edit, room)


def _fitted(edit: PendingEdit, room: int) -> str:
    """What an edit changes in at most `room` cells: first without human units, then without what both values share."""
    whole = words(edit)
    if len(whole) <= room or isinstance(edit, Declare | Fix):
        return shorten(whole, room, "middle")
    label = f"{edit.field} "
    return label + shorten_change(f"{_bare(edit.old)} → {_bare(edit.new)}", max(8, room - len(label)))


def _bare(value: Value) -> str:
    return UNSET if value is None else harmless(str(value))
