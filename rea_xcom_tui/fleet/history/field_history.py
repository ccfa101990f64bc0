"""Who changed a deployment's fields, when, in which commit, from what to what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from rea_xcom_tui.fleet.compare import Value, meaning, said
from rea_xcom_tui.fleet.model import Deployment, Fleet
from rea_xcom_tui.fleet.scan.judge import Reading
from rea_xcom_tui.fleet.scan.read import read_deployment, stored_elsewhere
from rea_xcom_tui.text import plural, utc
from rea_xcom_tui.xcom.model import FIELDS, FieldName, FieldReading, State

if TYPE_CHECKING:
    from rea_xcom_tui.gitops import Commit, FileRevision, Repository

_READING = Reading(judged=False)
_NOTHING = FieldReading("threshold")
"""What every field is where there is no deployment: not set."""
_MOST_BYTES = 2_000_000
_VALUES = "values.yaml"


@dataclass(frozen=True, slots=True)
class FieldEvent:
    """One commit's change of one field. Author and subject are foreign text."""

    commit: str
    author: str
    email: str
    date: str
    """When the change was written, ISO 8601 in UTC."""
    subject: str
    file: str
    """The file's path in that commit."""
    field: FieldName
    kind: Literal["changed", "added", "removed"]
    """`added` and `removed`: the deployment itself came or went."""
    old: Value
    new: Value
    old_state: State = "unset"
    new_state: State = "unset"


@dataclass(frozen=True, slots=True)
class FieldHistory:
    """What the commits did to a deployment's fields."""

    events: tuple[FieldEvent, ...]
    """The newest first."""
    gaps: tuple[str, ...]
    """What cannot be known, in sentences: nothing is claimed of it in `events`."""


def field_history(
    repository: Repository, file: str, field: FieldName | None = None, *, start: str = "HEAD"
) -> list[FieldEvent]:
    """The events of `full_history` alone."""
    return list(full_history(repository, file, field, start=start).events)


def full_history(
    repository: Repository, file: str, field: FieldName | None = None, *, start: str = "HEAD"
) -> FieldHistory:
    """Every change of a deployment's fields (or of one), newest first, through renames of its file.

    Each revision is read as Helm would, and the field's values are compared: a line that moved, a comment or
    another quote style is no change, and a change is found wherever in the file the setting stands.
    """
    revisions = repository.history(file, start=start)
    oids = {oid for revision in revisions for oid in (revision.oid, revision.previous_oid) if oid}
    blobs = repository.blobs(sorted(oids), limit=_MOST_BYTES)
    readings = {oid: _fields(file, data) for oid, data in blobs.items()}
    names = (field,) if field is not None else FIELDS
    hidden = {oid for oid, data in blobs.items() if stored_elsewhere(_VALUES, data) is not None}
    open_ = [revision for revision in revisions if not hidden & {revision.oid, revision.previous_oid}]
    events = tuple(event for revision in open_ for event in _events(revision, readings, names))
    return FieldHistory(events, tuple(_gaps(repository, len(revisions) - len(open_))))


def layered_history(
    repository: Repository, fleet: Fleet, deployment: Deployment, field: FieldName | None = None
) -> FieldHistory:
    """As `full_history`, of a deployment that is made of layers: every commit that touched one of its files counts by
    what it made of the values in force."""
    from rea_xcom_tui.fleet.history.layered import MOST_COMMITS, changes, commits_of

    names = (field,) if field is not None else FIELDS
    events: list[FieldEvent] = []
    for commit, file, before, after in changes(repository, fleet, deployment):
        events += _compared(commit, file, before, after, names)
    more = len(commits_of(repository, deployment, fleet.head or "HEAD")) - MOST_COMMITS
    gaps = [f"{plural(more, 'older commit')} of its files not looked at"] if more > 0 else []
    return FieldHistory(tuple(events), (*gaps, *_gaps(repository, 0)))


def _gaps(repository: Repository, hidden: int) -> Iterator[str]:
    if hidden:
        yield f"{plural(hidden, 'commit')} of it not shown: git keeps the file encrypted, or in Git LFS"
    if repository.shallow():
        yield "what was before this shallow clone begins is not known; git fetch --unshallow brings it"


Fields = Mapping[FieldName, FieldReading] | None


def _fields(file: str, data: bytes) -> Fields:
    found = read_deployment(file, data, _READING)
    return found.config.fields if isinstance(found, Deployment) else None


def _events(
    revision: FileRevision, readings: Mapping[str, Fields], names: tuple[FieldName, ...]
) -> Iterator[FieldEvent]:
    before = readings.get(revision.previous_oid or "")
    after = readings.get(revision.oid or "")
    yield from _compared(revision.commit, revision.path, before, after, names)


def _compared(
    commit: Commit, path: str, before: Fields, after: Fields, names: tuple[FieldName, ...]
) -> Iterator[FieldEvent]:
    """The events of one commit, from the fields before and after it."""
    kind: Literal["changed", "added", "removed"] = "changed" if before and after else "added" if after else "removed"
    for name in names:
        old = before[name] if before else _NOTHING
        new = after[name] if after else _NOTHING
        if meaning(old) != meaning(new):
            yield FieldEvent(*_who(commit), path, name, kind, said(old), said(new), old.state, new.state)


def _who(commit: Commit) -> tuple[str, str, str, str, str]:
    """The first five fields of an event."""
    date = utc(commit.time)
    return commit.oid, commit.author, commit.email, date, commit.subject
