"""What stands in each cell of the fleet's table: pure functions from deployments and pending edits to text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from rea_xcom_tui.fleet.edit.outlook import beyond
from rea_xcom_tui.fleet.edit.pending import Pending, SetField
from rea_xcom_tui.fleet.model import Deployment, Fleet, UnreadableFile
from rea_xcom_tui.fleet.query import QueryRow
from rea_xcom_tui.text import plural
from rea_xcom_tui.tui.kit.fit import Cut, harmless, short_account, short_class
from rea_xcom_tui.xcom.compare import Value
from rea_xcom_tui.xcom.model import FIELDS, FieldName, FieldReading, Finding
from rea_xcom_tui.xcom.units import human

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.edit.overlay import Ahead

CellState = Literal["", "edited", "invalid", "drift", "reference", "unreadable"]

GLYPHS: dict[CellState, str] = {
    "": " ",
    "edited": "~",
    "invalid": "!",
    "drift": "≠",
    "reference": "@",
    "unreadable": "?",
}
"""What stands before a cell in each state, so that colour is never alone."""

UNSET = "—"

_CUTS: dict[FieldName, Cut] = {"backend": "words", "path": "path"}

_SORTED_BY_VALUE = {"name", "env", *FIELDS}
"""Columns that are sorted by what stands behind the cell; the others by what it shows."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell as it is shown."""

    text: str
    note: str = ""
    """What stands dim beside it, such as a human unit."""
    state: CellState = ""
    cut: Cut = "middle"
    whole: str = ""
    """The value in full, where `text` is a short form of it."""

    def shown(self, *, full: bool) -> str:
        """The text, or the value in full."""
        return self.whole or self.text if full else self.text


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the fleet's table. Widths are in terminal cells, without glyph and gap."""

    key: str
    title: str
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
    Column("name", "NAME", 12, 64, rare=False, yields=0),
    Column("env", "ENV", 3, 10, rare=False, yields=0),
    Column("cloud", "CLOUD", 5, 5),
    Column("backend", "BACKEND", 10, 26, "backend", yields=6),
    Column("path", "PATH", 16, 64, "path", rare=False),
    Column("threshold", "THRESHOLD", 8, 12, "threshold", number=True, note_width=8, yields=0),
    Column("compression", "COMPR.", 6, 8, "compression"),
    Column("identity", "IDENTITY", 14, 56, "identity", rare=False, yields=3),
    Column("state", "STATE", 9, 24, rare=False, yields=4),
)


