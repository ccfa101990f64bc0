"""A saved plan cut into waves: which deployments change together, on which branch, in which order."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

from rea_xcom_tui.errors import Refused, ToolError
from rea_xcom_tui.fleet.actions.planfile import PlannedEdit, SavedPlan
from rea_xcom_tui.fleet.model import Deployment, Fleet
from rea_xcom_tui.fleet.workspace import Trailed
from rea_xcom_tui.text import clean, plural

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.workspace import Workspace

By = Literal["env", "percent", "canary"]
CUTS: tuple[By, ...] = get_args(By)
CAMPAIGN_KEY = "Xcom-Campaign"
WAVE_KEY = "Xcom-Wave"
"""The trailers by which the commits of a wave are known, through squash and rebase merges."""

DEFAULT_STEPS = (10, 50, 100)
_STAGES = (
    ("local", "sandbox"),
    ("dev", "develop", "development"),
    ("test", "testing", "int", "integration", "qa"),
    ("stage", "staging", "stg", "uat"),
    ("preprod", "pre-prod", "nonprod", "non-prod"),
    ("prod", "production", "prd", "live"),
    ("dr", "failover", "disaster-recovery"),
)
"""Environments in the order in which a change usually walks through them."""

_NOT_IN_BRANCHES = re.compile(r"[^A-Za-z0-9._]+")


@dataclass(frozen=True, slots=True)
class Wave:
    """The deployments that change together."""

    name: str
    branch: str
    deployments: tuple[str, ...]
    """Their ids."""


@dataclass(frozen=True, slots=True)
class Campaign:
    """A plan and its waves, in the order in which they are to be merged."""

    id: str
    by: str
    waves: tuple[Wave, ...]
    plan: SavedPlan

    def wave(self, name: str) -> tuple[int, Wave]:
        """A wave by its name or its number (from 1), with its number. Raises `ToolError`."""
        for number, wave in enumerate(self.waves, 1):
            if name in (wave.name, str(number)):
                return number, wave
        names = ", ".join(clean(wave.name) for wave in self.waves)
        raise ToolError(f"the plan has no wave '{clean(name)}'; its waves are {names}")

    def edits_of(self, wave: Wave) -> tuple[PlannedEdit, ...]:
        """The edits of a wave, in the plan's order."""
        mine = frozenset(wave.deployments)
        return tuple(edit for edit in self.plan.edits if edit.deployment in mine)

    def besides(self, wave: Wave) -> dict[str, tuple[str, ...]]:
        """The deployments that a wave changes without having them, by the shared layer through which it does."""
        found: dict[str, dict[str, None]] = {}
        for edit in self.edits_of(wave):
            beside = [id_ for id_ in edit.also if id_ not in wave.deployments]
            if beside:
                found.setdefault(edit.layer, {}).update(dict.fromkeys(beside))
        return {layer: tuple(ids) for layer, ids in found.items()}

    def as_data(self) -> dict[str, Any]:
        """What is kept of it in the plan's file."""
        waves = [{"name": one.name, "branch": one.branch, "deployments": list(one.deployments)} for one in self.waves]
        return {"id": self.id, "by": self.by, "waves": waves}


def campaign_of(plan: SavedPlan) -> Campaign:
    """The campaign that a plan's file describes. Raises `ToolError` where it is not cut, or not whole."""
    data = plan.campaign
    if data is None:
        raise ToolError(f"the plan {plan.path} is not cut into waves; `wave plan {plan.path} --by env` does that")
    waves = data.get("waves")
    if not isinstance(data.get("id"), str) or not isinstance(waves, list) or not all(map(_is_wave, waves)):
        raise ToolError(f"the waves in {plan.path} cannot be read; cut the plan again with `wave plan --by`")
    found = tuple(Wave(one["name"], one["branch"], tuple(one["deployments"])) for one in waves)
    _check_whole(plan, found)
    return Campaign(data["id"], str(data.get("by") or "env"), found, plan)


def _is_wave(one: object) -> bool:
    if not isinstance(one, Mapping) or not all(isinstance(one.get(key), str) for key in ("name", "branch")):
        return False
    ids = one.get("deployments")
    return isinstance(ids, list) and all(isinstance(id_, str) for id_ in ids)


def _check_whole(plan: SavedPlan, waves: Sequence[Wave]) -> None:
    """Raise `ToolError` where a deployment of the plan is in no wave, or in two."""
    told = [id_ for wave in waves for id_ in wave.deployments]
    wanted = {edit.deployment for edit in plan.edits}
    names = [wave.name for wave in waves]
    problem = ""
    if len(set(told)) < len(told):
        problem = f"{next(id_ for id_ in told if told.count(id_) > 1)} is in two waves"
    elif wanted != set(told):
        problem = f"{min(wanted ^ set(told))} is in the plan or in a wave, and not in both"
    elif len(set(names)) < len(names) or not all(names):
        problem = "two waves have the same name, or one has none"
    if problem:
        raise ToolError(f"the waves in {plan.path} do not fit its edits: {clean(problem)}; cut the plan again")


