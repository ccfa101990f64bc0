"""A short run of the random keys; `python benchmarks/random_keys.py` is the long one."""

from __future__ import annotations

from pathlib import Path

from benchmarks.random_keys import Repo, Tally, run
from tests.work import FLEET, make_work


async def test_random_keys_crash_nothing_and_write_nothing_unasked(tmp_path: Path) -> None:
    tally = Tally()
    await run(Repo(make_work(tmp_path / "fleet", FLEET).root), (80, 24), seed=4, seconds=60, tally=tally, steps=60)
    assert tally.steps == 60
    assert len(tally.screens) > 3
