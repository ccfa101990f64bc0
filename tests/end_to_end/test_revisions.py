"""Revisions compared by keys, on a real repo."""

from __future__ import annotations

from rea_xcom_tui.tui.home.open import opener
from tests.tui.driver import driving
from tests.work import Work, values

ETL = "clusters/prod/billing/etl/values.yaml"
ML = "clusters/prod/billing/ml/values.yaml"


async def test_two_revisions_are_chosen_compared_and_led_to_their_history(fleet_repo: Work) -> None:
    fleet_repo.git("tag", "v1{red}")
    fleet_repo.write(ETL, values("billing-etl", threshold="4096"))
    fleet_repo.write(ML, values("billing-ml", threshold="0", compression="gzip"))
    fleet_repo.git("-c", "user.name=Tom", "commit", "-qam", "Smaller threshold")
    async with driving(opener(fleet_repo.root, read_only=False), size=(100, 24)) as driver:
        await driver.press("V")
        assert "HEAD → working tree" in driver.seen
        assert "No field of any deployment differs" in driver.seen
        await driver.press("o")
        assert "Compare from which revision?" in driver.dialog
        await driver.type("v1")
        await driver.press("enter")
        assert "v1{red} → working tree" in driver.seen
        assert "2 changes in 2 deployments" in driver.seen
        assert "1048576 (1 MiB) → 4096 (4 KiB)" in driver.seen
        await driver.press("x")
        assert "the new side; n chooses a different one" in driver.seen
        await driver.press("n")
        await driver.type("HEAD~0")
        await driver.press("enter", "x")
        assert "HEAD~0 → v1{red}" in driver.seen
        assert "gzip → zip" in driver.seen
        await driver.press("slash")
        await driver.type("thresh")
        assert "1 of 2 changes in 1 deployment" in driver.seen
        await driver.press("enter", "enter")
        assert "Tom" in driver.seen
        assert "2 changes of threshold" in driver.seen
        await driver.press("escape", "escape")
        assert "2 changes in 2 deployments" in driver.seen
        await driver.press("o")
        await driver.type("nowhere")
        await driver.press("enter")
        assert "no commit 'nowhere'" in driver.dialog
        await driver.press("escape", "escape", "colon")
        await driver.type("compare v1{red}...")
        await driver.press("enter")
        assert "v1{red} → HEAD since they diverged" in driver.seen
        assert fleet_repo.status() == []
