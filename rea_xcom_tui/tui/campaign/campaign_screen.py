"""A campaign as a grid: one line for each wave, one sign for each deployment, and what is next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Literal

from textual import on
from textual.binding import BindingType

from rea_xcom_tui.text import plural, utc
from rea_xcom_tui.tui.background import jobs
from rea_xcom_tui.tui.background.list_screen import ListScreen
from rea_xcom_tui.tui.keys.bindings import bindings_of
from rea_xcom_tui.tui.keys.commands import Place
from rea_xcom_tui.tui.kit.dialogs import STAY, Choice, Question
from rea_xcom_tui.tui.kit.fit import harmless, pad, shorten, shorten_change, wrapped_sentences
from rea_xcom_tui.tui.kit.line_list import Entry, LineList
from rea_xcom_tui.tui.kit.messages import Message
from rea_xcom_tui.tui.kit.styled_lines import Bar, Line, Span

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.actions.planfile import PlannedEdit
    from rea_xcom_tui.fleet.campaign.standing import CampaignStatus, Cell, Stand, Standing, WaveStatus
    from rea_xcom_tui.fleet.workspace import Workspace

_STYLES = {
    "planned": "quiet",
    "proposed": "edited",
    "partial": "drift",
    "merged": "good",
    "running": "good",
    "reverted": "invalid",
    "drifted": "drift",
}
_SIGNS: dict[Cell, tuple[str, str]] = {
    "new": ("●", "good"),
    "old": ("○", "quiet"),
    "other": ("◆", "drift"),
    "gone": ("×", "invalid"),
}
_WORDS = {
    "new": "as planned",
    "old": "not changed yet",
    "other": "changed to something else",
    "gone": "no longer there",
}


class Told(Message):
    """Where each wave stands; `text` says what has just been done."""

    found: CampaignStatus
    names: Mapping[str, str]
    text: str = ""


class Started(Message):
    """The edits of a wave are pending."""


class Worded(Message):
    """The text of a wave's pull request."""

    text: str


@dataclass(frozen=True, slots=True)
class Cut:
    """How a plan is to be cut into waves."""

    by: Literal["env", "percent", "canary"]
    steps: tuple[int, ...] = ()
    """Of percentages; empty for the usual ones."""
    canary: str = ""
    """The query of the canaries; empty for one of each cloud."""

    @classmethod
    def of(cls, text: str) -> Cut:
        """What a person has typed: `env`, `percent 10,50,100`, `canary name:a`. Raises `ValueError`."""
        from rea_xcom_tui.fleet.campaign.waves import CUTS, check_steps

        word, _, rest = text.strip().partition(" ")
        by = next((one for one in CUTS if one == word), None)
        if by is None or (by == "env" and rest.strip()):
            raise ValueError("waves are cut by env, by percent 10,50,100 or by canary QUERY")
        return cls(by, check_steps(rest) if by == "percent" and rest.strip() else (), rest if by == "canary" else "")


