"""What the benchmark comes to: how a terminal shows it, and how it is kept for the page."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sysconfig
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.speed.running import ROOT

RESULTS = Path(__file__).with_name("results.json")
_AS_OF = ", as of "


@dataclass(frozen=True)
class Result:
    """What a budget came to."""

    name: str
    what: str
    against: str
    unit: str
    """`x` for a ratio with the reference; else the unit of the figure itself."""
    limit: float
    least: float
    median: float
    ours: float
    reference: float
    cpu: float | None
    """The ratio of the least CPU times, where both are programs."""
    rounds: int

    @property
    def good(self) -> bool:
        """Whether the budget is kept by the least disturbed rounds."""
        return self.least <= self.limit


def lines(results: Sequence[Result]) -> Iterator[str]:
    """The results as a table for a terminal."""
    yield f"{'budget':<22}{'limit':>9}{'least':>9}{'median':>9}{'CPU':>8}   ours / reference"
    for one in results:
        mark = "" if one.good else "   OVER"
        both = f"{one.ours:.3f}" + (f" / {one.reference:.3f}" if one.against else "")
        unit, cpu = one.unit, f"{one.cpu:.2f}" if one.cpu is not None else ""
        yield f"{one.name:<22}{one.limit:>7g} {unit:<2}{one.least:>8.2f}{one.median:>9.2f}{cpu:>8}   {both}{mark}"


def machine() -> dict[str, str]:
    """On what it was measured."""
    commit = subprocess.run(
        ["git", "-C", str(ROOT), "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False
    ).stdout.strip()
    git = subprocess.run(["git", "--version"], capture_output=True, text=True, check=False).stdout.split()[-1]
    optimized = "--enable-optimizations" in str(sysconfig.get_config_var("CONFIG_ARGS"))
    load = " ".join(f"{one:.1f}" for one in os.getloadavg())
    return {
        "commit": commit,
        "date": time.strftime("%Y-%m-%d", time.gmtime()),
        "python": f"{platform.python_version()}{'' if optimized else ', built without optimizations'}",
        "git": git,
        "processors": str(os.cpu_count()),
        "system": f"{platform.system()} {platform.release()}",
        "load": load,
    }


def keep(
    now: Mapping[str, str], found: Sequence[Result], floors: Sequence[Mapping[str, object]], profiles: Sequence[object]
) -> None:
    """Keep what was found in `results.json`. What was not taken again stays; a figure says of which commit it is."""
    known: dict[str, Any] = json.loads(RESULTS.read_text()) if RESULTS.exists() else {"results": []}
    fresh = {one.name: asdict(one) for one in found}
    before = known.get("machine", {}).get("commit", "")
    for one in known["results"]:
        if one["name"] not in fresh and _AS_OF not in one["what"]:
            one["what"] += f"{_AS_OF}{before}"
    older = [floor for floor in known.get("floors", ()) if not set(floor["budgets"]) & fresh.keys()]
    results = [fresh.pop(one["name"], one) for one in known["results"]]
    data = {
        "machine": now,
        "results": [*results, *fresh.values()],
        "floors": [*older, *floors],
        "profiles": profiles or known.get("profiles", []),
    }
    RESULTS.write_text(json.dumps(data, indent=1) + "\n")
