"""The commit screen by keys, on real repos: branches, hooks, trust, parts."""

from __future__ import annotations

from pathlib import Path

from textual.containers import VerticalScroll
from textual.widgets import Button

from rea_xcom_tui.tui.home.open import opener
from tests.tui.driver import Driver, driving
from tests.work import Work

ETL = "clusters/prod/billing/etl/values.yaml"
CRM = "clusters/dev/crm/sync/values.yaml"


async def two_edits(driver: Driver) -> None:
    """Edit two fields of two deployments and go to the commit."""
    driver.home.edits.edit([ETL], "threshold", "2 MiB")
    driver.home.edits.edit([CRM], "compression", "gzip")
    await driver.settle()
    await driver.press("c")


def branch(work: Work) -> str:
    return work.git("branch", "--show-current").strip()


def subjects(work: Work) -> list[str]:
    return work.git("log", "--format=%s", "--reverse").splitlines()[1:]


async def test_a_protected_branch_preselects_a_new_one(fleet_repo: Work) -> None:
    before = fleet_repo.head()
    async with driving(opener(fleet_repo.root, read_only=False)) as driver:
        await two_edits(driver)
        assert "( ) main protected   (•) new:" in driver.seen
        assert "2 files, 2 edits" in driver.seen
        await driver.press("enter")
        assert "Committed" in driver.status
        assert "rea/xcom-" in driver.header
    assert branch(fleet_repo).startswith("rea/xcom-")
    assert fleet_repo.git("rev-parse", "main").strip() == before
    assert fleet_repo.committed_files() == [CRM, ETL]


async def test_the_commit_can_stay_on_the_branch_with_another_message_signed_off(fleet_repo: Work) -> None:
    async with driving(opener(fleet_repo.root, read_only=False)) as driver:
        await two_edits(driver)
        await driver.press("b", "o", "e", "ctrl+home")
        await driver.type("Ours: ")
        assert "Esc leaves the message" in driver.seen
        assert ("Esc leave the text" in driver.seen, "Esc back" in driver.seen) == (True, False)
        await driver.press("escape")
        assert "Esc back" in driver.seen
        assert "Esc leaves the message" not in driver.seen, "it has been left"
        await driver.press("enter")
        assert "Committed" in driver.status
    assert branch(fleet_repo) == "main"
    assert subjects(fleet_repo) == ["Ours: xcom: change threshold, compression on 2 dev and prod deployments"]
    assert "Signed-off-by: Ann <ann@example.com>" in fleet_repo.git("log", "-1", "--format=%b")


async def test_the_new_branch_can_be_named_and_a_bad_name_loses_nothing(fleet_repo: Work) -> None:
    fleet_repo.git("branch", "taken")
    before = fleet_repo.head()
    async with driving(opener(fleet_repo.root, read_only=False)) as driver:
        await two_edits(driver)
        await driver.press("n")
        await driver.replace("taken")
        await driver.press("enter", "enter")
        assert "There is already a branch taken" in driver.dialog
        assert (fleet_repo.head(), fleet_repo.status()) == (before, [])
        await driver.press("escape", "n")
        await driver.replace("team/topic")
        await driver.press("enter", "enter")
        assert "Committed" in driver.status
    assert branch(fleet_repo) == "team/topic"


async def test_a_branch_that_the_configuration_protects_needs_a_new_one(fleet_repo: Work) -> None:
    fleet_repo.write(".rea-xcom-tui.toml", '[repo]\nprotected_branches = ["main"]\n')
    fleet_repo.commit_all()
    async with driving(opener(fleet_repo.root, read_only=False)) as driver:
        await two_edits(driver)
        await driver.press("b")
        assert "main is protected by this repo's configuration" in driver.seen
        assert "(•) new:" in driver.seen
        await driver.press("enter")
    assert branch(fleet_repo).startswith("rea/xcom-")


