"""Undo and redo: of what is pending, then of what was committed or written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rea_xcom_tui.tui.background import jobs
from rea_xcom_tui.tui.background.parts import takes
from rea_xcom_tui.tui.home.part import FleetPart
from rea_xcom_tui.tui.home.restore_actions import FleetRestore
from rea_xcom_tui.tui.kit.dialogs import STAY, Choice, Question

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.workspace import Workspace
    from rea_xcom_tui.fleet.write.putting import Progress


@dataclass(eq=False, repr=False)
class FleetUndo(FleetPart):
    """Takes the newest step back, whether it is pending, written or committed, and does it again."""

    restoring: FleetRestore

    # Undo

    def action_undo(self) -> None:
        """Undo the newest step."""

        def work(workspace: Workspace) -> jobs.Undone:
            from rea_xcom_tui.fleet.actions.undo import as_one, newest_committed, newest_write

            words = workspace.undo()
            committed = newest_committed(workspace) if words is None else {}
            write = "" if words is not None or committed else newest_write(workspace)
            return jobs.Undone("undo", words, as_one(workspace, committed), write)

        self.jobs.run(self.home, "undo", work)

    def action_redo(self) -> None:
        """Do again what was undone."""
        self.jobs.run(self.home, "redo", lambda workspace: jobs.Undone("redo", workspace.redo()))

    @takes(jobs.Undone)
    def _undone(self, event: jobs.Undone) -> None:
        self.home.values_changed()
        if event.words is not None:
            self.say(event.sentence, "edited")
        elif (event.committed is not None or event.write) and self.home.may_change() is None:
            return  # it has said why
        elif event.committed is not None:
            question = Question(
                "Make the reverse of the newest commit pending?",
                f"{event.committed.sentence()}.\nIts old values become pending edits; w writes them, c commits them.",
                [STAY, Choice("t", "t", "make its reverse pending", event.committed.commit)],
            )
            self.app.push_screen(question, self._reverse_answer)
        elif event.verb == "undo" and not event.write:
            self.say("There is nothing to undo: nothing is pending, and no write is left to undo.")
        elif event.verb == "undo":
            question = Question(
                "Undo the newest write to the files?",
                f"{event.write} is the newest write, and there is no newer edit to undo. This restores the files, "
                "if they have not changed since.",
                [STAY, Choice("t", "t", "undo the write", "take")],
            )
            self.app.push_screen(question, self._undo_write_answer)
        else:
            self.say(event.sentence)

    def _reverse_answer(self, commit: str | None) -> None:
        def work(workspace: Workspace, progress: Progress) -> jobs.Edited:
            from rea_xcom_tui.fleet.actions.undo import reverse

            return jobs.Edited(*reverse(workspace, str(commit), progress))

        if commit:
            self.say("Working out the reverse…", "edited")
            self.jobs.run_long(self.home, "take the commit back", work)

    def _undo_write_answer(self, answer: str | None) -> None:
        if answer:
            self.restoring.restore("take the write back", lambda workspace, progress: workspace.undo_write(progress))
