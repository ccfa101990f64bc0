"""The causes and their members with what is said of them, and the same as a matrix of deployments and fields."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from rea_xcom_tui.fleet.model import Fleet
from rea_xcom_tui.tui.background import jobs
from rea_xcom_tui.tui.background.parts import Part, takes
from rea_xcom_tui.tui.drift import detail_lines as details
from rea_xcom_tui.tui.drift import jobs as drift_jobs
from rea_xcom_tui.tui.drift import lines
from rea_xcom_tui.tui.drift.comparing import CauseKey, Comparing
from rea_xcom_tui.tui.drift.forms import SpreadForm
from rea_xcom_tui.tui.drift.known import values_of
from rea_xcom_tui.tui.drift.spread_lines import spread_lines
from rea_xcom_tui.tui.drift.view import DriftView
from rea_xcom_tui.tui.kit.line_list import LineList, Page, drawn_by
from rea_xcom_tui.tui.kit.styled_lines import Line, Painted

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.actions.foretell import WouldWrite
    from rea_xcom_tui.xcom.drift import Cause, Deviation, Spreads

_LEAST_LINES, _MOST_GROUPS, _AROUND = 20, 4, 6
"""Lines of a terminal from which on everything is shown; those of the spread; those of header, status, keys and 3
members."""


@dataclass(eq=False, repr=False)
class Causes(Part[DriftView]):
    """Draws the causes, the members of the one under the cursor, and over them what is expected, how the values
    spread, and what acting on what is chosen would write."""

    comparing: Comparing
    _beneath: CauseKey | None = None
    """The cause whose members are shown."""
    _spreads: Spreads | None = None
    """How each field spreads over the groups; None before that is known."""
    _would: WouldWrite | None = None
    _would_for: Sequence[Deviation] = ()
    _foretelling: bool = False

    def draw(self) -> None:
        """Draw the causes; the cursor stays on its cause."""
        shown, listed = self.comparing.causes, self.home.causes
        entries = [drawn_by(cause, partial(self._cause_line, cause)) for cause in shown]
        listed.styles.height = self._height
        here = listed.here.key if listed.here is not None else None
        at = next((index for index, cause in enumerate(shown) if cause.key == here), listed.cursor)
        listed.show(entries, at, lines.cause_head)

    def _cause_line(self, cause: Cause, width: int, *, here: bool) -> Line:
        when = self.comparing.since_words_of(cause)
        return lines.cause_line(cause, width, when, here=here, focused=self.home.causes.has_focus)

    def draw_members(self) -> None:
        """Draw what belongs to the cause under the cursor."""
        cause, members = self.home.causes.here, self.home.members
        self._tell(cause)
        entries = [drawn_by(member, partial(self._member_line, member)) for member in (cause.members if cause else ())]
        key = cause.key if cause else None
        members.show(entries, members.cursor if key == self._beneath else 0)
        self._beneath = key

    def _member_line(self, member: Deviation, width: int, *, here: bool) -> Line:
        if self.comparing.found is None:
            return []
        here, when = here and self.home.members.has_focus, self.comparing.since_words(member)
        return lines.member_line(member, self.comparing.found.fleet, width, when, here=here)

    @takes(LineList.Chosen, "causes")
    def action_members(self) -> None:
        """Go from a cause to its members."""
        if self.home.members.entries and not self.home.in_matrix:
            self.home.members.focus()
            self.home.call_after_refresh(self.tell_anew)

    # What is told over the members

    def compared(self) -> None:
        """Begin again for another comparison."""
        self._would_for = ()
        work = drift_jobs.spreading(self.comparing.asked)
        self.jobs.look(self.home, "count the values", self.jobs.comparisons.snapshot, work)

    @takes(drift_jobs.SpreadFound)
    def _spread_found(self, event: drift_jobs.SpreadFound) -> None:
        if event.asked == self.comparing.asked:
            self._spreads = event.spreads
            self.home.draw_beneath()

    @takes(LineList.Moved, "causes", "matrix")
    def _moved(self) -> None:
        self.home.draw_beneath()
        self._foretell()

    def _foretell(self) -> None:
        """Work out what the keys would write; while that is done, the newest place of the cursor waits for its turn."""
        chosen = self.home.chosen
        if chosen and self._would_for != chosen and not self.home.in_matrix and not self._foretelling:
            self._foretelling = True
            self.jobs.run(self.home, "work out what would be written", drift_jobs.foretelling(chosen))

    @takes(drift_jobs.Foretold)
    def _foretold(self, event: drift_jobs.Foretold) -> None:
        self._foretelling = False
        self._would, self._would_for = event.would, event.chosen
        self.home.draw_beneath()
        self._foretell()

    @takes(jobs.Failed)
    def _failed(self) -> None:
        self._foretelling = False

    @takes(LineList.Moved, "members")
    def _member_moved(self) -> None:
        if self.home.members.has_focus and not self.home.in_matrix:
            self.tell_anew()

    def tell_anew(self) -> None:
        """Tell of what is chosen now over the members."""
        if (cause := self.home.causes.here) is not None:
            self._tell(cause)
            self._foretell()

    def _tell(self, cause: Cause | None) -> None:
        width, height = max(20, self.home.size.width - 2), self.home.size.height
        told: list[Line] = []
        writes: list[Line] = []
        room, chosen = 0, self.home.chosen
        if cause is not None:
            reason = [lines.cause_reason(cause, width)] if height >= _LEAST_LINES else []
            expected = details.aligned(cause.field, *values_of(cause, chosen), width)
            told = [lines.cause_title(cause, width), *reason, *expected]
        if cause is not None and height >= _LEAST_LINES:
            room = max(2, height - self._height - _AROUND - len(told))
            writes = details.writes_lines(self._would if self._would_for == chosen else None, width - 1, room)
            spread = spread_lines(cause.field, self._spreads or {}, width, cause.groups, _MOST_GROUPS)
            told += spread if len(spread) + len(writes) <= room else ()
        title, page = self.home.query_one("#title", Painted), self.home.query_one("#would", Page)
        title.styles.height, page.styles.height = len(told), min(room, len(writes))
        title.paint(told)
        page.can_focus = len(writes) > room
        page.show(lambda _: writes)

    @property
    def _height(self) -> int:
        """The height of the causes: what they need, so that the rest is for what is said of them."""
        return max(4, min(len(self.comparing.causes) + 2, (self.home.size.height - 3) * 2 // 5))

    def action_spread(self) -> None:
        """Show how every field spreads over the groups."""
        if self.comparing.found is not None:
            self.app.push_screen(SpreadForm(self._spreads or {}))


@dataclass(eq=False, repr=False)
class Matrix(Part[DriftView]):
    """Draws the matrix, and in words the cell under its cursor."""

    comparing: Comparing
    _grid: lines.Grid | None = None
    _column: int = 0

    def compared(self) -> None:
        """Begin again for another comparison."""
        self._grid = None

    @property
    def grid(self) -> lines.Grid:
        """The matrix for the present width."""
        width, found = max(40, self.home.size.width - 3), self.comparing.found
        if found is None:
            return lines.Grid({}, Fleet(Path(), None, None), width)
        if self._grid is None or self._grid.width != width:
            self._grid = lines.Grid(found.report.matrix(), found.fleet, width)
        return self._grid

    @property
    def cell(self) -> Deviation | None:
        """What differs in the cell under the cursor, if anything."""
        grid, row = self.grid, self.home.matrix.cursor
        if row >= len(grid.ids) or self._column >= len(grid.fields):
            return None
        return grid.matrix[grid.ids[row]].get(grid.fields[self._column])

    def draw(self) -> None:
        """Draw the matrix; the cursor stays in its row and column."""
        grid, listed = self.grid, self.home.matrix
        self._column = max(0, min(self._column, len(grid.fields) - 1))
        grid.look_at(self._column)
        entries = [drawn_by(identifier, partial(self._line, grid, at)) for at, identifier in enumerate(grid.ids)]
        listed.show(entries, listed.cursor, lambda width: grid.head(self._column))

    def _line(self, grid: lines.Grid, index: int, width: int, *, here: bool) -> Line:
        # The grid that the entry was made for: a newer one, with other rows, may be drawn only a moment later.
        return grid.line(index, self._column if here else None)

    def draw_cell(self) -> None:
        """Draw what belongs to the cell under the cursor."""
        width = max(20, self.home.size.width - 2)
        told = lines.cell_lines(self.cell, self.comparing.since_words(self.cell), width) if self.grid.ids else []
        self.home.query_one("#cell", Painted).paint(told)

    def action_column(self, by: int) -> None:
        """Move to another field of the matrix."""
        if self.home.in_matrix:
            self._column = max(0, min(self._column + by, len(self.grid.fields) - 1))
            self.grid.look_at(self._column)
            self.home.matrix.refresh()
            self.home.draw_beneath()
