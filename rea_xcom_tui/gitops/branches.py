"""Names of branches and making new ones."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from fnmatch import fnmatchcase
from typing import Literal

import msgspec

from rea_xcom_tui.gitops.objects import is_hex_id
from rea_xcom_tui.gitops.problems import CommitRefused, GitFailed, GitProblem
from rea_xcom_tui.gitops.process.runner import ANY_STATUS, Runner
from rea_xcom_tui.text import whole_words

PROTECTED_PATTERNS: tuple[str, ...] = ("main", "master", "release/*", "prod*")
"""Branches on which one rather does not commit directly, unless the configuration says otherwise."""


def is_protected(branch: str, patterns: Sequence[str] = PROTECTED_PATTERNS, *, default: str | None = None) -> bool:
    """Tell whether `branch` matches one of `patterns` (`*` matches anything) or is the remote's `default`."""
    return branch == default or any(fnmatchcase(branch, pattern) for pattern in patterns)


def proposed_branch(topic: str, day: date) -> str:
    """Return a name for a new branch, such as `rea/xcom-2025-03-04-threshold-for-prod`."""
    slug = whole_words(re.sub(r"[^a-z0-9]+", "-", topic.lower()).strip("-"), 48, "-")
    return "-".join(part for part in (f"rea/xcom-{day.isoformat()}", slug) if part)


def resolve(runner: Runner, ref: str) -> str:
    """Return the id of the commit that `ref` (branch, tag, id, `HEAD~2`) names.

    Raises GitProblem, in a sentence that names the ref, when there is none. The id is safe in any command
    line; the ref itself goes no further than here.
    """
    if not ref or "\0" in ref:
        raise GitProblem("An empty text is no git ref; name a branch, a tag or a commit.")
    if ref in runner.commits:
        return ref
    output = runner.read(
        ["rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}"], expect=(0, 1, 128)
    )
    oid = output.text.strip()
    if output.status != 0 or not is_hex_id(oid):
        raise GitProblem(f"This repo has no commit {ref!r}; name a branch, a tag or a commit that git log shows.")
    runner.commits.add(oid)
    return oid


class NamedRef(msgspec.Struct, frozen=True):
    """A branch or a tag. Its name is foreign text."""

    full: str
    """The name that means nothing else: `refs/heads/main`."""
    kind: Literal["branch", "remote", "tag"]
    name: str
    """The name as people say it: `main`, `origin/main`, `v1`."""


_KINDS: dict[str, Literal["branch", "remote", "tag"]] = {
    "refs/heads/": "branch",
    "refs/remotes/": "remote",
    "refs/tags/": "tag",
}


def named_refs(runner: Runner) -> list[NamedRef]:
    """List branches, the remotes' branches as of the last fetch, and tags, each kind with the newest first."""
    arguments = ["for-each-ref", "--sort=-creatordate", "--format=%(refname)", *_KINDS]
    names = runner.read(arguments).text.splitlines()
    return [
        NamedRef(name, kind, name.removeprefix(prefix))
        for prefix, kind in _KINDS.items()
        for name in names
        if name.startswith(prefix) and not (kind == "remote" and name.endswith("/HEAD"))
    ]


def merge_base(runner: Runner, one: str, other: str) -> str | None:
    """Return the newest commit (of two hex ids) that both come from, or None where there is none."""
    return runner.read(["merge-base", one, other], expect=(0, 1)).text.strip() or None


def current_branch(runner: Runner) -> str | None:
    """Return the branch that is checked out (it may have no commit yet), or None when HEAD is detached."""
    output = runner.read(["symbolic-ref", "-q", "HEAD"], expect=(0, 1)).text.strip()
    return output.removeprefix("refs/heads/") or None


def head_commit(runner: Runner) -> str | None:
    """Return the id of the commit that is checked out, or None when there is none yet."""
    output = runner.read(["rev-parse", "--verify", "--quiet", "HEAD^{commit}"], expect=(0, 1, 128))
    return output.text.strip() or None


def pushed(runner: Runner, commit: str) -> tuple[str, ...] | None:
    """Return the remotes' branches, such as `origin/main`, that hold a commit (a full id), as of the last fetch.

    None where HEAD does not hold it.
    """
    if runner.read(["merge-base", "--is-ancestor", commit, "HEAD"], expect=ANY_STATUS).status != 0:
        return None
    listed = runner.read(["for-each-ref", f"--contains={commit}", "--format=%(refname)", "refs/remotes"]).text
    names = [line.removeprefix("refs/remotes/") for line in listed.splitlines()]
    return tuple(name for name in names if not name.endswith("/HEAD"))


def check_new_branch(runner: Runner, name: str) -> None:
    """Raise CommitRefused when no branch of this name can be made."""
    valid = runner.read(["check-ref-format", f"refs/heads/{name}"], expect=(0, 1)).status == 0
    if not valid or name.startswith(("-", "refs/")) or name in ("HEAD", "@"):
        raise CommitRefused(f"{name!r} is not a valid name for a branch; use letters, digits, - and /.")
    if runner.read(["show-ref", "--verify", "--quiet", f"refs/heads/{name}"], expect=(0, 1)).status == 0:
        raise CommitRefused(f"There is already a branch {name}; choose another name.")


class NewBranch:
    """A branch made for a commit: HEAD points to it from `begin` on, and no longer after `take_back`.

    Only refs change, neither index nor work tree, since the new branch starts at the commit that is
    checked out. Raises CommitRefused when no branch of this name can be made.
    """

    def __init__(self, runner: Runner, name: str, head: str) -> None:
        check_new_branch(runner, name)
        self.name = name
        self.old = current_branch(runner)
        """The branch that is checked out, or None when HEAD is detached."""
        self._runner = runner
        self._head = head

    def begin(self) -> None:
        """Create the branch and check it out. Raises `CommitRefused` where git cannot create it."""
        try:
            self._runner.write(["update-ref", f"refs/heads/{self.name}", self._head, "0" * len(self._head)])
        except GitFailed as error:
            raise CommitRefused(
                f"git could not make the branch {self.name}; choose another name.", output=error.stderr
            ) from error
        _point_head(self._runner, f"refs/heads/{self.name}", self.old or self._head, self.name)

    def take_back(self) -> None:
        """Check out what was checked out before and delete the branch, unless it has got a commit."""
        return_from_branch(self._runner, self.name, self.old, self._head)


def return_from_branch(runner: Runner, name: str, old: str | None, head: str) -> None:
    """Leave the new branch `name` for `old` (None: detached) and delete it, if it still is at `head`."""
    if head_commit(runner) != head or current_branch(runner) != name:
        return
    if old is None:
        note = f"checkout: moving from {name} to {head}"
        runner.write(["update-ref", "--no-deref", "-m", note, "HEAD", head])
    else:
        _point_head(runner, f"refs/heads/{old}", name, old)
    runner.write(["update-ref", "-d", f"refs/heads/{name}", head])


def _point_head(runner: Runner, ref: str, old: str, new: str) -> None:
    # The words of git's own checkout, so that `git switch -` finds the way back.
    runner.write(["symbolic-ref", "-m", f"checkout: moving from {old} to {new}", "HEAD", ref])
