"""What the rules found in the fleet: grouped, explained, one key from the cell and one from the fix."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import BindingType
from textual.message import Message

from rea_xcom_tui.fleet.edit.pending import Pending
from rea_xcom_tui.text import clean, plural
from rea_xcom_tui.tui.background import jobs
from rea_xcom_tui.tui.background.list_screen import ListScreen
from rea_xcom_tui.tui.background.parts import Part, takes
from rea_xcom_tui.tui.changes.around import Around
from rea_xcom_tui.tui.changes.in_layers import FixesForeseen, LayeredEdits, Tell, foreseen_fixes
from rea_xcom_tui.tui.changes.undoing import Undoing
from rea_xcom_tui.tui.keys.bindings import bindings_of
from rea_xcom_tui.tui.keys.commands import Place
from rea_xcom_tui.tui.kit.dialogs import Failure
from rea_xcom_tui.tui.kit.line_list import Entries, Entry, LineList
from rea_xcom_tui.tui.kit.styled_lines import Bar, Span
from rea_xcom_tui.tui.repo.problems import (
    Group,
    Grouping,
    Problem,
    alone_line,
    at_least,
    counts,
    detail_lines,
    grouped,
    heading_line,
    problem_line,
    problems_of,
)
from rea_xcom_tui.xcom.model import FieldName, Severity

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.edit.row import Ahead
    from rea_xcom_tui.fleet.model import Fleet
    from rea_xcom_tui.fleet.workspace import Workspace

Goal = tuple[str, "FieldName | None"]
"""A deployment's id (or an unreadable file) and the field that the problem is about."""

_NEXT: dict[Severity, Severity] = {"warning": "info", "info": "error", "error": "warning"}
_SHOWN: dict[Severity, str] = {"error": "errors only", "warning": "errors and warnings", "info": "all severities"}


_USUAL: tuple[Severity, Grouping] = ("warning", "rule")
"""What is shown at first, and by what it is grouped."""

_FOR_FINDINGS = frozenset({"problems.go", "problems.mend", "problems.mend-rule", "problems.group"})
"""The commands of the line of keys that need a finding."""

_LARGE = 1000
"""From this many deployments on, finding and grouping what is wrong takes longer than a frame."""


@dataclass(frozen=True, slots=True)
class _Found:
    """The problems of a fleet, and the lines that show some of them."""

    problems: list[Problem]
    entries: Sequence[Entry[Problem | Group]]
    shown: int


def _laid_out(fleet: Fleet, pending: Pending, ahead: Ahead | None, least: Severity, by: Grouping) -> _Found:
    problems = problems_of(fleet, pending, ahead)
    shown = at_least(problems, least)
    keys: list[Problem | Group] = []
    alone: dict[str, Group] = {}
    for group in grouped(shown, by):
        if by == "rule" and len(group.problems) == 1:
            alone[group.problems[0].finding.code] = group
        else:
            keys.append(group)
        keys += group.problems

    def entry(key: Problem | Group) -> Entry[Problem | Group]:
        if isinstance(key, Group):
            return Entry(key, partial(heading_line, key))
        group = alone.get(key.finding.code)
        return Entry(key, partial(problem_line, key, by) if group is None else partial(alone_line, group))

    return _Found(problems, Entries(keys, entry), len(shown))


def look_beforehand(work: jobs.Jobs, fleet: Fleet) -> None:
    """Find what is wrong in a large fleet before anybody asks, so that opening the screen has only to show it."""
    if len(fleet.deployments) >= _LARGE and work.problems.get(fleet, *_USUAL) is None:
        work.problems.put(_laid_out(fleet, Pending(), None, *_USUAL), fleet, *_USUAL)


