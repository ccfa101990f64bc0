"""Where a campaign stands, read from git alone: from the fields' values, and from the trailers of commits.

Branch ancestry says nothing here: after a squash or a rebase merge no commit of the wave's branch is in the history of
the branch that it was merged into. What counts is which values are there now, whether they have ever been there, and
whether a commit there carries the wave's trailers. Order is that of the history; no date is compared, since clocks
differ.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from rea_xcom_tui.errors import ToolError
from rea_xcom_tui.fleet.actions.planfile import PlannedEdit
from rea_xcom_tui.fleet.campaign.refs import default_onto
from rea_xcom_tui.fleet.campaign.standing import CampaignStatus, Cell, Stand, Standing, State, Target, WaveStatus
from rea_xcom_tui.fleet.campaign.waves import CAMPAIGN_KEY, WAVE_KEY, Campaign, Wave, file_of
from rea_xcom_tui.fleet.drift.releases import exported_releases, release_deviations
from rea_xcom_tui.fleet.edit.row import drift_rows
from rea_xcom_tui.fleet.model import Deployment
from rea_xcom_tui.fleet.qualified import belongs, in_repo, qualified, within
from rea_xcom_tui.fleet.scan.blobs import Blobs
from rea_xcom_tui.fleet.scan.scan import scan_revision
from rea_xcom_tui.xcom.compare import current_value
from rea_xcom_tui.xcom.drift import Outcome

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.workspace import Workspace
    from rea_xcom_tui.gitops import MarkedCommit, NamedRef

_MOST_COMMITS = 1000
"""How many commits of the plan's files are searched for waves that no trailer names."""


def status(
    workspace: Workspace,
    campaign: Campaign,
    onto: str | None = None,
    *,
    releases: Path | None = None,
    cluster: str | None = None,
) -> CampaignStatus:
    """Tell where each wave stands at `onto` (the remote's default branch unless named).

    `releases` is a folder of `helm get values` exports and `cluster` a kubeconfig context, either of which says what
    runs. Raises `ToolError`.
    """
    parts = {repo: _part(campaign, repo) for repo in workspace.each()}
    told: dict[str, CampaignStatus] = {}
    for repo, member in workspace.each().items():
        if parts[repo].plan.edits:
            with in_repo(repo):
                told[repo] = _status(member, parts[repo], onto, releases, cluster)
    if list(told) == [""]:
        return replace(told[""], campaign=campaign)
    waves = tuple(_joined_wave(campaign, number, told) for number in range(1, len(campaign.waves) + 1))
    first = next(iter(told.values()))
    targets = tuple(Target(repo, one.onto, one.head) for repo, one in told.items())
    return CampaignStatus(campaign, first.onto, first.head, waves, first.asked, targets)


def _part(campaign: Campaign, repo: str) -> Campaign:
    """What of a campaign is in one of several repos, with the names that are used there."""
    if not repo:
        return campaign
    mine = [edit for edit in campaign.plan.edits if belongs(repo, edit.deployment)]
    edits = tuple(
        replace(edit, deployment=within(repo, edit.deployment), layer=within(repo, edit.layer)) for edit in mine
    )
    waves = tuple(
        replace(wave, deployments=tuple(within(repo, id_) for id_ in wave.deployments if belongs(repo, id_)))
        for wave in campaign.waves
    )
    plan = replace(campaign.plan, edits=edits, head=campaign.plan.heads.get(repo))
    return replace(campaign, waves=waves, plan=plan)


_GRAVEST: tuple[State, ...] = ("drifted", "reverted", "partial", "proposed", "planned", "merged", "running")


