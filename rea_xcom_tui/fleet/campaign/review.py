"""Reviewing a branch: what it changes by deployment and field, with which findings, which impact and which drift."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from rea_xcom_tui.errors import ToolError
from rea_xcom_tui.fleet.campaign.refs import default_onto, refs_in
from rea_xcom_tui.fleet.compare import differences
from rea_xcom_tui.fleet.drift.report import DriftReport
from rea_xcom_tui.fleet.drift.whole import find_drift
from rea_xcom_tui.fleet.history.changed_since import (
    ChangedSince,
    FindingsSince,
    Row,
    changed_since,
    findings_since,
    joined,
)
from rea_xcom_tui.fleet.model import Fleet
from rea_xcom_tui.fleet.qualified import belongs, in_repo
from rea_xcom_tui.fleet.scan.joining import joined_fleet
from rea_xcom_tui.fleet.scan.scan import scan_revision
from rea_xcom_tui.text import clean, plural
from rea_xcom_tui.xcom.compare import FieldDelta
from rea_xcom_tui.xcom.drift import Deviation
from rea_xcom_tui.xcom.fields import impact_of
from rea_xcom_tui.xcom.impact import ADDRESS
from rea_xcom_tui.xcom.model import Severity, as_grave_as

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.baseline.statements import Statement
    from rea_xcom_tui.fleet.edit.state import FleetState
    from rea_xcom_tui.fleet.workspace import Workspace
    from rea_xcom_tui.gitops import Repository
    from rea_xcom_tui.user.settings import Config

Level = Literal["ok", "look", "stop"]
"""How a review ends: nothing new is wrong, somebody should look, or it adds an error."""


@dataclass(frozen=True, slots=True)
class Reviewed:
    """One difference that a branch makes, and what it does to what is stored and to what runs."""

    change: FieldDelta
    impact: str
    """One sentence; empty where nothing is known of it."""


@dataclass(frozen=True, slots=True)
class InRepo:
    """What a review compares in one of several repos."""

    repo: str
    commit: str
    onto: str
    base: str


@dataclass(frozen=True, slots=True)
class Review:
    """What a branch does, against the commit in which it left the one it is to be merged into."""

    ref: str
    """The branch, as the user named it."""
    commit: str
    """Its commit; empty over several repos, see `repos`."""
    onto: str
    """What it is to be merged into; over several repos all such names."""
    base: str
    """The commit in which both histories meet; empty over several repos."""
    before: Fleet
    after: Fleet
    changes: tuple[Reviewed, ...]
    findings: FindingsSince
    made: tuple[Deviation, ...]
    """Drift that the branch brings."""
    healed: tuple[Deviation, ...]
    """Drift of the merge base that the branch fixes."""
    against: str
    """What drift is judged against; empty where the baseline file cannot be read."""
    notes: tuple[str, ...] = ()
    repos: tuple[InRepo, ...] = ()
    """What is compared in each of several repos that have the branch; empty for one repo."""

    def within(self, repo: str) -> Review:
        """What the branch does in one of several repos."""
        part = next(one for one in self.repos if one.repo == repo)
        since = self.findings

        def rows(found: Iterable[Row]) -> tuple[Row, ...]:
            return tuple(row for row in found if belongs(repo, row[0].id))

        return replace(
            self,
            commit=part.commit,
            onto=part.onto,
            base=part.base,
            changes=tuple(one for one in self.changes if belongs(repo, one.change.deployment)),
            findings=replace(
                since,
                rows=rows(since.rows),
                fixed=rows(since.fixed),
                unreadable=tuple(one for one in since.unreadable if belongs(repo, one.file)),
                readable=tuple(one for one in since.readable if belongs(repo, one.file)),
            ),
            made=tuple(one for one in self.made if belongs(repo, one.deployment)),
            healed=tuple(one for one in self.healed if belongs(repo, one.deployment)),
            repos=(),
        )

    @property
    def deployments(self) -> tuple[str, ...]:
        """The ids of the deployments that change, in their order."""
        return tuple(dict.fromkeys(one.change.deployment for one in self.changes))

    @property
    def new(self) -> tuple[tuple[str, Severity, str], ...]:
        """The findings that the branch adds: deployment or file, severity, and the rule's code."""
        found = [
            (deployment.id, finding.severity, finding.code)
            for deployment, finding in self.findings.rows
            if (deployment.id, finding) not in self.findings.remaining
        ]
        torn = [u.file for u in self.findings.unreadable if u.file not in self.findings.remaining_files]
        return (*found, *((file, "error", "XC000") for file in torn))

    @property
    def fixed(self) -> int:
        """How many findings the branch takes away."""
        return len(self.findings.fixed) + len(self.findings.readable)

    @property
    def in_flight(self) -> tuple[str, ...]:
        """The deployments whose running tasks get an address instead of the values stored before."""
        return tuple(dict.fromkeys(one.change.deployment for one in self.changes if ADDRESS in one.impact))

    @property
    def level(self) -> Level:
        """How the review ends."""
        severities = {severity for _, severity, _ in self.new}
        if "error" in severities:
            return "stop"
        return "look" if "warning" in severities or self.made or self.in_flight else "ok"

    def at_least(self, level: Severity) -> bool:
        """Whether the branch adds a finding or a drift that is as grave as `level`, or graver."""
        grave = as_grave_as(level)
        return any(severity in grave for _, severity, _ in self.new) or any(one.severity in grave for one in self.made)

    def verdict(self) -> str:
        """The review in one line."""
        if not self.changes and not self.new and not self.fixed and not self.made and not self.healed:
            return "changes no XCom setting"
        words = {"stop": "stop", "look": "look before merging", "ok": "no objections"}
        return f"{words[self.level]}: {', '.join(self._facts())}"

    def _facts(self) -> list[str]:
        fields = sum(one.change.kind == "changed" for one in self.changes)
        facts = [f"changes {plural(fields, 'field')} of {plural(len(self.deployments), 'deployment')}"]
        severities = [severity for _, severity, _ in self.new]
        nouns: dict[Severity, str] = {"error": "error", "warning": "warning", "info": "note"}
        counted = [plural(severities.count(one), noun) for one, noun in nouns.items() if one in severities]
        facts += [f"adds {', '.join(counted)}"] if counted else ["adds no findings"]
        facts += [f"fixes {plural(self.fixed, 'finding')}"] if self.fixed else []
        facts += [f"adds {plural(len(self.made), 'difference')} from the {self.against}"] if self.made else []
        facts += [f"resolves {plural(len(self.healed), 'difference')} from the {self.against}"] if self.healed else []
        flying = plural(len(self.in_flight), "deployment")
        facts += [f"tasks in flight get an address instead of their data on {flying}"] if self.in_flight else []
        return facts


