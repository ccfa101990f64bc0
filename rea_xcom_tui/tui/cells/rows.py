"""What is in each cell of the fleet's table: pure functions from deployments and pending edits to text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Literal

import msgspec

from rea_xcom_tui.fleet.edit import row
from rea_xcom_tui.fleet.edit.pending import Pending
from rea_xcom_tui.fleet.model import Deployment, Fleet, UnreadableFile
from rea_xcom_tui.text import plural
from rea_xcom_tui.tui.cells.forms import form_of
from rea_xcom_tui.tui.kit.fit import Cut, harmless
from rea_xcom_tui.xcom.model import FIELDS, FieldName, FieldReading, Finding, Value
from rea_xcom_tui.xcom.units import human

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.edit.row import Ahead

CellState = Literal["", "edited", "invalid", "drift", "reference", "unreadable"]

GLYPHS: dict[CellState, str] = {
    "": " ",
    "edited": "~",
    "invalid": "!",
    "drift": "≠",
    "reference": "@",
    "unreadable": "?",
}
"""What precedes a cell in each state, so that colour is never alone."""

UNSET = "—"
UNCOMMITTED = "●"
"""What stands for files that are written and in no commit yet, in the header and in STATE."""

_FIELDS = frozenset(FIELDS)
_SORTED_BY_VALUE = {"name", "env", *FIELDS}
"""Columns that are sorted by what follows the cell; the others by what it shows."""


class Cell(msgspec.Struct, frozen=True):
    """One cell as it is shown."""

    text: str
    note: str = ""
    """What is shown dim beside it, such as a human unit."""
    state: CellState = ""
    cut: Cut = "middle"
    whole: str = ""
    """The value in full, where `text` is a short form of it."""

    def shown(self, *, full: bool) -> str:
        """The text, or the value in full."""
        return self.whole or self.text if full else self.text


class Column(msgspec.Struct, frozen=True):
    """One column of the fleet's table. Widths are in terminal cells, without glyph and gap."""

    key: str
    title: str
    meaning: str
    """What it shows, in a few words, for the list of columns and for the status line."""
    least: int
    most: int
    field: FieldName | None = None
    """The field that it shows and edits; None for a column that is derived."""
    number: bool = False
    note_width: int = 0
    rare: bool = True
    """Whether values that differ from the majority stand out."""
    yields: int = 2
    """How readily it gives way where room is short; 0 never does."""
    full: bool = False
    """Whether it shows values in full that are usually shown in a short form."""

    @property
    def lead(self) -> int:
        """Cells before the text that hold the state's glyph."""
        return 1 if self.field else 0


COLUMNS: tuple[Column, ...] = (
    Column("name", "NAME", "always the first, and stays while the others scroll", 12, 64, rare=False, yields=0),
    Column("env", "ENV", "the environment, from the folder names", 3, 10, rare=False, yields=0),
    Column("cloud", "CLOUD", "where values are stored, by path, identity and connection", 5, 5),
    Column("backend", "BACKEND", "the XCom backend class", 10, 26, "backend", yields=6),
    Column("path", "PATH", "where in the object storage", 16, 64, "path", rare=False),
    Column(
        "threshold",
        "THRESHOLD",
        "bytes, with their meaning beside them",
        8,
        12,
        "threshold",
        number=True,
        note_width=8,
        yields=0,
    ),
    Column("compression", "COMPR.", "how values are compressed in the object storage", 6, 8, "compression"),
    Column("identity", "IDENTITY", "role, client id or service account", 14, 56, "identity", rare=False, yields=3),
    Column("state", "STATE", "what is pending, wrong or different here", 9, 24, rare=False, yields=1),
)


