"""Push, branches, history, banner and log by keys, on real repos."""

from __future__ import annotations

from pathlib import Path

import pytest

from rea_xcom_tui.tui.home.open import opener
from rea_xcom_tui.tui.kit.line_list import LineList
from tests.tui.driver import Driver, driving
from tests.work import Work

ETL = "clusters/prod/billing/etl/values.yaml"


@pytest.fixture
def server(fleet_repo: Work, tmp_path: Path) -> Work:
    """The server of `fleet_repo`, which has its main branch."""
    fleet_repo.git("init", "-q", "--bare", str(tmp_path / "server.git"))
    fleet_repo.git("remote", "add", "origin", str(tmp_path / "server.git"))
    fleet_repo.git("push", "-q", "-u", "origin", "main")
    fleet_repo.git("remote", "set-head", "origin", "main")
    return Work(tmp_path / "server.git")


def server_hook(server: Work, name: str, script: str) -> None:
    path = server.root / "hooks" / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


async def commit_one(driver: Driver, *last: str) -> None:
    """Edit a threshold and commit it to the branch that is proposed."""
    driver.home.edits.edit([ETL], "threshold", "always")
    await driver.settle()
    await driver.press("c", *(last or ("enter",)))


async def test_commit_and_push_shows_first_and_asks_again(fleet_repo: Work, server: Work) -> None:
    page = "https://git.example.com/acme/gitops/pull/new/x"
    server_hook(server, "post-receive", f"echo 'Create a pull request: {page}' >&2")
    async with driving(opener(fleet_repo.root, read_only=False)) as driver:
        await commit_one(driver, "p")
        assert "Nothing has been sent yet" in driver.seen
        assert "a new branch there" in driver.seen
        assert "a pull request to main" in driver.seen
        assert "1048576 (1 MiB) → 0 (always)" in driver.seen
        assert server.git("branch", "--list", "rea/*") == ""
        await driver.press("enter")
        assert "is a new branch on origin" in driver.seen
        assert page in driver.seen
        await driver.press("y")
        assert driver.app.clipboard == page
        await driver.press("m")
        assert f"| {ETL} | threshold | 1048576 (1 MiB) | 0" in driver.app.clipboard
        await driver.press("escape")
        assert driver.app.screen is driver.home
    assert server.git("rev-parse", fleet_repo.git("branch", "--show-current").strip()).strip() == fleet_repo.head()


async def test_leaving_the_push_sends_nothing(fleet_repo: Work, server: Work) -> None:
    async with driving(opener(fleet_repo.root, read_only=False)) as driver:
        await commit_one(driver)
        await driver.press("P", "escape")
        assert driver.app.screen is driver.home
    assert server.git("branch", "--list", "rea/*") == ""


async def test_the_servers_refusal_is_shown_in_its_words(fleet_repo: Work, server: Work) -> None:
    server_hook(server, "pre-receive", "echo 'policy: \\033[31mno' >&2; exit 1")
    async with driving(opener(fleet_repo.root, read_only=False)) as driver:
        await commit_one(driver)
        await driver.press("P", "enter")
        assert "refused the branch" in driver.dialog
        assert "policy: " in driver.dialog
        assert "\x1b" not in driver.dialog
        await driver.press("escape")
        assert "pre-receive hook declined" in driver.seen


async def test_a_push_that_hangs_can_be_cancelled(fleet_repo: Work, server: Work, tmp_path: Path) -> None:
    started = tmp_path / "started"
    server_hook(server, "pre-receive", f"touch {started}; exec tail -f /dev/null")
    async with driving(opener(fleet_repo.root, read_only=False)) as driver:
        await commit_one(driver)
        await driver.press("P")
        await driver.pilot.press("enter")
        while not started.exists():
            await driver.pilot.pause(0.01)
        assert "Esc cancels" in driver.seen
        await driver.press("escape")
        assert "The push was cancelled" in driver.seen
        await driver.press("escape")
        assert driver.app.screen is driver.home
    assert server.git("branch", "--list", "rea/*") == ""