@dataclass(frozen=True, slots=True)
class _Snapshot:
    """A fleet whose drift can be found."""

    fleet: Fleet
    repository: Repository
    config: Config
    members: Mapping[str, FleetState]
    statements: Sequence[Statement] = ()

    def statements_of(self, repo: str) -> tuple[Statement, ...]:
        """Nothing is pending in a revision."""
        return ()


@dataclass(frozen=True, slots=True)
class _Sides:
    """A repo as it is on the branch, and where that left what it is to be merged into."""

    commit: str
    """Empty where the repo has no such branch; both sides are then what branches are merged into there."""
    onto: str
    after: Fleet
    changed: ChangedSince


def review(workspace: Workspace, ref: str, onto: str | None = None) -> Review:
    """Compare a branch, or a pull request that has been fetched, with what it is to be merged into; writes nothing.

    Over several repos the branch is looked for in each, and the others are taken as they are there. `onto` is the
    remote's default branch unless it is named. Raises `ToolError` when there is no such revision.
    """
    sides = _sides(workspace, ref, onto)
    reading = workspace.reading()
    changed = joined({repo: one.changed for repo, one in sides.items()}, workspace.root, reading)
    fleets = {repo: one.after for repo, one in sides.items()}
    after = fleets[""] if "" in fleets else joined_fleet(fleets, workspace.root, reading, ref=ref)
    found = findings_since(after, changed, set(after.by_id), everything=True)
    on_it = {repo: one for repo, one in sides.items() if one.commit}
    made, healed, against, notes = _drift(workspace, changed.before, after)
    if any(one.changed.baseline_changed for one in on_it.values()):
        notes = (*notes, "the branch changes the baseline file itself")
    for repo, one in on_it.items():
        if one.changed.base == one.commit:
            where = f"{clean(repo)}: " if repo else ""
            notes = (*notes, f"{where}{clean(one.onto)} already holds {clean(ref)}, so there is nothing left to merge")
    aside = [clean(repo) for repo in sides if repo not in on_it]
    if aside:
        asked = "not looked for in" if ref.partition(":")[0] in sides else "not in"  # NAME:BRANCH asks one repo only
        notes = (*notes, f"{asked} {', '.join(aside)}: taken as what a branch there is merged into")
    only = on_it.get("")
    return Review(
        ref,
        only.commit if only else "",
        ", ".join(dict.fromkeys(one.onto for one in on_it.values())),
        only.changed.base if only else "",
        changed.before,
        after,
        tuple(_reviewed(changed.before, after)),
        found,
        made,
        healed,
        against,
        notes,
        () if only else tuple(InRepo(repo, one.commit, one.onto, one.changed.base) for repo, one in on_it.items()),
    )


