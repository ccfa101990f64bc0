"""Which others of a lot a deployment has to be told of, found without comparing each with each.

Thousands of deployments may write to one place: each compared with all others is hundreds of millions of comparisons.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterator, Sequence

from rea_xcom_tui.xcom.rules.fleet_row import FleetRow
from rea_xcom_tui.xcom.spelling import distance

First = tuple[int, FleetRow]
"""A deployment and its number in the order in which they are told."""


class Lot:
    """Deployments in order, each with a mark; all with another mark are the others of one."""

    def __init__(self) -> None:
        self._marks: Counter[Hashable] = Counter()
        self._first: tuple[Hashable, First] | None = None
        self._apart: First | None = None
        """The first whose mark is not that of the very first."""

    def add(self, number: int, row: FleetRow, mark: Hashable) -> None:
        """One more, behind all that are there."""
        self._marks[mark] += 1
        if self._first is None:
            self._first = mark, (number, row)
        elif self._apart is None and mark != self._first[0]:
            self._apart = number, row

    def others(self, mark: Hashable) -> int:
        """How many have another mark than this."""
        return self._marks.total() - self._marks[mark]

    def first(self, mark: Hashable) -> First | None:
        """The first of those; None where there is none."""
        if self._first is not None and self._first[0] != mark:
            return self._first[1]
        return self._apart


def sharers(group: Sequence[FleetRow]) -> Iterator[tuple[FleetRow, FleetRow, int, bool]]:
    """Those of one place that share it with others: each with the first of these, how many they are, and whether any of
    them is known to have the same store.

    Agents of one owner may share a place, and where the stores differ it is not the same.
    """
    lots: dict[str | None, Lot] = {}
    everybody, unknown = Lot(), lots.setdefault(None, Lot())
    for number, row in enumerate(group):
        for lot in (everybody, lots.setdefault(row.store, Lot())):
            lot.add(number, row, _owner(row))
    for row in group:
        owner = _owner(row)
        same = lots[row.store] if row.store is not None else None
        told = [everybody] if same is None else [same, unknown]
        if first := [one for lot in told if (one := lot.first(owner)) is not None]:
            _, other = min(first, key=lambda one: one[0])
            yield row, other, sum(lot.others(owner) for lot in told), same is not None and same.others(owner) > 0


def _owner(row: FleetRow) -> str | tuple[str]:
    """Whose it is; what has no owner has none in common with others."""
    return row.owner or (row.id,)


class Near:
    """Words in order, to be found by words that are one letter apart from them."""

    def __init__(self, words: Sequence[str]) -> None:
        self._words = words
        self._numbers: defaultdict[str, list[int]] = defaultdict(list)
        for number, word in enumerate(words):
            for shorter in _shorter(word):
                self._numbers[shorter].append(number)

    def to(self, word: str) -> Iterator[str]:
        """The words from which this one differs in one letter, or in two that are swapped."""
        # Of two such words, one letter less of one is the other, or one letter less of each.
        numbers = {number for shorter in _shorter(word) for number in self._numbers.get(shorter, ())}
        return (self._words[number] for number in sorted(numbers) if distance(word, self._words[number]) == 1)


def _shorter(word: str) -> set[str]:
    """The word, and all that have one letter less."""
    return {word, *(word[:place] + word[place + 1 :] for place in range(len(word)))}
