"""Acting on drift: setting it right, adopting, accepting, editing by hand; each of these can be undone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

from textual.message import Message

from rea_xcom_tui.text import clean, plural
from rea_xcom_tui.tui.background import jobs
from rea_xcom_tui.tui.background.parts import Part, takes
from rea_xcom_tui.tui.drift import jobs as drift_jobs
from rea_xcom_tui.tui.drift import lines
from rea_xcom_tui.tui.drift.comparing import Comparing
from rea_xcom_tui.tui.drift.forms import Accept, IgnoreForm
from rea_xcom_tui.tui.drift.view import DriftView
from rea_xcom_tui.tui.kit.dialogs import STAY, Choice, Failure, Question

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.workspace import Workspace
    from rea_xcom_tui.xcom.drift import Deviation


@dataclass(eq=False, repr=False)
class Acting(Part[DriftView]):
    """Does something about what is chosen."""

    comparing: Comparing
    _counted: Callable[[int], None] | None = None
    """What waits for the number of statements that a first baseline would hold."""

    def _chosen_or_say(self) -> Sequence[Deviation]:
        chosen = self.home.chosen
        if self.comparing.found is None:
            self.say("Nothing has been compared yet.")
        elif not chosen:
            self.say("Nothing differs here." if self.home.in_matrix else "Nothing differs, so there is nothing to do.")
        return chosen

    # Setting right

    def action_set_right(self) -> None:
        """Make what is expected pending, for all that is chosen, as one step."""
        chosen = self._chosen_or_say()
        if not chosen:
            return

        def work(workspace: Workspace) -> Message:
            from rea_xcom_tui.fleet.actions.repair import set_all_right

            if workspace.read_only is not None:
                return jobs.Failed("fix it", f"Nothing can be changed: {workspace.read_only}.")
            return jobs.Edited(*set_all_right(workspace, chosen))

        self.jobs.run(self.home, "fix it", work)

    @takes(jobs.Edited)
    def _edited(self, event: jobs.Edited) -> None:
        if event.step is not None:
            self.say(f"~ {clean(event.step.title)} · d diff, w write, c commit, u undo", "edited")
            self.comparing.compare()
        elif not event.refusals:
            self.say("No change: it is already pending.")
        if event.refusals:
            verb = f"change {plural(len(event.refusals), 'deployment')}"
            text = "\n".join(f"{refusal.deployment}: {refusal.reason}" for refusal in event.refusals)
            done = "The others are done; these are unchanged:" if event.step else "They are unchanged:"
            self.app.push_screen(Failure(verb, done, text))

    @takes(jobs.Undone)
    def _undone(self, event: jobs.Undone) -> None:
        self.say(event.sentence, "edited" if event.words else "")
        if event.words is not None:
            self.comparing.compare()

    # The baseline file

    def action_adopt(self) -> None:
        """Accept what is chosen, and nothing else; pending like any edit."""
        if chosen := self._chosen_or_say():
            self.jobs.run(self.home, "adopt it", drift_jobs.adopting(chosen))

    def action_widen(self) -> None:
        """Allow what is chosen for the whole group of each deployment; pending like any edit."""
        if chosen := self._chosen_or_say():
            group = ", ".join(dict.fromkeys(one.group or "the whole fleet" for one in chosen))
            self._ask_first(
                f"Allow this for all of {group}?",
                "Others of the group that change to this value later no longer count as drift.",
                partial(drift_jobs.adopting, chosen, group=True),
            )

    def _ask_first(self, title: str, consequence: str, job: Callable[[], Callable[[Workspace], Message]]) -> None:
        """Ask before the baseline says more than about single deployments; with the number of statements of a first."""

        def ask(count: int) -> None:
            first = (
                f" No baseline is declared yet: this writes the first one, {plural(count, 'statement')}."
                if count
                else ""
            )
            question = Question(title, consequence + first, [Choice("y", "y", "do it", "do"), STAY])
            self.app.push_screen(question, answered)

        def answered(answer: str | None) -> None:
            if answer:
                self._to_baseline()
                self.jobs.run(self.home, "write the baseline", job())

        self._counted = ask
        self.jobs.run(self.home, "count what the baseline would say", drift_jobs.counting_first)

    @takes(drift_jobs.FirstCounted)
    def _first_counted(self, event: drift_jobs.FirstCounted) -> None:
        if self._counted is not None:
            self._counted(event.count)
            self._counted = None

    def action_adopt_all(self) -> None:
        """Make everything that differs right in the baseline; the whole fleet, where none is declared."""
        if self.comparing.found is None:
            return
        everything = self.comparing.report.deviations
        if not everything and self.comparing.found.declared:
            self.say("Nothing differs, so there is nothing to adopt.")
            return
        if self.comparing.found.declared:
            self.jobs.run(self.home, "adopt it", drift_jobs.adopting(everything))
        else:
            self._ask_first(
                "Record the whole fleet as its baseline?",
                "Everything as it is now becomes the expected state.",
                partial(drift_jobs.adopting, everything, whole=True),
            )

    def _to_baseline(self) -> None:
        """Compare with what the repo declares from now on, where it was its majority."""
        if self.comparing.against == "majority":
            self.comparing.against = None

    def action_ignore(self) -> None:
        """Ask why, by whom and how long; then accept it, pending like any edit."""
        chosen = self._chosen_or_say()
        if not chosen:
            return
        if self.comparing.report.target.kind not in ("majority", "baseline"):
            self.say("What is accepted counts against the majority and the baseline, not in this comparison.")
            return

        def answered(answer: Accept | None) -> None:
            if answer is not None:
                self.jobs.run(self.home, "accept it", drift_jobs.ignoring(chosen, *answer))

        field = chosen[0].field
        where = chosen[0].deployment if len(chosen) == 1 else plural(len(chosen), "deployment")

        def entry(form: IgnoreForm, reason: str, owner: str, day: date | None) -> None:
            self.jobs.run(form, "work out the entry", drift_jobs.entering(chosen, reason, owner, day))

        self.app.push_screen(IgnoreForm(f"{field} {lines.said(chosen[0].kind)} of {where}", entry), answered)

    # Leaving with something to do

    def action_edit(self) -> None:
        """Edit by hand, in the fleet's table."""
        if chosen := self._chosen_or_say():
            self.home.dismiss(("edit", chosen[0].deployment, chosen[0].field))
