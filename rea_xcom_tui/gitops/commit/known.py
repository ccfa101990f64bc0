"""What git knows of the files of a commit, asked all at once, so that the answers come while the disk is looked at."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from rea_xcom_tui.gitops.listing import INDEX, MAX_PATHS_AS_ARGUMENTS, FileEntry, index_listing, tree_entries
from rea_xcom_tui.gitops.process.runner import Runner, literal

Entries = tuple[dict[str, FileEntry], dict[str, FileEntry]]
"""What HEAD and what the index hold under some paths; a path that is not there is left out."""


_ALL_OF_IT = ("--no-abbrev", "--no-renames", "--ignore-submodules=none", "--ita-visible-in-index")
_DIFFERING = ("diff-index", "--cached", "--raw", "-z", *_ALL_OF_IT)


def ask_entries(runner: Runner, git_dir: Path, head: str, paths: Sequence[str]) -> Callable[[], Entries]:
    """Ask for what the commit `head` and the index hold under exactly these `paths`; the answer is for later.

    Of many it is asked where the two differ: git keeps in the index which trees it stands for, and need not read them.
    """
    index_file = git_dir / "index"
    before = _state_of(index_file)
    index = ask_index(runner, paths)
    if len(paths) <= MAX_PATHS_AS_ARGUMENTS:
        return lambda: (tree_entries(runner, head, paths), index())
    differing, wanted = runner.start([*_DIFFERING, head]), set(paths)

    def answer() -> Entries:
        fields = differing.output().text.split("\0")
        in_index = index()
        if _state_of(index_file) != before:  # another git may have written it between the two answers
            return tree_entries(runner, head, paths), in_index
        in_head = {path: FileEntry(path, entry.mode, entry.oid) for path, entry in in_index.items()}
        for said, path in zip(fields[0::2], fields[1::2], strict=False):
            mode, _, oid, *_ = said[1:].split(" ")
            in_head.pop(path, None)
            if path in wanted and oid.strip("0"):
                in_head[path] = FileEntry(path, mode, oid)
        return in_head, in_index

    return answer


def ask_index(runner: Runner, paths: Sequence[str]) -> Callable[[], dict[str, FileEntry]]:
    """Ask for what the index holds under exactly these `paths`; the answer is for later."""
    limits = ["--", *map(literal, paths)] if len(paths) <= MAX_PATHS_AS_ARGUMENTS else []
    asked, wanted = runner.start([*INDEX, *limits]), set(paths)
    return lambda: {one.path: one for one in index_listing(asked.output().stdout).entries if one.path in wanted}


def index_entries(runner: Runner, paths: Sequence[str]) -> dict[str, FileEntry]:
    """Return what the index holds under exactly these `paths`; a path it has not is left out."""
    return ask_index(runner, paths)()


def _state_of(path: Path) -> tuple[int, ...]:
    """What is another number as soon as a file is another."""
    try:
        found = os.stat(path)
    except FileNotFoundError:
        return ()
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns
