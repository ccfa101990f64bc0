"""The deployment and the cell under the cursor, in words: the status line and the details panel."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from rea_xcom_tui.tui.cells.rows import GLYPHS, UNSET, CellState, Column, Row, field_state
from rea_xcom_tui.tui.kit.fit import folded, harmless, pad, shorten, shorten_change
from rea_xcom_tui.tui.kit.styled_lines import Line, Span, line_width
from rea_xcom_tui.xcom.model import FIELDS, SEVERITIES, STATE_FIELDS, FieldReading, Finding, Place
from rea_xcom_tui.xcom.units import human, sized


def value_words(value: str | int | None) -> str:
    """A value with its meaning: `1048576 (1 MiB)`, `0 (always)`, or `—` when it is not set."""
    if value is None:
        return UNSET
    return sized(value) if isinstance(value, int) else harmless(value)


def threshold_words(value: int) -> str:
    """What a threshold does, in words (measured on Airflow 3.0.2, 3.1.3 and 3.3.2)."""
    if value < 0:
        return "no value goes to object storage, all stay in the metadata database"
    if value == 0:
        return "every value goes to object storage"
    return f"values of {human(value)} and more go to object storage"


def where(place: Place | None, file: str) -> str:
    """Where a value is: `values.yaml:25, commonEnv`."""
    if place is None:
        return ""
    base = file.rpartition("/")[2]
    section = next((str(step) for step in place.address if isinstance(step, str)), "")
    return harmless(f"{base}:{place.line}" + (f", {section}" if section else ""))


def place_of(row: Row, column: Column) -> tuple[str, int]:
    """The file and line of a cell; of a column without a line of its own, where the deployment's values begin."""
    source = row.deployment
    if source is None:
        return row.id, max(1, row.unreadable.line if row.unreadable else 1)
    reading = next((reading for name, reading in source.config.fields.items() if name == column.key), None)
    if reading is not None and reading.place is not None:
        return source.file_at(reading.place.layer), reading.place.line
    places = [(one.place.layer, one.place.line) for one in source.config.fields.values() if one.place is not None]
    if column.key == "state" and source.findings:
        places = [(finding.layer, finding.line) for finding in source.findings]
    layer, line = min(places, key=lambda place: (-place[0], place[1]), default=(0, 1))
    return (source.file_at(layer) if places else source.file), max(1, line)


def cell_status(row: Row, column: Column) -> Line:
    """The cell under the cursor in words, for the status line."""
    source = row.deployment
    if source is None:
        message = row.unreadable.message if row.unreadable else ""
        return [("? unreadable  ", "unreadable"), (harmless(message), "")]
    if column.key == "name":
        worst = next(_problems(row), None)
        trouble: Line = [(f"{worst[0]} {worst[3]}", worst[1])] if worst and worst[1] != "quiet" else []
        return [(f"{harmless(source.name)}  ", "strong"), *(trouble or [("Enter shows the file", "quiet")])]
    if column.field is None:
        return [(f"{column.key}: ", "strong"), (column.meaning, "quiet")]
    reading = row.reading(column.field) or source.field(column.field)
    head: Span = (f"{column.field}: ", "strong")
    edit = row.edit(column.field)
    if edit is not None:
        change = f"{value_words(edit.old)} → {value_words(edit.new)}"
        standing = "pending, left out of the next write" if edit.held else "pending, not written yet"
        made = row.pending_edit(column.field)
        if made is not None and (made.also or made.deployment != row.id):
            standing = f"pending, by {harmless(edit.file)}, which changes {len(made.also) + 1}"
        then = _worst(row, column.field)
        judged: Line = [(f"  then ! {harmless(then.message)}", "invalid")] if then is not None else []
        return [head, (f"~ {change}", "edited"), *judged, (f"  {standing}", "quiet")]
    file = source.file_at(reading.place.layer) if reading.place is not None else ""
    return [head, *_standing(row, reading), ("  " + where(reading.place, file), "quiet")]


def _worst(row: Row, field: str) -> Finding | None:
    """The first thing that the rules have against a field as it will be; None before that is known, or if nothing."""
    if row.ahead is None:
        return None
    return next((found for found in row.findings if found.field == field and found.severity != "info"), None)


def _standing(row: Row, reading: FieldReading) -> Line:
    if reading.problem:
        return [(f"! {harmless(reading.problem)}", "invalid")]
    for finding in row.findings:
        if finding.field == reading.name and finding.severity != "info":
            return [(f"! {harmless(finding.message)}", "invalid")]
    if reading.state == "reference":
        return [(f"@ from {harmless(reading.reference or 'elsewhere')}", "reference")]
    if reading.state == "unset":
        return [("not set here", "quiet")]
    if isinstance(reading.value, int):
        return [(f"{reading.value}, {threshold_words(reading.value)}", "")]
    return [(harmless(str(reading.value if reading.value is not None else reading.raw)), "")]


def panel_lines(row: Row | None, width: int) -> list[Line]:
    """The deployment under the cursor: a title, each field with its place, then problems and findings."""
    if row is None:
        return []
    source = row.deployment
    if source is None:
        return [_title(row.id.rpartition("/")[2], row.id, width), *_message(row, width)]
    lines = [_title(source.name, source.file, width)]
    shown = _shown_fields(row)
    names = 11 if len(shown) == len(FIELDS) else max(len(name) for name in STATE_FIELDS)
    lines += [_field_line(row, reading, width, names) for reading in shown]
    lines += _problem_lines(row, width)
    return lines


