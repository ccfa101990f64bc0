"""Scanning a repo: which files hold agent values, and what they say."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from heapq import nsmallest
from typing import TYPE_CHECKING

import msgspec

from rea_xcom_tui.fleet.model import Deployment, Fleet, Item, Layouts, Manifest, UnreadableFile, UnusedFile
from rea_xcom_tui.fleet.scan import pool
from rea_xcom_tui.fleet.scan.cache import Cache, Keys
from rea_xcom_tui.fleet.scan.changed import named_by_content
from rea_xcom_tui.fleet.scan.first import FIRST, are_enough, by_name, first_and_rest, middles, those_like_first
from rea_xcom_tui.fleet.scan.gc_paused import no_collection
from rea_xcom_tui.fleet.scan.judge import with_fleet_findings, without_fleet_findings
from rea_xcom_tui.fleet.scan.left_out import left_out_notices, skipped_notices, submodule_notices
from rea_xcom_tui.fleet.scan.links import below_links, linked_entries
from rea_xcom_tui.fleet.scan.reading import Reading
from rea_xcom_tui.fleet.scan.records import from_record
from rea_xcom_tui.fleet.scan.suggested import suggestion_notices
from rea_xcom_tui.fleet.scan.tasks import REGULAR, candidates, on_disk, settled_tasks, size_of, tasks_of
from rea_xcom_tui.fleet.scan.trees import LINK, MOST_BYTES, commit_tree, disk_tree, has_layouts
from rea_xcom_tui.fleet.scan.workers import UNSEEN, Convoy, Task, is_much, prepare, read_tasks
from rea_xcom_tui.layouts.model import AGENT_CHART
from rea_xcom_tui.layouts.signs import may_deploy
from rea_xcom_tui.text import clean

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.scan.layered import Layered
    from rea_xcom_tui.gitops import FileEntry, Look, Repository
    from rea_xcom_tui.layouts.tree import Tree

Progress = Callable[[int, int, Collection[Deployment]], None]
"""Called with the files read so far, the number of all files, and the deployments found since the last call."""

_BATCH = 200
_SCREENFUL = 40
"""How many deployments are reported as soon as they are found, because nothing is shown before."""
_FEW = 50
"""This few files are read first where they may reveal layers: no process need be started for that."""


class Found(msgspec.Struct):
    """What was read so far."""

    deployments: list[Deployment]
    unreadable: list[UnreadableFile]
    manifests: int = 0
    """How many files may hold objects of a tool that deploys charts."""
    unused: tuple[UnusedFile, ...] = ()
    read: int = 0
    """How many files that took."""
    notices: tuple[str, ...] = ()
    """What a person should know about entry points that make no row."""


def scan_worktree(
    repository: Repository,
    reading: Reading,
    progress: Progress | None = None,
    cache: Cache | None = None,
    asked: Look | None = None,
    convoy: Convoy | None = None,
) -> Fleet:
    """Read every file of the working tree that git tracks or does not ignore.

    `asked` is what git has been asked already, where the caller could ask earlier. `convoy` reads the files of this
    and of other repos that make one fleet with it.
    """
    # What only all deployments together show, whoever joins the repos finds; here it says which ignores are of use.
    alone = convoy is None or bool(reading.rules.ignores)
    with closing(Convoy(1)) as own:
        asked = asked or repository.look()
        return _scan((repository, reading, cache or Cache(None), asked), progress, convoy or own, together=alone)


def _scan(
    of: tuple[Repository, Reading, Cache, Look], progress: Progress | None, convoy: Convoy, *, together: bool
) -> Fleet:
    repository, reading, cache, asked = of
    keys = Keys(reading)
    # What git lists at once is looked up, and shown, while git is still comparing the files.
    day, scope = reading.today.toordinal(), keys.scope(repository.root)
    nothing = cache.nothing(scope, day)
    before = frozenset(nothing)
    seen_first = cache.first(scope, day)
    new = not seen_first and not nothing
    if new:
        prepare()  # while git is still listing the files
    if not new or asked.lists_attributes:
        asked.ask_conversions()
    early, named, known = _looked_up(
        repository, first_and_rest(asked, seen_first), keys, nothing, cache, day, progress, new=new
    )
    progress = _without(progress, {item.id for item in known.values() if isinstance(item, Deployment)})
    tree = asked.work_tree(conversions=bool(known))  # else what is kept of each file is held against its blob
    repository.skipped, listed = tree.skipped, tree.entries
    entries, sparse = on_disk(repository, candidates(listed))
    dirty = tree.dirty
    if dirty is None:  # while a repo is only viewed, its files are compared one by one
        dirty = repository.dirty([entry.path for entry in entries])
    linked, dirty = below_links(repository, listed, dirty)
    entries += candidates(linked)
    tasks = settled_tasks(repository, entries, dirty, tree.converted, {task.file: task for task in early})
    seen = {task.file for task in tasks if task.oid and task.file in known}
    found = _collect(Found([], []), (known[file] for file in seen), len(entries), None)
    left = named_by_content(repository, [task for task in tasks if task.file not in seen])
    changed = {keys.key(task.file, task.oid, task.size): task.file for task in left if task.dirty and task.oid}
    again = dict(_known(changed, nothing, cache, day, progress, dirty=True))
    seen |= again.keys()
    found = _collect(found, again.values(), len(entries), None)
    left = [task for task in left if task.file not in again]

    def read(tasks: Sequence[Task]) -> Iterator[Item]:
        return read_tasks(repository, tasks, reading, keys, cache, seen, nothing, convoy)

    named_so = has_layouts(listed, reading.layouts)
    if not found.manifests and not named_so:
        found = _to_manifest(found, left, len(entries), progress, read, alone=convoy.repos == 1)
        left = [task for task in left if task.file not in seen]
    layouts, layered = None, None
    if found.manifests or named_so:
        if converted := asked.work_tree().converted - tree.converted:
            tasks = [msgspec.structs.replace(task, oid="") if task.file in converted else task for task in tasks]
        layouts, layered = _layers((repository, listed, tasks, dirty), reading, cache, progress)
        left = _not_reached(left, layouts, layered)
    found = _collect(found, read(left), len(entries), progress)
    if nothing != before:
        cache.put_nothing(scope, [key for key in nothing if key in named or key not in before], day)
    _keep_first(cache, scope, found, seen_first, day)
    if layouts is not None and layered is not None:
        found = _with_layers(found, layouts, layered, reading)
    fleet = _fleet(repository, found, reading, tree.head, tree.branch, layouts=layouts, together=together)
    deploys = layered is not None and layered.deploys
    return _with_notices(fleet, repository, listed, sparse, suggest=bool(fleet.deployments) and not deploys)


def _with_notices(
    fleet: Fleet, repository: Repository, listed: Sequence[FileEntry], outside: Sequence[str], *, suggest: bool
) -> Fleet:
    """The fleet with what a person should know of files that are not read, or not as layers."""
    told = left_out_notices(repository, listed, outside)
    told += suggestion_notices(repository, listed) if suggest else ()
    return replace(fleet, notices=(*fleet.notices, *told)) if told else fleet


def _keep_first(cache: Cache, scope: bytes, found: Found, before: Collection[str], day: int) -> None:
    """Keep which files are looked up first at the next start."""
    first = frozenset(nsmallest(FIRST, (one.file for one in found.deployments if not one.dirty)))
    if first != before:
        cache.put_first(scope, first, day)


def _not_reached(tasks: list[Task], layouts: Layouts, layered: Layered) -> list[Task]:
    """The files that have no part in a deployment: those that have one are not rows, and nobody judges them as such."""
    from rea_xcom_tui.fleet.scan.layered import is_reached

    if not layered.deploys:
        return tasks
    return [task for task in tasks if not is_reached(layered, layouts.tree, task.file)]


def _layers(
    of: tuple[Repository, Sequence[FileEntry], Sequence[Task], frozenset[str]],
    reading: Reading,
    cache: Cache,
    progress: Progress | None,
) -> tuple[Layouts, Layered]:
    """The entry points of a working tree, and the rows that their layers make; `of` tells the repo, what git lists in
    it, what is to be read, and what has changed."""
    from rea_xcom_tui.fleet.scan.kept_layers import Files, layered_rows
    from rea_xcom_tui.fleet.scan.layered import look

    repository, listed, tasks, dirty = of
    root = repository.root
    known = {
        task.file: (task.oid, size_of(root, task.file) if task.size == UNSEEN else task.size)
        for task in tasks
        if task.oid
    }
    files = Files(repository, listed, known, dirty | {entry.path for entry in listed if not entry.tracked})
    layouts = look(disk_tree(files.repository, files.listed, changed=files.changed), reading)
    return layouts, layered_rows(files, layouts, reading, cache, progress)


def _looked_up(
    repository: Repository,
    parts: Iterable[Sequence[FileEntry]],
    keys: Keys,
    nothing: Collection[bytes],
    cache: Cache,
    day: int,
    progress: Progress | None,
    *,
    new: bool,
) -> tuple[list[Task], dict[bytes, str], dict[str, Item]]:
    """All tasks, the file of each key, and what the cache knows, looked up part by part.

    Where next to nothing is known of the first part of a repo that is `new`, nothing is known.
    """
    tasks: list[Task] = []
    named: dict[bytes, str] = {}
    known: dict[str, Item] = {}
    for number, part in enumerate(parts):
        in_vain = new and number > 0 and not known
        some = tasks_of(repository, part, sized=not in_vain)
        tasks += some
        if not in_vain:
            fresh = {keys.key(task.file, task.oid, task.size): task.file for task in some if task.oid}
            named |= fresh
            is_sample = new and number == 0
            found = dict(_known(fresh, nothing, cache, day, None if is_sample else progress))
            if is_sample and not are_enough(len(found), len(fresh)):
                continue
            known |= found
            if is_sample and progress is not None:
                progress(len(named), len(named), [item for item in found.values() if isinstance(item, Deployment)])
    return tasks, named, known


def _to_manifest(
    found: Found,
    left: list[Task],
    total: int,
    progress: Progress | None,
    read: Callable[[Sequence[Task]], Iterator[Item]],
    *,
    alone: bool,
) -> Found:
    """What was found up to the first manifest: where nothing has told of layers so far, it may; it is among the files
    that are left, if any is. Of few in one of several repos, no part is waited for before the next is read."""
    others, values = by_name(left)
    apart = alone or is_much(values)
    # A few are read first, because no process need be started for these, unless some have been.
    few = 0 if pool.is_ahead() else _FEW
    for part in (others[:few], others[few:] if apart else ()):
        found = _collect(found, read(part), total, progress, to_manifest=True)
        if found.manifests:
            return found
    some = middles(values) if apart else [*others[few:], *values]
    told: list[Item] = []
    for item in read(some):
        told.append(item)
        if isinstance(item, Manifest):
            return _collect(found, told, total, None)
    if apart:
        like = {item.file for item in told if isinstance(item, Deployment)}
        found = _collect(found, read(those_like_first(values, some, like)), total, progress, to_manifest=True)
    return _collect(found, told, total, None if found.manifests else progress)


def _without(progress: Progress | None, told: Collection[str]) -> Progress | None:
    """The same progress, which is not told again of deployments that it knows of."""
    if progress is None:
        return None
    return lambda done, total, new: progress(done, total, [one for one in new if one.id not in told])


def scan_revision(
    repository: Repository, ref: str, reading: Reading, progress: Progress | None = None, *, near: Fleet | None = None
) -> Fleet:
    """Read the tree of a commit, branch or tag. Raises `GitProblem` when there is no such revision.

    `near` is another revision of the repo by the same `reading`: a plain file that is the same there is not read again.
    """
    commit = repository.resolve(ref)
    listed = repository.tree(commit)
    entries = [entry for entry in candidates(listed) if entry.mode in REGULAR]
    if any(entry.mode == LINK for entry in listed):
        entries += candidates(linked_entries(commit_tree(repository, listed), listed))
    found = _collect(Found([], []), _from_blobs(repository, entries, reading, near), len(entries), progress)
    layouts = None
    if found.manifests or has_layouts(listed, reading.layouts):
        from rea_xcom_tui.fleet.scan.layered import layered_in, look

        layouts = look(commit_tree(repository, listed), reading)
        found = _with_layers(found, layouts, layered_in(layouts, reading, progress), reading)
    fleet = _fleet(repository, found, reading, commit, repository.branch(), ref=ref, layouts=layouts)
    told = tuple(submodule_notices(listed))
    return replace(fleet, notices=(*fleet.notices, *told)) if told else fleet


def _with_layers(found: Found, layouts: Layouts, layered: Layered, reading: Reading) -> Found:
    """What was found with the deployments that entry points make, and without the files that these are made of."""
    from rea_xcom_tui.fleet.scan.layered import sort_plain

    tree = layouts.tree
    problems = [
        UnreadableFile(each.file, each.sentence, each.line, each.column)
        for each in layered.problems
        if layered.deploys or _names_the_chart(tree, each.file)
    ]
    if not layered.deploys:
        if not found.deployments:  # nothing else is there to be shown, so this is why
            return msgspec.structs.replace(found, unreadable=[*found.unreadable, *problems])
        return msgspec.structs.replace(
            found, notices=tuple(f"{clean(one.file, 120)}: {one.message}" for one in problems)
        )
    plain = sort_plain(found.deployments, layered, tree, reading)
    if plain.rows and not layered.rows:  # its files are the fleet, and what is not known of them is worth a notice
        notices = tuple(f"{clean(one.file, 120)}: {one.message}" for one in problems)
        return msgspec.structs.replace(found, deployments=[*plain.rows], notices=notices)
    broken = [file for file in found.unreadable if file.file not in layered.reached]
    told = {file.file for file in broken}
    broken += [problem for problem in problems if problem.file not in told]
    return Found([*layered.rows, *plain.rows], broken, found.manifests, plain.unused)


def _names_the_chart(tree: Tree, file: str) -> bool:
    """Whether the agent's chart is named in a file, which has not been read where the cache knows its problem."""
    from rea_xcom_tui.layouts.tree import LinkOut

    try:
        return AGENT_CHART.encode() in (tree.read(file) or b"")
    except LinkOut:
        return False


