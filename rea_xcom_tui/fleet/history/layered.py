"""The history of a deployment that is made of layers: what each commit that touched one of them made of its fields."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rea_xcom_tui.fleet.model import Deployment, Fleet
from rea_xcom_tui.fleet.scan.judge import Reading
from rea_xcom_tui.fleet.scan.layered import as_before, look, read_entry
from rea_xcom_tui.fleet.scan.trees import commit_tree
from rea_xcom_tui.xcom.model import FieldName, FieldReading

if TYPE_CHECKING:
    from rea_xcom_tui.gitops import Commit, Repository

MOST_COMMITS = 300
"""How many commits are looked at: each has its entry points found again."""

Fields = dict[FieldName, FieldReading]


class States:
    """What a deployment was in each commit. A blob that several commits have is read from git once."""

    def __init__(self, repository: Repository, reading: Reading, id_: str) -> None:
        self._repository = repository
        self._reading = reading
        self._id = id_
        self._blobs: dict[str, bytes] = {}
        self._known: dict[str, Fields | None] = {}

    def at(self, commit: str) -> Fields | None:
        """The fields in force in a commit; None where there was no such deployment."""
        if commit not in self._known:
            tree = commit_tree(self._repository, self._repository.tree(commit), self._blobs)
            layouts = look(tree, self._reading)
            entry = layouts.by_id.get(self._id)
            row = read_entry(entry, tree, self._reading) if entry is not None else None
            self._known[commit] = dict(row.config.fields) if row is not None else None
        return self._known[commit]


def commits_of(repository: Repository, deployment: Deployment, start: str = "HEAD") -> list[tuple[Commit, str]]:
    """The commits that touched one of a deployment's files, newest first, each with the first such file."""
    return repository.joint_history(deployment.files, start=start)


def changes(
    repository: Repository, fleet: Fleet, deployment: Deployment
) -> Iterator[tuple[Commit, str, Fields | None, Fields | None]]:
    """Each commit that touched the deployment's files, with the file, and the fields before and after it."""
    reading = as_before(fleet.layouts) if fleet.layouts is not None else Reading(judged=False)
    states = States(repository, reading, deployment.id)
    for commit, file in commits_of(repository, deployment, fleet.head or "HEAD")[:MOST_COMMITS]:
        before = states.at(commit.parents[0]) if commit.parents else None
        yield commit, file, before, states.at(commit.oid)
