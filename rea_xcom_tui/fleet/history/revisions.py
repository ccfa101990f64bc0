"""Comparing two revisions, or one with the working tree, field by field."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rea_xcom_tui.fleet.compare import differences
from rea_xcom_tui.fleet.model import Deployment, Fleet, Item, UnreadableFile
from rea_xcom_tui.fleet.scan.blobs import Blobs
from rea_xcom_tui.fleet.scan.layered import as_before
from rea_xcom_tui.fleet.scan.reading import Reading
from rea_xcom_tui.fleet.scan.scan import scan_revision
from rea_xcom_tui.fleet.scan.tasks import candidates, on_disk
from rea_xcom_tui.fleet.scan.trees import LINK
from rea_xcom_tui.text import plural
from rea_xcom_tui.xcom.compare import FieldDelta

if TYPE_CHECKING:
    from rea_xcom_tui.gitops import Repository

WORKING_TREE = ""
"""Stands for the files as they are on the disk, in the place of a revision."""

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
    changes: tuple[FieldDelta, ...]
    notes: tuple[str, ...] = ()
    """What the reader has to know of it, such as what a sparse checkout leaves out."""


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
    # What is at a link changes with another file.
    if fleet.layouts is not None or any(entry.mode == LINK for entry in repository.tracked()):
        reading = as_before(fleet.layouts) if fleet.layouts is not None else Reading(judged=False)
        there = scan_revision(repository, new, reading) if new is not None else fleet
        return Comparison(old, new, tuple(differences(scan_revision(repository, old, reading), there)))
    if new is not None:
        return Comparison(old, new, tuple(changes_between(repository, old, new)))
    return _with_worktree(repository, old, fleet)


def changes_between(repository: Repository, old: str, new: str) -> Iterable[FieldDelta]:
    """What differs in meaning between two commits. Only files that differ are read."""
    files = repository.changed_files(old, new)
    before = [(file.path, file.before) for file in files]
    after = [(file.path, file.after) for file in files]
    blobs = Blobs(repository)
    blobs.read([*before, *after])
    return differences(*(_fleet(repository, [blobs.item(*one) for one in side]) for side in (before, after)))


def _with_worktree(repository: Repository, commit: str, known: Fleet) -> Comparison:
    """Compare a commit with the files on the disk, of which `known` is what they hold.

    What a sparse checkout leaves out counts as the index has it, as in `git diff`.
    """
    tracked = [entry for entry in repository.tracked() if entry.mode in _REGULAR]
    dirty = repository.dirty()
    index = {entry.path: entry.oid for entry in tracked if entry.path not in dirty}
    entries = [entry for entry in candidates(repository.tree(commit)) if entry.mode in _REGULAR]
    before = {entry.path: entry.oid or "" for entry in entries}
    same = frozenset(path for path, oid in before.items() if index.get(path) == oid)
    _, outside = on_disk(repository, candidates(tracked))
    left_out = {path: index.get(path) or "" for path in outside if path not in same}
    changed = [(path, oid) for path, oid in before.items() if path not in same]
    blobs = Blobs(repository)
    blobs.read([*changed, *left_out.items()])
    there: list[Item] = [one for one in known.deployments if one.file not in same]
    there += [one for one in known.unreadable if one.file not in same]
    changes = differences(
        _fleet(repository, [blobs.item(*one) for one in changed]),
        _fleet(repository, [*there, *(blobs.item(*one) for one in left_out.items())]),
    )
    files = plural(len(outside), "file")
    notes = (f"{files} outside of the sparse checkout compared as git's index has them",) if outside else ()
    return Comparison(commit, None, tuple(changes), notes)


def _fleet(repository: Repository, items: Sequence[Item]) -> Fleet:
    deployments = tuple(item for item in items if isinstance(item, Deployment))
    unreadable = tuple(item for item in items if isinstance(item, UnreadableFile))
    return Fleet(repository.root, None, None, deployments, unreadable)
