"""The benchmark's fleets are what they say, and the page of results is made of the results that are kept."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.speed import fleets
from benchmarks.speed.page import PAGE, RESULTS, page
from tests.cli.run import Cli


@pytest.mark.parametrize("layers", [False, True])
def test_the_fleets_of_the_benchmark_are_read_as_they_were_made(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], layers: bool
) -> None:
    root = fleets.make(tmp_path / "fleet", 60, 9, layers=layers)
    truth = json.loads((tmp_path / "fleet" / "truth.json").read_text())
    told = Cli(capsys, root)("list", "--format", "json").json
    found = {
        row["id"]: {name: row["fields"][name]["value"] for name in truth[row["id"]]} for row in told["deployments"]
    }
    assert found == truth
    assert not told["unreadable"]


def test_the_page_of_results_is_up_to_date() -> None:
    assert PAGE.read_text() == page(json.loads(RESULTS.read_text())), "run python -m benchmarks.speed.page"
