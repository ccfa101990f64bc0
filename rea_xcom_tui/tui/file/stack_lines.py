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
_NUMBER, _LEAST_VALUE = 8, 6
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


def settings_only(layers: Sequence[LayerText], rows: Sequence[Level]) -> list[Level]:
    """The rows with settings and the keys that lead to them; what is beside these in other layers is left out."""
    kept = [{near for line in layer.says for near in _leading(layer.lines, line)} for layer in layers]
    shown = [tuple(line if line in mine else None for line, mine in zip(row, kept, strict=True)) for row in rows]
    return [row for row in shown if any(line is not None for line in row)]


def _leading(lines: Sequence[str], line: int) -> set[int]:
    """A line of a block of YAML with those of the keys that it is under, and of its entry's name; counted from 1."""
    found = {line}
    if line > len(lines):
        return found
    depth, dashed = _depth(lines[line - 1])
    inner = depth + 2 if dashed else depth
    for at in range(line, len(lines)):  # an entry may tell its name after its value
        here, new = _depth(lines[at])
        if here < inner or new:
            break
        if here == inner and lines[at].strip().startswith("name:"):
            found.add(at + 1)
    for at in range(line - 2, -1, -1):
        text = lines[at].strip()
        if not text or text.startswith("#"):
            continue
        here, new = _depth(lines[at])
        # The entries of a list may begin where their key does.
        if here < depth or (here == depth and dashed and not new):
            found.add(at + 1)
            depth, dashed, inner = here, new, 0
        elif here == inner and text.startswith("name:"):
            found.add(at + 1)
    return found


def _depth(line: str) -> tuple[int, bool]:
    """How far a line is indented, and whether it begins an entry of a list."""
    text = line.lstrip(" ")
    return len(line) - len(text), text.startswith("- ") or text == "-"


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


def _short(text: str, width: int) -> str:
    """A line in at most so many cells: its value gives way, and a variable's name in its start, which all share."""
    key, colon, value = text.partition(": ")
    room = width - len(key) - len(colon)
    if len(text) <= width or room < _LEAST_VALUE:
        return shorten(text, width)
    return f"{key}{colon}{shorten(value, room, 'start' if key.endswith('name') else 'middle')}"


def _cell(layer: LayerText, line: int | None, size: int, *, here: bool) -> list[Span]:
    if line is None:
        return [(" " * size, "here" if here else "")]
    said = layer.says.get(line)
    name = said[0] if said is not None else None
    sign = f"{_SIGN[said[1]]}{form_of(said[0]).sign}" if said is not None else ""
    text = _short(layer.lines[line - 1], max(4, size - _NUMBER))
    style = _STYLE[said[1]] if said is not None else "quiet"
    blank = pad(text, size - _NUMBER)[len(text) :]
    if here:
        return [(f"{line:>4} {sign:<3}{text}{blank}", "here")]
    return [(f"{line:>4} ", "quiet"), (f"{sign:<3}", style if name else ""), (text, style), (blank, "")]
