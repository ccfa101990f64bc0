"""What is drawn of the table, and how often: a line that is on the screen again is not worked out again."""

from __future__ import annotations

from typing import Any
from unittest.mock import patch

import pytest
from rich.segment import Segment
from textual.css.stylesheet import Stylesheet
from textual.scrollbar import ScrollBar
from textual.strip import Strip

from rea_xcom_tui.tui.home import beforehand
from rea_xcom_tui.tui.home.strips import Painter
from rea_xcom_tui.tui.kit.unframed import BarLines
from tests.tui.driver import driving
from tests.work import Work


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ids of the rows that have been drawn, each time they were."""
    found: list[str] = []
    draw = Painter.row

    def counted(painter: Painter, row: Any, *more: Any, **named: Any) -> Any:
        found.append(row.id)
        return draw(painter, row, *more, **named)

    monkeypatch.setattr(Painter, "row", counted)
    return found


async def test_rows_that_come_back_are_not_drawn_again_unless_they_have_changed(small: Work, drawn: list[str]) -> None:
    async with driving(small, (120, 40)) as driver:
        await driver.press("slash")
        await driver.type("zzz")
        assert not driver.names
        drawn.clear()
        await driver.press("backspace", "backspace", "backspace")
        assert len(driver.names) > 3
        assert len(drawn) <= 1, "at most the one under the cursor"
        await driver.press("escape")
        name = driver.names[1]
        await driver.go_to(name, "threshold")
        await driver.edit("5MiB")
        await driver.press("slash")
        await driver.type("zzz")
        await driver.press("backspace", "backspace", "backspace")
        assert "5242880" in driver.seen
        assert driver.cell(name, "threshold") == "edited 5242880"


async def test_a_page_draws_what_is_in_view_and_no_more(small: Work, drawn: list[str]) -> None:
    async with driving(small, (120, 12)) as driver:
        in_view = driver.table.size.height - 1
        assert in_view < len(driver.names)
        drawn.clear()
        await driver.press("pagedown")
        assert 0 < len(drawn) <= in_view + 1


async def test_the_plain_scroll_bar_looks_as_that_of_textual(small: Work) -> None:
    async with driving(small, (120, 12)) as driver:
        bar = driver.table.vertical_scrollbar
        for position in range(len(driver.names)):
            driver.table.scroll_to(y=position, animate=False, force=True)
            await driver.settle()
            theirs = ScrollBar.render_lines(bar, bar.size.region)
            ours = BarLines(bar).render_lines(bar.size.region)
            assert [seen(strip) for strip in ours] == [seen(strip) for strip in theirs]


def seen(strip: Strip) -> list[object]:
    """What one sees of a line and what the mouse does there: of a blank, its own colour is not seen."""
    return [
        (text, style and (style.bgcolor, style.meta, style.color if style.reverse or text.strip() else None))
        for text, style, _ in strip
    ]


async def test_the_styles_of_the_next_screens_are_read_before_a_key_asks_for_them(
    small: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(beforehand, "_LARGE", 1)
    async with driving(small, (120, 40)) as driver:
        with patch.object(Stylesheet, "reparse") as read:
            await driver.go_to(driver.names[0], "threshold")
            await driver.edit("7MiB")
            await driver.press("a")
            for keys in (["exclamation_mark"], ["D"], ["g", "e"], ["d"]):
                await driver.press(*keys)
                assert driver.app.screen is not driver.home, keys
                await driver.press("escape")
        assert not read.called


async def test_rows_look_as_before_once_they_are_no_longer_in_groups(small: Work) -> None:
    async with driving(small, (120, 40)) as driver:
        table = driver.table

        def drawn() -> list[list[Segment]]:
            return [list(strip) for strip in table.render_lines(table.size.region)]

        await driver.press("j", "k")
        before = drawn()
        await driver.press("b")
        assert drawn() != before
        while table.grouped.by:
            await driver.press("b")
        await driver.press("g", "g")
        assert drawn() == before
