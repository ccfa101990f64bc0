"""The way back of a session."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.workspace import Workspace


class BaselineSteps:
    """The pending steps. For the jobs' thread only."""

    def undo(self, workspace: Workspace) -> str | None:
        """Take the newest step back; returns it in words, or None."""
        return workspace.undo()
