"""Where the time of a command goes: which functions a sampler finds it in, a thousand times a second of CPU.

    python -m benchmarks.speed.profiles ROOT WORDS...

Runs the command in this process, so that it is one process, also where the tool would start more, and prints the shares
as JSON. A sampler that only looks now and then slows nothing down, unlike a profiler that is called for each function.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import signal
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from benchmarks.speed.budgets import Bench

_EVERY = 0.001
"""Seconds of CPU between two looks."""
_MOST = 16
"""So many functions are told."""
_PACKAGE = "rea_xcom_tui"

Shares = list[tuple[str, float]]
"""Functions, as module and name, each with its part of all CPU time."""


def where(frame: FrameType | None) -> str:
    """Whose time it is: the innermost function of ours, with the library that it has called."""
    library = ""
    while frame is not None:
        module = str(frame.f_globals.get("__name__", "?"))
        if module.startswith("importlib.") or frame.f_code.co_name == "<module>":
            return "importing"
        if module.partition(".")[0] == _PACKAGE:
            name = frame.f_code.co_qualname.replace(".<locals>", "")
            return f"{module.removeprefix(f'{_PACKAGE}.')}.{name}{f', in {library}' if library else ''}"
        library = library or module.partition(".")[0]
        frame = frame.f_back
    return library or "Python itself"


def sampled(work: Callable[[], object]) -> Shares:
    """The shares of the functions in which `work` spends its time, the largest first; the rest as one."""
    found: Counter[str] = Counter()

    def look(number: int, frame: FrameType | None) -> None:
        found[where(frame)] += 1

    before = signal.signal(signal.SIGPROF, look)
    signal.setitimer(signal.ITIMER_PROF, _EVERY, _EVERY)
    try:
        work()
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
    total = max(1, found.total())
    told = [(name, count / total) for name, count in found.most_common(_MOST)]
    return [*told, ("all others", 1 - sum(share for _, share in told))]


@contextlib.contextmanager
def _in_one_process() -> Iterator[None]:
    """Have the tool think that there is one processor, on which it starts no processes of its own."""
    processors = os.cpu_count
    os.cpu_count = lambda: 1
    try:
        yield
    finally:
        os.cpu_count = processors


@dataclass(frozen=True, slots=True)
class Command:
    """A command whose time is looked at."""

    title: str
    deployments: int
    words: tuple[str, ...]


COMMANDS = (
    Command("a cold scan: `list --format json --no-cache` of 1,000", 1_000, ("list", "--format", "json", "--no-cache")),
    Command("a warm list: `list --format json` of 10,000 from the cache", 10_000, ("list", "--format", "json")),
    Command("a bulk write: `set --write` over 1,000 files", 1_000, ("set", "", "--all", "--write")),
)


def taken(bench: Bench) -> list[dict[str, object]]:
    """The profile of each of these commands, as `results.json` keeps it."""
    found: list[dict[str, object]] = []
    for command in COMMANDS:
        root = bench.fleet(command.deployments)
        bench.home.tool(root, "list", "--format", "json")
        words = [word or f"threshold={bench.value()}" for word in command.words]
        bench.home.run([sys.executable, "-m", "benchmarks.speed.profiles", str(root), *words])
        shares = json.loads((bench.home.folder / "printed").read_text())
        found.append({"what": command.title, "shares": shares})
    return found


def main() -> None:
    """Run the command that is named, and print where its time went."""
    root, *words = sys.argv[1:]

    def work() -> None:
        from rea_xcom_tui.cli.app import execute

        with contextlib.redirect_stdout(io.TextIOWrapper(io.BytesIO())):
            code = execute([words[0], "-C", str(Path(root)), *words[1:]])
        if code not in (0, 1):
            raise SystemExit(f"{' '.join(words)} ended with {code}")

    with _in_one_process():
        shares = sampled(work)
    print(json.dumps(shares))


if __name__ == "__main__":
    main()
