"""The history of a deployment that is made of layers: what each commit that touched one of them made of its fields."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from rea_xcom_tui.fleet.model import Deployment, Fleet, Layouts
from rea_xcom_tui.fleet.scan.layered import as_before, look, read_entry
from rea_xcom_tui.fleet.scan.reading import Reading
from rea_xcom_tui.fleet.scan.trees import commit_tree
from rea_xcom_tui.xcom.compare import FieldDelta, field_deltas
from rea_xcom_tui.xcom.model import FieldName, FieldReading

if TYPE_CHECKING:
    from rea_xcom_tui.gitops import Commit, Repository

MOST_COMMITS = 300
"""How many commits are looked at: each has its entry points found again."""

Fields = dict[FieldName, FieldReading]


class States:
    """What deployments were in each commit. A blob that several commits have is read from git once."""

    def __init__(self, repository: Repository, reading: Reading) -> None:
        self._repository = repository
        self._reading = reading
        self._blobs: dict[str, bytes] = {}
        self._layouts: dict[str, Layouts] = {}
        """Those of the commits that were asked for last: a commit and the one before it, nearly always."""
        self._known: dict[tuple[str, str], Fields | None] = {}

    def at(self, commit: str, id_: str) -> Fields | None:
        """The fields in force of a deployment in a commit; None where there was no such deployment."""
        if (commit, id_) not in self._known:
            layouts = self._of(commit)
            entry = layouts.by_id.get(id_)
            row = read_entry(entry, layouts.tree, self._reading) if entry is not None else None
            self._known[commit, id_] = dict(row.config.fields) if row is not None else None
        return self._known[commit, id_]

    def _of(self, commit: str) -> Layouts:
        found = self._layouts.pop(commit, None)
        if found is None:
            while len(self._layouts) > 1:  # before there is one more, as those of thousands take much
                oldest = next(iter(self._layouts))
                del self._layouts[oldest]
                self._known = {key: fields for key, fields in self._known.items() if key[0] != oldest}
            tree = commit_tree(self._repository, self._repository.tree(commit), self._blobs)
            found = look(tree, self._reading)
        self._layouts[commit] = found
        return found


def commits_of(repository: Repository, deployment: Deployment, start: str = "HEAD") -> list[tuple[Commit, str]]:
    """The commits that touched one of a deployment's files, newest first, each with the first such file."""
    return repository.joint_history(deployment.files, start=start)


def changes(
    repository: Repository, fleet: Fleet, deployment: Deployment
) -> Iterator[tuple[Commit, str, Fields | None, Fields | None]]:
    """Each commit that touched the deployment's files, with the file, and the fields before and after it."""
    states = States(repository, _reading(fleet))
    for commit, file in commits_of(repository, deployment, fleet.head or "HEAD")[:MOST_COMMITS]:
        before = states.at(commit.parents[0], deployment.id) if commit.parents else None
        yield commit, file, before, states.at(commit.oid, deployment.id)


def newest_changes(
    repository: Repository,
    fleet: Fleet,
    asked: Iterable[tuple[str, FieldName]],
    progress: Callable[[int, int], None] | None = None,
) -> dict[tuple[str, FieldName], tuple[Commit, FieldDelta]]:
    """The newest of the `changes` of each deployment that is asked for which changed the field, and what it did.

    One walk through the log for all, in which each commit is looked at once: that takes long where there are thousands
    of entry points. `progress` is told how many are settled.
    """
    open_: dict[str, set[FieldName]] = {}
    for id_, field in asked:
        open_.setdefault(id_, set()).add(field)
    total = left = sum(map(len, open_.values()))
    states = States(repository, _reading(fleet))
    looked_at = dict.fromkeys(open_, 0)
    found: dict[tuple[str, FieldName], tuple[Commit, FieldDelta]] = {}
    walk = repository.joint_walk({id_: fleet.by_id[id_].files for id_ in open_}, start=fleet.head or "HEAD")
    for commit, ids in walk if open_ else ():
        for id_ in ids:
            if id_ not in open_:
                continue
            before = states.at(commit.parents[0], id_) if commit.parents else None
            for delta in field_deltas(id_, before, states.at(commit.oid, id_), sorted(open_[id_])):
                if delta.field:
                    found[id_, delta.field] = commit, delta
                    open_[id_].discard(delta.field)
            looked_at[id_] += 1
            if not open_[id_] or looked_at[id_] == MOST_COMMITS:
                del open_[id_]
        now = sum(map(len, open_.values()))
        if progress is not None and now != left:
            progress(total - now, total)
        left = now
        if not open_:
            break
    return found


def _reading(fleet: Fleet) -> Reading:
    return as_before(fleet.layouts) if fleet.layouts is not None else Reading(judged=False)