def _joined_wave(campaign: Campaign, number: int, told: Mapping[str, CampaignStatus]) -> WaveStatus:
    """A wave over several repos: merged where it is merged in all, else as it is where it is worst."""
    parts = {repo: one.waves[number - 1] for repo, one in told.items() if one.waves[number - 1].stands}
    states = [part.state for part in parts.values()]
    state = min(states, key=_GRAVEST.index)
    if state == "planned" and len(set(states)) > 1:
        state = "partial"
    known = next((part for part in parts.values() if part.commit is not None), next(iter(parts.values())))
    branch = next((part.branch for part in parts.values() if part.branch is not None), None)
    stands = [
        replace(stand, deployment=qualified(repo, stand.deployment))
        for repo, part in parts.items()
        for stand in part.stands
    ]
    repos = tuple(
        Standing(repo, part.state, part.commit, part.author, part.time, part.branch) for repo, part in parts.items()
    )
    wave = campaign.waves[number - 1]
    return replace(known, number=number, wave=wave, state=state, stands=tuple(stands), branch=branch, repos=repos)


def _status(
    workspace: Workspace, campaign: Campaign, onto: str | None, releases: Path | None, cluster: str | None
) -> CampaignStatus:
    """The same in one repo."""
    repository = workspace.repository
    chosen = onto if onto is not None else default_onto(repository, "")
    head = repository.resolve(chosen)
    values = _Values(workspace, campaign.plan.edits)
    needle = f"{CAMPAIGN_KEY}: {campaign.id}"
    merged = repository.marked(needle, head)
    open_ = repository.marked(needle, without=[head])
    found = [
        _wave(workspace, campaign, number, wave, head, values, _of(merged, wave), _of(open_, wave))
        for number, wave in enumerate(campaign.waves, 1)
    ]
    if releases is not None or cluster is not None:
        running = _running(workspace, campaign, head, releases, cluster)
        found = [_with_running(one, running) for one in found]
    asked = str(releases) if releases is not None else (f"cluster {cluster}".strip() if cluster is not None else "")
    return CampaignStatus(campaign, chosen, head, tuple(found), asked)


def _of(commits: Iterable[MarkedCommit], wave: Wave) -> list[MarkedCommit]:
    return [one for one in commits if one.value(WAVE_KEY) == wave.name]


def _wave(
    workspace: Workspace,
    campaign: Campaign,
    number: int,
    wave: Wave,
    head: str,
    values: _Values,
    merged: Sequence[MarkedCommit],
    open_: Sequence[MarkedCommit],
) -> WaveStatus:
    every = campaign.edits_of(wave)
    cells = values.cells(head, every)
    removed = values.removed(head, cells)
    stands = tuple(Stand(id_, cell, removed=id_ in removed) for id_, cell in cells.items())
    mark = merged[0] if merged else None
    told = WaveStatus(number, wave, "planned", stands)
    if mark is not None:
        told = replace(told, commit=mark.oid, author=mark.author, time=mark.time)
    if not cells:
        return told
    # What is no longer there has no values to wait for; where nothing is left, what counts is what was there once.
    edits = [edit for edit in every if edit.deployment not in removed] or every
    kinds = {cell for id_, cell in cells.items() if id_ not in removed}
    run = values.newest_run(head, campaign.plan.head, edits) if mark is None else ()
    if run:  # no trailer names it, so what counts is when the last of its values came
        by, _ = workspace.repository.commit_files(run[-1])
        told = replace(told, commit=by.oid, author=by.author, time=by.time)
    ever = mark.oid if mark is not None else next(iter(run), None)
    if kinds == {"new"} and not removed:
        return replace(told, state="merged")
    if ever is not None:
        state: State = "merged" if kinds <= {"new"} else "reverted" if kinds == {"old"} else "drifted"
        then = values.cells(run[-1] if run and removed else ever, every)
        return replace(told, state=state, stands=tuple(_since(stand, then) for stand in stands))
    if kinds == {"new"}:
        return replace(told, state="merged")
    if "new" in kinds:
        return replace(told, state="partial")
    branch = _proposed(workspace, wave, edits, values, open_)
    return replace(told, state="proposed", branch=branch) if branch is not None else told


def _since(stand: Stand, then: Mapping[str, Cell]) -> Stand:
    if stand.cell == "new":
        return stand
    if stand.removed:
        when = "since" if then.get(stand.deployment) == "new" else "before"
        return replace(stand, was=f"removed or moved {when} it was merged")
    was = "changed since it was merged" if then.get(stand.deployment) == "new" else "merged with other values"
    return replace(stand, was=was)


