"""Which blobs a commit and the index are to hold for each file, where the user has changes there too."""

from __future__ import annotations

import stat
import tempfile
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from rea_xcom_tui.gitops.commit.request import Request
from rea_xcom_tui.gitops.commit.targets import Target, Targets
from rea_xcom_tui.gitops.listing import FileEntry
from rea_xcom_tui.gitops.objects import read_blobs
from rea_xcom_tui.gitops.operations import Entry
from rea_xcom_tui.gitops.problems import CommitRefused
from rea_xcom_tui.gitops.process.runner import ANY_STATUS, Runner


@dataclass(frozen=True, slots=True)
class Staged:
    """What one file becomes."""

    commit: Entry
    """In the commit: HEAD's version with the edit, and nothing of the user's."""
    index: Entry
    """In the index: the staged version with the edit, so that what was staged stays staged."""


def stage_all(runner: Runner, targets: Targets, request: Request) -> dict[str, Staged]:
    """Store the blobs for every target. Changes neither index nor work tree.

    Raises CommitRefused where the edit cannot be told apart from the user's own changes.
    """
    heads = [target.head.oid for target in targets.files if target.head is not None and target.head.oid]
    blobs = read_blobs(runner, heads)
    clean = {
        target.path: (target.change.after, _blob(blobs, target.head))
        for target in targets.files
        if not (target.staged or target.unstaged)
    }
    oids = targets.conversions.store_all(clean)
    staged = {}
    for target in targets.files:
        if target.path in oids:
            mode = _mode_on_disk(request, target.path) if target.head is None else target.head.mode
            entry = (mode, oids[target.path])
            staged[target.path] = Staged(entry, entry)
        elif target.head is not None:
            staged[target.path] = _stage(runner, targets, request, target, target.head, blobs)
    return staged


def _blob(blobs: Mapping[str, bytes], entry: FileEntry | None) -> bytes | None:
    return None if entry is None else blobs.get(entry.oid or "")


def _stage(
    runner: Runner,
    targets: Targets,
    request: Request,
    target: Target,
    in_head: FileEntry,
    blobs: Mapping[str, bytes],
) -> Staged:
    head = _blob(blobs, in_head) or b""
    store = targets.conversions.store
    ours, shape = _edited(runner, targets, target, in_head)
    _verify(request, target.path, shape, ours)
    oid = store(target.path, ours, head)
    _check_line_ends(runner, targets, target, head, oid)
    commit = (in_head.mode, oid)
    if target.index is None or not target.staged:
        return Staged(commit, commit)
    mine, _ = _edited(runner, targets, target, target.index)
    return Staged(commit, (target.index.mode, store(target.path, mine, head)))


def _edited(runner: Runner, targets: Targets, target: Target, entry: FileEntry) -> tuple[bytes, bytes]:
    """Return the version `entry` with the edit, and without it, as they would be on the disk."""
    version = targets.conversions.smudged(target.path, entry.oid or "")
    edited = _carried_over(runner, target.change.before or b"", target.change.after, version)
    if edited is None:
        raise CommitRefused(
            f"{target.path} has changes of yours on the lines of this edit or next to them; "
            "commit or undo them first, then commit the edit.",
            path=target.path,
        )
    return edited, version


def _verify(request: Request, path: str, head: bytes, ours: bytes) -> None:
    if request.verify is not None and (why := request.verify(path, head, ours)) is not None:
        raise CommitRefused(why, path=path)


def _check_line_ends(runner: Runner, targets: Targets, target: Target, head: bytes, oid: str) -> None:
    """Refuse where git would change line ends all over the file together with the edit."""
    if targets.conversions.filtered(target.path):
        return
    stored = read_blobs(runner, [oid])[oid]
    if (b"\r\n" in head) != (b"\r\n" in stored):
        raise CommitRefused(
            f"git would change every line end of {target.path} together with this edit; "
            "run git add --renormalize on it and commit that first.",
            path=target.path,
        )


def _mode_on_disk(request: Request, path: str) -> str:
    executable = (request.root / path).stat().st_mode & stat.S_IXUSR
    return "100755" if executable else "100644"


def _carried_over(runner: Runner, before: bytes, after: bytes, other: bytes) -> bytes | None:
    """Return `other` with the edit that made `after` of `before`, or None where that is not clear.

    Not clear is an edit on or next to lines in which `other` differs from `before`.
    """
    if other == before:
        return after
    with tempfile.TemporaryDirectory(prefix="rea-xcom-tui-") as folder:
        paths = [Path(folder) / name for name in ("other", "before", "after")]
        for path, content in zip(paths, (other, before, after), strict=True):
            path.write_bytes(content)
        output = runner.read(["merge-file", "-p", "-q", *map(str, paths)], expect=ANY_STATUS)
    if output.status != 0 or _difference(before, after) != _difference(other, output.stdout):
        return None
    return output.stdout


def _difference(old: bytes, new: bytes) -> tuple[Counter[bytes], Counter[bytes]]:
    old_lines, new_lines = Counter(old.splitlines(True)), Counter(new.splitlines(True))
    return old_lines - new_lines, new_lines - old_lines
