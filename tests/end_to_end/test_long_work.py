"""Work that takes long: Esc stops it in the midst, and nothing is half done."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rea_xcom_tui.fleet.edit import many as editing
from rea_xcom_tui.gitops.operations import OperationLog
from rea_xcom_tui.tui.background import jobs
from rea_xcom_tui.tui.home.open import opener
from rea_xcom_tui.values import Successor
from tests.tui.driver import Driver, driving
from tests.work import Work, make_work, values

FILES = {f"prod/svc{number}/values.yaml": values(f"svc{number}", compression="gz") for number in range(5)}


@pytest.fixture
def repo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Work:
    monkeypatch.setattr(jobs, "_TELL_SECONDS", 0)  # every step tells how far the work is
    return make_work(tmp_path / "fleet", FILES)


def escaping(driver: Driver, monkeypatch: pytest.MonkeyPatch, place: Any, name: str, at: int) -> list[str]:
    """Press Esc when a function is called for the `at`th time; returns what was seen just before."""
    real: Callable[..., Any] = getattr(place, name)
    calls, seen, loop = 0, list[str](), asyncio.get_running_loop()

    async def escape() -> None:
        await driver.pilot.pause(0)  # the question before it may be on its way out still
        while "Esc stops it" not in driver.seen:
            await driver.pilot.pause(0)
        seen.append(driver.seen)
        await driver.pilot.press("escape")

    def counted(*args: Any, **options: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == at:
            asyncio.run_coroutine_threadsafe(escape(), loop).result()
        return real(*args, **options)

    monkeypatch.setattr(place, name, counted)
    return seen


def contents(repo: Work) -> dict[str, str]:
    return {file: repo.read(file).decode() for file in FILES}


async def edit_all(driver: Driver) -> None:
    await driver.press("a", *["right"] * driver.columns.index("compression"), "g", "e")
    await driver.replace("gzip")
    await driver.press("enter")


async def test_a_write_and_its_undo_stopped_in_the_midst_leave_every_file_as_it_was(
    repo: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with driving(opener(repo.root, read_only=False)) as driver:
        await edit_all(driver)
        seen = escaping(driver, monkeypatch, Successor, "put", 3)
        await driver.press("w", "enter")
        assert "write the files: 2 of 5 · Esc stops it" in seen[0]
        assert "Stopped: write the files. Nothing was changed." in driver.status
        assert contents(repo) == FILES
        assert len(driver.home.pending) == 5
        await driver.press("w", "enter")
        written = contents(repo)
        assert all('"gzip"' in text for text in written.values())
        seen = escaping(driver, monkeypatch, Successor, "put", 3)
        await driver.press("u", "t")
        assert "take the write back: 2 of 5 · Esc stops it" in seen[0]
        assert contents(repo) == written
        assert OperationLog(repo.root / ".git").unfinished() is None
        await driver.press("u", "t")
    assert contents(repo) == FILES


async def test_the_mends_of_a_rule_tell_how_far_they_are_and_can_be_stopped(
    repo: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with driving(opener(repo.root, read_only=False)) as driver:
        await driver.press("exclamation_mark", "down")
        seen = escaping(driver, monkeypatch, editing, "plan_file", 3)
        await driver.press("F")
        assert seen, driver.seen
        assert "work out the fixes: 2 of 5 · Esc stops it" in seen[0]
        assert "Stopped: work out the fixes. Nothing was changed." in driver.seen
        assert not len(driver.home.pending)
        await driver.press("F")
        assert "Fix 5 findings of XC402" in driver.dialog
        await driver.press("enter")
        assert len(driver.home.pending) == 5
