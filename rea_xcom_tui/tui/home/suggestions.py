"""What the query line can complete to: the values that are really in the fleet, counted when they are asked for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import cast

from rea_xcom_tui.tui.cells.rows import Row
from rea_xcom_tui.xcom.model import FieldName
from rea_xcom_tui.xcom.query import KEYS
from rea_xcom_tui.xcom.query.rows import FIELD_KEYS


class KnownValues(Mapping[str, Collection[str]]):
    """For each key of the query language its values in these rows, the most frequent first."""

    def __init__(self, rows: Sequence[Row] = ()) -> None:
        self._rows = rows
        self._found: dict[str, tuple[str, ...]] = {}

    def __getitem__(self, key: str) -> tuple[str, ...]:
        if key not in KEYS:
            raise KeyError(key)
        if key not in self._found:
            counts = Counter(value for row in self._rows for value in _values(row, key) if value)
            self._found[key] = tuple(value for value, _ in counts.most_common())
        return self._found[key]

    def __iter__(self) -> Iterator[str]:
        return iter(KEYS)

    def __len__(self) -> int:
        return len(KEYS)


def _values(row: Row, key: str) -> Iterable[str]:
    if key in FIELD_KEYS:
        value = row.value(cast("FieldName", key))
        text = "" if value is None else str(value)
        return (text.rpartition(".")[2] if key == "backend" else text,)
    if key in ("is", "code", "severity"):
        return row.flags if key == "is" else row.codes if key == "code" else row.severities
    return (str(getattr(row, key) or ""),)
