"""Deployments as one report shows them, kept ready-made, so that a listing of thousands need not build the fleet."""

from __future__ import annotations

import os
from array import array
from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from functools import cached_property
from itertools import chain
from operator import attrgetter, is_
from os.path import lexists
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from rea_xcom_tui.fleet.model import Manifest, UnreadableFile
from rea_xcom_tui.fleet.qualified import qualified, unreadable_in
from rea_xcom_tui.fleet.scan.answers import Answers, name_of
from rea_xcom_tui.fleet.scan.cache import Cache, Kept, Keys
from rea_xcom_tui.fleet.scan.changed import named_by_content
from rea_xcom_tui.fleet.scan.first import FIRST, is_new, sample
from rea_xcom_tui.fleet.scan.gc_paused import no_collection
from rea_xcom_tui.fleet.scan.known_views import Known
from rea_xcom_tui.fleet.scan.layered_answers import LayeredState, Unsaid
from rea_xcom_tui.fleet.scan.links import below_links
from rea_xcom_tui.fleet.scan.reading import Reading
from rea_xcom_tui.fleet.scan.records import from_record
from rea_xcom_tui.fleet.scan.shown import Shown, View, unpack
from rea_xcom_tui.fleet.scan.tasks import candidates, may_hold_values, on_disk, settled_tasks, size_of
from rea_xcom_tui.fleet.scan.trees import LINK, has_layouts
from rea_xcom_tui.fleet.scan.workers import UNSEEN, Convoy, Outcome, Task, is_much, outcomes, prepare
from rea_xcom_tui.gitops.unread import index_paths, is_usual
from rea_xcom_tui.user.cached import cache_path
from rea_xcom_tui.xcom.model import Finding

if TYPE_CHECKING:
    from rea_xcom_tui.gitops import FileEntry, Look, Repository, WorkTree
    from rea_xcom_tui.gitops.unread import CheckedOut


class Files(msgspec.Struct, frozen=True):
    """The files of a repo."""

    listed: Sequence[FileEntry]
    """All of the working tree."""
    outside: Sequence[str]
    """The paths that a sparse checkout leaves out."""


class ShownRepo(msgspec.Struct, frozen=True):
    """A repo of plain files as a view shows it, by itself."""

    root: Path
    head: str | None
    branch: str | None
    files: Callable[[], Files]
    """Tells what it is made of; to be asked where that matters."""
    is_usual: bool = False
    """Whether it is known that git looks at each of them itself, and each has a name that is UTF-8."""
    shown: Sequence[Shown] = ()
    """In the order of their ids, which are those of the repo."""
    dirty: Collection[str] = ()
    """The ids of those that differ from HEAD."""
    unreadable: Sequence[UnreadableFile] = ()
    lasting: bool = True
    """Whether the same bytes will always be shown like this."""


class Showing(msgspec.Struct, frozen=True):
    """A fleet of plain files as a view shows it."""

    view: View
    repos: Mapping[str, ShownRepo]
    """What it is made of, by name; a repo that is alone has none."""
    together: Mapping[str, tuple[Finding, ...]]
    """The findings that only the whole fleet shows, by the ids that it knows deployments by."""
    kept: Iterable[bytes] | None = None
    """All that the view says of the fleet, where that is known from before; deployments are not looked up then."""
    to_keep: tuple[Answers, Sequence[bytes]] | None = None
    """Where that can be kept, and for which state; None where it cannot."""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to be shown at all."""
        return self.kept is None and not len(self) and not self.unreadable

    def __len__(self) -> int:
        return sum(len(part.shown) for part in self.repos.values())

    def keep_that_it_is_plain(self) -> None:
        """Keep no more of it than that it can be shown."""
        for _ in self.told(cache_path(), lambda _: iter((b"",))):
            pass

    def told(self, cache_at: Path | None, whole: Callable[[Showing], Iterator[bytes]]) -> Iterator[bytes]:
        """What the view says of the whole fleet, in portions; `whole` makes them where they are not kept."""
        if self.kept is not None:
            yield from self.kept
        elif self.to_keep is None or self.is_empty:
            yield from whole(self)
        else:
            answers, names = self.to_keep
            with closing(Cache(cache_at)) as cache:
                yield from answers.keep(cache, names, whole(self))

    @property
    def unreadable(self) -> list[UnreadableFile]:
        """The files that cannot be read, as the whole fleet knows them."""
        return [unreadable_in(repo, file) for repo, part in self.repos.items() for file in part.unreadable]

    def rows(self) -> Iterator[tuple[str, Shown, list[bytes]]]:
        """Every deployment in the fleet's order: the name of its repo, what is shown, the text of each finding."""
        for repo, one in in_order(self.repos):
            yield repo, one, self._findings(repo, one)

    def _findings(self, repo: str, one: Shown) -> list[bytes]:
        together = self.together.get(qualified(repo, one.id) if repo else one.id)
        if together is None:
            return [text for _, _, text in one.findings]
        more = [(f.line, f.code, self.view.finding(one.id, f)) for f in together]
        return [text for _, _, text in sorted((*one.findings, *more), key=lambda found: found[:2])]


