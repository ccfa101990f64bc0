"""What commits did to files that belong together, such as the layers of a deployment."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from rea_xcom_tui.gitops.history import Commit, revisions_of
from rea_xcom_tui.gitops.process.runner import Runner


def joint_history(runner: Runner, start: str, paths: Collection[str]) -> list[tuple[Commit, str]]:
    """Return the commits up to `start` (a hex id) that changed one of `paths`, each with the first such file.

    Newest first, in the order of the history: no commit comes before one that was made on top of it, whatever
    their times are. Renames are followed, as in `file_histories`.
    """
    found: dict[str, tuple[Commit, str]] = {}
    for _, revision in revisions_of(runner, start, paths):
        found.setdefault(revision.commit.oid, (revision.commit, revision.path))
    return list(found.values())


def joint_walk(runner: Runner, start: str, groups: Mapping[str, Collection[str]]) -> Iterator[tuple[Commit, list[str]]]:
    """Yield what `joint_history` returns for each group of paths, from one walk for all of them: each commit with the
    names of the groups that it changed."""
    of: dict[str, list[str]] = {}
    for name, paths in groups.items():
        for path in paths:
            of.setdefault(path, []).append(name)
    commit: Commit | None = None
    changed: dict[str, None] = {}
    for asked, revision in revisions_of(runner, start, of):
        if commit is not None and revision.commit is not commit:
            yield commit, list(changed)
            changed = {}
        commit = revision.commit
        changed |= dict.fromkeys(of[asked])
    if commit is not None:
        yield commit, list(changed)
