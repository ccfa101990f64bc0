"""How the values of a field spread over the groups of the fleet, as bars."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from rea_xcom_tui.tui.drift.detail_lines import LABEL
from rea_xcom_tui.tui.drift.lines import cut_of, said
from rea_xcom_tui.tui.kit.fit import harmless, pad, shorten
from rea_xcom_tui.tui.kit.styled_lines import Line, Span, line_width
from rea_xcom_tui.xcom.model import FIELDS, FieldName

if TYPE_CHECKING:
    from rea_xcom_tui.xcom.drift import GroupSpread, Spreads

_GROUP = 18
_BAR = "━"
_LONGEST_BAR = 16
_LEAST_WORDS = 24
_MOST_KINDS = 3


def spread_lines(
    field: FieldName, spreads: Spreads, width: int, first: Collection[str] = (), most: int = 1000
) -> list[Line]:
    """A bar for each group: how many have its commonest value, and how many each other one."""
    told = sorted(spreads.get(field, ()), key=lambda one: (one.group not in first, -len(one.kinds), one.group))[:most]
    longest = max((one.total for one in spreads.get(field, ())), default=1)
    name = min(_GROUP, max((len(one.group) for one in told), default=0) + 2)
    return [_group_line(field, one, longest, max(LABEL - 3, name), width) for one in told]


def _group_line(field: FieldName, one: GroupSpread, longest: int, name: int, width: int) -> Line:
    """One group: its kinds of values, each with a bar as long as its share, the common one in the accent."""
    shown = one.kinds[: _MOST_KINDS if width >= 110 else 2]
    rest = sum(count for _, count in one.kinds[len(shown) :])
    told: list[tuple[str, int, str]] = [
        (said(value), count, "bar" if at == 0 else "drift") for at, (value, count) in enumerate(shown)
    ]
    told += [("others", rest, "drift")] if rest else []
    told += [("unknown", one.unknown, "quiet")] if one.unknown else []
    bar = min(_LONGEST_BAR, longest)
    bars = [max(1, round(count * bar / longest)) for _, count, _ in told]
    digits = len(str(longest))
    fixed = sum(size + len(str(count)) + 4 for size, (_, count, _) in zip(bars, told, strict=True))
    fixed += bar - (bars[0] if bars else bar) + digits - 1
    room = max(_LEAST_WORDS // 2, (width - name - 3 - fixed) // max(1, len(told)))
    spans: list[Span] = [(f"   {pad(shorten(harmless(one.group), name - 1), name)}", "quiet")]
    for at, ((words, count, style), size) in enumerate(zip(told, bars, strict=True)):
        spans += [
            ("   " if at else "", ""),
            (pad(_BAR * size, 0 if at else bar), style),
            (f" {count} ", "strong" if at else ""),
            (shorten(words, room, cut_of(words)), "quiet" if at == 0 else style),
        ]
    return _cut(spans, width)


def _cut(spans: Sequence[Span], width: int) -> Line:
    """As much of a line as fits."""
    found: list[Span] = []
    for text, style in spans:
        room = width - line_width(found)
        if room <= 0:
            break
        found.append((shorten(text, room), style))
    return found


def all_spreads(spreads: Spreads, width: int) -> list[Line]:
    """The picture of every field."""
    lines: list[Line] = []
    for field in FIELDS:
        kinds = {value for one in spreads.get(field, ()) for value, _ in one.kinds}
        if lines:
            lines.append([])
        note = f"  {said(next(iter(kinds)))} everywhere" if len(kinds) == 1 else ""
        lines.append([(f" {field}", "title"), (shorten(note, max(4, width - len(field) - 1)), "quiet")])
        if not note:
            lines += spread_lines(field, spreads, width)
    return lines
