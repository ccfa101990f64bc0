"""Who wrote each line of a file, as of a commit."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rea_xcom_tui.gitops.history import LATEST, shallow_ends
from rea_xcom_tui.gitops.process.runner import Runner

_HEAD = re.compile(r"([0-9a-f]{40,64}) \d+ (\d+)(?: \d+)?")


@dataclass(frozen=True, slots=True)
class LineOrigin:
    """A line of a file, and the commit that it comes from. Line and author's name are foreign text."""

    text: bytes
    """The line without its end."""
    oid: str
    """The commit; empty where a shallow clone does not have it, so that nobody can say who wrote the line."""
    author: str = ""
    time: int = 0
    """When it was written, in seconds since the epoch."""


def blame(runner: Runner, commit: str, path: str) -> list[LineOrigin]:
    """Return the origin of each line that `path` has in a commit (a hex id), in order.

    The file is read as it is committed, never in the work tree, so that no filter of the repo runs.
    `blame.ignoreRevsFile` is left out of account, because git fails where the file it names is missing.
    """
    arguments = ["blame", "--porcelain", "--root", "--no-textconv", "--no-ignore-revs-file", commit, "--", path]
    known: dict[str, dict[str, str]] = {}
    origins: list[LineOrigin] = []
    ends = shallow_ends(runner)
    oid = ""
    for line in runner.read(arguments).text.split("\n"):
        if line.startswith("\t"):
            text = line[1:].removesuffix("\r").encode("utf-8", "surrogateescape")
            origins.append(LineOrigin(text, "") if oid in ends else _origin(text, oid, known[oid]))
        elif (head := _HEAD.fullmatch(line)) is not None:
            oid = head[1]
            known.setdefault(oid, {})
        elif oid:
            name, _, value = line.partition(" ")
            known[oid][name] = value
    return origins


def _origin(text: bytes, oid: str, told: dict[str, str]) -> LineOrigin:
    seconds = told.get("author-time", "0")
    time = min(max(int(seconds), 0), LATEST) if seconds.lstrip("-").isdigit() else 0
    return LineOrigin(text, oid, told.get("author", ""), time)
