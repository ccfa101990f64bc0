"""What the signs of each screen mean, for its help."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rea_xcom_tui.tui.cells.rows import GLYPHS, UNSET
from rea_xcom_tui.tui.keys.commands import Place

Sign = tuple[str, str]

_CELLS: tuple[Sign, ...] = (
    (GLYPHS["invalid"], "a problem: invalid, set twice, or against a rule"),
    (GLYPHS["drift"], "differs from the baseline"),
    (GLYPHS["edited"], "edited, not written yet"),
    (GLYPHS["reference"], "a Secret or ConfigMap supplies it"),
    (GLYPHS["unreadable"], "a file that cannot be read"),
    (UNSET, "not set"),
)
_FINDINGS: tuple[Sign, ...] = (("!", "error"), ("▲", "warning"), ("·", "info"))
_LEFT_OUT: Sign = ("○", "left out of the next write")

SIGNS: Mapping[Place, tuple[Sign, ...]] = {
    "fleet": (
        *_CELLS, ("●", "marked; in the header and STATE: uncommitted"), ("▲ ▼", "sorted upwards, downwards"),
        ("▾ ▸", "a group, open or folded"),
        ("‹ ›", "more columns to the left, right"), ("…", "cut; W shows values in full"), _LEFT_OUT,
    ),
    "file": (*_FINDINGS, *_CELLS[1:3]),
    "problems": (*_FINDINGS, (GLYPHS["edited"], "a fix or an edit is pending")),
    "drift": (*_FINDINGS[:1], (GLYPHS["drift"], "warning"), _FINDINGS[2], ("▸", "the cause under the cursor")),
    "diff": (("-", "what the line was"), ("+", "what it will be"), _LEFT_OUT),
    "compare": (_CELLS[1], _CELLS[2]),
}  # fmt: skip
"""For each screen that has signs: the sign and its meaning."""


def signs_of(places: Sequence[Place]) -> list[Sign]:
    """The signs of the first of these places that has any."""
    return list(next((SIGNS[place] for place in places if place in SIGNS), ()))