async def test_a_server_that_is_ahead_is_told_before_and_refuses(fleet_repo: Work, server: Work) -> None:
    fleet_repo.write("README.md", "theirs\n")
    fleet_repo.commit_all()
    fleet_repo.git("push", "-q")
    fleet_repo.git("reset", "-q", "--hard", "HEAD~1")
    theirs = server.git("rev-parse", "main")
    async with driving(opener(fleet_repo.root, read_only=False)) as driver:
        assert "↓1" in driver.header
        assert "1 commit behind origin/main: git pull, then R." in driver.seen
        await commit_one(driver, "b", "enter")
        assert "Diverged from origin/main" in driver.seen
        await driver.press("P")
        assert "1 ahead, 1 behind" in driver.seen
        await driver.press("enter")
        assert "has commits on main that are not here" in driver.dialog
    assert server.git("rev-parse", "main") == theirs


async def test_no_remote_is_a_sentence(fleet_repo: Work) -> None:
    async with driving(opener(fleet_repo.root, read_only=False)) as driver:
        await driver.press("P")
        assert "this repo has no remote; add one with git remote add" in driver.dialog
        await driver.press("escape")
        assert driver.app.screen is driver.home


async def test_switching_branches_and_back(fleet_repo: Work) -> None:
    fleet_repo.git("switch", "-q", "-c", "topic")
    fleet_repo.write(ETL, fleet_repo.read(ETL).replace(b"1048576", b"4096"))
    fleet_repo.commit_all()
    fleet_repo.git("switch", "-q", "main")
    async with driving(opener(fleet_repo.root, read_only=False)) as driver:
        await driver.press("B")
        assert "topic" in driver.seen
        await driver.press("enter")
        assert "On topic now." in driver.status
        assert "⎇ topic" in driver.header
        assert driver.cell("billing-etl", "threshold").endswith("4096")
        driver.home.edits.edit([ETL], "threshold", "always")
        await driver.settle()
        await driver.press("B", "enter")
        assert "are based on the values of this branch" in driver.dialog
        await driver.press("escape", "u", "B", "enter")
        assert "⎇ main" in driver.header
    assert fleet_repo.git("branch", "--show-current").strip() == "main"
    assert fleet_repo.status() == []


async def test_a_dirty_file_refuses_the_switch(fleet_repo: Work) -> None:
    fleet_repo.git("branch", "topic")
    fleet_repo.write("README.md", "mine\n")
    async with driving(opener(fleet_repo.root, read_only=False)) as driver:
        await driver.press("B", "enter")
        assert "README.md has changes that are not committed" in driver.dialog
    assert fleet_repo.git("branch", "--show-current").strip() == "main"


async def test_history_tells_who_and_puts_an_old_value_back(fleet_repo: Work) -> None:
    fleet_repo.write(ETL, fleet_repo.read(ETL).replace(b"1048576", b"4096"))
    fleet_repo.write("README.md", "more\n")
    fleet_repo.git("-c", "user.name=Tom", "commit", "-qam", "Smaller threshold")
    async with driving(opener(fleet_repo.root, read_only=False)) as driver:
        await driver.go_to("billing-etl", "threshold")
        await driver.press("H")
        assert "2 changes of threshold" in driver.seen
        assert "Tom" in driver.seen
        assert "1048576 (1 MiB) → 4096 (4 KiB)" in driver.seen
        assert "Smaller threshold" in driver.seen
        assert "README.md" not in driver.seen
        await driver.press("enter")
        assert "README.md" in driver.seen
        await driver.press("f")
        assert "all fields" in driver.seen
        await driver.press("f", "x")
        assert "threshold 4096 (4 KiB) → 1048576 (1 MiB): pending" in driver.seen
        await driver.press("down", "x")
        assert "the deployment itself came with this commit" in driver.dialog
        await driver.press("escape", "escape")
        assert driver.cell("billing-etl", "threshold") == "edited 1048576"
        await driver.press("u")
        assert not len(driver.home.pending)


