"""Which tracked files differ from the commit that is checked out."""

from __future__ import annotations

from collections.abc import Sequence

from rea_xcom_tui.gitops.process.runner import Runner, literal

_MAX_PATHS_AS_ARGUMENTS = 200


def dirty_paths(runner: Runner, paths: Sequence[str] | None) -> frozenset[str]:
    """Return the tracked paths that differ from HEAD in the index or the work tree, as `git status` sees it.

    Runs the clean filters of the repo, so it is for trusted repos only. With `paths`, only those.
    """
    if paths is not None and not paths:
        return frozenset()
    limits = ["--", *map(literal, paths)] if paths is not None and len(paths) <= _MAX_PATHS_AS_ARGUMENTS else []
    output = runner.read(
        ["status", "--porcelain=v2", "-z", "-uno", "--no-renames", "--ignore-submodules=all", *limits]
    ).text
    found = {path for record in output.split("\0") if (path := _path_of(record)) is not None}
    return frozenset(found if paths is None else found.intersection(paths))


def _path_of(record: str) -> str | None:
    """Read the path of a record: `1 XY sub mH mI mW hH hI path`, or `u` with two more columns."""
    if record.startswith("1 "):
        return record.split(" ", 8)[8]
    if record.startswith("u "):
        return record.split(" ", 10)[10]
    return None
