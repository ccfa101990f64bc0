"""How the repo stands: branch, operation in progress, and whether a commit may be made."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Literal

import msgspec

from rea_xcom_tui.gitops.process.runner import Runner

LOCK_PATIENCE = 2.0
"""How long, in seconds, a commit waits for another git process to let go of the index."""

Operation = Literal["merge", "squash", "cherry-pick", "revert", "rebase", "am", "bisect"]

_MARKS: tuple[tuple[str, Operation], ...] = (
    ("rebase-merge", "rebase"),
    ("rebase-apply/applying", "am"),
    ("rebase-apply", "rebase"),
    ("MERGE_HEAD", "merge"),
    ("CHERRY_PICK_HEAD", "cherry-pick"),
    ("REVERT_HEAD", "revert"),
    ("SQUASH_MSG", "squash"),
    ("BISECT_LOG", "bisect"),
)
"""The files by which git itself remembers an unfinished operation, in the git folder of the work tree."""

_WAY_OUT: dict[Operation, str] = {
    "merge": "finish it with git commit or abort it with git merge --abort",
    "squash": "finish it with git commit, or delete the file SQUASH_MSG in the git folder",
    "cherry-pick": "finish it with git cherry-pick --continue or abort it with git cherry-pick --abort",
    "revert": "finish it with git revert --continue or abort it with git revert --abort",
    "rebase": "finish it with git rebase --continue or abort it with git rebase --abort",
    "am": "finish it with git am --continue or abort it with git am --abort",
    "bisect": "end it with git bisect reset",
}

_IDENTITIES = ("GIT_AUTHOR_IDENT", "GIT_COMMITTER_IDENT")
_NAMES: dict[Operation, str] = {"squash": "squashed merge", "am": "git am"}


class RepoState(msgspec.Struct, frozen=True):
    """What decides whether a commit can be made, and what a header says about the repo."""

    branch: str | None
    """The branch that is checked out, also when it has no commit yet; None when HEAD is detached."""
    head: str | None
    """The commit's id; None when the branch has no commit yet."""
    operation: Operation | None
    unmerged: tuple[str, ...]
    """Paths with unresolved merge conflicts."""
    upstream: str | None
    ahead: int
    behind: int
    locked: float | None
    """Age of git's own index.lock in seconds, or None without one."""
    lock_path: Path
    identity_ok: bool
    """Whether git knows a name and an e-mail address to commit under."""
    read_only: bool
    """Whether the root or the git folder cannot be written."""

    @property
    def detached(self) -> bool:
        """Whether no branch is checked out."""
        return self.branch is None

    @property
    def unborn(self) -> bool:
        """Whether the branch has no commit yet."""
        return self.head is None

    @property
    def diverged(self) -> bool:
        """Whether both the branch and its upstream have commits that the other lacks."""
        return self.ahead > 0 and self.behind > 0

    def refusal(self, *, new_branch: bool = False, then: str = "commit again") -> str | None:
        """Return why no commit can be made now and what to do about it, or None if one can.

        With `new_branch` a branch will be made for the commit, so that a detached HEAD is not an obstacle. A
        lock that is younger than LOCK_PATIENCE is none either, since a commit waits for it. `then` is what to do once
        the obstacle is gone, in words.
        """
        if self.read_only:
            return "This repo cannot be written by this user; check the permissions of its folder."
        if self.operation is not None:
            name = _NAMES.get(self.operation, self.operation)
            return f"A {name} is in progress in this repo: {_WAY_OUT[self.operation]}, then {then}."
        if self.unmerged:
            return f"{self.unmerged[0]} has an unresolved merge conflict; resolve it and git add it, then {then}."
        if self.unborn:
            return f"This branch has no commit yet; make the first commit with git, then {then}."
        if self.detached and not new_branch:
            return "HEAD is detached, so a commit would belong to no branch; name a new branch for it."
        if not self.identity_ok:
            return f"git does not know who you are: set git config user.name and git config user.email, then {then}."
        if self.locked is not None and self.locked > LOCK_PATIENCE:
            return (
                f"Another git process holds {self.lock_path} (for {_age(self.locked)}); wait until it ends. "
                "If no git runs here any more, delete that file."
            )
        return None


def read_state(runner: Runner, git_dir: Path, *, identity: bool = True) -> RepoState:
    """Read the state of the repo whose work tree is the runner's folder.

    Without `identity` it is not asked whether git knows one; git itself then says who commits.
    """
    # A path that can never be tracked keeps git from looking at the whole work tree.
    asked = ["status", "--porcelain=v2", "--branch", "-z", "-uno", "--ignore-submodules=all", "--", ".git"]
    status, unmerged = runner.start(asked), runner.start(["ls-files", "-u", "-z"])
    identities = [runner.start(["var", name]) for name in _IDENTITIES if identity]
    known = [one.output(expect=(0, 1, 128)).status == 0 for one in identities]
    records, output = unmerged.output().text.split("\0"), status.output().text
    header = dict(record.removeprefix("# ").split(" ", 1) for record in output.split("\0") if record.startswith("# "))
    branch, head = header.get("branch.head", ""), header.get("branch.oid", "")
    ahead, behind = (abs(int(number)) for number in header.get("branch.ab", "+0 -0").split(" "))
    lock_path = git_dir / "index.lock"
    return RepoState(
        branch=None if branch == "(detached)" else branch,
        head=None if head == "(initial)" else head,
        operation=operation_in(git_dir),
        unmerged=tuple(dict.fromkeys(record.split("\t", 1)[1] for record in records if record)),
        upstream=header.get("branch.upstream"),
        ahead=ahead,
        behind=behind,
        locked=_lock_age(lock_path),
        lock_path=lock_path,
        identity_ok=all(known),
        read_only=not (os.access(runner.directory, os.W_OK) and os.access(git_dir, os.W_OK)),
    )


def operation_in(git_dir: Path) -> Operation | None:
    """Return the operation that git has not finished in this work tree, if any."""
    for name, operation in _MARKS:
        if (git_dir / name).exists():
            return operation
    return _sequencer(git_dir)


def _sequencer(git_dir: Path) -> Operation | None:
    """Between two picks of a longer cherry-pick or revert only its to-do list is left."""
    try:
        todo = (git_dir / "sequencer" / "todo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    return "revert" if todo.startswith("revert") else "cherry-pick"


def _lock_age(path: Path) -> float | None:
    try:
        return max(0.0, time.time() - path.stat().st_mtime)
    except OSError:
        return None


def _age(seconds: float) -> str:
    if seconds < 60:
        return f"{seconds:.0f} s"
    if seconds < 3600:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.0f} h"
