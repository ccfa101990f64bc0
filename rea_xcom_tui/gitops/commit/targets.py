"""The files a commit is to hold, examined before anything is touched."""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Mapping
from typing import Literal

import msgspec

from rea_xcom_tui.gitops.branches import NewBranch
from rea_xcom_tui.gitops.commit.known import ask_entries
from rea_xcom_tui.gitops.commit.request import Change, Request
from rea_xcom_tui.gitops.conversions import Conversions, ask_conversions
from rea_xcom_tui.gitops.listing import REGULAR_MODES, SUBMODULE_MODE, FileEntry
from rea_xcom_tui.gitops.operations import CommitRecord, Entry, IndexChange
from rea_xcom_tui.gitops.problems import CommitRefused
from rea_xcom_tui.gitops.process.runner import Runner, literal


class Target(msgspec.Struct, frozen=True):
    """One file that is to be committed, and how it stood before the edit."""

    path: str
    change: Change
    head: FileEntry | None
    """Its entry in HEAD; None for a new file."""
    index: FileEntry | None
    staged: bool
    """Whether the index holds a change of it that is not in HEAD."""
    unstaged: bool
    """Whether it differed from the index before the edit."""
    mode_changed: bool
    """Whether its executable bit on the disk differs from HEAD's."""
    ids: frozenset[str] = frozenset()
    """The blobs that git may make of the edit, of a file that can be HEAD's again, such as one that was undone and is
    made again; of others they are not known."""

    @property
    def mixed(self) -> bool:
        """Whether it holds changes other than the edit, or is new."""
        return self.head is None or self.staged or self.unstaged or self.mode_changed


class Targets(msgspec.Struct, frozen=True):
    """All the files of one commit."""

    files: tuple[Target, ...]
    conversions: Conversions
    head: str

    @property
    def assume_unchanged(self) -> tuple[str, ...]:
        """The paths that the user has marked so."""
        return tuple(
            target.path
            for target in self.files
            if target.index is not None and "assume-unchanged" in target.index.flags
        )

    @property
    def paths(self) -> tuple[str, ...]:
        """Their paths, in the order they were given."""
        return tuple(target.path for target in self.files)

    def record(
        self, method: Literal["only", "locked"], branch: NewBranch | None, after: Mapping[str, Entry]
    ) -> CommitRecord:
        """What the log says of the commit that begins now; `after` is how the index shall have the files."""
        return CommitRecord(
            method,
            self.head,
            None if branch is None else branch.old,
            None if branch is None else branch.name,
            {
                target.path: IndexChange(
                    head=target.head.entry if target.head else None,
                    before=target.index.entry if target.index else None,
                    after=after.get(target.path),
                )
                for target in self.files
            },
            started=time.time(),
        )


def examine(runner: Runner, request: Request, head: str) -> Targets:
    """Look at every file of a request in HEAD, in the index and on the disk; those that HEAD holds so already are none.

    Raises CommitRefused, naming the file, where a commit of it cannot be made exactly.
    """
    root = str(request.root)
    effective = {path: change for path, change in request.changes.items() if change.before != change.after}
    if not effective:
        raise CommitRefused("There is nothing to commit: no file was changed.")
    paths = list(effective)
    for path in paths:
        _check_path(path)
    entries = ask_entries(runner, request.git_dir, head, paths)
    conversions_found = ask_conversions(runner, paths, request.object_format)
    looked_at = set[str]()
    modes = {path: _check_disk(root, path, change.after, looked_at) for path, change in effective.items()}
    in_head, in_index = entries()
    _check_not_ignored(runner, [path for path in paths if path not in in_head and path not in in_index])
    conversions = conversions_found()
    targets = []
    for path, change in effective.items():
        target = _target(path, change, in_head.get(path), in_index.get(path), conversions)
        target = _with_mode(target, modes[path]) if conversions.file_modes else target
        if not (target.head is None or target.staged or target.mode_changed):
            target = msgspec.structs.replace(target, ids=conversions.possible_ids(path, change.after))
        if target.head is None or target.head.oid not in target.ids:
            targets.append(target)
    return Targets(tuple(targets), conversions, head)


