"""What a push would send: the commits that the server does not have, as far as this repo knows."""

from __future__ import annotations

from dataclasses import dataclass

from rea_xcom_tui.gitops.branches import merge_base
from rea_xcom_tui.gitops.history import Commit, commits_between
from rea_xcom_tui.gitops.process.runner import Runner
from rea_xcom_tui.gitops.remotes import default_branch

_MOST_COMMITS = 200


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A local branch beside what the last fetch said of the remote; nothing is asked of the server for it."""

    remote: str
    branch: str
    known: bool
    """Whether the remote had this branch as of the last fetch."""
    commits: tuple[Commit, ...]
    """What the remote does not have, newest first; at most 200."""
    behind: int
    """How many commits the remote's branch has that are not here."""
    target: str | None
    """The remote's default branch, which a pull request would go to."""
    base: str | None
    """The commit from which the branch left the target, or what the remote has of it; None where unknown."""


def outgoing(runner: Runner, remote: str, branch: str) -> Outgoing:
    """Return what pushing `branch` to `remote` would send. Raises GitFailed where the branch does not exist."""
    head = runner.read(["rev-parse", "--verify", f"refs/heads/{branch}^{{commit}}"]).text.strip()
    own = _commit(runner, f"refs/remotes/{remote}/{branch}")
    target = default_branch(runner, remote)
    onto = _commit(runner, f"refs/remotes/{remote}/{target}") if target else None
    there = runner.read(["for-each-ref", "--format=%(objectname)", f"refs/remotes/{remote}/"]).text.split()
    commits = commits_between(runner, head, [own] if own else list(dict.fromkeys(there)), limit=_MOST_COMMITS)
    behind = runner.read(["rev-list", "--count", own, f"^{head}", "--"]).text.strip() if own else "0"
    fork = merge_base(runner, head, onto) if onto and branch != target else own
    return Outgoing(remote, branch, own is not None, tuple(commits), int(behind), target, fork)


def _commit(runner: Runner, ref: str) -> str | None:
    output = runner.read(["rev-parse", "--verify", "--quiet", f"{ref}^{{commit}}"], expect=(0, 1, 128))
    return output.text.strip() or None


@dataclass(frozen=True, slots=True)
class ChangedFile:
    """One path that differs between two commits, with its blobs; None where the path is not there."""

    path: str
    before: str | None
    after: str | None


def changed_files(runner: Runner, old: str, new: str) -> tuple[ChangedFile, ...]:
    """Return the regular files that differ between two commits (hex ids). A move is a path gone and one come."""
    arguments = ["diff-tree", "-r", "-z", "--raw", "--no-renames", "--no-abbrev", "--no-ext-diff", old, new, "--"]
    tokens = iter(runner.read(arguments).text.split("\0"))
    found = []
    for head in tokens:
        words = head.removeprefix(":").split(" ")
        if len(words) == 5:
            blobs = [oid if mode.startswith("100") else None for mode, oid in zip(words[:2], words[2:4], strict=True)]
            found.append(ChangedFile(next(tokens), blobs[0], blobs[1]))
    return tuple(found)