@dataclass(eq=False, repr=False)
class Fixing(Part["ProblemsScreen"]):
    """Makes fixes pending, of one finding or of all that a rule has found."""

    edits: LayeredEdits

    def action_mend(self) -> None:
        """Fix the finding under the cursor; on the heading of a rule, all of it."""
        here = self.home.listed.here
        if isinstance(here, Problem):
            if self._may_mend([here]):
                self._mend(here)
        elif here is not None and self.home.by == "rule":
            self._mend_many(here.problems)
        else:
            self.say("Move to a finding: f fixes it, F fixes all of its rule.")

    def action_mend_rule(self) -> None:
        """Fix every finding of this rule, after a question."""
        if (problem := self.home.problem) is not None:
            code = problem.finding.code
            self._mend_many([p for p in self.home.problems if p.finding.code == code])

    def _mend_many(self, problems: Sequence[Problem]) -> None:
        if not self._may_mend(problems):
            return
        wanted = [p for p in problems if p.finding.fix and not p.pending]
        if len(wanted) == 1:
            self._mend(wanted[0])
            return
        ids = list(dict.fromkeys(problem.deployment for problem in wanted))

        def work(workspace: Workspace, progress: Tell) -> Message:
            return foreseen_fixes(workspace, ids, wanted[0].finding.code, progress)

        self.jobs.run_long(self.home, "work out the fixes", work)

    @takes(FixesForeseen)
    def _foreseen_fixes(self, event: FixesForeseen) -> None:
        self.home.hint()

        def answered(answer: str | None) -> None:
            if answer:
                self.jobs.run(self.home, "fix", lambda workspace: jobs.Edited(workspace.put_fixes(event.fixes), []))

        self.app.push_screen(event.question(), answered)

    def _may_mend(self, problems: Sequence[Problem]) -> bool:
        if self.home.workspace.read_only is not None:
            self.say(f"Read-only: {clean(self.home.workspace.read_only)}", "invalid")
        elif all(p.pending for p in problems):
            self.say("That is already pending; u undoes it.")
        elif not any(p.finding.fix and not p.pending for p in problems):
            self.say("There is no automatic fix for this; Enter goes to the cell.")
        else:
            return True
        return False

    def _mend(self, problem: Problem) -> None:
        finding = problem.finding
        self.edits.fix([problem.deployment], finding.code, (finding.line, finding.column))

    @takes(jobs.Edited)
    def _edited(self, event: jobs.Edited) -> None:
        self.home.values_changed()
        if event.step is not None:
            self.say(f"~ {clean(event.step.title)}: pending · d shows the lines, u undoes it", "edited")
        elif not event.refusals:
            self.say("No change: it is already fixed.")
        if event.refusals:
            lines = "\n".join(f"{refusal.deployment}: {refusal.reason}" for refusal in event.refusals)
            self.app.push_screen(Failure(f"fix {plural(len(event.refusals), 'finding')}", lines))


