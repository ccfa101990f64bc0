"""Several repos as one fleet, by keys: one table, one preview, and a commit for each repo."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from rea_xcom_tui.fleet.workspace import Workspace
from rea_xcom_tui.tui.home.open import opener
from tests.tui.driver import Driver, driving
from tests.work import Work, make_work, values

REPOS = ("platform", "data", "ml")


@pytest.fixture
def repos(tmp_path: Path) -> Mapping[str, Work]:
    """Three repos, each with two deployments in prod and in staging."""
    return {
        name: make_work(
            tmp_path / name,
            {
                f"clusters/{env}/{name}-{part}/values.yaml": values(
                    f"{name}-{part}", path=f"s3://aws_xcom@{name}-{env}-xcom/{part}", compression=None
                )
                for env in ("prod", "staging")
                for part in ("etl", "sync")
            },
        )
        for name in REPOS
    }


def opened(repos: Mapping[str, Work]) -> Callable[[], Workspace]:
    return opener(*(work.root for work in repos.values()), read_only=False)


def thresholds(repos: Mapping[str, Work], env: str = "prod") -> list[str]:
    texts = [work.read(f"clusters/{env}/{name}-etl/values.yaml").decode() for name, work in repos.items()]
    return [text.split("THRESHOLD\n    value: ")[1].split("\n")[0].strip('"') for text in texts]


async def query(driver: Driver, text: str) -> None:
    await driver.press("/")
    await driver.type(text)
    await driver.press("enter")


async def test_one_table_over_all_tells_repo_and_branch_of_the_row_under_the_cursor(repos: Mapping[str, Work]) -> None:
    repos["ml"].git("checkout", "-q", "-b", "topic")
    async with driving(opened(repos)) as driver:
        assert "3 repos · data" in driver.header
        assert "main" in driver.header
        assert len(driver.names) == 12
        await query(driver, "repo:ml")
        assert driver.names == ["ml-etl", "ml-sync"] * 2
        assert "3 repos · ml" in driver.header
        assert "topic" in driver.header
        await driver.press("b")
        assert "▾ ml" in driver.seen
        await driver.press("enter")
        assert "clusters/prod/ml-etl/values.yaml" in driver.seen
        await driver.press("escape", "H")
        assert "by hand" in driver.seen or "start" in driver.seen or "first" in driver.seen


async def test_a_bulk_edit_is_one_preview_one_undo_and_a_commit_in_each_repo(repos: Mapping[str, Work]) -> None:
    before = {name: work.head() for name, work in repos.items()}
    async with driving(opened(repos)) as driver:
        driver.home.edits.edit([f"{name}:clusters/prod/{name}-etl/values.yaml" for name in REPOS], "threshold", "0")
        await driver.settle()
        assert "3 edited" in driver.header
        await driver.press("u")
        assert "edited" not in driver.header
        await driver.press("U")
        await driver.press("d")
        assert all(f"{name}-etl" in driver.seen for name in REPOS)
        await driver.press("escape", "w", "enter")
        assert thresholds(repos) == ["0", "0", "0"]
        await driver.press("u")
        assert "'threshold of 3 deployments in 3 repos' of" in driver.seen, driver.seen
        await driver.press("t")
        assert thresholds(repos) == ["1048576"] * 3
        driver.home.edits.edit(
            [f"{name}:clusters/prod/{name}-etl/values.yaml" for name in ("data", "ml")], "threshold", "5"
        )
        await driver.settle()
        await driver.press("c", "enter")
        assert "Committed: 2 repos, branch rea/xcom-" in driver.status, driver.seen
    assert thresholds(repos) == ["1048576", "5", "5"]
    assert repos["platform"].head() == before["platform"]
    for name in ("data", "ml"):
        assert repos[name].git("rev-parse", "HEAD~").strip() == before[name]
        assert repos[name].committed_files() == [f"clusters/prod/{name}-etl/values.yaml"]
        assert repos[name].git("log", "-1", "--format=%s").strip() == f"xcom: set threshold to 5 on {name}-etl (prod)"
        assert repos[name].status() == []


async def test_a_commit_over_repos_is_reversed_in_each_of_them(repos: Mapping[str, Work]) -> None:
    async with driving(opened(repos)) as driver:
        driver.home.edits.edit([f"{name}:clusters/prod/{name}-etl/values.yaml" for name in REPOS], "threshold", "0")
        await driver.settle()
        await driver.press("c", "b", "enter")
    async with driving(opener(*(work.root for work in repos.values()), read_only=True)) as driver:
        await driver.press("u")
        assert driver.status.startswith("Read-only: "), driver.status
    async with driving(opened(repos)) as driver:
        await driver.press("u")
        assert "'threshold of 3 deployments in 3 repos' of" in driver.seen, driver.seen
        await driver.press("t")
        assert "3 edited" in driver.header, driver.seen
        await driver.press("w", "enter", "c", "b", "enter")
    assert thresholds(repos) == ["1048576"] * 3
    for work in repos.values():
        subject, before = work.git("log", "-2", "--format=%s%n%H").split("\n")[0::3]
        assert subject.startswith(f"xcom: take back {before[:10]}, "), subject


async def test_one_key_pushes_what_each_repo_has_to_push(repos: Mapping[str, Work], tmp_path: Path) -> None:
    servers = {name: Work(tmp_path / f"{name}.git") for name in REPOS}
    for name, work in repos.items():
        work.git("init", "-q", "--bare", str(servers[name].root))
        work.git("remote", "add", "origin", str(servers[name].root))
        work.git("push", "-q", "-u", "origin", "main")
    hook = servers["ml"].root / "hooks/pre-receive"
    hook.write_text("#!/bin/sh\necho 'policy: no' >&2; exit 1\n")
    hook.chmod(0o755)

    def there() -> list[bool]:
        return [servers[name].git("branch", "--list", "xcom/*", "rea/*") != "" for name in REPOS]

    async with driving(opened(repos), size=(130, 30)) as driver:
        driver.home.edits.edit(
            [f"{name}:clusters/prod/{name}-etl/values.yaml" for name in ("data", "ml")], "threshold", "5"
        )
        await driver.settle()
        await driver.press("c", "enter", "P")
        assert "2 of 3 repos" in driver.seen
        assert "Enter pushes 2 repos, never by force" in driver.seen
        assert "platform         main → origin  nothing to push" in driver.seen
        assert "threshold  1048576 (1 MiB) → 5" in driver.seen
        await driver.press("enter")
        assert "refused the branch" in driver.dialog
        assert "(pushed before that, and there: data)" in driver.dialog
        assert there() == [False, True, False]
        await driver.press("escape")
        assert "1 pushed · 1 to push" in driver.seen
        hook.unlink()
        await driver.press("down", "space", "enter")
        assert "[ ] ml" in driver.seen
        assert there() == [False, True, False]
        await driver.press("space", "enter", "m")
        assert "### ml" in driver.app.clipboard
        await driver.press("escape")
        assert "Pushed 2 repos" in driver.status
    assert there() == [False, True, True]


async def test_drift_counts_all_repos_as_one_fleet(repos: Mapping[str, Work]) -> None:
    repos["ml"].write(
        "clusters/prod/ml-etl/values.yaml", values("ml-etl", path="s3://aws_xcom@ml-prod-xcom/etl", compression="gzip")
    )
    async with driving(opened(repos)) as driver:
        await driver.press("=")
        assert "compression" in driver.seen
        assert "ml-etl" in driver.seen
