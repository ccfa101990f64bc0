"""Having git look at the working tree while the command line is still being imported, which takes a third as long."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rea_xcom_tui.gitops import Look, Repository

_READ_A_WORK_TREE = frozenset(("list", "check", "drift"))
_ANOTHER_WAY = ("--ref", "--fleet", "--help", "-h", "--version", "--no-cache", "--repo=")
_WHERE = ("-C", "--repo")

_begun: dict[Path, tuple[Repository, Look]] = {}


def begin(words: Sequence[str]) -> None:
    """Open the repo that a command line names and ask git about it, where it is sure to read one working tree.

    What is wrong with either is left to who opens it in its turn.
    """
    if not words or words[0] not in _READ_A_WORK_TREE or any(word.startswith(_ANOTHER_WAY) for word in words):
        return
    named = [place for word, place in zip(words, [*words[1:], ""], strict=True) if word in _WHERE]
    if len(named) > 1 or any(word.startswith("-C") and word != "-C" for word in words):
        return
    from rea_xcom_tui.errors import ToolError
    from rea_xcom_tui.gitops import Repository, TrustStore
    from rea_xcom_tui.user.cached import was_cached

    path = Path(*named)
    try:
        repository = Repository.open(path, trust=TrustStore.default())
        _begun[path] = repository, repository.look(conversions=was_cached())
    except (ToolError, OSError, UnicodeError):
        return


def take(path: Path) -> tuple[Repository, Look] | None:
    """The repo around a folder and what git has been asked about it, where that was begun; only once."""
    return _begun.pop(path, None)
