"""Writes `docs/performance.md` from what `benchmarks.speed.budgets --record` has kept.

    python -m benchmarks.speed.page [--check]

With `--check`, exit code 1 where the page is not what it would be.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).with_name("results.json")
PAGE = Path(__file__).resolve().parents[2] / "docs" / "performance.md"

HEAD = """\
# How fast it is

<!-- Made by `python -m benchmarks.speed.page` from `benchmarks/speed/results.json`; change those. -->

Every figure is held against a reference that runs right before it on the same files: the least that any tool would have
to do. So the ratios mean the same on every machine, and a budget is a ratio wherever there is such a reference.
"""

HOW = """\
## How it was measured

    python -m benchmarks.speed.budgets --record
    python -m benchmarks.speed.page

The first command makes fleets of 1,000, 10,000 and 50,000 deployments, each beside twice as many other YAML files,
and one of 10,000 made of three layers each (`benchmarks/speed/fleets.py`). Of the plain files 15 in a hundred have full
size (a thousand lines, two thirds of them comments), 40 are a full file without its comments, the rest are short;
indents and quotes vary, some files have CRLF, a byte order mark or no last newline. The tool and the references run as
programs of their own, in an empty home. The page cache is warm; "cold" means that the tool's own cache is empty, "warm"
that the same was asked before and nothing has changed since: what is said of a clean fleet is kept as it was said, so
that a warm command has git compare the files, and prints. After an edit `list --format json` puts together what it
keeps of each file, which takes half as long again, and `drift` compares anew. Screens are measured through a driver
that renders all escape codes and drops them, keys through Textual's own that renders none, as their budgets say, and
the start on a pseudo terminal; all at 160x48.

"least" compares the least of several rounds, "median" their medians; each round opens the app anew, and what a key
takes in it is the median of some dozen presses. "CPU" compares the CPU times of all processes, which other work on the
machine disturbs less than wall time. Where even that is too noisy, instructions can be counted:

    valgrind --tool=callgrind python -m rea_xcom_tui set threshold=2MiB --all -C REPO
"""

WHERE = """\
## Where the time goes

The functions in which a sampler finds each command, which looks a thousand times in a second of CPU and slows nothing
down; where a function of ours has called a library, that is named. The command runs in one process for this. What is
left after these is spread over hundreds of functions.
"""


def page(kept: dict[str, Any]) -> str:
    """The page's text."""
    return "\n".join([HEAD, *_table(kept), "", *_floors(kept), HOW, WHERE, *_profiles(kept)]).rstrip("\n") + "\n"


def _table(kept: dict[str, Any]) -> Iterator[str]:
    machine = kept["machine"]
    yield "## Results"
    yield ""
    yield (
        f"Of commit {machine['commit']} on {machine['date']}: Python {machine['python']}, git {machine['git']}, "
        f"{machine['processors']} processors, {machine['system']}. The machine's load was {machine['load']} when the "
        "run began; above the number of processors, wall times say little and CPU times are to be trusted."
    )
    yield ""
    yield "| what | reference | budget | least | median | CPU | ours, reference |"
    yield "|---|---|---|---|---|---|---|"
    for one in kept["results"]:
        unit = "" if one["unit"] == "x" else f" {one['unit']}"
        both = f"{one['ours']:.3g}" + (f", {one['reference']:.3g}" if one["against"] else "")
        cpu = f"{one['cpu']:.2f}" if one["cpu"] is not None else ""
        kept_words = f"{one['least']:.2f}{unit}" if one["least"] <= one["limit"] else f"**{one['least']:.2f}{unit}**"
        yield (
            f"| {one['what']} | {one['against']} | {one['limit']:g}{unit} | {kept_words} | "
            f"{one['median']:.2f}{unit} | {cpu} | {both} |"
        )
    yield ""
    yield "What is over its budget is set in bold."


def _floors(kept: dict[str, Any]) -> Iterator[str]:
    """The least that each budget that is not kept is made of."""
    results = {one["name"]: one for one in kept["results"]}
    rows = [
        (results[name], floor)
        for floor in kept.get("floors", ())
        for name in floor["budgets"]
        if results[name]["least"] > results[name]["limit"]
    ]
    if not rows:
        return
    yield "## What those over their budget hold in any case"
    yield ""
    yield "Taken in the same run, in the unit of the budget: what no program of this kind can leave out."
    yield ""
    yield "| what | budget | least | part of it | least |"
    yield "|---|---|---|---|---|"
    for one, floor in sorted(rows, key=lambda row: list(results).index(row[0]["name"])):
        unit = "" if one["unit"] == "x" else f" {one['unit']}"
        figures = f"{one['limit']:g}{unit} | {one['least']:.2f}{unit}"
        yield f"| {one['name']} | {figures} | {floor['what']} | {floor['least']:.2f}{unit} |"
    yield ""


def _profiles(kept: dict[str, Any]) -> Iterator[str]:
    """The functions in which the time of three commands goes."""
    for profile in kept.get("profiles", ()):
        yield f"### Of {profile['what']}"
        yield ""
        yield "| part | function |"
        yield "|---|---|"
        for name, share in profile["shares"]:
            yield f"| {share:.1%} | {name if name == 'all others' else f'`{name}`'} |"
        yield ""


def main() -> int:
    """Write the page, or check it."""
    text = page(json.loads(RESULTS.read_text()))
    if "--check" in sys.argv:
        return 0 if PAGE.read_text() == text else 1
    PAGE.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
