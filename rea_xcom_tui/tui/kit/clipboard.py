"""The clipboard inside tmux, which keeps the terminal's own escape (OSC 52) from programs by default.

Measured with tmux 3.3: with `set-clipboard external`, its default, an OSC 52 of a program is dropped; `load-buffer -w`
fills tmux's buffer and passes the text on to the terminal around it, also over ssh.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping

_PATIENCE_SECONDS = 5


def inside_tmux(environ: Mapping[str, str]) -> str | None:
    """The tmux program, when this runs inside tmux."""
    return shutil.which("tmux") if environ.get("TMUX") else None


def give_to_tmux(program: str, text: str) -> bool:
    """Put a text into tmux's buffer and, through it, the terminal's clipboard. False where tmux would not."""
    for command in ([program, "load-buffer", "-w", "-"], [program, "load-buffer", "-"]):  # -w since tmux 3.2
        try:
            done = subprocess.run(
                command,
                input=text.encode("utf-8", "replace"),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                timeout=_PATIENCE_SECONDS,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired):
            return False
        if done.returncode == 0:
            return True
    return False
