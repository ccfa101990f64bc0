"""The layers of a deployment side by side: lines of several files brought level where they set the same field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rea_xcom_tui.text import plural
from rea_xcom_tui.tui.cells.forms import form_of
from rea_xcom_tui.tui.kit.fit import harmless, pad, shorten
from rea_xcom_tui.tui.kit.styled_lines import Line, Span
from rea_xcom_tui.xcom.model import FieldName

if TYPE_CHECKING:
    from rea_xcom_tui.values.stack import Effect

_LEAST = 38
"""Cells that a layer needs to be read."""
_NUMBER = 8
_SIGN: Mapping[Effect, str] = {"in force": "", "combined": "+", "hidden": "✗", "deleted": "✗"}
_STYLE: Mapping[Effect, str] = {"in force": "added-word", "combined": "good", "hidden": "quiet", "deleted": "removed"}

LEGEND = (
    "lit: in force · + together with other layers · ✗ a stronger layer, further right, replaces it or takes it away"
)


@dataclass(frozen=True, slots=True)
class LayerText:
    """One file of the stack, with what its lines say of the fields."""

    file: str
    lines: Sequence[str]
    """With secrets hidden; empty where it cannot be shown."""
    says: Mapping[int, tuple[FieldName, Effect]] = field(default_factory=dict)
    """By line, counted from 1."""
    shared: int = 0
    """How many other deployments it is a layer of."""
    why_not: str = ""
    """Why there is nothing to show."""


Level = tuple[int | None, ...]
"""One row: for each layer the line that is shown there, counted from 1."""


def levelled(layers: Sequence[LayerText]) -> list[Level]:
    """Every line of every layer, each setting level with the same setting of the others where their orders allow it."""
    at = {number: {name: line for line, (name, _) in layer.says.items()} for number, layer in enumerate(layers)}
    fullest = max(at, key=lambda number: (len(at[number]), number), default=0)
    order = sorted(at.get(fullest, {}), key=lambda name: at[fullest][name])
    order += [name for lines in at.values() for name in lines if name not in order]
    done = [0] * len(layers)
    rows: list[Level] = []
    for name in dict.fromkeys(order):
        met = {number: lines[name] for number, lines in at.items() if lines.get(name, 0) > done[number]}
        if len(met) < 2:
            continue  # nothing to be level with
        rows += _block([(done[number], met.get(number, done[number] + 1) - 1) for number in range(len(layers))])
        rows.append(tuple(met.get(number) for number in range(len(layers))))
        for number, line in met.items():
            done[number] = line
    return rows + _block([(start, len(layer.lines)) for start, layer in zip(done, layers, strict=True)], top=True)


def _block(spans: Sequence[tuple[int, int]], *, top: bool = False) -> list[Level]:
    """Rows of the lines after the first and up to the last of each span, level at their end, or at their top."""
    height = max((end - start for start, end in spans), default=0)
    rows: list[Level] = []
    for row in range(height):
        offsets = [row if top else row - (height - (end - start)) for start, end in spans]
        rows.append(
            tuple(
                start + offset + 1 if 0 <= offset < end - start else None
                for (start, end), offset in zip(spans, offsets, strict=True)
            )
        )
    return rows


def near_settings(layers: Sequence[LayerText], rows: Sequence[Level], around: int = 1) -> list[Level]:
    """The rows with settings, and those just before, which tell their names."""
    told = [at for at, row in enumerate(rows) if fields_of(layers, row)]
    kept = sorted({near for at in told for near in range(max(0, at - around), at + 1)})
    return [rows[at] for at in kept]


def fields_of(layers: Sequence[LayerText], row: Level) -> tuple[FieldName, ...]:
    """The fields that some line of a row sets."""
    found = [layer.says[at][0] for layer, at in zip(layers, row, strict=True) if at is not None and at in layer.says]
    return tuple(dict.fromkeys(found))


def in_sight(width: int, count: int, first: int) -> tuple[int, range]:
    """How wide each layer is, and which of them are in sight from `first` on."""
    fitting = max(1, min(count, width // _LEAST))
    start = max(0, min(first, count - fitting))
    return max(10, width // fitting - 2), range(start, min(count, start + fitting))


def head_line(layers: Sequence[LayerText], first: int, width: int) -> Line:
    """The files over their columns, weakest left."""
    size, shown = in_sight(width, len(layers), first)
    spans: list[Span] = []
    for number in shown:
        layer = layers[number]
        more = f"  {plural(layer.shared, 'other deployment')}" if layer.shared and size > 50 else ""
        before = "◂ " if number == shown.start > 0 else ""
        after = " ▸" if number == shown.stop - 1 < len(layers) - 1 else ""
        room = size - len(more) - len(before) - len(after) - 3
        name = f"{before}{number + 1}  {shorten(harmless(layer.file), max(8, room), 'start')}{after}"
        spans += [(pad(name, size - len(more)), "title"), (more, "quiet"), ("  ", "")]
    return spans


def level_line(layers: Sequence[LayerText], row: Level, first: int, width: int, *, here: bool) -> Line:
    """One row: the line of each layer in sight, with its number, the sign of its field, and what becomes of it."""
    size, shown = in_sight(width, len(layers), first)
    spans: list[Span] = []
    for number in shown:
        spans += _cell(layers[number], row[number], size, here=here)
        spans.append(("│ " if number + 1 < shown.stop else "  ", "edge"))
    return spans


def _cell(layer: LayerText, line: int | None, size: int, *, here: bool) -> list[Span]:
    if line is None:
        return [(" " * size, "here" if here else "")]
    said = layer.says.get(line)
    name = said[0] if said is not None else None
    sign = f"{_SIGN[said[1]]}{form_of(said[0]).sign}" if said is not None else ""
    text = shorten(layer.lines[line - 1], max(4, size - _NUMBER))
    style = _STYLE[said[1]] if said is not None else "quiet"
    blank = pad(text, size - _NUMBER)[len(text) :]
    if here:
        return [(f"{line:>4} {sign:<3}{text}{blank}", "here")]
    return [(f"{line:>4} ", "quiet"), (f"{sign:<3}", style if name else ""), (text, style), (blank, "")]