def _proposed(
    workspace: Workspace, wave: Wave, edits: Sequence[PlannedEdit], values: _Values, open_: Sequence[MarkedCommit]
) -> str | None:
    """The branch on which a wave is proposed: one whose commit carries its trailers, or its own with its values."""
    if open_:
        return open_[0].ref.removeprefix("refs/heads/").removeprefix("refs/remotes/")
    for ref in values.branches(wave):
        with suppress(ToolError):
            if set(values.cells(workspace.repository.resolve(ref.full), edits).values()) == {"new"}:
                return ref.name
    return None


class _Values:
    """What the plan's deployments say at a commit; each commit is read once."""

    def __init__(self, workspace: Workspace, edits: Sequence[PlannedEdit]) -> None:
        self._repository = workspace.repository
        self._reading = msgspec.structs.replace(workspace.reading(), judged=False)
        self._edits = tuple(edits)
        self._ids = dict.fromkeys(edit.deployment for edit in edits)
        self._whole = any(edit.layer or "#" in edit.deployment or "?" in edit.deployment for edit in edits)
        self._known: dict[str, Mapping[str, Deployment]] = {}
        self._broken: dict[str, Collection[str]] = {}
        """By commit, the files that are there and hold no deployment that can be read."""
        self._trees: dict[str, Mapping[str, str | None]] = {}
        self._blobs = Blobs(self._repository, self._reading)
        self._changes: Sequence[tuple[str, frozenset[str]]] | None = None

    def branches(self, wave: Wave) -> Iterable[NamedRef]:
        """The branches that are called as a wave's own is, the repo's before those of its remotes."""
        yield from (ref for ref in self._refs if ref.kind == "branch" and ref.name == wave.branch)
        end = f"/{wave.branch}"
        named = (ref for ref in self._refs if ref.kind == "remote" and ref.name.endswith(end))
        yield from (ref for ref in named if ref.name.removesuffix(end) in self._remotes)

    @cached_property
    def _refs(self) -> Sequence[NamedRef]:
        return self._repository.refs()

    @cached_property
    def _remotes(self) -> Sequence[str]:
        return self._repository.remotes()

    def newest_run(self, head: str, past: str | None, edits: Sequence[PlannedEdit]) -> list[str]:
        """The newest commits in a row of `head`, but not of `past`, in which every value of some edits was the new one.

        Newest first, so that the last of them brought the last of the values; only commits that changed a file of
        theirs are looked at. The history is walked once for all edits of the plan.
        """
        run: list[str] = []
        with suppress(ToolError):
            if self._changes is None:
                known = self._repository.merge_base(past, head) if past is not None else None
                mine = self.files(self._edits)
                self._changes = self._repository.changes_of(head, mine, without=known, limit=_MOST_COMMITS)
            paths = set(self.files(edits))
            for oid, changed in self._changes:
                if not changed & paths:
                    continue
                if set(self.cells(oid, edits).values()) == {"new"}:
                    run.append(oid)
                elif run:
                    break
        return run

    def files(self, edits: Iterable[PlannedEdit]) -> list[str]:
        """The files whose history says whether edits were ever made."""
        layers = [edit.layer.partition("#")[0] for edit in edits if edit.layer]
        return list(dict.fromkeys([*layers, *(file_of(edit.deployment) for edit in edits)]))

    def cells(self, commit: str, edits: Iterable[PlannedEdit]) -> dict[str, Cell]:
        """What each deployment of some edits has at a commit."""
        found: dict[str, list[Cell]] = {}
        edits = list(edits)
        there = self._same(commit, edits) or self._at(commit)
        for edit in edits:
            found.setdefault(edit.deployment, []).append(_cell(there.get(edit.deployment), edit))
        return {id_: _joined(cells) for id_, cells in found.items()}

    def _same(self, commit: str, edits: Sequence[PlannedEdit]) -> Mapping[str, Deployment] | None:
        """What the commit that was read first says, where each file of these deployments is the same here as there.

        A layered fleet is read as a whole, so that naming the commit of each wave would take as long as all else.
        """
        first = next(iter(self._known), None)
        if not self._whole or first is None or commit in self._known:
            return None
        known = self._known[first]
        rows = [row for edit in edits if (row := known.get(edit.deployment)) is not None]
        if len(rows) < len(edits):
            return None
        files = {file_of(row.id) for row in rows} | {layer.file for row in rows for layer in row.stack}
        here, there = self._tree(commit), self._tree(first)
        return known if all(here.get(file) == there.get(file) for file in files) else None

    def _tree(self, commit: str) -> Mapping[str, str | None]:
        if commit not in self._trees:
            self._trees[commit] = {entry.path: entry.oid for entry in self._repository.tree(commit)}
        return self._trees[commit]

    def removed(self, commit: str, ids: Iterable[str]) -> frozenset[str]:
        """Which of some deployments are not there at a commit, and not only unreadable there."""
        there = self._at(commit)
        return frozenset(id_ for id_ in ids if id_ not in there and file_of(id_) not in self._broken[commit])

    def _at(self, commit: str) -> Mapping[str, Deployment]:
        if commit not in self._known:
            if self._whole:
                fleet = scan_revision(self._repository, commit, self._reading)
                self._known[commit], self._broken[commit] = fleet.by_id, {one.file for one in fleet.unreadable}
            else:
                self._known[commit] = self._plain(commit)
        return self._known[commit]

    def _plain(self, commit: str) -> dict[str, Deployment]:
        """Only the plan's own files: a fleet may have thousands of others."""
        entries = {e.path: e.oid for e in self._repository.tree(commit) if e.path in self._ids and e.oid is not None}
        self._broken[commit] = entries.keys()
        self._blobs.read(entries.items())
        found = {path: self._blobs.item(path, oid) for path, oid in entries.items()}
        return {path: one for path, one in found.items() if isinstance(one, Deployment)}


