"""Texts made to fit: long ones shortened where it hurts least, and every width counted in terminal cells."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable
from functools import partial
from typing import Literal

from rich.cells import cell_len, chop_cells

from rea_xcom_tui.text import class_name, clean

Cut = Literal["start", "middle", "end", "words", "path"]
"""Where a text that is too long gives way; `words` shortens the words of a class name: `ObjStorage`; `path` keeps the
bucket of an object storage path as long as it can: first the connection goes, then the scheme, then the prefix."""

_WORD = re.compile(r"[A-Z]+[a-z0-9]*|[a-z0-9]+")
_SHORTEST_WORD, _SHORTEST_END = 3, 5

_LONGEST = 400
"""Characters of a foreign text that a table line may look at; no terminal is that wide."""


def short_class(path: str) -> str:
    """The last part of a dotted class path without what all XCom backends share: `ObjectStorage`."""
    name = class_name(path)
    core = name.removeprefix("XCom").removesuffix("Backend")
    return core if core and name.startswith("XCom") and name.endswith("Backend") else name


def short_account(identity: str) -> str:
    """An identity without what all GCP service accounts share: `airflow@project`."""
    return identity.removesuffix(".iam.gserviceaccount.com")


def harmless(text: str) -> str:
    """`text` made safe for one line of the screen; of a very long one, the start and the end."""
    if len(text) > _LONGEST:
        text = f"{text[: _LONGEST // 2]}…{text[-_LONGEST // 2 :]}"
    return clean(text)


def shorten(text: str, width: int, cut: Cut = "end") -> str:
    """Bring `text` to at most `width` terminal cells, with an ellipsis where something was left out."""
    if text.isascii():
        if len(text) <= width:
            return text
        if cut == "words" and (words := _shorter_words(text, width)):
            return words
        if cut == "path":
            text = _shorter_path(text, width)
            if len(text) <= width:
                return text
        head, tail = _split(width, cut)
        return f"{text[:head]}…{text[len(text) - tail :]}" if width > 1 else "…"[:width]
    if cell_len(text) <= width:
        return text
    if width <= 1:
        return "…"[:width]
    head, tail = _split(width, cut)
    return f"{_first_cells(text, head)}…{_last_cells(text, tail)}"


def _shorter_words(text: str, width: int) -> str:
    """A class name with its words cut, the first ones first; empty where even that does not fit."""
    words = _WORD.findall(text)
    if "".join(words) != text or len(words) < 2:
        return ""
    for index, word in enumerate(words):
        excess = sum(map(len, words)) - width
        if excess > 0:
            last = index == len(words) - 1
            words[index] = word[: max(_SHORTEST_WORD, len(word) - excess)] if last else word[:_SHORTEST_WORD]
    short = "".join(words)
    return short if len(short) <= width else ""


def path_parts(text: str) -> tuple[str, str, str]:
    """A path's scheme, its connection with the `@`, and the rest; the first two are empty where it has none."""
    scheme, found, rest = text.partition("://")
    if not found:
        return "", "", text
    conn, sign, place = rest.rpartition("@") if "@" in rest.partition("/")[0] else ("", "", rest)
    return scheme, f"{conn}{sign}", place


def _shorter_path(text: str, width: int) -> str:
    """A path without its connection, then without its scheme, then with the middle of its prefix left out."""
    scheme, _, place = path_parts(text)
    if not scheme:
        return text
    if len(scheme) + 3 + len(place) <= width:
        return f"{scheme}://{place}"
    bucket, slash, prefix = place.partition("/")
    room = width - len(bucket) - 1
    if len(place) <= width or not slash:
        return place
    if room < 1:  # the bucket alone would look as if it were all where it fits
        return bucket if room < -1 else f"{bucket}/" if room else f"{bucket}…"
    if room < _SHORTEST_END:
        return f"{bucket}/…"[:width]  # one or two letters of the end would tell nothing
    return f"{bucket}/{shorten(prefix, room, 'start')}"


