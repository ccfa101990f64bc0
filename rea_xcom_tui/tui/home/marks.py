"""Which deployments are marked: by id, so that marks survive filter, sort and rescan."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence


class Marks:
    """A set of marked ids, and a range that grows with the cursor while it is open."""

    def __init__(self) -> None:
        self._ids: set[str] = set()
        self._base: set[str] = set()
        self._anchor: str | None = None

    def __len__(self) -> int:
        return len(self._ids)

    def __contains__(self, identifier: str) -> bool:
        return identifier in self._ids

    @property
    def ids(self) -> frozenset[str]:
        """Every marked id."""
        return frozenset(self._ids)

    @property
    def ranging(self) -> bool:
        """Whether a range is open."""
        return self._anchor is not None

    def toggle(self, identifier: str) -> None:
        """Mark, or unmark."""
        self._ids ^= {identifier}

    def add(self, ids: Iterable[str]) -> None:
        """Mark these."""
        self._ids.update(ids)

    def all_or_none(self, shown: Iterable[str]) -> None:
        """Mark all of these, or none of them when all are marked."""
        ids = set(shown)
        self._ids = self._ids - ids if ids <= self._ids else self._ids | ids

    def invert(self, shown: Iterable[str]) -> None:
        """Turn the marks of these round; what is not shown keeps its mark."""
        self._ids ^= set(shown)

    def clear(self) -> None:
        """Unmark everything."""
        self._ids.clear()
        self._anchor = None

    def keep(self, known: Container[str]) -> None:
        """Forget ids that no longer exist."""
        self._ids = {identifier for identifier in self._ids if identifier in known}
        if self._anchor is not None and self._anchor not in known:
            self._anchor = None

    def start(self, identifier: str) -> None:
        """Open a range at this id."""
        self._anchor = identifier
        self._base = set(self._ids)
        self._ids.add(identifier)

    def extend(self, shown: Sequence[str], to: int) -> None:
        """Let the open range reach from its anchor to position `to` of what is shown."""
        if self._anchor is None or self._anchor not in shown:
            return
        start = shown.index(self._anchor)
        low, high = min(start, to), max(start, to)
        self._ids = self._base | set(shown[low : high + 1])

    def end(self, *, cancel: bool = False) -> None:
        """Close the range, and on `cancel` take back what it marked."""
        if cancel and self._anchor is not None:
            self._ids = set(self._base)
        self._anchor = None