def _cell(deployment: Deployment | None, edit: PlannedEdit) -> Cell:
    reading = deployment.config.fields.get(edit.field) if deployment is not None else None
    if reading is None:
        return "gone"
    now = current_value(reading)
    if now == edit.new and reading.state in ("set", "unset"):
        return "new"
    return "old" if now == edit.old else "other"


def _joined(cells: Sequence[Cell]) -> Cell:
    """How a deployment stands as a whole: half of its fields new is neither old nor new."""
    kinds = set(cells)
    if "gone" in kinds:
        return "gone"
    return cells[0] if len(kinds) == 1 else "other"


def _running(
    workspace: Workspace, campaign: Campaign, head: str, releases: Path | None, cluster: str | None
) -> dict[str, bool]:
    """Whether what runs has the planned values, by deployment; who is not known there is left out."""
    fleet = scan_revision(workspace.repository, head, msgspec.structs.replace(workspace.reading(), judged=False))
    mine = {edit.deployment: edit for edit in campaign.plan.edits}
    rows = [row for row in drift_rows(fleet.deployments) if row.id in mine]
    outcome: Outcome
    if releases is not None:
        outcome = release_deviations(rows, exported_releases(releases), list(mine))
    else:
        from rea_xcom_tui.fleet.drift.cluster import running_releases

        spaces = tuple(sorted({row.config.namespace for row in rows if row.config.namespace}))
        outcome = release_deviations(rows, running_releases(spaces, cluster or None), list(mine))
    fields = {(edit.deployment, edit.field) for edit in campaign.plan.edits}
    behind = {one.deployment for one in outcome.deviations if (one.deployment, one.field) in fields}
    unknown = {id_ for notice in outcome.notices if notice.kind == "no release" for id_ in notice.deployments}
    return {row.id: row.id not in behind for row in rows if row.id not in unknown}


def _with_running(one: WaveStatus, running: Mapping[str, bool]) -> WaveStatus:
    stands = tuple(
        replace(stand, running=running.get(stand.deployment) and stand.cell == "new")
        if stand.deployment in running
        else stand
        for stand in one.stands
    )
    living = [stand for stand in stands if not stand.removed]
    everywhere = one.state == "merged" and bool(living) and all(stand.running for stand in living)
    return replace(one, stands=stands, state="running" if everywhere else one.state)
