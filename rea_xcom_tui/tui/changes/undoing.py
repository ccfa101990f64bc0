"""Taking back what is pending, the same from every screen around the fleet."""

from __future__ import annotations

from typing import Any

from rea_xcom_tui.tui.background import jobs
from rea_xcom_tui.tui.background.parts import Composed, Part


class Undoing(Part[Composed[Any]]):
    """Takes back what is pending, and does it again; both end in `Undone`."""

    def action_undo(self) -> None:
        """Undo the newest step."""
        self.jobs.run(self.home, "undo", lambda workspace: jobs.Undone("undo", workspace.undo()))

    def action_redo(self) -> None:
        """Do again what was undone."""
        self.jobs.run(self.home, "redo", lambda workspace: jobs.Undone("redo", workspace.redo()))
