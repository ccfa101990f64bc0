"""By keys alone, on real repos: what a user sees, what stands in the files, and what git has."""

from __future__ import annotations

import pytest

from rea_xcom_tui.tui.home.open import opener
from tests.tui.driver import Driver, driving
from tests.work import Work, values

FILE = "clusters/prod/billing/etl/values.yaml"


async def set_threshold(driver: Driver, name: str, text: str) -> None:
    """Filter to one deployment and edit its threshold, by keys."""
    await driver.press("slash")
    await driver.type(name.rpartition("-")[2])
    await driver.press("enter")
    assert driver.names == [name]
    await driver.press(*["right"] * driver.columns.index("threshold"))
    await driver.edit(text)


async def test_filter_edit_diff_commit_is_one_line_in_git(fleet_repo: Work) -> None:
    before = fleet_repo.head()
    async with driving(opener(fleet_repo.root, read_only=False)) as driver:
        await set_threshold(driver, "billing-etl", "2 MiB")
        assert driver.cell("billing-etl", "threshold") == "edited 2097152"
        await driver.press("d")
        assert '-    value: "1048576"' in driver.seen
        assert '+    value: "2097152"' in driver.seen
        assert "+1 -1 lines" in driver.seen
        assert "pods restart" in driver.seen
        await driver.press("c")
        assert "xcom: set threshold to 2097152 on billing-etl" in driver.seen
        await driver.press("enter")
        assert "Committed" in driver.status
    assert fleet_repo.head() != before
    assert fleet_repo.changed_lines() == ['-    value: "1048576"', '+    value: "2097152"']
    assert fleet_repo.status() == []


async def test_undo_leaves_everything_as_it_was(fleet_repo: Work) -> None:
    before = fleet_repo.head()
    async with driving(opener(fleet_repo.root, read_only=False)) as driver:
        await set_threshold(driver, "billing-etl", "always")
        assert driver.cell("billing-etl", "threshold") == "edited 0"
        await driver.press("u")
        assert driver.cell("billing-etl", "threshold") == "1048576"
        await driver.press("w")
        assert "Nothing is pending" in driver.status
        await driver.press("q")
    assert fleet_repo.head() == before
    assert fleet_repo.status() == []


async def test_the_quit_guard_asks_only_when_something_would_be_lost(fleet_repo: Work) -> None:
    async with driving(opener(fleet_repo.root, read_only=False)) as driver:
        await set_threshold(driver, "billing-etl", "never")
        await driver.press("q")
        assert "Quit now and lose 1 edit in 1 deployment?" in driver.dialog
        await driver.press("enter")
        assert driver.app.screen is driver.home
        assert len(driver.home.pending) == 1
        await driver.press("q", "w")
    assert b'value: "-1"' in fleet_repo.read(FILE)
    async with driving(opener(fleet_repo.root, read_only=False)) as driver:
        await driver.press("q")
        app = driver.app
    assert app.return_value == 0


@pytest.mark.parametrize(
    ("text", "reason"), [("lots", "is not a size"), ("1.5", "whole number"), ("-5 MiB", "A negative threshold")]
)
async def test_a_refused_value_never_becomes_pending(fleet_repo: Work, text: str, reason: str) -> None:
    async with driving(opener(fleet_repo.root, read_only=False)) as driver:
        await set_threshold(driver, "billing-etl", text)
        assert reason in driver.seen
        assert not len(driver.home.pending)
        await driver.press("escape")
        assert reason not in driver.seen


async def test_a_hook_that_refuses_is_quoted_and_nothing_is_committed(fleet_repo: Work) -> None:
    fleet_repo.hook("pre-commit", "echo the policy says no; exit 1")
    before = fleet_repo.head()
    async with driving(opener(fleet_repo.root, read_only=False)) as driver:
        await set_threshold(driver, "billing-etl", "2 MiB")
        await driver.press("c", "enter")
        assert "hook pre-commit" in driver.dialog
        await driver.press("o")
        assert "Could not commit" in driver.dialog
        assert "the policy says no" in driver.dialog
        await driver.press("escape", "escape")
        assert len(driver.home.pending) == 1
        assert driver.cell("billing-etl", "threshold") == "edited 2097152"
    assert fleet_repo.head() == before
    assert fleet_repo.status() == []


