"""The fleet's header as the screen shows it: repo, branch and counts, for what is known now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from rea_xcom_tui.fleet.edit.pending import Pending
from rea_xcom_tui.tui.home.header import READ_ONLY, Counts, head_line, reading_words
from rea_xcom_tui.tui.kit.styled_lines import Span

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.workspace import Workspace
    from rea_xcom_tui.tui.cells.summary import Summary


class Tally(msgspec.Struct):
    """How far the repo has been read, and how many of its deployments something is the matter with."""

    reading: tuple[int, int] | None = (0, 0)
    """Files read and all there are, while the repo is read."""
    ever_read: bool = False
    problems: int = 0
    deployments: int = 0
    unreadable: int = 0
    drifted: int = 0

    def count(self, summary: Summary) -> None:
        """Count these rows."""
        self.deployments = summary.deployments
        self.unreadable = len(summary.rows) - self.deployments
        self.drifted = len([row for row in summary.rows if row.drifted])

    def head(
        self, workspace: Workspace | None, beside: Sequence[Span], width: int, *, narrow: bool
    ) -> tuple[list[Span], Sequence[Span]]:
        """Both ends of the header, `width` cells wide: repo and branch with what is shown `beside` it, and the
        counts."""
        title = branch = ""
        if workspace is not None:
            title, fleet = workspace.title, workspace.here.fleet
            branch = fleet.branch or (fleet.head or "")[:8]
        ways = [self._right(workspace, short=short) for short in ((True,) if narrow else (False, True))]
        return head_line(title, branch, beside, ways, width)

    def _right(self, workspace: Workspace | None, *, short: bool) -> list[Span]:
        reading = self.reading if self.reading is not None or self.ever_read else (0, 0)
        uncommitted = len(workspace.to_commit()) if workspace else 0
        counts = Counts(self.deployments, self.problems, self.unreadable, self.drifted, uncommitted)
        words = reading_words(*reading) if reading and (reading[1] or not self.ever_read) else None
        pending = workspace.pending if workspace else Pending()
        read_only = workspace is not None and workspace.read_only is not None
        return [*(words or counts.words(pending, short=short)), *(READ_ONLY if read_only else ())]
