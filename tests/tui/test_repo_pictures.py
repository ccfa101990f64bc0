"""Pictures of the screens around the repo, looked at once by a person whenever they change."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from rea_xcom_tui.tui.home.open import opener
from tests.tui.driver import Driver, driving
from tests.tui.fleets import hostile_repo
from tests.tui.test_pictures import Picture, plain
from tests.work import Work, values

ETL = "clusters/prod/billing/etl/values.yaml"

ADDRESS = "https://git.example.com/acme/gitops-platform.git"
DATE = "1700000000 +0000"
"""Of commits whose ids a picture shows."""

Steps = Callable[[Driver], Awaitable[None]]


@pytest.fixture
def shared(small: Work) -> Work:
    """The small repo with other branches, and two commits that its remote has not seen."""
    small.git("commit", "-q", "--amend", "--no-edit", "--date", DATE, env={"GIT_COMMITTER_DATE": DATE})
    small.git("remote", "add", "origin", ADDRESS)
    for ref in ("refs/remotes/origin/main", "refs/heads/topic", "refs/heads/release/2026-11"):
        small.git("update-ref", ref, "HEAD")
    small.git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main")
    for field in ("threshold", "compression"):
        env = {"GIT_AUTHOR_DATE": DATE, "GIT_COMMITTER_DATE": DATE}
        small.git("commit", "-q", "--allow-empty", "-m", f"xcom: set {field} on billing-etl", env=env)
    return small


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
async def test_screen(
    shared: Work, picture: SnapshotAssertion, steps: Steps, size: tuple[int, int], theme: str
) -> None:
    async with driving(shared, size, theme) as driver:
        await steps(driver)
        await driver.laid_out()
        assert plain(driver.app.export_screenshot()) == picture


@pytest.mark.parametrize("steps", [problems, named, push], ids=lambda steps: steps.__name__)
async def test_without_colour(
    shared: Work, picture: SnapshotAssertion, monkeypatch: pytest.MonkeyPatch, steps: Steps
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with driving(shared, (80, 24)) as driver:
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


async def test_hostile_names(picture: SnapshotAssertion, tmp_path: Path) -> None:
    async with driving(hostile_repo(tmp_path)) as driver:
        await driver.press("exclamation_mark", "down")
        await driver.laid_out()
        assert plain(driver.app.export_screenshot()) == picture


async def test_the_banner(picture: SnapshotAssertion, small: Work) -> None:
    small.git("checkout", "-q", "-b", "topic")
    for number in range(2):
        small.write(f"notes/{number}.md", "theirs\n")
        small.commit_all()
    small.git("checkout", "-q", "main")
    small.write("notes/0.md", "ours\n")
    small.commit_all()
    small.git("update-ref", "refs/remotes/origin/main", "topic")
    small.git("remote", "add", "origin", ADDRESS)
    small.git("branch", "-q", "--set-upstream-to=origin/main")
    small.git("merge", "-q", "topic", check=False)
    async with driving(opener(small.root, read_only=True), (80, 24)) as driver:
        await driver.laid_out()
        assert plain(driver.app.export_screenshot()) == picture
