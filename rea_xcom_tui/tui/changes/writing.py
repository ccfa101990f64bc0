"""Writing and taking back what is pending, the same from every screen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rea_xcom_tui.tui.background import jobs
from rea_xcom_tui.tui.background.parts import Composed, Part, takes
from rea_xcom_tui.tui.changes.foreseen import Foreseen, nothing_to_write, write_question


class Writing(Part[Composed[Any]]):
    """`w` writes what is pending, after the same question everywhere."""

    def __init__(
        self,
        home: Composed[Any],
        go_on: Callable[[str], object],
        show_diff: Callable[[], object],
        allowed: Callable[[], bool] = lambda: True,
    ) -> None:
        """`go_on` does what was asked for and answered: `write`, `write_rest` (what can be made) or `commit`."""
        super().__init__(home)
        self.go_on = go_on
        self.show_diff = show_diff
        self.allowed = allowed

    def action_write(self) -> None:
        """Work out what a write would do, then ask."""
        if len(self.jobs.pending) and not self.allowed():
            return
        if why_not := nothing_to_write(self.jobs.pending):
            self.say(why_not)
        else:
            self.jobs.run(self.home, "work out what a write would do", Foreseen)

    @takes(Foreseen)
    def _foreseen(self, event: Foreseen) -> None:
        if event.conflicts:
            self.go_on("write")
        else:
            self.app.push_screen(write_question(event), self._answered)

    def _answered(self, answer: str | None) -> None:
        if answer == "diff":
            self.show_diff()
        elif answer:
            self.go_on("write_rest" if answer == "rest" else answer)


class Undoing(Part[Composed[Any]]):
    """Takes back what is pending, and does it again; both end in `Undone`."""

    def action_undo(self) -> None:
        """Undo the newest step."""
        self.jobs.run(self.home, "undo", lambda workspace: jobs.Undone("undo", workspace.undo()))

    def action_redo(self) -> None:
        """Do again what was undone."""
        self.jobs.run(self.home, "redo", lambda workspace: jobs.Undone("redo", workspace.redo()))
