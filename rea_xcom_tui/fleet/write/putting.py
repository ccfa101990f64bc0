"""Putting files on the disk: each only if it still holds what it should, and many of them together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from rea_xcom_tui import durable, values

Progress = Callable[[int, int], None]
"""Called with the files done so far and the number of all."""

_AT_ONCE = 64
"""How many new versions are brought to the disk together. More would not be faster, and as many files are open."""


class Way(msgspec.Struct, frozen=True):
    """The way of one file: the bytes it holds now and those it is to hold, None where there is no file."""

    file: str
    """Its path from the repo's root."""
    now: bytes | None
    then: bytes | None


def put(root: Path, way: Way, token: str) -> None:
    """Replace, make or remove one file, if it holds what it should. `token` is that of the operation.

    Raises as `values.write`, `values.create` and `values.remove` do.
    """
    if way.now is None:
        values.create(way.file, way.then or b"", root=root, token=token or None)
    elif way.then is None:
        values.remove(way.file, expected=way.now, root=root)
    else:
        values.write(root / way.file, way.then, expected=way.now, root=root, token=token or None)


class Putting:
    """Goes many ways in order, as `put` does one; what it has `done` is known however it ends.

    New versions of some files are written first, then brought to the disk together, and only then take their places
    one by one, each after a last look at the file that is there: so each is as safe as one alone. Where one cannot be
    written beside others, those go first, as it may be room that is scarce, or the number of open files.
    """

    def __init__(self, root: Path, ways: Sequence[Way], token: str, progress: Progress | None = None) -> None:
        self.done: list[Way] = []
        self._root = root
        self._ways = ways
        self._token = token
        self._tell: Progress = progress or (lambda done, of: None)
        self._written: list[tuple[Way, values.Successor]] = []

    def go(self) -> None:
        """Go all ways. Raises what `put` raises, and what `progress` does, which is called before each file."""
        try:
            with durable.folders_at_the_end():
                for way in self._ways:
                    if way.now is not None and way.then is not None:
                        self._write(way, way.now, way.then)
                        continue
                    self._put_written()
                    self._tell(len(self.done), len(self._ways))
                    put(self._root, way, self._token)
                    self.done.append(way)
                self._put_written()
        finally:  # also after an interrupt: no new version that is not in its place is left
            for _, successor in self._written:
                successor.drop()

    def _write(self, way: Way, now: bytes, then: bytes) -> None:
        where, token = self._root / way.file, self._token or None
        if len(self._written) == _AT_ONCE:
            self._put_written()
        while True:
            others = len(self._written)
            try:
                successor = values.Successor(where, then, expected=now, root=self._root, token=token)
                self._written.append((way, successor))  # before it is made, so that an interrupt leaves nothing of it
                successor.make()
                return
            except (values.RefusedEdit, values.Unreadable):
                del self._written[others:]
                if not others:
                    raise
                self._put_written()

    def _put_written(self) -> None:
        for begins in (True, False):  # the system writes all while one is waited for, and a journal has them at once
            for _, successor in self._written:
                successor.begin() if begins else successor.sync()
        for way, successor in self._written:
            self._tell(len(self.done), len(self._ways))
            successor.put()
            self.done.append(way)
        self._written.clear()
