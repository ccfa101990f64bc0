"""Which rows are shown, and in which order: a query and sort keys over the fleet's rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rea_xcom_tui.tui.rows import Row

Matcher = Callable[[Row], bool]


def query_matcher(text: str) -> Matcher | None:
    """What a query selects; None for an empty one, which selects all. Raises `QueryError` with the position."""
    from rea_xcom_tui.xcom.query import parse

    words = text.lower().split()
    if not words:
        return None
    if all(word.isalnum() and word != "or" for word in words):
        return lambda row: all(word in row.words for word in words)
    matches = parse(text).matches
    return lambda row: matches(row.query)


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
        view = [index for index, row in enumerate(rows) if matches is None or matches(row)]
        for key, down in reversed(self._keys):
            readable = [index for index in view if rows[index].deployment]
            others = [index for index in view if not rows[index].deployment]
            readable.sort(key=lambda index: rows[index].sort_key(key), reverse=down)
            view = readable + others
        return view