class Row:
    """A deployment, or a file that could not be read, as one line of the table. Cells are made when asked for."""

    __slots__ = (
        "_ahead", "_cells", "_pending", "_query", "apart", "deployment", "drifted", "id", "last_change", "unreadable",
        "words",
    )  # fmt: skip

    def __init__(self, source: Deployment | UnreadableFile, pending: Pending) -> None:
        self.deployment: Deployment | None = None
        self.unreadable: UnreadableFile | None = None
        if isinstance(source, Deployment):
            self.deployment, self.id = source, source.id
        else:
            self.unreadable, self.id = source, source.file
        self.drifted: frozenset[FieldName] = frozenset()
        """The fields that differ from the baseline."""
        self.last_change = ""
        """When and by whom its file was changed last, where that was asked for; foreign text."""
        self.apart = ""
        """What tells it from another deployment of the same name and environment; foreign text, made harmless."""
        self._ahead: Ahead | None = None
        self._pending = pending
        self._cells: dict[str, Cell] = {}
        self._query: QueryRow | UnreadableRow | None = None
        self.words = (f"{source.name}\n{source.file}" if isinstance(source, Deployment) else self.id).lower()
        """Name and file in lower case: what plain words are looked for in."""

    def changed(self) -> None:
        """Forget what was made of the old values."""
        self._query = None
        self._cells = {}

    def drift(self, fields: frozenset[FieldName]) -> None:
        """Take note of which fields differ from the baseline."""
        self.drifted = fields
        self.changed()

    def look_ahead(self, ahead: Ahead) -> None:
        """Take note of what the fleet will be."""
        self._ahead = ahead
        self.changed()

    @property
    def ahead(self) -> Deployment | None:
        """The deployment as it will be once what is pending is written; None where it stays as it is or where that is
        not worked out yet, which takes a moment after each edit."""
        return self._ahead.of(self.id, self._pending) if self._ahead is not None else None

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What the rules say of it as it will be. What they say of a value that is no more is never among it."""
        if (ahead := self.ahead) is not None:
            return ahead.findings
        if self.deployment is None:
            return ()
        found = self.deployment.findings
        return tuple(finding for finding in found if not self.settled(finding)) if self.edits else found

    @property
    def added(self) -> list[Finding]:
        """What the rules will say of it and do not say of the file as it is."""
        return beyond(self.findings, self.deployment.findings) if self.deployment is not None else []

    def reading(self, field: FieldName) -> FieldReading | None:
        """The field as it will be where that is worked out, else as it stands in the file."""
        source = self.ahead or self.deployment
        return source.config.fields[field] if source is not None else None

    def cell(self, key: str) -> Cell:
        """The cell in the column `key`."""
        cell = self._cells.get(key)
        if cell is None:
            cell = self._cells[key] = _make_cell(self, key)
        return cell

    def edit(self, field: FieldName) -> SetField | None:
        """The pending edit of a field, if any."""
        return self._pending.get(self.id, field)

    @property
    def edits(self) -> int:
        """How many edits and fixes of it are pending."""
        return self._pending.count(self.id)

    def settled(self, finding: Finding) -> bool:
        """Whether a finding in the file as it is will be gone: by what is worked out, else by an edit of its field."""
        if (ahead := self.ahead) is not None:
            return not any(other.code == finding.code and other.field == finding.field for other in ahead.findings)
        if not self.edits:
            return False
        return bool(finding.field and self.edit(finding.field)) or self._pending.fixes(self.id, finding)

    def value(self, field: FieldName) -> Value:
        """The value as it will be: the pending one, else the one in the file."""
        edit = self.edit(field)
        if edit is not None:
            return edit.new
        reading = self.reading(field)
        return reading.value if reading is not None else None

    @property
    def query(self) -> QueryRow | UnreadableRow:
        """The row as the query language sees it."""
        if self._query is None:
            if self.deployment is None:
                self._query = UnreadableRow(self.id)
            else:
                self._query = QueryRow(
                    self.ahead or self.deployment, self._pending, drifted=bool(self.drifted), findings=self.findings
                )
        return self._query

    @property
    def state(self) -> CellState:
        """The row's most important state, for the gutter."""
        if self.deployment is None:
            return "unreadable"
        if problem_count(self):
            return "invalid"
        return "edited" if edit_count(self) else "drift" if self.drifted else ""

    def sort_value(self, key: str) -> Value:
        """What a column is sorted by: the value as it will be, or else the text that stands in the file."""
        source = self.deployment
        if source is None or key not in _SORTED_BY_VALUE:
            return self.cell(key).text
        if key == "name":
            return source.name
        if key == "env":
            return source.env
        reading = source.config.fields[key]  # type: ignore[index]
        if self._pending and (edit := self._pending.get(self.id, reading.name)):
            return edit.new
        reading = self.reading(reading.name) or reading
        return reading.raw if reading.value is None else reading.value


class UnreadableRow:
    """A file that could not be read, as the query language sees it."""

    env = namespace = cluster = repo = None
    layout = cloud = ""
    flags = frozenset({"unreadable"})
    codes = severities = frozenset[str]()

    def __init__(self, file: str) -> None:
        self.name = self.file = file
        self.files = (file,)
        self.words = file.lower()

    def value(self, field: FieldName) -> Value:
        """Nothing is known of its fields."""
        return None

    def state(self, field: FieldName) -> None:
        """Nothing is known of its fields."""


def rows_of(fleet: Fleet, pending: Pending) -> list[Row]:
    """All rows of a fleet: deployments first, then what could not be read."""
    rows = [Row(source, pending) for source in fleet.deployments]
    return rows + [Row(source, pending) for source in fleet.unreadable]


def edit_count(row: Row) -> int:
    """How many edits and fixes of the row are pending."""
    return row.edits


