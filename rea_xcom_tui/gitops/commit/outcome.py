"""Looking at a commit that was just made, and leaving the index in step with it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from rea_xcom_tui.gitops.branches import current_branch, head_commit
from rea_xcom_tui.gitops.commit.index_lock import edit_index
from rea_xcom_tui.gitops.commit.known import index_entries
from rea_xcom_tui.gitops.commit.refusals import words_of
from rea_xcom_tui.gitops.commit.request import CommitResult
from rea_xcom_tui.gitops.commit.targets import Targets
from rea_xcom_tui.gitops.listing import tree_entries
from rea_xcom_tui.gitops.problems import GitProblem
from rea_xcom_tui.gitops.process.runner import ANY_STATUS, Output, Runner

_SUMMARY = re.compile(r"^\[.*? (?P<id>[0-9a-f]{4,64})\] ", re.MULTILINE)
"""The line by which `git commit` says what it made: `[main 1a2b3c4] subject`."""


def commit_made(runner: Runner, output: Output) -> str:
    """Return the id of the commit that `git commit` has just made.

    It is not always HEAD: another process may have committed on it since, and a post-commit hook may have replaced it,
    in which case HEAD is what counts. Raises GitProblem when there is none.
    """
    told = _SUMMARY.search(output.text)
    asked = runner.start(["rev-parse", "--verify", f"{told['id']}^{{commit}}"]) if told is not None else None
    head = head_commit(runner)
    if asked is not None:
        made = asked.output(ANY_STATUS)
        oid = made.text.strip()
        contained = ["merge-base", "--is-ancestor", oid, "HEAD"]
        if made.status == 0 and (oid == head or runner.read(contained, expect=(0, 1)).status == 0):
            return oid
    if head is None:
        raise GitProblem(f"The new commit in {runner.directory} cannot be found; look at git log.")
    return head


def result_of(runner: Runner, oid: str, output: Output, expected: Mapping[str, frozenset[str]]) -> CommitResult:
    """Say what the commit `oid` holds; `expected` are the blob ids that each file may have in it."""
    asked = runner.start(["diff-tree", "-r", "-z", "--raw", "--no-renames", "--no-commit-id", oid])
    branch = current_branch(runner)
    fields = asked.output().text.split("\0")
    committed = {path: head.split(" ")[3] for head, path in zip(fields[0::2], fields[1::2], strict=False)}
    changed = tuple(path for path, blob in committed.items() if blob not in expected.get(path, ()))
    blobs = {path: blob for path, blob in committed.items() if blob.strip("0")}  # zeros stand for a file that is gone
    return CommitResult(oid, branch, tuple(committed), words_of(output), blobs, changed)


def follow_hook(
    runner: Runner,
    git_dir: Path,
    folder: Path,
    result: CommitResult,
    targets: Targets,
    staged: Mapping[str, frozenset[str]],
) -> None:
    """Bring the index to what was committed where a hook changed a file on its way. Holder of the lock only.

    Git leaves the version from before the hook in the index, and the user's next commit would undo what the hook did.
    `staged` are the blob ids under which each file's version from before the hook may be there. Also marks the files
    assume-unchanged again that were, since git has dropped the mark.
    """
    changed = [path for path in result.changed_by_hook if path in staged]
    now = index_entries(runner, changed) if changed else {}
    in_commit = tree_entries(runner, result.oid, changed) if changed else {}
    stale = {
        path: in_commit[path].entry for path, entry in now.items() if entry.oid in staged[path] and path in in_commit
    }
    if stale or targets.assume_unchanged:
        edit_index(
            runner,
            git_dir,
            folder,
            stale,
            assume_unchanged=targets.assume_unchanged,
            no_id="0" * len(result.oid),
        )
