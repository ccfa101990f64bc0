"""The ways from the fleet to drift and to the comparison, and back to a cell."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from rea_xcom_tui.tui.home.part import FleetPart
from rea_xcom_tui.xcom.fields import holder

if TYPE_CHECKING:
    from rea_xcom_tui.tui.drift.view import Leave
    from rea_xcom_tui.xcom.model import FieldName


class FleetDrift(FleetPart):
    """Opens the drift screens and does what they ask for."""

    def action_drift(self) -> None:
        """Show what differs in the fleet, by cause."""
        from rea_xcom_tui.tui.drift.screen import DriftScreen

        if not self.shown.ready:
            self.say("The repo is still being read; comparing waits until it is.", "edited")
            return
        here = self.table.cursor
        self.app.push_screen(DriftScreen(self.jobs, here.id if here and here.deployment else None), self._after_drift)

    def action_compare(self) -> None:
        """Show the marked deployments side by side; the drift of the fleet where fewer than two are marked."""
        from rea_xcom_tui.tui.drift.compare_screen import CompareScreen

        ids = [row.id for row in self.rows if row.id in self.table.marks and row.deployment]
        if len(ids) < 2:
            self.action_drift()
        elif self.shown.ready:
            pending = frozenset((edit.deployment, str(edit.field)) for edit in self.shown.pending.edits)
            self.app.push_screen(CompareScreen(self.jobs, ids, pending))

    def _after_drift(self, wanted: Leave | None) -> None:
        self.home.values_changed()
        verb, identifier, field = wanted or ("", "", "")
        if verb == "edit":
            self.edit_at(identifier, cast("FieldName", field))
        elif verb:
            self.home.call_after_refresh(self.home.run_action, verb)

    def edit_at(self, identifier: str, field: FieldName) -> None:
        """Put the cursor on a field of a deployment and edit it there; the filter gives way where it hides it."""
        if not self.table.go_to_id(identifier):
            self.home.show_all()
        found = self.table.go_to_id(identifier)
        keys = [column.field for column in self.table.columns]
        wanted = holder(field)  # a connection is edited as part of the path
        if found and wanted in keys:
            self.table.cursor_column = keys.index(wanted)
            self.home.call_after_refresh(self.home.run_action, "edit_cell")
        elif found:
            self.say(f"The column {wanted} is hidden, so it cannot be edited here; C brings it back.")
