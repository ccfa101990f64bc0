"""What is below the causes of drift: expected over actual, and what keys would write."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rea_xcom_tui.fleet.baseline import BASELINE_FILE
from rea_xcom_tui.text import clean
from rea_xcom_tui.tui.drift.lines import cut_of, said
from rea_xcom_tui.tui.kit.fit import alike, pad, shorten
from rea_xcom_tui.tui.kit.styled_lines import Line, line_width
from rea_xcom_tui.xcom.fields import TABLE, Kind
from rea_xcom_tui.xcom.model import FieldName

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.actions.foretell import WouldWrite
    from rea_xcom_tui.xcom.model import Value

LABEL = 12
"""Cells of what precedes each line."""
_WHOLE: frozenset[Kind] = frozenset(("size", "compression"))
"""Kinds of values that are numbers or single words: digits or letters that two of them share say nothing."""


def aligned(field: FieldName, expected: Value, actual: Value, width: int) -> list[Line]:
    """Expected and actual value under each other, what both have in common quiet, and the part that differs lit."""
    old, new = said(expected), said(actual)
    whole = TABLE[field].kind in _WHOLE
    start = 0 if whole else alike(old, new)
    end = 0 if whole else alike(old[start:][::-1], new[start:][::-1])
    parts = [(text[:start], text[start : len(text) - end], text[len(text) - end :]) for text in (old, new)]
    room = max(20, width - LABEL)
    middle = max(line_width([(part, "")]) for _, part, _ in parts)
    head, tail = _rooms(parts[0][0], parts[0][2], max(4, room - min(middle, room)))
    size = min(middle, max(8, room - head - tail))
    lines: list[Line] = []
    labels = (("expected", "added-word"), ("actual", "removed-word"))
    for (before, part, after), (label, style) in zip(parts, labels, strict=True):
        lines.append(
            [
                (pad(f"   {label}", LABEL), "quiet"),
                (shorten(before, head, "start"), "quiet"),
                (pad(shorten(part, size, cut_of(part)), size), style if part else ""),
                (shorten(after, tail), "quiet"),
            ]
        )
    return lines


def _rooms(before: str, after: str, room: int) -> tuple[int, int]:
    """How many cells the common start and the common end may take of so many."""
    wanted_before, wanted_after = line_width([(before, "")]), line_width([(after, "")])
    if wanted_before + wanted_after <= room:
        return wanted_before, wanted_after
    head = min(wanted_before, max(room // 2, room - wanted_after))
    return head, min(wanted_after, room - head)


def writes_lines(would: WouldWrite | None, width: int, room: int) -> list[Line]:
    """All that `b` and `a` would write. Where that takes more than `room` lines, those of the baseline file are one
    after the other; what is more even so is reached by scrolling, and that is said too."""
    if would is None:
        return [[("   b fix", "key"), ("    …", "quiet")], [("   a adopt", "key"), ("  …", "quiet")]]
    adopt = _telling(would.adopt)
    lines = _written("b fix", would.fix, width) + _written("a adopt", adopt, width)
    if len(lines) > room and len(adopt) > 1 and adopt[0][:2] in ("+ ", "- "):
        joined = f"{BASELINE_FILE}: {' '.join(text[1:].strip(' -') for text in adopt)}"
        lines = _written("b fix", would.fix, width) + _written("a adopt", [joined], width)
    if len(lines) > room > 1:
        lines[1] = [(pad("Tab scrolls", LABEL), "quiet"), *lines[1][1:]]
    return lines


def _written(label: str, texts: Sequence[str], width: int) -> list[Line]:
    """What one key would write, wrapped."""
    lines: list[Line] = []
    for text in texts:
        style = {"+ ": "good", "- ": "invalid"}.get(text[:2], "")
        room = max(8, width - LABEL)
        for part in textwrap.wrap(clean(text), room, subsequent_indent="    ", break_on_hyphens=False):
            lines.append([(pad("" if lines else f"   {label}", LABEL), "key"), (part, style)])
    return lines


def _telling(texts: Sequence[str]) -> Sequence[str]:
    """The lines of the baseline file that say something: without the head that a new file begins with."""
    return [text for text in texts if not text.startswith(("+ #", "+ version:"))]
