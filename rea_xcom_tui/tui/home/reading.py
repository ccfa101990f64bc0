"""The fleet read and judged: the rows that come, what differs in them, and what has changed on disk."""

from __future__ import annotations

from dataclasses import dataclass, field
from time import monotonic
from typing import TYPE_CHECKING

from textual import events

from rea_xcom_tui.text import clean
from rea_xcom_tui.tui.background import jobs
from rea_xcom_tui.tui.background.parts import takes
from rea_xcom_tui.tui.cells.rows import Row
from rea_xcom_tui.tui.cells.summary import Summary
from rea_xcom_tui.tui.home.beforehand import get_ready
from rea_xcom_tui.tui.home.overview import FleetOverview
from rea_xcom_tui.tui.home.part import FleetPart
from rea_xcom_tui.tui.home.repo_actions import FleetRepo

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.edit.row import Ahead
    from rea_xcom_tui.xcom.model import FieldName

_SHARE = 4
_PATIENCE = 1.0
"""While the repo is read, rows are shown when they are a quarter of those in sight, or after this many seconds."""

WATCH_SECONDS = 3.0
"""How often to look whether files have changed on disk."""


@dataclass(eq=False, repr=False)
class FleetReading(FleetPart):
    """Has the repo read, and takes up what is found."""

    overview: FleetOverview
    repo: FleetRepo
    _ahead: Ahead | None = None
    """The fleet as it will be, when it was last worked out."""
    _arrived: list[Row] = field(default_factory=list)
    """Rows read by the first scan that are not shown yet."""
    _last_shown: float = 0.0

    @takes(events.Mount)
    def _mounted(self) -> None:
        self.home.set_interval(WATCH_SECONDS, self.look_at_disk)

    @takes(jobs.Opened)
    def _opened(self, event: jobs.Opened) -> None:
        self.shown.workspace = event.workspace
        self.home.show_header()

    @takes(jobs.Progress)
    def _progress(self, event: jobs.Progress) -> None:
        self.shown.tally.reading = (event.done, event.total)
        if not self.shown.tally.ever_read:
            self._arrived.extend(Row(deployment, self.shown.pending) for deployment in event.new)
            patient = monotonic() < self._last_shown + _PATIENCE and len(self._arrived) * _SHARE < len(self.rows)
            if self._arrived and not patient:
                self._show_arrived()
                self.home.call_after_refresh(self.jobs.drawn)
        self.home.show_header()

    def _show_arrived(self) -> None:
        """Show what has been read meanwhile. Widths and the like are worked out again each time, so not too often."""
        rows = sorted([*self.rows, *self._arrived], key=lambda row: row.id)
        self.shown.summary = Summary(rows, self.shown.pending)
        self._arrived.clear()
        self._last_shown = monotonic()
        self.table.set_rows(self.shown.summary, self.shown.view())
        self.home.show_count()

    @takes(jobs.Scanned)
    def _scanned(self, event: jobs.Scanned) -> None:
        self.shown.tally.reading = None
        self.shown.tally.ever_read = True
        self.home.take(event)

    @takes(jobs.Drifted)
    def _drift_found(self, event: jobs.Drifted) -> None:
        """Say so where a row differs or is judged otherwise, or is so no more; a filter takes up what is so newly."""
        nothing: frozenset[FieldName] = frozenset()
        ahead, seen = event.ahead.deployments, self._ahead.deployments if self._ahead else {}
        told = []
        ids = {*(row.id for row in self.rows if row.drifted), *event.fields, *ahead, *seen}
        for row in filter(None, map(self.shown.summary.row_of, ids)):
            fields = event.fields.get(row.id, nothing)
            if row.deployment and (row.drifted != fields or row.id in ahead or row.id in seen):
                told.append((row, fields))
        more = any(row.id in ahead or row.id in seen or (fields and not row.drifted) for row, fields in told)
        for row, fields in told:
            row.drift(fields, event.ahead)
        self._ahead = event.ahead
        self.shown.tally.count(self.shown.summary)
        if told or self.shown.tally.problems != event.problems:
            self.shown.tally.problems = event.problems
            self.table.rows_changed()
            self.home.show_header()
            self.overview.tell_values()
            self.overview.tell_trouble()
            self.home.show_details()
            if self.shown.said_at is None:
                self.home.show_status()
        if more and self.shown.matcher is not None:
            self.home.filter_anew()
        if event.problem:
            self.say(f"! {clean(event.problem)}", "invalid")
        if self.workspace is not None:
            get_ready(self.jobs, self.home, self.workspace)

    def look_at_disk(self) -> None:
        """Notice files that change on disk, but never while something is being typed or asked."""
        idle = self.shown.ready and self.shown.tally.reading is None
        if idle and self.table.has_focus and self.app.screen is self.home:
            self.jobs.watch(self.home)

    def action_rescan(self) -> None:
        """Read the repo again."""
        if self.shown.tally.reading is None:
            self.shown.tally.reading, self.shown.said_at = (0, 0), None
            self.repo.notices = ()
            self.home.show_header()
            self.jobs.scan(self.home)
