"""Prints every budget of the tool as a ratio with its reference, both taken in the same run.

    python -m benchmarks.speed.budgets [--work DIR] [--rounds 3] [--only WORD...] [--scale 1.0] [--record]

The fleets (1,000, 10,000 and 50,000 deployments beside twice as many other files, one made of layers) are made in
DIR on first use. In each round a budget's reference runs right before what it is a budget of; minima and medians of
the rounds are compared; what takes little time is measured more often. Beside each ratio of wall time stands that of
CPU time, which a busy machine disturbs less.
`--only` takes those of a name, or whose name holds a word; `--scale 0.02` makes small fleets, to try the command.
`--record` keeps the outcome in `results.json`, with the floors of what is over its budget and profiles of three
commands, which `python -m benchmarks.speed.page` turns into `docs/performance.md`.
Exit code 1 when a budget is exceeded.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from benchmarks.speed import fleets, floors, profiles
from benchmarks.speed.record import Result, keep, lines, machine
from benchmarks.speed.running import Home, Took

Pair = tuple[Took, Took]
"""Ours and the reference's; a figure that is no time of a program stands where its wall time would."""

NONE = Took(1.0)
"""In place of a reference."""


Part = Literal["wall", "cpu", "memory"]
_SHORT, _MORE = 45.0, 4
"""Seconds within which a budget is measured again, and how many times as often as was asked for at most."""


@dataclass(frozen=True)
class Budget:
    """Something that may take so much and no more."""

    name: str
    what: str
    against: str
    unit: str
    limit: float
    round: Callable[[Bench], Pair]
    part: Part = "wall"

    def measured(self, bench: Bench, rounds: int) -> Result:
        """Take the figures, more often where they are short: chance makes more of a difference to these."""
        pairs = list[Pair]()
        began, most = time.monotonic(), 1 if rounds == 1 else _MORE * rounds
        while len(pairs) < rounds or (len(pairs) < most and time.monotonic() - began < _SHORT):
            bench.turn = len(pairs)
            pairs.append(self.round(bench))
        ours = [getattr(one, self.part) for one, _ in pairs]
        theirs = [one.wall if one is NONE else getattr(one, self.part) for _, one in pairs]
        spent, allowed = min(one.cpu for one, _ in pairs), min(one.cpu for _, one in pairs)
        return Result(
            self.name,
            self.what,
            self.against,
            self.unit,
            self.limit,
            min(ours) / min(theirs),
            statistics.median(ours) / statistics.median(theirs),
            min(ours),
            min(theirs),
            spent / allowed if spent and allowed else None,
            len(pairs),
        )


