"""What a branch touches: the deployments that changed since it left another, and which findings came and went."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rea_xcom_tui.errors import ToolError
from rea_xcom_tui.fleet.baseline import BASELINE_FILE
from rea_xcom_tui.fleet.model import Deployment, Fleet, UnreadableFile
from rea_xcom_tui.fleet.qualified import qualified
from rea_xcom_tui.fleet.scan.footprint import folders_of
from rea_xcom_tui.fleet.scan.joining import joined_fleet
from rea_xcom_tui.fleet.scan.reading import Reading
from rea_xcom_tui.text import clean
from rea_xcom_tui.xcom.compare import field_deltas, same_meaning
from rea_xcom_tui.xcom.model import Finding

if TYPE_CHECKING:
    from rea_xcom_tui.gitops import Repository

Row = tuple[Deployment, Finding]


@dataclass(frozen=True, slots=True)
class ChangedSince:
    """What has changed between the merge base with a revision and a fleet."""

    ref: str
    """The revision, as the user named it."""
    base: str
    """The commit in which both histories meet."""
    before: Fleet
    """The fleet there."""
    files: frozenset[str]
    """Every path that differs, what is not committed and what git does not track yet included."""
    touched: frozenset[str]
    """The deployments that a change reaches, through shared layers too."""

    @property
    def baseline_changed(self) -> bool:
        """Whether what the repo declares to be right has changed, which concerns every deployment."""
        return BASELINE_FILE in self.files


@dataclass(frozen=True, slots=True)
class FindingsSince:
    """The findings that a branch answers for, and those that it has put right."""

    ref: str
    base: str
    rows: tuple[Row, ...]
    """Of deployments that it touches, and new ones of others, in the order of the fleet."""
    unreadable: tuple[UnreadableFile, ...]
    remaining: frozenset[tuple[str, Finding]]
    """Those of `rows`, by the id of the deployment, that were there before."""
    remaining_files: frozenset[str]
    """Those of `unreadable` that could not be read before either."""
    fixed: tuple[Row, ...]
    """Findings of the merge base that are gone, each with its deployment as it was."""
    readable: tuple[UnreadableFile, ...]
    """Files that could not be read at the merge base."""
    looked_at: frozenset[str]
    """The deployments that were judged."""


def changed_since(repository: Repository, fleet: Fleet, ref: str, reading: Reading) -> ChangedSince:
    """What has changed in `fleet` since the commit in which its history meets that of `ref`.

    Both fleets are read in full, because a shared layer reaches deployments of other folders. `reading` is that of
    `fleet`, so that a change of the configuration alone makes no finding new. Raises `ToolError` when there is no such
    revision or no common history.
    """
    from rea_xcom_tui.fleet.scan.scan import scan_revision

    base = merge_base(repository, fleet, ref)
    files = _changed_files(repository, fleet, base)
    before = scan_revision(repository, base, reading, near=fleet if fleet.ref is not None else None)
    linked = _folders_at_links(fleet)
    touched = {now.id for now in fleet.deployments if _is_touched(fleet, before.by_id.get(now.id), now, files, linked)}
    return ChangedSince(ref, base, before, files, frozenset(touched))


def joined(parts: Mapping[str, ChangedSince], root: Path, reading: Reading) -> ChangedSince:
    """What has changed in several repos, as the whole fleet knows it; that of the only one, where there is only one.

    What only all deployments together show is judged again for all repos as they were, as it is of them as they are.
    """
    if "" in parts:
        return parts[""]
    fleets = {repo: part.before for repo, part in parts.items()}
    before = joined_fleet(fleets, root, reading, ref=next(part.ref for part in parts.values()))
    return ChangedSince(
        next(part.ref for part in parts.values()),
        " ".join(part.base[:10] for part in parts.values()),
        before,
        frozenset(qualified(repo, file) for repo, part in parts.items() for file in part.files),
        frozenset(qualified(repo, id_) for repo, part in parts.items() for id_ in part.touched),
    )


def merge_base(repository: Repository, fleet: Fleet, ref: str) -> str:
    """The id of the commit in which the history of `fleet` meets that of `ref`. Raises `ToolError` without one."""
    if fleet.head is None:
        raise ToolError("there is no commit yet, so nothing can be compared with what was before")
    repository.resolve(ref)
    base = repository.merge_base(ref, fleet.head)
    if base is None:
        why = (
            "this clone is shallow; fetch all of the history (`git fetch --unshallow`, or `fetch-depth: 0` in CI)"
            if repository.shallow()
            else "the two histories have no commit in common; name a branch that this one was made from"
        )
        raise ToolError(f"there is no telling what has changed since {clean(ref)}: {why}")
    return base


def _is_gone(deployment: Deployment, changed: ChangedSince) -> bool:
    """Whether a change took it away; what a sparse checkout leaves out is still there."""
    return any(file in changed.files for file in deployment.files)


def _changed_files(repository: Repository, fleet: Fleet, base: str) -> frozenset[str]:
    committed = {file.path for file in repository.changed_files(base, fleet.head or base)}
    if fleet.ref is not None:
        return frozenset(committed)
    listed = repository.tracked_and_untracked()
    tracked = [entry.path for entry in listed if entry.tracked]
    untracked = {entry.path for entry in listed if not entry.tracked}
    # While a repo is only viewed, its files are compared one by one; git does it at once otherwise.
    dirty = repository.dirty(tracked if repository.viewing else None)
    return frozenset(committed | untracked | dirty)


def _folders_at_links(fleet: Fleet) -> frozenset[str]:
    """The folders of plain files that are a link, or are below one."""
    found: set[str] = set()
    for folder in sorted(folders_of(one.file for one in fleet.deployments if not one.stack) - {""}):
        if os.path.dirname(folder) in found or os.path.islink(fleet.root / folder):
            found.add(folder)
    return frozenset(found)


def _is_touched(
    fleet: Fleet, before: Deployment | None, now: Deployment, files: Collection[str], linked: Collection[str]
) -> bool:
    if before is None or any(file in files for file in (*now.files, *before.files)):
        return True
    if _place(before) != _place(now):
        return True
    # What a generator or a link brings in is in a file of neither side. Of any other plain file only its own bytes
    # count: where a filter such as git-crypt is at work, they are not those that git has.
    indirect = bool(now.stack) or os.path.dirname(now.file) in linked or os.path.islink(fleet.root / now.file)
    return indirect and any(field_deltas(now.id, before.config.fields, now.config.fields, tuple(now.config.fields)))


def _place(deployment: Deployment) -> tuple[object, ...]:
    return deployment.name, deployment.env, deployment.cluster, deployment.layers, deployment.unreached


def findings_since(fleet: Fleet, changed: ChangedSince, only: Collection[str], *, everything: bool) -> FindingsSince:
    """Which findings of the deployments in `only` are new, fixed or remaining; files too where `everything` is asked.

    A deployment that no change touches counts for what is new or fixed in it: a rule over the whole fleet may speak of
    one deployment because of another.
    """
    rows: list[Row] = []
    remaining: set[tuple[str, Finding]] = set()
    fixed: list[Row] = []
    looked_at = {id_ for id_ in changed.touched if id_ in only}
    for now in fleet.deployments:
        before = changed.before.by_id.get(now.id)
        if now.id not in only:
            continue
        kept, came, gone = _paired(before, now)
        fixed += [(before, finding) for finding in gone if before is not None]
        if now.id in changed.touched:
            rows += [(now, finding) for finding in now.findings]
            remaining |= {(now.id, finding) for finding in kept}
        else:
            rows += [(now, finding) for finding in came]
            looked_at |= {now.id} if came or gone else set()
    if everything:
        fixed += _removed(fleet, changed)
    was_broken = {file.file for file in changed.before.unreadable}
    broken = {file.file for file in fleet.unreadable}
    return FindingsSince(
        changed.ref,
        changed.base,
        tuple(rows),
        tuple(u for u in fleet.unreadable if everything and (u.file in changed.files or u.file not in was_broken)),
        frozenset(remaining),
        frozenset(was_broken & broken),
        tuple(sorted(fixed, key=lambda row: (row[0].id, row[1].line, row[1].code))),
        tuple(u for u in changed.before.unreadable if everything and u.file in changed.files and u.file not in broken),
        frozenset(looked_at),
    )


def _removed(fleet: Fleet, changed: ChangedSince) -> list[Row]:
    """The findings of deployments that a change took away."""
    gone = (d for d in changed.before.deployments if d.id not in fleet.by_id)
    broken = {file.file for file in fleet.unreadable}
    return [(d, finding) for d in gone if d.file not in broken and _is_gone(d, changed) for finding in d.findings]


def _paired(before: Deployment | None, now: Deployment) -> tuple[list[Finding], list[Finding], list[Finding]]:
    """The findings of one deployment that stayed, that came, and that went.

    Lines may move, so a finding is known by its rule, its field and its words; where the words differ, because they
    count or name others, it is the same as long as its field says what it said.
    """
    if before is None:
        return [], list(now.findings), []
    old = list(before.findings)
    kept, came = _take(old, list(now.findings), _worded)
    same_field = {name for name, was in before.config.fields.items() if same_meaning(was, now.config.fields[name])}
    unchanged = [finding for finding in came if finding.field is not None and finding.field in same_field]
    again, _ = _take(old, unchanged, lambda finding: (finding.code, finding.field))
    return [*kept, *again], [finding for finding in came if finding not in again], old


def _worded(finding: Finding) -> tuple[object, ...]:
    return finding.code, finding.field, finding.message


def _take(
    old: list[Finding], new: Sequence[Finding], key: Callable[[Finding], tuple[object, ...]]
) -> tuple[list[Finding], list[Finding]]:
    """Part `new` into those with a partner in `old`, which is taken out of it, and the others."""
    kept, came = [], []
    for finding in new:
        partner = next((one for one in old if key(one) == key(finding)), None)
        if partner is None:
            came.append(finding)
        else:
            old.remove(partner)
            kept.append(finding)
    return kept, came
