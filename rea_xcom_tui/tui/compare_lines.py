"""Deployments side by side as painted lines: each field with its values, and where they come from."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rea_xcom_tui.tui.drift_lines import fit, said
from rea_xcom_tui.tui.fitting import harmless, pad, shorten
from rea_xcom_tui.tui.widgets.painted import Line, Span

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.drifting import Compared

_FIELD = 14
_LEAST = 24


@dataclass(frozen=True, slots=True)
class Side:
    """One deployment of a comparison."""

    name: str
    file: str
    pending: Collection[str] = ()
    """Its fields with a pending edit."""


def columns(width: int, count: int, first: int) -> tuple[int, range]:
    """The width of each deployment's column, and which of them are in sight from `first` on."""
    room = max(_LEAST, width - _FIELD)
    fitting = max(1, min(count, room // (_LEAST + 2)))
    start = max(0, min(first, count - fitting))
    return room // fitting - 2, range(start, start + fitting)


def head_lines(sides: Sequence[Side], width: int, first: int) -> list[Line]:
    """The deployments' names, and their files."""
    size, shown = columns(width, len(sides), first)
    before, after = shown.start, len(sides) - shown.stop
    names: list[Span] = [(pad(f"← {before} more" if before else "", _FIELD), "title")]
    files: list[Span] = [(pad(f"→ {after} more" if after else "", _FIELD), "title")]
    for index in shown:
        side = sides[index]
        names.append((f"{pad(shorten(harmless(side.name), size, 'middle'), size)}  ", "title"))
        files.append((f"{pad(shorten(harmless(side.file), size, 'start'), size)}  ", "quiet"))
    return [names, files, [("─" * width, "quiet")]]


def field_lines(row: Compared, sides: Sequence[Side], width: int, first: int) -> list[Line]:
    """One field: the values on one line, where they come from on the next."""
    size, shown = columns(width, len(sides), first)
    glyph = "≠" if row.differs else " "
    values: list[Span] = [(f"{glyph} {pad(row.field, _FIELD - 2)}", "drift" if row.differs else "quiet")]
    places: list[Span] = [(" " * _FIELD, "")]
    for index in shown:
        value, place = row.values[index], row.places[index]
        edited = row.field in sides[index].pending
        text = f"{'~ ' if edited else ''}{said(row.field, value)}"
        style = "edited" if edited else "strong" if row.differs else "quiet" if value is None else ""
        values.append((f"{fit(text, size)}  ", style))
        where = f"{place.rpartition('/')[2]}, pending" if edited and place else place.rpartition("/")[2]
        places.append((f"{pad(shorten(harmless(where), size, 'start'), size)}  ", "quiet"))
    return [values, places, []]