async def test_what_a_git_folder_would_run_is_asked_for_first(fleet_repo: Work, tmp_path: Path) -> None:
    marker = tmp_path / "ran"
    fleet_repo.hook("pre-commit", f"touch {marker}")
    async with driving(opener(fleet_repo.root, read_only=False)) as driver:
        assert "Viewing only" in driver.seen
        await two_edits(driver)
        await driver.press("enter")
        assert "Let this repo's own programs run for the commit?" in driver.dialog
        assert "hook pre-commit" in driver.dialog
        await driver.press("enter")
        assert not marker.exists()
        assert subjects(fleet_repo) == []
        await driver.press("enter", "a")
        assert "Committed" in driver.status
        assert "Viewing only" not in driver.seen
    assert marker.exists()
    async with driving(opener(fleet_repo.root, read_only=False)) as driver:
        assert "Viewing only" not in driver.seen


async def test_hooks_are_heard_and_a_refusal_is_told_in_their_words_with_nothing_lost(fleet_repo: Work) -> None:
    fleet_repo.hook("pre-commit", "echo looking at it >&2; echo the policy says no >&2; exit 1")
    before = (fleet_repo.head(), fleet_repo.status(), fleet_repo.git("branch"))
    async with driving(opener(fleet_repo.root, read_only=False)) as driver:
        await two_edits(driver)
        await driver.press("e", "ctrl+home")
        assert "Enter commit  " not in driver.seen
        await driver.type("Mine: ")
        await driver.press("escape", "enter", "o")
        assert "the policy says no" in driver.dialog
        await driver.press("escape")
        assert "looking at it" in driver.seen
        assert "Mine: xcom:" in driver.seen
        assert "Signed" not in driver.header
        assert (fleet_repo.head(), fleet_repo.status(), fleet_repo.git("branch")) == before
        fleet_repo.hook("pre-commit", "exit 0")
        await driver.press("enter")
        assert "Let this repo's own programs run for the commit?" in driver.dialog  # this hook is another one
        await driver.press("o")
        assert "Committed" in driver.status
    assert fleet_repo.committed_files() == [CRM, ETL]


