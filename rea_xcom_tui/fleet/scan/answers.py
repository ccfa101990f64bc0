"""What a view says of a whole fleet, kept as it was said, for as long as everything that it depends on is the same."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from zlib import crc32

from rea_xcom_tui.fleet.scan.cache import Cache, Kept

_SIZE = 20
"""Bytes of a name."""
_TAIL = 8
"""Bytes for the number of portions, and for a sum over what they hold."""
_SUM = 4


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
        names = self._told(cache)[:-_TAIL]
        return tuple(names[at : at + _SIZE] for at in range(0, len(names), _SIZE))

    def find(self, cache: Cache, names: Sequence[bytes]) -> list[bytes] | None:
        """The portions of the answer for this state, or None where not all of them are there."""
        told = self._told(cache)
        if told[:-_TAIL] != b"".join(names) or not names:
            return None
        found = dict(cache.get(keys := self._keys(told), self.day, summed=False))
        portions = [found[key] for key in keys if key in found]
        return portions if len(portions) == len(keys) and told[-_SUM:] == _summed(portions) else None

    def keep(self, cache: Cache, names: Sequence[bytes], portions: Iterable[bytes]) -> Iterator[bytes]:
        """Keep portions for a state as they pass by, instead of what was kept for another."""
        before = self._told(cache)
        state = b"".join(names)
        number = total = 0
        for number, portion in enumerate(portions, start=1):
            cache.put_unsummed(self._key(state, number), portion, self.day)
            total = crc32(portion, total)
            yield portion
        told = state + number.to_bytes(_TAIL - _SUM, "big") + total.to_bytes(_SUM, "big")
        cache.put({self.place: Kept(told, dated=True)}, self.day)
        cache.drop({*self._keys(before)} - {*self._keys(told)})

    def forget(self, cache: Cache, last: bytes) -> None:
        """Keep no answer any longer for a state whose last name this is."""
        if self.known(cache)[-1:] == (last,):
            cache.drop({self.place, *self._keys(self._told(cache))})

    def _told(self, cache: Cache) -> bytes:
        told = dict(cache.get([self.place], self.day)).get(self.place, b"")
        return told if len(told) % _SIZE == _TAIL else b""

    def _keys(self, told: bytes) -> Collection[bytes]:
        last = int.from_bytes(told[-_TAIL:-_SUM], "big")
        return [self._key(told[:-_TAIL], number) for number in range(1, last + 1)]

    def _key(self, state: bytes, number: int) -> bytes:
        return name_of(self.place, state, b"%d" % number)


def _summed(portions: Iterable[bytes]) -> bytes:
    total = 0
    for portion in portions:
        total = crc32(portion, total)
    return total.to_bytes(_SUM, "big")
