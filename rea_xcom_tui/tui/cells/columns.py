"""Which columns the fleet's table can have, and which of them it has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rea_xcom_tui.tui.cells.rows import COLUMNS, Column, Row, sample

LAST_CHANGE = Column("changed", "LAST CHANGE", 16, 26, rare=False, yields=1)

EVERY: tuple[Column, ...] = (
    *COLUMNS,
    Column("connection", "CONNECTION", 10, 24, rare=False, yields=3),
    Column("namespace", "NAMESPACE", 9, 24, rare=False, yields=3),
    Column("file", "FILE", 16, 64, rare=False, yields=4),
    Column("layout", "LAYOUT", 9, 9, rare=False, yields=0),
    LAST_CHANGE,
)
"""All columns: those shown where nothing else was chosen, then the others."""

KEYS = tuple(column.key for column in EVERY)

_BY_KEY = {column.key: column for column in EVERY}
_ROWS_LOOKED_AT = 2000


def chosen_columns(keys: Sequence[str]) -> tuple[Column, ...]:
    """The columns with these keys in their order, the name always first; the usual ones where none is named."""
    wanted = [key for key in dict.fromkeys(("name", *keys)) if key in _BY_KEY]
    return tuple(_BY_KEY[key] for key in wanted) if len(wanted) > 1 else COLUMNS


def widened(columns: Sequence[Column], rows: Sequence[Row], room: int) -> tuple[Column, ...]:
    """The columns, each as wide as its longest value, but none wider than fits beside the name in `room` cells."""
    looked_at = sample(rows, _ROWS_LOOKED_AT)
    name, *others = columns
    length = max([name.least, *(len(row.cell(name.key).text) for row in looked_at)])
    beside = min(length, room // 3)
    wide = [replace(name, least=beside, most=beside)]
    for column in others:
        longest = max([len(column.title), *(len(row.cell(column.key).shown(full=True)) for row in looked_at)])
        most = max(column.least, room - beside - column.lead - column.note_width - 3)
        wide.append(replace(column, least=min(longest, most), most=min(longest, most), full=True))
    return tuple(wide)
