"""The panel with the deployment under the cursor."""

from __future__ import annotations

from rea_xcom_tui.tui.cells.explain import panel_lines
from rea_xcom_tui.tui.cells.rows import Row
from rea_xcom_tui.tui.kit.styled_lines import Painted


class DeploymentPanel(Painted):
    """Each field of one deployment, where it comes from, and what is wrong with it."""

    DEFAULT_CSS = """
    DeploymentPanel { height: 11; width: 1fr; }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._row: Row | None = None

    def show(self, row: Row | None) -> None:
        """Show this row's deployment."""
        self._row = row
        if self.display:
            self.paint(panel_lines(row, self.content_size.width))

    def on_resize(self) -> None:
        """Lay the lines out for the new width."""
        self.show(self._row)
