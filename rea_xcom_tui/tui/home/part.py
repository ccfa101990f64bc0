"""What a part of the fleet's screen is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.app import App

from rea_xcom_tui.tui.background.jobs import Jobs
from rea_xcom_tui.tui.cells.rows import Row
from rea_xcom_tui.tui.home.table import FleetTable
from rea_xcom_tui.tui.home.view import FleetView
from rea_xcom_tui.tui.kit.parts import Part

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.workspace import Workspace


class FleetPart(Part):
    """One concern of the fleet's screen, which holds what all of them look at."""

    def __init__(self, home: FleetView) -> None:
        self.home = home
        self.say = home.say
        self.jobs: Jobs = home.jobs

    @property
    def app(self) -> App[Any]:
        """The app."""
        return self.home.app

    @property
    def table(self) -> FleetTable:
        """The table of the fleet."""
        return self.home.table

    @property
    def rows(self) -> list[Row]:
        """All rows of the fleet, shown or not."""
        return self.home.rows

    @property
    def workspace(self) -> Workspace | None:
        """The workspace; None before the repo is open."""
        return self.home.workspace
