"""Which files a repo holds, in its index, its work tree and its commits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

import msgspec

from rea_xcom_tui.durable import is_temporary
from rea_xcom_tui.gitops.process.runner import Runner, literal

Flag = Literal["assume-unchanged", "skip-worktree", "unmerged"]

REGULAR_MODES = frozenset({"100644", "100755"})
SYMLINK_MODE = "120000"
SUBMODULE_MODE = "160000"

_FLAGS: dict[str, frozenset[Flag]] = {
    "S": frozenset({"skip-worktree"}),
    "s": frozenset({"skip-worktree", "assume-unchanged"}),
    "M": frozenset({"unmerged"}),
}

INDEX = ("ls-files", "-s", "-v", "-z")
_USUAL_MODE = "100644"
_USUAL, _MERGED = f"H {_USUAL_MODE} ", " 0"
"""How nearly all records of the index begin and end."""
MAX_PATHS_AS_ARGUMENTS = 200
_MOST_MISSES = 20
"""Each file that is looked for and is not there costs a walk to the end of the listing."""


class FileEntry(msgspec.Struct, frozen=True, gc=False):
    """One file of the repo."""

    path: str
    """Its path from the root, with `/` between the parts."""
    mode: str
    """Git's mode: 100644, 100755 (executable), 120000 (link), 160000 (submodule); empty if untracked."""
    oid: str | None
    """The blob's id in the index or commit; None if untracked."""
    tracked: bool = True
    flags: frozenset[Flag] = frozenset()
    """What the user told git about it: assume-unchanged and skip-worktree hide changes from git's status."""

    @property
    def entry(self) -> tuple[str, str]:
        """Mode and id of a tracked file."""
        return self.mode, self.oid or ""


class Listing(msgspec.Struct, frozen=True):
    """The files of a repo, sorted as git sorts them, and the names that are not UTF-8."""

    entries: tuple[FileEntry, ...]
    skipped: tuple[bytes, ...]


def index_files(runner: Runner) -> Listing:
    """List every file of the index. Unmerged files appear once, flagged."""
    return index_listing(runner.read(INDEX).stdout)


def index_listing(output: bytes) -> Listing:
    """Read what `ls-files -s -v -z` has printed."""
    return _listing(output.decode("utf-8", "surrogateescape").split("\0"))


def index_listing_of(output: bytes, paths: Iterable[str]) -> Listing:
    """Read no more of it than what it says of a few files; of files that are not there, nothing."""
    records: list[str] = []
    at = misses = 0
    for path in sorted(paths):  # as git sorts them, so that all are found in one walk
        name = f"\t{path}\0".encode("utf-8", "surrogateescape")
        begin, end = _record(output, name, at)
        misses += end < 0
        if misses > _MOST_MISSES:
            break
        if end >= 0:
            at = end
            records.append(output[begin : end - 1].decode("utf-8", "surrogateescape"))
    return _listing(records)


def _record(output: bytes, name: bytes, at: int) -> tuple[int, int]:
    """Where a record begins and ends that has this for its name; a name may itself end like another one."""
    while (found := output.find(name, at)) >= 0:
        begin, at = output.rfind(b"\0", 0, found) + 1, found + len(name)
        if output.find(b"\t", begin) == found:
            return begin, at
    return -1, -1


def _listing(records: Iterable[str]) -> Listing:
    entries: dict[str, FileEntry] = {}
    skipped: list[bytes] = []
    for record in records:
        head, _, path = record.partition("\t")
        if not path or is_temporary(path):
            continue
        if not path.isascii() and _decoded(path.encode("utf-8", "surrogateescape"), skipped) is None:
            continue
        if head.startswith(_USUAL) and head.endswith(_MERGED):
            entries[path] = FileEntry(path, _USUAL_MODE, head[len(_USUAL) : -len(_MERGED)])
            continue
        tag, mode, oid, stage = head.split(" ")
        flags = _FLAGS.get(tag, frozenset())
        if tag.islower():
            flags |= {"assume-unchanged"}
        if stage != "0":
            flags |= {"unmerged"}
        entries.setdefault(path, FileEntry(path, mode, oid, flags=flags))
    return Listing(tuple(entries.values()), tuple(skipped))


def untracked_files(runner: Runner) -> Listing:
    """List the files of the work tree that git neither tracks nor ignores.

    Whole folders that are repos of their own are left out.
    """
    return untracked_listing(_records(runner.read(["ls-files", "-o", "--exclude-standard", "-z"]).stdout))


def untracked_listing(names: Iterable[bytes]) -> Listing:
    """Read the names of untracked files; those of whole folders end with a slash."""
    skipped: list[bytes] = []
    paths = [_decoded(name, skipped) for name in names if not name.endswith(b"/")]
    return Listing(
        tuple(FileEntry(path, "", None, tracked=False) for path in paths if path is not None), tuple(skipped)
    )


def tree_files(runner: Runner, commit: str) -> Listing:
    """List every file of the commit with the hex id `commit`."""
    output = runner.read(["ls-tree", "-r", "-z", "--full-tree", commit])
    entries: list[FileEntry] = []
    skipped: list[bytes] = []
    for record in _records(output.stdout):
        head, _, name = record.partition(b"\t")
        path = _decoded(name, skipped)
        if path is not None:
            mode, _, oid = head.decode("ascii").split(" ")
            entries.append(FileEntry(path, mode, oid))
    return Listing(tuple(entries), tuple(skipped))


def tree_entries(runner: Runner, commit: str, paths: Sequence[str]) -> dict[str, FileEntry]:
    """Return what the commit holds under exactly these `paths`; a path it has not is left out."""
    is_many = len(paths) > MAX_PATHS_AS_ARGUMENTS
    limits = ["-r", commit] if is_many else [commit, "--", *map(literal, paths)]
    wanted = {path.encode("utf-8", "surrogateescape") for path in paths}
    entries = {}
    for record in _records(runner.read(["ls-tree", "-z", "--full-tree", *limits]).stdout):
        head, _, name = record.partition(b"\t")
        if is_many and name not in wanted:
            continue
        mode, _, oid = head.decode("ascii").split(" ")
        path = name.decode("utf-8", "surrogateescape")
        entries[path] = FileEntry(path, mode, oid)
    return entries


def _records(output: bytes) -> Iterator[bytes]:
    return (record for record in output.split(b"\0") if record)


def _decoded(name: bytes, skipped: list[bytes]) -> str | None:
    """A file's name; None for what is not UTF-8, and for what a write of ours that was cut off has left."""
    try:
        path = name.decode("utf-8")
    except UnicodeDecodeError:
        skipped.append(name)
        return None
    return None if is_temporary(path) else path