class Bench:
    """The fleets, a home, and what is asked again and again."""

    def __init__(self, work: Path, scale: float) -> None:
        self.work = work
        self.scale = scale
        self.home = Home(work / "home")
        self.turn = 0
        """Which round of a budget it is."""
        self._last_value = int(time.time())
        self._packed: set[Path] = set()
        self._kept: dict[tuple[int, tuple[str, ...]], dict[str, object]] = {}

    def fleet(self, deployments: int, *, layers: bool = False) -> Path:
        """The repo of a fleet with so many deployments, made on first use."""
        count = max(4, int(deployments * self.scale))
        folder = self.work / f"{'layers' if layers else 'plain'}-{count}"
        return fleets.make(folder, count, count * 2, layers=layers)

    def packed(self, deployments: int) -> Path:
        """The same where git has packed all that earlier runs have left in it, which would make its commits slower."""
        root = self.fleet(deployments)
        if root not in self._packed:
            fleets.git(root, "gc", "-q", "--prune=now")
            self._packed.add(root)
        return root

    def several(self) -> list[Path]:
        """The repos of a fleet of 20 that has as many deployments as `fleet(10_000)`, made on first use."""
        count = max(4, int(500 * self.scale))
        folder = self.work / f"several-{count}"
        return [fleets.make(folder / f"team{number:02d}", count, count * 2, seed=3000 + number) for number in range(20)]

    def value(self) -> str:
        """A threshold that no file has, also where an earlier run has left its own: in bytes, a little over 1 GB."""
        self._last_value += 1
        return f"{1_000_000_000 + self._last_value % 100_000_000}"

    def listed(self, root: Path, *, cold: bool = False) -> Took:
        """`list --format json`, from the cache or without any."""
        if cold:
            self.home.empty_cache()
        else:
            self.home.tool(root, "list", "--format", "json")
        return self.home.tool(root, "list", "--format", "json")

    def table(self, *roots: Path, cold: bool = False) -> Took:
        """`list` as a table, which makes every deployment; of one repo or of several as one fleet."""
        named = [word for root in roots[1:] for word in ("-C", str(root))]
        if cold:
            self.home.empty_cache()
        else:
            self.home.tool(roots[0], "list", *named)
        return self.home.tool(roots[0], "list", *named)

    def edited(self, root: Path, *how: str) -> Took:
        """`set` on every deployment of a fleet, whose cache is warm."""
        self.home.tool(root, "list", "--format", "json")
        return self.home.tool(root, "set", f"threshold={self.value()}", "--all", *how)

    def in_app(self, *words: str) -> dict[str, object]:
        """What the app itself takes; asked once a round, as it tells of several budgets at a time."""
        key = (self.turn, words)
        if key not in self._kept:
            self.home.run([sys.executable, "-m", "benchmarks.speed.in_app", *words])
            self._kept[key] = json.loads((self.home.folder / "printed").read_text().splitlines()[-1])
        return self._kept[key]


# ---- what is measured


def cold_list(bench: Bench) -> Pair:
    root = bench.fleet(10_000)
    reference = bench.home.reference("loop", str(root))
    return bench.listed(root, cold=True), reference


def cold_cpu(bench: Bench) -> Pair:
    root = bench.fleet(10_000)
    reference = bench.home.reference("floor", str(root))
    return bench.listed(root, cold=True), reference


def warm_list(bench: Bench) -> Pair:
    root = bench.fleet(10_000)
    reference = bench.home.reference("status", str(root))
    return bench.listed(root), reference


def warm_layered(bench: Bench) -> Pair:
    root = bench.fleet(10_000, layers=True)
    reference = bench.home.reference("status", str(root))
    return bench.listed(root), reference


def warm_large(bench: Bench) -> Pair:
    root = bench.fleet(50_000)
    reference = bench.home.reference("status", str(root))
    return bench.listed(root), reference


def several_repos(cold: bool) -> Callable[[Bench], Pair]:
    def measure(bench: Bench) -> Pair:
        one, many = bench.fleet(10_000), bench.several()
        reference = bench.table(one, cold=cold)
        return bench.table(*many, cold=cold), reference

    return measure


def against_list(*words: str) -> Callable[[Bench], Pair]:
    def measure(bench: Bench) -> Pair:
        root = bench.fleet(10_000)
        bench.home.tool(root, *words, accept=(0, 1))  # as warm as the listing, which has been asked for before, too
        reference = bench.listed(root)
        return bench.home.tool(root, *words, accept=(0, 1)), reference

    return measure


def first_rows(cold: bool) -> Callable[[Bench], Pair]:
    def measure(bench: Bench) -> Pair:
        root = bench.fleet(10_000)
        bench.home.empty_cache() if cold else bench.home.tool(root, "list", "--format", "json")
        return Took(bench.home.on_terminal(root, r"etl\d{5}")[0]), NONE

    return measure


def all_rows(bench: Bench) -> Pair:
    root = bench.fleet(10_000)
    reference = bench.listed(root, cold=True)
    bench.home.empty_cache()
    count = len(json.loads((root.parent / "truth.json").read_text()))
    # The last thing that the first scan paints is how many deployments there are, without how far it has come.
    return Took(bench.home.on_terminal(root, rf"{count:,}|{count}\D")[0]), reference


def key(name: str) -> Callable[[Bench], Pair]:
    return lambda bench: (Took(float(str(bench.in_app("keys", str(int(10_000 * bench.scale) or 1))[name]))), NONE)


