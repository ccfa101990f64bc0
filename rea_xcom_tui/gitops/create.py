"""Making a new repo with a given history, for samples and demonstrations."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rea_xcom_tui.gitops.problems import GitProblem
from rea_xcom_tui.gitops.process.log import CommandLog
from rea_xcom_tui.gitops.process.runner import Runner, literal_for_hooks

_QUIET = (
    "-c",
    f"core.hooksPath={os.devnull}",
    "-c",
    "commit.gpgSign=false",
    "-c",
    "core.autocrlf=false",
    "-c",
    "core.safecrlf=false",
    "-c",
    "core.excludesFile=",
    "-c",
    "core.attributesFile=",
    "-c",
    "gc.auto=0",
)


@dataclass(frozen=True, slots=True)
class HistoryStep:
    """One commit of a history that is to be made."""

    author: str
    email: str
    date_iso: str
    """Author and committer date, such as `2025-03-04T09:30:00+01:00`."""
    message: str
    files: Mapping[str, bytes | None]
    """Path to new content; None deletes the file."""


def write_history(root: Path, steps: Sequence[HistoryStep]) -> None:
    """Make `root` a git repo on branch main with one commit per step.

    `root` is created if it is missing. The user's own hooks, signing key and templates stay out of it, so
    that the commit ids depend on `steps` alone. Raises GitProblem when `root` holds a repo already.
    """
    root.mkdir(parents=True, exist_ok=True)
    if (root / ".git").exists():
        raise GitProblem(f"{root} already holds a git repo; choose another folder.")
    runner = Runner(root, CommandLog(), view=False)
    runner.write(["init", "-q", "-b", "main", "--template=", "--object-format=sha1", "."])
    for step in steps:
        _write_files(root, step.files)
        paths = "".join(f"{literal_for_hooks(path)}\0" for path in step.files).encode("utf-8", "surrogateescape")
        if step.files:
            runner.write([*_QUIET, "add", "-A", "-f", "--pathspec-from-file=-", "--pathspec-file-nul"], stdin=paths)
        runner.write(
            [*_QUIET, "commit", "-q", "--allow-empty", "--cleanup=whitespace", "-F", "-"],
            stdin=step.message.encode(),
            env=_identity(step),
        )


def _write_files(root: Path, files: Mapping[str, bytes | None]) -> None:
    for name, content in files.items():
        path = root / name
        if content is None:
            path.unlink()
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)


def _identity(step: HistoryStep) -> dict[str, str]:
    return {
        "GIT_AUTHOR_NAME": step.author,
        "GIT_AUTHOR_EMAIL": step.email,
        "GIT_AUTHOR_DATE": step.date_iso,
        "GIT_COMMITTER_NAME": step.author,
        "GIT_COMMITTER_EMAIL": step.email,
        "GIT_COMMITTER_DATE": step.date_iso,
    }
