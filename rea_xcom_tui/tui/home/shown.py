"""What the fleet's screen shows: the one state that its parts share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from rea_xcom_tui.fleet.edit.pending import Pending
from rea_xcom_tui.tui.cells.rows import Column, Row
from rea_xcom_tui.tui.cells.summary import Summary
from rea_xcom_tui.tui.home.head import Tally
from rea_xcom_tui.tui.home.sorting import Matcher, Order

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.workspace import Workspace

Spot = tuple[str | None, int]
"""What the cursor is on: a row or the heading of a group, and a column."""


class Shown(msgspec.Struct):
    """The fleet as far as it is known, and what decides which of it is shown, and how."""

    chosen: Sequence[Column]
    usual_columns: bool
    """Whether nobody has chosen the columns, so that those that tell nothing may give way."""
    workspace: Workspace | None = None
    """None before the repo is open."""
    summary: Summary = msgspec.field(default_factory=lambda: Summary([], Pending()))
    """All rows of the fleet, shown or not, and what they say together."""
    order: Order = msgspec.field(default_factory=Order)
    matcher: Matcher | None = None
    tally: Tally = msgspec.field(default_factory=Tally)
    written: bool = False
    """Whether something was written that is not committed yet."""
    said_at: Spot | None = None
    """Where the cursor was when something was said, which stays until it goes elsewhere; None where nothing was."""

    @property
    def rows(self) -> list[Row]:
        """All rows of the fleet, shown or not."""
        return self.summary.rows

    @property
    def ready(self) -> bool:
        """Whether the fleet has been read, so that it may be changed."""
        return self.tally.ever_read and self.workspace is not None

    @property
    def read_only(self) -> bool:
        """Whether nothing may be changed."""
        return self.workspace is not None and self.workspace.read_only is not None

    @property
    def pending(self) -> Pending:
        """The pending edits; none before the repo is open."""
        return self.workspace.pending if self.workspace else Pending()

    def view(self) -> list[int]:
        """The indexes of the rows to show, filtered and in order."""
        return self.order.view(self.rows, self.matcher)
