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
programs of their own, in an empty home. The page cache is warm; "cold" means that the tool's own cache is empty. The
app is measured through a driver that renders all escape codes and drops them, or on a pseudo terminal of 160x48 where
that is said.

"least" compares the least of several rounds, "median" their medians. "CPU" compares the CPU times of all processes,
which other work on the machine disturbs less than wall time. Where even that is too noisy, instructions can be counted:

    valgrind --tool=callgrind python -m rea_xcom_tui set threshold=2MiB --all -C REPO
"""

WHERE = """\
## Where the time of a cold scan goes

CPU of reading one agent file anew, in a fleet whose files have 7 KB on average, in multiples of what PyYAML's C safe
loader takes for the same file (Python 3.11):

| step | multiple |
|---|---|
| a look at the bytes: whether they may be agent values, or a manifest | 0.03 |
| the quick reader, for sections that no other file has | 0.15 |
| the settings as Helm and Airflow would read them, and whether the file is agent values | 0.25 |
| the rules that may see something, and what the rules over the fleet need | 0.36 |
| the record, and the JSON of `list` | 0.03 |

The floor is listing, reading and searching the files: 0.1 loads for each agent file with the two other files beside it.
A list in a fifth of the loop's wall time on two processors would leave 0.4 loads of CPU for each agent file and all
that is done with it; what the settings are and whether they are right takes more than that by itself, since a path, an
identity and a connection differ from file to file, so that nothing is shared.

## Where the time of a bulk edit goes

CPU of an edit of one file, in a fleet whose files have 9 KB on average, in multiples of what PyYAML's C safe loader
takes for the same file (Python 3.11):

| step | multiple |
|---|---|
| libyaml's events of the file before the edit | 0.4 |
| libyaml's events after it, all of which are compared with those before | 0.5 |
| the second reader on the touched section, equal entries once | 0.4 |
| the settings and the rules after it, by the quick reader, for the findings that the edit would add or remove | 0.8 |
| the diff as it is shown, secrets masked | 1.0 |

What the file said before is known from the scan, by its blob id. The work is spread over as many processes as there are
processors. The floor of an exact, proved edit is two readings by libyaml and one by the second reader: 1.3 loads of the
file; all above it is knowing what the edit means.
"""


def page(kept: dict[str, Any]) -> str:
    """The page's text."""
    return "\n".join([HEAD, *_table(kept), "", HOW, WHERE])


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


def main() -> int:
    """Write the page, or check it."""
    text = page(json.loads(RESULTS.read_text()))
    if "--check" in sys.argv:
        return 0 if PAGE.read_text() == text else 1
    PAGE.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
