"""Pending edits as lines of a list: pure functions from edits to text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

from rich.cells import cell_len

from rea_xcom_tui.fleet.edit.pending import Declare, Fix, changed_by
from rea_xcom_tui.text import plural
from rea_xcom_tui.tui.background.file_changes import Group, GroupBy, changed_part
from rea_xcom_tui.tui.cells.explain import value_words
from rea_xcom_tui.tui.cells.rows import UNSET
from rea_xcom_tui.tui.kit.fit import harmless, pad, shorten, shorten_change
from rea_xcom_tui.tui.kit.styled_lines import Line

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.edit.pending import PendingEdit
    from rea_xcom_tui.xcom.model import Value

_LEAST_FILE = 12
"""Cells that the end of a file's path needs to tell something."""


def words(edit: PendingEdit) -> str:
    """What an edit changes, from what to what: `threshold 1048576 (1 MiB) → 0 (always)`."""
    if isinstance(edit, Fix):
        return f"fix {edit.field}: {harmless(edit.text)}"
    return " ".join(head_and_change(edit))


def head_and_change(edit: PendingEdit) -> tuple[str, str]:
    """What an edit is about, and what it changes: `threshold` and `1048576 (1 MiB) → 0 (always)`."""
    from rea_xcom_tui.xcom.rules.families import find

    if isinstance(edit, Fix):
        rule = find(edit.field)
        return f"fix {edit.field}:", rule.title if rule is not None else harmless(edit.text)
    if isinstance(edit, Declare) and not edit.statement.group:
        return f"{harmless(edit.statement.title)}:", harmless(str(edit.new)).removeprefix("accepted: ")
    what = f"{harmless(edit.statement.title)}: {edit.field}" if isinstance(edit, Declare) else edit.field
    return what, f"{value_words(edit.old)} → {value_words(edit.new)}"


def cause_words(edits: Sequence[PendingEdit]) -> str:
    """What edits of one cause change: in full where it is the same value everywhere, else the part that changes."""
    first = edits[0]
    if isinstance(first, Fix):
        return f"fix {first.field}"
    if isinstance(first, Declare):
        return harmless(first.statement.title) if first.statement.group else words(first)
    old, new = changed_part(first.old, first.new)
    same = {(edit.old, edit.new) for edit in edits} == {(first.old, first.new)}
    return words(first) if same else f"{first.field} {_bare(old)} → {_bare(new)}"


def group_line(group: Group, by: GroupBy, *, is_open: bool, refused: int, width: int) -> Line:
    """A group: whether it takes part, what it changes or which file, and its reach."""
    count = len(group.edits)
    box = "[x]" if not group.held else "[ ]" if group.held == count else "[-]"
    file = by == "file"
    problems = f"  {refused} refused" if refused else ""
    whole = harmless(group.edits[0].file) if file else cause_words(group.edits)
    room = width - 8 - len(problems)
    reach = plural(count, "edit") if file else reach_of(group)
    if len(whole) > room - len(reach):
        reach = f"×{count}" if count > 1 else ""  # what tells groups apart is worth more than the noun
    room = max(10, room - len(reach))
    head = shorten(whole, room, "start") if file else _cause_in(group.edits, whole, room)
    style = "quiet" if group.held == count else "edited"
    return [
        (f"{'▾' if is_open else '▸'} {box} ", style),
        (pad(head, room), style),
        (problems, "invalid"),
        (f"  {reach}", "quiet"),
    ]


def edit_line(
    edit: PendingEdit, by: GroupBy, *, refused: bool, width: int, names: Mapping[str, str] = MappingProxyType({})
) -> Line:
    """One edit of a group: its deployment and the end of its file, or its change where the group is a file."""
    room = max(10, width - 8)
    style = "invalid" if refused else "quiet" if edit.held else ""
    box: Line = [(f"  {'[ ]' if edit.held else '[x]'} {'!' if refused else ' '} ", style)]
    if by == "file" or (isinstance(edit, Declare) and bool(edit.statement.group)):
        return [*box, (_fitted(edit, room), style)]
    if isinstance(edit, Declare):
        places = accepted_in(edit)
        more = f" and {len(places) - 1} more" if len(places) > 1 else ""
        where = f"{names[places[0]]}{more}" if places and places[0] in names else edit.statement.where
        return [*box, (shorten(harmless(where), room, "middle"), style)]
    more = f" and {plural(len(edit.also), 'other')}" if edit.also else ""
    name = shorten(harmless(names.get(edit.deployment, edit.deployment)), max(8, room - len(more)), "middle") + more
    left = room - cell_len(name) - 2
    file = shorten(harmless(edit.file), left, "start") if left >= _LEAST_FILE else ""
    return [*box, (name, style), (f"  {pad(file, left, right=True)}" if file else "", "quiet")]


def accepted_in(edit: PendingEdit) -> tuple[str, ...]:
    """The ids of the deployments that an edit of the baseline names."""
    return edit.statement.deployments if isinstance(edit, Declare) else ()


def reach_of(group: Group) -> str:
    """How far a group of one cause reaches: in deployments; of what the baseline says of a group, in fields."""
    first = group.edits[0]
    if isinstance(first, Declare) and first.statement.group:
        return plural(len(group.edits), "field")
    declared = [len(edit.statement.deployments) for edit in group.edits if isinstance(edit, Declare)]
    return plural(sum(declared) or len(changed_by(group.edits)), "deployment")


def _cause_in(edits: Sequence[PendingEdit], whole: str, room: int) -> str:
    """The same in at most `room` cells: without the human units, then with what differs in sight."""
    first = edits[0]
    if len(whole) <= room or isinstance(first, Declare | Fix):
        return shorten(whole, room)
    if whole == words(first):
        return _fitted(first, room)
    label = f"{first.field} "
    return label + shorten_change(whole.removeprefix(label), max(8, room - len(label)))


def _fitted(edit: PendingEdit, room: int) -> str:
    """What an edit changes in at most `room` cells: first without human units, then without what both values share."""
    whole = words(edit)
    if len(whole) <= room or isinstance(edit, Declare | Fix):
        return shorten(whole, room, "middle")
    label = f"{edit.field} "
    return label + shorten_change(f"{_bare(edit.old)} → {_bare(edit.new)}", max(8, room - len(label)))


def _bare(value: Value) -> str:
    return UNSET if value is None else harmless(str(value))
