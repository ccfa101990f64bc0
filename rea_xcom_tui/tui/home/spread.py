"""One line over the table: how the fleet's values spread, each of them a filter."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from textual import events
from textual.binding import BindingType
from textual.message import Message
from textual.strip import Strip

from rea_xcom_tui.fleet.model import Deployment
from rea_xcom_tui.tui.cells.columns import Same
from rea_xcom_tui.tui.keys.bindings import bindings_of
from rea_xcom_tui.tui.kit.fit import harmless, shorten
from rea_xcom_tui.tui.kit.styled_lines import Painted, Span, line_width
from rea_xcom_tui.xcom.units import human

_MOST_VALUES = 4
_BAR = "█"
_WIDEST_BAR = 10


@dataclass(frozen=True, slots=True)
class Share:
    """One value, and how many deployments have it."""

    words: str
    count: int
    query: str
    """What filters to it; empty for what is left over."""
    bar: int = 0
    """How long its bar is, in terminal cells."""


@dataclass(frozen=True, slots=True)
class Spread:
    """How the values of one field spread."""

    title: str
    shares: tuple[Share, ...]


def spreads_of(deployments: Iterable[Deployment]) -> tuple[Spread, ...]:
    """How thresholds and clouds spread over these deployments."""
    thresholds: Counter[int | str] = Counter()
    clouds: Counter[str] = Counter()
    for deployment in deployments:
        reading = deployment.config.fields["threshold"]
        value = reading.value
        thresholds[value if isinstance(value, int) and reading.state == "set" else reading.state] += 1
        clouds[deployment.config.cloud] += 1
    return tuple(
        spread
        for spread in (
            Spread("threshold", _shares(thresholds, _threshold_words, _threshold_query)),
            Spread("cloud", _shares(clouds, str, lambda cloud: f"cloud:{cloud}")),
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
    total = max(1, sum(counts.values()))
    common = counts.most_common(_MOST_VALUES)
    shares = [
        Share(words(value), count, query(value), max(1, round(count * _WIDEST_BAR / total))) for value, count in common
    ]
    if rest := total - sum(count for _, count in common):
        shares.append(Share("other", rest, ""))
    return tuple(shares)


class FleetLine(Painted, can_focus=True):
    """The spread of the fleet's values on one line. A click or Enter filters by one of them."""

    DEFAULT_CSS = """
    FleetLine { height: 1; width: 1fr; padding: 0 1; display: none; }
    FleetLine.-told { display: block; }
    """
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("spread")

    class Chosen(Message):
        """The user wants to see the deployments with a value."""

        def __init__(self, query: str) -> None:
            super().__init__()
            self.query = query

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
        line: list[Span] = []
        self._places = []
        for spread in self._spreads:
            spans = self._spread_spans(spread, line_width(line) + (4 if line else 0), width)
            if spans:
                line += [("    ", ""), *spans] if line else spans
        for same in self._same:
            words = f"{same.column.key} {same.words}"
            more = f", {same.count} of {same.total}" if same.odd else ""
            start = line_width(line) + (4 if line else 0)
            if start + len(words) + len(more) > width:
                words, more = shorten(words, max(0, width - start - len(more))), more
            if start + len(words) + len(more) > width or not words:
                continue
            here = self._here(same.odd)
            line += [("    " if line else "", ""), (words, "quiet"), (more, here or "drift")]
            self._place(start, start + len(words) + len(more), same.odd)
        return line

    def _spread_spans(self, spread: Spread, start: int, width: int) -> list[Span]:
        """The values of one field, as many as fit; nothing where not even two do."""
        spans: list[Span] = [(f"{spread.title} ", "quiet")]
        places: list[tuple[int, int, str]] = []
        shown = 0
        for share in spread.shares:
            words, bar = harmless(share.words), _BAR * share.bar
            piece = len(words) + len(bar) + len(str(share.count)) + 3
            at = start + line_width(spans)
            if at + piece > width:
                break
            here = self._here(share.query, len(self._places) + len(places))
            count = f" {share.count}" if bar else str(share.count)
            spans += [(f" {words} ", here), (bar, here or "bar"), (count, here or "quiet")]
            if share.query:
                places.append((at, at + piece, share.query))
            shown += 1
        if shown < 2:
            return []
        self._places += places
        return spans

    def _place(self, start: int, end: int, query: str) -> None:
        if query:
            self._places.append((start, end, query))

    def _here(self, query: str, index: int | None = None) -> str:
        number = len(self._places) if index is None else index
        return "here" if self.has_focus and query and number == self._cursor else ""

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