def cut(
    fleet: Fleet,
    plan: SavedPlan,
    by: By,
    *,
    steps: Sequence[int] = DEFAULT_STEPS,
    canary: Collection[str] | None = None,
) -> Campaign:
    """Cut a plan into waves: one for each environment, growing parts of all, or a few canaries and the rest.

    `steps` are percentages of all deployments, growing to 100. `canary` are the ids of the canaries; without any, one
    deployment of each cloud in the plan's first environment. Deployments whose edits are in one shared layer stay
    together. Raises `ToolError` where the plan has no edit or names a deployment that is not there.
    """
    ids = list(dict.fromkeys(edit.deployment for edit in plan.edits))
    missing = [id_ for id_ in ids if id_ not in fleet.by_id]
    if not ids:
        raise ToolError(f"the plan {plan.path} has no edit, so there is nothing to cut into waves")
    if missing:
        verb = "is" if len(missing) == 1 else "are"
        raise ToolError(
            f"{plural(len(missing), 'deployment')} of the plan {verb} not in this fleet, such as {clean(missing[0])}; "
            "make the plan again"
        )
    rows = sorted((fleet.by_id[id_] for id_ in ids), key=lambda row: (_stage(row.env), row.env or "", row.id))
    groups = _by(rows, by, steps, canary)
    begun = dict(plan.heads) or plan.head
    campaign = hashlib.sha256(json.dumps([begun, *map(_said, plan.edits)]).encode()).hexdigest()[:8]
    named = _together(plan, groups)
    waves = (
        Wave(name, _branch(campaign, number, name), members) for number, (name, members) in enumerate(named.items(), 1)
    )
    return Campaign(campaign, by, tuple(waves), plan)


def _said(edit: PlannedEdit) -> tuple[object, ...]:
    return edit.deployment, edit.field, edit.old, edit.new


def _branch(campaign: str, number: int, name: str) -> str:
    return f"xcom/{campaign}-{number}-{_NOT_IN_BRANCHES.sub('-', name).strip('-.') or 'wave'}"


def _stage(env: str | None) -> int:
    return next((at for at, names in enumerate(_STAGES) if env in names), 3)


