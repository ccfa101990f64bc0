"""Pending changes from the screens around the fleet: seen, written and taken back there, and back to where one was."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from textual.screen import Screen

from rea_xcom_tui.tui.background.parts import Composed
from rea_xcom_tui.tui.changes.foreseen import NOTHING, Writing

if TYPE_CHECKING:
    from rea_xcom_tui.tui.changes.diff_screen import DiffScreen


class Around(Writing):
    """Reaches pending changes from a screen over the fleet as from the fleet itself.

    Whatever is asked is asked over that screen, and Esc leads back to it; only what is written or committed goes on in
    the fleet, which says how it ends.
    """

    def __init__(self, home: Composed[Any], leave: Callable[[], object], changed: Callable[[], object]) -> None:
        """`leave` goes back to the fleet; `changed` shows values that another screen may have changed."""
        super().__init__(home, self._leave_to_fleet, self.action_diff)
        self.leave, self.changed = leave, changed

    def _leave_to_fleet(self, verb: str) -> None:
        fleet: Screen[Any] = next(one for one in self.app.screen_stack if hasattr(one, "action_carry_out"))
        self.leave()
        fleet.call_after_refresh(fleet.run_action, f"carry_out('{verb}')")

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
            self.go_on(verb)
        else:
            self.changed()
            if diff.told:
                self.say(diff.told, "edited")

    def action_commit(self) -> None:
        """Go on to the commit."""
        if not len(self.jobs.pending):
            self.say(NOTHING)
        else:
            self.go_on("commit")
