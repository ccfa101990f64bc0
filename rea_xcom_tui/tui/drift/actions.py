"""Acting on drift: setting it right, adopting, accepting, editing by hand; each of these can be undone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

from textual import on
from textual.message import Message

from rea_xcom_tui.text import clean, plural
from rea_xcom_tui.tui.background import jobs
from rea_xcom_tui.tui.changes.around import Around
from rea_xcom_tui.tui.changes.writing import Undoing
from rea_xcom_tui.tui.drift import jobs as drift_jobs
from rea_xcom_tui.tui.drift import lines as lines
from rea_xcom_tui.tui.drift.forms import Accept, AgainstForm, Choices, IgnoreForm, NotesForm, SpreadForm
from rea_xcom_tui.tui.drift.screen import DriftView
from rea_xcom_tui.tui.kit.dialogs import STAY, Choice, Failure, Question
from rea_xcom_tui.tui.kit.styled_lines import Bar

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.workspace import Workspace
    from rea_xcom_tui.xcom.drift import Deviation


class DriftScreen(DriftView):
    """The drift screen. Dismisses with what the fleet is to do next."""

    def __init__(self, work: jobs.Jobs, here: str | None) -> None:
        super().__init__(work, here)
        self.parts = (Around(self, lambda: self.dismiss(("", "", "")), self.compare), Undoing(self))

    _counted: Callable[[int], None] | None = None
    """What waits for the number of statements that a first baseline would hold."""

    # What is acted on

    @property
    def chosen(self) -> Sequence[Deviation]:
        """What differs where the cursor is: a cause with all its members, one member, or one cell of the matrix."""
        if self.in_matrix:
            return [self.cell] if self.cell is not None else []
        cause = self.cause
        if cause is None:
            return []
        if self.members.has_focus:
            return cause.members[self.members.cursor : self.members.cursor + 1]
        return cause.members

    def _chosen_or_say(self) -> Sequence[Deviation]:
        chosen = self.chosen
        if self.found is None:
            self.say("Nothing has been compared yet.")
        elif not chosen:
            self.say("Nothing differs here." if self.in_matrix else "Nothing differs, so there is nothing to do.")
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

        self.jobs.run(self, "fix it", work)

    @on(jobs.Edited)
    def _edited(self, event: jobs.Edited) -> None:
        if event.step is not None:
            self.say(f"~ {clean(event.step.title)} · d diff, w write, c commit, u undo", "edited")
            self.compare()
        elif not event.refusals:
            self.say("No change: it is already pending.")
        if event.refusals:
            verb = f"change {plural(len(event.refusals), 'deployment')}"
            text = "\n".join(f"{refusal.deployment}: {refusal.reason}" for refusal in event.refusals)
            done = "The others are done; these are unchanged:" if event.step else "They are unchanged:"
            self.app.push_screen(Failure(verb, done, text))

    @on(jobs.Undone)
    def _undone(self, event: jobs.Undone) -> None:
        self.say(event.sentence, "edited" if event.words else "")
        if event.words is not None:
            self.compare()

    # The baseline file

    def action_adopt(self) -> None:
        """Accept what is chosen, and nothing else; pending like any edit."""
        if chosen := self._chosen_or_say():
            self.jobs.run(self, "adopt it", drift_jobs.adopting(chosen))

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
                self.jobs.run(self, "write the baseline", job())

        self._counted = ask
        self.jobs.run(self, "count what the baseline would say", drift_jobs.counting_first)

    @on(drift_jobs.FirstCounted)
    def _first_counted(self, event: drift_jobs.FirstCounted) -> None:
        if self._counted is not None:
            self._counted(event.count)
            self._counted = None

    def action_adopt_all(self) -> None:
        """Make everything that differs right in the baseline; the whole fleet, where none is declared."""
        if self.found is None:
            return
        everything = self.report.deviations
        if not everything and self.found.declared:
            self.say("Nothing differs, so there is nothing to adopt.")
            return
        if self.found.declared:
            self.jobs.run(self, "adopt it", drift_jobs.adopting(everything))
        else:
            self._ask_first(
                "Record the whole fleet as its baseline?",
                "Everything as it is now becomes the expected state.",
                partial(drift_jobs.adopting, everything, whole=True),
            )

    def _to_baseline(self) -> None:
        """Compare with what the repo declares from now on, where it was its majority."""
        if self.against == "majority":
            self.against = None

    def action_ignore(self) -> None:
        """Ask why, by whom and how long; then accept it, pending like any edit."""
        chosen = self._chosen_or_say()
        if not chosen:
            return
        if self.report.target.kind not in ("majority", "baseline"):
            self.say("What is accepted counts against the majority and the baseline, not in this comparison.")
            return

        def answered(answer: Accept | None) -> None:
            if answer is not None:
                self.jobs.run(self, "accept it", drift_jobs.ignoring(chosen, *answer))

        field = chosen[0].field
        where = chosen[0].deployment if len(chosen) == 1 else plural(len(chosen), "deployment")

        def entry(form: IgnoreForm, reason: str, owner: str, day: date | None) -> None:
            self.jobs.run(form, "work out the entry", drift_jobs.entering(chosen, reason, owner, day))

        self.app.push_screen(IgnoreForm(f"{field} {lines.said(chosen[0].kind)} of {where}", entry), answered)

    @on(jobs.Failed)
    def _failed(self, event: jobs.Failed) -> None:
        self._foretelling = False
        if event.verb == "compare the fleet":
            # What was asked for cannot be compared with: what was there before stays.
            self.against = self.found.report.against if self.found is not None else None
            if self.found is None:
                self.causes.empty_text = "Nothing could be compared. Fix that, then come back here."
                self.causes.refresh()
                self.query_one("#header", Bar).show([("Drift", "title")], [("not compared", "invalid")])
        self.app.push_screen(Failure(event.verb, event.reason, event.output))

    # What it is compared with, and what else there is to know

    def action_against(self) -> None:
        """Ask for the branches and tags, then choose what to compare with."""
        if self.found is not None:
            self.jobs.look(self, "list branches and tags", self.jobs.comparisons.snapshot, drift_jobs.listing_refs)

    @on(drift_jobs.RefsListed)
    def _refs_listed(self, event: drift_jobs.RefsListed) -> None:
        if self.found is None or not self.is_current:
            return

        def answered(against: str | None) -> None:
            if against is not None:
                self.against = against
                self.compare()

        deployment = self.found.fleet.by_id.get(self.here) if self.here else None
        here = (deployment.id, deployment.name) if deployment else None
        choices = Choices(self.report.against, self.found.declared, here, event.refs, event.cluster)
        self.app.push_screen(AgainstForm(choices), answered)

    def action_notes(self) -> None:
        """Show what could not be told, and what is accepted."""
        if self.found is None:
            return
        from rea_xcom_tui.reports.drift import accepted

        notes = [notice.text for notice in self.report.notices]
        notes += [f"accepted: {line}" for line in accepted(self.report)]
        if notes:
            self.app.push_screen(NotesForm(notes))
        else:
            self.say("There are no notes.")

    def action_spread(self) -> None:
        """Show how every field spreads over the groups."""
        if self.found is not None:
            self.app.push_screen(SpreadForm(self.spreads))

    # Leaving with something to do

    def action_edit(self) -> None:
        """Edit by hand, in the fleet's table."""
        if chosen := self._chosen_or_say():
            self.dismiss(("edit", chosen[0].deployment, chosen[0].field))
