"""Scanning a repo: which files hold agent values, and what they say."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from rea_xcom_tui.fleet.model import Deployment, Fleet, UnreadableFile
from rea_xcom_tui.fleet.read import could_be_agent, read_deployment
from rea_xcom_tui.text import clean, plural
from rea_xcom_tui.values import Unreadable, read_file

if TYPE_CHECKING:
    from rea_xcom_tui.gitops import FileEntry, Repository

Progress = Callable[[int, int, Sequence[Deployment]], None]
"""Called with the files read so far, the number of all files, and the deployments found since the last call."""

MOST_BYTES = 2_000_000
"""Larger files are not read: no values file comes near it, and a parser's memory grows with the file."""

_BATCH = 200
_REGULAR = ("100644", "100755")
_LINK = "120000"
_NEVER_VALUES = frozenset(
    ".png .jpg .jpeg .gif .svg .ico .pdf .zip .gz .tgz .tar .whl .jar .so .bin .woff .woff2 .ttf .mp4 .parquet"
    " .py .go .js .ts .css .html .lock .ipynb .csv .sum".split()
)
"""Kinds of files that are never values files and may be large; all others are looked at by content."""


@dataclass(frozen=True, slots=True)
class Found:
    """What was read so far."""

    deployments: list[Deployment]
    unreadable: list[UnreadableFile]


def scan_worktree(repository: Repository, progress: Progress | None = None) -> Fleet:
    """Read every file of the working tree that git tracks or does not ignore."""
    entries = candidates(repository.tracked_and_untracked())
    notices = _notices(repository.skipped)
    dirty = repository.dirty()
    found = _collect(_from_disk(repository, entries, dirty), len(entries), progress)
    return Fleet(
        root=repository.root,
        head=repository.head(),
        branch=repository.branch(),
        deployments=tuple(sorted(found.deployments, key=lambda d: d.id)),
        unreadable=tuple(found.unreadable),
        notices=notices,
    )


def scan_revision(repository: Repository, ref: str, progress: Progress | None = None) -> Fleet:
    """Read the tree of a commit, branch or tag. Raises `GitProblem` when there is no such revision."""
    commit = repository.resolve(ref)
    entries = [entry for entry in candidates(repository.tree(commit)) if entry.mode in _REGULAR]
    notices = _notices(repository.skipped)
    found = _collect(_from_blobs(repository, entries), len(entries), progress)
    return Fleet(
        root=repository.root,
        head=commit,
        branch=repository.branch(),
        deployments=tuple(sorted(found.deployments, key=lambda d: d.id)),
        unreadable=tuple(found.unreadable),
        ref=ref,
        notices=notices,
    )


def candidates(entries: Iterable[FileEntry]) -> list[FileEntry]:
    """The files worth a look: regular files and links whose kind does not rule them out."""
    return [
        entry
        for entry in entries
        if (entry.mode in _REGULAR or entry.mode == _LINK)
        and PurePosixPath(entry.path).suffix.lower() not in _NEVER_VALUES
    ]


Item = Deployment | UnreadableFile | None


def _from_disk(repository: Repository, entries: Sequence[FileEntry], dirty: frozenset[str]) -> Iterator[Item]:
    for entry in entries:
        try:
            data = read_file(repository.root / entry.path, repository.root)
        except Unreadable as problem:
            yield _unreadable(entry.path, problem)
            continue
        if could_be_agent(data):
            changed = not entry.tracked or entry.path in dirty
            yield read_deployment(entry.path, data, digest=repository.hash_bytes(data), dirty=changed)
        else:
            yield None


def _unreadable(path: str, problem: Unreadable) -> UnreadableFile | None:
    """A file that cannot even be read counts only when its name says that it holds values."""
    if "values" in PurePosixPath(path).name.lower():
        return UnreadableFile(path, str(problem), problem.line, problem.column)
    return None


def _from_blobs(repository: Repository, entries: Sequence[FileEntry]) -> Iterator[Item]:
    for start in range(0, len(entries), _BATCH):
        batch = entries[start : start + _BATCH]
        blobs = repository.blobs([entry.oid for entry in batch if entry.oid], limit=MOST_BYTES)
        for entry in batch:
            data = blobs.get(entry.oid or "")
            yield read_deployment(entry.path, data, digest=entry.oid or "") if data is not None else None


def _collect(items: Iterable[Item], total: int, progress: Progress | None) -> Found:
    found = Found([], [])
    told = 0
    for done, item in enumerate(items, start=1):
        if isinstance(item, Deployment):
            found.deployments.append(item)
        elif item is not None:
            found.unreadable.append(item)
        if progress is not None and (done % _BATCH == 0 or done == total):
            progress(done, total, found.deployments[told:])
            told = len(found.deployments)
    return found


def _notices(skipped: Sequence[bytes]) -> tuple[str, ...]:
    if not skipped:
        return ()
    first = clean(skipped[0].decode("utf-8", "surrogateescape"), 80)
    return (f"{plural(len(skipped), 'file')} left out because the name is not UTF-8, such as {first}",)
