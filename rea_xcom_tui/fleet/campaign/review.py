"""Reviewing a branch: what it changes by deployment and field, with which findings, which impact and which drift."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from rea_xcom_tui.errors import ToolError
from rea_xcom_tui.fleet.compare import differences
from rea_xcom_tui.fleet.drift.report import DriftReport, find_drift
from rea_xcom_tui.fleet.history.changed_since import ChangedSince, FindingsSince, changed_since, findings_since
from rea_xcom_tui.fleet.model import Fleet
from rea_xcom_tui.fleet.scan.scan import scan_revision
from rea_xcom_tui.text import clean, plural
from rea_xcom_tui.xcom.compare import FieldDelta
from rea_xcom_tui.xcom.drift import Deviation
from rea_xcom_tui.xcom.impact import ADDRESS, impact
from rea_xcom_tui.xcom.model import Severity

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.baseline.statements import Statement
    from rea_xcom_tui.fleet.edit.session import Editing
    from rea_xcom_tui.gitops import Repository
    from rea_xcom_tui.user.settings import Config

Level = Literal["ok", "look", "stop"]
"""How a review ends: nothing new is wrong, somebody should look, or it adds an error."""

_NUMBER = re.compile(r"(?:[#!]|(?:pull|pr|mr|pulls|merge-requests|merge_requests)/)?([0-9]{1,9})", re.IGNORECASE)
_PAGE = re.compile(r"https?://\S+/(?:pull|pulls|pull-requests|merge_requests|pullrequest)/([0-9]{1,9})(?:[/?#]\S*)?")
_FETCHED = (
    "refs/remotes/{remote}/pr/{number}",
    "refs/remotes/{remote}/pull/{number}/head",
    "refs/remotes/{remote}/pull/{number}",
    "refs/remotes/{remote}/merge-requests/{number}",
    "refs/remotes/{remote}/pull-requests/{number}/from",
    "refs/heads/pr/{number}",
    "refs/heads/pull/{number}",
    "refs/pull/{number}/head",
    "refs/merge-requests/{number}/head",
)
"""Where the usual fetch settings keep a pull request's commits (GitHub, GitLab, Bitbucket, and by hand)."""


@dataclass(frozen=True, slots=True)
class Reviewed:
    """One difference that a branch makes, and what it does to what is stored and to what runs."""

    change: FieldDelta
    impact: str
    """One sentence; empty where nothing is known of it."""


@dataclass(frozen=True, slots=True)
class Review:
    """What a branch does, against the commit in which it left the one it is to be merged into."""

    ref: str
    """The branch, as the user named it."""
    commit: str
    onto: str
    """What it is to be merged into."""
    base: str
    """The commit in which both histories meet."""
    before: Fleet
    after: Fleet
    changes: tuple[Reviewed, ...]
    findings: FindingsSince
    made: tuple[Deviation, ...]
    """Drift that the branch brings."""
    healed: tuple[Deviation, ...]
    """Drift of the merge base that the branch sets right."""
    against: str
    """What drift is told against; empty where the baseline file cannot be read."""
    notes: tuple[str, ...] = ()

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
        order: tuple[Severity, ...] = ("error", "warning", "info")
        grave = order[: order.index(level) + 1]
        return any(severity in grave for _, severity, _ in self.new) or any(one.severity in grave for one in self.made)

    def verdict(self) -> str:
        """The review in one line."""
        if not self.changes and not self.new and not self.fixed and not self.made and not self.healed:
            return "changes no XCom setting"
        words = {"stop": "stop", "look": "look before merging", "ok": "nothing speaks against it"}
        return f"{words[self.level]}: {', '.join(self._facts())}"

    def _facts(self) -> list[str]:
        fields = sum(one.change.kind == "changed" for one in self.changes)
        facts = [f"changes {plural(fields, 'field')} of {plural(len(self.deployments), 'deployment')}"]
        severities = [severity for _, severity, _ in self.new]
        nouns: dict[Severity, str] = {"error": "error", "warning": "warning", "info": "note"}
        counted = [plural(severities.count(one), noun) for one, noun in nouns.items() if one in severities]
        facts += [f"adds {', '.join(counted)}"] if counted else ["adds no finding"]
        facts += [f"fixes {plural(self.fixed, 'finding')}"] if self.fixed else []
        facts += [f"makes {plural(len(self.made), 'difference')} from the {self.against}"] if self.made else []
        facts += [f"heals {plural(len(self.healed), 'difference')} from the {self.against}"] if self.healed else []
        flying = plural(len(self.in_flight), "deployment")
        facts += [f"tasks in flight get an address instead of their data on {flying}"] if self.in_flight else []
        return facts


