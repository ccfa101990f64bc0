"""Since when and by whom: the commit that brought a field its value, whichever line it is on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import closing, suppress
from datetime import date
from typing import TYPE_CHECKING

import msgspec

from rea_xcom_tui.fleet.model import Fleet
from rea_xcom_tui.fleet.scan.blobs import Blobs, NotRead
from rea_xcom_tui.fleet.scan.cache import Cache, Kept, Keys
from rea_xcom_tui.fleet.scan.reading import Reading
from rea_xcom_tui.text import utc
from rea_xcom_tui.user.cached import cache_path
from rea_xcom_tui.xcom.compare import effect_or_state, said
from rea_xcom_tui.xcom.drift import Deviation, Since
from rea_xcom_tui.xcom.model import FieldName

if TYPE_CHECKING:
    from rea_xcom_tui.gitops import Commit, FileRevision, Repository

_READING = Reading(judged=False)
_ANY = "values.yaml"
"""Any values file: what its path is called says nothing of its fields."""


def find_since(
    repository: Repository,
    fleet: Fleet,
    deviations: Iterable[Deviation],
    *,
    progress: Callable[[int, int], None] | None = None,
) -> dict[tuple[str, str], Since]:
    """The commit that brought each deviation's value, by deployment and field; one walk through the log for all.

    A file's history is followed through renames, and in it the field's own reading: a commit that moves, quotes or
    comments the line is not the one. What is not committed yet has no entry, nor has what is older than a shallow
    clone. `progress` is told how many of the deviations are settled.
    """
    asked = [(d.deployment, d.field) for d in deviations if d.deployment in fleet.by_id]
    if fleet.head is None or not asked:
        return {}
    layered = [key for key in asked if fleet.by_id[key[0]].stack]
    if layered:
        asked = [key for key in asked if not fleet.by_id[key[0]].stack]
        found = _layered(repository, fleet, layered, progress)
        return found | _kept(repository, fleet, asked, progress) if asked else found
    return _kept(repository, fleet, asked, progress)


def _layered(
    repository: Repository,
    fleet: Fleet,
    asked: Iterable[tuple[str, FieldName]],
    progress: Callable[[int, int], None] | None,
) -> dict[tuple[str, str], Since]:
    """The commits of values that come from layers: the newest that changed what is in force, if it gave this value."""
    from rea_xcom_tui.fleet.history.layered import newest_changes

    return {
        (id_, field): _since(commit)
        for (id_, field), (commit, delta) in newest_changes(repository, fleet, asked, progress).items()
        if delta.new == said(fleet.by_id[id_].field(field))
    }


def _kept(
    repository: Repository,
    fleet: Fleet,
    asked: Sequence[tuple[str, FieldName]],
    progress: Callable[[int, int], None] | None,
) -> dict[tuple[str, str], Since]:
    """What `_plain` finds; what it found when the same was asked at the same commit, whose past never changes."""
    if repository.shallow():  # may know more tomorrow
        return _plain(repository, fleet, asked, progress)
    told = repository.retellings()
    known = [(fleet.by_id[id_], field) for id_, field in asked]
    words = [(one.id, one.file, field, effect_or_state(one.field(field))) for one, field in known]
    key = Keys(_READING).key(f"since\0{repository.common_dir}\0{fleet.head}\0{told}\0{sorted(map(repr, words))}", "", 0)
    day = date.today().toordinal()
    with closing(Cache(cache_path())) as cache:
        record = dict(cache.get([key], day)).get(key)
        if record is not None:
            with suppress(ValueError):  # a damaged record
                return {(id_, field): Since(*rest) for id_, field, *rest in _ROWS.decode(record)}
        found = _plain(repository, fleet, asked, progress)
        rows = [(*key, since.commit, since.author, since.date) for key, since in found.items()]
        with suppress(UnicodeEncodeError):  # an author's name of other bytes than UTF-8
            cache.put({key: Kept(msgspec.msgpack.encode(rows))}, day)
    return found


_ROWS = msgspec.msgpack.Decoder(list[tuple[str, str, str, str, str]])


def _plain(
    repository: Repository,
    fleet: Fleet,
    asked: Sequence[tuple[str, FieldName]],
    progress: Callable[[int, int], None] | None,
) -> dict[tuple[str, str], Since]:
    if fleet.head is None:
        return {}
    files = {fleet.by_id[id_].file for id_, _ in asked}
    revisions = repository.histories(files, start=fleet.head)
    blobs = Blobs(repository)
    open_: dict[tuple[str, FieldName], _Search] = {}
    for id_, field in asked:
        deployment = fleet.by_id[id_]
        open_[id_, field] = _Search(revisions[deployment.file], field, effect_or_state(deployment.field(field)), blobs)
    found: dict[tuple[str, str], Since] = {}
    ahead = 2
    while open_:
        if progress is not None:
            progress(len(asked) - len(open_), len(asked))
        # A git process costs more than a blob: what all searches need next is read at once, and ever more ahead.
        wanted: list[str] = []
        for key, search in list(open_.items()):
            try:
                since = search.run()
            except NotRead as missing:
                wanted += search.ahead(missing.oid, ahead)
                continue
            if since is not None:
                found[key] = since
            del open_[key]
        blobs.read((_ANY, oid) for oid in wanted)
        ahead *= 2
    return found


def _since(commit: Commit) -> Since:
    return Since(commit.oid, commit.author, utc(commit.time))


class _Search:
    """The way back through one file's revisions, newest first, to the one that brought a field its value."""

    def __init__(self, revisions: Sequence[FileRevision], field: FieldName, wanted: object, blobs: Blobs) -> None:
        self._revisions = revisions
        self._field: FieldName = field
        self._wanted = wanted
        self._blobs = blobs
        self._at: int | None = None

    def run(self) -> Since | None:
        """The commit that gave the field the value it has now, or None where that is not committed.

        Raises `NotRead` where it cannot go on; once that blob is read it goes on from there.
        """
        if not self._revisions:
            return None
        if self._at is None:
            if not self._has(self._revisions[0].oid):
                return None
            self._at = 0
        while True:
            revision = self._revisions[self._at]
            if self._has(revision.previous_oid):
                following = self._next(self._at, revision.previous_oid)
                if following is None:
                    return None  # the value is older than what a shallow clone knows
            else:
                # A merge that differs from its first parent may have taken the value from another one.
                following = self._same(self._at) if len(revision.commit.parents) > 1 else None
            if following is None:
                return _since(revision.commit)
            self._at = following

    def ahead(self, oid: str, count: int) -> list[str]:
        """The blob that is missing, and the next few that this search may need."""
        rest = self._revisions[self._at or 0 :][:count]
        return [oid, *(known for revision in rest for known in (revision.oid, revision.previous_oid) if known)]

    def _has(self, oid: str | None) -> bool:
        fields = self._blobs.fields(_ANY, oid)
        return fields is not None and effect_or_state(fields[self._field]) == self._wanted

    def _next(self, at: int, oid: str | None) -> int | None:
        """The older revision that made this blob; where none did (a merge did), the next one."""
        later = range(at + 1, len(self._revisions))
        return next((i for i in later if self._revisions[i].oid == oid), at + 1 if later else None)

    def _same(self, at: int) -> int | None:
        later = range(at + 1, len(self._revisions))
        return next((i for i in later if self._has(self._revisions[i].oid)), None)