async def test_a_whole_commit_is_taken_back_from_the_history(fleet_repo: Work) -> None:
    crm = "clusters/dev/crm/sync/values.yaml"
    for file in (ETL, crm):
        fleet_repo.write(file, fleet_repo.read(file).replace(b"zip", b"gzip"))
    fleet_repo.commit_all("gzip for two")
    fleet_repo.write(crm, fleet_repo.read(crm).replace(b"gzip", b"bz2"))
    fleet_repo.commit_all("bz2 for one")
    async with driving(opener(fleet_repo.root, read_only=False), size=(180, 40)) as driver:
        await driver.go_to("billing-etl", "compression")
        await driver.press("H", "X")
        assert "~ compression gzip → zip: pending" in driver.seen
        assert f"! {crm}: it has been changed again since: it is bz2 now, not gzip" in driver.seen
        await driver.press("escape")
        assert driver.cell("billing-etl", "compression") == "edited zip"
        assert len(driver.home.pending) == 1


async def test_the_column_of_last_changes(fleet_repo: Work) -> None:
    fleet_repo.write(ETL, fleet_repo.read(ETL).replace(b"1048576", b"4096"))
    dates = {"GIT_AUTHOR_DATE": "2026-03-04T12:00:00Z"}
    fleet_repo.git("-c", "user.name=Tom [x]", "commit", "-qam", "Smaller", env=dates)
    async with driving(opener(fleet_repo.root, read_only=False)) as driver:
        await driver.press("L")
        assert "changed" in driver.columns
        assert driver.cell("billing-etl", "changed") == "2026-03-04 Tom [x]"
        assert "LAST CHANGE" in driver.seen
        await driver.press("L")
        assert "changed" not in driver.columns


async def test_the_log_has_commands_and_writes_without_secrets(fleet_repo: Work) -> None:
    fleet_repo.git("remote", "add", "origin", "https://bob:hunter2@git.invalid/x.git")
    async with driving(opener(fleet_repo.root, read_only=False)) as driver:
        await commit_one(driver)
        await driver.press("at")
        listed = driver.app.screen.query_one("#list", LineList).text
        assert "git status --porcelain=v2" in listed
        assert "committed" in listed
        await driver.press("w")
        listed = driver.app.screen.query_one("#list", LineList).text
        assert "git status" not in listed
        assert "git commit -F -" in listed
        assert "hunter2" not in driver.seen
        await driver.press("escape")
        assert driver.app.screen is driver.home


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        ("detached", "HEAD is detached: a commit makes a new branch here"),
        ("merging", "A merge is in progress in this repo: finish it with git commit"),
        ("unborn", "This branch has no commit yet"),
    ],
)
async def test_the_banner_says_what_is_out_of_the_ordinary(fleet_repo: Work, state: str, sentence: str) -> None:
    if state == "detached":
        fleet_repo.git("switch", "-q", "--detach")
    elif state == "merging":
        fleet_repo.write(".git/MERGE_HEAD", fleet_repo.head())
    else:
        fleet_repo.git("switch", "-q", "--orphan", "empty")
    async with driving(opener(fleet_repo.root, read_only=False)) as driver:
        assert sentence in " ".join(driver.seen.split())


async def test_a_detached_head_commits_to_a_new_branch(fleet_repo: Work) -> None:
    fleet_repo.git("switch", "-q", "--detach")
    async with driving(opener(fleet_repo.root, read_only=False)) as driver:
        await commit_one(driver)
        assert "Committed" in driver.status
        assert "detached" not in driver.seen
    assert fleet_repo.git("branch", "--show-current").strip().startswith("rea/xcom-")


async def test_read_only_neither_pushes_nor_switches(fleet_repo: Work, server: Work) -> None:
    fleet_repo.git("branch", "topic")
    async with driving(opener(fleet_repo.root, read_only=True)) as driver:
        assert "Nothing can be edited or written" in driver.seen
        for key in ("P", "B"):
            await driver.press(key)
            assert driver.app.screen is driver.home
            assert "Read-only" in driver.status