def pages(bench: Bench) -> Pair:
    many, few = (bench.in_app("page", str(int(rows * bench.scale) or 1))["page"] for rows in (100_000, 1_000))
    return Took(float(str(many))), Took(float(str(few)))


def memory_of_app(rows: int) -> Callable[[Bench], Pair]:
    def measure(bench: Bench) -> Pair:
        return Took(float(str(bench.in_app("page", str(int(rows * bench.scale) or 1))["memory"]))), NONE

    return measure


def screen(name: str, part: str) -> Callable[[Bench], Pair]:
    def measure(bench: Bench) -> Pair:
        root = bench.fleet(10_000)
        found = bench.in_app("screens", str(root))[name]
        assert isinstance(found, dict)
        return Took(float(found[part]) * 1000), NONE

    return measure


def dry_run(bench: Bench) -> Pair:
    root = bench.fleet(1_000)
    reference = bench.home.reference("loop", str(root))
    return bench.edited(root), reference


def written(bench: Bench) -> Pair:
    root = bench.packed(1_000)
    reference = bench.home.reference("loop", str(root)) + bench.home.reference("put", str(root))
    return bench.edited(root, "--write"), reference


def written_many(bench: Bench) -> Pair:
    few, many = bench.fleet(1_000), bench.fleet(10_000)
    reference = bench.edited(few, "--write")
    took = bench.edited(many, "--write")
    fleets.git(many, "checkout", "-q", "--", ".")  # what is measured next is a clean fleet
    return took, reference


def committed(bench: Bench) -> Pair:
    root = bench.packed(1_000)
    fleets.git(root, "checkout", "-q", "--", ".")
    reference = bench.edited(root, "--write")
    reference += bench.home.run(["git", "-C", str(root), "commit", "-q", "-a", "-m", "Written by hand"])
    return bench.edited(root, "--commit", "-m", "Set the threshold"), reference


def compared(bench: Bench) -> Pair:
    root = bench.fleet(10_000)
    told = subprocess.run(["git", "-C", str(root), "tag"], capture_output=True, text=True, check=True).stdout
    if "now" not in told.split():
        fleets.git(root, "checkout", "-q", "--", ".")
        fleets.git(root, "tag", "-f", "then")
        bench.home.tool(root, "set", "threshold=5MiB", "--where", "env:dev", "--commit", "-m", "Set")
        fleets.git(root, "tag", "now")
    reference = bench.home.reference("blobs", str(root), "then", "now")
    return bench.home.tool(root, "diff", "then..now", accept=(0, 1)), reference


def first_diff(bench: Bench) -> Pair:
    root = bench.fleet(1_000)
    found = bench.in_app("diff", str(root)).get("diff")
    assert isinstance(found, dict)
    return Took(float(found["cpu"])), NONE


def memory(bench: Bench) -> Pair:
    return bench.listed(bench.fleet(10_000)), NONE


