"""Branch coverage of the rooms that decide what is written: how much of each do the tests walk through?

    python scripts/branches.py                              every part of the tests, then the table: an hour
    python scripts/branches.py --part values --part xcom    some parts, added to what is kept
    python scripts/branches.py --report --modules           the table of what is kept, and modules below their floor
    python scripts/branches.py --report --lines values/proof.py    what of a module no test takes
    python scripts/branches.py --report --record            write the table into docs/quality.md

Needs `pip install pytest-cov`. Processes that the tests start are measured too. What is kept lies in `build/branches`,
with the tests that ran each line, which `scripts/mutants.py` needs in order to ask only the tests near a change. Ends
with 1 where a room is below its floor. It is no part of the suite's usual run, which it makes three times slower.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from coverage import Coverage

ROOT = Path(__file__).resolve().parents[1]
KEPT = ROOT / "build/branches"
PAGE = ROOT / "docs/quality.md"
MARKS = ("<!-- branches -->", "<!-- end of branches -->")
FLOORS = {"xcom": 95, "values": 95, "layouts": 95, "gitops": 95, "fleet": 95}
"""Percent of lines and branches in each room that the tests have to take."""

PARTS = (
    "values", "xcom", "layouts", "data", "gitops", "fleet", "cli", "contract", "reports", "user", "lsp", "end_to_end",
)  # fmt: skip
"""Folders of tests, those first that are nearest to the rooms."""


FOR_MUTANTS = ("values", "xcom", "data", "layouts")
"""Parts of which it is kept which test ran which line; it costs time and room on the disk."""


@dataclass
class Share:
    """Lines and branches that there are, and that a test takes."""

    lines: int = 0
    run: int = 0
    branches: int = 0
    taken: int = 0

    def add(self, other: Share) -> None:
        """Count another module in."""
        self.lines += other.lines
        self.run += other.run
        self.branches += other.branches
        self.taken += other.taken

    @property
    def percent(self) -> float:
        """Of lines and branches together, as coverage.py counts."""
        return 100 * (self.run + self.taken) / (self.lines + self.branches) if self.lines else 100.0

    @property
    def of_branches(self) -> float:
        """Of branches alone."""
        return 100 * self.taken / max(1, self.branches)


def measure(part: str, processes: int) -> int:
    """Run one part of the tests and keep what it takes; returns pytest's exit code."""
    KEPT.mkdir(parents=True, exist_ok=True)
    for old in KEPT.glob(f"{part}.data*"):
        old.unlink()
    data = KEPT / f"{part}.data"
    environment = {**os.environ, "COVERAGE_FILE": str(data), "PYTHONPATH": str(ROOT)}
    command = [
        sys.executable, "-m", "pytest", "-q", "-n", str(processes), "-p", "no:cacheprovider",
        "-o", "addopts=--strict-markers", "--dist", "loadgroup", "--cov", "--cov-report=",
        *(["--cov-context=test"] if part in FOR_MUTANTS else []), f"tests/{part}",
    ]  # fmt: skip
    with (KEPT / f"{part}.log").open("w") as log:
        return subprocess.run(command, cwd=ROOT, env=environment, stdout=log, stderr=log, check=False).returncode


def kept(parts: tuple[str, ...] = PARTS) -> Coverage:
    """What all parts together have taken."""
    from coverage import Coverage

    together = Coverage(data_file=str(KEPT / "all.data"), config_file=str(ROOT / "pyproject.toml"))
    found = [str(path) for part in parts for path in KEPT.glob(f"{part}.data*")]
    together.combine(found, strict=True, keep=True)
    return together


def shares(together: Coverage) -> dict[str, Share]:
    """What is taken of each module of the rooms, by its path within the package."""
    found: dict[str, Share] = {}
    for room in FLOORS:
        for path in sorted((ROOT / "rea_xcom_tui" / room).rglob("*.py")):
            numbers = together._analyze(str(path)).numbers
            name = path.relative_to(ROOT / "rea_xcom_tui").as_posix()
            found[name] = Share(
                numbers.n_statements, numbers.n_executed, numbers.n_branches, numbers.n_executed_branches
            )
    return found


def rooms_of(modules: dict[str, Share]) -> dict[str, Share]:
    """The same by room."""
    rooms: dict[str, Share] = {room: Share() for room in FLOORS}
    for name, share in modules.items():
        rooms[name.split("/")[0]].add(share)
    return rooms


def table(rooms: dict[str, Share]) -> str:
    """The rooms as a table of Markdown."""
    rows = ["| room | lines | branches | lines and branches | floor |", "|---|---|---|---|---|"]
    for room, share in rooms.items():
        lines = f"{share.run:,} of {share.lines:,}"
        branches = f"{share.taken:,} of {share.branches:,} ({share.of_branches:.1f} %)"
        rows.append(f"| `{room}` | {lines} | {branches} | {share.percent:.1f} % | {FLOORS[room]} % |")
    return "\n".join(rows)


def missing(together: Coverage, name: str) -> str:
    """The lines and branches of a module that no test takes."""
    analysis = together._analyze(str(ROOT / "rea_xcom_tui" / name))
    return analysis.missing_formatted(branches=True)


def record(rooms: dict[str, Share], parts: list[str]) -> None:
    """Put the table into the page, with what it was measured of."""
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.strip()
    when, python = f"{datetime.now(UTC):%Y-%m-%d}", sys.version.split()[0]
    words = f"Of commit {commit} on {when}, with Python {python}, by the tests in {', '.join(parts)}:"
    text = PAGE.read_text("utf-8")
    begin, end = MARKS
    inner = f"{begin}\n\n{words}\n\n{table(rooms)}\n\n{end}"
    PAGE.write_text(re.sub(f"{begin}.*{end}", lambda _: inner, text, flags=re.DOTALL), "utf-8")


def main() -> int:
    """Measure, print and judge."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--part", choices=PARTS, action="append")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--report", action="store_true", help="measure nothing")
    parser.add_argument("--lines", metavar="MODULE", action="append", default=[])
    parser.add_argument("--modules", action="store_true", help="also the modules that are below their room's floor")
    parser.add_argument("--record", action="store_true")
    options = parser.parse_args()
    failed = Counter[str]()
    for part in () if options.report else options.part or PARTS:
        code = measure(part, options.processes)
        failed[part] = code
        print(f"{part}: {f'pytest ended with {code}, see build/branches/{part}.log' if code else 'done'}", flush=True)
    together = kept()
    modules = shares(together)
    rooms = rooms_of(modules)
    print(table(rooms))
    if options.modules:
        for name, share in sorted(modules.items(), key=lambda item: item[1].percent):
            if share.percent < FLOORS[name.split("/")[0]]:
                print(f"{share.percent:5.1f} %  {name}")
    for name in options.lines:
        print(f"{name}: {missing(together, name)}")
    if options.record:
        record(rooms, [part for part in PARTS if list(KEPT.glob(f"{part}.data*"))])
    low = [room for room, share in rooms.items() if share.percent < FLOORS[room]]
    return 1 if low or any(failed.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
