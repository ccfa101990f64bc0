"""What the screen of a values file shows: pure functions from what was read to lines of text."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from textwrap import wrap

from msgspec.structs import replace

from rea_xcom_tui.fleet.history.line_origins import Written
from rea_xcom_tui.fleet.model import Deployment
from rea_xcom_tui.tui.cells.explain import value_words
from rea_xcom_tui.tui.cells.forms import FORMS, form_of
from rea_xcom_tui.tui.cells.rows import GLYPHS, CellState, Row, field_state
from rea_xcom_tui.tui.kit.fit import harmless, shorten
from rea_xcom_tui.tui.kit.line_list import Entry
from rea_xcom_tui.tui.kit.styled_lines import SEVERITY_STYLES, Line, Span, line_width
from rea_xcom_tui.xcom.model import FIELDS, FieldName, Finding

AUTHORS_FROM = 96
"""From this width on there is room for who wrote a line."""

_INDENT, _LEAST_WORDS = 8, 20
"""Cells before a finding below its line, and those that it has at least."""

_COMMENT = re.compile(r"(?:^|(?<=\s))#.*$")
_KEY = re.compile(r"\s*(?:- )?[^\s#:][^#:]*:(?=\s|$)")
_SIGNS = {"error": "!", "warning": "▲", "info": "·"}


@dataclass(frozen=True, slots=True)
class FileText:
    """A values file as it is shown: its lines with secrets hidden, and who wrote each of them."""

    file: str
    lines: Sequence[str]
    origins: Sequence[Written | None] = ()
    """As many as lines; empty while they are not known yet."""


@dataclass(frozen=True, slots=True)
class Spot:
    """What one line of the screen stands for: a line of the file, or a finding about it."""

    line: int
    """Counted from 1."""
    field: FieldName | None = None
    finding: Finding | None = None
    part: int = 0
    """Which of the lines that a finding takes, from 0."""

    @property
    def begins(self) -> bool:
        """Whether it is more than a further line of what is above it."""
        return self.part == 0


@dataclass(frozen=True, slots=True)
class Marked:
    """What is to be said beside the lines of one file."""

    fields: Mapping[int, tuple[FieldName, ...]] = field(default_factory=dict)
    """The fields whose effective value is in a line."""
    others: Mapping[int, tuple[FieldName, ...]] = field(default_factory=dict)
    """The fields that a line sets as well, without deciding."""
    findings: Mapping[int, tuple[Finding, ...]] = field(default_factory=dict)


def marked(source: Deployment, file: str, lines: int, added: Sequence[Finding] = ()) -> Marked:
    """Where a deployment's fields and findings are in one of its files, which has so many lines.

    `added` are findings that pending edits bring: they are where their field is now.
    """
    fields: dict[int, list[FieldName]] = {}
    others: dict[int, list[FieldName]] = {}
    for name in FIELDS:
        reading = source.field(name)
        for place in reading.places:
            if source.file_at(place.layer) != file:
                continue
            into = fields if place == reading.place else others
            into.setdefault(place.line, []).append(name)
        alone = reading.place if reading.place not in reading.places else None
        if alone is not None and source.file_at(alone.layer) == file:
            fields.setdefault(alone.line, []).append(name)
    found: dict[int, list[Finding]] = {}
    for finding in source.findings:
        if source.file_at(finding.layer) != file:
            continue
        found.setdefault(min(max(1, finding.line), lines), []).append(finding)
    for finding in added:
        stands = source.field(finding.field).place if finding.field else None
        layer, line = (stands.layer, stands.line) if stands is not None else (finding.layer, finding.line)
        if source.file_at(layer) == file:
            found.setdefault(min(max(1, line), lines), []).append(replace(finding, fix=()))
    return Marked(_frozen(fields), _frozen(others), {line: tuple(each) for line, each in found.items()})


def _frozen(found: Mapping[int, list[FieldName]]) -> dict[int, tuple[FieldName, ...]]:
    return {line: tuple(names) for line, names in found.items()}


def entries_of(text: FileText, row: Row, marks: Marked, width: int) -> list[Entry[Spot]]:
    """Every line of the file, with the findings about it below, in full at this width."""
    entries: list[Entry[Spot]] = []
    before: Written | None = None
    for number, line in enumerate(text.lines, start=1):
        names = marks.fields.get(number, ()) or marks.others.get(number, ())
        origin = text.origins[number - 1] if text.origins else None
        told = origin if origin != before else None
        before = origin
        draw = partial(_file_line, number, line, row, marks, told)
        entries.append(Entry(Spot(number, names[0] if names else None), draw, partial(draw, here=True)))
        for finding in marks.findings.get(number, ()):
            for part, words in enumerate(_finding_words(finding, row, width)):
                beneath = partial(_finding_line, finding, row, words, part)
                spot = Spot(number, finding.field, finding, part)
                entries.append(Entry(spot, beneath, partial(beneath, here=True)))
    return entries


def _file_line(
    number: int, text: str, row: Row, marks: Marked, origin: Written | None, width: int, *, here: bool = False
) -> Line:
    """Number, gutter, the line itself, what is pending, and who wrote it."""
    names = marks.fields.get(number, ())
    others = marks.others.get(number, ())
    gutter, state = _gutter(row, names, others)
    head: list[Span] = [(f"{number:>4} ", "here" if here else "quiet"), (f"{gutter:<3}", state)]
    right = f" {origin.date} {shorten(harmless(origin.author), 14)}" if origin and width >= AUTHORS_FROM else ""
    tail: list[Span] = [(right, "quiet")] if right else []
    tail = [(" " * max(0, 27 - line_width(tail)), ""), *tail] if width >= AUTHORS_FROM else []
    pending = _pending(row, names)
    room = max(8, width - line_width(head) - line_width(tail) - line_width(pending))
    shown = shorten(text, room)
    body = [(shown, "here")] if here else _coloured(shown, strong=bool(names), quiet=bool(others) and not names)
    blank = room - line_width(body)
    return [*head, *body, *pending, (" " * max(0, blank), ""), *tail]


def _gutter(row: Row, names: Sequence[FieldName], others: Sequence[FieldName]) -> tuple[str, str]:
    """The letters of the fields that a line sets, with the sign of their state, and its style."""
    source = row.deployment
    if source is None or not (names or others):
        return "", ""
    if not names:
        return "".join(form_of(name).sign for name in others[:2]), "quiet"
    states: list[CellState] = [field_state(row, source.field(name)) for name in names]
    state: CellState = next((each for each in states if each), "")
    return GLYPHS[state].strip() + "".join(form_of(name).sign for name in names[:2]), state or "title"


def _pending(row: Row, names: Sequence[FieldName]) -> list[Span]:
    edits = [edit for name in names if (edit := row.edit(name)) is not None]
    return [(f"  ~ → {value_words(edit.new)}", "edited") for edit in edits]


def _coloured(text: str, *, strong: bool, quiet: bool) -> list[Span]:
    """A line of YAML: comments dim, keys quiet, and the values of the settings in front."""
    comment = _COMMENT.search(text)
    code, said = (text[: comment.start()], text[comment.start() :]) if comment else (text, "")
    key = _KEY.match(code)
    at = key.end() if key else 0
    value = "quiet" if quiet else "strong" if strong else ""
    return [(code[:at], "quiet"), (code[at:], value), (said, "reference")]


def _finding_words(finding: Finding, row: Row, width: int) -> list[str]:
    """What a finding says, in lines that fit below its own; nothing is cut, and no word is parted."""
    settled = row.settled(finding)
    sign = "~" if settled else _SIGNS[finding.severity]
    words = f"{sign} {finding.code} {finding.severity}: {harmless(finding.message)}"
    if settled:
        words += " (an edit is pending)"
    elif finding.fix:
        words += " (f fixes it)"
    return wrap(words, max(_LEAST_WORDS, width - _INDENT), subsequent_indent="  ", break_on_hyphens=False) or [words]


def _finding_line(finding: Finding, row: Row, words: str, part: int, width: int, *, here: bool = False) -> Line:
    """One line of a finding below the line that it is about."""
    style = "edited" if row.settled(finding) else SEVERITY_STYLES[finding.severity]
    head = "     ╰  " if part == 0 else " " * _INDENT
    return [(head, "quiet"), (shorten(words, max(_LEAST_WORDS, width - _INDENT)), "here" if here else style)]


def legend(width: int) -> str:
    """What the letters of the gutter stand for."""
    words = " ".join(f"{form.sign} {name}" for name, form in FORMS.items())
    return shorten(f"{words} · the line that decides is in front", width)


def title_line(called: str, text: FileText, sources: Sequence[str]) -> list[Span]:
    """Deployment, file, and which of its layers this is."""
    spans: list[Span] = [(harmless(called), "title"), (f"  {harmless(text.file)}", "")]
    if len(sources) > 1:
        at = list(sources).index(text.file) + 1 if text.file in sources else 0
        spans.append((f"  layer {at} of {len(sources)}", "drift"))
    return spans


def summary(row: Row) -> list[Span]:
    """How many findings and edits there are, and what differs from the fleet."""
    source = row.deployment
    if source is None:
        return []
    parts: list[Span] = []
    if row.drifted:
        names = ", ".join(name for name in FIELDS if name in row.drifted)
        parts.append((f"≠ {names}  ", "drift"))
    serious = sum(finding.severity != "info" for finding in row.findings)
    if serious:
        parts.append((f"! {serious}  ", "invalid"))
    if infos := len(row.findings) - serious:
        parts.append((f"· {infos}  ", "quiet"))
    if row.edits:
        parts.append((f"~ {row.edits} pending", "edited"))
    return parts
