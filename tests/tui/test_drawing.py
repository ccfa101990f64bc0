"""What is drawn of the table, and how often: a line that is on the screen again is not worked out again."""

from __future__ import annotations

from typing import Any
from unittest.mock import patch

import pytest
from rich.segment import Segment
from textual import events
from textual.css.stylesheet import Stylesheet
from textual.geometry import Region
from textual.scrollbar import ScrollBar
from textual.strip import Strip

from rea_xcom_tui.tui.cells.explain import side_lines
from rea_xcom_tui.tui.cells.rows import Row, problem_count
from rea_xcom_tui.tui.home import beforehand
from rea_xcom_tui.tui.home.panel import DeploymentPanel
from rea_xcom_tui.tui.home.strips import Painter
from rea_xcom_tui.tui.kit.line_list import LineList, Page
from rea_xcom_tui.tui.kit.styled_lines import Line, Painted
from rea_xcom_tui.tui.kit.unframed import BarLines, Kept
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


async def test_of_a_key_that_is_held_the_details_are_worked_out_once_and_only_what_differs_is_painted(
    small: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    painted: list[int] = []

    def lines(row: Row, *more: Any) -> list[Line]:
        told.append(row.name)
        return side_lines(row, *more)

    def refresh(panel: DeploymentPanel, *regions: Region, **named: Any) -> Any:
        painted.extend(region.y for region in regions)
        return Painted.refresh(panel, *regions, **named)

    async with driving(small, (160, 40)) as driver:
        monkeypatch.setattr("rea_xcom_tui.tui.home.panel.side_lines", lines)
        monkeypatch.setattr(DeploymentPanel, "refresh", refresh)
        before = driver.home.panel.lines
        for _ in range(3):
            driver.app.post_message(events.Key("down", None))
        await driver.settle()
        assert told == [driver.names[3]]
        assert driver.names[3] in driver.home.panel.text
        assert driver.names[3] in driver.status
        after = driver.home.panel.lines
        differ = [y for y, (old, new) in enumerate(zip(before, after, strict=False)) if old != new]
        assert painted == [*differ, *range(len(before), len(after)), *range(len(after), len(before))]
        assert len(differ) < len(before)


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


async def test_a_list_and_its_details_lay_the_screen_out_only_where_a_scroll_bar_comes_or_goes(small: Work) -> None:
    async with driving(small, (120, 80)) as driver:
        await driver.press("exclamation_mark")
        screen = driver.app.screen
        rows, page = screen.query_one(LineList), screen.query_one(Page)
        assert len(rows.entries) > 2
        texts = [page.text]
        with patch.object(screen, "_refresh_layout", wraps=screen._refresh_layout) as laid_out:
            await driver.press("down")
            texts.append(page.text)
            assert texts[0] != texts[1]
            assert laid_out.call_count == 0
            page.show(lambda width: [[(f"line {number}", "")] for number in range(100)])
            await driver.settle()
            assert laid_out.call_count > 0
            bars = [page.show_vertical_scrollbar]
        await driver.press("down")
        assert [*bars, page.show_vertical_scrollbar] == [True, False]


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


async def test_a_bar_is_drawn_again_only_where_it_says_something_else_or_looks_otherwise(
    small: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[str | None] = []
    draw = Kept.drawn

    def counted(bar: Kept, crop: Region) -> list[Strip]:
        drawn.append(bar.id)
        return draw(bar, crop)

    async with driving(small, (120, 12)) as driver:
        monkeypatch.setattr(Kept, "drawn", counted)
        await driver.press("pagedown", "pageup", "down")
        assert set(drawn) == {"status"}
        drawn.clear()
        driver.app.theme = "light"
        await driver.settle()
        assert {"header", "status", "count", None} <= set(drawn)


async def test_what_is_wrong_with_a_row_is_found_out_once(small: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def counted(row: Row) -> int:
        asked.append(row.id)
        return problem_count(row)

    async with driving(small, (120, 40)) as driver:
        monkeypatch.setattr("rea_xcom_tui.tui.cells.rows.problem_count", counted)
        driver.home.show_changed()
        await driver.settle()
        assert sorted(set(asked)) == sorted(asked)
        assert len(asked) > 3


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
