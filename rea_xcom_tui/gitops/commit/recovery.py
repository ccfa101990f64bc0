"""Setting index and branch right after a commit that was cut off by a crash."""

from __future__ import annotations

from pathlib import Path

from rea_xcom_tui.errors import Refused
from rea_xcom_tui.gitops.branches import current_branch, head_commit, return_from_branch
from rea_xcom_tui.gitops.commit.index_lock import IndexLock, edit_index
from rea_xcom_tui.gitops.commit.known import index_entries
from rea_xcom_tui.gitops.commit.refusals import held_lock_sentence
from rea_xcom_tui.gitops.listing import FileEntry, tree_entries
from rea_xcom_tui.gitops.operations import CommitRecord, Entry, OperationLog
from rea_xcom_tui.gitops.problems import CommitRefused
from rea_xcom_tui.gitops.process.runner import Runner


def recover_cut_off(runner: Runner, git_dir: Path) -> str | None:
    """As `recover`, and None also when another copy of this tool is at work."""
    log = OperationLog(git_dir)
    if log.commit_begun() is None and not log.scratch.is_dir():
        return None
    try:
        with log.held():
            return recover(runner, git_dir, log)
    except CommitRefused:
        raise
    except Refused:
        return None


def recover(runner: Runner, git_dir: Path, log: OperationLog) -> str | None:
    """Set right what an interrupted commit left behind; the caller holds the log.

    Returns a sentence on what was done, or None when there was nothing. Entries of the index that are not as the commit
    left or found them stay as they are, and so does every file of the work tree. Raises CommitRefused when a lock that
    git itself left behind is in the way.
    """
    lock = IndexLock(git_dir, log.scratch)
    record = log.commit_begun()
    if record is None:
        if lock.is_ours():
            lock.release()
            log.end_commit(None)
            return "A commit was cut off before it began; its lock is removed."
        log.end_commit(None)
        return None
    if record.git_is_running():
        raise CommitRefused("The git commit of a crashed rea-xcom-tui is still running; wait until it ends.")
    if not lock.is_ours():
        if lock.path.exists():
            raise CommitRefused(f"An earlier commit was cut off. {held_lock_sentence(lock.path)}")
        log.scratch.mkdir(exist_ok=True)
        lock.take(0)
    try:
        made = _set_right(runner, git_dir, log, record)
    finally:
        lock.release()
    if made is None:
        log.end_commit(None)
        return "A commit was cut off; nothing was committed, and what was staged is as it was."
    log.end_commit(*made)
    return "A commit was cut off after it was made; the index is in step with it again."


Made = tuple[str, str | None, dict[str, str]]
"""A commit that was made: its id, its branch, and the blob of each file in it."""


def _set_right(runner: Runner, git_dir: Path, log: OperationLog, record: CommitRecord) -> Made | None:
    """Bring index and branch to the commit, or back where none was made; returns the commit."""
    paths = list(record.files)
    head = head_commit(runner)
    in_head = tree_entries(runner, head, paths) if head else {}
    committed = head != record.head and all(
        _entry(in_head.get(path)) != file.head for path, file in record.files.items()
    )
    in_index = index_entries(runner, paths)
    entries: dict[str, Entry | None] = {}
    for path, file in record.files.items():
        now = _entry(in_index.get(path))
        if committed:
            wanted = file.after or _entry(in_head.get(path))
            if now == file.before:
                entries[path] = wanted
        elif now == file.after and file.after is not None:
            entries[path] = file.before
    entries = {path: entry for path, entry in entries.items() if entry != _entry(in_index.get(path))}
    if entries:
        marked = [path for path in entries if "assume-unchanged" in in_index[path].flags]
        no_id = "0" * len(record.head)
        edit_index(runner, git_dir, log.scratch, entries, assume_unchanged=marked, no_id=no_id)
    if committed and head is not None:
        return head, current_branch(runner), {path: entry.oid or "" for path, entry in in_head.items()}
    if record.branch is not None and current_branch(runner) == record.branch:
        return_from_branch(runner, record.branch, record.old_ref, record.head)
    return None


def _entry(entry: FileEntry | None) -> Entry | None:
    return None if entry is None else entry.entry
