"""The journey that the tool is for, counted in keys; and that asking grows with reach."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from textual.widgets import Input

from rea_xcom_tui.samples.demo import lay_out
from rea_xcom_tui.tui.changes.diff_screen import DiffScreen
from rea_xcom_tui.tui.home.bulk_screen import TYPED_FROM, BulkScreen
from rea_xcom_tui.tui.home.open import opener
from tests.tui.driver import Driver, driving
from tests.work import Work, make_work, values


@pytest.fixture
def demo(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Work:
    # Laying out a history takes a second, copying it none; the drift tests do the same.
    laid_out = tmp_path_factory.getbasetemp() / "drift-keys-demo"
    if not laid_out.exists():
        lay_out(directory=laid_out)
    return Work(Path(shutil.copytree(laid_out, tmp_path / "demo")))


def differing(driver: Driver) -> list[str]:
    """The prod deployments whose threshold is not what most in prod have, pending edits included."""
    rows = [row for row in driver.table.rows if row.deployment and row.deployment.env == "prod"]
    found = [row.value("threshold") for row in rows]
    usual = max(set(found), key=found.count)
    return [row.id for row in rows if row.value("threshold") != usual]


async def test_twelve_keys_change_all_prod_thresholds_that_differ_show_it_and_undo_it(demo: Work) -> None:
    before = demo.git("status", "--porcelain"), demo.head()
    async with driving(opener(demo.root, read_only=False)) as driver:
        odd = differing(driver)
        assert len(odd) > 1
        keys = 0

        async def press(*pressed: str) -> None:
            nonlocal keys
            keys += len(pressed)
            await driver.press(*pressed)

        await press("D")
        while "threshold" not in next(line for line in driver.seen.split("\n") if "▸" in line):
            await press("down")
        await press("b", "escape")
        assert differing(driver) == []
        assert {edit.deployment for edit in driver.home.pending.edits} == set(odd)
        await press("d")
        assert isinstance(driver.app.screen, DiffScreen)
        assert "threshold 1048576 (1 MiB) → 0 (always)" in driver.seen
        assert f"×{len(odd)}" in driver.seen
        await press("escape", "u")
        assert differing(driver) == odd
        assert not len(driver.home.pending)
        assert keys <= 12
    assert (demo.git("status", "--porcelain"), demo.head()) == before


async def test_asking_grows_with_reach_and_rows_can_be_left_out(tmp_path: Path) -> None:
    files = {f"prod/svc{number:02d}/values.yaml": values(f"svc{number:02d}") for number in range(TYPED_FROM + 1)}
    work = make_work(tmp_path / "fleet", files)
    async with driving(opener(work.root, read_only=False), (80, 24)) as driver:
        column = driver.columns.index("threshold")
        await driver.press(*["right"] * column)
        await driver.edit("0")  # one: nothing is asked
        assert len(driver.home.pending) == 1
        await driver.press("u", "a", "g", "e")
        await driver.replace("0")
        assert f"{TYPED_FROM + 1} change" in driver.seen
        await driver.press("enter")  # many: their number is to be typed
        assert isinstance(driver.app.screen, BulkScreen)
        assert f"type {TYPED_FROM + 1} and Enter" in driver.seen
        await driver.press("shift+tab", "space", "space")  # narrowed to a few: Enter is enough
        assert f"{TYPED_FROM - 1} change    2 left out" in driver.seen
        assert "[ ] svc00" in driver.seen
        await driver.press("enter")
        assert len(driver.home.pending) == TYPED_FROM - 1
        assert driver.cell("svc01", "threshold").endswith("1048576")


async def test_unset_left_alone_and_empty_are_three_things(tmp_path: Path) -> None:
    work = make_work(tmp_path / "fleet", {f"prod/{n}/values.yaml": values(n, compression=n) for n in ("zip", "gzip")})
    async with driving(opener(work.root, read_only=False), (80, 24)) as driver:
        await driver.press("a", *["right"] * driver.columns.index("compression"), "g", "e")
        assert "refused" not in driver.seen
        assert "1 of 2 in prod have it" in driver.seen
        await driver.replace("zip => unset")
        assert "1 change    1 unaffected" in driver.seen
        await driver.press("enter")
        assert [(edit.deployment, edit.new) for edit in driver.home.pending.edits] == [("prod/zip/values.yaml", None)]
        await driver.press("u", "g", "e")
        await driver.replace("bz2")
        await driver.press("tab")
        await driver.type("gzip")
        assert "1 change    1 unaffected" in driver.seen
        await driver.press("escape")


async def test_what_is_typed_right_after_a_key_that_asks_for_text_is_that_text(tmp_path: Path) -> None:
    work = make_work(tmp_path / "fleet", {f"prod/{name}/values.yaml": values(name) for name in ("one", "two")})
    async with driving(opener(work.root, read_only=False), (80, 24)) as driver:
        await driver.press("a", *["right"] * driver.columns.index("threshold"))
        await driver.type("ge77")
        assert isinstance(driver.app.screen, BulkScreen)
        assert driver.app.screen.query_one("#value", Input).value == "77"
        await driver.press("escape")
        await driver.type("?undo")
        assert driver.app.screen.query_one(Input).value == "undo"
        await driver.press("escape", "g", "g", "G")
        assert driver.table.cursor_row == 1


async def test_a_key_never_overtakes_the_one_before_it(tmp_path: Path) -> None:
    work = make_work(tmp_path / "fleet", {f"prod/{name}/values.yaml": values(name) for name in ("a", "b", "c")})
    async with driving(opener(work.root, read_only=False), (80, 24)) as driver:
        await driver.press(*["right"] * driver.columns.index("threshold"))
        await driver.type("je0\n")
        assert [edit.deployment for edit in driver.home.pending.edits] == ["prod/b/values.yaml"]
        await driver.type("ugg   ge5\n")
        assert isinstance(driver.app.screen, BulkScreen), "nothing is applied that was not seen"
        assert not len(driver.home.pending)
        await driver.type("0\n")
        await driver.press("enter")
        assert {driver.home.pending.get(row.id, "threshold").new for row in driver.table.rows} == {50}  # type: ignore[union-attr]
