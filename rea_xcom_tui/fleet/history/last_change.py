"""When each file was changed last, and by whom: found in one walk through the log, and remembered between sessions.

A walk through 20,000 commits takes more than ten seconds, and a commit's past never changes. So what was found is
kept in the user's cache under the commit it holds for, and later only the commits since then are walked.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rea_xcom_tui import durable
from rea_xcom_tui.errors import ToolError
from rea_xcom_tui.user.cached import cache_folder

if TYPE_CHECKING:
    from rea_xcom_tui.gitops import Repository

_VERSION = 1
_MOST_HEADS = 4
"""How many commits are remembered for each repo, for people who go to and fro between branches."""


@dataclass(frozen=True, slots=True)
class LastChange:
    """The newest commit that changed a file."""

    time: int
    """When it was written, in seconds since the epoch."""
    author: str
    """Foreign text."""


Found = dict[str, LastChange | None]
"""What was found for each file; None where no commit has it."""


def last_changes(repository: Repository, files: Collection[str]) -> tuple[str | None, Mapping[str, LastChange | None]]:
    """Return the commit that is checked out (None before the first one) and the last change of each of `files`."""
    head = repository.head()
    if head is None:
        return None, {}
    if repository.shallow():  # may know more tomorrow
        return head, {**dict.fromkeys(files), **_walked(repository, files, head)}
    store = _Store(_path(repository))
    known = store.read()
    base = _base(repository, head, known)
    found: Found = dict(known[base]) if base is not None else {}
    asked_before = [file for file in files if file in found]
    new = [file for file in files if file not in found]
    if base is not None and base != head:
        found |= _walked(repository, asked_before, head, since=base)
    if new:
        found |= dict.fromkeys(new)
        found |= _walked(repository, new, head)
    if base != head or new:
        known.pop(head, None)
        store.write({head: found, **known})
    return head, {file: found[file] for file in files}


def newest(files: Sequence[str], known: Mapping[str, LastChange | None]) -> tuple[str, LastChange] | None:
    """Return which of `files` was changed last, and that change; the first of several; None where none was."""
    changes = [(file, change) for file in files if (change := known.get(file)) is not None]
    return max(changes, key=lambda one: one[1].time, default=None)


def _walked(repository: Repository, files: Collection[str], head: str, since: str | None = None) -> Found:
    commits = repository.last_changes(files, start=head, since=since)
    return {file: LastChange(commit.time, commit.author) for file, commit in commits.items()}


def _base(repository: Repository, head: str, known: Mapping[str, Found]) -> str | None:
    """The remembered commit to start from: the one that is checked out, or one it comes from."""
    if head in known:
        return head
    for oid in known:
        with contextlib.suppress(ToolError):  # a commit that a rebase has left behind, and gc has removed
            if repository.merge_base(oid, head) == oid:
                return oid
    return None


def _path(repository: Repository) -> Path:
    place = os.fsencode(os.path.realpath(repository.common_dir))
    told = repository.retellings().encode("utf-8", "surrogateescape")
    key = hashlib.blake2b(place + b"\0" + told, digest_size=12).hexdigest()
    return cache_folder() / "last-changes" / f"{key}.json"


class _Store:
    """One repo's file in the cache. Whatever is wrong with it is a miss, and never an error."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> dict[str, Found]:
        """What is remembered by commit, the newest first."""
        try:
            data = json.loads(self._path.read_text(encoding="utf-8"))
            if data["version"] != _VERSION:
                return {}
            authors = [str(author) for author in data["authors"]]
            return {
                head: {
                    file: None if one is None else LastChange(int(one[0]), authors[one[1]])
                    for file, one in files.items()
                }
                for head, files in data["heads"].items()
            }
        except (OSError, ValueError, TypeError, KeyError, IndexError, AttributeError):
            return {}

    def write(self, known: Mapping[str, Found]) -> None:
        """Remember what was found; commits beyond the newest few are forgotten."""
        kept = dict(list(known.items())[:_MOST_HEADS])
        numbers: dict[str, int] = {}
        heads = {
            head: {
                file: None if one is None else [one.time, numbers.setdefault(one.author, len(numbers))]
                for file, one in files.items()
            }
            for head, files in kept.items()
        }
        with contextlib.suppress(OSError):
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            data = {"version": _VERSION, "authors": list(numbers), "heads": heads}
            durable.replace(self._path, json.dumps(data).encode())
