"""`fleets.toml`: which repos make one fleet.

[repos.platform]
path = "../platform-gitops"        # beside this file, or absolute
branch = "main"                    # what has to be checked out for anything to be written

[repos.data]
path = "../data-gitops"
url = "git@example.com:acme/data-gitops.git"    # told where the clone is missing
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from rea_xcom_tui.errors import ToolError
from rea_xcom_tui.text import clean

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,63}")
_KEYS = ("path", "branch", "url")


class RepoEntry(msgspec.Struct, frozen=True):
    """One repo of a fleet."""

    name: str
    """What its deployments' ids begin with."""
    path: Path
    branch: str | None = None
    """The branch that has to be checked out for anything to be written; None for whichever is."""
    url: str | None = None
    """Where it can be cloned from; nothing is cloned without being asked."""


def entries_of(paths: list[Path]) -> list[RepoEntry]:
    """The repos in these folders, named after them, by as much of the path as tells them apart."""
    real = [path.resolve() for path in paths]
    names: list[str] = []
    for path in real:
        parts = [re.sub(r"[^A-Za-z0-9._-]", "_", part).lstrip("._-") or "repo" for part in path.parts[1:]] or ["repo"]
        others = [other for other in real if other != path]
        length = next((n for n in range(1, len(parts)) if all(o.parts[-n:] != path.parts[-n:] for o in others)), 1)
        names.append("/".join(parts[-length:]))
    return [RepoEntry(name, path) for name, path in zip(names, paths, strict=True)]


def named(repos: Sequence[Path | RepoEntry]) -> dict[str, Path]:
    """The folder of each repo by its name, which is empty for one that is alone and has been given none."""
    if len(repos) == 1 and isinstance(repos[0], Path):
        return {"": repos[0]}
    entries = [one for one in repos if isinstance(one, RepoEntry)]
    entries += entries_of([one for one in repos if isinstance(one, Path)])
    return {entry.name: entry.path for entry in entries}


def read_fleets(file: Path) -> list[RepoEntry]:
    """The repos that a `fleets.toml` names, in its order. Raises `ToolError` with the key and what is wanted there."""
    import tomllib

    try:
        data = tomllib.loads(file.read_text("utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise ToolError(f"{file} is not TOML: {clean(error)}") from error
    except UnicodeDecodeError as error:
        raise ToolError(f"{file} is not UTF-8 text; save it as UTF-8") from error
    except OSError as error:
        raise ToolError(f"{file} cannot be read: {error.strerror}") from error
    repos = data.pop("repos", None)
    if data:
        raise ToolError(f"{file}: {clean(next(iter(data)))} is not known there; it holds [repos.NAME] tables only")
    if not isinstance(repos, dict) or not repos:
        raise ToolError(f"{file} names no repo; give each a table [repos.NAME] with its path")
    return [_entry(file, name, table) for name, table in repos.items()]


def _entry(file: Path, name: str, table: Any) -> RepoEntry:
    where = f"{file}: repos.{clean(name)}"
    if not _NAME.fullmatch(name):
        raise ToolError(f"{where}: a name has letters, digits and . _ - / only, and at most 64 of them")
    if not isinstance(table, dict) or not isinstance(table.get("path"), str) or not table["path"]:
        raise ToolError(f'{where} needs a path, such as path = "../{clean(name)}"')
    for key, value in table.items():
        if key not in _KEYS:
            raise ToolError(f"{where}.{clean(key)} is not known; known are {', '.join(_KEYS)}")
        if not isinstance(value, str) or not value:
            raise ToolError(f"{where}.{key} is not a text in quotes")
    path = Path(table["path"]).expanduser()
    return RepoEntry(name, path if path.is_absolute() else file.parent / path, table.get("branch"), table.get("url"))
