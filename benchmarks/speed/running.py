"""Running the tool and its references as programs, in a home of their own, and taking their time and memory."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_ESCAPES = re.compile(rb"\x1b(?:\[[0-9;?<>=]*[A-Za-z]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[()][0-9A-B]|.)")


@dataclass(frozen=True)
class Took:
    """What a program took: seconds of wall time and of CPU (its children's too), and the most memory in MiB."""

    wall: float
    cpu: float = 0.0
    memory: float = 0.0

    def __add__(self, other: Took) -> Took:
        """Both, one after the other."""
        return Took(self.wall + other.wall, self.cpu + other.cpu, max(self.memory, other.memory))


class Home:
    """A home folder without anybody's configuration, with a cache that can be emptied."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.folder.mkdir(parents=True, exist_ok=True)

    @property
    def environment(self) -> dict[str, str]:
        """The variables of a program that runs here."""
        kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL") if name in os.environ}
        places = {f"XDG_{name}_HOME": str(self.folder / name.lower()) for name in ("CACHE", "CONFIG", "STATE", "DATA")}
        git = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
        for who in ("AUTHOR", "COMMITTER"):
            git |= {f"GIT_{who}_NAME": "Fleet", f"GIT_{who}_EMAIL": "fleet@example.com"}
        return {**kept, **places, **git, "HOME": str(self.folder), "TERM": "xterm-256color", "PYTHONPATH": str(ROOT)}

    def empty_cache(self) -> None:
        """Forget what was read."""
        import shutil

        shutil.rmtree(self.folder / "cache", ignore_errors=True)

    def run(self, words: Sequence[str], *, accept: Sequence[int] = (0,)) -> Took:
        """Run a program to its end; what it prints goes to a file. Raises `SystemExit` where it fails."""
        printed = self.folder / "printed"
        with printed.open("wb") as out, (self.folder / "said").open("wb") as said:
            began = time.perf_counter()
            child = subprocess.Popen(words, env=self.environment, stdin=subprocess.DEVNULL, stdout=out, stderr=said)
            _, status, used = os.wait4(child.pid, 0)
            wall = time.perf_counter() - began
            child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode not in accept:
            told = (self.folder / "said").read_text(errors="replace")[-500:]
            raise SystemExit(f"{' '.join(words)} ended with {child.returncode}: {told}")
        return Took(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)

    def tool(self, root: Path, *words: str, accept: Sequence[int] = (0,)) -> Took:
        """Run the tool on a repo."""
        return self.run([sys.executable, "-m", "rea_xcom_tui", words[0], "-C", str(root), *words[1:]], accept=accept)

    def reference(self, *words: str) -> Took:
        """Run one of the references; what it tells is the work alone."""
        self.run([sys.executable, "-m", "benchmarks.speed.references", *words])
        told = json.loads((self.folder / "printed").read_text())
        return Took(told["wall"], told["cpu"])

    def on_terminal(self, root: Path, *marks: str, seconds: float = 300.0, app: str = "rea_xcom_tui") -> list[float]:
        """Open the app on a terminal of 160x48; the seconds until each text was on it, in order, for the first time."""
        child, terminal = pty.fork()
        if child == 0:
            os.chdir(root)
            os.execve(sys.executable, [sys.executable, "-m", app, str(root)], self.environment)
        import fcntl
        import struct
        import termios

        began = time.perf_counter()
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 48, 160, 0, 0))
        seen, found = b"", list[float]()
        try:
            while len(found) < len(marks) and time.perf_counter() - began < seconds:
                if not select.select([terminal], [], [], 0.05)[0]:
                    continue
                try:
                    seen += os.read(terminal, 1 << 16)
                except OSError:
                    break
                text = _ESCAPES.sub(b"", seen).decode("utf-8", "replace")
                while len(found) < len(marks) and re.search(marks[len(found)], text):
                    found.append(time.perf_counter() - began)
                seen = seen[-(1 << 16) :]
        finally:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            os.close(terminal)
        if len(found) < len(marks):
            raise SystemExit(f"the app did not show {marks[len(found)]!r} within {seconds:.0f} s")
        return found
