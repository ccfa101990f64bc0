"""Pictures of the screens around the repo, looked at once by a person whenever they change."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest
from syrupy.assertion import SnapshotAssertion

from rea_xcom_tui.gitops import RepoState
from rea_xcom_tui.tui.home.open import opener
from tests.tui.driver import Driver, driving
from tests.tui.fakes import FakeRepository, FakeWorkspace, hostile_fleet, small_fleet
from tests.tui.test_pictures import Picture, plain
from tests.work import Work, values

ETL = "clusters/prod/billing/etl/values.yaml"

Steps = Callable[[Driver], Awaitable[None]]


@pytest.fixture
def picture(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    return snapshot.use_extension(Picture)


async def problems(driver: Driver) -> None:
    await driver.press("exclamation_mark", "down", "down", "down")


async def by_deployment(driver: Driver) -> None:
    await driver.press("exclamation_mark", "g", "s", "down", "down")


async def split(driver: Driver) -> None:
    await driver.go_to("billing-etl", "threshold")
    await driver.edit("2048")
    await driver.press("right")
    await driver.edit("gzip")
    await driver.press("c", "s", "o")


async def named(driver: Driver) -> None:
    await driver.go_to("billing-etl", "threshold")
    await driver.edit("2048")
    await driver.press("c", "n")


async def branches(driver: Driver) -> None:
    await driver.press("B")


async def push(driver: Driver) -> None:
    await driver.press("P")


@pytest.mark.parametrize(
    ("steps", "size", "theme"),
    [
        (problems, (120, 40), "dark"),
        (problems, (80, 24), "light"),
        (by_deployment, (80, 24), "dark"),
        (split, (80, 24), "dark"),
        (named, (120, 40), "light"),
        (branches, (80, 24), "dark"),
        (push, (120, 40), "dark"),
        (push, (80, 24), "light"),
    ],
    ids=lambda value: value.__name__ if callable(value) else str(value).replace(", ", "x").strip("()"),
)
async def test_screen(picture: SnapshotAssertion, steps: Steps, size: tuple[int, int], theme: str) -> None:
    async with driving(lambda: FakeWorkspace(small_fleet()), size, theme) as driver:
        await steps(driver)
        await driver.laid_out()
        assert plain(driver.app.export_screenshot()) == picture


@pytest.mark.parametrize("steps", [problems, named, push], ids=lambda steps: steps.__name__)
async def test_without_colour(picture: SnapshotAssertion, monkeypatch: pytest.MonkeyPatch, steps: Steps) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with driving(lambda: FakeWorkspace(small_fleet()), (80, 24)) as driver:
        await steps(driver)
        await driver.laid_out()
        assert plain(driver.app.export_screenshot()) == picture


async def sides(driver: Driver) -> None:
    await driver.press("V", "o")


async def differences(driver: Driver) -> None:
    await driver.press("V", "o")
    await driver.type("v1")
    await driver.press("enter", "down")


@pytest.mark.parametrize(
    ("steps", "size", "theme"),
    [
        (sides, (80, 24), "dark"),
        (differences, (120, 40), "dark"),
        (differences, (80, 24), "light"),
    ],
    ids=lambda value: value.__name__ if callable(value) else str(value).replace(", ", "x").strip("()"),
)
async def test_two_revisions(
    picture: SnapshotAssertion, fleet_repo: Work, steps: Steps, size: tuple[int, int], theme: str
) -> None:
    fleet_repo.git("tag", "v1")
    fleet_repo.write(ETL, values("billing-etl", path="s3://aws_xcom@other-xcom/etl", threshold="4096"))
    fleet_repo.write("clusters/dev/new/values.yaml", values("new"))
    fleet_repo.commit_all()
    async with driving(opener(fleet_repo.root, read_only=False), size, theme) as driver:
        await steps(driver)
        await driver.laid_out()
        assert plain(driver.app.export_screenshot()) == picture


async def test_hostile_names(picture: SnapshotAssertion) -> None:
    async with driving(lambda: FakeWorkspace(hostile_fleet())) as driver:
        await driver.press("exclamation_mark", "down")
        await driver.laid_out()
        assert plain(driver.app.export_screenshot()) == picture


async def test_the_banner(picture: SnapshotAssertion, monkeypatch: pytest.MonkeyPatch) -> None:
    def merging(self: FakeRepository) -> RepoState:
        return replace(self.here, branch=None, operation="merge", upstream="origin/main", ahead=1, behind=2)

    monkeypatch.setattr(FakeRepository, "state", merging)
    async with driving(lambda: FakeWorkspace(small_fleet(), read_only="you asked for it"), (80, 24)) as driver:
        await driver.laid_out()
        assert plain(driver.app.export_screenshot()) == picture
