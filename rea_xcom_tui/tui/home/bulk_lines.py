"""The preview of one value for many deployments as lines: pure functions from what would become of each to text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from rich.cells import cell_len

from rea_xcom_tui.fleet.edit.rehearsal import OUTCOMES, Outcome, Preview, Rehearsal, Suggestion
from rea_xcom_tui.text import plural
from rea_xcom_tui.tui.cells.explain import value_words
from rea_xcom_tui.tui.kit.fit import Cut, harmless, pad, shorten, shorten_change
from rea_xcom_tui.tui.kit.styled_lines import Line, Span
from rea_xcom_tui.xcom.fields import TABLE
from rea_xcom_tui.xcom.model import FieldName, Finding

_FILE_FROM = 16
"""Cells that have to be left in a line for the file, because names may occur more than once in a fleet."""

_BOTH_FROM = 24
"""Cells that old and new value need together; below that, the places they are in give way."""

STYLES: dict[Outcome, str] = {
    "change": "edited",
    "same": "quiet",
    "skip": "quiet",
    "elsewhere": "reference",
    "refused": "invalid",
}
"""How a row of each outcome is painted."""


@dataclass(frozen=True, slots=True)
class Room:
    """What the rows of a preview need, in cells."""

    name: int = 0
    """The longest name."""
    change: int = 0
    """The longest change."""
    kept: int = 0
    """The longest value of those that stay as they are for a reason, which is after it."""

    @classmethod
    def of(cls, previews: Sequence[Preview]) -> Room:
        """What these need."""
        sizes = [(cell_len(harmless(one.name)), cell_len(_words(one))) for one in previews]
        kept = max((size for one, (_, size) in zip(previews, sizes, strict=True) if one.reason), default=0)
        names, changes = (max(column) for column in zip(*sizes, strict=True)) if sizes else (0, 0)
        return cls(names, changes, kept)


@dataclass(frozen=True, slots=True)
class Sight:
    """What the screen shows of a rehearsal. It grows with the deployments, so it is made where the rehearsal is."""

    rehearsal: Rehearsal = field(default_factory=lambda: Rehearsal(()))
    rows: Sequence[Preview] = ()
    """What would become of each, those that change first."""
    room: Room = Room()
    counts: Mapping[Outcome, int] = field(default_factory=dict)
    """How many end which way."""
    changing: Sequence[str] = ()
    """The ids of those that would change, in the order of the repo."""
    places: Mapping[str, int] = field(default_factory=dict)
    """Where among the rows each deployment is, by its id."""
    findings: Mapping[str, Sequence[tuple[str, Finding]]] = field(default_factory=dict)
    """Which findings are added to a deployment or removed from it, each with that verb, by its id."""

    @classmethod
    def of(cls, rehearsal: Rehearsal) -> Sight:
        """What is shown of this one."""
        order = list(OUTCOMES)
        found: dict[str, list[tuple[str, Finding]]] = {}
        for verb, told in (("adds", rehearsal.outlook.adds), ("removes", rehearsal.outlook.removes)):
            for one in told:
                found.setdefault(one.deployment, []).append((verb, one.finding))
        rows = sorted(rehearsal.previews, key=lambda preview: order.index(preview.outcome))
        return cls(
            rehearsal,
            rows,
            Room.of(rehearsal.previews),
            rehearsal.counts(),
            [row.id for row in rehearsal.previews if row.outcome == "change"],
            {row.id: place for place, row in enumerate(rows)},
            found,
        )


def preview_line(row: Preview, field: FieldName, width: int, room: Room, *, left_out: bool) -> Line:
    """A row: whether it takes part, name, old and new value, and the end of its file where there is room for it."""
    line = _outcome(row, field, width, room, left_out=left_out)
    left = width - sum(cell_len(text) for text, _ in line) - 2
    if left < _FILE_FROM:
        return line
    file = shorten(harmless(row.file), left, "start")
    return [*line, (" " * (left + 2 - cell_len(file)), ""), (file, "quiet")]


def _outcome(row: Preview, field: FieldName, width: int, room: Room, *, left_out: bool) -> Line:
    # No more than a third of the line, unless the changes leave room for more.
    names = min(room.name, max(width // 3, width - 4 - 2 - room.change))
    name: Span = (pad(shorten(harmless(row.name), names, "middle"), names + 2), "")
    old = shorten(value_words(row.old), width * 2 // 5, _cut_of(field))
    if row.outcome == "change" and left_out:
        return [(f"[ ] {name[0]}", "quiet"), (f"{old}  left out", "quiet")]
    if row.outcome == "change":
        places = f"  ({row.places})" if row.places else ""
        both = width - 4 - cell_len(name[0]) - 3 - cell_len(places)
        if both < _BOTH_FROM:
            both, places = both + cell_len(places), ""
        change = shorten_change(_words(row), max(16, both + 3))
        return [(f"[x] {name[0]}", ""), (change, STYLES[row.outcome]), (places, "quiet")]
    why = f"  {OUTCOMES[row.outcome]}: {harmless(row.reason)}" if row.reason else ""
    if why:
        old = pad(old, min(room.kept, width * 2 // 5))  # so that the reasons are in one column
    beside = width - 4 - cell_len(name[0]) - cell_len(old)
    return [(f"    {name[0]}", ""), (old, STYLES[row.outcome]), (shorten(why, max(0, beside)), "quiet")]


def _cut_of(field: FieldName) -> Cut:
    return "path" if TABLE[field].kind == "path" else "middle"


def _words(row: Preview) -> str:
    """What changes in a row, in full; of one that does not change, what it has."""
    old = value_words(row.old)
    return f"{old} → {value_words(row.new)}" if row.outcome == "change" else old


def suggestion_line(one: Suggestion, field: FieldName, longest: int, width: int) -> Line:
    """A value that one may want, in a column as wide as the `longest`, and how many have it."""
    where = f"in {harmless(one.env)} " if one.env else ""
    reach = f"{one.count} of {one.total} {where}have it"
    room = max(10, width - len(reach) - 4)
    text = shorten(value_words(one.value), room, _cut_of(field))
    return [(f"  {pad(text, min(room, longest))}", "strong"), (f"  {reach}", "quiet")]


def count_spans(sight: Sight, changes: int) -> list[Span]:
    """How many end which way; `changes` are those that would change and are not left out."""
    left_out = sight.counts.get("change", 0) - changes
    spans: list[Span] = []
    for outcome, count in sight.counts.items():
        shown = changes if outcome == "change" else count
        spans += [(f"{shown} {OUTCOMES[outcome]}", STYLES[outcome]), ("    ", "")]
        spans += [(f"{left_out} left out", "quiet"), ("    ", "")] if outcome == "change" and left_out else []
    if beside := sight.rehearsal.beside:
        spans += [(f"{plural(beside, 'other')} {'changes' if beside == 1 else 'change'} too", "edited"), ("    ", "")]
    return spans
