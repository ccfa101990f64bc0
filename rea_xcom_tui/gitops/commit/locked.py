"""Committing while git's lock on the index is held: for files in which the user has changes of his own.

The lock is taken before HEAD is read, so no other git process can commit in between; measured with another
process committing in a tight loop, the same steps without the lock reverted the other's work every time.
The real index is brought up to date before the commit is made, so that at no moment of a crash it holds a
reversal of what was committed.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from rea_xcom_tui.gitops.branches import NewBranch, head_commit
from rea_xcom_tui.gitops.commit.index_lock import copy_durably, edit_index, set_entries
from rea_xcom_tui.gitops.commit.outcome import commit_made, follow_hook, result_of
from rea_xcom_tui.gitops.commit.refusals import refusal
from rea_xcom_tui.gitops.commit.request import CommitResult, Request
from rea_xcom_tui.gitops.commit.run import run_commit
from rea_xcom_tui.gitops.commit.staging import Staged, stage_all
from rea_xcom_tui.gitops.commit.targets import Targets
from rea_xcom_tui.gitops.operations import CommitRecord, OperationLog
from rea_xcom_tui.gitops.problems import CommitRefused
from rea_xcom_tui.gitops.process.runner import Output, Runner


def commit_locked(runner: Runner, request: Request, targets: Targets, log: OperationLog) -> CommitResult:
    """Commit HEAD with the edits and nothing else, while the caller holds the lock on the index.

    What the user had staged stays staged, what he had only changed stays changed. Raises CommitRefused, with
    the index byte for byte as it was.
    """
    staged = stage_all(runner, targets, request)
    branch = None if request.branch is None else NewBranch(runner, request.branch, targets.head)
    record = targets.record("locked", branch, {path: entry.index for path, entry in staged.items()})
    saved = log.scratch / "saved-index"
    copy_durably(request.git_dir / "index", saved)
    log.record_commit(record, request.title, request.command, request.writes)
    try:
        own_index = _own_index(runner, request, targets, staged, log.scratch)
        no_id = "0" * len(targets.head)
        edit_index(
            runner,
            request.git_dir,
            log.scratch,
            {path: entry.index for path, entry in staged.items()},
            assume_unchanged=targets.assume_unchanged,
            no_id=no_id,
        )
        if branch is not None:
            branch.begin()
        output = _run(runner, request, record, log, own_index)
        oid = _new_commit(runner, targets, output)
    except BaseException:  # also an interrupt: the index lock, the branch and what was staged go back; it goes on
        _take_back(runner, request, targets, branch, saved)
        raise
    expected = {path: frozenset({entry.commit[1]}) for path, entry in staged.items()}
    result = result_of(runner, oid, output, expected)
    # What a hook did to ours is not for those files whose staged version is the user's.
    ours = {path: ids for path, ids in expected.items() if staged[path].index == staged[path].commit}
    follow_hook(runner, request.git_dir, log.scratch, result, targets, ours)
    return result


def _own_index(runner: Runner, request: Request, targets: Targets, staged: dict[str, Staged], folder: Path) -> Path:
    """Make an index that holds HEAD with the edits.

    It starts as a copy of the real one, because git then knows which files of the work tree are unchanged
    and need not read them all again.
    """
    own = folder / "index"
    copy_durably(request.git_dir / "index", own)
    runner.write(["read-tree", "--reset", targets.head], env={"GIT_INDEX_FILE": str(own)})
    set_entries(runner, own, {path: entry.commit for path, entry in staged.items()}, "0" * len(targets.head))
    return own


def _run(runner: Runner, request: Request, record: CommitRecord, log: OperationLog, own_index: Path) -> Output:
    watch = request.watch
    watch.on_start = lambda process: log.record_commit(replace(record, process=process))
    output = run_commit(runner, request, env={"GIT_INDEX_FILE": str(own_index)})
    if output.status != 0:
        raise refusal(runner, request, output)
    return output


def _new_commit(runner: Runner, targets: Targets, output: Output) -> str:
    """Return the commit just made, after a look at what it builds on.

    A program that moves branches without taking the index's lock can slip in just before; the commit would
    then undo that program's work, and is dropped again.
    """
    oid = commit_made(runner, output)
    parent = runner.read(["rev-parse", "--verify", "--quiet", f"{oid}^"], expect=(0, 1)).text.strip()
    if parent != targets.head and parent:
        runner.write(["update-ref", "-m", "rea-xcom-tui: drop a commit that came too late", "HEAD", parent, oid])
        raise CommitRefused(
            "Another program moved this branch at the same moment; nothing was committed, commit again."
        )
    return oid


def _take_back(runner: Runner, request: Request, targets: Targets, branch: NewBranch | None, saved: Path) -> None:
    """Put back index and branch, unless the commit was made after all."""
    now = head_commit(runner)
    if now == targets.head or _builds_on_other(runner, now, targets.head):
        saved.replace(request.git_dir / "index")
        if branch is not None:
            branch.take_back()


def _builds_on_other(runner: Runner, now: str | None, head: str) -> bool:
    """Tell whether HEAD has moved, but not to a commit of ours on `head`."""
    parent = runner.read(["rev-parse", "--verify", "--quiet", f"{now}^"], expect=(0, 1)).text.strip()
    return parent != head
