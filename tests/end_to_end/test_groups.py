"""Rows in groups: headings that tell what is usual, folding, marking a whole group, and what is remembered."""

from __future__ import annotations

from pathlib import Path

import pytest

from rea_xcom_tui.tui.home.open import Look, opener
from rea_xcom_tui.user.memory import Memory
from tests.tui.driver import Driver, driving
from tests.work import Work, make_work, values


@pytest.fixture
def work(tmp_path: Path) -> Work:
    files = {}
    for env, count in (("dev", 2), ("prod", 4)):
        for n in range(count):
            name = f"pay-{env}{n}"
            bucket = "tmp-debug" if (env, n) == ("prod", 3) else f"acme-{env}"
            files[f"{env}/{name}/values.yaml"] = values(name, threshold="0", path=f"s3://{bucket}/{name}")
    return make_work(tmp_path / "fleet", files)


def heading(driver: Driver, word: str) -> str:
    return next(line for line in driver.seen.split("\n") if line.startswith(("▾", "▸")) and word in line)


async def test_a_heading_tells_what_is_usual_and_folds(work: Work) -> None:
    async with driving(opener(work.root, read_only=False)) as driver:
        await driver.press("b")
        assert "s3://acme-prod/{name}" in heading(driver, "prod")
        assert heading(driver, "prod").split()[:3] == ["▾", "prod", "4"]
        assert driver.table.cursor_id == "dev/pay-dev0/values.yaml"
        await driver.press("z", "z")
        assert len(driver.names) == 4
        assert heading(driver, "dev").startswith("▸ dev")
        await driver.press("Z")
        assert not driver.names  # with one folded already, all are; only then Z opens them
        await driver.press("Z")
        assert len(driver.names) == 6


async def test_the_rows_of_a_folded_group_are_reached_and_marked(work: Work) -> None:
    async with driving(opener(work.root, read_only=False)) as driver:
        await driver.press("b", "Z", "end")
        assert "1  s3://tmp-debug/{name}" in driver.seen
        assert "prod: 4 deployments" in driver.status
        await driver.press("space")
        assert driver.table.marks.ids == {f"prod/pay-prod{n}/values.yaml" for n in range(4)}
        driver.home.repo.go_to_cell("prod/pay-prod2/values.yaml", "threshold")
        await driver.settle()
        assert driver.table.cursor_id == "prod/pay-prod2/values.yaml"
        await driver.edit("7")
        assert driver.cell("pay-prod2", "threshold") == "edited 7"
        await driver.press("g", "g", "enter")
        assert heading(driver, "dev").startswith("▾ dev")


async def test_filter_sort_and_groups_go_together_and_are_remembered(work: Work, tmp_path: Path) -> None:
    memory = Memory(tmp_path / "state", work.root)
    async with driving(opener(work.root, read_only=False), look=Look(memory=memory)) as driver:
        await driver.press("b", "slash", *"prod", "enter")
        assert "dev" not in driver.seen.replace("dev0", "")
        await driver.press("escape")
    async with driving(opener(work.root, read_only=False), look=Look(memory=memory)) as driver:
        assert heading(driver, "prod")
        while driver.table.grouped.by:
            await driver.press("b")
        assert "▾" not in driver.seen
        assert driver.home.look.memory.grouping == ()
