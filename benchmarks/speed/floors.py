"""What the budgets that are not kept cannot go below: the least that each is made of, measured in the same run."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchmarks.speed.empty_app import MARK
from benchmarks.speed.running import Took

if TYPE_CHECKING:
    from benchmarks.speed.budgets import Bench
    from benchmarks.speed.record import Result

Taken = dict[str, object]
"""A floor as `results.json` keeps it."""


@dataclass(frozen=True, slots=True)
class Floor:
    """Something that a budget's figure holds whatever we do."""

    budgets: tuple[str, ...]
    """The names of those budgets."""
    what: str
    measured: Callable[[Bench], float]
    """In the unit of the budget: a ratio with its reference, seconds or milliseconds."""


def _share(name: str, deployments: int, against: str, part: str = "wall") -> Callable[[Bench], float]:
    """One of the references as a ratio with another."""

    def measure(bench: Bench) -> float:
        root = str(bench.fleet(deployments))
        one, other = bench.home.reference(name, root), bench.home.reference(against, root)
        return float(getattr(one, part) / getattr(other, part))

    return measure


def _shared_out(name: str, deployments: int, against: str) -> Callable[[Bench], float]:
    """The same, the work shared out to all processors without any loss."""
    whole = _share(name, deployments, against)
    return lambda bench: whole(bench) / (os.cpu_count() or 1)


def _against_status(work: Callable[[Bench], Took]) -> Callable[[Bench], float]:
    def measure(bench: Bench) -> float:
        reference = bench.home.reference("status", str(bench.fleet(10_000)))
        return work(bench).wall / reference.wall

    return measure


def _warm(bench: Bench) -> float:
    root = bench.fleet(10_000)
    return bench.listed(root).wall / bench.home.reference("loop", str(root)).wall


def _few(bench: Bench) -> Took:
    """The command where there is next to nothing to list, which is its start."""
    root = bench.fleet(4)
    return bench.listed(root)


def _sizes(bench: Bench) -> Took:
    return bench.home.reference("sizes", str(bench.fleet(10_000)))


def _empty_app(bench: Bench) -> float:
    return bench.home.on_terminal(bench.fleet(4), MARK, app="benchmarks.speed.empty_app")[0]


def _searched(bench: Bench) -> float:
    return bench.home.reference("floor", str(bench.fleet(10_000))).wall / (os.cpu_count() or 1)


def _bare_screen(bench: Bench) -> float:
    found = bench.in_app("screens", str(bench.fleet(10_000)))["bare"]
    assert isinstance(found, dict)
    return float(found["first_rows"]) * 1000


def _painted(bench: Bench) -> float:
    return float(str(bench.in_app("keys", str(int(10_000 * bench.scale) or 1))["painted again"]))


_SCREENS = ("Problems", "Drift", "counts", "preview")
FLOORS: tuple[Floor, ...] = (
    Floor(("cold list",), "the same command once nothing has changed: its start, git's listing, the answer", _warm),
    Floor(
        ("cold list",),
        "each of the 30,000 files read and searched for one word, on all processors",
        _shared_out("floor", 10_000, "loop"),
    ),
    Floor(
        ("cold list",),
        "each line of the agent files asked for its colon, on all processors",
        _shared_out("lines", 10_000, "loop"),
    ),
    Floor(
        ("cold list",),
        "for comparison: libyaml's events of the agent files and nothing made of them, on all processors",
        _shared_out("events", 10_000, "loop"),
    ),
    Floor(
        ("cold CPU",),
        "for comparison: libyaml's events of the agent files and nothing more",
        _share("events", 10_000, "floor", "cpu"),
    ),
    Floor(("cold CPU",), "each line of them asked for its colon", _share("lines", 10_000, "floor", "cpu")),
    Floor(("warm list",), "the same command in a repo of 4 deployments, which is its start", _against_status(_few)),
    Floor(("warm list",), "the size of each of the 30,000 files, asked in Python", _against_status(_sizes)),
    Floor(
        ("dry run",),
        "libyaml before and after, ruamel.yaml for the touched section, on all processors",
        _shared_out("proof", 1_000, "loop"),
    ),
    Floor(("first rows, warm", "first rows, cold"), "a Textual app of one line of text until it is there", _empty_app),
    Floor(
        ("first rows, cold",),
        "each file read and searched for one word, on all processors: any may tell that rows are made of layers",
        _searched,
    ),
    Floor(_SCREENS, "a screen with a list of one line until it is there", _bare_screen),
    Floor(("page", "filter", "un-filter", "sort"), "the table painted again, nothing having changed", _painted),
)


def taken(bench: Bench, results: Sequence[Result], rounds: int) -> Iterator[Taken]:
    """The floors of those results that are over their budgets: the least of some rounds of each."""
    over = {one.name for one in results if not one.good}
    for floor in FLOORS:
        budgets = [name for name in floor.budgets if name in over]
        if budgets:
            figures = []
            for bench.turn in range(rounds):
                figures.append(floor.measured(bench))
            yield {"budgets": budgets, "what": floor.what, "least": min(figures)}
