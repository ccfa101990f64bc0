"""The deployment and the cell under the cursor, in words: the status line and the details panel."""

from __future__ import annotations

from rea_xcom_tui.tui.cells.rows import GLYPHS, UNSET, CellState, Column, Row, field_state
from rea_xcom_tui.tui.kit.fit import harmless, pad, shorten
from rea_xcom_tui.tui.kit.styled_lines import Line, Span, line_width
from rea_xcom_tui.xcom.model import FIELDS, STATE_FIELDS, FieldReading, Finding, Place
from rea_xcom_tui.xcom.units import human

_NOT_EDITED = {
    "name": "the name comes from the file's folder or its resourceNamePrefix",
    "env": "the environment comes from the folder names",
    "cloud": "the cloud follows from path, identity and connection",
    "connection": "the connection's id is part of the path, and edited there",
    "namespace": "the namespace that the agent is released into",
    "repo": "the repo that it is in",
    "file": "the values file; o opens it in your editor",
    "layout": "how the values lie in the repo",
    "state": "what is pending or wrong in this deployment",
    "changed": "the newest commit that changed the file; H tells all of them",
}


def value_words(field: str, value: str | int | None) -> str:
    """A value with its meaning: `1048576 (1 MiB)`, `0 (always)`, or `—` when it is not set."""
    if value is None:
        return UNSET
    if field == "threshold" and isinstance(value, int):
        words = human(value)
        return str(value) if words == str(value) else f"{value} ({words})"
    return harmless(str(value))


def threshold_words(value: int) -> str:
    """What a threshold does, in words (measured on Airflow 3.0.2, 3.1.3 and 3.3.2)."""
    if value < 0:
        return "no value goes to object storage, all stay in the metadata database"
    if value == 0:
        return "every value goes to object storage"
    return f"values of {human(value)} and more go to object storage"


def where(place: Place | None, file: str) -> str:
    """Where a value stands: `values.yaml:25, commonEnv`."""
    if place is None:
        return ""
    base = file.rpartition("/")[2]
    section = next((str(step) for step in place.address if isinstance(step, str)), "")
    return harmless(f"{base}:{place.line}" + (f", {section}" if section else ""))


def cell_status(row: Row, column: Column) -> Line:
    """The cell under the cursor in words, for the status line."""
    source = row.deployment
    if source is None:
        message = row.unreadable.message if row.unreadable else ""
        return [("? unreadable  ", "unreadable"), (harmless(message), "")]
    if column.field is None:
        return [(f"{column.key}: ", "strong"), (_NOT_EDITED[column.key], "quiet")]
    reading = row.reading(column.field) or source.field(column.field)
    head: Span = (f"{column.field}: ", "strong")
    edit = row.edit(column.field)
    if edit is not None:
        change = f"{value_words(edit.field, edit.old)} → {value_words(edit.field, edit.new)}"
        standing = "pending, left out of the next write" if edit.held else "pending, not written yet"
        then = _worst(row, column.field)
        judged: Line = [(f"  then ! {harmless(then.message)}", "invalid")] if then is not None else []
        return [head, (f"~ {change}", "edited"), *judged, (f"  {standing}", "quiet")]
    return [head, *_standing(row, reading), ("  " + where(reading.place, source.file), "quiet")]


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
    if reading.name == "threshold" and isinstance(reading.value, int):
        return [(f"{reading.value}, {threshold_words(reading.value)}", "")]
    return [(harmless(str(reading.value if reading.value is not None else reading.raw)), "")]


def panel_lines(row: Row | None, width: int) -> list[Line]:
    """The deployment under the cursor: a title, each field with its place, then problems and findings."""
    if row is None:
        return []
    source = row.deployment
    if source is None:
        message = row.unreadable.message if row.unreadable else ""
        return [_title(row.id.rpartition("/")[2], row.id, width), [(" ? ", "unreadable"), (harmless(message), "")]]
    lines = [_title(source.name, source.file, width)]
    state = [source.config.fields[name] for name in STATE_FIELDS if name in source.config.fields]
    shown = [*(row.reading(name) or source.field(name) for name in FIELDS)]
    shown += [reading for reading in state if reading.state != "unset"]
    names = 11 if len(shown) == len(FIELDS) else max(len(name) for name in STATE_FIELDS)
    lines += [_field_line(row, reading, width, names) for reading in shown]
    lines += _problem_lines(row, width)
    return lines


def _title(name: str, file: str, width: int) -> Line:
    right: Span = (f" {shorten(harmless(file), max(8, width * 2 // 3), 'start')} ", "quiet")
    room = width - line_width([right]) - 8
    left: Span = (f" {shorten(harmless(name), max(8, room))} ", "title")
    line = "─" * max(1, width - line_width([left, right]) - 4)
    return [("──", "quiet"), left, (line, "quiet"), right, ("──", "quiet")]


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
        (pad(shorten(text, room, "middle"), room), style),
        (f"  {shorten(place, place_width)}" if place_width else "", "quiet"),
    ]


def _field_text(row: Row, reading: FieldReading, state: CellState) -> Span:
    edit = row.edit(reading.name)
    if edit is not None:
        return f"{value_words(edit.field, edit.old)} → {value_words(edit.field, edit.new)}", "edited"
    if reading.state == "reference":
        return f"from {harmless(reading.reference or 'elsewhere')}", "reference"
    if reading.state == "unset":
        return UNSET, "quiet"
    if reading.name in ("threshold", "state-threshold") and isinstance(reading.value, int):
        return f"{reading.value}  {threshold_words(reading.value)}", state
    text = harmless(str(reading.value if reading.value is not None else reading.raw))
    if reading.name == "connection" and reading.type:
        text += f" ({harmless(reading.type)})"
    return text, state


def _problem_lines(row: Row, width: int) -> list[Line]:
    source = row.ahead or row.deployment
    if source is None:
        return []
    lines: list[Line] = []
    told = {finding.field for finding in row.findings}
    problems = [
        (reading.name, reading.problem)
        for reading in source.config.fields.values()
        if reading.problem and reading.name not in told and not (row.ahead is None and row.edit(reading.name))
    ]
    for finding in row.findings:
        glyph = {"error": "!", "warning": "!", "info": "·"}[finding.severity]
        text = f" {glyph} {finding.code} {finding.severity}: {harmless(finding.message)} (line {finding.line})"
        lines.append([(shorten(text, width - 1), "quiet" if finding.severity == "info" else "invalid")])
    for name, problem in problems:
        lines.append([(shorten(f" ! {name}: {harmless(problem)}", width - 1), "invalid")])
    if source.config.shape_problem:
        lines.append([(shorten(f" ! {harmless(source.config.shape_problem)}", width - 1), "invalid")])
    return lines