def shorten_change(text: str, width: int) -> str:
    """Bring `old → new` to at most `width` cells so that what differs stays in sight: first what both have in common at
    their start and end gives way, then each side in its own middle. The arrow always stays.
    """
    old, arrow, new = text.partition(" → ")
    room = width - len(arrow)
    if not arrow or room < 2 or cell_len(text) <= width:
        return shorten(text, width, "middle")
    old, new = _without_common(old, new, room)
    half = room // 2
    left = max(half, room - cell_len(new)) if cell_len(new) < room - half else min(half, cell_len(old))
    cut: Cut = "path" if "://" in old and "://" in new else "middle"  # the bucket stays the longest
    return f"{shorten(old, left, cut)}{arrow}{shorten(new, room - left, cut)}"


def _without_common(old: str, new: str, room: int) -> tuple[str, str]:
    """Two texts without as much of their common start and end as it takes to bring them to `room` cells together."""
    start = alike(old, new)
    end = alike(old[start:][::-1], new[start:][::-1])
    excess = cell_len(old) + cell_len(new) - room
    if excess <= 0 or start + end < 4:
        return old, new
    cut_start = min(max(0, start - 1), max(0, (excess + 3) // 2))
    excess -= 2 * (cut_start - 1) if cut_start > 1 else 0
    cut_end = min(max(0, end - 1), max(0, (excess + 3) // 2)) if excess > 0 else 0

    def cut(text: str) -> str:
        head = f"…{text[cut_start:]}" if cut_start > 1 else text
        return f"{head[: len(head) - cut_end]}…" if cut_end > 1 else head

    return cut(old), cut(new)


def alike(one: str, other: str) -> int:
    """How many characters two texts begin with alike."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (mine, theirs) in pairs if mine != theirs), min(len(one), len(other)))


def _split(width: int, cut: Cut) -> tuple[int, int]:
    room = width - 1
    if cut == "end":
        return room, 0
    if cut == "start":
        return 0, room
    head = room * 2 // 5
    return head, room - head


def _first_cells(text: str, width: int) -> str:
    return chop_cells(text, width)[0] if width > 0 else ""


def _last_cells(text: str, width: int) -> str:
    for start in range(max(0, len(text) - width), len(text)):
        if cell_len(text[start:]) <= width:
            return text[start:]
    return ""


def pad(text: str, width: int, *, right: bool = False) -> str:
    """Fill `text` with blanks to exactly `width` cells."""
    blanks = " " * max(0, width - (len(text) if text.isascii() else cell_len(text)))
    return f"{blanks}{text}" if right else f"{text}{blanks}"


def fit(text: str, width: int, cut: Cut = "end", *, right: bool = False) -> str:
    """`text` shortened and filled to exactly `width` cells; for ASCII without measuring what is known."""
    if not text.isascii():
        return pad(shorten(text, width, cut), width, right=right)
    if len(text) > width:
        text = shorten(text, width, cut)  # of what is not ASCII, only ellipses have come in
    return text.rjust(width) if right else text.ljust(width)


def folded(text: str, width: int) -> list[str]:
    """A value on as many lines of `width` cells as it takes, broken after a blank, slash, dot or the like."""
    lines: list[str] = []
    while cell_len(text) > width:
        head = chop_cells(text, width)[0]
        at = max(head.rfind(sign) + 1 for sign in " /.:@-")
        head = head[:at] if at * 2 > len(head) else head
        lines.append(head.rstrip())
        text = text[len(head) :]
    return [*lines, text]


def wrapped_sentences(sentences: Iterable[str], width: int, most: int = 3, more: str = "…") -> list[str]:
    """Sentences as the lines of a banner, each marked, no more than `most` lines in all; `more` ends those cut."""
    wrap = partial(textwrap.wrap, subsequent_indent="  ", break_on_hyphens=False)  # names have hyphens
    lines = [line for sentence in sentences for line in wrap(f"! {sentence}", width)]
    if len(lines) <= most:
        return lines
    last = wrap(lines[most - 1], max(1, width - cell_len(more) - 1)) or [""]
    return [*lines[: most - 1], f"{last[0]} {more}"]
