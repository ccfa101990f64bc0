"""Which rows are shown, and in which order: a query and sort keys over the fleet's rows."""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence
from typing import TYPE_CHECKING

from rea_xcom_tui.tui.cells.rows import Row

if TYPE_CHECKING:
    from rea_xcom_tui.xcom.query import Query

Matcher = Callable[[Row], bool]


class Words:
    """Plain words, all of which are in a deployment's name or file. Asked of all rows at once, on every keystroke."""

    def __init__(self, words: Sequence[str]) -> None:
        # A word inside another one says nothing new.
        self._words = [word for word in words if not any(word != other and word in other for other in words)]

    def __call__(self, row: Row) -> bool:
        """Whether one row has all the words."""
        return all(word in row.words for word in self._words)

    def select(self, rows: Sequence[Row]) -> list[int]:
        """The indexes of the rows that have all the words."""
        first, *more = self._words
        found = [index for index, row in enumerate(rows) if first in row.words]
        for word in more:
            found = [index for index in found if word in rows[index].words]
        return found


def query_matcher(text: str) -> Matcher | None:
    """What a query selects; None for an empty one, which selects all. Raises `QueryError` with the position."""
    from rea_xcom_tui.xcom.query import parse

    words = text.lower().split()
    if not words:
        return None
    if all(word.isalnum() and word != "or" for word in words):
        return Words(words)
    return Asked(parse(text))


class Asked:
    """A query of the language. Asked of all rows at once, on every keystroke."""

    def __init__(self, query: Query) -> None:
        self._matches = query.matches

    def __call__(self, row: Row) -> bool:
        """Whether one row matches."""
        return self._matches(row)

    def select(self, rows: Sequence[Row]) -> list[int]:
        """The indexes of the rows that match."""
        matches = self._matches
        return [index for index, row in enumerate(rows) if matches(row)]


class Order:
    """The sort keys of the table: columns, each upwards or downwards, the most important first."""

    def __init__(self) -> None:
        self._keys: list[tuple[str, bool]] = []

    @property
    def arrows(self) -> dict[str, str]:
        """What the header shows beside each sorted column; further keys are numbered."""
        return {
            key: ("▼" if down else "▲") + (str(number) if number > 1 else "")
            for number, (key, down) in enumerate(self._keys, 1)
        }

    @property
    def kept(self) -> tuple[str, ...]:
        """The sort keys as they are kept between sessions: `-threshold` for one that goes downwards."""
        return tuple(f"-{key}" if down else key for key, down in self._keys)

    def restore(self, kept: Sequence[str], known: Container[str]) -> None:
        """Sort as was kept, by those columns that there are."""
        keys = [(text.removeprefix("-"), text.startswith("-")) for text in kept]
        self._keys = [(key, down) for key, down in dict(keys).items() if key in known]

    def by(self, key: str) -> None:
        """Sort by this column alone: upwards, then downwards, then as in the repo."""
        if self._keys[:1] == [(key, False)]:
            self._keys = [(key, True)]
        elif self._keys[:1] == [(key, True)]:
            self._keys = []
        else:
            self._keys = [(key, False)]

    def then(self, key: str) -> None:
        """Add a column as a further key, or turn its order round."""
        for index, (known, down) in enumerate(self._keys):
            if known == key:
                self._keys[index] = (key, not down)
                return
        self._keys.append((key, False))

    def view(self, rows: Sequence[Row], matches: Matcher | None) -> list[int]:
        """The indexes of the rows to show, in order; what could not be read comes last."""
        if matches is None:
            view = list(range(len(rows)))
        elif isinstance(matches, Words | Asked):
            view = matches.select(rows)
        else:
            view = [index for index, row in enumerate(rows) if matches(row)]
        if not self._keys:
            return view
        readable = [index for index in view if rows[index].deployment]
        others = [index for index in view if not rows[index].deployment]
        for key, down in reversed(self._keys):
            readable = _sorted(rows, readable, key, down)
        return readable + others


def _sorted(rows: Sequence[Row], view: Sequence[int], key: str, down: bool) -> list[int]:
    """Rows by one column: numbers by size, then texts without regard to case, then what is unset.

    Each of the three is sorted by itself, since Python compares numbers and texts far faster than tuples of both.
    """
    numbers: dict[int, int] = {}
    texts: dict[int, str] = {}
    unset: list[int] = []
    for index in view:
        value = rows[index].sort_value(key)
        if isinstance(value, int):
            numbers[index] = value
        elif value:
            texts[index] = value.lower()
        else:
            unset.append(index)
    parts = [
        sorted(numbers, key=numbers.__getitem__, reverse=down),
        sorted(texts, key=texts.__getitem__, reverse=down),
        unset,
    ]
    return [index for part in (reversed(parts) if down else parts) for index in part]
