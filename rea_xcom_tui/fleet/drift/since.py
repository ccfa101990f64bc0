"""Since when and by whom: the commit that brought a field its value, whichever line it stands on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import closing, suppress
from datetime import date
from typing import TYPE_CHECKING

import msgspec

from rea_xcom_tui.fleet.compare import said
from rea_xcom_tui.fleet.model import Deployment, Fleet
from rea_xcom_tui.fleet.scan.cache import Cache, Kept, Keys, cache_path
from rea_xcom_tui.fleet.scan.judge import Reading
from rea_xcom_tui.fleet.scan.read import read_deployment
from rea_xcom_tui.text import utc
from rea_xcom_tui.xcom.drift import Deviation, Since
from rea_xcom_tui.xcom.drift.model import comparable, meaning, stated
from rea_xcom_tui.xcom.model import Configuration, FieldName

if TYPE_CHECKING:
    from rea_xcom_tui.gitops import FileRevision, Repository

_READING = Reading(judged=False)
_MOST_BYTES = 2_000_000


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
    clone. `progress` hears how many of the deviations are settled.
    """
    asked = [(d.deployment, d.field) for d in deviations if d.deployment in fleet.by_id]
    if fleet.head is None or not asked:
        return {}
    layered = [key for key in asked if fleet.by_id[key[0]].stack]
    if layered:
        asked = [key for key in asked if not fleet.by_id[key[0]].stack]
        found = _layered(repository, fleet, layered)
        return found | _kept(repository, fleet, asked, progress) if asked else found
    return _kept(repository, fleet, asked, progress)


def _layered(
    repository: Repository, fleet: Fleet, asked: Iterable[tuple[str, FieldName]]
) -> dict[tuple[str, str], Since]:
    """The commits of values that come from layers: the newest that changed what is in force, if it gave this value."""
    from rea_xcom_tui.fleet.history.field_history import layered_history

    found: dict[tuple[str, str], Since] = {}
    for id_, field in asked:
        deployment = fleet.by_id[id_]
        events = layered_history(repository, fleet, deployment, field).events
        if events and events[0].new == said(deployment.field(field)):
            found[id_, field] = Since(events[0].commit, events[0].author, events[0].date)
    return found


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
    words = [(id_, fleet.by_id[id_].file, field, _said(fleet.by_id[id_].config, field)) for id_, field in asked]
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
    blobs = _Blobs(repository)
    open_: dict[tuple[str, FieldName], _Search] = {}
    for id_, field in asked:
        deployment = fleet.by_id[id_]
        open_[id_, field] = _Search(revisions[deployment.file], field, _said(deployment.config, field), blobs)
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
            except _NotRead as missing:
                wanted += search.ahead(missing.oid, ahead)
                continue
            if since is not None:
                found[key] = since
            del open_[key]
        blobs.read(wanted)
        ahead *= 2
    return found


class _NotRead(Exception):
    """A blob is needed that was not read yet."""

    def __init__(self, oid: str) -> None:
        super().__init__(oid)
        self.oid = oid


class _Blobs:
    """What the blobs of values files say, each read once."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository
        self._read: dict[str, Configuration | None] = {}

    def read(self, oids: Iterable[str]) -> None:
        """Read these blobs; those that are no values files, or too large for one, say nothing."""
        missing = [oid for oid in dict.fromkeys(oids) if oid not in self._read]
        contents = self._repository.blobs(missing, limit=_MOST_BYTES) if missing else {}
        for oid in missing:
            item = read_deployment("values.yaml", contents[oid], _READING) if oid in contents else None
            self._read[oid] = item.config if isinstance(item, Deployment) else None

    def __getitem__(self, oid: str | None) -> Configuration | None:
        """What a blob says; None where it is not a values file, or not there. Raises `_NotRead`."""
        if oid is None:
            return None
        if oid not in self._read:
            raise _NotRead(oid)
        return self._read[oid]


class _Search:
    """The way back through one file's revisions, newest first, to the one that brought a field its value."""

    def __init__(self, revisions: Sequence[FileRevision], field: FieldName, wanted: object, blobs: _Blobs) -> None:
        self._revisions = revisions
        self._field: FieldName = field
        self._wanted = wanted
        self._blobs = blobs
        self._at: int | None = None

    def run(self) -> Since | None:
        """The commit that gave the field the value it has now, or None where that is not committed.

        Raises `_NotRead` where it cannot go on; once that blob is read it goes on from there.
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
                when = utc(revision.commit.time)
                return Since(revision.commit.oid, revision.commit.author, when)
            self._at = following

    def ahead(self, oid: str, count: int) -> list[str]:
        """The blob that is missing, and the next few that this search may need."""
        rest = self._revisions[self._at or 0 :][:count]
        return [oid, *(known for revision in rest for known in (revision.oid, revision.previous_oid) if known)]

    def _has(self, oid: str | None) -> bool:
        config = self._blobs[oid]
        return config is not None and _said(config, self._field) == self._wanted

    def _next(self, at: int, oid: str | None) -> int | None:
        """The older revision that made this blob; where none did (a merge did), the next one."""
        later = range(at + 1, len(self._revisions))
        return next((i for i in later if self._revisions[i].oid == oid), at + 1 if later else None)

    def _same(self, at: int) -> int | None:
        later = range(at + 1, len(self._revisions))
        return next((i for i in later if self._has(self._revisions[i].oid)), None)


def _said(config: Configuration, field: FieldName) -> object:
    reading = config.fields[field]
    return ("value", meaning(reading)) if comparable(reading) else (reading.state, stated(reading))
