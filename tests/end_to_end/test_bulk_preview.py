"""The preview of one value for many deployments: rows come as soon as they are known, and none of another text."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from textual.widgets import Input

from rea_xcom_tui.fleet.edit import rehearsal
from rea_xcom_tui.fleet.edit.rehearsal import Preview, Rehearsal, rehearse
from rea_xcom_tui.tui.home import bulk_screen
from rea_xcom_tui.tui.home.bulk_screen import BulkScreen
from rea_xcom_tui.tui.home.open import opener
from rea_xcom_tui.tui.kit.line_list import LineList
from tests.tui.driver import Driver, driving
from tests.work import Work, make_work, values

SIZES = {"svc0": "7", "svc1": "7", "svc2": "1048576", "svc3": "1048576"}


@pytest.fixture
def repo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Work:
    monkeypatch.setattr(rehearsal, "_FIRST", 2)
    return make_work(
        tmp_path / "fleet",
        {f"prod/{name}/values.yaml": values(name).replace('"1048576"', f'"{size}"') for name, size in SIZES.items()},
    )


async def open_with(driver: Driver, text: str) -> BulkScreen:
    await driver.home.bulk.edit_many([row.id for row in driver.home.rows], "threshold", text)
    screen = driver.app.screen
    assert isinstance(screen, BulkScreen)
    return screen


def names(rows: Iterable[Preview]) -> list[str]:
    return [row.name for row in rows]


def at_each_glimpse(monkeypatch: pytest.MonkeyPatch, then: Callable[[str, Rehearsal], Any]) -> list[str]:
    """Have the app do something, and wait for it, before each glimpse of a preview; returns the texts asked about."""
    loop, asked = asyncio.get_running_loop(), list[str]()

    def slowed(fleet: Any, ids: Any, field: Any, text: str, only: str, tell: Any, glimpse: Any, layer: Any) -> Any:
        asked.append(text)

        def glimpsed(seen: Rehearsal) -> None:
            asyncio.run_coroutine_threadsafe(then(text, seen), loop).result()
            glimpse(seen)

        return rehearse(fleet, ids, field, text, only, tell, glimpsed, layer)

    monkeypatch.setattr(bulk_screen, "rehearse", slowed)
    return asked


async def test_no_rows_of_another_text_are_ever_shown_and_each_text_is_asked_about_once(
    repo: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[tuple[str, set[str]]] = []
    show = LineList.show

    def told(rows: LineList[Any], entries: Any, *more: Any, **named: Any) -> None:
        show(rows, entries, *more, **named)
        if isinstance(rows.screen, BulkScreen):
            new = {str(entry.key.new) for entry in entries if isinstance(entry.key, Preview) and entry.key.new}
            shown.append((rows.screen.query_one("#value", Input).value, new))

    monkeypatch.setattr(LineList, "show", told)
    async with driving(opener(repo.root, read_only=False)) as driver:

        async def type_on(text: str, seen: Rehearsal) -> None:
            if text == "5":
                driver._send([("6", "6")])  # over the 5, which is selected
                while driver.app.screen.query_one("#value", Input).value != "6":
                    await asyncio.sleep(0)

        asked = at_each_glimpse(monkeypatch, type_on)
        screen = await open_with(driver, "5")
        await driver.settle()
        assert asked == ["5", "6"]
        assert all(new <= {value} for value, new in shown), shown
        assert any(new for _, new in shown)
        assert screen.rehearsal.counts() == {"change": 4}


async def test_the_cursor_stays_on_its_row_while_more_come(repo: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    async with driving(opener(repo.root, read_only=False)) as driver:
        seen: list[list[str]] = []

        async def go_down(_: str, found: Rehearsal) -> None:
            seen.append(names(found.previews))
            if len(seen) == 2:  # the first two are on the screen
                rows = driver.app.screen.query_one("#rows", LineList)
                while len(rows.entries) < 2:
                    await asyncio.sleep(0)
                driver._send([("down", None), ("down", None)])
                while rows.cursor < 1:
                    await asyncio.sleep(0)

        at_each_glimpse(monkeypatch, go_down)
        screen = await open_with(driver, "7")
        await driver.settle()
        assert seen == [["svc0", "svc1"], ["svc0", "svc1", "svc2", "svc3"]]
        rows = screen.query_one("#rows", LineList)
        assert names(entry.key for entry in rows.entries) == ["svc2", "svc3", "svc0", "svc1"], "changes come first"
        assert rows.here is not None
        assert rows.here.name == "svc1"
