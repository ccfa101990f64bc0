"""What the cache knows of the files that git's index lists, as a view shows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from rea_xcom_tui.fleet.scan.cache import Cache, Keys
from rea_xcom_tui.fleet.scan.first import are_enough
from rea_xcom_tui.fleet.scan.gc_paused import no_collection
from rea_xcom_tui.fleet.scan.records import Record
from rea_xcom_tui.fleet.scan.shown import View
from rea_xcom_tui.fleet.scan.workers import Task


class Known:
    """What the cache knows of the files of the index."""

    def __init__(self, root: Path, keys: Keys, cache: Cache, view: View, day: int) -> None:
        self._of = keys, cache, view, day
        self.scope = keys.scope(root)
        self.nothing = cache.nothing(self.scope, day)
        """The keys of those that are nothing for us; those that turn out to be so later are added to it."""
        self._before = frozenset(self.nothing)
        self.is_new = not self.nothing and not cache.first(self.scope, day)
        """Whether no scan of the repo has kept anything; another place of the same files may have."""
        self.tasks: Sequence[Task] = ()
        """What is to be read as far as it is not known."""
        self.keys: Mapping[str, bytes] = {}
        self._named: Mapping[bytes, str] = {}
        self.views: Mapping[str, Record] = {}
        """What is shown of each file that is known; nothing for one that is nothing for us."""

    def look_up(self, tasks: Sequence[Task]) -> None:
        """Look up what is known of some files."""
        keys, cache, view, day = self._of
        end = view.name.encode()
        self.tasks = tasks
        self.keys = {task.file: keys.key(task.file, task.oid, task.size) for task in tasks if task.oid}
        self._named = named = {key: file for file, key in self.keys.items()}
        with no_collection():
            views = {file: b"" for key, file in named.items() if key in self.nothing}
            found = cache.get([key + end for key in named if key not in self.nothing], day)
            views.update({named[key.removesuffix(end)]: record for key, record in found})
        self.views = views

    def look_up_some(self, tasks: Sequence[Task]) -> bool:
        """Look up what is known of a sample, as views or as records; whether that is enough. If not, it is nothing."""
        self.look_up(tasks)
        _, cache, _, day = self._of
        enough = are_enough(len(self.views) or sum(1 for _ in cache.get(self._named, day)), len(self._named))
        self.views = self.views if enough else {}
        return enough

    def keep_nothing(self, cache: Cache, day: int) -> None:
        """Keep what has turned out to be nothing for us."""
        if self.nothing != self._before:
            kept = [key for key in self.nothing if key in self._named or key not in self._before]
            cache.put_nothing(self.scope, kept, day)
