"""The unified diff of two states of a values file as it may be shown, worked out for the lines that differ alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

from rea_xcom_tui.fleet.commented import without_secrets
from rea_xcom_tui.fleet.masking import shown_lines
from rea_xcom_tui.text import clean
from rea_xcom_tui.values import ValuesFile
from rea_xcom_tui.xcom.secrets import MASK, is_secret_name

_ATTRIBUTE = re.compile(r'[ \t]*"?(\w+)"?[ \t]*[:=][ \t]*')
"""How a line of Terraform gives a value to a name."""

CONTEXT = 3
"""How many lines are shown around what differs."""


def shown_diff(before: ValuesFile | None, after: ValuesFile) -> tuple[str, ...]:
    """The hunks of a unified diff, secrets masked, every line harmless; None stands for a file that is not there.

    What follows the last line feed is not a line. Two files of a thousand lines that differ in three are neither masked
    nor compared as a whole.
    """
    old = before.text.split("\n") if before is not None else [""]
    new = after.text.split("\n")
    if old[-1] == new[-1] == "":
        old, new = old[:-1], new[:-1]
    above = alike(old, new)
    below = alike(old[above:][::-1], new[above:][::-1])
    first, left_out = max(0, above - CONTEXT), max(0, below - CONTEXT)
    ours = _shown(before, old, first, left_out) if before is not None else []
    return tuple(_hunks(ours, _shown(after, new, first, left_out), first, CONTEXT))


def plain_diff(before: bytes, after: bytes, context: int = CONTEXT) -> tuple[str, ...]:
    """The same for files that are not YAML: what a line itself gives away is masked."""
    old, new = ([_plain(line) for line in data.decode("utf-8").splitlines()] for data in (before, after))
    return tuple(_hunks(old, new, 0, context))


def _plain(line: str) -> str:
    named = _ATTRIBUTE.match(line)
    if named is not None and is_secret_name(named[1]):
        return clean(line[: named.end()] + MASK)
    return clean(without_secrets(line))


def _shown(parsed: ValuesFile, lines: Sequence[str], first: int, left_out: int) -> list[str]:
    """The lines without the first and last so many of them, safe to show."""
    last = len(lines) - left_out
    if first >= last:
        return []
    start = sum(map(len, lines[:first])) + first
    return shown_lines(parsed, start, start + sum(map(len, lines[first:last])) + last - first - 1)


def alike(old: Sequence[str], new: Sequence[str]) -> int:
    """With how many equal lines, or characters of a text, both begin."""
    same, most = 0, min(len(old), len(new))
    while same < most:
        # Halving what is compared at once takes no longer than comparing all of it, and no loop goes through it.
        half = (same + most + 1) // 2
        if old[same:half] == new[same:half]:
            same = half
        else:
            most = half - 1
    return same


def _hunks(old: Sequence[str], new: Sequence[str], offset: int, context: int) -> list[str]:
    """The hunks between lists of lines before which `offset` equal lines are left out."""
    lines: list[str] = []
    for group in SequenceMatcher(None, old, new).get_grouped_opcodes(context):
        ours = _range(group[0][1] + offset, group[-1][2] + offset)
        theirs = _range(group[0][3] + offset, group[-1][4] + offset)
        lines.append(f"@@ -{ours} +{theirs} @@")
        for tag, start, end, other_start, other_end in group:
            if tag == "equal":
                lines += [f" {line}" for line in old[start:end]]
                continue
            lines += [f"-{line}" for line in old[start:end]]
            lines += [f"+{line}" for line in new[other_start:other_end]]
    return lines


def _range(start: int, end: int) -> str:
    """The lines of a hunk as its head tells them."""
    length = end - start
    first = start + 1 if length else start
    return str(first) if length == 1 else f"{first},{length}"
