"""The fleet's screen, put together of its parts."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rea_xcom_tui.tui.background import jobs
from rea_xcom_tui.tui.changes.foreseen import Writing
from rea_xcom_tui.tui.changes.in_layers import LayeredEdits
from rea_xcom_tui.tui.home.bulk_actions import FleetBulk
from rea_xcom_tui.tui.home.campaign_actions import FleetCampaigns
from rea_xcom_tui.tui.home.cell_actions import FleetCells
from rea_xcom_tui.tui.home.change_actions import FleetChanges
from rea_xcom_tui.tui.home.column_actions import FleetColumns
from rea_xcom_tui.tui.home.copy_actions import FleetCopy
from rea_xcom_tui.tui.home.details import FleetDetails
from rea_xcom_tui.tui.home.drift_actions import FleetDrift
from rea_xcom_tui.tui.home.editor_actions import FleetEditor
from rea_xcom_tui.tui.home.line_actions import FleetLineActions
from rea_xcom_tui.tui.home.marking import FleetMarking
from rea_xcom_tui.tui.home.open import Look
from rea_xcom_tui.tui.home.overview import FleetOverview
from rea_xcom_tui.tui.home.probe_actions import FleetProbe
from rea_xcom_tui.tui.home.query_actions import FleetQueries
from rea_xcom_tui.tui.home.reading import FleetReading
from rea_xcom_tui.tui.home.repo_actions import FleetRepo
from rea_xcom_tui.tui.home.restore_actions import FleetRestore
from rea_xcom_tui.tui.home.revision_actions import FleetRevisions
from rea_xcom_tui.tui.home.start import FleetStart
from rea_xcom_tui.tui.home.underneath import FleetUnderneath
from rea_xcom_tui.tui.home.undo_actions import FleetUndo
from rea_xcom_tui.tui.home.view import FleetView
from rea_xcom_tui.tui.kit.styled_lines import Span


class FleetScreen(FleetView):
    """The home screen: the fleet, and everything that changes it. Each part does what a few keys ask for."""

    def __init__(self, work: jobs.Jobs, fail: Callable[[str], None], look: Look) -> None:
        super().__init__(work, fail, look)
        self.start = FleetStart(self)
        self.edits = LayeredEdits(self)
        self.marking = FleetMarking(self)
        self.overview = FleetOverview(self)
        self.columns = FleetColumns(self, self.overview)
        self.queries = FleetQueries(self)
        self.revisions = FleetRevisions(self)
        self.campaigns = FleetCampaigns(self)
        self.bulk = FleetBulk(self, self.edits)
        self.restoring = FleetRestore(self)
        self.copying = FleetCopy(self, self.edits, self.bulk)
        self.lines = FleetLineActions(self, self.edits, self.bulk, self.queries, self.revisions, self.campaigns)
        self.editor = FleetEditor(self)
        self.drift = FleetDrift(self)
        self.underneath = FleetUnderneath(self)
        self.repo = FleetRepo(self, self.columns)
        self.probes = FleetProbe(self)
        self.cells = FleetCells(self, self.edits, self.editor, self.overview)
        self.undoing = FleetUndo(self, self.restoring)
        self.changes = FleetChanges(self, self.repo)
        self.writing = Writing(
            self, self.changes.action_carry_out, self.changes.action_diff, lambda: self.may_change() is not None
        )
        self.details = FleetDetails(self)
        self.reading = FleetReading(self, self.overview, self.repo)
        self.parts = (
            self.changes, self.undoing, self.cells, self.probes, self.repo, self.underneath, self.drift, self.editor,
            self.lines, self.copying, self.restoring, self.bulk, self.campaigns, self.revisions, self.queries,
            self.columns, self.overview, self.marking, self.start, self.edits, self.writing, self.details, self.reading,
        )  # fmt: skip

    # What several parts have a say in

    def show_fleet(self, now: jobs.Scanned) -> None:
        """Show the fleet as it is now, and leave what is being typed over its cell."""
        self.columns.make_room(now)
        super().show_fleet(now)
        self.columns.widen_again()
        self.repo.look_around()
        self.cells.follow()

    def fit_columns(self, view: Sequence[int]) -> bool:
        """Choose the columns that tell something of the rows in view; True where others are shown now."""
        return self.columns.fit_columns(view)

    def columns_changed(self) -> None:
        """Find what a column that is shown now has to say."""
        self.repo.fill_last_changes()

    def tell_spread(self) -> None:
        """Tell over the table what its rows have in common."""
        self.overview.tell_spread()

    def fit_panel(self) -> None:
        """Give the details the room that they need."""
        self.details.fit()

    def show_details(self) -> None:
        """Tell in full what the cursor is on."""
        self.details.show()

    def branch_words(self) -> list[Span]:
        """How the branch stands to its upstream."""
        return self.repo.branch_words()

    def repo_changed(self) -> None:
        """Show the repo that the cursor has come to, and look how it stands."""
        self.repo.came_to_another()

    def action_back(self) -> None:
        """Stop what takes long, or hide the hint to newcomers; else back out one level, at last from the notices."""
        if not self.jobs.stop() and not self.start.hide_hint():
            narrowed = self.table.marks.ranging or self.shown.matcher is not None or self.filter_bar.input.value
            if narrowed or not self.repo.hide_notices():
                super().action_back()
