"""One line over the table: how the fleet's values spread and how much is wrong or differs, each of them a filter."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from itertools import product
from typing import Any, ClassVar

import msgspec
from textual import events
from textual.binding import BindingType
from textual.strip import Strip

from rea_xcom_tui.tui.cells.columns import Same
from rea_xcom_tui.tui.cells.summary import Summary, cloud_said, threshold_said
from rea_xcom_tui.tui.keys.bindings import bindings_of
from rea_xcom_tui.tui.kit.fit import harmless, shorten
from rea_xcom_tui.tui.kit.messages import Message
from rea_xcom_tui.tui.kit.styled_lines import Painted, Span, line_width
from rea_xcom_tui.xcom.units import human

_MOST_VALUES = 4
_BAR = "━"
_GAP = 3
"""Blanks between two fields."""
_STYLES = {"problems": "invalid", "drift": "drift"}
"""What signals trouble is in its own colour."""
_FITS: tuple[tuple[int, int], ...] = ((4, 12), (4, 8), (3, 8), (3, 5), (2, 5), (2, 3))
"""From generous to narrow: how many values of a field are told, and how long a bar is that stands for all."""


class Share(msgspec.Struct, frozen=True):
    """One value, and how many deployments have it."""

    words: str
    count: int
    query: str
    """What filters to it; empty for what is left over."""


class Spread(msgspec.Struct, frozen=True):
    """How the values of one field spread."""

    title: str
    shares: tuple[Share, ...]
    total: int

    def of(self, most: int) -> tuple[Share, ...]:
        """The `most` most frequent values, and the rest as one."""
        shown = self.shares[:most] if len(self.shares) > most + 1 else self.shares
        rest = sum(share.count for share in self.shares[len(shown) :])
        return (*shown, Share("other", rest, "")) if rest else shown


PROBLEMS = "severity:error,warning OR is:invalid"
"""The deployments that the header counts as having problems."""


def trouble_of(problems: int, drifted: int, total: int) -> tuple[Spread, ...]:
    """How many deployments have problems and how many have drifted, where any do."""
    found = (("problems", problems, PROBLEMS), ("drift", drifted, "is:drifted"))
    return tuple(Spread(title, (Share("", count, query),), total) for title, count, query in found if count)


def spreads_of(rows: Summary) -> tuple[Spread, ...]:
    """How thresholds and clouds spread over these rows, as they will be."""
    thresholds, clouds = rows.counts(threshold_said, cloud_said)
    return tuple(
        spread
        for spread in (
            Spread("threshold", _shares(thresholds, _threshold_words, _threshold_query), thresholds.total()),
            Spread("cloud", _shares(clouds, str, lambda cloud: f"cloud:{cloud}"), clouds.total()),
        )
        if len(spread.shares) > 1
    )


def _threshold_words(value: int | str) -> str:
    return human(value) if isinstance(value, int) else str(value)


def _threshold_query(value: int | str) -> str:
    if isinstance(value, int):
        return f"threshold:{value}"
    return "threshold:?" if value == "unset" else "is:invalid" if value == "invalid" else ""


def _shares(counts: Counter[Any], words: Callable[[Any], str], query: Callable[[Any], str]) -> tuple[Share, ...]:
    return tuple(Share(words(value), count, query(value)) for value, count in counts.most_common(_MOST_VALUES + 4))


class FleetLine(Painted, can_focus=True):
    """The spread of the fleet's values on one line. A click or Enter filters by one of them."""

    DEFAULT_CSS = """
    FleetLine { height: 1; width: 1fr; padding: 0 1; display: none; }
    FleetLine.-told { display: block; }
    """
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("spread")

    class Chosen(Message):
        """The user wants to see the deployments with a value."""

        query: str

    class Left(Message):
        """The user goes back to the table."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._spreads: Sequence[Spread] = ()
        self._same: Sequence[Same] = ()
        self._places: list[tuple[int, int, str]] = []
        """Where each value that filters begins and ends, and its query."""
        self._cursor = 0

    def show(self, spreads: Sequence[Spread], same: Sequence[Same]) -> None:
        """Show these; nothing at all where every value is the same."""
        self._spreads, self._same = spreads, same
        self.set_class(bool(spreads or same), "-told")
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Draw the line, with the value under the cursor marked while the line has the focus."""
        return self.strip_of(self._line(self.content_size.width))

    def _line(self, width: int) -> list[Span]:
        """Everything on one line: with fewer values and shorter bars where it is narrow, and then less of it."""
        line: list[Span] = []
        shorter = [spread for spread in self._spreads if spread.title != "cloud"]
        odd_first = sorted(self._same, key=lambda same: not same.odd)
        beside = [_GAP + len(same.column.key) + len(same.words) + 12 for same in odd_first]
        ways = [(self._spreads, width - sum(beside[:told])) for told in range(len(beside), -1, -1)]
        for (spreads, room), (most, bar) in product([*ways, (shorter, width), (shorter[:1], width)], _FITS):
            if line_width(line := self._laid_out(spreads, most, bar)) <= room:
                break
        for same in odd_first:
            self._add_same(line, same, width)
        return line

    def _laid_out(self, spreads: Sequence[Spread], most: int, bar: int) -> list[Span]:
        line: list[Span] = []
        self._places = []
        for spread in spreads:
            if line:
                line.append((" " * _GAP, ""))
            line.append((spread.title, "quiet"))
            style = _STYLES.get(spread.title, "")
            for share in spread.of(most):
                self._add_share(line, share, max(1, round(share.count * bar / spread.total)) if bar else 0, style)
        return line

    def _add_share(self, line: list[Span], share: Share, bar: int, style: str) -> None:
        start = line_width(line) + 2
        here = self._here(share.query)
        words = f"{harmless(share.words)} " if share.words else ""
        line += [("  ", ""), (words, here or style)]
        if bar and share.query:
            line.append((_BAR * bar, here or style or "bar"))
        line.append((f"{' ' if bar and share.query else ''}{share.count}", here or style or "quiet"))
        self._place(start, line_width(line), share.query)

    def _add_same(self, line: list[Span], same: Same, width: int) -> None:
        """Add what is nearly the same everywhere, where there is room for it."""
        more = f", {same.count} of {same.total}" if same.odd else ""
        start = line_width(line) + (_GAP if line else 0)
        words = shorten(same.words, max(0, width - start - len(same.column.key) - 1 - len(more)))
        if len(words) < min(6, len(same.words)):
            return
        here = self._here(same.odd)
        line += [
            (" " * _GAP if line else "", ""),
            (f"{same.column.key} ", "quiet"),
            (words, here),
            (more, here or "drift"),
        ]
        self._place(start, line_width(line), same.odd)

    def _place(self, start: int, end: int, query: str) -> None:
        if query:
            self._places.append((start, end, query))

    def _here(self, query: str) -> str:
        return "here" if self.has_focus and query and len(self._places) == self._cursor else ""

    def watch_has_focus(self, has_focus: bool) -> None:
        """Show whether keys move the cursor of this line."""
        super().watch_has_focus(has_focus)
        self.refresh()

    def action_spread_move(self, by: int) -> None:
        """Go to the next value, or the one before."""
        self._cursor = max(0, min(self._cursor + by, len(self._places) - 1))
        self.refresh()

    def action_spread_choose(self) -> None:
        """Filter by the value under the cursor."""
        if self._cursor < len(self._places):
            self.post_message(self.Chosen(self._places[self._cursor][2]))

    def action_spread_leave(self) -> None:
        """Go back to the table."""
        self.post_message(self.Left())

    def on_click(self, event: events.Click) -> None:
        """Filter by the clicked value."""
        at = event.x - self.gutter.left
        for start, end, query in self._places:
            if start <= at < end:
                self.post_message(self.Chosen(query))
