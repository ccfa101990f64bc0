"""What was worked out last, for whoever asks for it again before the fleet has changed."""

from __future__ import annotations

from typing import Generic, TypeVar

T = TypeVar("T")


class Kept(Generic[T]):
    """The newest outcome of one kind of work. May be filled on one thread and asked on another."""

    def __init__(self) -> None:
        self._last: tuple[tuple[object, ...], T] | None = None

    def get(self, *made_of: object) -> T | None:
        """What was made of exactly the same objects, or of equal words and tuples; None where that was not the
        newest."""
        last = self._last
        if last is None or len(last[0]) != len(made_of):
            return None
        return last[1] if all(map(_same, last[0], made_of)) else None

    def put(self, outcome: T, *made_of: object) -> T:
        """Keep an outcome in place of the one before."""
        self._last = made_of, outcome
        return outcome


def _same(one: object, other: object) -> bool:
    # Fleets are never looked through: that would take as long as what is to be saved.
    return one is other or (isinstance(one, str | tuple) and one == other)