def _by(
    rows: Sequence[Deployment], by: By, steps: Sequence[int], canary: Collection[str] | None
) -> dict[str, list[Deployment]]:
    found: dict[str, list[Deployment]] = {}
    if by == "env":
        for row in rows:
            found.setdefault(row.env or "no environment", []).append(row)
        return found
    if by == "percent":
        done = 0
        for step in steps:
            upto = max(-(-len(rows) * step // 100), 1)
            if upto > done:
                found[f"{step}%"] = list(rows[done:upto])
                done = upto
        return found
    chosen = set(canary) if canary is not None else _canaries(rows)
    found["canary"] = [row for row in rows if row.id in chosen]
    if not found["canary"]:
        raise ToolError("no deployment of the plan is a canary by this query, so there is nothing to begin with")
    rest = [row for row in rows if row.id not in chosen]
    return {**found, **({"rest": rest} if rest else {})}


def _canaries(rows: Sequence[Deployment]) -> set[str]:
    first = [row for row in rows if row.env == rows[0].env]
    return set({row.config.cloud: row.id for row in reversed(first)}.values())


def _together(plan: SavedPlan, groups: Mapping[str, Sequence[Deployment]]) -> dict[str, tuple[str, ...]]:
    """The ids of each wave; a deployment that shares a layer which takes an edit is in the wave of the first of
    them."""
    wave_of = {row.id: name for name, rows in groups.items() for row in rows}
    first: dict[tuple[str, str], str] = {}
    order = list(wave_of)
    leader = {id_: id_ for id_ in order}
    rank = {id_: at for at, id_ in enumerate(order)}
    layers: dict[str, list[tuple[str, str]]] = {}
    for edit in plan.edits:
        if edit.layer:
            layers.setdefault(edit.deployment, []).append((edit.layer, edit.field))

    def root(id_: str) -> str:
        while leader[id_] != id_:
            id_ = leader[id_]
        return id_

    for id_ in order:
        for place in layers.get(id_, ()):
            other = first.setdefault(place, id_)
            a, b = root(other), root(id_)
            if a != b:  # the one that comes first in the order leads
                leader[max(a, b, key=rank.__getitem__)] = min(a, b, key=rank.__getitem__)
    found: dict[str, list[str]] = {name: [] for name in groups}
    for id_ in order:
        found[wave_of[root(id_)]].append(id_)
    return {name: tuple(ids) for name, ids in found.items() if ids}


def check_steps(text: str) -> tuple[int, ...]:
    """Percentages as a person gives them, such as `10,50,100`. Raises `ValueError` with one sentence."""
    try:
        steps = tuple(int(part.strip().removesuffix("%")) for part in text.split(","))
    except ValueError:
        raise ValueError(f"'{clean(text)}' are not percentages; write them as 10,50,100") from None
    if list(steps) != sorted(set(steps)) or steps[0] < 1 or steps[-1] != 100:
        raise ValueError(f"the percentages {clean(text)} have to rise, from 1 or more to 100")
    return steps


def reordered(campaign: Campaign, names: Sequence[str]) -> Campaign:
    """The same waves in another order. A wave keeps its name and branch, by which its commits are known.

    Raises `ToolError` where a wave is missing or named twice.
    """
    known = {wave.name: wave for wave in campaign.waves}
    if sorted(names) != sorted(known):
        raise ToolError(f"an order names each wave once; the waves are {', '.join(map(clean, known))}")
    return Campaign(campaign.id, campaign.by, tuple(known[name] for name in names), campaign.plan)


def trailers(campaign: Campaign, wave: Wave) -> str:
    """The lines at the end of a commit's message by which the wave is known."""
    return f"{CAMPAIGN_KEY}: {campaign.id}\n{WAVE_KEY}: {wave.name}"


def with_trailers(message: str, campaign: Campaign, wave: Wave) -> str:
    """A commit message with the wave's trailers at its end."""
    return f"{message.rstrip()}\n\n{trailers(campaign, wave)}\n"


@dataclass(frozen=True, slots=True)
class Started:
    """A wave whose edits are pending now."""

    number: int
    wave: Wave
    done: int
    """How many of its edits are there already."""
    branch: str
    """The branch that it is proposed to be committed to."""
    removed: tuple[str, ...] = ()
    """Its deployments that are no longer there, and so are left out."""


def start(
    workspace: Workspace,
    campaign: Campaign,
    name: str,
    merged: Callable[[Wave], bool],
    *,
    force: bool = False,
) -> Started:
    """Make the edits of a wave pending, on the values of today.

    Raises `Refused`, with nothing pending, where a wave ahead of it is not `merged` (unless forced), where the checked
    out branch is another wave's, and where a value is neither the old one nor the new one.
    """
    from rea_xcom_tui.fleet.actions.planfile import replan

    number, wave = campaign.wave(name)
    open_ = [one for one in campaign.waves[: number - 1] if not merged(one)]
    if open_ and not force:
        raise Refused(
            f"wave {number} ({clean(wave.name)}) comes after {_listed(one.name for one in open_)}, which "
            f"{'is' if len(open_) == 1 else 'are'} not merged yet; merge first, or --force it"
        )
    branches = [one.repository.branch() for one in workspace.each().values()]
    other = next((name for name in branches if name is not None and name.startswith(f"xcom/{campaign.id}-")), None)
    if other is not None:
        raise Refused(
            f"{clean(other)} is the branch of a wave, and the next one would be made on top of it; switch to the "
            "branch that the waves are merged into first"
        )
    there, broken = workspace.fleet.by_id, {one.file for one in workspace.fleet.unreadable}
    removed = tuple(id_ for id_ in wave.deployments if id_ not in there and file_of(id_) not in broken)
    only = frozenset(wave.deployments).difference(removed) or frozenset(wave.deployments)
    found = replan(workspace, campaign.plan, only)
    if found.refused:
        first = found.refused[0]
        more = f", and {len(found.refused) - 1} more" if len(found.refused) > 1 else ""
        raise Refused(
            f"{plural(len(found.refused), 'edit')} of wave {number} ({clean(wave.name)}) cannot be made: "
            f"{clean(first.deployment)}: {first.field}: {first.reason}{more}; a new plan leaves out what is done"
        )
    if not found.edits:
        raise Refused(f"wave {number} ({clean(wave.name)}) is already here: every value is the new one")
    workspace.pending.put(found.edits, f"wave {number} of the plan {campaign.plan.path.name}: {wave.name}")
    told = frozenset(edit.deployment for edit in found.edits)
    branch = free_branch(workspace, wave)
    title = f"wave {number} of {len(campaign.waves)} ({clean(wave.name, 20)})"
    workspace.trailed = Trailed(trailers(campaign, wave), told, branch, title)
    return Started(number, wave, len(found.done), branch, removed)


def file_of(id_: str) -> str:
    """The file of a deployment, by its id."""
    return id_.partition("#")[0].partition("?")[0]


def free_branch(workspace: Workspace, wave: Wave) -> str:
    """The branch for a wave's commit: its own, or with a number where an earlier attempt has that name already."""
    refs = [ref for one in workspace.each().values() for ref in one.repository.refs()]
    taken = {ref.name for ref in refs if ref.kind == "branch"}
    taken |= {ref.name.partition("/")[2] for ref in refs if ref.kind == "remote"}
    number, name = 1, wave.branch
    while name in taken:
        number += 1
        name = f"{wave.branch}-{number}"
    return name


def _listed(names: Iterable[str]) -> str:
    return " and ".join(clean(name) for name in names)
