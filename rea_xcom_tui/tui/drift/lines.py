"""Drift as painted lines: causes, members, the matrix, and what is below them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Union

from rea_xcom_tui.text import plural
from rea_xcom_tui.tui.cells.explain import value_words, where
from rea_xcom_tui.tui.cells.rows import UNSET
from rea_xcom_tui.tui.kit.fit import Cut, harmless, pad, shorten
from rea_xcom_tui.tui.kit.styled_lines import SEVERITY_STYLES, Line, Span, line_width
from rea_xcom_tui.xcom.model import FIELDS, FieldName, Severity
from rea_xcom_tui.xcom.units import human

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.model import Deployment, Fleet
    from rea_xcom_tui.xcom.drift import Cause, Deviation, Since

When = Union["Since", str]
"""The commit that brought a value, or a word in its place."""

_GLYPHS: dict[Severity, str] = {"error": "!", "warning": "≠", "info": "·"}

_ENV, _LEAST_CELL = 10, 14
_FIELD, _COUNT, _SEVERITY, _DATE, _SHORT_ID = 11, 8, 10, 10, 7
_WIDE, _WIDEST = 96, 150


def said(value: str | int | None) -> str:
    """A value in words for one line; nothing there is called unset."""
    return "unset" if value is None else value_words(value)


def cut_of(text: str) -> Cut:
    """Where a long value gives way: an ARN at its start, which all of them share."""
    return "start" if text.startswith("arn:") else "middle"


def fit(text: str, width: int) -> str:
    """A value brought to exactly this width."""
    return pad(shorten(text, width, cut_of(text)), width)


def since_words(when: When, width: int) -> str:
    """Since when and by whom, as much of it as fits."""
    if isinstance(when, str):
        return when
    date, author = when.date[:_DATE], harmless(when.author)
    if width < _DATE + 6:
        return date
    words = f"{date} {author}"
    return f"{words} {when.commit[:_SHORT_ID]}" if width >= len(words) + 8 else words


def since_width(width: int) -> int:
    """The width of since when and by whom: with the commit where there is room, on a narrow terminal only the day."""
    return 34 if width >= _WIDEST else 24 if width >= _WIDE else _DATE


def cause_widths(width: int) -> tuple[int, int, int]:
    """The widths of expected, actual and since."""
    since = since_width(width)
    severity = _SEVERITY if width >= _WIDE else 2
    values = width - 2 - _FIELD - 2 - _COUNT - 4 - since - severity
    expected = max(8, values * 11 // 20 - 2)
    return expected, max(8, values - expected - 2), since


def cause_head(width: int) -> Line:
    """The titles over the causes."""
    expected, actual, since = cause_widths(width)
    words = f"  {pad('FIELD', _FIELD)}  {pad('EXPECTED', expected)}  {pad('ACTUAL', actual)}"
    rest = f"{pad('MANY', _COUNT - 2, right=True)}    {pad('SINCE', since)}  {'SEVERITY' if width >= _WIDE else ''}"
    return [(words + rest, "quiet")]


def cause_line(cause: Cause, width: int, when: When, *, here: bool, focused: bool) -> Line:
    """One cause: what is expected and what is there instead, how often, since when, and how grave it is."""
    expected_width, actual_width, since_room = cause_widths(width)
    severity = f"{_GLYPHS[cause.severity]} {cause.severity if width >= _WIDE else ''}"
    count = pad(str(len(cause.members)), _COUNT - 2, right=True)
    spans: list[Span] = [
        (f"{'▸' if here else ' '} ", "title"),
        (f"{pad(cause.field, _FIELD)}  ", "strong"),
        *_expected(cause, expected_width),
        (fit(said(cause.actual), actual_width), "drift"),
        (f"{count}    ", "strong"),
        (f"{_since(when, since_room)}  ", "quiet"),
        (severity, SEVERITY_STYLES[cause.severity]),
    ]
    return under_cursor(spans, width) if here and focused else spans


def _expected(cause: Cause, width: int) -> list[Span]:
    """What is expected, and in which groups where there is room for it."""
    value = said(cause.expected)
    groups = f" in {harmless(', '.join(cause.groups))}" if cause.groups else ""
    room = width - line_width([(value, "")])
    if len(groups) > room:
        return [(f"{fit(value, width)}  ", "good")]
    return [(value, "good"), (f"{pad(groups, room)}  ", "quiet")]


def under_cursor(spans: Sequence[Span], width: int) -> Line:
    """A line as the cursor shows it."""
    text = "".join(text for text, _ in spans)
    return [(pad(text, width), "here")]


def member_line(member: Deviation, fleet: Fleet, width: int, when: When, *, here: bool) -> Line:
    """One member of a cause: what it is called, what is there, what would be there, since when, and where it is."""
    deployment = fleet.by_id.get(member.deployment)
    name = harmless(fleet.name_beside_env(deployment) if deployment else member.deployment)
    found = deployment.field(member.field).place if deployment else None
    place = where(found, deployment.file_at(found.layer)) if deployment and found else ""
    since_room = since_width(width)
    name_width, env_width = min(32, width // 4), _ENV if width >= _WIDE else 0
    place_width = 28 if width >= _WIDEST else 0
    change = (
        width
        - 2
        - name_width
        - 2
        - (env_width and env_width + 2)
        - since_room
        - (place_width + 2 if place_width else 0)
        - 2
    )
    spans: list[Span] = [
        (f"{'▸' if here else ' '} ", "title"),
        (f"{pad(shorten(name, name_width, 'middle'), name_width)}  ", "strong"),
        (f"{_env(deployment, env_width)}  " if env_width else "", "quiet"),
        *_change(member, change),
        (f"  {_since(when, since_room)}", "quiet"),
    ]
    if place_width:
        spans.append((f"  {pad(shorten(place, place_width), place_width)}", "quiet"))
    return under_cursor(spans, width) if here else spans


def _since(when: When, width: int) -> str:
    return pad(shorten(since_words(when, width), width), width)


def _env(deployment: Deployment | None, width: int) -> str:
    """A deployment's environment, which tells apart those of one name; nothing where there is no room."""
    env = harmless(deployment.env or UNSET) if deployment else ""
    return pad(shorten(env, width), width) if width else ""


