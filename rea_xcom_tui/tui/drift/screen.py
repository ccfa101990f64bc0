"""Drift on the screen: causes and their members, the matrix, since when. Acting on it is `screens/drift_actions.py`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Literal

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType

from rea_xcom_tui.fleet.model import Fleet
from rea_xcom_tui.text import clean, plural
from rea_xcom_tui.tui.background import jobs
from rea_xcom_tui.tui.background.parts import Composed
from rea_xcom_tui.tui.drift import detail_lines as details
from rea_xcom_tui.tui.drift import jobs as drift_jobs
from rea_xcom_tui.tui.drift import lines as lines
from rea_xcom_tui.tui.drift.known import Key, key_of, older, values_of
from rea_xcom_tui.tui.drift.spread_lines import spread_lines
from rea_xcom_tui.tui.keys.bindings import bindings_of
from rea_xcom_tui.tui.keys.commands import Place
from rea_xcom_tui.tui.kit.fit import harmless
from rea_xcom_tui.tui.kit.key_bar import KeyBar
from rea_xcom_tui.tui.kit.line_list import LineList, drawn_by
from rea_xcom_tui.tui.kit.styled_lines import Bar, Line, Painted, Span

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.actions.foretell import WouldWrite
    from rea_xcom_tui.fleet.drift.report import DriftReport
    from rea_xcom_tui.tui.drift.jobs import Comparison
    from rea_xcom_tui.xcom.drift import Cause, Deviation, Since, Spreads

_LEAST_LINES, _MOST_GROUPS, _AROUND = 20, 4, 6
"""Lines of a terminal from which on all is told; those of the spread; those of header, status, keys and 3 members."""

_NOTHING = "Nothing differs. v compares with something else, n lists what is accepted, Esc goes back."

_FOR_CAUSES = frozenset({"drift.set-right", "drift.adopt", "drift.ignore", "drift.members", "drift.matrix"})
"""The commands of the line of keys that need something that differs."""

Leave = tuple[Literal["", "diff", "write", "edit"], str, str]
"""What the fleet is to do next; for an edit with the deployment and the field."""


class DriftView(Composed[Leave]):
    """Causes, what deserves attention first in front, with the members of the one under the cursor beneath."""

    CSS_PATH = "drift.tcss"
    PLACES: ClassVar[tuple[Place, ...]] = ("drift", "list")
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("drift")
    AUTO_FOCUS = "#causes"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]  # noqa: RUF012 - Textual declares it for instances
    VERTICAL_BREAKPOINTS = [(0, "-low"), (30, "-usual")]  # noqa: RUF012 - Textual declares it for instances

    def __init__(self, work: jobs.Jobs, here: str | None) -> None:
        super().__init__(work)
        self.here = here
        """The deployment under the fleet's cursor, which can be compared with."""
        self.against: str | None = None
        self.found: Comparison | None = None
        self.since: dict[Key, Since | None] = {}
        """By deployment, field and value: the commit that brought it; None where it is not committed."""
        self._asked = 0
        self._waiting: list[Deviation] = []
        self._looked_up: set[tuple[str, str, str]] = set()
        self._causes: dict[tuple[str, str, str], Cause] = {}
        self._cause_of: dict[Key, tuple[str, str, str]] = {}
        self._grid: lines.Grid | None = None
        self.causes_shown: tuple[Cause, ...] = ()
        self._beneath: tuple[str, str, str] | None = None
        """The key of the cause whose members are shown."""
        self._column = 0
        self.spreads: Spreads = {}
        """How each field spreads over the groups; empty before that is known."""
        self._would: WouldWrite | None = None
        self._would_for: Sequence[Deviation] = ()
        self._foretelling = False

    def compose(self) -> ComposeResult:
        """Header, causes or matrix, members or a cell in words, status, keys."""
        yield Bar(id="header")
        yield LineList["Cause"](id="causes")
        yield LineList[str](id="matrix")
        yield Painted(id="title")
        yield LineList["Deviation"](id="members")
        yield Painted(id="cell")
        yield Bar(id="status")
        yield KeyBar()

    @property
    def idle(self) -> frozenset[str]:
        """The commands that have nothing to do where nothing differs, for the line of keys."""
        return frozenset() if self.found is None or self.report.causes else _FOR_CAUSES

    def on_mount(self) -> None:
        """Compare."""
        self.causes: LineList[Cause] = self.query_one("#causes", LineList)
        self.members: LineList[Deviation] = self.query_one("#members", LineList)
        self.matrix: LineList[str] = self.query_one("#matrix", LineList)
        self.causes.empty_text = "comparing…"
        self.matrix.empty_text = _NOTHING
        self._show_view("causes")
        self.compare()

    # Comparing

    def compare(self) -> None:
        """Compare the fleet as it will be; ends in `DriftFound`."""
        self._asked += 1
        self.show_header()
        comparisons = self.jobs.comparisons
        work = drift_jobs.comparing(self._asked, comparisons, self.against)
        self.jobs.look(self, "compare the fleet", comparisons.snapshot, work)

    @on(drift_jobs.DriftFound)
    def _drift_found(self, event: drift_jobs.DriftFound) -> None:
        if event.asked != self._asked:
            return
        self.found = event.found
        more = " n lists what could not be judged." if self.report.notices else ""
        self.causes.empty_text = self.matrix.empty_text = f"Nothing differs.{more}"
        self._grid = None
        self._causes = {cause.key: cause for cause in self.report.causes}
        self._cause_of = {key_of(one): key for key, cause in self._causes.items() for one in cause.members}
        self._waiting = self._to_look_up(self.report.deviations)
        self._age([key for key in self._cause_of if key in self.since])
        self._would_for = ()
        self._rank()
        self.refresh_bindings()
        self.jobs.look(self, "count the values", self.jobs.comparisons.snapshot, drift_jobs.spreading(self._asked))
        self._look_up()

    def _to_look_up(self, deviations: Iterable[Deviation]) -> list[Deviation]:
        """Those of which it is not known since when they are there."""
        return [one for one in deviations if key_of(one) not in self.since]

    def _look_up(self) -> None:
        """Ask since when and by whom, for the next deployments."""
        self._looked_up = {self._cause_of[key_of(one)] for one in self._waiting}
        most = drift_jobs.SINCE_AT_ONCE if self.since else drift_jobs.SINCE_AT_FIRST
        ids = set(list(dict.fromkeys(one.deployment for one in self._waiting))[:most])
        if ids:
            chosen = [one for one in self._waiting if one.deployment in ids]
            work = drift_jobs.looking_up(self._asked, chosen)
            self.jobs.look(self, "find since when", self.jobs.comparisons.snapshot, work)

    @on(drift_jobs.SinceFound)
    def _since_found(self, event: drift_jobs.SinceFound) -> None:
        if event.asked != self._asked:
            return
        ids = frozenset(event.ids)
        done = [one for one in self._waiting if one.deployment in ids]
        self._waiting = [one for one in self._waiting if one.deployment not in ids]
        for one in done:
            self.since[key_of(one)] = event.since.get((one.deployment, one.field))
        if event.problem:
            self._waiting = []
            self.say(f"! {clean(event.problem)}", "invalid")
        self._age([key_of(one) for one in done])
        self._look_up()
        self._rank()

    def _age(self, keys: Iterable[Key]) -> None:
        """Tell the causes of these deviations how old they are: as old as the oldest of them."""
        for key in keys:
            since, cause = self.since.get(key), self._causes[self._cause_of[key]]
            if since is not None:
                self._causes[cause.key] = older(cause, since)

    def _rank(self) -> None:
        """Rank the causes by what is known now; the cursor stays on its cause."""
        from rea_xcom_tui.xcom.drift import ranked

        here = self.cause
        self.causes_shown = tuple(ranked(self._causes.values()))
        keys = [cause.key for cause in self.causes_shown]
        self.draw(keys.index(here.key) if here is not None and here.key in keys else None)

    @property
    def report(self) -> DriftReport:
        """The newest comparison's report."""
        if self.found is None:
            raise RuntimeError("nothing has been compared yet")
        return self.found.report

    # What is shown

    def draw(self, cursor: int | None = None) -> None:
        """Draw everything anew, with the cursor where it is or on another cause."""
        if self.found is None:
            return
        entries = [drawn_by(cause, partial(self._cause_line, cause)) for cause in self.causes_shown]
        self.causes.styles.height = self._high_enough
        self.causes.show(entries, self.causes.cursor if cursor is None else cursor, lines.cause_head)
        if self.in_matrix:
            self._draw_matrix()
        self.show_header()

    def _draw_matrix(self) -> None:
        grid = self.grid
        self._column = max(0, min(self._column, len(grid.fields) - 1))
        grid.look_at(self._column)
        entries = [drawn_by(identifier, partial(self._matrix_line, grid, at)) for at, identifier in enumerate(grid.ids)]
        self.matrix.show(entries, self.matrix.cursor, lambda width: grid.head(self._column))

    @property
    def grid(self) -> lines.Grid:
        """The matrix for the present width."""
        width = max(40, self.size.width - 3)
        if self.found is None:
            return lines.Grid({}, Fleet(Path(), None, None), width)
        if self._grid is None or self._grid.width != width:
            self._grid = lines.Grid(self.report.matrix(), self.found.fleet, width)
        return self._grid

    def draw_beneath(self) -> None:
        """Draw what belongs to the row under the cursor."""
        width = max(20, self.size.width - 2)
        if self.in_matrix:
            shown = lines.cell_lines(self.cell, self._since_words(self.cell), width) if self.grid.ids else []
            self.query_one("#cell", Painted).paint(shown)
            return
        cause, title = self.cause, self.query_one("#title", Painted)
        shown = self._told_of(cause, width) if cause else []
        if len(shown) != len(title.lines):
            title.styles.height = len(shown)
        title.paint(shown)
        entries = [drawn_by(member, partial(self._member_line, member)) for member in (cause.members if cause else ())]
        key = cause.key if cause else None
        self.members.show(entries, self.members.cursor if key == self._beneath else 0)
        self._beneath = key

    def _told_of(self, cause: Cause, width: int) -> list[Line]:
        """What stands over the members: what is expected of those that are chosen, the spread, and what keys write."""
        chosen = self.chosen
        if self.size.height < _LEAST_LINES:
            return [lines.cause_title(cause, width), *details.aligned(cause.field, *values_of(cause, chosen), width)]
        told = [lines.cause_title(cause, width), lines.cause_reason(cause, width)]
        told += details.aligned(cause.field, *values_of(cause, chosen), width)
        would = self._would if self._would_for == chosen else None
        spread = spread_lines(cause.field, self.spreads, width, cause.groups, _MOST_GROUPS)
        return told + details.fitting(spread, would, width, self.size.height - self._high_enough - _AROUND - len(told))

    @property
    def _high_enough(self) -> int:
        """The height of the causes: what they need, so that the rest is for what is told of them."""
        return max(4, min(len(self.causes_shown) + 2, (self.size.height - 3) * 2 // 5))

    @property
    def chosen(self) -> Sequence[Deviation]:
        """What is acted on."""
        return ()

    def _foretell(self) -> None:
        """Work out what the keys would write; while that is done, the newest place of the cursor waits for its turn."""
        chosen = self.chosen
        if chosen and self._would_for != chosen and not self.in_matrix and not self._foretelling:
            self._foretelling = True
            self.jobs.run(self, "work out what would be written", drift_jobs.foretelling(chosen))

    @on(drift_jobs.Foretold)
    def _foretold(self, event: drift_jobs.Foretold) -> None:
        self._foretelling = False
        self._would, self._would_for = event.would, event.chosen
        self.draw_beneath()
        self._foretell()

    @on(drift_jobs.SpreadFound)
    def _spread_found(self, event: drift_jobs.SpreadFound) -> None:
        if event.asked == self._asked:
            self.spreads = event.spreads
            self.draw_beneath()

    def _since_words(self, member: Deviation | None) -> lines.When:
        """Since when a member is as it is, or why that is not told."""
        if member is None:
            return ""
        key = key_of(member)
        if key in self.since:
            return self.since[key] or "not committed"
        return "…" if self._cause_of.get(key) in self._looked_up else "not looked up"

    def _cause_line(self, cause: Cause, width: int, *, here: bool) -> Line:
        when: lines.When = cause.since or ("…" if cause.key in self._looked_up else self._since_words(cause.members[0]))
        return lines.cause_line(cause, width, when, here=here, focused=self.causes.has_focus)

    def _member_line(self, member: Deviation, width: int, *, here: bool) -> Line:
        if self.found is None:
            return []
        here = here and self.members.has_focus
        return lines.member_line(member, self.found.fleet, width, self._since_words(member), here=here)

    def _matrix_line(self, grid: lines.Grid, index: int, width: int, *, here: bool) -> Line:
        # The grid that the entry was made for: a newer one, with other rows, may be drawn only a moment later.
        return grid.line(index, self._column if here else None)

    def show_header(self) -> None:
        """Show what is compared with, and how much differs."""
        left: list[Span] = [("Drift", "title")]
        right: list[Span] = [("comparing", "edited")]
        if self.found is not None:
            left += [("  against ", "quiet"), (harmless(self.found.words), "strong"), (" ▾", "quiet")]
            if pending := len(self.jobs.pending):
                left.append((f"  ~{pending}{'' if self.has_class('-narrow') else ' pending'}", "edited"))
            report = self.report
            right = [(plural(len(report.causes), "cause"), "drift" if report.causes else "good"), (" · ", "quiet")]
            count = len(report.deployments)
            words = str(count) if self.has_class("-narrow") else plural(count, "deployment")
            right += [(words, ""), (f" of {report.compared}", "quiet")]
            if notes := len(report.notices) + len(report.accepted):
                right += [(" · ", "quiet"), (plural(notes, "note"), "quiet")]
        self.query_one("#header", Bar).show(left, right)

    def on_resize(self, event: events.Resize) -> None:
        """Lay out for the new size."""
        self.call_after_refresh(self.draw)

    # Moving

    @property
    def cause(self) -> Cause | None:
        """The cause under the cursor."""
        return self.causes.here

    @property
    def cell(self) -> Deviation | None:
        """What differs in the cell of the matrix under the cursor, if anything."""
        grid, row = self.grid, self.matrix.cursor
        if row >= len(grid.ids) or self._column >= len(grid.fields):
            return None
        return grid.matrix[grid.ids[row]].get(grid.fields[self._column])

    @property
    def in_matrix(self) -> bool:
        """Whether the matrix is shown."""
        return bool(self.matrix.display)

    def action_column(self, by: int) -> None:
        """Move to another field of the matrix."""
        if self.in_matrix:
            self._column = max(0, min(self._column + by, len(self.grid.fields) - 1))
            self.grid.look_at(self._column)
            self.matrix.refresh()
            self.draw_beneath()

    @on(LineList.Moved, "#causes, #matrix")
    def _moved(self) -> None:
        self.draw_beneath()
        self._foretell()

    @on(LineList.Moved, "#members")
    def _member_moved(self) -> None:
        if self.members.has_focus and not self.in_matrix:
            self._tell_anew()

    def _tell_anew(self) -> None:
        """Tell of what is chosen now over the members."""
        if (cause := self.cause) is not None:
            self.query_one("#title", Painted).paint(self._told_of(cause, max(20, self.size.width - 2)))
            self._foretell()

    @on(LineList.Chosen, "#causes")
    def action_members(self) -> None:
        """Go from a cause to its members."""
        if self.members.entries and not self.in_matrix:
            self.members.focus()
            self.call_after_refresh(self._tell_anew)

    def action_matrix(self) -> None:
        """Turn to the matrix, or back to the causes."""
        self._show_view("causes" if self.in_matrix else "matrix")
        self.call_after_refresh(self.draw)

    def _show_view(self, view: Literal["causes", "matrix"]) -> None:
        for name in ("causes", "title", "members"):
            self.query_one(f"#{name}").display = view == "causes"
        for name in ("matrix", "cell"):
            self.query_one(f"#{name}").display = view == "matrix"
        self.query_one(f"#{view}").focus()

    def action_back(self) -> None:
        """From the members to the causes, from the matrix to the causes, from there to the fleet."""
        if self.in_matrix:
            self.action_matrix()
        elif self.members.has_focus:
            self.causes.focus()
            self.call_after_refresh(self._tell_anew)
        else:
            self.dismiss(("", "", ""))
