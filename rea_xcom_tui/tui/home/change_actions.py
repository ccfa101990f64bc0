"""What becomes of the fleet's pending edits: shown, written, committed, or asked about before the app ends."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from rea_xcom_tui.fleet.edit.pending import Pending, changed_by, described
from rea_xcom_tui.text import clean, plural
from rea_xcom_tui.tui.background import jobs
from rea_xcom_tui.tui.background.parts import takes
from rea_xcom_tui.tui.background.repo_jobs import CommitMade
from rea_xcom_tui.tui.changes.foreseen import NOTHING, write_files, written_words
from rea_xcom_tui.tui.home.part import FleetPart
from rea_xcom_tui.tui.home.repo_actions import FleetRepo
from rea_xcom_tui.tui.kit.dialogs import QuitGuard
from rea_xcom_tui.tui.kit.fit import shorten

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.edit.pending import PendingEdit
    from rea_xcom_tui.tui.background.parts import Say
    from rea_xcom_tui.tui.changes.commit_screen import CommitScreen
    from rea_xcom_tui.tui.changes.diff_screen import DiffScreen

_MADE = re.compile(r"\[(\S+)(?: \([^)]*\))? ([0-9a-f]{4,64})\] (.*)")
"""Git's line of what it has made: branch, id and subject."""


@dataclass(eq=False, repr=False)
class FleetChanges(FleetPart):
    """Shows what is pending, writes it, commits it, and asks before it would be lost."""

    repo: FleetRepo
    _leaving: bool = False

    # Writing and committing

    def action_diff(self) -> None:
        """Show what is pending."""
        from rea_xcom_tui.tui.changes.diff_screen import DiffScreen

        if not len(self.shown.pending):
            self.say(NOTHING)
        else:
            diff = DiffScreen(self.jobs)
            self.app.push_screen(diff, partial(self._after_diff, diff))

    def _after_diff(self, diff: DiffScreen, verb: str | None) -> None:
        self.home.values_changed()
        if verb == "commit":
            self.action_commit(after=self._diff_again)
        elif verb:
            self.action_carry_out(verb)
        elif diff.told:
            self.say(diff.told, "edited")

    def _diff_again(self, made: bool) -> None:
        """Esc at the commit leads back to the diff that one came from."""
        if not made and len(self.shown.pending):
            self.action_diff()

    def action_carry_out(self, verb: str) -> None:
        """Do what was asked for and answered in another screen: write, or go on to the commit."""
        if verb in ("write", "write_rest"):
            self.write(rest=verb == "write_rest")
        elif verb == "commit":
            self.action_commit()

    def write(self, *, rest: bool = False) -> None:
        """Write what is pending; with `rest`, what of it can be made."""
        write_files(self.jobs, self.home, rest=rest)

    @takes(jobs.Conflicted)
    @takes(jobs.Stopped)
    def _stay(self) -> None:
        self._leaving = False

    @takes(jobs.Written)
    def _written(self, event: jobs.Written) -> None:
        if self._leaving:
            self.app.exit(0)
            return
        self.shown.written = True
        self.home.take(event.now)
        self._marks_used(event.plan.edits)
        self.say(written_words(event.plan), "good")

    def _marks_used(self, edits: Iterable[PendingEdit]) -> None:
        """Clear the marks once what was written or committed has changed a marked deployment."""
        if self.table.marks.ids.intersection(changed_by(edits)):
            self.table.marks.clear()
            self.table.marks_changed()

    def action_commit(self, say: Say | None = None, after: Callable[[bool], object] = lambda made: None) -> None:
        """Go to the commit; `say` tells why there is none, and `after` is told whether one was made."""
        from rea_xcom_tui.tui.changes.commit_screen import CommitScreen

        say = say or self.say
        if self.home.may_change(say=say) is None or self.workspace is None:
            return
        if not self.shown.pending.chosen and not self.workspace.to_commit():
            left_out = plural(self.shown.pending.held, "pending edit")
            why = (
                f"{left_out} left out; d shows them" if self.shown.pending.held else "nothing is pending or uncommitted"
            )
            say(f"There is nothing to commit: {why}.")
        else:
            screen = CommitScreen(self.jobs)
            self.app.push_screen(screen, partial(self._after_commit, screen, after))

    def _after_commit(self, screen: CommitScreen, after: Callable[[bool], object], done: jobs.Committed | None) -> None:
        after(done is not None)
        if done is None:
            self.home.show_changed()
        else:
            self.shown.written = False
            self.home.take(done.now)
            self._marks_used(screen.ready.edits if screen.ready is not None else ())
            from rea_xcom_tui.fleet.write.commit import in_short

            made, hook = in_short(done.output)
            parts = _MADE.match(made)
            pushes = "P pushes" if not isinstance(done, CommitMade) or done.has_remote else ""
            then = "".join(f" · {words}" for words in (clean(hook) or pushes, "u takes it back") if words)
            told = f"Committed: {clean(made)}"
            if parts:
                head = f"Committed {parts[2][:8]} to "
                told = head + shorten(
                    clean(parts[1]), max(12, self.home.size.width - len(head) - len(then) - 4), "middle"
                )
            self.say(told + then, "edited" if hook else "good")
            if isinstance(done, CommitMade):
                self.repo.went_on(done)

    @takes(jobs.Failed)
    def _failed(self, event: jobs.Failed) -> None:
        self._leaving = False
        if not self.shown.ready:
            self.home.give_up(event.reason)
            return
        self.home.show_changed()
        self.home.fail(event)

    # Leaving

    def action_leave(self) -> None:
        """Quit, with a question only when pending edits would be lost."""
        pending: Pending = self.shown.pending
        if not len(pending):
            self.app.exit(0)
        else:
            self.app.push_screen(QuitGuard(described(pending.edits), pending.held), partial(self._leave_answer))

    def _leave_answer(self, answer: str | None) -> None:
        if answer == "discard":
            self.app.exit(0)
        elif answer == "write":
            self._leaving = True
            self.write()
