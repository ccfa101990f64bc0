"""What people stumbled over who walked a whole flow by keys: stale words, lost ends, dead keys."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.widgets import Input

from rea_xcom_tui.tui.changes.conflicts_screen import ConflictScreen
from rea_xcom_tui.tui.changes.diff_view import DiffView
from rea_xcom_tui.tui.home.open import opener
from rea_xcom_tui.tui.kit.line_list import Page
from rea_xcom_tui.tui.kit.styled_lines import fitted
from tests.tui.driver import driving
from tests.work import Work, make_work, values

PROD = [f"clusters/prod/svc{number}/values.yaml" for number in range(6)]
ROLE = "arn:aws:iam::123456789012:role/the-agents-of-the-ledger-and-of-the-settlement-of-payments-in-"


@pytest.fixture
def repo(tmp_path: Path) -> Work:
    return make_work(tmp_path / "fleet", {file: values(f"svc{at}") for at, file in enumerate(PROD)})


async def test_what_an_edit_of_many_did_is_said_also_under_a_filter(repo: Work) -> None:
    async with driving(opener(repo.root, read_only=False), (80, 24)) as driver:
        await driver.press("slash", *"threshold:1048576", "enter", "a")
        await driver.press(*["right"] * driver.columns.index("threshold"), "g", "e", "0", "enter")
        assert driver.names == []
        assert "set threshold to 0 on 6 deployments · u undoes it" in driver.status
        await driver.press("u")
        assert "Undone: set threshold to 0 on 6 deployments · U redoes it" in driver.status
        assert len(driver.names) == 6, "they match again"
        await driver.press("down")
        assert "Undone" not in driver.status


async def test_marks_go_with_the_write_that_used_them_and_stay_till_then(repo: Work) -> None:
    async with driving(opener(repo.root, read_only=False)) as driver:
        await driver.press("a", *["right"] * driver.columns.index("threshold"), "g", "e", "0", "enter", "u")
        assert "6 marked" in driver.seen
        await driver.press("U", "w", "enter")
        assert "Wrote 6 files" in driver.status
        assert "marked" not in driver.seen
        await driver.press("space", "c", "enter")
        assert "Committed" in driver.status
        assert "marked" not in driver.seen, "the commit holds an edit of it"
        await driver.press("G", "e", *"4KiB", "enter", "g", "g", "space", "w", "enter")
        assert "1 marked" in driver.seen, "marked for something else than what was written"


async def test_what_was_undone_in_the_diff_is_said_where_one_comes_back_to(repo: Work) -> None:
    async with driving(opener(repo.root, read_only=False)) as driver:
        await driver.press(*["right"] * driver.columns.index("threshold"))
        await driver.edit("0")
        assert "u undoes it" in driver.status
        await driver.press("d", "u")
        assert "Undone: set threshold to 0 on 1 deployment · U redoes it" in driver.status
        await driver.press("U", "d", "X")
        assert "revert threshold of svc0 · u undoes it" in driver.status
        await driver.press("u", "d", "escape")
        assert "Undone: revert" in driver.status, "nothing has happened since"


async def test_the_end_of_a_long_branch_name_is_in_sight(repo: Work) -> None:
    async with driving(opener(repo.root, read_only=False), (80, 24)) as driver:
        driver.home.edits.edit([PROD[0]], "threshold", "1572864")
        await driver.settle()
        await driver.press("c")
        row = next(line for line in driver.seen.splitlines() if "branch" in line)
        assert "new: rea/xcom-" in row
        assert "…" in row
        assert row.rstrip().endswith("svc0-prod")
        await driver.press("n")
        assert driver.app.screen.query_one("#branch", Input).display
        await driver.replace("team/topic")
        await driver.press("enter")
        assert "new: team/topic" in driver.seen
        await driver.resize(200, 40)
        assert "new: team/topic" in driver.seen


async def test_which_change_one_is_at_is_told_from_the_first_and_next_never_sticks(repo: Work) -> None:
    async with driving(opener(repo.root, read_only=False), (120, 40)) as driver:
        for file in PROD[:4]:
            driver.home.edits.edit([file], "threshold", "0")
            await driver.settle()
        await driver.press("d")
        assert "change 1 of 4" in driver.seen
        for number in (2, 3, 4, 4):
            await driver.press("n")
            assert f"change {number} of 4" in driver.seen, "also where all of the diff is on the screen"
        await driver.press("N")
        assert "change 3 of 4" in driver.seen
        await driver.press("g", "home", "down", "down", "down", "down")
        assert "change 3 of 4" in driver.seen, "of the file under the cursor"
        await driver.press("n")
        assert "change 4 of 4" in driver.seen
        view = driver.app.screen.query_one(DiffView)
        await driver.resize(120, 14)
        view.scroll_to(y=0, animate=False, immediate=True)
        await driver.press("n")
        assert "change 2 of 4" in driver.seen, "scrolled by hand, one is where one looks"


def test_a_line_gives_way_where_it_costs_least() -> None:
    said = [(f"set identity to {ROLE}prod on 2 deployments · u undoes it", "edited")]
    assert "".join(text for text, _ in fitted(said, 90)).endswith("in-prod on 2 deployments · u undoes it")
    place = [("threshold: ", ""), ("values of 1 MiB and more go to object storage", ""), ("  values.yaml:25", "")]
    short = "".join(text for text, _ in fitted(place, 60))
    assert short.endswith("…  values.yaml:25")
    assert len(short) == 60
    told = [("the end of this is not known to be of any worth to anybody · u undoes it", "")]
    assert "".join(text for text, _ in fitted(told, 50)).endswith("… · u undoes it")
    assert fitted([("short", "")], 10) == [("short", "")]


async def test_the_place_of_a_value_is_never_cut_from_the_status_line(repo: Work) -> None:
    async with driving(opener(repo.root, read_only=False), (80, 24)) as driver:
        await driver.press(*["right"] * driver.columns.index("threshold"))
        assert "values.yaml:" in driver.seen.splitlines()[-2]
        assert "commonEnv" in driver.seen.splitlines()[-2]


async def test_nothing_is_marked_by_a_filter_with_a_mistake(repo: Work) -> None:
    async with driving(opener(repo.root, read_only=False)) as driver:
        await driver.press("slash", *"name:svc1 team:x", "enter")
        assert driver.names == ["svc1"], "what comes before the mistake still counts"
        assert "mistake in the filter" in driver.seen
        for key in ("a", "i"):
            await driver.press(key)
            assert "The filter has a mistake, so nothing is marked" in driver.status
            assert "1 marked" not in driver.seen
        await driver.press("escape", "a")
        assert "6 marked" in driver.seen
        assert "mistake" not in driver.seen


async def test_a_commit_asks_again_about_what_was_left_for_later(repo: Work) -> None:
    async with driving(opener(repo.root, read_only=False)) as driver:
        driver.home.edits.edit([PROD[0]], "threshold", "0")
        await driver.settle()
        repo.write(PROD[0], values("svc0", threshold="4096"))
        await driver.press("R", "escape", "c", "enter")
        assert not isinstance(driver.app.screen, ConflictScreen)
        await driver.press("enter")
        assert isinstance(driver.app.screen, ConflictScreen), "and not a refusal that leads nowhere"
        await driver.press("t", "enter")
        assert not driver.home.pending.edits


async def test_all_that_adopting_would_write_can_be_read(tmp_path: Path) -> None:
    usual = {f"clusters/prod/svc{at}/values.yaml": values(f"svc{at}", threshold="0") for at in range(80)}
    odd = [f"clusters/prod/odd{at}/values.yaml" for at in range(12)]
    repo = make_work(tmp_path / "fleet", usual | {file: values(file.split("/")[2]) for file in odd})
    async with driving(opener(repo.root, read_only=False), (80, 24)) as driver:
        await driver.press("D")
        page = driver.app.screen.query_one("#would", Page)
        assert "Tab scrolls" in page.text
        assert all(file in page.text for file in odd), "nothing is left out"
        assert "…" not in page.text
        assert page.max_scroll_y > 0
        await driver.press("tab", *["down"] * 20)
        assert "adopted as it is" in driver.seen
        await driver.press("escape", "down")
        assert driver.app.screen is not driver.home, "Esc leads back to the causes first"
        await driver.resize(160, 60)
        assert "Tab scrolls" not in page.text
        assert "reason: adopted as it is" in driver.seen


async def test_no_fix_is_offered_where_there_is_none(tmp_path: Path) -> None:
    repo = make_work(
        tmp_path / "fleet", {PROD[0]: values("a", threshold="10MB"), PROD[1]: values("b", compression="gz")}
    )
    async with driving(opener(repo.root, read_only=False)) as driver:
        await driver.press("exclamation_mark")
        assert "there is no automatic fix for this" in driver.seen
        assert "F fix all" not in driver.seen
        await driver.press("down")
        assert "f fixes this one · F fixes all of this rule" in driver.seen
        assert "F fix all" in driver.seen


async def test_the_line_of_keys_drops_whole_keys(repo: Work) -> None:
    async with driving(opener(repo.root, read_only=False), (80, 24)) as driver:
        await driver.press("g", "f")
        for width in range(60, 110):
            await driver.resize(width, 24)
            keys = driver.seen.splitlines()[-1]
            assert "…" not in keys
            assert "? help" in keys


async def test_what_a_hook_says_is_wrapped_and_trust_is_confirmed(repo: Work) -> None:
    said = "the threshold of production has to be zero, see the page on thresholds in the handbook, says the linter"
    hook = repo.root / ".git/hooks/pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\necho '{said}'\nexit 1\n")
    hook.chmod(0o755)
    async with driving(opener(repo.root, read_only=False), (80, 24)) as driver:
        await driver.press("g", "T", "o")
        assert "This repo's own programs may run until the app ends." in driver.status
        driver.home.edits.edit([PROD[0]], "threshold", "0")
        await driver.settle()
        await driver.press("c", "enter", "escape")
        page = driver.app.screen.query_one("#said", Page)
        assert " ".join(page.text.split()) == said
        assert "…" not in driver.seen.splitlines()[-2]
        assert "A hook (pre-commit) refused the commit" in driver.seen.splitlines()[-2]


async def test_an_edit_of_many_shows_what_they_have_before_a_value_is_typed(repo: Work) -> None:
    async with driving(opener(repo.root, read_only=False)) as driver:
        await driver.press("a", *["right"] * driver.columns.index("path"), "g", "e")
        assert driver.seen.count("s3://aws_xcom@team-xcom/etl") >= 5
        assert PROD[0] in driver.seen
        await driver.press("down", "G", "space")
        assert "Type a value first." in driver.seen
        await driver.press("tab")
        await driver.type("s/team/other/")
        assert "6 change" in driver.seen


async def test_the_matrix_cuts_no_name_and_narrow_screens_say_why_there_are_no_two_sides(tmp_path: Path) -> None:
    usual = {f"clusters/prod/team/svc{at}/values.yaml": values(f"svc{at}", threshold="0") for at in range(8)}
    name = "payments-reconciliation"
    odd = values(
        name, compression="gzip", path="s3://aws_xcom@elsewhere-xcom/etl", role="arn:aws:iam::123456789012:role/b"
    )
    repo = make_work(tmp_path / "fleet", {**usual, f"clusters/prod/team/{name}/values.yaml": odd})
    async with driving(opener(repo.root, read_only=False), (80, 24)) as driver:
        await driver.press("D", "m")
        assert name in driver.seen
        await driver.press("escape", "escape")
        for file in list(usual)[:3]:
            driver.home.edits.edit([file], "threshold", "4096")
            await driver.settle()
        await driver.press("d", "s")
        assert "too narrow for two sides" in driver.seen
        await driver.press("escape", "a", "equals_sign")
        assert "Commands" not in driver.seen.splitlines()[-1], "as on every narrow screen"
