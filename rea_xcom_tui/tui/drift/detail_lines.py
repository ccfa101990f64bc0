"""What stands beneath the causes of drift: expected over actual, the spread of the field, what keys would write."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from rea_xcom_tui.fleet.baseline import BASELINE_FILE
from rea_xcom_tui.tui.drift.lines import cut_of, said
from rea_xcom_tui.tui.kit.fit import alike, harmless, pad, shorten
from rea_xcom_tui.tui.kit.styled_lines import Line, Span, line_width
from rea_xcom_tui.xcom.model import FIELDS, FieldName

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.actions.foretell import WouldWrite
    from rea_xcom_tui.xcom.drift import GroupSpread, Spreads
    from rea_xcom_tui.xcom.model import Value

_MOST_WRITTEN = 6
"""Lines of what each key would write."""
_LABEL = 12
_GROUP = 18
_BAR = "━"
_LONGEST_BAR = 16
_LEAST_WORDS = 24
_MOST_KINDS = 3
_WHOLE: frozenset[FieldName] = frozenset(("threshold", "compression"))
"""Fields whose values are numbers or single words: digits or letters that two of them share say nothing."""


def aligned(field: FieldName, expected: Value, actual: Value, width: int) -> list[Line]:
    """Expected and actual value under each other, what both have in common quiet, and the part that differs lit."""
    old, new = said(expected), said(actual)
    whole = field in _WHOLE
    start = 0 if whole else alike(old, new)
    end = 0 if whole else alike(old[start:][::-1], new[start:][::-1])
    parts = [(text[:start], text[start : len(text) - end], text[len(text) - end :]) for text in (old, new)]
    room = max(20, width - _LABEL)
    middle = max(line_width([(part, "")]) for _, part, _ in parts)
    head, tail = _rooms(parts[0][0], parts[0][2], max(4, room - min(middle, room)))
    size = min(middle, max(8, room - head - tail))
    lines: list[Line] = []
    labels = (("expected", "added-word"), ("actual", "removed-word"))
    for (before, part, after), (label, style) in zip(parts, labels, strict=True):
        lines.append(
            [
                (pad(f"   {label}", _LABEL), "quiet"),
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


def spread_lines(
    field: FieldName, spreads: Spreads, width: int, first: Collection[str] = (), most: int = 1000
) -> list[Line]:
    """A bar for each group: how many have its commonest value, and how many each other one."""
    told = sorted(spreads.get(field, ()), key=lambda one: (one.group not in first, -len(one.kinds), one.group))[:most]
    longest = max((one.total for one in spreads.get(field, ())), default=1)
    name = min(_GROUP, max((len(one.group) for one in told), default=0) + 2)
    return [_group_line(field, one, longest, max(_LABEL - 3, name), width) for one in told]


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


def writes_lines(would: WouldWrite | None, width: int, most: int) -> list[Line]:
    """What `b` and `a` would write, on at most `most` lines for each."""
    if would is None:
        return [[("   b fix", "key"), ("    …", "quiet")], [("   a adopt", "key"), ("  …", "quiet")]]
    lines: list[Line] = []
    for label, texts in (("b fix", would.fix), ("a adopt", _telling(would.adopt))):
        left = len(texts) - most
        shown = [*texts] if left <= 0 else [*texts[: most - 1], f"… {left + 1} more lines"]
        if most == 1 and len(texts) > 1 and texts[0][:2] in ("+ ", "- "):
            shown = [f"{BASELINE_FILE}: {' '.join(text[1:].strip(' -') for text in texts)}"]
        elif most == 1 and left > 0:
            shown = [texts[0]]
        for at, text in enumerate(shown):
            head = pad(f"   {label}" if at == 0 else "", _LABEL)
            style = {"+ ": "good", "- ": "invalid"}.get(text[:2], "")
            lines.append([(head, "key"), (shorten(harmless(text), max(8, width - _LABEL)), style)])
    return lines


def fitting(spread: Sequence[Line], would: WouldWrite | None, width: int, room: int) -> list[Line]:
    """The spread and what keys would write, in `room` lines: the spread gives way first, then what they would write."""
    writes = writes_lines(would, width, _MOST_WRITTEN)
    if len(writes) > room:
        writes = writes_lines(would, width, 1)
    return [*(spread if len(spread) + len(writes) <= room else ()), *writes]


def _telling(texts: Sequence[str]) -> Sequence[str]:
    """The lines of the baseline file that say something: without the head that a new file begins with."""
    return [text for text in texts if not text.startswith(("+ #", "+ version:"))]
