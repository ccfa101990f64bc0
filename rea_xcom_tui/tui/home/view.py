"""The fleet on the screen: its rows, filtered and sorted, and what is told around them. `screen.py` has its parts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Input

from rea_xcom_tui.fleet.edit.pending import Pending
from rea_xcom_tui.text import clean
from rea_xcom_tui.tui.background import jobs
from rea_xcom_tui.tui.background.parts import Composed, Say
from rea_xcom_tui.tui.cells.columns import chosen_columns
from rea_xcom_tui.tui.cells.explain import cell_status
from rea_xcom_tui.tui.cells.rows import Row
from rea_xcom_tui.tui.cells.summary import Summary
from rea_xcom_tui.tui.home.filter_bar import FilterBar
from rea_xcom_tui.tui.home.group_lines import heading_status
from rea_xcom_tui.tui.home.guidance import NO_DEPLOYMENTS, NO_MATCH, NO_MATCH_EDITED, idle_commands
from rea_xcom_tui.tui.home.open import Look
from rea_xcom_tui.tui.home.panel import DeploymentPanel
from rea_xcom_tui.tui.home.shown import Shown, Spot
from rea_xcom_tui.tui.home.sorting import query_matcher
from rea_xcom_tui.tui.home.spread import FleetLine
from rea_xcom_tui.tui.home.table import FleetTable
from rea_xcom_tui.tui.keys.bindings import bindings_of
from rea_xcom_tui.tui.keys.commands import Command, Place, by_id
from rea_xcom_tui.tui.kit.fit import harmless
from rea_xcom_tui.tui.kit.key_bar import KeyBar
from rea_xcom_tui.tui.kit.styled_lines import Bar, Span
from rea_xcom_tui.tui.kit.unframed import Holder
from rea_xcom_tui.tui.kit.which_key import Follow
from rea_xcom_tui.xcom.query import QueryError

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.workspace import Workspace


class FleetView(Composed[None]):
    """The table, and around it header, filter, details and status. Owns the state; widgets only show it."""

    CSS_PATH = "fleet.tcss"
    PLACES: ClassVar[tuple[Place, ...]] = ("fleet", "table", "query", "editor")
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("fleet")
    AUTO_FOCUS = "FleetTable"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide"), (140, "-side")]  # noqa: RUF012 - Textual declares it for instances
    VERTICAL_BREAKPOINTS = [(0, "-low"), (30, "-high")]  # noqa: RUF012 - Textual declares it for instances

    def __init__(self, work: jobs.Jobs, fail: Callable[[str], None], look: Look) -> None:
        super().__init__(work)
        self.look = look
        columns = look.memory.columns or look.columns
        self.shown = Shown(chosen_columns(columns), usual_columns=not columns)
        self.give_up = fail
        self._idle: frozenset[str] = frozenset()
        self._marked = False

    def compose(self) -> ComposeResult:
        """Header, filter, table, details, status, keys."""
        yield Bar(id="header")
        yield FleetLine(id="spread")
        yield FilterBar(id="filter")
        with Holder(id="body"):
            yield FleetTable(self.shown.chosen, id="table")
            yield DeploymentPanel(id="panel")
        yield Bar(id="status")
        yield Follow(id="follow")
        yield KeyBar()

    def on_mount(self) -> None:
        """Ask for the repo, whose first rows may be there before anything is drawn."""
        self.table = self.query_one(FleetTable)
        self.panel = self.query_one(DeploymentPanel)
        self.filter_bar = self.query_one(FilterBar)
        self.fleet_line = self.query_one(FleetLine)
        self.table.empty_text = "Reading the repo…"
        self.table.moved = self._cursor_moved
        self.call_after_refresh(self._cursor_moved)
        self.show_header()
        self.show_count()
        self.jobs.open(self)

    @property
    def workspace(self) -> Workspace | None:
        """The workspace; None before the repo is open."""
        return self.shown.workspace

    @property
    def rows(self) -> list[Row]:
        """All rows of the fleet, shown or not."""
        return self.shown.rows

    @property
    def pending(self) -> Pending:
        """The pending edits; none before the repo is open."""
        return self.shown.pending

    # The rows

    def take(self, now: jobs.Scanned) -> None:
        """Show the fleet as it is now, and compare it with its baseline."""
        self.show_fleet(now)
        self.jobs.drift(self)

    def show_fleet(self, now: jobs.Scanned) -> None:
        """Show the fleet as it is now; cursor, marks, filter and pending edits stay."""
        self.shown.tally.problems = now.problems
        self.shown.summary = now.summary or Summary(now.rows, self.pending).prepare()
        self.shown.tally.count(self.shown.summary)
        self.tell_spread()
        self.table.set_rows(self.shown.summary, self.shown.view())
        self.fit_panel()
        self.show_header()
        self.show_count()

    def tell_spread(self) -> None:
        """Tell over the table what its rows have in common."""

    def fit_columns(self, view: Sequence[int]) -> bool:
        """Choose the columns that tell something of the rows in view; True where others are shown now."""
        return False

    def columns_changed(self) -> None:
        """Do what the choice of other columns asks for."""

    def fit_panel(self) -> None:
        """Give the details the room that they need."""

    def show_details(self) -> None:
        """Tell in full what the cursor is on."""

    # Changing

    def may_change(self, *, pushing: bool = False, say: Say | None = None) -> Workspace | None:
        """The workspace when changes are possible now, or a push; else None, and the status line says why not, this
        screen's or what `say` tells."""
        say = say or self.say
        if not self.shown.ready or self.workspace is None:
            say("The repo is still being read; editing waits until it is.", "edited")
            return None
        why = self.workspace.no_push if pushing else self.workspace.read_only
        if why is not None:
            say(f"Read-only: {clean(why)}", "invalid")
            return None
        return self.workspace

    def values_changed(self) -> None:
        """Draw every row again, and look again at what differs."""
        self.show_changed()
        self.jobs.drift(self)

    def show_changed(self, ids: set[str] | None = None) -> None:
        """Draw rows again whose values have changed; all of them without `ids`."""
        rows = self.rows if ids is None else [row for row in map(self.table.row_of, ids) if row]
        for row in rows:
            row.changed()
        self.table.rows_changed()
        self.show_header()

    # What is shown around the table

    def repo_changed(self) -> None:
        """Show the repo that the cursor has come to."""
        self.show_header()

    def show_header(self) -> None:
        """Show repo, branch, counts, and whether anything may be written."""
        width, narrow = self.size.width - 2, self.has_class("-narrow")
        self.query_one("#header", Bar).show(
            *self.shown.tally.head(self.workspace, self.branch_words(), width, narrow=narrow)
        )

    def branch_words(self) -> list[Span]:
        """What is beside the branch."""
        return []

    def show_count(self) -> None:
        """Show how many deployments are shown and marked."""
        marked = len(self.table.marks)
        total = str(len(self.rows))
        line: list[Span] = [("mistake in the filter · ", "invalid")] if self.filter_bar.mistaken else []
        line.append((f"{self.table.matching:>{len(total)}} of {total}", "quiet"))
        if marked:
            hidden = len(self.table.marks.ids - set(self.table.shown_ids)) if self.shown.matcher else 0
            line.append((f" · {marked} marked" + (f", {hidden} not shown" if hidden else ""), "title"))
        self.filter_bar.count(line)
        self.follow_keys()
        if not self.table.matching and self.shown.tally.ever_read:
            no_match = NO_MATCH_EDITED if len(self.pending) else NO_MATCH
            self.table.empty_text = no_match if self.rows else NO_DEPLOYMENTS

    @property
    def _spot(self) -> Spot:
        """What the cursor is on."""
        here = self.table.here
        heading = " ".join(here.key) if here is not None else None
        return self.table.cursor_id or heading, self.table.cursor_column

    def say(self, text: str, style: str = "") -> None:
        """Say something on the status line until the cursor goes to another cell."""
        self.shown.said_at = self._spot
        self.query_one("#status", Bar).show([(text, style)])

    def show_status(self) -> None:
        """Explain the cell under the cursor."""
        status = self.query_one("#status", Bar)

        def explain() -> None:
            row = self.table.cursor
            status.show(cell_status(row, self.table.column) if row else heading_status(self.table.here))

        status.before_painting(explain)

    @on(FleetTable.Prefixed)
    def _prefixed(self, event: FleetTable.Prefixed) -> None:
        """Tell which keys may follow the first of two, while one waits for the second."""
        self.query_one(Follow).offer(event.prefix, "fleet", "table")

    @property
    def idle(self) -> frozenset[str]:
        """The commands that the footer need not offer now, because others are nearer at hand."""
        edits = self.table.column.field is not None and not self.shown.read_only
        idle = idle_commands(edits=edits, changed=bool(len(self.pending) or self.shown.written))
        return idle | {"rows.group"} if self.chord else idle

    @property
    def chord(self) -> Command | None:
        """The command after a prefix that the footer offers now: with marks, what is done with them."""
        offered = self.is_mounted and self.table.has_focus and len(self.table.marks) and not self.shown.read_only
        return by_id("marked.edit") if offered else None

    def follow_keys(self) -> None:
        """Offer other keys where others are of use now."""
        idle, marked = self.idle, bool(self.chord)
        if (idle, marked) != (self._idle, self._marked):
            self._idle, self._marked = idle, marked
            self.refresh_bindings()

    def _cursor_moved(self) -> None:
        if self.workspace is not None and self.table.cursor_id is not None:
            before = self.workspace.focus
            self.workspace.focus_on(self.table.cursor_id)
            if self.workspace.focus != before:
                self.repo_changed()
        self.follow_keys()
        at = self._spot
        if self.shown.said_at is not None and self.table.cursor_id is None and self.table.here is None:
            self.shown.said_at = at  # an edit has left nothing that matches the filter; what was said of it stays
        elif self.shown.said_at != at:
            self.shown.said_at = None
            self.show_status()
        self.show_details()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While one types, a letter is a letter; in the line of values its own keys count; after a prefix, a key is the
        second of two.
        """
        if isinstance(self.focused, Input):
            return False
        if self.is_mounted and self.fleet_line.has_focus:
            return action in ("leave", "help")
        return not (self.is_mounted and self.table.prefix)

    # Filter and sort

    def action_filter(self) -> None:
        """Type a query; what was typed after the key comes to it already."""
        self.set_focus(self.filter_bar.input)

    @on(FilterBar.Left)
    def _filter_left(self) -> None:
        self.table.focus()

    def filter_anew(self) -> None:
        """Filter and sort again as values have changed; what was just said stays, wherever that leaves the cursor."""
        status, said = self.query_one("#status", Bar), self.shown.said_at
        words = status.shown
        self.show_view()
        if said is not None:
            self.shown.said_at = self._spot
            status.show(*words)

    def show_view(self, view: list[int] | None = None) -> None:
        """Filter and sort again, or show what has been filtered and sorted just now."""
        self.shown.said_at = None
        self.table.sorted_by = self.shown.order.arrows
        view = self.shown.view() if view is None else view
        if self.fit_columns(view):
            self.table.set_rows(self.shown.summary, view)
        else:
            self.table.set_view(view)
        self.show_count()

    def filter_by(self, text: str) -> None:
        """Take this query, as if it had been typed."""
        self.filter_bar.input.value = text

    def finds(self, query: str) -> list[str] | None:
        """The ids of what a query would show, in the order of the table; None where it is not a query."""
        try:
            view = self.shown.order.view(self.rows, query_matcher(query))
        except QueryError:
            return None
        return [self.rows[index].id for index in view]

    def show_all(self) -> None:
        """Clear the filter."""
        self.filter_bar.empty()
        self.shown.matcher = None
        self.show_view()

    def show_only(self, ids: frozenset[str], words: str) -> None:
        """Show just these deployments, until another filter or Esc."""
        self.filter_bar.empty(f"only: {harmless(words)}")
        self.shown.matcher = lambda row: row.id in ids
        self.show_view()
        self.say(f"Showing only: {harmless(words)} · Esc shows all", "title")

    def action_back(self) -> None:
        """End a range, or else clear the filter."""
        if self.table.marks.ranging:
            self.table.marks.end(cancel=True)
            self.table.marks_changed()
        else:
            self.show_all()
