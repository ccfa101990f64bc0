"""Pending changes from the screens around the fleet: seen, written, committed there, and back to where one was."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from rea_xcom_tui.tui.background import jobs
from rea_xcom_tui.tui.background.parts import Composed, takes
from rea_xcom_tui.tui.changes.conflicts_screen import Resolved, ask
from rea_xcom_tui.tui.changes.foreseen import NOTHING, Writing, write_files, written_words

if TYPE_CHECKING:
    from rea_xcom_tui.tui.changes.diff_screen import DiffScreen


class Around(Writing):
    """Reaches pending changes from a screen over the fleet as from the fleet itself.

    Whatever is asked is asked over that screen, a write leaves one there, and Esc leads back to it; only after a
    commit does one go on in the fleet, which says what has been made and where the keys are that go on from it.
    """

    def __init__(self, home: Composed[Any], leave: Callable[[], object], changed: Callable[[], object]) -> None:
        """`leave` goes back to the fleet; `changed` shows values that another screen may have changed."""
        super().__init__(home, self._go_on, self.action_diff)
        self.leave, self.changed = leave, changed

    @property
    def _fleet(self) -> Any:
        return next(one for one in self.app.screen_stack if hasattr(one, "action_carry_out"))

    def _go_on(self, verb: str, back: Callable[[], object] | None = None) -> None:
        if verb == "commit":
            self._fleet.action_commit(self.say, partial(self._after_commit, back or self.changed))
        else:
            write_files(self.jobs, self.home, rest=verb == "write_rest")

    def _after_commit(self, back: Callable[[], object], made: bool) -> None:
        if made:
            self.leave()
        else:
            back()

    @takes(jobs.Written)
    def _written(self, event: jobs.Written) -> None:
        self._fleet.post_message(jobs.Written(event.plan, event.now))
        self.changed()
        self.say(written_words(event.plan), "good")

    @takes(jobs.Conflicted)
    def _conflicted(self, event: jobs.Conflicted) -> None:
        ask(self.home, self.jobs, event.conflicts)

    @takes(Resolved)
    def _resolved(self, event: Resolved) -> None:
        self.changed()
        self.say(f"Changed underneath: {event.words}.", "edited")

    @takes(jobs.Working)
    def _working(self, event: jobs.Working) -> None:
        self.say(event.words, "edited")

    @takes(jobs.Stopped)
    def _stopped(self, event: jobs.Stopped) -> None:
        self.say(event.words, "edited")

    def action_diff(self) -> None:
        """Show what is pending, over this screen."""
        from rea_xcom_tui.tui.changes.diff_screen import DiffScreen

        if not len(self.jobs.pending):
            self.say(NOTHING)
        else:
            diff = DiffScreen(self.jobs)
            self.app.push_screen(diff, partial(self._after_diff, diff))

    def _after_diff(self, diff: DiffScreen, verb: str | None) -> None:
        if verb:
            self._go_on(verb, self._diff_again)
            return
        self.changed()
        if diff.told:
            self.say(diff.told, "edited")

    def _diff_again(self) -> None:
        if len(self.jobs.pending):
            self.action_diff()
        else:
            self.changed()

    def action_commit(self) -> None:
        """Go to the commit, over this screen."""
        self._go_on("commit")