async def test_a_repo_whose_programs_are_not_trusted_is_not_committed_to(fleet_repo: Work) -> None:
    fleet_repo.hook("pre-commit", "touch ran; exit 0")
    before = fleet_repo.head()
    async with driving(opener(fleet_repo.root, read_only=False)) as driver:
        await set_threshold(driver, "billing-etl", "2 MiB")
        await driver.press("c", "enter", "enter", "escape")
        assert len(driver.home.pending) == 1
    assert fleet_repo.head() == before
    assert fleet_repo.status() == []


async def test_a_write_is_taken_back_when_nothing_is_pending_any_more(fleet_repo: Work) -> None:
    before = fleet_repo.read(FILE)
    async with driving(opener(fleet_repo.root, read_only=False)) as driver:
        await set_threshold(driver, "billing-etl", "2 MiB")
        await driver.press("w", "enter")
        assert fleet_repo.read(FILE) != before
        await driver.press("u", "t")
        assert fleet_repo.read(FILE) == before
        assert driver.cell("billing-etl", "threshold") == "1048576"


async def test_what_was_staged_stays_staged(fleet_repo: Work) -> None:
    fleet_repo.write("README.md", "mine\n")
    fleet_repo.git("add", "README.md")
    async with driving(opener(fleet_repo.root, read_only=False)) as driver:
        await set_threshold(driver, "billing-etl", "2 MiB")
        await driver.press("c", "enter")
        assert "Committed" in driver.status
    assert fleet_repo.committed_files() == [FILE]
    assert fleet_repo.status() == ["M  README.md"]


async def test_bulk_edit_of_marked_deployments_is_previewed_and_undone_as_one(fleet_repo: Work) -> None:
    async with driving(opener(fleet_repo.root, read_only=False)) as driver:
        await driver.press("a", *["right"] * driver.columns.index("threshold"), "g", "e")
        await driver.replace("2 MiB")
        assert f"{len(driver.names)} change" in driver.seen
        await driver.press("enter")
        assert {driver.cell(name, "threshold") for name in driver.names} == {"edited 2097152"}
        await driver.press("u")
        assert not len(driver.home.pending)


async def test_the_command_line_sets_and_does(fleet_repo: Work) -> None:
    async with driving(opener(fleet_repo.root, read_only=False)) as driver:
        await driver.press("colon")
        await driver.type("set threshold=0 where name:billing-etl")
        await driver.press("enter")
        assert driver.cell("billing-etl", "threshold") == "edited 0"
        await driver.press("colon")
        await driver.type("changes.diff")
        await driver.press("enter")
        assert "Pending changes" in driver.seen
        await driver.press("escape", "colon")
        await driver.type("set colour=red")
        await driver.press("enter")
        assert "there is no field colour" in driver.status


async def test_no_repo_ends_with_a_sentence_and_exit_code_2(fleet_repo: Work) -> None:
    outside = fleet_repo.root.parent / "outside"
    outside.mkdir()
    async with driving(opener(outside, read_only=False)) as driver:
        app = driver.app
    assert app.return_code == 2
    assert app.failure is not None
    assert "outside" in app.failure


async def test_a_file_that_breaks_while_the_app_is_open_becomes_a_row_with_its_reason(fleet_repo: Work) -> None:
    async with driving(opener(fleet_repo.root, read_only=False)) as driver:
        fleet_repo.write(FILE, values("billing-etl") + "\nbroken: [\n")
        await driver.press("R")
        assert FILE in driver.names
        assert "1 unreadable" in driver.header
