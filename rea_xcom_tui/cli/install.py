"""Putting completion and man pages where the user's own shell looks for them; nothing of the system is touched."""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from rea_xcom_tui.errors import ToolError
from rea_xcom_tui.text import clean

MARK = "# rea-xcom-tui completion"
"""The line above what is added to a start-up file, by which it is known and never added twice."""

_BASH_COMPLETION = (
    "/usr/share/bash-completion",
    "/usr/local/share/bash-completion",
    "/opt/homebrew/share/bash-completion",
)
_PROGRAM = "rea-xcom-tui"


@dataclass(frozen=True, slots=True)
class Installed:
    """What was written, and what the user has to know."""

    files: tuple[Path, ...]
    changed: Path | None
    """The start-up file that got two lines more, or None."""


def install(shell: str, script: str, man: Callable[[Path], list[Path]]) -> Installed:
    """Install the completion script of a shell and the man pages that `man` writes into a folder.

    Raises `ToolError` where a folder or file cannot be written.
    """
    home = Path(os.environ.get("HOME") or "")
    if not home.is_absolute():
        raise ToolError("there is no HOME to install into; print the completion without --install and put it in place")
    data = Path(os.environ.get("XDG_DATA_HOME") or home / ".local/share")
    places = {
        "bash": data / "bash-completion/completions" / _PROGRAM,
        "zsh": data / "zsh/site-functions" / f"_{_PROGRAM}",
        "fish": Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config") / "fish/completions" / f"{_PROGRAM}.fish",
    }
    target = places[shell]
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(f"{script}\n", "utf-8")
        pages = man(data / "man/man1")
        changed = _start_up(shell, target, home)
    except OSError as error:
        raise ToolError(
            f"completion cannot be installed: {clean(error.filename or target)}: {error.strerror}"
        ) from error
    return Installed((target, *pages), changed)


def _start_up(shell: str, target: Path, home: Path) -> Path | None:
    """Add to the shell's start-up file what it needs to find the script; None where it finds it by itself."""
    if shell == "fish" or (shell == "bash" and any(Path(place).is_dir() for place in _BASH_COMPLETION)):
        return None
    if shell == "bash":
        file, line = home / ".bashrc", f"source {shlex.quote(str(target))}"
    else:
        file = Path(os.environ.get("ZDOTDIR") or home) / ".zshrc"
        line = f"fpath=({shlex.quote(str(target.parent))} $fpath); autoload -Uz compinit && compinit"
    known = file.read_text("utf-8", "surrogateescape") if file.exists() else ""
    if MARK in known:
        return None
    gap = "" if not known or known.endswith("\n") else "\n"
    with file.open("a", encoding="utf-8", errors="surrogateescape") as stream:
        stream.write(f"{gap}{MARK}\n{line}\n")
    return file
