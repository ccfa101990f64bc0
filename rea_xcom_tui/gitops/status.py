"""Which tracked files differ from the commit that is checked out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rea_xcom_tui.gitops.process.runner import Runner, literal

STATUS = ("status", "--porcelain=v2", "-z", "--no-renames", "--ignore-submodules=all")
"""The question, without what is to be done about untracked files."""

HEADER = ("--branch", "--no-ahead-behind")
"""What has a status also tell which commit and branch are checked out, without counting commits."""

_MAX_PATHS_AS_ARGUMENTS = 200


def dirty_paths(runner: Runner, paths: Sequence[str] | None) -> frozenset[str]:
    """Return the tracked paths that differ from HEAD in the index or the work tree, as `git status` sees it.

    Runs the clean filters of the repo, so it is for trusted repos only. With `paths`, only those.
    """
    if paths is not None and not paths:
        return frozenset()
    limits = ["--", *map(literal, paths)] if paths is not None and len(paths) <= _MAX_PATHS_AS_ARGUMENTS else []
    found = dirty_in(runner.read([*STATUS, "-uno", *limits]).stdout.split(b"\0"))
    return found if paths is None else found.intersection(paths)


def dirty_in(records: Iterable[bytes]) -> frozenset[str]:
    """The tracked paths in the records of a status: `1 XY sub mH mI mW hH hI path`, or `u` with two more columns."""
    names = [record.split(b" ", 8)[8] for record in records if record.startswith(b"1 ")]
    names += [record.split(b" ", 10)[10] for record in records if record.startswith(b"u ")]
    return frozenset([name.decode("utf-8", "surrogateescape") for name in names])


def head_in(records: Iterable[bytes]) -> tuple[str | None, str | None]:
    """The commit and the branch that are checked out, by a status with its `HEADER`.

    The commit is None where there is none yet, the branch where HEAD is detached.
    """
    lines = (record[2:].decode("utf-8", "surrogateescape") for record in records if record.startswith(b"# "))
    told = dict(line.partition(" ")[::2] for line in lines)
    head, branch = told.get("branch.oid"), told.get("branch.head")
    return None if head == "(initial)" else head, None if branch == "(detached)" else branch