def _title(name: str, file: str, width: int) -> Line:
    right: Span = (f" {shorten(harmless(file), max(8, width * 2 // 3), 'start')} ", "quiet")
    room = width - line_width([right]) - 8
    left: Span = (f" {shorten(harmless(name), max(8, room))} ", "title")
    line = "─" * max(1, width - line_width([left, right]) - 4)
    return [("──", "edge"), left, (line, "edge"), right, ("──", "edge")]


def _field_line(row: Row, reading: FieldReading, width: int, names: int) -> Line:
    state = field_state(row, reading)
    layer = reading.place.layer if reading.place else 0
    place = where(reading.place, row.deployment.file_at(layer) if row.deployment else "")
    place_width = min(34, max(0, width - 50))
    room = max(10, width - names - 4 - place_width - 3)
    text, style = _field_text(row, reading, state)
    return [
        (f" {pad(reading.name, names)} ", "quiet"),
        (f"{GLYPHS[state]} ", state),
        (pad(shorten_change(text, room), room), style),
        (f"  {shorten(place, place_width)}" if place_width else "", "quiet"),
    ]


def _field_text(row: Row, reading: FieldReading, state: CellState) -> Span:
    edit = row.edit(reading.name)
    if edit is not None:
        return f"{value_words(edit.old)} → {value_words(edit.new)}", "edited"
    if reading.state == "reference":
        return f"from {harmless(reading.reference or 'elsewhere')}", "reference"
    if reading.state == "unset":
        return UNSET, "quiet"
    if isinstance(reading.value, int):
        return f"{reading.value}  {threshold_words(reading.value)}", state
    text = harmless(str(reading.value if reading.value is not None else reading.raw))
    if reading.type:
        text += f" ({harmless(reading.type)})"
    return text, state


def _problem_lines(row: Row, width: int) -> list[Line]:
    """What is wrong, the worst first, each on as many lines as it takes."""
    lines: list[Line] = []
    for glyph, style, code, words in _problems(row):
        indent = 3 + len(code) + (2 if code else 0)
        head = f" {glyph} {code}{'  ' if code else ''}"
        wrapped = textwrap.wrap(words, max(20, width - indent - 1)) or [""]
        lines.append([(head, style), (wrapped[0], style)])
        lines += [[(" " * indent, ""), (more, style)] for more in wrapped[1:]]
    return lines


_SIGNS = {"error": ("!", "invalid"), "warning": ("▲", "edited"), "info": ("·", "quiet")}


def _problems(row: Row) -> Iterator[tuple[str, str, str, str]]:
    """What is wrong with a deployment as it will be: sign, style, rule and words."""
    source = row.seen
    if source is None:
        return
    if source.config.shape_problem:
        yield "!", "invalid", "", harmless(source.config.shape_problem)
    told = {finding.field for finding in row.findings}
    for reading in source.config.fields.values():
        if reading.problem and reading.name not in told:
            yield "!", "invalid", "", f"{reading.name}: {harmless(reading.problem)}"
    for finding in sorted(row.findings, key=lambda finding: SEVERITIES.index(finding.severity)):
        glyph, style = _SIGNS[finding.severity]
        file = f"{source.file_at(finding.layer).rpartition('/')[2]}:" if source.stack else "line "
        yield glyph, style, finding.code, f"{harmless(finding.message)} ({harmless(file)}{finding.line})"


def side_lines(row: Row | None, width: int, height: int) -> list[Line]:
    """The same beside the table: one field below the other, each value in full."""
    if row is None:
        return []
    source = row.deployment
    if source is None:
        return [*_side_title(row.id.rpartition("/")[2], row.id, width), *_message(row, width)]
    shown = _shown_fields(row)
    names = max(len(reading.name) for reading in shown)
    lines = [*_side_title(source.name, source.file, width)]
    airy = height > len(lines) + 3 * len(shown)
    for reading in shown:
        state = field_state(row, reading)
        text, style = _field_text(row, reading, state)
        pieces = folded(text, max(10, width - names - 5))
        lines.append([(f" {pad(reading.name, names)} ", "quiet"), (f"{GLYPHS[state]} ", state), (pieces[0], style)])
        lines += [[(" " * (names + 4), ""), (piece, style)] for piece in pieces[1:]]
        place = where(reading.place, source.file_at(reading.place.layer)) if reading.place else ""
        if place and airy:
            lines.append([(" " * (names + 4), ""), (shorten(place, width - names - 5), "quiet")])
    problems = _problem_lines(row, width)
    return [*lines, *([[("", "")], *problems] if problems else [])]


def _side_title(name: str, file: str, width: int) -> list[Line]:
    line = "─" * max(1, width - min(len(name), width - 6) - 4)
    title = [("─", "edge"), (f" {shorten(harmless(name), max(8, width - 6))} ", "title"), (line, "edge")]
    return [title, [(f" {shorten(harmless(file), width - 2, 'start')}", "quiet")], [("", "")]]


def _message(row: Row, width: int) -> list[Line]:
    message = row.unreadable.message if row.unreadable else ""
    wrapped = textwrap.wrap(harmless(message), max(20, width - 4)) or [""]
    return [[(" ? " if at == 0 else "   ", "unreadable"), (line, "")] for at, line in enumerate(wrapped)]


def _shown_fields(row: Row) -> list[FieldReading]:
    source = row.deployment
    if source is None:
        return []
    state = [source.config.fields[name] for name in STATE_FIELDS if name in source.config.fields]
    shown = [row.reading(name) or source.field(name) for name in FIELDS]
    return [*shown, *(reading for reading in state if reading.state != "unset")]
