"""What the fleet has in common is told once over the table, and what differs is one key away."""

from __future__ import annotations

from pathlib import Path

import pytest

from rea_xcom_tui.tui.home.open import opener
from rea_xcom_tui.tui.home.spread import FleetLine
from tests.tui.driver import Driver, driving
from tests.work import BACKEND, Work, make_work, values


@pytest.fixture
def work(tmp_path: Path) -> Work:
    files = {f"prod/a{n}/values.yaml": values(f"a{n}", threshold="0" if n < 7 else "65536") for n in range(11)}
    files["prod/odd/values.yaml"] = values("odd", threshold="0").replace(BACKEND, "acme.Backend")
    return make_work(tmp_path / "fleet", files)


def line(driver: Driver) -> str:
    return driver.home.query_one(FleetLine).text or driver.seen.split("\n")[1]


async def test_a_column_that_says_the_same_everywhere_is_told_once(work: Work) -> None:
    async with driving(opener(work.root, read_only=False)) as driver:
        assert "backend" not in driver.columns
        assert "backend ObjectStorage, 11 of 12" in driver.seen
        assert "always" in driver.seen.split("\n")[1]
        await driver.press("F", "right", "enter")
        assert driver.home.filter_bar.input.value == "threshold:65536"
        assert len(driver.names) == 4
        await driver.press("escape", "F", *["right"] * 5, "enter")
        assert driver.names == ["odd"]
        await driver.press("escape", "slash", *"odd OR a1", "enter")
        assert "backend" in driver.columns, "where it differs, it is a column again"
        await driver.press("escape", "F", "escape")
        assert driver.table.has_focus


async def test_columns_that_somebody_chose_stay(work: Work) -> None:
    async with driving(opener(work.root, read_only=False)) as driver:
        driver.home.columns.show_columns(["name", "backend", "path"])
        await driver.settle()
        assert driver.columns == ["name", "backend", "path"]
        await driver.press("R")
        assert driver.columns == ["name", "backend", "path"]
