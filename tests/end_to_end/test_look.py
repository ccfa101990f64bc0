"""What the configuration says about the screen."""

from __future__ import annotations

from rea_xcom_tui.tui.home.open import Look, look_of, opener
from tests.tui.driver import driving
from tests.work import Work

CONFIG = """
[ui]
theme = "light"
columns = ["threshold", "nonsense", "path"]
[ui.keymap]
"changes.diff" = "f5"
"""


async def test_theme_columns_and_keys_come_from_the_configuration(fleet_repo: Work) -> None:
    fleet_repo.write(".rea-xcom-tui.toml", CONFIG)
    look = look_of(fleet_repo.root / "clusters")
    async with driving(opener(fleet_repo.root, read_only=False), look=look) as driver:
        assert driver.app.theme == "light"
        assert list(driver.columns) == ["name", "threshold", "path"]
        await driver.press("right")
        await driver.edit("77")
        await driver.press("f5")
        assert '+    value: "77"' in driver.seen


def test_a_mistake_in_the_configuration_is_told_when_the_repo_opens(fleet_repo: Work) -> None:
    fleet_repo.write(".rea-xcom-tui.toml", "[ui]\nthem = 1\n")
    look = look_of(fleet_repo.root)
    assert look == Look(memory=look.memory)
