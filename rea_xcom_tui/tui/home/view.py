"""The fleet on the screen: reading it, showing it, filtering and sorting. What changes it is in `screen.py`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import monotonic
from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container
from textual.screen import Screen
from textual.widgets import Input

from rea_xcom_tui.fleet.edit.pending import Pending
from rea_xcom_tui.text import clean
from rea_xcom_tui.tui.background import jobs
from rea_xcom_tui.tui.cells.apart import tell_apart
from rea_xcom_tui.tui.cells.columns import chosen_columns
from rea_xcom_tui.tui.cells.explain import cell_status
from rea_xcom_tui.tui.cells.rows import Row
from rea_xcom_tui.tui.home.beforehand import get_ready
from rea_xcom_tui.tui.home.filter_bar import FilterBar
from rea_xcom_tui.tui.home.group_lines import heading_status
from rea_xcom_tui.tui.home.guidance import NO_DEPLOYMENTS, NO_MATCH, NO_MATCH_EDITED, idle_commands
from rea_xcom_tui.tui.home.head import Tally
from rea_xcom_tui.tui.home.open import Look
from rea_xcom_tui.tui.home.panel import DeploymentPanel
from rea_xcom_tui.tui.home.sorting import Matcher, Order, query_matcher
from rea_xcom_tui.tui.home.spread import FleetLine
from rea_xcom_tui.tui.home.table import FleetTable
from rea_xcom_tui.tui.keys.bindings import bindings_of
from rea_xcom_tui.tui.keys.commands import Command, Place, by_id
from rea_xcom_tui.tui.kit.fit import harmless
from rea_xcom_tui.tui.kit.key_bar import KeyBar
from rea_xcom_tui.tui.kit.styled_lines import Bar, Span
from rea_xcom_tui.tui.kit.which_key import Follow
from rea_xcom_tui.xcom.query import QueryError

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.edit.row import Ahead
    from rea_xcom_tui.fleet.workspace import Workspace
    from rea_xcom_tui.xcom.model import FieldName

_SHARE = 4
_PATIENCE = 1.0
"""While the repo is read, rows are shown when they are a quarter of those in sight, or after so many seconds."""

WATCH_SECONDS = 3.0
"""How often to look whether files have changed on disk."""


class FleetView(Screen[None]):
    """The table, and around it header, filter, details and status. Owns the state; widgets only show it."""

    CSS_PATH = "fleet.tcss"
    PLACES: ClassVar[tuple[Place, ...]] = ("fleet", "table", "query", "editor")
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("fleet")
    AUTO_FOCUS = "FleetTable"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide"), (140, "-side")]  # noqa: RUF012 - Textual declares it for instances
    VERTICAL_BREAKPOINTS = [(0, "-low"), (30, "-high")]  # noqa: RUF012 - Textual declares it for instances

    def __init__(self, work: jobs.Jobs, fail: Callable[[str], None], look: Look) -> None:
        super().__init__()
        self.look = look
        self.chosen = chosen_columns(look.memory.columns or look.columns)
        self.usual_columns = not (look.memory.columns or look.columns)
        """Whether nobody has chosen the columns, so that those that tell nothing may give way."""
        self.jobs = work
        self.fail = fail
        self.workspace: Workspace | None = None
        self.rows: list[Row] = []
        self.order = Order()
        self.matcher: Matcher | None = None
        self.tally = Tally()
        self._noticed_at: tuple[str | None, int] | None = None
        self._notices: frozenset[str] = frozenset()
        """What has been told of the whole repo; a read of single files may have less to tell."""
        self._ahead: Ahead | None = None
        """The fleet as it will be, when it was last worked out."""
        self._arrived: list[Row] = []
        """Rows read by the first scan that are not shown yet."""
        self._last_shown = 0.0
        self.written = False
        """Whether something was written that is not committed yet."""
        self._idle: frozenset[str] = frozenset()
        self._marked = False

    def compose(self) -> ComposeResult:
        """Header, filter, table, details, status, keys."""
        yield Bar(id="header")
        yield FleetLine(id="spread")
        yield FilterBar(id="filter")
        with Container(id="body"):
            yield FleetTable(self.chosen, id="table")
            yield DeploymentPanel(id="panel")
        yield Bar(id="status")
        yield Follow(id="follow")
        yield KeyBar()

    def on_mount(self) -> None:
        """Ask for the repo once the first frame is out."""
        self.table = self.query_one(FleetTable)
        self.panel = self.query_one(DeploymentPanel)
        self.filter_bar = self.query_one(FilterBar)
        self.fleet_line = self.query_one(FleetLine)
        self.table.empty_text = "Reading the repo…"
        self.table.moved = self._cursor_moved
        self.call_after_refresh(self._cursor_moved)
        self.show_header()
        self.show_count()
        self.call_after_refresh(self.jobs.open, self)
        self.set_interval(WATCH_SECONDS, self.look_at_disk)

    # Reading

    @on(jobs.Opened)
    def _opened(self, event: jobs.Opened) -> None:
        self.workspace = event.workspace
        self.show_header()
        self.jobs.scan(self)

    @on(jobs.Progress)
    def _progress(self, event: jobs.Progress) -> None:
        self.tally.reading = (event.done, event.total)
        if not self.tally.ever_read:
            self._arrived.extend(Row(deployment, self.pending) for deployment in event.new)
            patient = monotonic() < self._last_shown + _PATIENCE and len(self._arrived) * _SHARE < len(self.rows)
            if self._arrived and not patient:
                self._show_arrived()
                self.call_after_refresh(self.jobs.drawn)
        self.show_header()

    def _show_arrived(self) -> None:
        """Show what has been read meanwhile. Widths and the like are worked out anew each time, so not too often."""
        self.rows.extend(self._arrived)
        self.rows.sort(key=lambda row: row.id)
        self._arrived.clear()
        self._last_shown = monotonic()
        self.table.set_rows(self.rows, self.order.view(self.rows, self.matcher))
        self.show_count()

    @on(jobs.Scanned)
    def _scanned(self, event: jobs.Scanned) -> None:
        self.tally.reading = None
        self.tally.ever_read = True
        self.take(event)
        if self._noticed_at is None:  # what was just said of a commit or an edit stays
            for notice in event.fleet.notices:
                if notice not in self._notices:
                    self.say(clean(notice))
            self._notices |= {*event.fleet.notices}

    def take(self, now: jobs.Scanned) -> None:
        """Show the fleet as it is now, and compare it with its baseline."""
        self.show_fleet(now)
        self.jobs.drift(self)

    def show_fleet(self, now: jobs.Scanned) -> None:
        """Show the fleet as it is now; cursor, marks, filter and pending edits stay."""
        self.tally.problems = now.problems
        self.rows = now.rows
        self.tally.count(self.rows)
        self.tell_spread()
        tell_apart(self.rows)
        self.table.set_rows(self.rows, self.order.view(self.rows, self.matcher))
        self.fit_panel()
        self.show_header()
        self.show_count()

    @on(jobs.Drifted)
    def _drift_found(self, event: jobs.Drifted) -> None:
        """Say so where a row differs or is judged otherwise, or is so no more; a filter takes up what is so newly."""
        nothing: frozenset[FieldName] = frozenset()
        ahead, seen = event.ahead.deployments, self._ahead.deployments if self._ahead else {}
        told = []
        for row in self.rows:
            fields = event.fields.get(row.id, nothing)
            if row.deployment and (row.drifted != fields or row.id in ahead or row.id in seen):
                told.append((row, fields))
        more = any(row.id in ahead or (fields and not row.drifted) for row, fields in told)
        for row, fields in told:
            row.drift(fields)
            row.look_ahead(event.ahead)
        self._ahead = event.ahead
        self.tally.count(self.rows)
        if told or self.tally.problems != event.problems:
            self.tally.problems = event.problems
            self.table.rows_changed()
            self.show_header()
            self.tell_values()
            self.tell_trouble()
            self.show_details()
            if self._noticed_at is None:
                self.show_status()
        if more and self.matcher is not None:
            said = self._noticed_at
            self.show_view()
            self._noticed_at = said  # what was just said of a write or an edit stays
        if event.problem:
            self.say(f"! {clean(event.problem)}", "invalid")
        if self.workspace is not None:
            get_ready(self.jobs, self, self.workspace)

    def look_at_disk(self) -> None:
        """Notice files that change on disk, but never while something is being typed or asked."""
        if self.ready and self.tally.reading is None and self.table.has_focus and self.app.screen is self:
            self.jobs.watch(self)

    def action_rescan(self) -> None:
        """Read the repo again."""
        if self.tally.reading is None:
            self.tally.reading, self._notices, self._noticed_at = (0, 0), frozenset(), None
            self.show_header()
            self.jobs.scan(self)

    @property
    def ready(self) -> bool:
        """Whether the fleet has been read, so that it may be changed."""
        return self.tally.ever_read and self.workspace is not None

    def tell_spread(self) -> None:
        """Tell over the table what its rows have in common."""

    def tell_values(self) -> None:
        """Count anew how the values of the rows spread."""

    def tell_trouble(self) -> None:
        """Tell over the table how many of its rows have problems, or have drifted."""

    def fit_columns(self, view: Sequence[int]) -> bool:
        """Choose the columns that tell something of the rows in view; True where others are shown now."""
        return False

    def columns_changed(self) -> None:
        """Do what the choice of other columns asks for."""

    # Changing

    def may_change(self, *, pushing: bool = False) -> Workspace | None:
        """The workspace when changes are possible now, or a push; else None, and the status line says why not."""
        if not self.ready or self.workspace is None:
            self.say("The repo is still being read; editing waits until it is.", "edited")
            return None
        why = self.workspace.no_push if pushing else self.workspace.read_only
        if why is not None:
            self.say(f"Read-only: {clean(why)}", "invalid")
            return None
        return self.workspace

    def values_changed(self) -> None:
        """Draw every row anew, and look again at what differs."""
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

    @property
    def pending(self) -> Pending:
        """The pending edits; none before the repo is open."""
        return self.workspace.pending if self.workspace else Pending()

    def show_header(self) -> None:
        """Show repo, branch, counts, and whether anything may be written."""
        width, narrow = self.size.width - 2, self.has_class("-narrow")
        self.query_one("#header", Bar).show(*self.tally.head(self.workspace, self.branch_words(), width, narrow=narrow))

    def branch_words(self) -> list[Span]:
        """What stands beside the branch."""
        return []

    def show_count(self) -> None:
        """Show how many deployments are shown and marked."""
        marked = len(self.table.marks)
        total = str(len(self.rows))
        line: list[Span] = [(f"{self.table.matching:>{len(total)}} of {total}", "quiet")]
        if marked:
            hidden = len(self.table.marks.ids - set(self.table.shown_ids)) if self.matcher else 0
            line.append((f" · {marked} marked" + (f", {hidden} not shown" if hidden else ""), "title"))
        self.filter_bar.count(line)
        self.follow_keys()
        if not self.table.matching and self.tally.ever_read:
            no_match = NO_MATCH_EDITED if len(self.pending) else NO_MATCH
            self.table.empty_text = no_match if self.rows else NO_DEPLOYMENTS

    @property
    def _spot(self) -> tuple[str | None, int]:
        """What the cursor is on: a row, or the heading of a group, and a column."""
        here = self.table.here
        heading = " ".join(here.key) if here is not None else None
        return self.table.cursor_id or heading, self.table.cursor_column

    def say(self, text: str, style: str = "") -> None:
        """Say something on the status line until the cursor goes to another cell."""
        self._noticed_at = self._spot
        self.query_one("#status", Bar).show([(text, style)])

    def show_status(self) -> None:
        """Explain the cell under the cursor."""
        row = self.table.cursor
        line = cell_status(row, self.table.column) if row else heading_status(self.table.here)
        self.query_one("#status", Bar).show(line)

    @on(FleetTable.Prefixed)
    def _prefixed(self, event: FleetTable.Prefixed) -> None:
        """Tell which keys may follow the first of two, while one waits for the second."""
        self.query_one(Follow).offer(event.prefix, "fleet", "table")

    @property
    def idle(self) -> frozenset[str]:
        """The commands that the footer need not offer now, because others are nearer at hand."""
        reads = self.workspace is not None and self.workspace.read_only is not None
        edits = self.table.column.field is not None and not reads
        idle = idle_commands(edits=edits, changed=bool(len(self.pending) or self.written))
        return idle | {"rows.group"} if self.chord else idle

    @property
    def chord(self) -> Command | None:
        """The command after a prefix that the footer offers now: with marks, what is done with them."""
        reads = self.workspace is not None and self.workspace.read_only is not None
        offered = self.is_mounted and self.table.has_focus and len(self.table.marks) and not reads
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
        if self._noticed_at is not None and self.table.cursor_id is None and self.table.here is None:
            self._noticed_at = at  # an edit has left nothing that matches the filter; what was said of it stays
        elif self._noticed_at != at:
            self._noticed_at = None
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

    def on_resize(self, event: events.Resize) -> None:
        """A narrow terminal has room for short counts only, a wide one for the details beside the table."""
        self.call_after_refresh(self.show_header)
        self.call_after_refresh(self.fit_panel)

    def fit_panel(self) -> None:
        """Give the details the room that they need, and the table the rest."""
        width, height = self.size
        beside = self.has_class("-side")
        self.panel.fit(self.rows, width, height, self.table.wanted_width, beside=beside)
        self.call_after_refresh(self.show_details)

    def show_details(self) -> None:
        """Show the deployment under the cursor, or the group whose heading it is on."""
        group = self.table.here if self.table.cursor is None else None
        told = None if group is None else (group.title, [self.rows[index] for index in group.rows])
        self.panel.show(self.table.cursor, told)

    def action_toggle_panel(self) -> None:
        """Show or hide the details."""
        self.panel.toggle_class("-toggled")
        self.call_after_refresh(self.show_details)

    # Filter and sort

    def action_filter(self) -> None:
        """Type a query; what was typed after the key comes to it already."""
        self.set_focus(self.filter_bar.input)

    @on(FilterBar.Left)
    def _filter_left(self) -> None:
        self.table.focus()

    def show_view(self, view: list[int] | None = None) -> None:
        """Filter and sort again, or show what has been filtered and sorted just now."""
        self._noticed_at = None
        self.table.sorted_by = self.order.arrows
        view = self.order.view(self.rows, self.matcher) if view is None else view
        if self.fit_columns(view):
            self.table.set_rows(self.rows, view)
        else:
            self.table.set_view(view)
        self.show_count()

    def filter_by(self, text: str) -> None:
        """Take this query, as if it had been typed."""
        self.filter_bar.input.value = text

    def finds(self, query: str) -> list[str] | None:
        """The ids of what a query would show, in the order of the table; None where it is not a query."""
        try:
            view = self.order.view(self.rows, query_matcher(query))
        except QueryError:
            return None
        return [self.rows[index].id for index in view]

    def show_all(self) -> None:
        """Clear the filter."""
        self.filter_bar.empty()
        self.matcher = None
        self.show_view()

    def show_only(self, ids: frozenset[str], words: str) -> None:
        """Show just these deployments, until another filter or Esc."""
        self.filter_bar.empty(f"only: {harmless(words)}")
        self.matcher = lambda row: row.id in ids
        self.show_view()
        self.say(f"Showing only: {harmless(words)} · Esc shows all", "title")

    def action_back(self) -> None:
        """End a range, or else clear the filter."""
        if self.table.marks.ranging:
            self.table.marks.end(cancel=True)
            self.table.marks_changed()
        else:
            self.show_all()
