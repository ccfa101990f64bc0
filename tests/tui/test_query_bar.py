"""The query line: what it completes to, what it remembers, and what is saved under a name."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.timer import Timer
from textual.widgets import Input

from rea_xcom_tui.fleet.edit.pending import Pending
from rea_xcom_tui.tui.cells.rows import rows_of
from rea_xcom_tui.tui.home.filter_bar import Suggestions
from rea_xcom_tui.tui.home.open import Look
from rea_xcom_tui.tui.home.queries_screen import QueriesScreen
from rea_xcom_tui.tui.home.suggestions import KnownValues
from rea_xcom_tui.tui.kit.styled_lines import Painted
from rea_xcom_tui.user.memory import Memory
from rea_xcom_tui.xcom.query import KEYS
from tests.tui.driver import driving
from tests.tui.fleets import small_fleet
from tests.work import Work

SMALL = (80, 24)


def test_the_values_in_the_fleet_are_known_by_key_the_most_frequent_first() -> None:
    known = KnownValues(rows_of(small_fleet(), Pending()))
    assert set(known) == set(KEYS)
    assert known["env"][0] == "prod"
    assert "staging" in known["env"]
    assert known["backend"] == ("XComObjectStorageBackend",)
    assert "1048576" in known["threshold"]
    assert "invalid" in known["is"]
    assert known.get("nothing") is None
    assert KnownValues()["env"] == ()


async def test_what_is_still_being_typed_does_not_empty_the_table(small: Work) -> None:
    async with driving(small, SMALL) as driver:
        everything = driver.names
        await driver.press("slash")
        for typed in ("thre", "-thre", "is:", "is:ed", "threshold:"):
            await driver.replace(typed)
            assert driver.names == everything, typed
            assert "!" not in driver.status
        await driver.replace("env:sta")
        found = driver.names
        assert 0 < len(found) < len(everything)
        await driver.type("ging")
        assert driver.names == found
        await driver.replace("env:sta")
        await driver.press("enter")
        assert driver.names == [], "what one goes on with counts as it stands"
        assert "0 of " in driver.seen


async def test_no_frame_shows_a_query_without_what_it_finds(small: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    frames: list[tuple[str, int, list[str], str]] = []
    resume = Timer.resume
    async with driving(small, (120, 40)) as driver:
        bar, count = driver.home.filter_bar, driver.home.query_one("#count", Painted)

        def framed(timer: Timer) -> None:
            if timer.name == "screen_update":  # where it rests, the next frame is painted at once
                frames.append((bar.input.value, bar.input.cursor_position, driver.names, count.text.strip()))
            resume(timer)

        total = len(driver.names)
        await driver.press("slash")
        monkeypatch.setattr(Timer, "resume", framed)
        await driver.press("b", "i", "backspace", "l", "l", "backspace", "backspace", "backspace")
        assert len({value for value, *_ in frames}) > 2
        for value, cursor, names, told in frames:
            assert cursor == len(value)
            assert names == [row.name for row in map(driver.table.row_of, driver.home.finds(value) or ()) if row]
            assert told == f"{len(names)} of {total}"


async def test_however_fast_one_types_the_cursor_stays_on_what_is_shown_all_along(small: Work) -> None:
    async with driving(small, SMALL) as driver:
        await driver.press("down", "down", "down")
        here = driver.table.cursor_id
        await driver.press("slash")
        await driver.type("is:ed")
        assert driver.table.cursor_id == here, "what is not finished yet does not empty the table on the way"


async def test_a_value_of_the_frequency_view_is_all_that_is_shown_also_under_a_query(small: Work) -> None:
    async with driving(small, SMALL) as driver:
        await driver.press("slash")
        await driver.type("env:prod")
        await driver.press("enter", *["right"] * driver.columns.index("threshold"))
        under_query = driver.names
        await driver.press("f", "enter")
        assert 0 < len(driver.names) < len(under_query)
        assert driver.home.filter_bar.input.value.startswith("env:prod threshold:")
        await driver.press("escape")
        assert len(driver.names) > len(under_query)


async def test_tab_completes_keys_and_the_values_that_are_there(small: Work) -> None:
    async with driving(small, SMALL) as driver:
        bar, box = driver.home.filter_bar, driver.home.filter_bar.input
        offer = driver.home.query_one(Suggestions)
        await driver.press("slash")
        assert not offer.display
        await driver.type("thr")
        assert bar.offered == ["threshold:"]
        assert "Tab takes it" in driver.seen
        await driver.press("tab")
        assert box.value == "threshold:"
        assert "0" in bar.offered
        await driver.replace("cloud:aws e")
        assert bar.offered == ["env:"]
        await driver.press("tab")
        assert bar.offered[0] == "prod"
        await driver.press("shift+tab")
        second = bar.offered[1]
        await driver.press("tab")
        assert box.value == f"cloud:aws env:{second}"
        assert not offer.display, "nothing is offered where the term is whole"
        await driver.replace("billing")
        assert not offer.display
        await driver.press("tab")
        assert driver.table.has_focus
        await driver.press("escape", "slash", "tab")
        assert bar.offered[:2] == ["name:", "file:"], "with nothing typed, Tab offers the keys"
        await driver.pilot.click(offer, offset=(2, 2))
        await driver.settle()
        assert box.value == "env:"
        assert box.has_focus
        await driver.press("escape")
        assert not offer.display
        assert driver.table.has_focus


async def test_a_mistake_is_told_with_its_position(small: Work) -> None:
    async with driving(small, SMALL) as driver:
        await driver.press("slash")
        await driver.type("env:prod tres:0")
        assert '! at character 10, tres:0: There is no key "tres"; did you mean threshold?' in driver.seen
        assert driver.home.filter_bar.input.has_class("-wrong")
        await driver.replace("env:prod threshold:0")
        assert "did you mean" not in driver.status
        assert not driver.home.filter_bar.input.has_class("-wrong")
        assert f" {len(driver.names)} of 11" in driver.seen


async def test_queries_are_remembered_over_restarts_without_their_mistakes(small: Work, tmp_path: Path) -> None:
    look = Look(memory=Memory(tmp_path / "state", tmp_path))
    async with driving(small, SMALL, look=look) as driver:
        for query, key in (
            ("env:prod", "enter"),
            ("envv:prod", "escape"),
            ("threshold:>0", "escape"),
            ("env:", "down"),
        ):
            await driver.press("slash")
            await driver.replace(query)
            await driver.press(key)
            assert driver.table.has_focus
    look = Look(memory=Memory(tmp_path / "state", tmp_path))
    assert look.memory.history == ("env:prod", "threshold:>0")
    async with driving(small, SMALL, look=look) as driver:
        box = driver.home.filter_bar.input
        await driver.press("slash", "up")
        assert box.value == "threshold:>0"
        assert driver.names[:2] == ["billing-etl", "billing-ml"]
        assert "orders" not in driver.names
        await driver.press("up", "up")
        assert box.value == "env:prod"
        await driver.press("down", "down")
        assert box.value == ""
        await driver.press("down")
        assert driver.table.has_focus
        await driver.press("slash")
        await driver.type("en")
        await driver.press("up")
        assert box.value == "env:prod", "only those that begin with what was typed"


async def test_a_query_is_saved_chosen_and_forgotten(small: Work, tmp_path: Path) -> None:
    small.write(".rea-xcom-tui.toml", '[queries]\nteam = "billing"\n')
    look = Look(memory=Memory(tmp_path / "state", tmp_path))
    look.memory.hinted()
    look.memory.save_query("mistaken", "envv:x")
    async with driving(small, SMALL, look=look) as driver:
        await driver.press("Q", "s")
        assert "There is no query to save" in driver.seen
        await driver.press("escape", "slash")
        await driver.type("threshold:>0")
        await driver.press("enter", "Q")
        assert "has a mistake" in driver.seen
        assert "2 of 11   configuration" in driver.seen
        await driver.press("s")
        await driver.type("large qs")
        assert isinstance(driver.app.screen, QueriesScreen), "letters of a name are no commands"
        await driver.press("enter")
        assert look.memory.queries == {"large qs": "threshold:>0", "mistaken": "envv:x"}
        assert "Saved as large qs" in driver.seen
        await driver.press("down", "down", "enter")
        assert driver.names == ["billing-etl", "billing-ml"]
        assert driver.home.filter_bar.input.value == "billing"
        await driver.press("Q", "x")
        assert look.memory.queries == {"mistaken": "envv:x"}
        await driver.press("x", "x")
        assert look.memory.queries == {}
        assert "in the configuration's [queries]" in driver.seen
        await driver.press("escape", "colon")
        await driver.type("save mine")
        await driver.press("enter")
        assert look.memory.queries == {"mine": "billing"}
        await driver.press("escape", "colon")
        await driver.type("save other")
        await driver.press("enter")
        assert "there is no query to save" in driver.status


async def test_an_empty_list_of_queries_says_what_to_do(small: Work) -> None:
    async with driving(small, SMALL) as driver:
        await driver.press("Q")
        assert "type a query after /, then Q and s save it" in driver.seen
        await driver.press("enter", "x")
        assert isinstance(driver.app.screen, QueriesScreen)
        assert not driver.app.screen.query_one(Input).display


async def test_keys_that_come_right_after_enter_are_for_the_table(small: Work) -> None:
    async with driving(small, SMALL) as driver:
        await driver.press("slash")
        await driver.rush(*"etl", "enter", "a")
        assert driver.home.filter_bar.text == "etl"
        assert 0 < len(driver.table.marks) == len(driver.names) < len(driver.home.rows)