class Row(row.Row):
    """A row as a line of the table. Cells are made when asked for."""

    __slots__ = ("_cells", "_problems", "apart", "last_change")

    def __init__(self, source: Deployment | UnreadableFile, pending: Pending) -> None:
        super().__init__(source, pending)
        self.last_change = ""
        """When and by whom its file was changed last, where that was asked for; foreign text."""
        self.apart = ""
        """What tells it from another deployment of the same name and environment; foreign text, made harmless."""
        self.changed()

    def changed(self) -> None:
        """Forget what was drawn of the old values."""
        self._cells: dict[str, Cell] = {}
        self._problems = -1

    @property
    def stamp(self) -> object:
        """Another object as soon as something else may have to be drawn."""
        return self._cells

    def drift(self, fields: frozenset[FieldName], ahead: Ahead) -> None:
        """Take note of which fields differ from the baseline, and of what the fleet will be."""
        self.drifted = fields
        self.look_ahead(ahead)
        self.changed()

    def cell(self, key: str) -> Cell:
        """The cell in the column `key`."""
        cell = self._cells.get(key)
        if cell is None:
            cell = self._cells[key] = _make_cell(self, key)
        return cell

    def told(self, key: str) -> Cell:
        """The cell without its state, which takes longest to find out and says nothing about the value."""
        known = self._cells.get(key)
        reading = self.reading(key) if key in _FIELDS and not self.edits else None
        if known is not None or reading is None or reading.state not in ("set", "unset"):
            return known or self.cell(key)
        return _value_cell(reading.name, reading.value, "")

    @property
    def problems(self) -> int:
        """How many problems it is drawn with."""
        if self._problems < 0:
            self._problems = problem_count(self)
        return self._problems

    @property
    def gutter(self) -> CellState:
        """The row's most important state."""
        if self.deployment is None:
            return "unreadable"
        if self.problems:
            return "invalid"
        return "edited" if self.edits else "drift" if self.drifted else ""

    def sort_value(self, key: str) -> Value:
        """What a column is sorted by: the value as it will be, or else the text that is in the file."""
        if key == "name" and self.deployment is not None:
            return self.name
        seen = self.seen
        if seen is None or key not in _SORTED_BY_VALUE:
            return self.cell(key).text
        if key == "env":
            return self.env
        reading = seen.config.fields[key]  # type: ignore[index]
        return reading.raw if reading.value is None else reading.value


def rows_of(fleet: Fleet, pending: Pending) -> list[Row]:
    """All rows of a fleet: deployments first, then what could not be read."""
    rows = [Row(source, pending) for source in fleet.deployments]
    return rows + [Row(source, pending) for source in fleet.unreadable]


def counted(rows: Iterable[Row], key: str) -> tuple[dict[str, int], dict[str, str]]:
    """How many rows have each text in a column, in full, and the notes beside them: what `told` says of each row, but
    worked out once for each value of a field where that can be.
    """
    cells: list[Cell] = []
    values: list[Value] = []
    for one in rows:
        source = one.deployment
        reading = source.config.fields[key] if key in _FIELDS and source is not None and one.still else None
        if reading is None or reading.state not in ("set", "unset"):
            cells.append(one.told(key))
        else:
            values.append(reading.value)
    texts = [cell.shown(full=True) for cell in cells]
    counts: dict[str, int] = Counter(texts)
    notes = {text: cell.note for text, cell in zip(texts, cells, strict=True) if cell.note}
    for value, count in Counter(values).items():
        if isinstance(value, str):
            text = harmless(value)
        else:
            text, note = _told_value(value)
            notes[text] = note
        counts[text] = counts.get(text, 0) + count
    return counts, notes


def problem_count(row: Row) -> int:
    """How many problems the deployment has: what the rules found, or else fields that do not stand as they should."""
    seen = row.seen
    if seen is None:
        return 0
    found = [finding for finding in row.findings if finding.severity != "info"]
    broken = [reading.name for reading in seen.config.fields.values() if reading.state in ("invalid", "conflict")]
    if not broken:
        return len(found) + bool(seen.config.shape_problem)
    known = row.still or row.ahead is not None
    settled = set() if known else {f.field for f in seen.findings if row.settled(f)}
    told = {finding.field for finding in found} | settled
    return len(found) + sum(name not in told for name in broken) + bool(seen.config.shape_problem)


def has_problem(source: Deployment) -> bool:
    """Whether anything is wrong with a deployment as it is in its file."""
    return (
        any(finding.severity != "info" for finding in source.findings)
        or any(reading.state in ("invalid", "conflict") for reading in source.config.fields.values())
        or source.config.shape_problem is not None
    )


