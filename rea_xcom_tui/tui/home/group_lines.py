"""The heading of a group in full: what is usual among its rows, how they spread, and what is wrong with which."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from rea_xcom_tui.text import plural, some
from rea_xcom_tui.tui.cells.explain import value_words
from rea_xcom_tui.tui.cells.rows import UNSET, Row, problem_count
from rea_xcom_tui.tui.home.grouping import Group, pattern_of
from rea_xcom_tui.tui.kit.fit import folded, harmless, pad, shorten
from rea_xcom_tui.tui.kit.styled_lines import Line
from rea_xcom_tui.xcom.fields import TABLE
from rea_xcom_tui.xcom.model import FIELDS, FieldName

LOOKED_AT = 1000
"""So many rows of a group are looked at while the cursor moves; of a larger one, as many from all over it."""
_MOST_VALUES, _MOST_NAMES = 4, 6
_NAMES = max(map(len, FIELDS))
_LEAST = 16


def group_lines(title: str, rows: Sequence[Row], width: int) -> list[Line]:
    """What the line of a group tells, in full: problems, drift, and each field's values, the most frequent first."""
    seen = [row for row in rows[:: max(1, -(-len(rows) // LOOKED_AT))] if row.deployment is not None]
    lines = [_title(title, len(rows), width)]
    if len(seen) < len(rows):
        lines.append([(f" of {len(seen)} of them, from all over the group:", "quiet")])
    wrong = [row for row in seen if problem_count(row)]
    edited = [row for row in seen if row.edits]
    lines += _named("problems", "!", "invalid", wrong, width)
    for name in FIELDS:
        lines += _named(f"{name} drifted", "≠", "drift", [row for row in seen if name in row.drifted], width)
    lines += _named("edited", "~", "edited", edited, width)
    for name in FIELDS:
        lines += _field_lines(name, seen, width)
    return lines


def _title(title: str, count: int, width: int) -> Line:
    right = f" {plural(count, 'deployment')} "
    left = f" {shorten(harmless(title), max(8, width - len(right) - 6))} "
    return [
        ("──", "edge"),
        (left, "title"),
        ("─" * max(1, width - len(left) - len(right) - 4), "edge"),
        (right, "quiet"),
        ("──", "edge"),
    ]


def _field_lines(name: FieldName, rows: Sequence[Row], width: int) -> Iterator[Line]:
    """The values of one field, each with how many rows have it; own names stand for themselves in what is usual."""
    counts = Counter(pattern_of(row, name, full=True) for row in rows)
    told = counts.most_common(_MOST_VALUES) if {*counts} != {UNSET} else []
    size = max((len(str(count)) for _, count in told), default=1)
    for at, (text, count) in enumerate(told):
        words = value_words(int(text)) if TABLE[name].kind == "size" and text.lstrip("-").isdigit() else text
        pieces = folded(words, max(_LEAST, width - _NAMES - size - 5))
        head = f" {pad(name if at == 0 else '', _NAMES)} "
        yield [(head, "quiet"), (f"{count:>{size}}  ", "quiet"), (pieces[0], "" if at == 0 else "drift")]
        for piece in pieces[1:]:
            yield [(" " * (_NAMES + size + 4), ""), (piece, "" if at == 0 else "drift")]
    left = len(counts) - len(told)
    if told and left > 0:
        rest = len(rows) - sum(count for _, count in told)
        words = f"{rest} with {plural(left, 'other value')}"
        yield [(" " * (_NAMES + 2), ""), (shorten(words, max(_LEAST, width - _NAMES - 2)), "quiet")]


def _named(what: str, sign: str, style: str, rows: Sequence[Row], width: int) -> list[Line]:
    """Which rows something is the matter with."""
    if not rows:
        return []
    names = some(rows, _MOST_NAMES, lambda row: harmless(row.name))
    head = f" {sign} {what}, {len(rows)}: "
    pieces = folded(names, max(_LEAST, width - len(head)))
    lines: list[Line] = [[(head, style), (pieces[0], "")]]
    return [*lines, *([(" " * len(head), ""), (piece, "")] for piece in pieces[1:])]


def heading_status(group: Group | None) -> Line:
    """What is to be said of a group on one line, and what its keys do."""
    if group is None:
        return []
    count = plural(len(group.rows), "deployment")
    return [
        (f"{harmless(group.title)}: ", "strong"),
        (count, ""),
        ("  Enter folds it, Space marks all of them", "quiet"),
    ]
