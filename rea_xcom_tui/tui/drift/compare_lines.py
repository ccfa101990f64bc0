"""Deployments side by side as painted lines: each field with its values, and where they come from."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.cells import chop_cells

from rea_xcom_tui.tui.drift.lines import fit, said
from rea_xcom_tui.tui.kit.fit import harmless, pad, shorten
from rea_xcom_tui.tui.kit.styled_lines import Line, Span
from rea_xcom_tui.xcom.compare import stated
from rea_xcom_tui.xcom.fields import TABLE

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.drift.report import Compared

_FIELD = 14
_LEAST = 24
_MOST_LINES = 6
"""Lines of one value at most."""


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
    """One field: the values, in full where they differ, and where they come from on the line after them."""
    size, shown = columns(width, len(sides), first)
    cells = [_value(row, index, row.field in sides[index].pending, size) for index in shown]
    height = max(len(chunks) for chunks, _ in cells)
    lines: list[Line] = []
    for line in range(height):
        label = f"{'≠' if row.differs else ' '} {row.field}" if line == 0 else ""
        spans: list[Span] = [(pad(label, _FIELD), "drift" if row.differs else "quiet")]
        spans += [(f"{pad(chunks[line] if line < len(chunks) else '', size)}  ", style) for chunks, style in cells]
        lines.append(spans)
    places: list[Span] = [(" " * _FIELD, "")]
    for index in shown:
        where = _where(row, index, row.field in sides[index].pending)
        places.append((f"{pad(shorten(harmless(where), size, 'start'), size)}  ", "quiet"))
    return [*lines, places, []]


def _value(row: Compared, index: int, edited: bool, size: int) -> tuple[list[str], str]:
    """The lines of one value, and how they are drawn. What differs is not cut: the difference may be in the middle."""
    reading = row.readings[index]
    value = stated(reading)
    unset = TABLE[row.field].unset if value is None else ""
    text = f"{'~ ' if edited else ''}{said(value)}{f' ({unset})' if unset else ''}"
    style = "edited" if edited else "strong" if row.differs else "quiet" if value is None else ""
    if reading.state == "invalid":
        text, style = f"! {text}", "invalid"
    if not row.differs:
        return [fit(text, size)], style
    chunks = chop_cells(text, size) or [""]
    if len(chunks) > _MOST_LINES:
        chunks = [*chunks[: _MOST_LINES - 1], shorten("".join(chunks[_MOST_LINES - 1 :]), size, "middle")]
    return chunks, style


def _where(row: Compared, index: int, edited: bool) -> str:
    """Where a value comes from, in short."""
    place = row.places[index].rpartition("/")[2]
    state = row.readings[index].state
    if state == "unset":
        return "pending" if edited else "Airflow's default" if TABLE[row.field].unset is not None else ""
    note = ", pending" if edited else ", refused" if state == "invalid" else ""
    return f"{place}{note}"
