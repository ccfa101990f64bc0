"""The fleet's header as the screen shows it: repo, branch and counts, for what is known now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.screen import Screen

from rea_xcom_tui.fleet.edit.pending import Pending
from rea_xcom_tui.tui.home.header import READ_ONLY, Counts, head_line, reading_words
from rea_xcom_tui.tui.kit.styled_lines import Bar, Span

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.workspace import Workspace
    from rea_xcom_tui.tui.cells.rows import Row


class FleetHead(Screen[None]):
    """Draws the header of the fleet."""

    workspace: Workspace | None
    rows: Sequence[Row]
    _reading: tuple[int, int] | None
    _ever_read: bool
    _problems: int
    _deployments: int
    _drifted: int

    @property
    def pending(self) -> Pending:
        """The pending edits; none before the repo is open."""
        return self.workspace.pending if self.workspace else Pending()

    def show_header(self) -> None:
        """Show repo, branch, counts, and whether anything may be written."""
        title = branch = ""
        if self.workspace is not None:
            title, fleet = self.workspace.title, self.workspace.here.fleet
            branch = fleet.branch or (fleet.head or "")[:8]
        ways = [self._header_right(short=True)]
        if not self.has_class("-narrow"):
            ways.insert(0, self._header_right(short=False))
        self.query_one("#header", Bar).show(*head_line(title, branch, self.branch_words(), ways, self.size.width - 2))

    def branch_words(self) -> list[Span]:
        """What stands beside the branch."""
        return []

    def _header_right(self, *, short: bool) -> list[Span]:
        reading = self._reading if self._reading is not None or self._ever_read else (0, 0)
        unreadable = len(self.rows) - self._deployments
        uncommitted = len(self.workspace.to_commit()) if self.workspace else 0
        counts = Counts(self._deployments, self._problems, unreadable, self._drifted, uncommitted)
        words = reading_words(*reading) if reading and (reading[1] or not self._ever_read) else None
        read_only = self.workspace is not None and self.workspace.read_only is not None
        shown = words or counts.words(self.pending, short=short)
        return [*shown, *(READ_ONLY if read_only else ())]