def _target(
    path: str, change: Change, head: FileEntry | None, index: FileEntry | None, conversions: Conversions
) -> Target:
    _check_entries(path, head, index)
    if index is None or head is None:
        _check_new(path, change, index, conversions)
        return Target(path, change, head, index, staged=False, unstaged=False, mode_changed=False)
    if change.before is None and not _taken_back(path, change, head, index, conversions):
        raise CommitRefused(
            f"{path} was made new, but git knows one that you have removed; put that back with git checkout, or "
            "commit its removal, then make the edit again.",
            path=path,
        )
    staged = (index.oid, index.mode) != (head.oid, head.mode)
    unstaged = change.before is not None and index.oid not in conversions.possible_ids(path, change.before)
    return Target(path, change, head, index, staged=staged, unstaged=unstaged, mode_changed=False)


def _taken_back(path: str, change: Change, head: FileEntry, index: FileEntry, conversions: Conversions) -> bool:
    """Whether all that git knows of a file that is made again is what the caller had written and taken away again."""
    return index.oid == head.oid and any(head.oid in conversions.possible_ids(path, old) for old in change.taken_back)


def _check_new(path: str, change: Change, index: FileEntry | None, conversions: Conversions) -> None:
    """Refuse a file that is in no commit, unless all that there is of it was made here."""
    if change.before is not None and not change.made_here:
        raise CommitRefused(
            f"{path} is in no commit yet, so a commit of the edit alone is not possible; "
            "commit the file with git first.",
            path=path,
        )
    ours = [content for content in (b"", change.before, change.after) if content is not None]  # b"": git add -N
    if index is not None and not any(index.oid in conversions.possible_ids(path, content) for content in ours):
        raise CommitRefused(
            f"you have staged a version of {path} that is not the one written here; commit the file with git first.",
            path=path,
        )


def _check_not_ignored(runner: Runner, paths: list[str]) -> None:
    """Refuse new files that the repo's own rules keep out of git."""
    if not paths:
        return
    ignored = runner.read(
        ["ls-files", "--others", "--ignored", "--exclude-standard", "-z", "--", *map(literal, paths)]
    ).text
    if path := ignored.split("\0")[0]:
        raise CommitRefused(
            f"git ignores {path} (see .gitignore), so it is not committed; take it out of the ignored files first.",
            path=path,
        )


def _check_path(path: str) -> None:
    parts = path.split("/")
    if path.startswith("/") or any(part in ("", ".", "..") or part.lower() == ".git" for part in parts):
        raise CommitRefused(f"{path!r} is not a path inside this repo.", path=path)


def _check_disk(root: str, path: str, expected: bytes, looked_at: set[str]) -> int:
    """Return the mode of a file, and refuse one that is not as expected; `looked_at` are folders that are no links."""
    whole, parent = f"{root}/{path}", path.rpartition("/")[0]
    while parent not in looked_at:
        if os.path.islink(f"{root}/{parent}" if parent else root):
            link = parent or "."
            raise CommitRefused(f"{path} is behind the symbolic link {link}; edit it under its real path.", path=path)
        looked_at.add(parent)
        parent = parent.rpartition("/")[0]
    try:
        mode = os.lstat(whole).st_mode
        if stat.S_ISLNK(mode):
            raise CommitRefused(f"{path} is a symbolic link; edit and commit the file it points to.", path=path)
        content = None
        if stat.S_ISREG(mode):
            with open(whole, "rb") as file:
                content = file.read()
    except OSError as error:
        raise CommitRefused(
            f"{path} cannot be read ({os.strerror(error.errno or 0)}); scan the repo again.", path=path
        ) from error
    if content != expected:
        raise CommitRefused(
            f"{path} was changed by someone else since it was written here; look at it, then edit it again.",
            path=path,
        )
    return mode


def _check_entries(path: str, head: FileEntry | None, index: FileEntry | None) -> None:
    if index is not None and "unmerged" in index.flags:
        raise CommitRefused(f"{path} has an unresolved merge conflict; resolve it and git add it first.", path=path)
    if index is not None and "skip-worktree" in index.flags:
        raise CommitRefused(
            f"{path} is marked skip-worktree, so git leaves it out of commits; "
            f"run git update-index --no-skip-worktree on it first.",
            path=path,
        )
    for entry in (head, index):
        if entry is not None and entry.mode not in REGULAR_MODES:
            kind = "submodule" if entry.mode == SUBMODULE_MODE else "symbolic link or folder"
            raise CommitRefused(f"{path} is a {kind} for git, not a file; edit the real file.", path=path)
    if head is not None and index is None:
        raise CommitRefused(
            f"{path} was removed from git's index; run git add or git rm on it, then commit.", path=path
        )


def _with_mode(target: Target, mode: int) -> Target:
    changed = target.head is not None and bool(mode & stat.S_IXUSR) != (target.head.mode == "100755")
    return msgspec.structs.replace(target, mode_changed=True) if changed else target
