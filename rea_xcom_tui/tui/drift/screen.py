"""The drift screen, put together of its parts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual import events

from rea_xcom_tui.text import plural
from rea_xcom_tui.tui.background import jobs
from rea_xcom_tui.tui.changes.around import Around
from rea_xcom_tui.tui.changes.undoing import Undoing
from rea_xcom_tui.tui.drift.acting import Acting
from rea_xcom_tui.tui.drift.causes import Causes, Matrix
from rea_xcom_tui.tui.drift.comparing import Comparing
from rea_xcom_tui.tui.drift.view import DriftView
from rea_xcom_tui.tui.kit.fit import harmless
from rea_xcom_tui.tui.kit.styled_lines import Bar, Span

if TYPE_CHECKING:
    from rea_xcom_tui.xcom.drift import Deviation

_FOR_CAUSES = frozenset({"drift.set-right", "drift.adopt", "drift.ignore", "drift.members", "drift.matrix"})
"""The commands of the line of keys that need something that differs."""


class DriftScreen(DriftView):
    """What differs in the fleet, and what can be done about it. Dismisses with what the fleet is to do next."""

    def __init__(self, work: jobs.Jobs, here: str | None) -> None:
        super().__init__(work)
        self.comparing = Comparing(self, here)
        self.listing = Causes(self, self.comparing)
        self.grid = Matrix(self, self.comparing)
        self.acting = Acting(self, self.comparing)
        around = Around(self, lambda: self.dismiss(("", "", "")), self.comparing.compare)
        self.parts = (self.listing, self.comparing, self.grid, self.acting, around, Undoing(self))

    @property
    def idle(self) -> frozenset[str]:
        """The commands that have nothing to do where nothing differs, for the line of keys."""
        return frozenset() if self.comparing.found is None or self.comparing.report.causes else _FOR_CAUSES

    # What several parts have a say in

    @property
    def chosen(self) -> Sequence[Deviation]:
        """What differs where the cursor is: a cause with all its members, one member, or one cell of the matrix."""
        if self.in_matrix:
            return [self.grid.cell] if self.grid.cell is not None else []
        cause, at = self.causes.here, self.members.cursor
        if cause is None:
            return []
        return cause.members[at : at + 1] if self.members.has_focus else cause.members

    def compared(self) -> None:
        """Take up a comparison that is done."""
        more = " n lists what could not be judged." if self.comparing.report.notices else ""
        self.causes.empty_text = self.matrix.empty_text = f"Nothing differs.{more}"
        self.grid.compared()
        self.listing.compared()
        self.refresh_bindings()

    def draw(self) -> None:
        """Draw everything again, with the cursor on the cause that it is on."""
        if self.comparing.found is not None:
            self.listing.draw()
            if self.in_matrix:
                self.grid.draw()
            self.show_header()

    def draw_beneath(self) -> None:
        """Draw what belongs to the row under the cursor."""
        if self.in_matrix:
            self.grid.draw_cell()
        else:
            self.listing.draw_members()

    def show_header(self) -> None:
        """Show what is compared with, and how much differs."""
        left: list[Span] = [("Drift", "title")]
        right: list[Span] = [("comparing", "edited")]
        if self.comparing.found is not None:
            left += [("  against ", "quiet"), (harmless(self.comparing.found.words), "strong"), (" ▾", "quiet")]
            if pending := len(self.jobs.pending):
                left.append((f"  ~{pending}{'' if self.has_class('-narrow') else ' pending'}", "edited"))
            report = self.comparing.report
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

    def action_matrix(self) -> None:
        """Turn to the matrix, or back to the causes."""
        self.show_view("causes" if self.in_matrix else "matrix")
        self.call_after_refresh(self.draw)

    def action_back(self) -> None:
        """Stop what takes long; else from the members to the causes, from the matrix to the causes, from there to the
        fleet."""
        if self.jobs.stop():
            return
        if self.in_matrix:
            self.action_matrix()
        elif not self.causes.has_focus:
            self.causes.focus()
            self.call_after_refresh(self.listing.tell_anew)
        else:
            self.dismiss(("", "", ""))
