"""Probes side by side: what would be written, the question, the steps, and what came of each."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import on, work
from textual.binding import BindingType

from rea_xcom_tui.fleet.probe.outcome import Outcome
from rea_xcom_tui.fleet.probe.places import Candidate, Where, candidates, with_places
from rea_xcom_tui.fleet.probe.run import Probes
from rea_xcom_tui.fleet.probe.runners import Place as Somewhere
from rea_xcom_tui.fleet.probe.settings import Settings
from rea_xcom_tui.reports.probing import text as as_text
from rea_xcom_tui.text import clean, plural
from rea_xcom_tui.tui.background import jobs
from rea_xcom_tui.tui.background.list_screen import ListScreen
from rea_xcom_tui.tui.keys.bindings import bindings_of
from rea_xcom_tui.tui.keys.commands import Place
from rea_xcom_tui.tui.kit.dialogs import STAY, Choice, Question
from rea_xcom_tui.tui.kit.fit import harmless
from rea_xcom_tui.tui.kit.line_list import Entry, LineList
from rea_xcom_tui.tui.kit.messages import Message
from rea_xcom_tui.tui.kit.styled_lines import Bar
from rea_xcom_tui.tui.probe.lines import Trial, head_line, tally, trial_details, trial_line

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.workspace import Workspace

STEP_SECONDS = 30.0
"""The limit of time for each step, as the command has it."""


class Prepared(Message):
    """What would be tried, and where."""

    found: Sequence[Candidate]


class Stepped(Message):
    """A probe has begun a step."""

    deployment: str
    step: str


class Tried(Message):
    """A probe has ended."""

    outcome: Outcome


class AllTried(Message):
    """Every probe has ended and has cleaned up."""


class ProbeScreen(ListScreen[Trial, None]):
    """Tries deployments in one place. Leaving it while probes run stops them, and waits until they have cleaned up."""

    PLACES: ClassVar[tuple[Place, ...]] = ("probe", "list")
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("probe")

    def __init__(self, work: jobs.Jobs, ids: Sequence[str], where: Where) -> None:
        super().__init__(work)
        self.ids = ids
        self.where = where
        self.trials: list[Trial] = []
        self.probes: Probes | None = None
        """What runs now."""
        self._leaving = False

    def on_mount(self) -> None:
        """Find out what would be tried; ask then."""
        self.listed.empty_text = "Working out what would be tried…"
        self._show_header()
        self._prepare()

    def _prepare(self) -> None:
        ids, where = self.ids, self.where

        def take(workspace: Workspace) -> list[Candidate]:
            return candidates(workspace, ids)

        self.say("Looking for the place…", "edited")
        self.jobs.look(self, "prepare the probe", take, lambda found: Prepared(with_places(found, where)))

    @on(Prepared)
    def _prepared(self, event: Prepared) -> None:
        self.trials = [Trial(candidate) for candidate in event.found]
        self._show_all()
        ready = [trial for trial in self.trials if trial.candidate.place is not None]
        if not ready:
            self.say("None of them can be tried; the reason is beside each.", "invalid")
            return
        self.app.push_screen(self._question(ready), self._answered)

    def _question(self, ready: Sequence[Trial]) -> Question:
        places = [trial.candidate for trial in ready]
        first = places[0]
        assert first.place is not None
        pending = _said_of_pending(places)
        if len(places) == 1:
            title = f"Write, read back and remove {plural(len(_sizes(first)), 'value')} of {first.called}?"
            body = f"below {first.target}\n{first.place.words}" if first.target else f"to no store\n{first.place.words}"
            output = ""
        else:
            title = f"Write, read back and remove values of {plural(len(places), 'deployment')}?"
            body = first.place.words if len({each.place for each in places}) == 1 else f"by {self.where}"
            output = "\n".join(f"{each.called}: {each.target or 'to no store'}" for each in places)
        return Question(title, body + pending, [STAY, Choice("y", "y", "write", "yes")], output=output)

    def _answered(self, answer: str | None) -> None:
        if answer:
            self._start()
        else:
            self.say("Nothing was written. r asks again.")

    def _start(self) -> None:
        chosen = []
        for trial in self.trials:
            if trial.candidate.settings is not None and trial.candidate.place is not None:
                trial.step, trial.outcome = "waits", None
                chosen.append((trial.candidate.settings, trial.candidate.place))

        def tell(settings: Settings, step: str) -> None:
            self.post_message(Stepped(settings.deployment.id, step))

        def done(outcome: Outcome) -> None:
            self.post_message(Tried(outcome))

        self.probes = Probes(STEP_SECONDS, tell, done)
        self._show_all()
        self.say("Esc stops them and removes what they have written.", "edited")
        self._run(self.probes, chosen)

    @work(thread=True, exit_on_error=False)
    def _run(self, probes: Probes, chosen: Sequence[tuple[Settings, Somewhere]]) -> None:
        try:
            probes.run(chosen)
        finally:
            self.post_message(AllTried())

    def _trial(self, deployment: str) -> Trial | None:
        return next((trial for trial in self.trials if trial.candidate.deployment.id == deployment), None)

    @on(Stepped)
    def _stepped(self, event: Stepped) -> None:
        trial = self._trial(event.deployment)
        if trial is not None:
            trial.step = event.step
            self.listed.refresh()

    @on(Tried)
    def _tried(self, event: Tried) -> None:
        trial = self._trial(event.outcome.deployment.id)
        if trial is not None:
            trial.outcome = event.outcome
            self._show_header()
            self.listed.refresh()
            self._moved()

    @on(AllTried)
    def _all_tried(self) -> None:
        self.probes = None
        self._show_header()
        if self._leaving:
            self.dismiss(None)
            return
        against = any(trial.outcome and trial.outcome.contradiction for trial in self.trials)
        if against:
            self.say(
                "A probe contradicts `check` (≠). Please report it: y copies what was seen, without secrets.", "drift"
            )
        else:
            self.say("Done: everything that was written is removed, unless a line says otherwise.", "good")

    # Showing

    def _show_all(self) -> None:
        entries = [Entry(trial, partial(trial_line, trial)) for trial in self.trials]
        self.listed.show(entries, self.listed.cursor, head_line)
        self._show_header()

    def _show_header(self) -> None:
        place = next((t.candidate.place.words for t in self.trials if t.candidate.place), f"by {self.where}")
        right = tally(self.trials) if self.trials else ""
        self.query_one("#header", Bar).show([("Probe", "title"), (f"  {harmless(place)}", "")], [(right, "quiet")])

    @on(LineList.Moved)
    def _moved(self) -> None:
        here = self.listed.here
        self.detail.show(partial(trial_details, here) if here else lambda _: ())

    # Acting

    def action_again(self) -> None:
        """Ask again, with a folder of its own for each."""
        if self.probes is None:
            self._prepare()

    def action_copy(self) -> None:
        """Copy what was seen of the deployment under the cursor."""
        here = self.listed.here
        if here is None or here.outcome is None:
            self.say("There is nothing to copy yet.")
        else:
            self.app.copy_to_clipboard(as_text([here.outcome]))
            self.say(f"Copied what was seen of {clean(here.outcome.name)}.")

    def action_back(self) -> None:
        """Stop what runs, and go back when it has cleaned up."""
        if self.probes is None:
            self.dismiss(None)
        else:
            self._leaving = True
            self.say("Stopping; what was written is being removed…", "edited")
            self.probes.stop()

    def on_unmount(self) -> None:
        """The app may end in the middle: let go, so that every probe cleans up."""
        if self.probes is not None:
            self.probes.stop()


def _said_of_pending(places: Sequence[Candidate]) -> str:
    """That what is tried is not what the files say, where that is so."""
    count = sum(each.settings is not None and each.settings.pending for each in places)
    if not count:
        return ""
    if len(places) == 1:
        return "\nIt is tried as its pending edits will make it; nothing is written to the file."
    if count == 1:
        return "\n1 of them is tried as its pending edits will make it; nothing is written to its file."
    which = "All" if count == len(places) else f"{count} of them"
    return f"\n{which} are tried as their pending edits will make them; nothing is written to their files."


def _sizes(candidate: Candidate) -> Sequence[object]:
    return candidate.settings.sizes if candidate.settings is not None else ()
