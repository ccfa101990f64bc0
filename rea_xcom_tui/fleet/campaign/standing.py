"""Where the waves of a campaign stand: in words, in counts, in each of several repos, and what is next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from rea_xcom_tui.fleet.campaign.waves import Campaign, Wave
from rea_xcom_tui.text import clean, plural

State = Literal["planned", "proposed", "partial", "merged", "running", "reverted", "drifted"]
Cell = Literal["old", "new", "other", "gone"]
"""How a deployment stands: with the values from before the plan, with the planned ones, with others, or not there."""

STATES: dict[State, str] = {
    "planned": "not begun",
    "proposed": "on a branch that is not merged",
    "partial": "some of its values are merged, and it is not",
    "merged": "merged",
    "running": "merged, and running everywhere",
    "reverted": "merged once, and taken back",
    "drifted": "merged once, and some of it has other values now",
}
DONE: frozenset[State] = frozenset(("merged", "running"))


@dataclass(frozen=True, slots=True)
class Stand:
    """One deployment of a wave, where the campaign is merged into."""

    deployment: str
    cell: Cell
    running: bool | None = None
    """Whether the cluster has the planned values; None where nobody was asked, or it is not known there."""
    was: str = ""
    """Of values that are neither old nor new, or lost: since when, in words."""
    removed: bool = False
    """Whether its file or entry is no longer there; such a deployment does not keep its wave from being merged."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one wave stands in one of several repos."""

    repo: str
    state: State
    commit: str | None
    """The commit by which it was merged there; see `WaveStatus`."""
    author: str | None
    time: int | None
    branch: str | None
    """The branch on which it is proposed there."""


@dataclass(frozen=True, slots=True)
class Target:
    """What the waves are merged into in one of several repos."""

    repo: str
    onto: str
    head: str


@dataclass(frozen=True, slots=True)
class WaveStatus:
    """Where one wave stands. In several repos, `commit` and `branch` are of the first that has one; see `repos`."""

    number: int
    wave: Wave
    state: State
    stands: tuple[Stand, ...]
    commit: str | None = None
    """The commit by which it was merged: one with its trailers, else the one that brought the last of its values."""
    author: str | None = None
    time: int | None = None
    """When that was written, in seconds since the epoch, as it claims."""
    branch: str | None = None
    """The branch on which it is proposed."""
    repos: tuple[Standing, ...] = ()
    """Where it stands in each of several repos that it changes; empty where there is one only."""

    @property
    def behind(self) -> tuple[Standing, ...]:
        """The repos in which it is not merged yet."""
        return tuple(one for one in self.repos if one.state not in DONE)

    def count(self, cell: Cell) -> int:
        """How many of its deployments stand so."""
        return sum(stand.cell == cell for stand in self.stands)


@dataclass(frozen=True, slots=True)
class CampaignStatus:
    """Where every wave of a campaign stands."""

    campaign: Campaign
    onto: str
    """The branch that the waves are merged into."""
    head: str
    """Its commit."""
    waves: tuple[WaveStatus, ...]
    asked: str = ""
    """The source that says what runs; empty where none was asked."""
    targets: tuple[Target, ...] = ()
    """What the waves are merged into in each of several repos; empty where there is one only."""

    @property
    def next(self) -> WaveStatus | None:
        """The first wave that is not merged; None when all are."""
        return next((wave for wave in self.waves if wave.state not in DONE), None)

    @property
    def troubled(self) -> bool:
        """Whether a wave was taken back or has other values now."""
        return any(wave.state in ("reverted", "drifted", "partial") for wave in self.waves)

    def merged(self, wave: Wave) -> bool:
        """Whether a wave is merged now."""
        return any(one.wave.name == wave.name and one.state in DONE for one in self.waves)

    def advice(self, *, by_keys: bool = False) -> str:
        """What is next, in one sentence, with the command that does it or, `by_keys`, with the key on the screen."""
        one = self.next
        if one is None:
            return "every wave is merged"
        name = f"wave {one.number} ({clean(one.wave.name)})"
        plan = clean(self.campaign.plan.path)
        how = "Enter on it" if by_keys else f"`wave start {plan} {one.number} --commit`"
        if one.state == "proposed":
            idle = [clean(part.repo) for part in one.repos if part.state == "planned"]
            rest = f"; then {how} proposes it in {', '.join(idle)}, too" if idle else ""
            return f"next: merge {name}, which is on {_proposals(one)}{rest}"
        if one.state == "planned":
            return (
                f"next: {name}; {how} makes its edits pending" if by_keys else f"next: {how} makes the branch of {name}"
            )
        if one.state == "reverted":
            return f"next: {name} was taken back; {how} proposes it again"
        odd = sum(stand.cell != "new" and not stand.removed for stand in one.stands)
        lacking = "does not have" if odd == 1 else "do not have"
        return f"next: look at {name}: {plural(odd, 'deployment')} {lacking} the planned values"


def _proposals(wave: WaveStatus) -> str:
    """The branches on which a wave waits to be merged; where they are called the same everywhere, the name once."""
    waiting = {one.repo: one.branch for one in wave.behind if one.branch is not None}
    if not waiting:
        return clean(wave.branch)
    if len(set(waiting.values())) == 1:
        return f"{clean(next(iter(waiting.values())))} in {', '.join(map(clean, waiting))}"
    return ", ".join(f"{clean(branch)} in {clean(repo)}" for repo, branch in waiting.items())