class CampaignScreen(ListScreen["WaveStatus", None]):
    """The waves of a plan. One that is not cut yet is cut by environment first."""

    PLACES: ClassVar[tuple[Place, ...]] = ("campaign", "list")
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("campaign")

    def __init__(self, work: jobs.Jobs, plan: Path, cut: Cut | None = None) -> None:
        super().__init__(work)
        self.plan = plan
        self.found: CampaignStatus | None = None
        self._names: Mapping[str, str] = {}
        """What the deployments are called."""
        self._first = cut

    def on_mount(self) -> None:
        """Look where the waves stand; where that was asked for, cut them first."""
        if self._first is not None:
            self._cut(self._first)
        else:
            self.action_again()

    def action_again(self) -> None:
        """Check again where each wave stands."""
        self.say("Checking where each wave stands…", "edited")
        self.jobs.run(self, "work out where the waves stand", partial(_told, self.plan))

    @on(Told)
    def _show(self, event: Told) -> None:
        self.found, self._names = event.found, event.names
        found = event.found
        done = sum(one.state in ("merged", "running") for one in found.waves)
        self.query_one("#header", Bar).show(
            [("Campaign  ", "title"), (harmless(self.plan.name), "strong"), (f" on {harmless(found.onto)}", "quiet")],
            [(f"{done} of {plural(len(found.waves), 'wave')} merged", "quiet")],
        )
        self.listed.show([Entry(one, partial(wave_line, one)) for one in found.waves], self._cursor())
        self.say(harmless(event.text or found.advice(by_keys=True)), "good" if event.text else "quiet")
        self._details()

    def _cursor(self) -> int:
        here = self.listed.cursor
        upcoming = self.found.next if self.found is not None else None
        return upcoming.number - 1 if upcoming is not None and here == 0 else here

    def _failed(self, event: jobs.Failed) -> None:
        self.say("", "quiet")
        self.fail(event, leave=self.found is None)

    @on(LineList.Moved)
    def _details(self) -> None:
        from rea_xcom_tui.reports.waves import besides

        here, found = self.listed.here, self.found
        if here is None or found is None:
            self.detail.show(lambda _: ())
        else:
            edits = found.campaign.edits_of(here.wave)
            beside = besides(found.campaign, here.number, here.wave, lambda id_: self._names.get(id_, id_))
            self.detail.show(partial(wave_details, here, edits, self._names, beside=beside))

    # Doing

    @on(LineList.Chosen)
    def action_start(self) -> None:
        """Make the edits of the wave under the cursor pending."""
        self._start(force=False)

    def action_force(self) -> None:
        """The same where a wave ahead is not merged."""
        self._start(force=True)

    def _start(self, *, force: bool) -> None:
        here, found = self.listed.here, self.found
        if here is None or found is None:
            return
        name = here.wave.name

        def work(workspace: Workspace) -> Started:
            from rea_xcom_tui.fleet.campaign.waves import start

            start(workspace, found.campaign, name, found.merged, force=force)
            return Started()

        self.jobs.run(self, f"start wave {here.number}", work)

    @on(Started)
    def _started(self) -> None:
        self.dismiss(None)

    def action_earlier(self) -> None:
        """Move the wave above the one before it."""
        self._move(-1)

    def action_later(self) -> None:
        """Move the wave below the one after it."""
        self._move(1)

    def _move(self, step: int) -> None:
        here, found = self.listed.here, self.found
        if here is None or found is None or not 0 < here.number + step <= len(found.waves):
            return
        names = [wave.name for wave in found.campaign.waves]
        at = here.number - 1
        names[at], names[at + step] = names[at + step], names[at]

        def work(workspace: Workspace) -> Told:
            from rea_xcom_tui.fleet.actions.planfile import save_campaign
            from rea_xcom_tui.fleet.campaign.waves import reordered

            moved = reordered(found.campaign, names)
            save_campaign(workspace, moved.plan, moved.as_data())
            return _told(self.plan, workspace, "The order is kept in the plan's file.")

        self.listed.action_list_move(step)
        self.jobs.run(self, "change the order", work)

    def action_cut(self) -> None:
        """Ask how the plan is to be cut, and cut it again."""
        if self.found is None:
            return
        begun = sum(one.state != "planned" for one in self.found.waves)
        told = (
            f"{plural(begun, 'wave')} {'has' if begun == 1 else 'have'} begun. Their commits will belong to no "
            "wave; what is merged is then judged by the values alone."
            if begun
            else "None of its waves has begun yet."
        )
        choices = [
            STAY,
            Choice("e", "e", "by environment", "env"),
            Choice("p", "p", "10, 50, then 100 %", "percent"),
            Choice("c", "c", "one canary of each cloud, then the rest", "canary"),
        ]
        self.app.push_screen(Question("Cut the plan into other waves?", told, choices), self._chosen_cut)

    def _chosen_cut(self, answer: str | None) -> None:
        if answer:
            self._cut(Cut.of(answer))

    def _cut(self, how: Cut) -> None:
        self.say("Cutting the plan…", "edited")
        self.jobs.run(self, "cut the plan into waves", partial(_cut_anew, self.plan, how))

    def action_copy(self) -> None:
        """Copy the text of the wave's pull request."""
        here, found = self.listed.here, self.found
        if here is None or found is None:
            return
        number, wave = here.number, here.wave

        def work(workspace: Workspace) -> Worded:
            from rea_xcom_tui.reports.waves import pull_request

            return Worded(pull_request(found.campaign, number, wave, workspace.fleet))

        self.jobs.run(self, "write the text of the pull request", work)

    @on(Worded)
    def _worded(self, event: Worded) -> None:
        self.app.copy_to_clipboard(event.text)
        self.say("Copied the text of the pull request.", "good")


def _told(plan: Path, workspace: Workspace, text: str = "") -> Told:
    from rea_xcom_tui.fleet.actions.planfile import read_plan, save_campaign
    from rea_xcom_tui.fleet.campaign.status import status
    from rea_xcom_tui.fleet.campaign.waves import campaign_of, cut

    saved = read_plan(workspace, plan)
    if saved.campaign is None:
        made = cut(workspace.fleet, saved, "env")
        save_campaign(workspace, saved, made.as_data())
        saved, text = read_plan(workspace, plan), "Cut into waves by environment; K and J change their order"
    told = {id_ for edit in saved.edits for id_ in (edit.deployment, *edit.also)}
    names = {id_: workspace.fleet.called(id_) for id_ in told}
    return Told(status(workspace, campaign_of(saved)), names, text)