LOOP = "PyYAML's C safe loader over the agent files alone"
ONE = "the same of one repo of 10,000"
BUDGETS: tuple[Budget, ...] = (
    Budget("cold list", "`list --format json` of 10,000, no cache, wall", LOOP, "x", 0.20, cold_list),
    Budget(
        "cold CPU", "the same, CPU of all processes", "listing, reading and a substring test", "x", 7, cold_cpu, "cpu"
    ),
    Budget("warm list", "`list --format json` of 10,000 from the cache, wall", "`git status`", "x", 1.7, warm_list),
    Budget("warm list of layers", "the same, of deployments of three layers", "`git status`", "x", 2, warm_layered),
    Budget("warm list of 50,000", "the same, of 50,000 plain ones", "`git status`", "x", 1.6, warm_large),
    Budget("20 repos, cold", "`list` of 20 repos of 500, no cache, wall", ONE, "x", 1.25, several_repos(cold=True)),
    Budget("20 repos, warm", "the same from the cache", ONE, "x", 1.2, several_repos(cold=False)),
    Budget("check", "`check` on the warm fleet", "warm `list`", "x", 1, against_list("check")),
    Budget("drift", "`drift` on the warm fleet", "warm `list`", "x", 1.15, against_list("drift")),
    Budget("first rows, warm", "the app on a terminal until the first row", "", "s", 0.5, first_rows(cold=False)),
    Budget("first rows, cold", "the same, no cache", "", "s", 0.9, first_rows(cold=True)),
    Budget("all rows, cold", "the app until all rows are counted, no cache", "cold `list`", "x", 1.3, all_rows),
    Budget("arrow", "an arrow key, 10,000 rows, CPU", "", "ms", 0.8, key("arrow key")),
    Budget("page", "a page, CPU", "", "ms", 10, key("page")),
    Budget("filter", "a key in the query, CPU", "", "ms", 12, key("filter keystroke")),
    Budget("un-filter", "taking it back, CPU", "", "ms", 10, key("un-filter")),
    Budget("sort", "a sort, CPU", "", "ms", 14, key("sort")),
    Budget("page of 100,000", "a page of 100,000 rows, CPU", "a page of 1,000 rows", "x", 1.2, pages),
    Budget("Problems", "until its first rows, 10,000 deployments", "", "ms", 120, screen("Problems", "first_rows")),
    Budget("Problems, blocked", "the longest that a key waits", "", "ms", 100, screen("Problems", "blocked")),
    Budget("Drift", "until its first rows", "", "ms", 120, screen("Drift", "first_rows")),
    Budget("Drift, blocked", "the longest that a key waits", "", "ms", 100, screen("Drift", "blocked")),
    Budget("counts", "the values of a column until the first rows", "", "ms", 120, screen("counts", "first_rows")),
    Budget("counts, blocked", "the longest that a key waits", "", "ms", 100, screen("counts", "blocked")),
    Budget("preview", "an edit of 1,000 until the first rows", "", "ms", 120, screen("preview", "first_rows")),
    Budget("preview, blocked", "the longest that a key waits", "", "ms", 100, screen("preview", "blocked")),
    Budget("dry run", "`set` over 1,000 files, wall", LOOP, "x", 2.6, dry_run),
    Budget("write", "`set --write` over 1,000 files, wall", f"{LOOP}, and writing them with fsync", "x", 2.5, written),
    Budget("write of 10,000", "`set --write` over 10,000 files, wall", "the same over 1,000", "x", 10, written_many),
    Budget("commit", "`set --commit` of 1,000, wall", "`--write` and `git commit`", "x", 1.2, committed),
    Budget("first diff", "the diff of 1,000 pending files, CPU", "", "s", 0.8, first_diff),
    Budget("diff of revisions", "`diff A..B`, 2,500 files", "`git diff-tree` and the blobs", "x", 4, compared),
    Budget("memory", "the most that a warm `list` of 10,000 takes", "", "MiB", 70, memory, "memory"),
    Budget("memory of the app", "the most that the app takes, 10,000 rows", "", "MiB", 150, memory_of_app(10_000)),
    Budget("memory, 100,000 rows", "the same with 100,000 rows", "", "MiB", 650, memory_of_app(100_000)),
)


def _named(budget: Budget, word: str) -> bool:
    """Whether a word means a budget: its whole name, or else a part of it."""
    whole = any(one.name == word for one in BUDGETS)
    return budget.name == word if whole else word in budget.name


def main() -> int:
    """Measure what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, default=Path(tempfile.gettempdir()) / "rea-xcom-speed")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", nargs="+", default=[])
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--record", action="store_true")
    asked = parser.parse_args()
    bench = Bench(asked.work.resolve(), asked.scale)
    before = machine()
    found: list[Result] = []
    for budget in BUDGETS:
        if asked.only and not any(_named(budget, word) for word in asked.only):
            continue
        found.append(budget.measured(bench, asked.rounds))
        print(f"{budget.name} …", file=sys.stderr, flush=True)
    print("\n".join(lines(found)))
    if asked.record:
        looked = [] if asked.only else profiles.taken(bench)
        keep(before, found, list(floors.taken(bench, found, asked.rounds)), looked)
    return 0 if all(one.good for one in found) else 1


if __name__ == "__main__":
    sys.exit(main())