def _fleet(
    repository: Repository,
    found: Found,
    reading: Reading,
    head: str | None,
    branch: str | None,
    *,
    ref: str | None = None,
    layouts: Layouts | None = None,
    together: bool = True,
) -> Fleet:
    """The fleet of what was found; with `together`, the rules over all of it are run."""
    judged, stale = with_fleet_findings(found.deployments, reading) if together else (found.deployments, [])
    return Fleet(
        root=repository.root,
        head=head,
        branch=branch,
        deployments=tuple(sorted(judged, key=lambda d: d.id)),
        unreadable=tuple(sorted(found.unreadable, key=lambda u: (u.file, u.line, u.column))),
        unused=tuple(sorted(found.unused, key=lambda u: u.file)),
        ref=ref,
        layouts=layouts,
        notices=(*skipped_notices(repository.skipped), *found.notices, *stale),
    )


def _known(
    named: Mapping[bytes, str],
    nothing: Collection[bytes],
    cache: Cache,
    day: int,
    progress: Progress | None,
    *,
    dirty: bool = False,
) -> Iterator[tuple[str, Item]]:
    """What is in the files that the cache knows, by their paths; `progress` is told of the deployments."""
    new: list[Deployment] = []
    wanted = [key for key in named if key not in nothing]
    yield from ((file, None) for key, file in named.items() if key in nothing)
    with no_collection():
        for done, (key, record) in enumerate(cache.get(wanted, day), start=len(named) - len(wanted)):
            try:
                item = from_record(record, dirty=dirty)
            except ValueError:
                continue
            if isinstance(item, Deployment):
                new.append(item)
            if progress is not None and len(new) >= _BATCH:
                progress(done, len(named), new)
                new = []
            yield named[key], item
    if progress is not None and new:
        progress(len(named), len(named), new)


