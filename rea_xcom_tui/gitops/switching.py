"""Checking out another existing branch, only where nothing can be lost by it."""

from __future__ import annotations

from os.path import lexists
from pathlib import Path

from rea_xcom_tui.gitops.branches import current_branch
from rea_xcom_tui.gitops.commit.refusals import words_of
from rea_xcom_tui.gitops.listing import index_files, tree_files
from rea_xcom_tui.gitops.problems import SwitchRefused
from rea_xcom_tui.gitops.process.runner import Runner, reason
from rea_xcom_tui.gitops.process.watch import Watch
from rea_xcom_tui.gitops.state import LOCK_PATIENCE, read_state
from rea_xcom_tui.gitops.status import dirty_paths
from rea_xcom_tui.text import some


def local_branches(runner: Runner) -> list[str]:
    """List the local branches, the one with the newest commit first."""
    arguments = ["for-each-ref", "--sort=-committerdate", "--format=%(refname)", "refs/heads/"]
    return [line.removeprefix("refs/heads/") for line in runner.read(arguments).text.splitlines()]


def switch_branch(runner: Runner, git_dir: Path, name: str, watch: Watch | None = None) -> None:
    """Check out the local branch `name`; raises SwitchRefused, with everything as it was, where that is not safe.

    Nothing is carried over, merged or overwritten: a tracked file with changes, an unfinished operation, a held
    lock, or an untracked or ignored file in the way refuse the switch. Hooks and filters are the user's own.
    """
    _check(runner, git_dir, name)
    arguments = ["switch", "--no-guess", "--no-recurse-submodules", "--no-overwrite-ignore", "--no-progress", name]
    watch = watch or Watch()
    output = runner.follow(arguments, watch)
    if current_branch(runner) == name:
        return  # a post-checkout hook may have failed; the branch is checked out all the same
    if watch.stopped is not None:
        raise SwitchRefused(f"The switch to {name} was cancelled.", output=words_of(output))
    if _in_the_way(runner, name):
        sentence = f"Files that git does not track would be overwritten by those of {name}; move them away first."
    elif name in _checked_out(runner):
        sentence = f"{name} is checked out in another work tree of this repo; work there, or choose another branch."
    else:
        sentence = f"git could not switch to {name}: {reason(output.stderr)}"
    raise SwitchRefused(sentence, output=words_of(output))


def _in_the_way(runner: Runner, name: str) -> bool:
    """Whether a file that git does not track is where the branch has one; git says so in any language."""
    known = {entry.path for entry in index_files(runner).entries}
    wanted = (entry.path for entry in tree_files(runner, f"refs/heads/{name}").entries if entry.path not in known)
    return any(lexists(runner.directory / path) for path in wanted)


def _checked_out(runner: Runner) -> set[str]:
    """The branches that are checked out in some work tree of the repo."""
    lines = runner.read(["worktree", "list", "--porcelain"]).text.splitlines()
    return {line.removeprefix("branch refs/heads/") for line in lines if line.startswith("branch refs/heads/")}


def _check(runner: Runner, git_dir: Path, name: str) -> None:
    if runner.view:
        raise SwitchRefused(
            "This repo is open for viewing only, because its git folder could run programs; trust it first."
        )
    known = runner.read(["show-ref", "--verify", "--quiet", f"refs/heads/{name}"], expect=(0, 1)).status == 0
    if not known or name.startswith("-"):
        raise SwitchRefused(f"This repo has no branch {name!r}; choose one that git branch shows.")
    state = read_state(runner, git_dir, identity=False)
    if state.branch == name:
        raise SwitchRefused(f"{name} is already checked out.")
    if state.locked is not None and state.locked <= LOCK_PATIENCE:
        raise SwitchRefused("Another git process is at work in this repo; switch again in a moment.")
    # Neither a detached HEAD, an unborn branch nor a missing identity is an obstacle to leaving it.
    if state.operation is not None or state.unmerged or state.locked is not None or state.read_only:
        raise SwitchRefused(state.refusal(new_branch=True, then="switch") or "The repo is in the middle of something.")
    dirty = sorted(dirty_paths(runner, None))
    if dirty:
        raise SwitchRefused(f"{some(dirty, 1, str)} has changes that are not committed; commit or stash them first.")
