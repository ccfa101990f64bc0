"""What git's answers about a work tree tell without an entry being made of every file."""

from __future__ import annotations

import msgspec


class CheckedOut(msgspec.Struct, frozen=True):
    """What is checked out."""

    head: str | None
    """The commit, or None when there is none yet."""
    branch: str | None
    """The branch, or None when HEAD is detached."""


def index_paths(output: bytes) -> list[str]:
    """The paths in what `ls-files -s -v -z` has printed, each as often as it is listed, also what is not UTF-8."""
    return [record.partition("\t")[2] for record in output.decode("utf-8", "surrogateescape").split("\0")[:-1]]


def is_usual(output: bytes) -> bool:
    """Whether it lists only files that git looks at itself and that are merged, all with names that are UTF-8."""
    try:
        output.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return (b"\0" + output).count(b"\0H ") == output.count(b"\0")
