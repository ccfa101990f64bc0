"""How wide the columns of the fleet's table are, and what is common in them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from rea_xcom_tui.tui.cells.rows import COLUMNS, Column, Row


def sample(rows: Sequence[Row], size: int = 150) -> list[Row]:
    """Rows from all over the table, enough to see how wide columns are and what is common in them."""
    readable = [row for row in rows if row.deployment]
    return readable[:: max(1, len(readable) // size)]


def majorities(rows: Iterable[Row]) -> dict[str, str]:
    """For each column where most rows agree, the text they agree on; what repeats is then shown dim."""
    rows = list(rows)
    found: dict[str, str] = {}
    for column in COLUMNS:
        counts = Counter(row.cell(column.key).text for row in rows) if column.rare else None
        if not counts:
            continue
        text, count = counts.most_common(1)[0]
        if count >= 3 and count * 5 >= len(rows) * 3:
            found[column.key] = text
    return found


def wanted_widths(columns: Sequence[Column], rows: Iterable[Row]) -> list[int]:
    """How wide each column's text would like to be: enough for all but the longest few."""
    rows = list(rows)
    widths = []
    for column in columns:
        lengths = sorted(len(row.cell(column.key).text) for row in rows)
        usual = lengths[min(len(lengths) - 1, len(lengths) * 49 // 50)] if lengths else 0
        title = len(column.title) - column.note_width
        widths.append(max(column.least, title, min(column.most, usual)))
    return widths


def fit_widths(columns: Sequence[Column], wanted: Sequence[int], room: int) -> list[int]:
    """Share `room` cells: columns that want more than their least give way together, as readily as each does.

    What does not fit even so is reached by scrolling sideways.
    """
    fixed = sum(column.lead + column.note_width + 1 for column in columns)
    widths = list(wanted)
    excess = sum(widths) + fixed - room
    while excess > 0:
        most, index = max(((w - c.least) * c.yields, i) for i, (w, c) in enumerate(zip(widths, columns, strict=True)))
        if most <= 0:
            break
        widths[index] -= 1
        excess -= 1
    return widths
