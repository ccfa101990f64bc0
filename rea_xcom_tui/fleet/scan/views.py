"""Deployments as one report shows them, kept ready-made, so that a listing of thousands need not build the fleet."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from rea_xcom_tui.fleet.model import Manifest, UnreadableFile
from rea_xcom_tui.fleet.qualified import qualified, unreadable_in
from rea_xcom_tui.fleet.scan.cache import Cache, Kept, Keys
from rea_xcom_tui.fleet.scan.gc_paused import no_collection
from rea_xcom_tui.fleet.scan.judge import Reading, not_ignored
from rea_xcom_tui.fleet.scan.links import below_links
from rea_xcom_tui.fleet.scan.records import from_record
from rea_xcom_tui.fleet.scan.scan import FIRST, candidates, on_disk, settled_tasks, tasks_of
from rea_xcom_tui.fleet.scan.shown import Shown, View, unpack
from rea_xcom_tui.fleet.scan.trees import has_layouts
from rea_xcom_tui.fleet.scan.workers import Convoy, Task, outcomes
from rea_xcom_tui.xcom.model import Finding
from rea_xcom_tui.xcom.rules.fleet import check_fleet

if TYPE_CHECKING:
    from rea_xcom_tui.gitops import FileEntry, Look, Repository


@dataclass(frozen=True, slots=True)
class ShownRepo:
    """A repo of plain files as a view shows it, by itself."""

    root: Path
    head: str | None
    branch: str | None
    shown: Sequence[Shown]
    """In the order of their ids, which are those of the repo."""
    dirty: Collection[str]
    """The ids of those that differ from HEAD."""
    unreadable: Sequence[UnreadableFile]
    listed: Sequence[FileEntry]
    """Every file of the working tree."""
    outside: Sequence[str]
    """The paths that a sparse checkout leaves out."""


@dataclass(frozen=True, slots=True)
class Showing:
    """A fleet of plain files as a view shows it."""

    view: View
    repos: Mapping[str, ShownRepo]
    """What it is made of, by name; a repo that is alone has none."""
    together: Mapping[str, tuple[Finding, ...]]
    """The findings that only the whole fleet shows, by the ids that it knows deployments by."""

    def __len__(self) -> int:
        return sum(len(part.shown) for part in self.repos.values())

    @property
    def unreadable(self) -> list[UnreadableFile]:
        """The files that cannot be read, as the whole fleet knows them."""
        return [unreadable_in(repo, file) for repo, part in self.repos.items() for file in part.unreadable]

    def rows(self) -> Iterator[tuple[str, Shown, list[bytes]]]:
        """Every deployment in the fleet's order: the name of its repo, what is shown, the text of each finding."""
        for repo, one in _in_order(self.repos):
            yield repo, one, self._findings(repo, one)

    def _findings(self, repo: str, one: Shown) -> list[bytes]:
        more = [(f.line, f.code, self.view.finding(one.id, f)) for f in self.together.get(qualified(repo, one.id), ())]
        if not more:
            return [text for _, _, text in one.findings]
        return [text for _, _, text in sorted((*one.findings, *more), key=lambda found: found[:2])]


def shown_together(view: View, repos: Mapping[str, ShownRepo], reading: Reading) -> Showing:
    """The fleet of repos that were shown each by itself, with what only all of them together show."""
    rows = [
        replace(one.row, id=qualified(repo, one.id)) if repo else one.row
        for repo, one in _in_order(repos)
        if one.row is not None
    ]
    told = check_fleet(rows, reading.rules)
    return Showing(view, repos, {id_: tuple(not_ignored(f, id_, id_, reading, set())) for id_, f in told.items()})


def _in_order(repos: Mapping[str, ShownRepo]) -> Iterator[tuple[str, Shown]]:
    """What is shown in the order of the whole fleet's ids: no name holds a colon, so they begin with their order."""
    for repo in sorted(repos, key=lambda name: qualified(name, "")):
        for one in repos[repo].shown:
            yield repo, one


def show_worktree(
    repository: Repository, reading: Reading, view: View, cache: Cache, asked: Look, convoy: Convoy | None = None
) -> ShownRepo | None:
    """Show every plain file of the working tree, what the cache knows of them without making deployments of it.

    None where that is not enough: in a repo whose deployments may be made of layers, or that is only viewed. `convoy`
    reads the files of this and of other repos that make one fleet with it.
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
            found += _read((repository, left, convoy), reading, view, keys, cache, nothing)
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
    changed = frozenset(task.file for task in tasks if task.dirty)
    return ShownRepo(repository.root, tree.head, tree.branch, shown, changed, broken, tree.entries, outside)


def _read(
    of: tuple[Repository, Sequence[Task], Convoy | None],
    reading: Reading,
    view: View,
    keys: Keys,
    cache: Cache,
    nothing: set[bytes],
) -> Iterator[Shown | UnreadableFile | Manifest]:
    """Show what the cache has no view of: of what it has records, and of files; `of` tells the repo, which files, and
    who reads them."""
    repository, left, convoy = of
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
        for outcome in outcomes(repository, tasks, reading, view, convoy):
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
