"""Committing exactly the edits of this tool, with the user's own hooks, signing and identity.

Two ways lead to the same commit. Where every file was clean before the edit, `git commit --only` does it.
Where the user has changes of his own in one of them, the commit is built in an index of its own while git's
lock on the real index is held (see `locked`).
"""

from __future__ import annotations

import random
import tempfile
import time
from contextlib import suppress
from dataclasses import replace

import msgspec

from rea_xcom_tui.errors import ToolError
from rea_xcom_tui.gitops.branches import NewBranch, current_branch
from rea_xcom_tui.gitops.commit.index_lock import IndexLock
from rea_xcom_tui.gitops.commit.locked import commit_locked
from rea_xcom_tui.gitops.commit.outcome import follow_hook
from rea_xcom_tui.gitops.commit.recovery import recover
from rea_xcom_tui.gitops.commit.refusals import busy, refusal
from rea_xcom_tui.gitops.commit.request import CommitResult, Request
from rea_xcom_tui.gitops.commit.run import run_commit
from rea_xcom_tui.gitops.commit.summary import Lines, foretold, outcome_of
from rea_xcom_tui.gitops.commit.targets import Targets, examine
from rea_xcom_tui.gitops.listing import tree_entries
from rea_xcom_tui.gitops.operations import OperationLog
from rea_xcom_tui.gitops.problems import CommitRefused, GitProblem
from rea_xcom_tui.gitops.process.runner import Output, Runner, literal_for_hooks
from rea_xcom_tui.gitops.state import LOCK_PATIENCE, RepoState, read_state


def commit_changes(runner: Runner, request: Request) -> CommitResult:
    """Commit `request`.

    Raises CommitRefused, with index and branch as they were, or GitProblem.
    """
    if not request.message.strip():
        raise CommitRefused("The commit message is empty; write at least one line.")
    if runner.view:
        raise CommitRefused(
            "This repo is open for viewing only, because its git folder could run programs; trust it first."
        )
    log = OperationLog(request.git_dir)
    with log.held():
        recover(runner, request.git_dir, log)
        log.scratch.mkdir(exist_ok=True)
        try:
            result = _commit(runner, request, log)
        except CommitRefused:
            log.end_commit(None)
            raise
        except OSError as error:
            # The record stays: what is half done is fixed by the next commit, or the next start.
            raise GitProblem(
                f"The commit was cut off ({error.strerror}: {error.filename}); fix that and commit again."
            ) from error
        except KeyboardInterrupt:
            with suppress(ToolError, OSError):  # git has ended: its commit was made or it was not
                recover(runner, request.git_dir, log)
            raise
        log.end_commit(result.oid, result.branch, result.blobs)
        return result


def _commit(runner: Runner, request: Request, log: OperationLog) -> CommitResult:
    head = _ready(runner, request)
    targets = examine(runner, request, head)
    if not targets.files:
        return _held_already(runner, request, head)
    if not any(target.mixed for target in targets.files):
        return _commit_only(runner, request, targets, log)
    lock = IndexLock(request.git_dir, log.scratch)
    lock.take(LOCK_PATIENCE)
    try:
        # What was read before the lock was held may be old by now.
        head = _ready(runner, request)
        targets = examine(runner, request, head)
        return commit_locked(runner, request, targets, log)
    finally:
        lock.release()


def _held_already(runner: Runner, request: Request, head: str) -> CommitResult:
    """The outcome where HEAD holds all of it already, such as edits that were undone and are made again."""
    if request.branch is not None:
        raise CommitRefused(
            "There is nothing to commit: the last commit holds these changes already, so no branch was made for them."
        )
    told = "nothing new to commit: the last commit holds these changes already\n"
    return CommitResult(head, current_branch(runner), (), told, {})


def _ready(runner: Runner, request: Request) -> str:
    """Return HEAD's id. Raises CommitRefused where the repo's state forbids a commit."""
    state: RepoState = msgspec.structs.replace(read_state(runner, request.git_dir, identity=False), locked=None)
    sentence = state.refusal(new_branch=request.branch is not None)
    if sentence is not None or state.head is None:
        raise CommitRefused(sentence or "This branch has no commit yet.")
    return state.head


def _commit_only(runner: Runner, request: Request, targets: Targets, log: OperationLog) -> CommitResult:
    branch = None if request.branch is None else NewBranch(runner, request.branch, targets.head)
    lines = foretold(runner, targets)
    record = targets.record("only", branch, {})
    log.record_commit(record, request.title, request.command, request.writes)
    if branch is not None:
        branch.begin()
    try:
        request.watch.on_start = lambda process: log.record_commit(replace(record, process=process))
        output = _until_free(runner, request, targets, quiet=lines is not None)
    except BaseException:  # also an interrupt: a branch made for a commit that was not made must not stay; it goes on
        if branch is not None:
            branch.take_back()
        raise
    return _looked_after(runner, request, targets, output, log, lines)


def _until_free(runner: Runner, request: Request, targets: Targets, *, quiet: bool) -> Output:
    """Run `git commit --only`, again and again while another git process is at work."""
    deadline = time.monotonic() + LOCK_PATIENCE
    with tempfile.NamedTemporaryFile(prefix="rea-xcom-tui-") as paths:
        paths.write(
            "".join(f"{literal_for_hooks(path)}\0" for path in targets.paths).encode("utf-8", "surrogateescape")
        )
        paths.flush()
        options = ["--only", f"--pathspec-from-file={paths.name}", "--pathspec-file-nul"] + ["--quiet"] * quiet
        while True:
            output = run_commit(runner, request, options)
            if output.status == 0:
                return output
            if not busy(runner, output) or request.watch.stopped or time.monotonic() >= deadline:
                raise refusal(runner, request, output)
            time.sleep(random.uniform(0.02, 0.1))
            _check_unmoved(runner, targets)


def _check_unmoved(runner: Runner, targets: Targets) -> None:
    """Refuse when another commit has touched one of the files since they were examined."""
    now = tree_entries(runner, "HEAD", targets.paths)
    for target in targets.files:
        if now.get(target.path) != target.head:
            raise CommitRefused(
                f"Another commit has just changed {target.path}; scan the repo and make the edit again.",
                path=target.path,
            )


def _looked_after(
    runner: Runner, request: Request, targets: Targets, output: Output, log: OperationLog, lines: Lines | None
) -> CommitResult:
    expected = {target.path: target.ids for target in targets.files}
    result = outcome_of(runner, targets, output, expected, lines)
    if result.changed_by_hook or targets.assume_unchanged:
        lock = IndexLock(request.git_dir, log.scratch)
        lock.take(LOCK_PATIENCE)
        try:
            follow_hook(runner, request.git_dir, log.scratch, result, targets, expected)
        finally:
            lock.release()
    return result
