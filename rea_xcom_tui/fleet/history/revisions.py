"""Comparing two revisions, or one with the working tree, field by field."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rea_xcom_tui.fleet.compare import FieldChange, differences
from rea_xcom_tui.fleet.model import Deployment, Fleet, UnreadableFile
from rea_xcom_tui.fleet.scan.judge import Reading
from rea_xcom_tui.fleet.scan.read import read_deployment
from rea_xcom_tui.fleet.scan.scan import MOST_BYTES, candidates

if TYPE_CHECKING:
    from rea_xcom_tui.gitops import Repository

WORKING_TREE = ""
"""Stands for the files as they are on the disk, in the place of a revision."""

Item = Deployment | UnreadableFile | None

_READING = Reading(judged=False)
_REGULAR = ("100644", "100755")


@dataclass(frozen=True, slots=True)
class Range:
    """Two sides of a comparison, as the user names them."""

    old: str
    new: str = WORKING_TREE
    forked: bool = False
    """Whether the old side is the commit from which the new one left it."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What differs in meaning between two revisions."""

    old: str
    """The commit's id."""
    new: str | None
    """The commit's id; None for the working tree."""
    changes: tuple[FieldChange, ...]


def parse_range(text: str, to: str = WORKING_TREE) -> Range:
    """Understand `OLD`, `OLD..NEW` or `OLD...NEW` (since NEW left OLD); an empty side is HEAD, as git has it.

    `OLD` alone is compared with `to`. No name of a branch or a tag has two dots in it.
    """
    for dots in ("...", ".."):
        old, found, new = text.partition(dots)
        if found:
            return Range(old.strip() or "HEAD", new.strip() or "HEAD", dots == "...")
    return Range(text.strip() or "HEAD", to)


def compare_revisions(repository: Repository, fleet: Fleet, wanted: Range) -> Comparison:
    """What changed from the old side to the new one; `fleet` is what the working tree holds.

    Only files that differ are read. Raises `GitProblem` when there is no such revision.
    """
    old = repository.resolve(wanted.old)
    new = repository.resolve(wanted.new) if wanted.new != WORKING_TREE else None
    if wanted.forked:
        old = repository.merge_base(old, new or "HEAD") or old
    if new is not None:
        return Comparison(old, new, tuple(changes_between(repository, old, new)))
    return Comparison(old, None, tuple(differences(_at(repository, old, fleet), fleet)))


def changes_between(repository: Repository, old: str, new: str) -> Iterable[FieldChange]:
    """What differs in meaning between two commits. Only files that differ are read."""
    files = repository.changed_files(old, new)
    oids = {oid for file in files for oid in (file.before, file.after) if oid}
    blobs = repository.blobs(sorted(oids), limit=MOST_BYTES)

    def fleet(pairs: Iterable[tuple[str, str | None]]) -> Fleet:
        return _fleet(repository, [_read(path, blobs.get(oid or "")) for path, oid in pairs])

    return differences(
        fleet((file.path, file.before) for file in files), fleet((file.path, file.after) for file in files)
    )


def _at(repository: Repository, commit: str, known: Fleet) -> Fleet:
    """The fleet of a commit; a file that is in the working tree as well need not be read again."""
    digests = {deployment.file: deployment for deployment in known.deployments}
    entries = [entry for entry in candidates(repository.tree(commit)) if entry.mode in _REGULAR and entry.oid]
    same = [digests[entry.path] for entry in entries if _unchanged(digests.get(entry.path), entry.oid)]
    others = [entry for entry in entries if not _unchanged(digests.get(entry.path), entry.oid)]
    blobs = repository.blobs([entry.oid for entry in others if entry.oid], limit=MOST_BYTES)
    return _fleet(repository, [*same, *(_read(entry.path, blobs.get(entry.oid or "")) for entry in others)])


def _unchanged(deployment: Deployment | None, oid: str | None) -> bool:
    return deployment is not None and deployment.digest == oid


def _fleet(repository: Repository, items: Sequence[Item]) -> Fleet:
    deployments = tuple(item for item in items if isinstance(item, Deployment))
    unreadable = tuple(item for item in items if isinstance(item, UnreadableFile))
    return Fleet(repository.root, None, None, deployments, unreadable)


def _read(path: str, data: bytes | None) -> Item:
    return read_deployment(path, data, _READING) if data is not None else None
