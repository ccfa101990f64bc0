"""Who changed a deployment's fields, when, in which commit, from what to what."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rea_xcom_tui.fleet.model import Deployment, Fleet
from rea_xcom_tui.fleet.scan.blobs import Blobs
from rea_xcom_tui.text import plural
from rea_xcom_tui.xcom.compare import FieldDelta, field_deltas
from rea_xcom_tui.xcom.model import FIELDS, FieldName

if TYPE_CHECKING:
    from rea_xcom_tui.gitops import Commit, Repository


@dataclass(frozen=True, slots=True)
class Committed:
    """What one commit did to one field. Where the deployment itself came or went, each of its fields did."""

    commit: Commit
    file: str
    """The file's path in that commit."""
    delta: FieldDelta


@dataclass(frozen=True, slots=True)
class FieldHistory:
    """What the commits did to a deployment's fields."""

    changes: tuple[Committed, ...]
    """The newest first."""
    gaps: tuple[str, ...]
    """What cannot be known, in sentences: nothing is claimed of it in `changes`."""


def full_history(repository: Repository, file: str, field: FieldName | None = None) -> FieldHistory:
    """Every change of a deployment's fields (or of one), newest first, through renames of its file.

    Each revision is read as Helm would, and the field's values are compared: a line that moved, a comment or another
    quote style is not a change, and a change is found wherever in the file the setting is.
    """
    revisions = repository.history(file)
    blobs = Blobs(repository)
    blobs.read((file, oid) for revision in revisions for oid in (revision.previous_oid, revision.oid))
    names = (field,) if field is not None else FIELDS
    open_ = [revision for revision in revisions if not blobs.hidden & {revision.oid, revision.previous_oid}]
    found: list[Committed] = []
    for one in open_:
        before, after = blobs.fields(file, one.previous_oid), blobs.fields(file, one.oid)
        found += [Committed(one.commit, one.path, delta) for delta in field_deltas(file, before, after, names)]
    return FieldHistory(tuple(found), tuple(_gaps(repository, len(revisions) - len(open_))))


def layered_history(
    repository: Repository, fleet: Fleet, deployment: Deployment, field: FieldName | None = None
) -> FieldHistory:
    """As `full_history`, of a deployment that is made of layers: every commit that touched one of its files counts by
    what it made of the values in force."""
    from rea_xcom_tui.fleet.history.layered import MOST_COMMITS, changes, commits_of

    names = (field,) if field is not None else FIELDS
    found: list[Committed] = []
    for commit, file, before, after in changes(repository, fleet, deployment):
        found += [Committed(commit, file, delta) for delta in field_deltas(deployment.id, before, after, names)]
    more = len(commits_of(repository, deployment, fleet.head or "HEAD")) - MOST_COMMITS
    gaps = [f"{plural(more, 'older commit')} of its files not looked at"] if more > 0 else []
    return FieldHistory(tuple(found), (*gaps, *_gaps(repository, 0)))


def _gaps(repository: Repository, hidden: int) -> Iterator[str]:
    if hidden:
        yield f"{plural(hidden, 'commit')} of it not shown: git keeps the file encrypted, or in Git LFS"
    if repository.shallow():
        yield "what was before this shallow clone begins is not known; git fetch --unshallow fetches it"