class ProblemsScreen(ListScreen["Problem | Group", Goal]):
    """Dismisses with the place that the user wants to go to, or None."""

    PLACES: ClassVar[tuple[Place, ...]] = ("problems", "list")
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("problems")

    def __init__(self, work: jobs.Jobs, workspace: Workspace) -> None:
        super().__init__(work)
        edits, around = LayeredEdits(self), Around(self, lambda: self.dismiss(None), self.values_changed)
        self.parts = (Fixing(self, edits), edits, around, Undoing(self))
        self.workspace = workspace
        self.by: Grouping
        self.least: Severity
        self.least, self.by = _USUAL
        self.problems: list[Problem] = []
        self.ahead: Ahead | None = None
        """The fleet as it will be, where that is worked out."""
        self._asked = 0
        self._said_at = -1
        """The line that the cursor was on when something was said."""
        self._offered = True
        """Whether the line of keys offers to fix."""

    @property
    def idle(self) -> frozenset[str]:
        """The commands that have nothing to do where nothing was found, or no fix is known, for the line of keys."""
        if not self.listed.entries:
            return _FOR_FINDINGS
        return frozenset() if self._fixable else frozenset({"problems.mend", "problems.mend-rule"})

    @property
    def _fixable(self) -> bool:
        """Whether what the cursor is on can be fixed automatically."""
        here = self.listed.here
        problems = here.problems if isinstance(here, Group) else [here] if here is not None else []
        return any(problem.finding.fix and not problem.pending for problem in problems)

    def on_mount(self) -> None:
        """Show what was found."""
        self.refresh_list()
        if len(self.workspace.pending):
            self.jobs.drift(self)

    def refresh_list(self, then: Callable[[], None] | None = None) -> None:
        """Group and show the problems as they are now, the cursor where it is; `then` is done once they are shown.

        Those of a large fleet are worked out in a thread, so that no key waits; the newest request counts.
        """
        self._asked += 1
        fleet, pending = self.workspace.fleet, self.workspace.pending
        if len(fleet.deployments) < _LARGE:
            self._show(_laid_out(fleet, pending, self.ahead, self.least, self.by), then)
            return
        if self.ahead is None and not len(pending):
            known = self.jobs.problems.get(fleet, self.least, self.by)
            if isinstance(known, _Found):
                self._show(known, then)
                return
        work = partial(_laid_out, fleet, pending.copy(), self.ahead, self.least, self.by)
        self.run_worker(self._work_out(self._asked, work, then), exit_on_error=True)

    async def _work_out(self, asked: int, work: Callable[[], _Found], then: Callable[[], None] | None) -> None:
        if not self.listed.entries:
            self.listed.empty_text = "looking…"
            self.listed.refresh()
        found = await asyncio.to_thread(work)
        if asked == self._asked and self.is_attached:
            self._show(found, then)

    def _show(self, found: _Found, then: Callable[[], None] | None) -> None:
        self.problems = found.problems
        self.listed.empty_text = (
            "Nothing found: no rule reports anything in this fleet. Esc goes back."
            if not self.problems
            else f"Nothing here with {_SHOWN[self.least]}; s shows more."
        )
        self.listed.show(found.entries, self.listed.cursor)
        self.refresh_bindings()
        # Once the screen knows how wide it is.
        self.call_after_refresh(self._show_header, found.shown)
        if then is not None:
            then()

    def _show_header(self, shown: int) -> None:
        found = counts(self.problems)
        left: list[Span] = [("Problems", "title")]
        kinds: tuple[tuple[Severity, str], ...] = (("error", "invalid"), ("warning", "edited"), ("info", "quiet"))
        for severity, style in kinds:
            if found[severity]:
                noun = str(severity) if severity == "info" else plural(found[severity], severity).partition(" ")[2]
                left += [("  ", ""), (f"{found[severity]} {noun}", style)]
        some = shown < len(self.problems) and not self.has_class("-narrow")
        hidden = f", {len(self.problems) - shown} hidden" if some else ""
        self.query_one("#header", Bar).show(left, [(f"by {self.by} · {_SHOWN[self.least]}{hidden}", "quiet")])

    @on(LineList.Moved)
    def _moved(self) -> None:
        here = self.listed.here
        problem = here if isinstance(here, Problem) else None
        group = here if isinstance(here, Group) else None
        self.detail.show(partial(detail_lines, problem, group))
        if self.listed.cursor != self._said_at:
            self.hint()
        if self._fixable != self._offered:
            self._offered = self._fixable
            self.refresh_bindings()

    def hint(self) -> None:
        """Tell the usual keys."""
        fixes = "f fixes this one · F fixes all of this rule" if self._fixable else "there is no automatic fix for this"
        self.say(f"Enter goes to the cell · {fixes}" if self.listed.entries else "", "quiet")

    def say(self, text: str, style: str = "") -> None:
        """Say something until the cursor goes to another line."""
        self._said_at = self.listed.cursor
        super().say(text, style)

    # Looking

    def action_group(self) -> None:
        """Group by the other of the two."""
        here = self.problem
        self.by = "deployment" if self.by == "rule" else "rule"

        def go_back() -> None:
            for index, entry in enumerate(self.listed.entries):
                if isinstance(entry.key, Problem) and entry.key == here:
                    self.listed.cursor = index

        self.refresh_list(go_back)

    def action_severity(self) -> None:
        """Show other severities."""
        self.least = _NEXT[self.least]
        self.refresh_list()

    @property
    def problem(self) -> Problem | None:
        """The problem under the cursor; on a heading, the first beneath it."""
        here = self.listed.here
        return here.problems[0] if isinstance(here, Group) else here

    @on(LineList.Chosen)
    def action_go(self) -> None:
        """Go to the row and column of the problem."""
        problem = self.problem
        if problem is not None:
            self.dismiss((problem.deployment, problem.finding.field))

    def action_back(self) -> None:
        """Stop fixes that take long; else go back, change nothing more."""
        if not self.jobs.stop():
            super().action_back()

    @on(jobs.Drifted)
    def _judged(self, event: jobs.Drifted) -> None:
        self.ahead = event.ahead
        self.refresh_list()

    @on(jobs.Undone)
    def _undone(self, event: jobs.Undone) -> None:
        self.values_changed()
        self.say(event.sentence, "edited" if event.words else "")

    def values_changed(self) -> None:
        """Show the problems as they are now, and judge again what is pending."""
        self.refresh_list()
        self.jobs.drift(self)
