"""A key that comes while a screen is being left, as of a key that is held, does not leave the one beneath as well."""

from __future__ import annotations

import pytest
from textual import events

from rea_xcom_tui.tui.home.screen import FleetScreen
from tests.tui.driver import driving
from tests.work import Work


@pytest.mark.parametrize("opens", ["question_mark", "ctrl+p", "exclamation_mark", "D", "H", "colon", "v"])
async def test_keys_that_are_held_leave_one_screen(small: Work, opens: str) -> None:
    async with driving(small, (120, 40)) as driver:
        await driver.press(opens)
        for _ in range(4):
            driver.app.screen.post_message(events.Key("escape", "\x1b"))
            driver.app.post_message(events.Key("escape", "\x1b"))
        await driver.settle()
        assert isinstance(driver.app.screen, FleetScreen)
        assert len(driver.names) > 3
