"""Pasting into one line: the first text is taken, and what is left out is said."""

from __future__ import annotations

from textual.events import Paste
from textual.widgets import Input

from rea_xcom_tui.tui.home.open import opener
from tests.tui.driver import driving
from tests.work import Work

PASTES = {
    "\n4096": "4096",
    "\r\n\r\n  4096\r\n": "  4096",
    "4096\n": "4096",
    "8\n16\n": "8",
    "a\x0bb\x1cc\u2028d": "a\x0bb\x1cc\u2028d",
    "\n \n": "1048576",
    "": "1048576",
}
"""What is pasted over the old value, and what is in the line then."""


async def test_pastes_into_a_cell(fleet_repo: Work) -> None:
    async with driving(opener(fleet_repo.root, read_only=False)) as driver:
        await driver.go_to("billing-etl", "threshold")
        for pasted, taken in PASTES.items():
            await driver.press("e")
            driver.app.post_message(Paste(pasted))
            await driver.settle()
            assert isinstance(driver.app.focused, Input)
            assert driver.app.focused.value == taken
            told = [notice.message for notice in driver.app._notifications]
            assert told == (["Only the first of 2 pasted lines is taken here."] if "16" in pasted else [])
            driver.app.clear_notifications()
            await driver.press("escape")


async def test_a_paste_into_the_command_line(fleet_repo: Work) -> None:
    async with driving(opener(fleet_repo.root, read_only=False)) as driver:
        await driver.press(":")
        driver.app.post_message(Paste("\nset threshold=0 where name:billing-etl\n"))
        await driver.settle()
        await driver.press("enter")
        assert driver.cell("billing-etl", "threshold") == "edited 0"