@dataclass(frozen=True, slots=True)
class _Snapshot:
    """A fleet that drift can be told of."""

    fleet: Fleet
    repository: Repository
    config: Config
    statements: Sequence[Statement] = ()


def review(workspace: Editing, ref: str, onto: str | None = None) -> Review:
    """Compare a branch, or a pull request that has been fetched, with what it is to be merged into; writes nothing.

    `onto` is the remote's default branch unless it is named. Raises `ToolError` when there is no such revision.
    """
    repository = workspace.repository
    chosen = resolve_ref(repository, ref)
    commit = repository.resolve(chosen)
    target = onto if onto is not None else default_onto(repository, commit)
    reading = workspace.reading()
    after = scan_revision(repository, commit, reading)
    changed = changed_since(repository, after, target, reading)
    before = changed.before
    changes = tuple(_reviewed(before, after))
    found = findings_since(after, changed, set(after.by_id), everything=True)
    made, healed, against, notes = _drift(workspace, changed, after)
    if changed.base == commit:
        notes = (*notes, f"{clean(target)} holds {clean(ref)} already, so there is nothing left to merge")
    return Review(ref, commit, target, changed.base, before, after, changes, found, made, healed, against, notes)


def resolve_ref(repository: Repository, text: str) -> str:
    """The revision that a branch's name, or a pull request's number or page, stands for.

    Raises `ToolError`: of a pull request that is not here, with the command that fetches it.
    """
    page = _PAGE.fullmatch(text.strip())
    number = page or _NUMBER.fullmatch(text.strip())
    if page is None:
        with suppress(ToolError):
            # A short number may be the beginning of a commit's id, too; nobody means that one.
            if number is None or not text.isdigit():
                repository.resolve(text)
                return text
    if number is None:
        repository.resolve(text)  # which says what is wrong with it
        return text
    remotes = repository.remotes() or ["origin"]
    for pattern in _FETCHED:
        for remote in remotes:
            name = pattern.format(remote=remote, number=number[1])
            with suppress(ToolError):
                repository.resolve(name)
                return name
    with suppress(ToolError):
        repository.resolve(text)
        return text
    remote = repository.default_remote() or remotes[0]
    raise ToolError(
        f"pull request {number[1]} has not been fetched into this clone; fetch it with `git fetch {clean(remote)} "
        f"pull/{number[1]}/head:pr/{number[1]}` (GitLab: merge-requests/{number[1]}/head), then review pr/{number[1]}"
    )


def default_onto(repository: Repository, commit: str) -> str:
    """What a commit is to be merged into: the remote's default branch, else main or master, else what is checked out.

    One that is the commit itself says nothing, unless there is no other.
    """
    remote = repository.default_remote(repository.branch())
    default = repository.default_branch(remote) if remote is not None else None
    offered = [f"{remote}/{default}"] if default is not None else []
    found: list[str] = []
    for name in (*offered, "main", "master", "HEAD"):
        with suppress(ToolError):
            if repository.resolve(name) != commit:
                return name
            found.append(name)
    return found[0]


def _reviewed(before: Fleet, after: Fleet) -> Iterable[Reviewed]:
    for change in differences(before, after):
        if not change.field or change.old_state not in _PLAIN or change.new_state not in _PLAIN:
            yield Reviewed(change, _CAME.get(change.kind, ""))
            continue
        config = before.by_id[change.deployment].config
        yield Reviewed(change, impact(change.field, change.old, change.new, config))


_PLAIN = ("set", "unset")
_CAME = {"added": "a new deployment", "removed": "the deployment goes away; what it stored stays where it is"}


def _drift(
    workspace: Editing, changed: ChangedSince, after: Fleet
) -> tuple[tuple[Deviation, ...], tuple[Deviation, ...], str, tuple[str, ...]]:
    """Which drift the branch makes, which it heals, against what, and what a reader has to know of it."""

    def of(fleet: Fleet) -> DriftReport:
        return find_drift(_Snapshot(fleet, workspace.repository, workspace.config))

    try:
        old, new = of(changed.before), of(after)
    except ToolError as problem:
        return (), (), "", (f"drift cannot be told: {problem}",)
    known = {(one.deployment, one.field): one for one in old.deviations}
    now = {(one.deployment, one.field): one for one in new.deviations}
    made = tuple(one for key, one in now.items() if key not in known)
    healed = tuple(one for key, one in known.items() if key not in now)
    notes = ("the branch changes the baseline file itself",) if changed.baseline_changed else ()
    return made, healed, new.against, notes
