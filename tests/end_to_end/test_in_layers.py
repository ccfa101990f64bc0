"""Edits and fixes of deployments that are made of layers, by keys: which layer takes them, and who shares it."""

from __future__ import annotations

from pathlib import Path

from rea_xcom_tui.fleet.edit.pending import SetField
from rea_xcom_tui.tui.home.open import opener
from tests.fleet.test_layered import FILES, env
from tests.tui.driver import driving
from tests.work import make_work

NUMBER = FILES["base.yaml"].replace('"1024"', "1024")
"""A base whose threshold is no string, which has a fix."""


async def test_the_layer_of_an_edit_is_chosen_with_whom_it_changes(tmp_path: Path) -> None:
    files = {**FILES, "clusters/eu/ml.yaml": env(PATH="s3://base/xcom", THRESHOLD="0")}
    work = make_work(tmp_path / "repo", files)
    async with driving(opener(work.root, read_only=False)) as driver:
        assert driver.cell("old", "state") == "unreached"
        await driver.go_to("etl", "threshold")
        await driver.edit("5")
        assert "Which layer of etl takes the new threshold?" in driver.seen
        assert "changes this one alone" in driver.seen
        assert "The entries of the list in force come along" in driver.seen
        await driver.press("down")
        assert "changes 2 · has the value now" in driver.seen
        assert "1 other deployment would change too: broken." in driver.seen
        await driver.press("enter")
        (edit,) = driver.home.pending.edits
        assert isinstance(edit, SetField)
        assert (edit.layer, edit.new, edit.shared) == ("base.yaml", 5, True)
        assert "set threshold to 5 on 2 deployments (base.yaml, shared: etl and broken)" in driver.seen
        assert "2 edited" in driver.seen
        for name in ("etl", "broken"):
            assert driver.cell(name, "threshold") == "edited 5"
        await driver.press("d")
        assert "etl and 1 other" in driver.seen
        assert "2 deployments" in driver.seen
        assert "base.yaml, shared: changes 2 deployments (etl and broken)" in driver.seen
        await driver.press("escape", "c")
        assert "xcom: set threshold to 5 on 2 dev and prod deployments" in driver.seen
        assert "1 file, 1 edit, 2 deployments" in driver.seen
        await driver.press("escape")
        await driver.go_to("broken", "threshold")
        await driver.press("x")
        assert not len(driver.home.pending)
        assert "1024" in driver.cell("broken", "threshold")
        await driver.press("u", "u")
        await driver.go_to("etl", "threshold")
        await driver.go_to("ml", "threshold")
        await driver.edit("7", "ctrl+l")
        assert "remove the override in clusters/eu/ml.yaml" in driver.seen
        await driver.press("down", "enter")
        assert "1024" in driver.cell("ml", "threshold")
        await driver.press("u", "a")
        assert "1 row left out because no entry point reaches" in driver.seen
        assert "old/values.yaml" not in driver.table.marks.ids
        assert len(driver.table.marks.ids) == 3
        await driver.press("g", "e")
        await driver.type("9")
        assert "where each value is" in driver.seen
        await driver.press("ctrl+l")
        assert "each deployment in a layer of its own" in driver.seen


async def test_a_fix_in_a_shared_layer_asks_for_the_others(tmp_path: Path) -> None:
    work = make_work(tmp_path / "repo", {**FILES, "base.yaml": NUMBER})
    async with driving(opener(work.root, read_only=False)) as driver:
        await driver.press("exclamation_mark")
        await driver.press("down", "f")
        assert "Fix 1 other deployment too?" in driver.seen
        await driver.press("enter")
        assert "pending" in driver.seen
        await driver.press("escape")
        assert len(driver.home.pending) == 1
