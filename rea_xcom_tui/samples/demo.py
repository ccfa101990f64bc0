"""Laying out a sample repo with a real git history, for `demo` and for tests.

A sample is a plain folder, which is the newest state, and a history file beside it, which says what each
commit changed. The older states come from taking the commits back one by one, so a sample is edited like any
repo and its history cannot drift away from it unnoticed: a commit that no longer fits is an error.
"""

from __future__ import annotations

import tempfile
import tomllib
from collections.abc import Iterable, Mapping
from datetime import datetime
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from rea_xcom_tui.errors import Refused, ToolError
from rea_xcom_tui.gitops.create import HistoryStep, write_history
from rea_xcom_tui.gitops.process.log import CommandLog
from rea_xcom_tui.gitops.process.runner import Runner

DEFAULT_SAMPLE = "mixed-monorepo"
"""The sample that `demo` opens when none is named."""

FLEETS = "fleets.toml"
"""The file that says which repos a sample of several is made of."""

_HISTORY = ".history.toml"
_LOCAL_CONFIG = {
    "user.name": "Demo User",
    "user.email": "demo@example.com",
    "commit.gpgSign": "false",
    "core.autocrlf": "false",
}
"""What lets a commit work at once on any machine: an identity, no signing, and bytes as they are."""

Tree = dict[str, bytes]
"""Every file of one state of a repo."""


def samples() -> tuple[str, ...]:
    """Return the names of the samples."""
    return tuple(sorted(path.name.removesuffix(_HISTORY) for path in _home().glob(f"*{_HISTORY}")))


def joint_samples() -> tuple[str, ...]:
    """Return the names of the samples that are several repos: each is a folder of samples with a `fleets.toml`."""
    return tuple(sorted(path.parent.name for path in _home().glob(f"*/{FLEETS}")))


def lay_out_several(sample: str, directory: Path | None = None) -> Path:
    """Make the repos of a sample that is several, each with a bare remote beside them, and return its `fleets.toml`.

    Raises as `lay_out` does.
    """
    home, root = _home() / sample, _empty_folder(sample, directory)
    for file in home.iterdir():
        if file.is_file() and not file.name.endswith(_HISTORY):
            (root / file.name).write_bytes(file.read_bytes())
    for made in sorted(home.glob(f"*{_HISTORY}")):
        name = made.name.removesuffix(_HISTORY)
        repo = _lay_out(f"{sample}/{name}", root / name)
        remote = root / "remotes" / f"{name}.git"
        remote.mkdir(parents=True)
        runner = Runner(repo, CommandLog(), view=False)
        runner.write(["init", "--quiet", "--bare", "--initial-branch=main", str(remote)])
        runner.write(["remote", "add", "origin", str(remote)])
        runner.write(["push", "--quiet", "--set-upstream", "origin", "main"])
    return root / FLEETS


def lay_out(sample: str = DEFAULT_SAMPLE, directory: Path | None = None) -> Path:
    """Make a git repo of a sample and return its root: `directory`, or a new temporary folder.

    The same sample always gives the same commit ids. Raises `ToolError` for an unknown sample or a folder
    that cannot be made, and `Refused` when `directory` exists and is not an empty folder.
    """
    known = samples()
    if sample not in known:
        raise ToolError(f"There is no sample {sample}; the samples are {', '.join((*known, *joint_samples()))}.")
    return _lay_out(sample, directory)


def _lay_out(sample: str, directory: Path | None) -> Path:
    steps = history(sample)
    root = _empty_folder(sample, directory)
    write_history(root, steps)
    runner = Runner(root, CommandLog(), view=False)
    for key, value in _LOCAL_CONFIG.items():
        runner.write(["config", "--local", key, value])
    return root


def history(sample: str) -> list[HistoryStep]:
    """Return the commits of a sample, oldest first, each with the files it changes.

    Raises `ToolError` when the history file does not fit the sample's folder.
    """
    home = _home()
    commits: list[dict[str, Any]] = tomllib.loads((home / f"{sample}{_HISTORY}").read_text("utf-8"))["commit"]
    after = _tree(home / sample)
    steps: list[HistoryStep] = []
    for number in range(len(commits) - 1, -1, -1):
        commit = commits[number]
        try:
            before = _taken_back(commit, after) if number else {}
        except ValueError as error:
            raise ToolError(f"The history of sample {sample} does not fit its folder: {error}") from error
        steps.append(_step(commit, before, after))
        after = before
    return steps[::-1]


def _home() -> Path:
    """Find the samples: inside the installed package, or beside it in a checkout."""
    package = Path(__file__).resolve().parents[1]
    for folder in (package / "sample_repos", package.parent / "sample_repos"):
        if folder.is_dir():
            return folder
    raise ToolError(f"The sample repos are missing from this installation (looked beside {package}).")


def _tree(folder: Path) -> Tree:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }


def _taken_back(commit: Mapping[str, Any], after: Tree) -> Tree:
    """Return the state before a commit. Raises ValueError with the reason when the commit does not fit."""
    tree = dict(after)
    for removed in commit.get("remove", ()):
        tree[removed["file"]] = removed["text"].encode()
    for change in reversed(commit.get("change", [])):
        for file in change["files"]:
            tree[file] = _replaced(file, tree, change["now"].encode(), change["then"].encode())
    for move in commit.get("move", ()):
        tree[move["then"]] = _take(move["now"], tree)
    for pattern in commit.get("adds", ()):
        for file in _matching(pattern, tree):
            del tree[file]
    return tree


def _replaced(file: str, tree: Tree, now: bytes, then: bytes) -> bytes:
    content = tree.get(file, b"")
    if content.count(now) != 1:
        raise ValueError(f"{now.decode()!r} appears {content.count(now)} times in {file}, not once.")
    return content.replace(now, then)


def _take(file: str, tree: Tree) -> bytes:
    if file not in tree:
        raise ValueError(f"there is no {file}.")
    return tree.pop(file)


def _matching(pattern: str, files: Iterable[str]) -> list[str]:
    found = [file for file in files if fnmatchcase(file, pattern)]
    if not found:
        raise ValueError(f"no file matches {pattern}.")
    return found


def _step(commit: Mapping[str, Any], before: Tree, after: Tree) -> HistoryStep:
    date: datetime = commit["date"]
    files: dict[str, bytes | None] = dict.fromkeys(sorted(before.keys() - after.keys()))
    files |= {file: content for file, content in after.items() if before.get(file) != content}
    return HistoryStep(
        author=commit["author"],
        email=commit["email"],
        date_iso=date.isoformat(),
        message=commit["message"],
        files=files,
    )


def _empty_folder(sample: str, directory: Path | None) -> Path:
    """Make the folder that the repo goes to. An empty one that exists already is taken as it is."""
    try:
        if directory is None:
            directory = Path(tempfile.mkdtemp(prefix="rea-xcom-tui-demo-")) / sample
        if directory.exists() and (not directory.is_dir() or any(directory.iterdir())):
            raise Refused(f"{directory} exists and is not an empty folder; name another one for the demo.")
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ToolError(f"The demo cannot be laid out in a folder of its own: {error}.") from error
    return directory.resolve()
