"""Taking writes back, and what is left of one that was cut off."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from rea_xcom_tui.text import clean
from rea_xcom_tui.tui.background import jobs
from rea_xcom_tui.tui.background.parts import takes
from rea_xcom_tui.tui.home.part import FleetPart
from rea_xcom_tui.tui.kit.dialogs import Choice, Question

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.workspace import Workspace
    from rea_xcom_tui.fleet.write.putting import Progress


class FleetRestore(FleetPart):
    """Puts files back as they were, and asks about a write that was cut off."""

    def restore(self, verb: str, action: Callable[[Workspace, Progress], str]) -> None:
        """Change files back, or to the end, by `action`, which says what it did; then show the fleet as it is."""

        def work(workspace: Workspace, progress: Progress) -> jobs.Restored:
            words = action(workspace, progress)
            workspace.scan()
            return jobs.Restored(words, jobs.scanned(workspace))

        self.jobs.run_long(self.home, verb, work)

    @takes(jobs.Restored)
    def _restored(self, event: jobs.Restored) -> None:
        self.home.take(event.now)
        self.say(clean(event.words), "good")

    # After a crash

    @takes(jobs.Opened)
    def _look_for_crash(self) -> None:
        self.jobs.run(self.home, "look for a write that was cut off", jobs.after_crash)

    @takes(jobs.CutOff)
    def _cut_off(self, event: jobs.CutOff) -> None:
        if event.mended:
            self.say(clean(event.mended), "good")
        if event.title and self.shown.read_only:
            how = "start again without read-only to finish it or take it back"
            self.say(f"An earlier write was cut off, '{clean(event.title)}': {how}.", "invalid")
        elif event.title:
            question = Question(
                "An earlier write was cut off. Finish it, or take it back?",
                f"{event.title}\nUntil one of the two is done, nothing else is written.",
                [
                    Choice("escape", "Esc", "decide later", ""),
                    Choice("f", "f", "finish it", "finish"),
                    Choice("t", "t", "take it back", "take"),
                ],
            )
            self.app.push_screen(question, self._cut_off_answer)

    def _cut_off_answer(self, answer: str | None) -> None:
        if answer == "finish":
            self.restore("finish the write", lambda workspace, how: f"Finished: {workspace.finish_cut_off(how)}")
        elif answer == "take":
            self.restore("take the write back", lambda workspace, progress: workspace.undo_write(progress))
