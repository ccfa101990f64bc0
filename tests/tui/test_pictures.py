"""Pictures of the screens, looked at once by a person whenever they change."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from tests.tui.driver import Driver, driving
from tests.tui.fleets import file_of, hostile_repo
from tests.work import Work


class Picture(SingleFileSnapshotExtension):
    """One SVG file for each picture."""

    _write_mode = WriteMode.TEXT
    _file_extension = "svg"


@pytest.fixture
def picture(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    return snapshot.use_extension(Picture)


def plain(svg: str) -> str:
    """A picture without the ids that depend on more than what is seen."""
    return re.sub(r"terminal-\d+", "terminal", svg)


async def fleet(driver: Driver) -> None:
    await driver.go_to("crm-sync", "compression")


async def marked(driver: Driver) -> None:
    await driver.press("space", "space", *["right"] * driver.columns.index("path"))


async def editing(driver: Driver) -> None:
    await driver.go_to("billing-etl", "threshold")
    await driver.press("e")
    await driver.replace("2048")


async def refused(driver: Driver) -> None:
    await driver.go_to("billing-etl", "compression")
    await driver.edit("gz")


async def edited(driver: Driver) -> None:
    await driver.go_to("billing-etl", "threshold")
    await driver.edit("2048")
    await driver.press("right")
    await driver.edit("gzip")


async def diff(driver: Driver) -> None:
    await edited(driver)
    await driver.press("d")


async def commit(driver: Driver) -> None:
    await edited(driver)
    await driver.press("c")


async def leaving(driver: Driver) -> None:
    await edited(driver)
    await driver.press("q")


async def many(driver: Driver) -> None:
    await driver.press("a", *["right"] * driver.columns.index("threshold"), "g", "e")
    await driver.replace("64 KiB")


async def values(driver: Driver) -> None:
    await driver.go_to("billing-etl", "threshold")
    await driver.press("f")


async def columns(driver: Driver) -> None:
    await driver.press("C", "down", "down", "space", "down")


async def queries(driver: Driver) -> None:
    for name, query in (("large", "threshold:>=1MiB"), ("prod on AWS", "env:prod cloud:aws -is:drifted")):
        driver.home.look.memory.save_query(name, query)
    await driver.press("Q", "down")


async def typing(driver: Driver) -> None:
    await driver.press("slash")
    await driver.type("env:prod thr")


async def sides(driver: Driver) -> None:
    await diff(driver)
    await driver.press("s")


async def conflicts(driver: Driver) -> None:
    await driver.go_to("billing-etl", "threshold")
    await driver.edit("2048")
    await driver.edit("4096")
    assert driver.home.workspace is not None
    root = driver.home.workspace.root
    theirs = root / file_of("billing-etl")
    theirs.write_text(theirs.read_text().replace("1048576", "77"))
    (root / file_of("billing-ml")).unlink()
    await driver.press("w", "w")


async def asking_for_help(driver: Driver) -> None:
    await driver.press("question_mark")
    await driver.type("mark")


Steps = Callable[[Driver], Awaitable[None]]


@pytest.mark.parametrize(
    ("steps", "size", "theme"),
    [
        (fleet, (80, 24), "dark"),
        (marked, (120, 40), "dark"),
        (fleet, (200, 60), "dark"),
        (edited, (120, 40), "light"),
        (editing, (120, 40), "dark"),
        (refused, (80, 24), "dark"),
        (diff, (120, 40), "dark"),
        (diff, (80, 24), "light"),
        (commit, (120, 40), "dark"),
        (leaving, (80, 24), "dark"),
        (many, (120, 40), "dark"),
        (values, (120, 40), "dark"),
        (asking_for_help, (120, 40), "dark"),
        (columns, (80, 24), "dark"),
        (queries, (80, 24), "light"),
        (typing, (80, 24), "dark"),
        (sides, (120, 40), "light"),
        (conflicts, (80, 24), "dark"),
        (conflicts, (120, 40), "light"),
    ],
    ids=lambda value: value.__name__ if callable(value) else str(value).replace(", ", "x").strip("()"),
)
async def test_screen(small: Work, picture: SnapshotAssertion, steps: Steps, size: tuple[int, int], theme: str) -> None:
    async with driving(small, size, theme) as driver:
        await steps(driver)
        await driver.laid_out()
        assert plain(driver.app.export_screenshot()) == picture


@pytest.mark.parametrize("steps", [edited, sides, many])
async def test_without_colour(
    small: Work, picture: SnapshotAssertion, monkeypatch: pytest.MonkeyPatch, steps: Steps
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with driving(small) as driver:
        await steps(driver)
        await driver.laid_out()
        assert plain(driver.app.export_screenshot()) == picture


async def test_hostile_names(picture: SnapshotAssertion, tmp_path: Path) -> None:
    async with driving(hostile_repo(tmp_path)) as driver:
        await driver.press("down")
        await driver.laid_out()
        assert plain(driver.app.export_screenshot()) == picture
