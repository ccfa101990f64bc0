"""Deployments as one report shows them, kept ready-made, so that a listing of thousands need not build the fleet."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rea_xcom_tui.fleet.model import Manifest, UnreadableFile
from rea_xcom_tui.fleet.scan.cache import Cache, Kept, Keys
from rea_xcom_tui.fleet.scan.gc_paused import no_collection
from rea_xcom_tui.fleet.scan.judge import Reading, not_ignored
from rea_xcom_tui.fleet.scan.links import below_links
from rea_xcom_tui.fleet.scan.records import from_record
from rea_xcom_tui.fleet.scan.scan import FIRST, candidates, on_disk, settled_tasks, tasks_of
from rea_xcom_tui.fleet.scan.shown import Shown, View, unpack
from rea_xcom_tui.fleet.scan.trees import has_layouts
from rea_xcom_tui.fleet.scan.workers import Task, outcomes
from rea_xcom_tui.xcom.model import Finding
from rea_xcom_tui.xcom.rules.fleet import check_fleet

if TYPE_CHECKING:
    from rea_xcom_tui.gitops import FileEntry, Look, Repository


@dataclass(frozen=True, slots=True)
class Showing:
    """A fleet of plain files as a view shows it."""

    view: View
    head: str | None
    branch: str | None
    shown: Sequence[Shown]
    """In the order of their ids."""
    dirty: Collection[str]
    """The ids of those that differ from HEAD."""
    unreadable: Sequence[UnreadableFile]
    together: Mapping[str, tuple[Finding, ...]]
    """The findings by id that only the whole fleet shows."""
    listed: Sequence[FileEntry]
    """Every file of the working tree."""
    outside: Sequence[str]
    """The paths that a sparse checkout leaves out."""

    def findings(self, one: Shown) -> list[bytes]:
        """The text of each finding of a deployment, in their order."""
        more = [(f.line, f.code, self.view.finding(one.id, f)) for f in self.together.get(one.id, ())]
        if not more:
            return [text for _, _, text in one.findings]
        return [text for _, _, text in sorted((*one.findings, *more), key=lambda found: found[:2])]


def show_worktree(repository: Repository, reading: Reading, view: View, cache: Cache, asked: Look) -> Showing | None:
    """Show every plain file of the working tree, what the cache knows of them without making deployments of it.

    None where that is not enough: in a repo whose deployments may be made of layers, or that is only viewed.
    """
    keys, end = Keys(reading), view.name.encode()
    day, scope = reading.today.toordinal(), keys.scope(repository.root)
    # What git knows at once is looked up while git is still comparing the files.
    early = tasks_of(repository, candidates(asked.index.entries))
    named = {keys.key(task.file, task.oid, task.size): task.file for task in early if task.oid}
    nothing = cache.nothing(scope, day)
    before = frozenset(nothing)
    with no_collection():
        known = {file: b"" for key, file in named.items() if key in nothing}
        views = cache.get([key + end for key in named if key not in nothing], day)
        known.update({named[key.removesuffix(end)]: record for key, record in views})
        tree = asked.work_tree()
        repository.skipped = tree.skipped
        if tree.dirty is None or has_layouts(tree.entries, reading.layouts):
            return None
        entries, outside = on_disk(repository, candidates(tree.entries))
        by_file = {task.file: task for task in early}
        linked, dirty = below_links(repository, tree.entries, tree.dirty)
        tasks = settled_tasks(repository, [*entries, *candidates(linked)], dirty, tree.converted, by_file)
        found: list[Shown | UnreadableFile | Manifest] = []
        left: list[Task] = []
        for task in tasks:
            record = known.get(task.file) if task.oid else None
            if record is None:
                left.append(task)
            elif record:
                found.append(unpack(record))
        if left:
            found += _read(repository, left, reading, view, keys, cache, nothing)
    if nothing != before:
        cache.put_nothing(scope, [key for key in nothing if key in named or key not in before], day)
    if any(isinstance(item, Manifest) for item in found):
        return None
    shown = sorted([item for item in found if isinstance(item, Shown)], key=lambda one: one.id)
    broken = sorted(
        [item for item in found if isinstance(item, UnreadableFile)], key=lambda u: (u.file, u.line, u.column)
    )
    shown_first = frozenset(one.id for one in shown[:FIRST])
    if shown_first != cache.first(scope, day):
        cache.put_first(scope, shown_first, day)
    told = check_fleet([one.row for one in shown if one.row is not None], reading.rules)
    together = {id_: tuple(not_ignored(findings, id_, id_, reading, set())) for id_, findings in told.items()}
    changed = frozenset(task.file for task in tasks if task.dirty)
    return Showing(view, tree.head, tree.branch, shown, changed, broken, together, tree.entries, outside)


def _read(
    repository: Repository,
    left: Sequence[Task],
    reading: Reading,
    view: View,
    keys: Keys,
    cache: Cache,
    nothing: set[bytes],
) -> Iterator[Shown | UnreadableFile | Manifest]:
    """Show what the cache has no view of: of what it has records, and of files."""
    day, end = reading.today.toordinal(), view.name.encode()
    with cache.filling(day) as keep:
        named = {keys.key(task.file, task.oid, task.size): task for task in left if task.oid}
        seen: set[str] = set()
        for key, record in cache.get(named, day):
            try:
                packed = view.pack(from_record(record))
            except ValueError:
                continue
            task = named[key]
            seen.add(task.file)
            keep(key + end, Kept(packed))
            if packed:
                yield unpack(packed)
        tasks = [task for task in left if task.file not in seen]
        for outcome in outcomes(repository, tasks, reading, view):
            task = tasks[outcome.number]
            if outcome.keep and task.oid:
                key = keys.key(task.file, task.oid, task.size)
                if outcome.record or outcome.dated:
                    keep(key, Kept(outcome.record, outcome.dated))
                    keep(key + end, Kept(outcome.view, outcome.dated))
                else:
                    nothing.add(key)
            if outcome.view:
                yield unpack(outcome.view)
