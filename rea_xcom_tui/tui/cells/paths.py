"""How the paths of one column are written: all alike, so that rows only look different where their stores are."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from rea_xcom_tui.tui.kit.fit import fit, path_parts, shorten

Form = Literal[0, 1, 2]
"""In full; without the connection; without the scheme too."""

_SHORTEST_END = 5
"""Cells below which the end of a prefix would tell nothing."""


class PathColumn:
    """Which form all paths of a column take at a width: the fullest in which nearly all of them fit.

    The scheme is only left out where all have the same, or where another column tells the clouds, because it tells one
    cloud's bucket from another's, and from a path that lacks one.
    """

    def __init__(self, sample: Iterable[str] = (), schemes: Iterable[str] = ()) -> None:
        """`sample` are paths enough to see how long they are; `schemes` are those of all paths."""
        known = [path_parts(text) for text in sample]
        known = [parts for parts in known if parts[0]]
        self.schemes = frozenset(schemes) or frozenset(parts[0] for parts in known)
        self.cloud_told = False
        """Whether the cloud of each row is in sight beside its path."""
        lengths = [sorted(len(_written(parts, form)) for parts in known) for form in (0, 1, 2)]
        self._usual = [each[len(each) * 49 // 50] if each else 0 for each in lengths]
        self._longest = [max(each, default=0) for each in lengths]

    def form(self, width: int) -> Form:
        """The form at this width."""
        if self._usual[0] <= width:
            return 0
        return 1 if self._usual[1] <= width or not (self.cloud_told or len(self.schemes) < 2) else 2

    def used(self, width: int) -> int:
        """How many of so many cells the paths take."""
        return min(width, self._longest[self.form(width)] or width)

    def fit(self, text: str, width: int, *, full: bool = False) -> str:
        """A path in exactly `width` cells; what has no scheme is not a path of a store and stays as it is."""
        parts = path_parts(text)
        if not parts[0]:
            return fit(text, width, "middle")
        form = 0 if full else self.form(width)
        if form == 2 and parts[0] not in self.schemes and not self.cloud_told:
            form = 1  # an edit has brought another scheme in
        short = _shortened(parts, form, width)
        return short.ljust(width) if len(short) <= width and text.isascii() else fit(short, width)


def scheme_of(text: str) -> str:
    """The scheme of a path; empty where it has none."""
    return text.partition("://")[0] if "://" in text else ""


def _written(parts: tuple[str, str, str], form: Form) -> str:
    scheme, conn, place = parts
    return f"{scheme}://{conn}{place}" if form == 0 else f"{scheme}://{place}" if form == 1 else place


def _shortened(parts: tuple[str, str, str], form: Form, width: int) -> str:
    """The same in at most `width` cells: first the connection goes, then the start of the prefix gives way."""
    text = _written(parts, form)
    if len(text) <= width:
        return text
    place = parts[2]
    head = text[: len(text) - len(place)] if form else f"{parts[0]}://"
    bucket, slash, prefix = place.partition("/")
    room = width - len(head) - len(bucket) - 1
    if slash and room == 0:  # the bucket in whole, and a sign that more follows
        return f"{head}{bucket}…"
    if not slash or room < 0:  # a bucket that just fits would look as if nothing followed
        return f"{head}{shorten(place[: len(bucket) + (room == -1)], max(1, width - len(head)), 'middle')}"
    return f"{head}{bucket}/{shorten(prefix, room, 'start') if room >= _SHORTEST_END else '…'}"