def _sides(workspace: Workspace, ref: str, onto: str | None) -> dict[str, _Sides]:
    """Each repo with the branch and without; a repo without any commit is left out."""
    chosen = refs_in(workspace, ref)
    found: dict[str, _Sides] = {}
    for repo, member in workspace.each().items():
        repository, reading = member.repository, member.reading()
        with in_repo(repo):
            if repo in chosen:
                commit = repository.resolve(chosen[repo])
                target = onto if onto is not None else default_onto(repository, commit)
                after = scan_revision(repository, commit, reading)
                found[repo] = _Sides(commit, target, after, changed_since(repository, after, target, reading))
            elif repository.head() is not None:
                target = default_onto(repository, "")
                fleet = scan_revision(repository, target, reading)
                same = ChangedSince(ref, fleet.head or "", fleet, frozenset(), frozenset())
                found[repo] = _Sides("", target, fleet, same)
    return found


def _reviewed(before: Fleet, after: Fleet) -> Iterable[Reviewed]:
    for change in differences(before, after):
        if not change.field or change.old_state not in _PLAIN or change.new_state not in _PLAIN:
            yield Reviewed(change, _CAME.get(change.kind, ""))
            continue
        config = before.by_id[change.deployment].config
        yield Reviewed(change, impact_of(change.field, change.old, change.new, config))


_PLAIN = ("set", "unset")
_CAME = {"added": "a new deployment", "removed": "the deployment goes away; what it stored stays where it is"}


def _drift(
    workspace: Workspace, before: Fleet, after: Fleet
) -> tuple[tuple[Deviation, ...], tuple[Deviation, ...], str, tuple[str, ...]]:
    """Which drift the branch makes, which it heals, against what, and what a reader has to know of it."""
    first = next(iter(workspace.each().values()))

    def of(fleet: Fleet) -> DriftReport:
        return find_drift(_Snapshot(fleet, first.repository, workspace.config, workspace.members))

    try:
        old, new = of(before), of(after)
    except ToolError as problem:
        return (), (), "", (f"drift cannot be determined: {problem}",)
    known = {(one.deployment, one.field): one for one in old.deviations}
    now = {(one.deployment, one.field): one for one in new.deviations}
    made = tuple(one for key, one in now.items() if key not in known)
    healed = tuple(one for key, one in known.items() if key not in now)
    return made, healed, new.against, ()
