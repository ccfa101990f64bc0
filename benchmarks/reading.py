"""What it costs to read a fleet, each figure as a ratio with its reference in the same run.

usage: python benchmarks/reading.py [--deployments 10000] [--others 20000] [--rounds 5] [--repo FOLDER]

Makes a repo of plain values files among other YAML files (or takes the one at FOLDER), and times whole runs of the
installed program with nothing kept and with what an earlier run has kept, the best and the median of some rounds. The
references are a loop of CSafeLoader over the agent files, the floor of any scan (list, read and search the same
files for the keys) and `git status`. The terminal UI is started on a pty, and its first row is waited for. CPU is that
of all processes together, which a busy machine changes less than the wall clock. Exit code 1 when a budget is exceeded.
"""

from __future__ import annotations

import argparse
import os
import pty
import resource
import select
import shutil
import statistics
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fcntl import ioctl
from pathlib import Path
from termios import TIOCSWINSZ

from plain_fleet import make

PROGRAM = [sys.executable, "-m", "rea_xcom_tui"]
LOAD = """
import sys, yaml
for path in sys.stdin.read().split("\\0"):
    with open(path, "rb") as file:
        yaml.load(file.read().decode("utf-8-sig"), yaml.CSafeLoader)
"""
FLOOR = """
import subprocess, sys
listed = subprocess.run(["git", "ls-files", "-z"], capture_output=True).stdout
found = 0
for path in listed.split(b"\\0")[:-1]:
    with open(path, "rb") as file:
        found += b"xcomBackend" in file.read()
print(found)
"""


@dataclass
class Taken:
    """What some rounds of one thing took, in seconds."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    peak: float = 0
    """The largest process, in MB."""


@dataclass(frozen=True)
class Budget:
    """One figure beside what it may be."""

    what: str
    value: float
    most: float
    unit: str = "x"
    median: float | None = None


def timed(action: Callable[[], object], taken: Taken) -> None:
    """Add what one action and its child processes take."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    action()
    taken.wall.append(time.perf_counter() - start)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    taken.cpu.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