def _from_blobs(
    repository: Repository, entries: Sequence[FileEntry], reading: Reading, near: Fleet | None
) -> Iterator[Item]:
    from rea_xcom_tui.fleet.scan.read import read_deployment

    # What entry points reach, or do not, is told by the whole tree and not by a file.
    plain = near is not None and not any(one.stack or one.unreached for one in near.deployments)
    known = {(one.id, one.digest): one for one in near.deployments} if near is not None and plain else {}
    same = [found for one in entries if (found := known.get((one.path, one.oid or ""))) is not None]
    yield from map(without_fleet_findings, same)
    left = {one.id for one in same}
    entries = [entry for entry in entries if entry.path not in left]
    repository.bring([entry.oid for entry in entries if entry.oid])
    for start in range(0, len(entries), _BATCH):
        batch = entries[start : start + _BATCH]
        blobs = repository.blobs([entry.oid for entry in batch if entry.oid], limit=MOST_BYTES)
        for entry in batch:
            data = blobs.get(entry.oid or "")
            if data is None:
                yield None
            elif may_deploy(data):
                yield Manifest()
            else:
                yield read_deployment(entry.path, data, reading, digest=entry.oid or "")


def _collect(
    found: Found, items: Iterable[Item], total: int, progress: Progress | None, *, to_manifest: bool = False
) -> Found:
    """Add what was read to what was found before; with `to_manifest`, up to the first manifest."""
    told = len(found.deployments)
    for item in items:
        found.read += 1
        if isinstance(item, Deployment):
            found.deployments.append(item)
        elif isinstance(item, Manifest):
            found.manifests += 1
            if to_manifest:
                break
        elif item is not None:
            found.unreadable.append(item)
        shown_first = told == 0 and len(found.deployments) >= _SCREENFUL
        if progress is not None and (shown_first or found.read % _BATCH == 0 or found.read == total):
            progress(found.read, total, found.deployments[told:])
            told = len(found.deployments)
    if progress is not None and told < len(found.deployments):
        progress(found.read, total, found.deployments[told:])
    return found
