"""Who wrote each line of a values file as it is on the disk, and when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from rea_xcom_tui.errors import ToolError

if TYPE_CHECKING:
    from rea_xcom_tui.gitops import LineOrigin, Repository


@dataclass(frozen=True, slots=True)
class Written:
    """The commit that a line comes from."""

    date: str
    """The day it was written, in UTC: `2026-09-03`."""
    author: str
    """Foreign text."""


def line_origins(repository: Repository, file: str, data: bytes) -> list[Written | None]:
    """Who wrote each line of `data`, which is what the file `file` holds on the disk.

    None for a line that is not committed, or whose commit a shallow clone does not have.
    """
    lines = [line.rstrip(b"\r") for line in data.split(b"\n")]
    head = repository.head()
    if head is None:
        return [None] * len(lines)
    try:
        origins = repository.blame(head, file)
    except ToolError:  # a new file, or one of which git knows nothing
        return [None] * len(lines)
    return _carried_over(origins, lines)


def _carried_over(origins: Sequence[LineOrigin], lines: Sequence[bytes]) -> list[Written | None]:
    """What is known of the committed lines, for those lines of the file that are the same."""
    found: list[Written | None] = [None] * len(lines)
    before = [origin.text for origin in origins]
    for start, to, size in SequenceMatcher(None, before, lines, autojunk=False).get_matching_blocks():
        for step in range(size):
            found[to + step] = _written(origins[start + step])
    return found


def _written(origin: LineOrigin) -> Written | None:
    day = f"{datetime.fromtimestamp(origin.time, UTC):%Y-%m-%d}"
    return Written(day, origin.author) if origin.oid else None
