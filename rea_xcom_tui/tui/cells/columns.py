"""Which columns the fleet's table can have, and which of them it has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import msgspec

from rea_xcom_tui.fleet.model import Deployment
from rea_xcom_tui.tui.cells.rows import COLUMNS, Column, Row
from rea_xcom_tui.tui.cells.widths import sample

LAST_CHANGE = Column(
    "changed",
    "LAST CHANGE",
    "the newest change of the file; H lists all of them",
    16,
    26,
    rare=False,
    yields=1,
)

EVERY: tuple[Column, ...] = (
    *COLUMNS,
    Column("connection", "CONNECTION", "the connection's id; edit it in the path", 10, 24, rare=False, yields=3),
    Column("repo", "REPO", "where the fleet is made of several repos", 6, 20, rare=False, yields=3),
    Column("namespace", "NAMESPACE", "the namespace that the agent is released into", 9, 24, rare=False, yields=3),
    Column("file", "FILE", "the values file in the repo; o opens it in your editor", 16, 64, rare=False, yields=4),
    Column("layout", "LAYOUT", "the tool that deploys it, such as argocd or flux", 9, 9, rare=False, yields=0),
    LAST_CHANGE,
)
"""All columns: those shown where nothing else was chosen, then the others."""

KEYS = tuple(column.key for column in EVERY)

_BY_KEY = {column.key: column for column in EVERY}
_ROWS_LOOKED_AT = 2000
MAY_BE_TOLD_ONCE = frozenset({"backend", "cloud", "compression"})
"""Columns whose value people compare rather than read: where it is the same nearly everywhere, it is said once."""
MAY_GIVE_WAY = frozenset({"backend", "cloud"})
"""The same in a fleet of a few rows: there a column that people edit stays within reach."""
FLEET = 8
"""From so many deployments on it is no small fleet."""


class Same(msgspec.Struct, frozen=True):
    """A column that says nearly the same everywhere, so that it is said once instead of in each row."""

    column: Column
    words: str
    count: int
    total: int
    odd: str
    """A query for the deployments that differ; empty where none does."""
    small: bool = False
    """Whether the fleet is so small that the column gives way only where there is no room for it."""


def chosen_columns(keys: Sequence[str]) -> tuple[Column, ...]:
    """The columns with these keys in their order, the name always first; the usual ones where none is named."""
    wanted = [key for key in dict.fromkeys(("name", *keys)) if key in _BY_KEY]
    return tuple(_BY_KEY[key] for key in wanted) if len(wanted) > 1 else COLUMNS


def differing(columns: Sequence[Column], rows: Sequence[Row]) -> set[str]:
    """The keys of those columns whose values differ among these rows, so that they are worth a column here."""
    sources = [row.deployment for row in sample(rows) if row.deployment is not None]
    counts = {column.key: Counter(value_of(source, column) for source in sources) for column in columns}
    return {key for key, each in counts.items() if max(each.values(), default=0) * 10 < len(sources) * 9}


def value_of(source: Deployment, column: Column) -> str | None:
    """What a file says in a column, where that is set."""
    if column.field is None:
        return source.config.cloud
    reading = source.config.fields[column.field]
    return str(reading.value) if reading.value is not None and reading.state == "set" else None


def widened(columns: Sequence[Column], rows: Sequence[Row], room: int) -> tuple[Column, ...]:
    """The columns, each as wide as its longest value, but none wider than fits beside the name in `room` cells."""
    looked_at = sample(rows, _ROWS_LOOKED_AT)
    name, *others = columns
    length = max([name.least, *(len(row.cell(name.key).text) for row in looked_at)])
    beside = min(length, room // 3)
    wide = [msgspec.structs.replace(name, least=beside, most=beside)]
    for column in others:
        longest = max([len(column.title), *(len(row.cell(column.key).shown(full=True)) for row in looked_at)])
        most = max(column.least, room - beside - column.lead - column.note_width - 3)
        wide.append(msgspec.structs.replace(column, least=min(longest, most), most=min(longest, most), full=True))
    return tuple(wide)
