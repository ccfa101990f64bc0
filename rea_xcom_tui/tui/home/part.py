"""What a part of the fleet's screen is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rea_xcom_tui.tui.background.parts import Part
from rea_xcom_tui.tui.cells.rows import Row
from rea_xcom_tui.tui.home.shown import Shown
from rea_xcom_tui.tui.home.table import FleetTable
from rea_xcom_tui.tui.home.view import FleetView

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.workspace import Workspace


class FleetPart(Part[FleetView]):
    """One concern of the fleet's screen, with what all of them look at."""

    @property
    def shown(self) -> Shown:
        """What the screen shows."""
        return self.home.shown

    @property
    def table(self) -> FleetTable:
        """The table of the fleet."""
        return self.home.table

    @property
    def rows(self) -> list[Row]:
        """All rows of the fleet, shown or not."""
        return self.shown.rows

    @property
    def workspace(self) -> Workspace | None:
        """The workspace; None before the repo is open."""
        return self.shown.workspace
