"""Which files differ from HEAD, found out without git ever looking at the work tree.

Git would run the clean filters of the repo's own configuration for that, so in a repo that may only be
viewed the bytes are compared here.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from rea_xcom_tui.gitops.branches import head_commit
from rea_xcom_tui.gitops.listing import SUBMODULE_MODE, SYMLINK_MODE, FileEntry, index_files, tree_files
from rea_xcom_tui.gitops.objects import ObjectFormat, hash_bytes
from rea_xcom_tui.gitops.process.runner import Runner


def viewed_dirty_paths(runner: Runner, object_format: ObjectFormat, paths: Sequence[str] | None) -> frozenset[str]:
    """Return the tracked paths that differ from HEAD in the index or the work tree.

    Line ends that git would convert count as no difference; an encrypted or otherwise filtered file always
    counts as one.
    """
    head = head_commit(runner)
    in_head = {} if head is None else {entry.path: entry for entry in tree_files(runner, head).entries}
    in_index = {entry.path: entry for entry in index_files(runner).entries}
    wanted = in_head.keys() | in_index.keys()
    if paths is not None:
        wanted &= set(paths)
    root = os.path.realpath(runner.directory)
    folders = {path.rpartition("/")[0] for path in wanted} - {""}
    linked = {one for one in folders if os.path.realpath(f"{root}/{one}") != f"{root}/{one}"}
    differs = partial(_differs, Path(root), linked, object_format)
    return frozenset(path for path in wanted if differs(in_head.get(path), in_index.get(path)))


def _differs(
    root: Path, linked: set[str], object_format: ObjectFormat, head: FileEntry | None, index: FileEntry | None
) -> bool:
    if head is None or index is None or "unmerged" in index.flags:
        return True
    if head.entry != index.entry:
        return True
    if index.flags or index.mode == SUBMODULE_MODE:
        return False  # the user told git not to look
    if index.path.rpartition("/")[0] in linked:
        return True  # for git, a file that is behind a link is gone
    path = root / index.path
    try:
        kind = path.lstat().st_mode
        if index.mode == SYMLINK_MODE:
            content = os.fsencode(os.readlink(path)) if stat.S_ISLNK(kind) else None
        else:
            content = path.read_bytes() if stat.S_ISREG(kind) else None
    except OSError:
        return True
    if content is None:
        return True
    return hash_bytes(content, object_format) != index.oid != hash_bytes(content.replace(b"\r\n", b"\n"), object_format)