def problem_count(row: Row) -> int:
    """How many problems the deployment has: what the rules found, or else fields that do not stand as they should."""
    source = row.ahead or row.deployment
    if source is None:
        return 0
    found = [finding for finding in row.findings if finding.severity != "info"]
    settled = {f.field for f in source.findings if row.settled(f)} if source is row.deployment else set()
    broken = [
        reading.name
        for reading in source.config.fields.values()
        if reading.state in ("invalid", "conflict")
        and reading.name not in settled
        and not (source is row.deployment and row.edit(reading.name))
    ]
    told = {finding.field for finding in found}
    return len(found) + sum(name not in told for name in broken) + bool(source.config.shape_problem)


def has_problem(source: Deployment) -> bool:
    """Whether anything is wrong with a deployment as it stands in its file."""
    return (
        any(finding.severity != "info" for finding in source.findings)
        or any(reading.state in ("invalid", "conflict") for reading in source.config.fields.values())
        or source.config.shape_problem is not None
    )


def field_state(row: Row, reading: FieldReading) -> CellState:
    """The state of a field's cell; an edit shows as such even where it fixes a problem, unless it makes an error."""
    wrong = any(finding.field == reading.name and finding.severity == "error" for finding in row.findings)
    if row.edit(reading.name) is not None:
        return "invalid" if wrong and row.ahead is not None else "edited"
    if _fixed(row, reading.name):
        return "edited"
    reading = row.reading(reading.name) or reading
    if reading.state in ("invalid", "conflict"):
        return "invalid"
    if reading.state == "reference":
        return "reference"
    if wrong:
        return "invalid"
    return "drift" if reading.name in row.drifted else ""


def _fixed(row: Row, field: FieldName) -> bool:
    """Whether something pending takes away what the rules say of a field in the file as it is."""
    if not row.edits or row.deployment is None:
        return False
    return any(finding.field == field and row.settled(finding) for finding in row.deployment.findings)


def _make_cell(row: Row, key: str) -> Cell:
    source = row.deployment
    if source is None:
        return _unreadable_cell(row, key)
    if key == "name":
        return Cell(harmless(source.name), note=row.apart)
    if key == "env":
        return Cell(harmless(source.env or UNSET))
    if key == "cloud":
        return Cell(source.config.cloud if source.config.cloud != "none" else UNSET)
    if key == "state":
        return Cell(_state_words(row), cut="end")
    if key in ("namespace", "file", "layout", "repo"):
        return Cell(harmless(getattr(source, key) or UNSET), cut="start" if key == "file" else "middle")
    if key == "changed":
        return Cell(harmless(row.last_change), cut="end")
    reading = next(reading for name, reading in source.config.fields.items() if name == key)
    return _field_cell(row, reading)


def _unreadable_cell(row: Row, key: str) -> Cell:
    if key == "name":
        return Cell(harmless(row.id), state="unreadable")
    if key == "state":
        return Cell("unreadable", state="unreadable")
    return Cell("")


def _field_cell(row: Row, reading: FieldReading) -> Cell:
    state = field_state(row, reading)
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
    if value is None:
        return Cell(UNSET, state=state)
    if isinstance(value, int):
        words = human(value)
        return Cell(str(value), words if words != str(value) else "", state)
    text = short_class(value) if field == "backend" else short_account(value) if field == "identity" else value
    whole = harmless(value) if text != value else ""
    cut: Cut = _CUTS.get(field) or ("start" if value.startswith("arn:") else "middle")
    return Cell(harmless(text), state=state, cut=cut, whole=whole)


def _state_words(row: Row) -> str:
    parts = []
    if edits := edit_count(row):
        parts.append(f"{edits} edited" if edits > 1 else "edited")
    if problems := problem_count(row):
        parts.append(plural(problems, "problem"))
    if row.drifted:
        parts.append("drifted")
    if row.deployment and row.deployment.config.encrypted:
        parts.append("encrypted")
    if row.deployment and row.deployment.dirty:
        parts.append("uncommitted")
    if row.deployment and row.deployment.unreached:
        parts.append("unreached")
    return ", ".join(parts)