async def test_a_hook_that_comes_while_the_repo_is_open_is_asked_for(fleet_repo: Work, tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    async with driving(opener(fleet_repo.root, read_only=False)) as driver:
        await two_edits(driver)
        fleet_repo.hook("pre-commit", f"touch {first}")
        await driver.press("enter")
        assert "hook pre-commit" in driver.dialog
        fleet_repo.hook("commit-msg", f"touch {second}")  # after the list was shown
        await driver.press("a")
        assert "hook commit-msg" in driver.dialog
        assert "hook pre-commit" not in driver.dialog
        assert not first.exists()
        assert not second.exists()
        assert fleet_repo.status() == []
        await driver.press("o")
        assert "Committed" in driver.status
    assert first.exists()
    assert second.exists()
    assert fleet_repo.committed_files() == [CRM, ETL]


async def test_a_hook_that_does_not_end_can_be_ended(fleet_repo: Work, tmp_path: Path) -> None:
    started = tmp_path / "started"
    fleet_repo.hook("pre-commit", f"touch {started}; exec tail -f /dev/null")
    before = (fleet_repo.head(), fleet_repo.status())
    async with driving(opener(fleet_repo.root, read_only=False)) as driver:
        await two_edits(driver)
        await driver.pilot.press("enter")
        await driver.settle()
        await driver.pilot.press("o")
        while not started.exists():
            await driver.pilot.pause(0.01)
        await driver.press("escape")
        assert "The commit was cancelled" in driver.dialog
        await driver.press("escape", "escape")
        assert len(driver.home.pending) == 2
    assert (fleet_repo.head(), fleet_repo.status()) == before


async def test_split_by_field_by_environment_and_by_cause(fleet_repo: Work) -> None:
    async with driving(opener(fleet_repo.root, read_only=False)) as driver:
        await two_edits(driver)
        await driver.press("s")
        assert "in 2 commits by field" in driver.seen
        await driver.press("s")
        assert "in 2 commits by env" in driver.seen
        assert "env prod" in driver.seen
        await driver.press("s", "s")
        assert "in 2 commits by cause" in driver.seen
        assert "cause compression zip → gzip" in driver.seen
        await driver.press("s")
        assert "commits by" not in driver.seen
        await driver.press("s", "enter")
        assert "2 commits" in driver.status
    assert subjects(fleet_repo) == [
        "xcom: set threshold to 2097152 on billing-etl (prod)",
        "xcom: set compression to gzip on crm-sync (dev)",
    ]
    assert branch(fleet_repo).startswith("rea/xcom-")


async def test_a_part_that_is_refused_is_told_with_what_was_made_and_stays_pending(fleet_repo: Work) -> None:
    fleet_repo.hook("commit-msg", 'grep -q threshold "$1" || { echo no compression today >&2; exit 1; }')
    async with driving(opener(fleet_repo.root, read_only=False)) as driver:
        await two_edits(driver)
        await driver.press("s", "enter", "o")
        assert "1 of 2 commits made. Still pending: compression." in driver.dialog
        assert "no compression today" in driver.dialog
        await driver.press("escape")
        assert [edit.field for edit in driver.home.pending.edits] == ["compression"]
        assert driver.cell("crm-sync", "compression") == "edited gzip"
        assert driver.cell("billing-etl", "threshold") == "2097152"
    assert subjects(fleet_repo) == ["xcom: set threshold to 2097152 on billing-etl (prod)"]
    assert fleet_repo.status() == []


async def test_the_commit_says_how_the_repo_stands_and_what_stays_out_of_it(fleet_repo: Work) -> None:
    fleet_repo.write("README.md", "staged\n")
    fleet_repo.git("add", "README.md")
    (fleet_repo.root / ".git" / "MERGE_HEAD").write_text(fleet_repo.head())
    before = (fleet_repo.head(), fleet_repo.status(), fleet_repo.git("branch"))
    async with driving(opener(fleet_repo.root, read_only=False)) as driver:
        await two_edits(driver)
        assert "A merge is in progress in this repo: finish it with git commit" in driver.seen
        assert "1 other changed file of yours, staged or not, stays out of it" in driver.seen
        await driver.press("enter")
        assert "A merge is in progress" in driver.dialog
        assert (fleet_repo.head(), fleet_repo.status(), fleet_repo.git("branch")) == before
        (fleet_repo.root / ".git" / "MERGE_HEAD").unlink()
        await driver.press("escape", "b", "enter")
        assert "Committed" in driver.status
    assert fleet_repo.committed_files() == [CRM, ETL]
    assert fleet_repo.status() == ["M  README.md"]


async def test_the_answers_stay_in_view_beneath_a_long_output(fleet_repo: Work) -> None:
    fleet_repo.hook("pre-commit", "seq -f 'line %g of many' 60 >&2; exit 1")
    async with driving(opener(fleet_repo.root, read_only=False), size=(80, 24)) as driver:
        await two_edits(driver)
        await driver.press("enter", "o")
        assert "line 1 of many" in driver.dialog
        dialog, button = driver.app.screen.query_one(".dialog"), driver.app.screen.query(Button).first()
        assert dialog.content_region.contains_region(button.region)
        scroll = driver.app.screen.query_one("#output", VerticalScroll)
        await driver.press("down", "down")
        assert scroll.scroll_y == 2


async def test_what_a_hook_says_and_changes_is_told_after_the_commit(fleet_repo: Work) -> None:
    fleet_repo.hook("pre-commit", "echo all is well >&2; echo x >> README.md; git add README.md")
    async with driving(opener(fleet_repo.root, read_only=False), size=(200, 24)) as driver:
        await two_edits(driver)
        await driver.press("b", "enter", "o")
        assert "Committed " in driver.status
        assert "A hook changed more than the edits in this commit: README.md" in driver.status
    assert fleet_repo.committed_files() == ["README.md", CRM, ETL]
