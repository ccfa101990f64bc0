"""The details beside the fleet's table, or below it."""

from __future__ import annotations

from textual import events

from rea_xcom_tui.tui.background.parts import takes
from rea_xcom_tui.tui.home.part import FleetPart


class FleetDetails(FleetPart):
    """Gives the details their room, and fills them."""

    @takes(events.Resize)
    def _resized(self) -> None:
        """A narrow terminal has room for short counts only, a wide one for the details beside the table."""
        self.home.call_after_refresh(self.home.show_header)
        self.home.call_after_refresh(self.fit)

    def fit(self) -> None:
        """Give the details the room that they need, and the table the rest."""
        width, height = self.home.size
        beside = self.home.has_class("-side")
        self.home.panel.fit(self.shown.summary.fullest, width, height, self.table.wanted_width, beside=beside)
        self.home.call_after_refresh(self.show)

    def show(self) -> None:
        """Show the deployment under the cursor, or the group whose heading it is on."""
        group = self.table.here if self.table.cursor is None else None
        told = None if group is None else (group.title, [self.rows[index] for index in group.rows])
        self.home.panel.show(self.table.cursor, told)

    def action_toggle_panel(self) -> None:
        """Show or hide the details."""
        self.home.panel.toggle_class("-toggled")
        self.home.call_after_refresh(self.show)