def _cut_anew(plan: Path, how: Cut, workspace: Workspace) -> Told:
    from rea_xcom_tui.fleet.actions.planfile import read_plan, save_campaign
    from rea_xcom_tui.fleet.campaign.waves import DEFAULT_STEPS, cut
    from rea_xcom_tui.fleet.query import matching

    saved = read_plan(workspace, plan)
    canary = {row.id for row in matching(workspace.fleet, how.canary)} if how.canary else None
    made = cut(workspace.fleet, saved, how.by, steps=how.steps or DEFAULT_STEPS, canary=canary)
    save_campaign(workspace, saved, made.as_data())
    return _told(plan, workspace, f"cut into {plural(len(made.waves), 'wave')}; K and J change their order")


def wave_line(one: WaveStatus, width: int) -> Line:
    """A wave on one line: number, name, state, and a sign for each deployment as far as there is room."""
    head: list[Span] = [
        (f"{one.number:>2}. ", "quiet"),
        (f"{pad(shorten(harmless(one.wave.name), 14, 'end'), 14)} ", "strong"),
        (f"{pad(one.state, 9)} ", _STYLES[one.state]),
    ]
    room = max(4, width - 30)
    count = f" {one.count('new')}/{len(one.stands)}"
    shown = one.stands[: room - len(count)]
    return [*head, *(_sign(stand) for stand in shown), (count, "quiet")]


def _sign(stand: Stand) -> Span:
    if stand.running:
        return "✓", "good"
    sign, style = _SIGNS[stand.cell]
    return sign, "quiet" if stand.removed else style


def _merge(one: WaveStatus | Standing) -> str:
    """The commit by which a wave was merged, whose it is, and of which day."""
    when = utc(one.time)[:10] if one.time is not None else ""
    return f"{one.commit[:8]} {harmless(one.author or '')} {when}" if one.commit is not None else ""


def wave_details(
    one: WaveStatus,
    edits: Sequence[PlannedEdit],
    names: Mapping[str, str],
    width: int,
    *,
    beside: Sequence[str] = (),
) -> list[Line]:
    """A wave in full: its branch and commit, which deployments it changes `beside` its own deployments, what the signs
    mean, then each deployment with what the plan changes, those that are not as planned first.
    """
    from rea_xcom_tui.fleet.campaign.standing import STATES

    lines: list[Line] = [
        [
            (shorten(harmless(one.wave.name), max(8, width // 2), "end"), "title"),
            (f"  {STATES[one.state]}", _STYLES[one.state]),
        ],
        [("branch  ", "quiet"), (shorten(harmless(one.branch or one.wave.branch), width - 8, "middle"), "")],
    ]
    if not one.repos and one.commit is not None:
        lines.append([("merged  ", "quiet"), (shorten(_merge(one), width - 8, "end"), "")])
    for part in one.repos:
        said = f"{harmless(part.repo)}  {part.state} {_merge(part)}".rstrip()
        lines.append([(shorten(said, width, "end"), "quiet")])
    lines += [[(row, "drift")] for row in wrapped_sentences(beside, width)]
    lines += [[], _legend(one)]
    planned: dict[str, list[PlannedEdit]] = {}
    for edit in edits:
        planned.setdefault(edit.deployment, []).append(edit)
    for stand in sorted(one.stands, key=lambda stand: stand.cell == "new"):
        lines += _stand_lines(stand, planned.get(stand.deployment, ()), names, width)
    return lines


def _legend(one: WaveStatus) -> Line:
    """What each sign of this wave means, and how many deployments have it."""
    spans: list[Span] = []
    for cell, (sign, style) in _SIGNS.items():
        if count := one.count(cell):
            spans += [(f"{sign} ", style), (f"{count} {_WORDS[cell]}   ", "quiet")]
    return spans


def _stand_lines(stand: Stand, edits: Sequence[PlannedEdit], names: Mapping[str, str], width: int) -> list[Line]:
    from rea_xcom_tui.reports.changes import worded

    sign, style = _sign(stand)
    name = names.get(stand.deployment, stand.deployment)
    lines: list[Line] = [[(f"{sign} ", style), (shorten(harmless(name), width - 2, "middle"), "strong")]]
    for edit in edits:
        change = f"{worded(edit.old)} → {worded(edit.new)}"
        shown = shorten_change(harmless(change), max(8, width - 15))
        lines.append([(f"  {pad(edit.field, 12)} ", "quiet"), (shown, "quiet" if stand.cell == "new" else "edited")])
    if stand.cell not in ("new", "old"):
        said = f"{_WORDS[stand.cell]}{f', {stand.was}' if stand.was else ''}"
        lines.append([("  ", ""), (shorten(said, width - 2, "end"), "quiet" if stand.removed else "drift")])
    elif stand.cell == "old" and stand.was:
        lines.append([("  ", ""), (shorten(stand.was, width - 2, "end"), "quiet")])
    elif stand.running is False:
        lines.append([("  ", ""), ("the cluster does not run them yet", "quiet")])
    return lines
