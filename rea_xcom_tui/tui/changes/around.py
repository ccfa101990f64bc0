"""Pending changes from the screens around the fleet: seen, written and taken back there, and back to where one was."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.screen import Screen

from rea_xcom_tui.tui.background import jobs
from rea_xcom_tui.tui.changes.foreseen import NOTHING, Writes
from rea_xcom_tui.tui.kit.styled_lines import Bar

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.edit.pending import Pending


class Around(Writes):
    """A screen over the fleet from which pending changes are reached as from the fleet itself.

    Whatever is asked is asked over this screen, and Esc leads back to it; only what is written or committed goes on
    in the fleet, which tells how it ends.
    """

    def say(self, text: str, style: str = "") -> None:
        """Say something on the status line."""
        self.query_one("#status", Bar).show([(text, style)])

    def pending_now(self) -> Pending | None:
        """The pending edits; None before the repo is open."""
        return getattr(self._home(), "pending", None)

    def _home(self) -> Screen[Any]:
        return next(screen for screen in self.app.screen_stack if hasattr(screen, "action_carry_out"))

    def action_diff(self) -> None:
        """Show what is pending, over this screen."""
        from rea_xcom_tui.tui.changes.diff_screen import DiffScreen

        pending = self.pending_now()
        if pending is None or not len(pending):
            self.say(NOTHING)
        else:
            self.app.push_screen(DiffScreen(self.jobs), self._after_diff)

    def _after_diff(self, verb: str | None) -> None:
        if verb:
            self.go_on(verb)
        else:
            self.values_changed()

    def go_on(self, verb: str) -> None:
        """Leave it to the fleet, which tells how it ends."""
        home = self._home()
        self.leave()
        home.call_after_refresh(home.run_action, f"carry_out('{verb}')")

    def action_commit(self) -> None:
        """Go on to the commit."""
        pending = self.pending_now()
        if pending is None or not len(pending):
            self.say(NOTHING)
        else:
            self.go_on("commit")

    def leave(self) -> None:
        """Go back to the fleet."""
        self.dismiss(None)

    def values_changed(self) -> None:
        """Show the values as they are now."""

    def action_undo(self) -> None:
        """Undo the newest step."""
        self.jobs.run(self, "undo", lambda workspace: jobs.Undone("undo", workspace.undo()))

    def action_redo(self) -> None:
        """Do again what was undone."""
        self.jobs.run(self, "redo", lambda workspace: jobs.Undone("redo", workspace.redo()))
