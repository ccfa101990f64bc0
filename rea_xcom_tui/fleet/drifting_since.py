"""Since when and by whom: the commit that brought a field its value, whichever line it stands on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from rea_xcom_tui.fleet.judging import Reading
from rea_xcom_tui.fleet.model import Deployment, Fleet
from rea_xcom_tui.fleet.read import read_deployment
from rea_xcom_tui.xcom.drift import Deviation, Since
from rea_xcom_tui.xcom.drift.model import comparable, meaning, stated
from rea_xcom_tui.xcom.model import Configuration, FieldName

if TYPE_CHECKING:
    from rea_xcom_tui.gitops import FileRevision, Repository

MOST_FILES = 200
"""So many files are looked up unless a caller asks for more: each costs a walk through the log."""

_BATCH = 8
_READING = Reading(judged=False)


def find_since(
    repository: Repository,
    fleet: Fleet,
    deviations: Iterable[Deviation],
    *,
    most_files: int = MOST_FILES,
    progress: Callable[[int, int], None] | None = None,
) -> dict[tuple[str, str], Since]:
    """The commit that brought each deviation's value, by deployment and field.

    A file's history is followed through renames, and in it the field's own reading: a commit that moves, quotes or
    comments the line is not the one. What is not committed yet, and files beyond `most_files`, have no entry.
    """
    fields: dict[str, list[FieldName]] = {}
    for deviation in deviations:
        fields.setdefault(deviation.deployment, []).append(deviation.field)
    chosen = list(fields)[:most_files]
    found: dict[tuple[str, str], Since] = {}
    for done, id_ in enumerate(chosen):
        if progress is not None:
            progress(done, len(chosen))
        if id_ in fleet.by_id and fleet.head is not None:
            history = _History(repository, fleet.by_id[id_], fleet.head)
            for field in fields[id_]:
                if (since := history.since(field)) is not None:
                    found[(id_, field)] = since
    return found


class _History:
    """One file's revisions, newest first, each read once."""

    def __init__(self, repository: Repository, deployment: Deployment, start: str) -> None:
        self._repository = repository
        self._deployment = deployment
        self._revisions: Sequence[FileRevision] = repository.history(deployment.file, start=start)
        self._read: dict[str, Configuration | None] = {}

    def since(self, field: FieldName) -> Since | None:
        """The commit that gave the field the value it has now, or None where that is not committed."""
        wanted = _said(self._deployment.config, field)
        at = 0
        if not self._revisions or self._value(0, field) != wanted:
            return None
        while True:
            revision = self._revisions[at]
            before = self._of(revision.previous_oid, revision.previous_path, at)
            if before is not None and _said(before, field) == wanted:
                following = self._next(at, revision.previous_oid)
            else:
                # A merge that differs from its first parent may have taken the value from another one.
                following = self._same(at, field, wanted) if len(revision.commit.parents) > 1 else None
            if following is None:
                when = datetime.fromtimestamp(revision.commit.time, UTC).isoformat()
                return Since(revision.commit.oid, revision.commit.author, when)
            at = following

    def _next(self, at: int, oid: str | None) -> int | None:
        """The older revision that made this blob; where none did (a merge did), the next one."""
        later = range(at + 1, len(self._revisions))
        return next((i for i in later if self._revisions[i].oid == oid), at + 1 if later else None)

    def _same(self, at: int, field: FieldName, wanted: object) -> int | None:
        return next((i for i in range(at + 1, len(self._revisions)) if self._value(i, field) == wanted), None)

    def _value(self, at: int, field: FieldName) -> object:
        revision = self._revisions[at]
        config = self._of(revision.oid, revision.path, at)
        return None if config is None else _said(config, field)

    def _of(self, oid: str | None, path: str, near: int) -> Configuration | None:
        """What a blob of the file says; None where it is no values file, or not there."""
        if oid is None:
            return None
        if oid not in self._read:
            self._load(oid, path, near)
        return self._read[oid]

    def _load(self, oid: str, path: str, near: int) -> None:
        """Read a blob together with the next few, because a git process costs more than a blob."""
        ahead = self._revisions[near : near + _BATCH]
        wanted = {oid: path} | {r.oid: r.path for r in ahead if r.oid is not None and r.oid not in self._read}
        blobs = self._repository.blobs(list(wanted))
        for one, name in wanted.items():
            item = read_deployment(name, blobs[one], _READING)
            self._read[one] = item.config if isinstance(item, Deployment) else None


def _said(config: Configuration, field: FieldName) -> object:
    reading = config.fields[field]
    return ("value", meaning(reading)) if comparable(reading) else (reading.state, stated(reading))
