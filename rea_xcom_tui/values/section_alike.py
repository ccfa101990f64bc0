"""Reading a section that has the lines of one that was read before, but for what some of its scalars say.

Fleets are near copies: the variables of one deployment are those of the next, with other buckets. The nodes of lines
that say the same are those that are there already, with what was worked out about them; only the collections around
another scalar are made anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import compress, count
from operator import is_not

import msgspec

from rea_xcom_tui.values.quick_node import QuickNode
from rea_xcom_tui.values.section_lines import SCALAR, Make, Said, all_said, read_lines

_MOST_KEPT = 1024
_MOST_LINES = 300
"""Longer sections than this are not kept."""

Found = tuple[QuickNode, QuickNode, int, int]
"""The key and the value of a section, how many line breaks it has, and at least as many events as libyaml has for
it."""


_Change = tuple[tuple[int, ...], QuickNode]
"""A scalar, and the way to it from the value of the section on: the number of an item or of an entry in each
collection."""


class _Plan(msgspec.Struct, eq=False):
    """A section whose lines begin as those of others do."""

    last: tuple[list[Said], QuickNode]
    """What the lines said at last, and what they made: together, as another thread may read the next file meanwhile."""
    key: QuickNode
    events: int
    ways: dict[int, tuple[int, ...]]
    """The way to the scalar of a line, by the line's number from 0, as far as it was asked for."""


class Alike:
    """Sections that were read line by line as nodes of one class, by their first line and how each line begins."""

    def __init__(self, make: Make) -> None:
        self._make = make
        self._plans: dict[tuple[object, ...], _Plan] = {}

    def read(self, section: str, line: int) -> Found | None:
        """Read a section whose first line has this number, or None where a parser has to read it."""
        said = all_said(section)
        begins = line, *[one[0] for one in said]
        plan = self._plans.get(begins)
        value = None if plan is None else self._by(plan, said, line)
        if plan is not None and value is not None:
            plan.last = said, value
            return plan.key, value, len(said) - 1, plan.events
        found = read_lines(said, line, self._make)
        if found is None:
            return None
        parts = len(said) + section.count(",") + section.count("{") + section.count("[")
        if len(said) < _MOST_LINES:
            if len(self._plans) >= _MOST_KEPT:
                self._plans.clear()
            self._plans[begins] = _Plan((said, found[1]), found[0], 8 * parts, {})
        return *found, len(said) - 1, 8 * parts

    def _by(self, plan: _Plan, said: list[Said], line: int) -> QuickNode | None:
        """The value of a section whose lines begin as the plan's; None where other things than scalars differ."""
        ways, make = plan.ways, self._make
        before, value = plan.last
        changes: list[_Change] = []
        for number in compress(count(), map(is_not, said, before)):
            begin, scalar, text, column = said[number]
            if begin.shape != SCALAR:
                return None
            way = ways.get(number)
            if way is None:
                way = ways[number] = _way(value, line + number)
            changes.append((way, make("scalar", line + number, column, scalar, text)))
        if not changes:
            return value
        return _with(value, changes, 0, make) if changes[0][0] else changes[0][1]


def _way(node: QuickNode, line: int) -> tuple[int, ...]:
    """The way to the scalar that is on this line, which is the last node that begins there."""
    way: list[int] = []
    while node.kind != "scalar":
        starts = [key.line for key, _ in node.entries] or [item.line for item in node.items]
        at = sum(start <= line for start in starts) - 1
        way.append(at)
        node = node.entries[at][1] if node.entries else node.items[at]
    return tuple(way)


def _with(node: QuickNode, changes: Sequence[_Change], deep: int, make: Make) -> QuickNode:
    """A collection with other scalars in some places below it; `deep` is how many collections it is in."""
    below = deep + 1
    if node.items:
        items = [*node.items]
        for way, new in changes:
            at = way[deep]
            items[at] = new if len(way) == below else _with(items[at], ((way, new),), below, make)
        return make("sequence", node.line, node.column, None, "", tuple(items))
    entries, names = [*node.entries], node.names.copy() if node.names else {}
    for way, new in changes:
        at = way[deep]
        key, old = entries[at]
        value = new if len(way) == below else _with(old, ((way, new),), below, make)
        names[key.text] = value
        entries[at] = key, value
    return make("mapping", node.line, node.column, None, "", (), tuple(entries), names)