class Bench:
    """One repo and a home of its own, in which the program keeps what it keeps."""

    def __init__(self, repo: Path, home: Path) -> None:
        self.repo = repo
        self.home = home
        unwanted = ("PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED", "XDG_CACHE_HOME", "XDG_STATE_HOME")
        self.env = {name: value for name, value in os.environ.items() if name not in unwanted}
        self.env |= {"HOME": str(home), "TERM": "xterm-256color", "COLORTERM": "truecolor"}

    def run(self, command: Sequence[str], text: bytes | None = None) -> None:
        """Run a command in the repo, whatever it prints and finds."""
        done = subprocess.run(command, cwd=self.repo, env=self.env, input=text, stdout=subprocess.DEVNULL)
        if done.returncode not in (0, 1):
            raise SystemExit(f"{' '.join(command[-3:])} ended with {done.returncode}")

    def forget(self) -> None:
        """Begin as on the first day."""
        shutil.rmtree(self.home / ".cache", ignore_errors=True)

    def peak(self, command: Sequence[str]) -> float:
        """The most memory that one process of a command has at a time, in MB."""
        ask = "import resource, subprocess, sys; subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL); " + (
            "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
        )
        told = subprocess.run([sys.executable, "-c", ask, *command], cwd=self.repo, env=self.env, capture_output=True)
        return int(told.stdout) / 1024

    def screen(self, row: bytes, end: bytes = b"") -> tuple[float, float]:
        """Seconds until the UI on a terminal shows a row (and then `end`), and its peak memory in MB."""
        pid, terminal = pty.fork()
        if pid == 0:
            os.chdir(self.repo)
            os.execvpe(PROGRAM[0], PROGRAM, self.env)
        ioctl(terminal, TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
        start, seen, wanted = time.perf_counter(), b"", [row, *([end] if end else [])]
        while wanted and time.perf_counter() - start < 300:
            if select.select([terminal], [], [], 0.01)[0]:
                seen = seen[-200:] + os.read(terminal, 1 << 16)
                while wanted and wanted[0] in seen:
                    wanted.pop(0)
        taken = time.perf_counter() - start
        status = Path(f"/proc/{pid}/status")
        peaks = [line.split()[1] for line in status.read_text().splitlines() if line.startswith("VmHWM")]
        os.kill(pid, 15)
        os.waitpid(pid, 0)
        os.close(terminal)
        return taken, int(peaks[0]) / 1024 if peaks else 0.0


def measure(repo: Path, rounds: int) -> list[Budget]:
    """All figures of one repo."""
    files = "\0".join(str(file) for file in sorted(repo.glob("clusters/*/*/*/values.yaml"))).encode()
    listing = [*PROGRAM, "list", "--format", "json"]
    names = ("load", "floor", "status", "cold", "warm", "check", "drift")
    taken = {name: Taken() for name in names}
    with tempfile.TemporaryDirectory() as home:
        bench = Bench(repo, Path(home))
        bench.run(listing)  # compiles the program
        for _ in range(rounds):
            timed(lambda: bench.run([sys.executable, "-c", LOAD], files), taken["load"])
            timed(lambda: bench.run([sys.executable, "-c", FLOOR]), taken["floor"])
            timed(lambda: bench.run(["git", "status"]), taken["status"])
            bench.forget()
            timed(lambda: bench.run(listing), taken["cold"])
            timed(lambda: bench.run(listing), taken["warm"])
            timed(lambda: bench.run([*PROGRAM, "check", "--format", "json"]), taken["check"])
            timed(lambda: bench.run([*PROGRAM, "drift", "--format", "json"]), taken["drift"])
        peak = bench.peak(listing)
        screens = [bench.screen(b"team0000-etl") for _ in range(min(rounds, 3))]
        bench.forget()
        cold_screen, _ = bench.screen(b"team0000-etl")
    found = [
        ratio("cold list, wall / CSafeLoader loop", taken["cold"].wall, taken["load"].wall, 0.20),
        ratio("cold list, CPU / floor", taken["cold"].cpu, taken["floor"].cpu, 9),
        ratio("warm list, wall / git status", taken["warm"].wall, taken["status"].wall, 2),
        ratio("check, warm / warm list", taken["check"].wall, taken["warm"].wall, 1),
        ratio("drift, warm / warm list", taken["drift"].wall, taken["warm"].wall, 1.3),
        Budget("UI, first row, warm", min(seconds for seconds, _ in screens), 0.5, "s"),
        Budget("UI, first row, cold", cold_screen, 1.0, "s"),
        Budget("peak memory of warm list", peak, 120, "MB"),
        Budget("peak memory of the UI at its first row", min(memory for _, memory in screens), 180, "MB"),
    ]
    for name, times in taken.items():
        print(f"{name:<8} wall {min(times.wall):7.3f} s   CPU {min(times.cpu):7.3f} s")
    return found


def ratio(what: str, some: list[float], reference: list[float], most: float) -> Budget:
    """The best of one as a multiple of the best of another, and the same of the medians."""
    median = statistics.median(some) / statistics.median(reference)
    return Budget(what, min(some) / min(reference), most, "x", median)


def report(found: Sequence[Budget]) -> bool:
    """Print each figure beside its budget; True when all are kept."""
    for one in found:
        median = f"(median {one.median:.2f})" if one.median is not None else ""
        verdict = "" if one.value <= one.most else "over"
        print(f"{one.what:<42} {one.value:8.2f} {one.unit:<2} {median:<16} budget {one.most:g} {one.unit} {verdict}")
    return all(one.value <= one.most for one in found)


def main() -> int:
    """Make the repo, measure and compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--deployments", type=int, default=10_000)
    parser.add_argument("--others", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--repo", type=Path)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        repo = chosen.repo or make(Path(folder) / "repo", chosen.deployments, chosen.others)
        return 0 if report(measure(repo.resolve(), chosen.rounds)) else 1


if __name__ == "__main__":
    sys.exit(main())