def field_state(row: Row, reading: FieldReading) -> CellState:
    """The state of a field's cell; an edit shows as such even where it fixes a problem, unless it makes an error."""
    found = row.findings
    if not row.still:
        if row.edit(reading.name) is not None:
            return "invalid" if row.ahead is not None and _wrong(found, reading.name) else "edited"
        if _fixed(row, reading.name):
            return "edited"
        reading = row.reading(reading.name) or reading
    if reading.state in ("invalid", "conflict"):
        return "invalid"
    if reading.state == "reference":
        return "reference"
    if _wrong(found, reading.name):
        return "invalid"
    return "drift" if reading.name in row.drifted else ""


def _wrong(found: Sequence[Finding], field: FieldName) -> bool:
    """Whether a rule finds an error in a field."""
    return bool(found) and any(one.severity == "error" and one.field == field for one in found)


def _fixed(row: Row, field: FieldName) -> bool:
    """Whether something pending takes away what the rules say of a field in the file as it is."""
    if not row.edits or row.deployment is None:
        return False
    return any(finding.field == field and row.settled(finding) for finding in row.deployment.findings)


def _make_cell(row: Row, key: str) -> Cell:
    source = row.deployment
    if source is None:
        return _unreadable_cell(row, key)
    if key in _FIELDS:
        return _field_cell(row, source.config.fields[key])
    if key == "name":
        return Cell(harmless(source.name), note=row.apart)
    if key == "env":
        return Cell(harmless(source.env or UNSET))
    if key == "cloud":
        return Cell(row.cloud if row.cloud != "none" else UNSET, state="edited" if _moved(row, source) else "")
    if key == "state":
        return _state_cell(row, source)
    if key == "changed":
        return Cell(harmless(row.last_change), cut="end")
    return Cell(harmless(getattr(source, key) or UNSET), cut="start" if key == "file" else "middle")


def _moved(row: Row, source: Deployment) -> bool:
    """Whether what is pending stores its values in another cloud."""
    return row.cloud != source.config.cloud


def _unreadable_cell(row: Row, key: str) -> Cell:
    if key == "name":
        return Cell(harmless(row.id), state="unreadable")
    if key == "state":
        return Cell("unreadable", state="unreadable")
    return Cell("")


def _field_cell(row: Row, reading: FieldReading) -> Cell:
    state = field_state(row, reading)
    if not row.still:
        edit = row.edit(reading.name)
        if edit is not None:
            return _value_cell(reading.name, edit.new, state)
        reading = row.reading(reading.name) or reading
    if state == "reference":
        return Cell(harmless(reading.reference or "reference"), state=state)
    if reading.value is None and reading.raw is not None and reading.state != "unset":
        return Cell(harmless(reading.raw), state=state)
    return _value_cell(reading.name, reading.value, state)


def _value_cell(field: FieldName, value: Value, state: CellState) -> Cell:
    if not isinstance(value, str):
        return Cell(*_told_value(value), state)
    form = form_of(field)
    text = form.short(value)
    whole = harmless(value) if text != value else ""
    return Cell(harmless(text), state=state, cut=form.cut_of(value), whole=whole)


def _told_value(value: int | None) -> tuple[str, str]:
    """A number, or that there is no value, and the note beside it."""
    if value is None:
        return UNSET, ""
    words = human(value)
    return str(value), words if words != str(value) else ""


_ALL_WELL = Cell("", cut="end")


def _state_cell(row: Row, source: Deployment) -> Cell:
    """What is pending or wrong, in words; where that is more than one thing, by the signs that the gutter has."""
    parts: list[tuple[str, str]] = []
    if edits := row.edits:
        parts.append((f"{edits} edited", f"{GLYPHS['edited']}{edits}") if edits > 1 else ("edited", GLYPHS["edited"]))
    if problems := row.problems:
        parts.append((plural(problems, "problem"), f"{GLYPHS['invalid']}{problems}"))
    if row.drifted:
        parts.append(("drifted", GLYPHS["drift"]))
    if source.config.encrypted:
        parts.append(("encrypted", "encrypted"))
    if source.dirty:
        parts.append(("uncommitted", UNCOMMITTED))
    if source.unreached:
        parts.append(("unreached", "unreached"))
    if not parts:
        return _ALL_WELL
    whole = ", ".join(words for words, _ in parts)
    return Cell(whole if len(parts) == 1 else " ".join(sign for _, sign in parts), cut="end", whole=whole)
