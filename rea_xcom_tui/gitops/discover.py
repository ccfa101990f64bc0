"""Finding the repo around a folder, and saying why there is none to edit."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from pathlib import Path

from rea_xcom_tui.gitops.objects import ObjectFormat
from rea_xcom_tui.gitops.problems import GitProblem
from rea_xcom_tui.gitops.process.runner import ANY_STATUS, Runner, reason
from rea_xcom_tui.text import some

_MOST_TREES = 8
_QUESTIONS = (
    "--is-bare-repository",
    "--is-inside-git-dir",
    "--show-toplevel",
    "--git-dir",
    "--git-common-dir",
    "--show-object-format",
)


def existing_folder(path: Path) -> Path:
    """Return the folder that `path` is or is in, without links. Raises GitProblem when there is none."""
    try:
        resolved = path.expanduser().resolve(strict=True)
    except (OSError, RuntimeError) as error:
        raise GitProblem(f"There is no folder {path}; name the folder of a git repo.") from error
    return resolved if resolved.is_dir() else resolved.parent


def discover(runner: Runner, folder: Path) -> tuple[Path, Path, Path, ObjectFormat]:
    """Return the work tree, its git folder, the one that all work trees share, and the kind of ids.

    Raises GitProblem, with what to do, where there is no work tree to edit.
    """
    output = runner.read(
        ["rev-parse", "--path-format=absolute", *_QUESTIONS],
        expect=ANY_STATUS,
    )
    lines = output.text.splitlines()
    if output.status != 0 or lines[:1] == ["true"]:
        raise GitProblem(_why_not_opened(runner, output.stderr, lines, folder))
    if len(lines) != len(_QUESTIONS) or lines[5] not in ("sha1", "sha256"):
        raise GitProblem(f"This tool cannot work with the repo at {folder}; it needs git 2.31 or newer.")
    object_format: ObjectFormat = "sha256" if lines[5] == "sha256" else "sha1"
    root = Path(lines[2])
    if not folder.is_relative_to(root.resolve()):
        raise GitProblem(
            f"The git folder at {folder} says that its files are in {root}; open that folder if you mean it."
        )
    return root, Path(lines[3]), Path(lines[4]), object_format


def _work_trees(runner: Runner, folder: Path) -> list[str]:
    """The work trees of the bare repo in or around `folder`."""
    for options in ([f"--git-dir={folder}"], []):
        listed = runner.read([*options, "worktree", "list", "--porcelain", "-z"], expect=ANY_STATUS)
        if listed.status == 0:
            items = (item.split("\0") for item in listed.text.split("\0\0"))
            return [words[0].removeprefix("worktree ") for words in items if words[0] and "bare" not in words]
    return []


def _why_not_opened(runner: Runner, stderr: str, lines: Sequence[str], folder: Path) -> str:
    if "dubious ownership" in stderr:
        found = re.search(r"repository at '(.+)'", stderr)
        owned = found[1] if found else str(folder)
        return (
            f"git does not open {owned} because another user owns it; if you trust its owner, run: "
            f"git config --global --add safe.directory {shlex.quote(owned)}"
        )
    if ".git" in folder.parts:
        return f"{folder} is inside a git folder; open the folder of the work tree instead."
    if lines[:1] == ["true"] or "safe.bareRepository" in stderr:
        trees = _work_trees(runner, folder)
        if not trees:
            return f"{folder} is a bare repo without files to edit; clone it and open the clone."
        listed = some(trees, _MOST_TREES, str)
        return f"{folder} is a bare repo without files to edit; open one of its work trees: {listed}."
    if lines[:2] == ["false", "true"]:
        return f"{folder} is inside a git folder; open the folder of the work tree instead."
    if "not a git repository" in stderr:
        return (
            f"{folder} is not in a git repo; open a repo's folder, make one with git init, or look around in "
            "rea-xcom-tui demo."
        )
    return f"git cannot open the repo at {folder}: {reason(stderr)}"
