"""What a view says of a whole fleet, kept as it was said, for as long as everything that it depends on is the same."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count

from rea_xcom_tui.fleet.scan.cache import Cache, Kept

_SIZE = 20
"""Bytes of a name."""
_NUMBER = 4


def name_of(*parts: bytes) -> bytes:
    """A name for some bytes, in this order."""
    hasher = hashlib.blake2b(digest_size=_SIZE)
    for part in parts:
        hasher.update(b"%d:" % len(part))
        hasher.update(part)
    return hasher.digest()


@dataclass(frozen=True, slots=True)
class Answers:
    """The one answer that is kept for a place: what a view says of these repos, whatever state they are in.

    It is kept in portions, under names that hold the state, and the place tells last which state that is: what a crash
    cuts off is never found. The state is the name of each repo's, in their order.
    """

    place: bytes
    day: int

    def known(self, cache: Cache) -> tuple[bytes, ...]:
        """The name of each repo's state when the answer was kept; nothing where there is none."""
        names = self._told(cache)[:-_NUMBER]
        return tuple(names[at : at + _SIZE] for at in range(0, len(names), _SIZE))

    def find(self, cache: Cache, names: Sequence[bytes]) -> list[bytes] | None:
        """The portions of the answer for this state, or None where not all of them are there."""
        told = self._told(cache)
        if told[:-_NUMBER] != b"".join(names) or not names:
            return None
        keys = self._keys(told)
        found = dict(cache.get(keys, self.day))
        return [found[key] for key in keys] if len(found) == len(keys) else None

    def keep(self, cache: Cache, names: Sequence[bytes], portions: Iterable[bytes]) -> Iterator[bytes]:
        """Keep portions for a state as they pass by, instead of what was kept for another."""
        before = self._told(cache)
        state = b"".join(names)
        numbers = count()
        for portion in portions:
            cache.put({self._key(state, next(numbers)): Kept(portion, dated=True)}, self.day)
            yield portion
        told = state + next(numbers).to_bytes(_NUMBER, "big")
        cache.put({self.place: Kept(told, dated=True)}, self.day)
        cache.drop({*self._keys(before)} - {*self._keys(told)})

    def _told(self, cache: Cache) -> bytes:
        told = dict(cache.get([self.place], self.day)).get(self.place, b"")
        return told if len(told) % _SIZE == _NUMBER else b""

    def _keys(self, told: bytes) -> Collection[bytes]:
        number = int.from_bytes(told[-_NUMBER:], "big")
        return [self._key(told[:-_NUMBER], at) for at in range(number)]

    def _key(self, state: bytes, number: int) -> bytes:
        return name_of(self.place, state, number.to_bytes(_NUMBER, "big"))