def _change(member: Deviation, width: int) -> list[Span]:
    """What is there, and what `b` would make of it."""
    actual = said(member.actual)
    target = "decide by hand" if member.target is None else said(member.target.value)
    half = max(6, (width - 3) // 2)
    room = max(half, width - 3 - max(6, line_width([(target, "")])))
    left = shorten(actual, room, cut_of(actual))
    rest = max(6, width - 3 - line_width([(left, "")]))
    return [(left, "drift"), (" → ", "quiet"), (fit(target, rest), "good" if member.target else "quiet")]


def cause_title(cause: Cause, width: int) -> Line:
    """What is over the members of a cause."""
    right = f" {plural(len(cause.members), 'deployment')} ──"
    text = f" {cause.field} should be {said(cause.expected)} "
    left = shorten(text, max(10, width - len(right) - 4), "middle")
    rule = "─" * max(1, width - 2 - line_width([(left, "")]) - len(right))
    return [("──", "quiet"), (left, "title"), (rule, "quiet"), (right, "quiet")]


def cause_reason(cause: Cause, width: int) -> Line:
    """Why that is expected, and since when it is not so."""
    since = f" · since {since_words(cause.since, 80)}" if cause.since else ""
    return [(shorten(f"   {harmless(cause.reason)}{since}", width), "quiet")]


# The matrix

Matrix = Mapping[str, Mapping[FieldName, "Deviation"]]


def matrix_fields(matrix: Matrix) -> list[FieldName]:
    """The fields that differ anywhere, in their usual order."""
    found = {field for fields in matrix.values() for field in fields}
    return [field for field in FIELDS if field in found]


def _cell(member: Deviation, width: int) -> str:
    """A value in a cell of the matrix; a threshold as its size alone where both forms do not fit."""
    text = said(member.actual)
    return human(member.actual) if isinstance(member.actual, int) and len(text) > width else text


class Grid:
    """The matrix at one width: deployments by the fields that differ, and where each column is."""

    def __init__(self, matrix: Matrix, fleet: Fleet, width: int) -> None:
        self.matrix, self.fleet, self.width = matrix, fleet, width
        self.fields = matrix_fields(matrix)
        self.ids = list(matrix)
        envs = [one.env or "" for identifier in self.ids if (one := fleet.by_id.get(identifier)) is not None]
        self.env = max([3, *(min(len(env), _ENV if width >= _WIDE else 6) for env in envs)])
        # As wide as the longest name; fields that have no room beside it are reached by scrolling.
        cells = sum(max(len(field), _LEAST_CELL) + 2 for field in self.fields)
        longest = max((line_width([(self._called(identifier), "")]) for identifier in self.ids), default=0)
        self.name = max(14, min(longest, 40, max(width // 3, width - 4 - self.env - cells)))
        self._room = width - 4 - self.name - self.env
        self.sizes = self._sizes(self._room)
        self.shown = range(0)
        self.look_at(0)

    def _called(self, identifier: str) -> str:
        deployment = self.fleet.by_id.get(identifier)
        return harmless(self.fleet.name_beside_env(deployment) if deployment else identifier)

    def look_at(self, column: int) -> None:
        """Scroll sideways, no further than needed, so that a field's column is in sight; the names always are."""
        first = min(self.shown.start, column)
        while first < column and self._width(first, column + 1) > self._room:
            first += 1
        last = column + 1
        while last < len(self.sizes) and self._width(first, last + 1) <= self._room:
            last += 1
        self.shown = range(first, min(last, len(self.sizes)))

    def _width(self, first: int, last: int) -> int:
        return sum(self.sizes[first:last]) + 2 * (last - first)

    def _sizes(self, room: int) -> list[int]:
        """As wide as the longest value of each field, the widest giving way first where room is short."""
        sizes = []
        for field in self.fields:
            texts = [said(cells[field].actual) for cells in self.matrix.values() if field in cells]
            sizes.append(min(60, max(len(field), *(line_width([(text, "")]) for text in texts))))
        while sizes and sum(sizes) + 2 * len(sizes) > room and max(sizes) > _LEAST_CELL:
            sizes[sizes.index(max(sizes))] -= 1
        return sizes

    def head(self, column: int) -> Line:
        """The fields over the matrix."""
        spans: list[Span] = [(f"  {pad('DEPLOYMENT', self.name)}  {pad('ENV', self.env)}", "quiet")]
        for index in self.shown:
            more = (index == self.shown.start > 0, index == self.shown.stop - 1 < len(self.fields) - 1)
            size = self.sizes[index]
            name = shorten(self.fields[index].upper(), size - sum(more))
            name = f"{'◂' if more[0] else ''}{name}{'▸' if more[1] else ''}"
            spans.append((f"  {pad(name, size)}", "title" if index == column else "quiet"))
        return spans

    def line(self, index: int, column: int | None) -> Line:
        """One deployment; only cells that differ hold anything. `column` is where the cursor is, if it is here."""
        identifier = self.ids[index]
        deployment = self.fleet.by_id.get(identifier)
        name = shorten(self._called(identifier), self.name, "middle")
        spans: list[Span] = [
            (f"{'▸' if column is not None else ' '} {pad(name, self.name)}  ", "strong"),
            (_env(deployment, self.env), "quiet"),
        ]
        for at in self.shown:
            field, size = self.fields[at], self.sizes[at]
            member = self.matrix[identifier].get(field)
            text = "·" if member is None else _cell(member, size)
            style = "here" if at == column else "quiet" if member is None else "drift"
            spans += [("  ", ""), (fit(text, size), style)]
        return spans


def cell_lines(member: Deviation | None, when: When, width: int) -> list[Line]:
    """The cell of the matrix under the cursor in words."""
    if member is None:
        return [[("─" * width, "quiet")], [("   as it should be", "quiet")]]
    title = shorten(f" {member.field} of {harmless(member.deployment)} ", width - 6, "middle")
    target = "set it by hand" if member.target is None else said(member.target.value)
    rows: list[tuple[str, str, str]] = [
        ("is", said(member.actual), "drift"),
        ("expected", said(member.expected), "good"),
        ("b sets", target, "" if member.target else "quiet"),
        ("because", harmless(member.reason), "quiet"),
        ("since", since_words(when, 80), "quiet"),
    ]
    rule = "─" * max(1, width - 2 - line_width([(title, "")]))
    lines: list[Line] = [[("──", "quiet"), (title, "title"), (rule, "quiet")]]
    room = max(10, width - 14)
    lines += [
        [(f"   {pad(label, 10)}", "quiet"), (shorten(text, room, "middle"), style)] for label, text, style in rows
    ]
    return lines