def in_order(repos: Mapping[str, ShownRepo]) -> Iterator[tuple[str, Shown]]:
    """What is shown in the order of the whole fleet's ids: no name holds a colon, so they begin with their order."""
    for repo in sorted(repos, key=lambda name: qualified(name, "")):
        for one in repos[repo].shown:
            yield repo, one


class Glance:
    """What a working tree shows at a glance: what git lists at once, and what the cache knows of that.

    All of it can be had while git is still comparing the files; `settle` waits for that. Without a view nothing is
    looked up.
    """

    def __init__(
        self,
        repository: Repository,
        reading: Reading,
        view: View | None,
        cache: Cache,
        asked: Look,
        convoy: Convoy | None,
    ) -> None:
        self._repository, self._reading, self._view, self._cache = repository, reading, view, cache
        self._asked, self._convoy = asked, convoy
        self._keys = Keys(reading)
        self._day = reading.today.toordinal()
        self._known: Known | None = None
        self._begun: tuple[Sequence[Task], list[list[Outcome]], Generator[list[Outcome], None, None]] | None = None
        """What is being read already, with what was found so far."""
        self._sizes: dict[str, int] = {}
        """How large files are on the disk, as far as that has been asked or read."""
        self._reads_all = False
        """Whether nothing is known of any file, so that the bytes of each are held against its blob."""

    @cached_property
    def name(self) -> bytes:
        """A name for all that the index lists and how large those files are on the disk, and how they are read."""
        sizes = [self._sizes.get(path, UNSEEN) for path in self._paths]
        if UNSEEN in sizes:
            known = self._with_sizes(self._paths)
            sizes = [known[path] for path in self._paths]
        told = array("q", sizes).tobytes()
        return name_of(self._keys.scope(self._repository.root), self._asked.listed, told)

    @cached_property
    def _paths(self) -> Sequence[str]:
        """What the index lists that may hold values, also what is not UTF-8."""
        return [path for path in index_paths(self._asked.listed) if may_hold_values(path.rpartition("/")[2])]

    def _with_sizes(self, paths: Iterable[str]) -> Mapping[str, int]:
        """The sizes that are known, those of these paths among them."""
        root, sizes = self._repository.root, self._sizes
        sizes |= {path: size_of(root, path) for path in paths if path not in sizes}
        return sizes

    def unsaid(self, answers: Answers) -> Unsaid:
        """For who reads the fleet now, as this is not enough; git is asked again where that may have changed."""
        if self._known is not None:
            self._repository.judge_unless_just_done()
            self._asked = self._repository.look()
        return Unsaid(answers, LayeredState(self._repository, self._reading, self._asked))

    def of_layers(self, before: bytes) -> CheckedOut | None:
        """What is checked out, where the state is the one with layers that has this name, and nothing differs from it;
        None where that is another, or nobody can tell."""
        state = LayeredState(self._repository, self._reading, self._asked)
        return self._asked.unchanged() if state.name() == before else None

    @cached_property
    def tells_of_layers(self) -> bool:
        """Whether the names that the index lists, or the configuration, tell of layers."""
        return has_layouts(self.listed, self._reading.layouts)

    @cached_property
    def _is_usual(self) -> bool:
        return is_usual(self._asked.listed)

    @cached_property
    def _candidates(self) -> list[FileEntry]:
        return candidates(self.listed)

    @property
    def listed(self) -> Sequence[FileEntry]:
        """The files of the index."""
        return self._asked.index.entries

    def prepare(self) -> None:
        """Get ready to read all files where nothing is known of any, while git is still listing them."""
        if self._view is not None and is_new(self._repository.root, self._reading, self._cache):
            prepare()

    def look_up(self) -> None:
        """Look up what the cache knows of each file."""
        if self._known is None and self._view is not None:
            root = self._repository.root
            known = Known(root, self._keys, self._cache, self._view, self._day)
            # The sizes of files of which nothing is known are found where they are read.
            if known.is_new and not known.look_up_some(self._tasks(sample(self._candidates))):
                known.tasks = self._tasks(self._candidates, sized=False)
                self._reads_all = not self._asked.lists_attributes
            else:
                known.look_up(self._tasks(self._candidates))
            self._known = known
            if not self._reads_all:
                self._asked.ask_conversions()

    def _tasks(self, entries: Sequence[FileEntry], *, sized: bool = True) -> Sequence[Task]:
        sizes = self._with_sizes([one.path for one in entries]) if sized else {}
        return [
            Task(one.path, False, "" if one.flags or one.mode == LINK else one.oid or "", sizes.get(one.path, UNSEEN))
            for one in entries
        ]

    def begin(self) -> None:
        """Begin to read what the cache does not know, where that is much; nearly all will be as the index says."""
        view, known = self._view, self._known
        if view is None or known is None or self.tells_of_layers:
            return
        tasks = [task for task in known.tasks if task.oid and task.file not in known.views]
        if is_much(tasks):
            reads = outcomes(self._repository, tasks, self._reading, view)
            self._begun = tasks, [next(reads)], reads  # with the first there, the processes have begun with the others
            # For the name, now that others are at work too; of the listing, nothing may be left out.
            if len(self.listed) == self._asked.listed.count(b"\0"):
                self._paths = [one.path for one in self.listed if may_hold_values(one.path.rpartition("/")[2])]

    def end(self) -> None:
        """Read nothing more."""
        if self._begun is not None:
            self._begun[2].close()

    def settle(self) -> WorkTree | None:
        """Wait for what git says of the working tree; None where a view is not enough, as `show` says."""
        if self._begun is not None:  # who reads does not wait for git
            _, found, reads = self._begun
            while not self._asked.is_answered and (more := next(reads, None)) is not None:
                found.append(more)
        tree = self._asked.work_tree(conversions=not self._reads_all)
        self._repository.skipped = tree.skipped
        new = tree.entries[len(self.listed) :]
        return None if tree.dirty is None or self.tells_of_layers or has_layouts(new, self._reading.layouts) else tree

    def unchanged(self) -> CheckedOut | None:
        """What is checked out, where the working tree is sure to be in the state that the name stands for, else None.

        Only where something has been kept under that name: then `settle` and `is_named` have looked at all that the
        listing tells. So it need not be read again; what it cannot tell is asked here.
        """
        if has_layouts((), self._reading.layouts) or not self._is_usual:
            return None
        return self._asked.unchanged()

    def is_named(self, tree: WorkTree) -> bool:
        """Whether the name stands for the whole working tree: nothing in it is changed, new, converted or a link, or a
        file that git is told not to look at."""
        index = self._asked.index
        same = len(tree.entries) == len(index.entries) and tree.skipped == index.skipped
        if not same or tree.dirty or tree.converted or not all(entry.mode != LINK for entry in tree.entries):
            return False
        root = os.fspath(self._repository.root)
        return not any(entry.flags and lexists(f"{root}/{entry.path}") for entry in tree.entries)

    def unopened(self, there: CheckedOut | WorkTree) -> ShownRepo:
        """The repo without its deployments, for an answer that is kept."""
        return ShownRepo(self._repository.root, there.head, there.branch, self._files, self._is_usual)

    def _files(self) -> Files:
        _, outside = on_disk(self._repository, self._candidates)
        return Files(self._asked.work_tree(conversions=False).entries, outside)

    def shown(self, tree: WorkTree) -> ShownRepo | None:
        """Every plain file of the working tree, what the cache knows of them without making deployments of it.

        None where that is not enough: in a repo whose deployments may be made of layers.
        """
        self.look_up()
        known, view, repository, day = self._known, self._view, self._repository, self._day
        if known is None or view is None:
            return None
        with no_collection():
            new = candidates(tree.entries[len(self.listed) :])
            entries, _ = on_disk(repository, [*self._candidates, *new])
            linked, dirty = below_links(repository, tree.entries, tree.dirty or frozenset())
            tasks = known.tasks
            if new or linked or dirty or tree.converted or len(entries) < len(tasks):
                by_file = {task.file: task for task in tasks}
                tasks = settled_tasks(repository, [*entries, *candidates(linked)], dirty, tree.converted, by_file)
            found: list[Shown | UnreadableFile | Manifest] = []
            left: list[Task] = []
            for task in tasks:
                record = known.views.get(task.file) if task.oid else None
                try:
                    found += [unpack(record)] if record else []
                except ValueError:  # a damaged record
                    record = None
                if record is None:
                    left.append(task)
            lasting = True
            for items, last in self._read(named_by_content(repository, left), view, known) if left else ():
                found += items
                lasting &= last
        known.keep_nothing(self._cache, day)
        if any(isinstance(item, Manifest) for item in found):
            return None
        shown = sorted([item for item in found if isinstance(item, Shown)], key=attrgetter("id"))
        broken = sorted(
            [item for item in found if isinstance(item, UnreadableFile)], key=lambda u: (u.file, u.line, u.column)
        )
        shown_first = frozenset(one.id for one in shown[:FIRST])
        if shown_first != self._cache.first(known.scope, day):
            self._cache.put_first(known.scope, shown_first, day)
        changed = frozenset(task.file for task in tasks if task.dirty)
        root = repository.root
        return ShownRepo(root, tree.head, tree.branch, self._files, False, shown, changed, broken, lasting)

    def _read(
        self, left: Sequence[Task], view: View, known: Known
    ) -> Iterator[tuple[list[Shown | UnreadableFile | Manifest], bool]]:
        """Show what the cache has no view of: of what it has records, and of files; with whether all of that lasts."""
        end = view.name.encode()
        with self._cache.filling(self._day) as keep:
            make = self._keys.key
            sized = [task for task in left if task.oid and task.size != UNSEEN]
            named = {(known.keys.get(t.file) if not t.dirty else None) or make(t.file, t.oid, t.size): t for t in sized}
            changed = {key + end: task.file for key, task in named.items() if task.dirty}
            seen = {task.file for key, task in named.items() if task.dirty and key in known.nothing}
            for key, packed in self._cache.get(changed, self._day):
                with suppress(ValueError):  # a damaged record
                    item = [unpack(packed)] if packed else []
                    seen.add(changed[key])
                    yield item, True
            for key, record in self._cache.get([key for key in named if named[key].file not in seen], self._day):
                try:
                    packed = view.pack(from_record(record))
                except ValueError:
                    continue
                seen.add(named[key].file)
                keep(key + end, Kept(packed))
                if packed:
                    yield [unpack(packed)], True
            for some in self._outcomes([task for task in left if task.file not in seen], view):
                lasting = True
                for task, outcome in some:
                    self._sizes[task.file] = outcome.size
                    if not (outcome.keep and task.oid):
                        lasting = False
                        continue
                    key = make(task.file, task.oid, outcome.size)
                    if outcome.record or outcome.dated:
                        keep(key, Kept(outcome.record, outcome.dated))
                        keep(key + end, Kept(outcome.view, outcome.dated))
                    else:
                        known.nothing.add(key)
                yield [unpack(outcome.view) for _, outcome in some if outcome.view], lasting

    def _outcomes(self, tasks: Sequence[Task], view: View) -> Iterator[list[tuple[Task, Outcome]]]:
        """What some files hold, those first that are being read already; what was begun in vain is passed over."""
        early, found, reads = self._begun or ((), [], None)
        if reads is not None and len(tasks) == len(early) and all(map(is_, tasks, early)):
            for some in chain(found, reads):
                yield [(early[outcome.number], outcome) for outcome in some]
            return
        wanted = {task.file: task for task in tasks}
        if reads is not None:
            for some in chain(found, reads):
                told = [(early[outcome.number], outcome) for outcome in some]
                told = [(task, outcome) for task, outcome in told if wanted.get(task.file) is task]
                for task, _ in told:
                    del wanted[task.file]
                yield told
        late = list(wanted.values())
        for some in outcomes(self._repository, late, self._reading, view, self._convoy):
            yield [(late[outcome.number], outcome) for outcome in some]
