"""The pending changes by keys, on real repos: groups, what is left out, two sides, and what changed underneath."""

from __future__ import annotations

from pathlib import Path

import pytest

from rea_xcom_tui.fleet.edit.pending import SetField
from rea_xcom_tui.tui.changes.conflicts_screen import ConflictScreen
from rea_xcom_tui.tui.changes.diff_screen import DiffScreen
from rea_xcom_tui.tui.changes.diff_view import DiffView
from rea_xcom_tui.tui.home.open import opener
from tests.tui.driver import Driver, driving
from tests.work import Work, make_work, values

ETL, ML, SYNC = (f"prod/{name}/values.yaml" for name in ("etl", "ml", "sync"))
SMALL, WIDE = (80, 24), (130, 24)


@pytest.fixture
def repo(tmp_path: Path) -> Work:
    return make_work(tmp_path / "fleet", {file: values(file.split("/")[1]) for file in (ETL, ML, SYNC)})


async def edit(driver: Driver, *files: str, field: str = "threshold", text: str = "0") -> None:
    """Make edits at once; typing them is tested elsewhere."""
    driver.home.edits.edit(files, field, text)  # type: ignore[arg-type]
    await driver.settle()


def top(driver: Driver) -> object:
    """The screen on top."""
    return driver.app.screen


def sides(view: DiffView) -> bool:
    """Whether old and new stand side by side."""
    return view.two_sides


async def test_what_is_left_out_stays_pending_and_write_and_commit_follow_it(repo: Work) -> None:
    async with driving(opener(repo.root, read_only=False), SMALL) as driver:
        await edit(driver, ETL, ML, SYNC)
        await edit(driver, ETL, field="compression", text="gzip")
        await driver.press("d")
        assert "threshold 1048576 (1 MiB) → 0 (always)" in driver.seen
        assert "3 deployments" in driver.seen
        assert "after this: pods restart" in driver.seen
        await driver.press("down", "space")
        assert "3 files, 3 edits  1 left out" in driver.seen
        assert "[-]" in driver.seen
        await driver.press("g", "home", "space", "space", "space")
        assert "[ ] prod/etl/values.yaml" in driver.seen
        assert "2 files, 2 edits  2 left out" in driver.seen
        await driver.press("escape")
        assert "○2" in driver.header
        await driver.press("w")
        assert "Write 2 edits in 2 deployments to 2 files?" in driver.dialog
        assert "2 edits left out stay pending" in driver.dialog
        await driver.press("enter")
        assert repo.status() == [f" M {ML}", f" M {SYNC}"]
        assert len(driver.home.pending) == 2
        await driver.press("c")
        assert "set threshold to 0 on 2 prod deployments" in driver.seen
        await driver.press("enter")
        assert sorted(repo.committed_files()) == [ML, SYNC]
        await driver.press("c")
        assert "nothing to commit: 2 pending edits left out" in driver.status
        await driver.press("q")
        assert "Quit now and lose 2 edits in 1 deployment?" in driver.dialog


async def test_a_group_is_told_of_without_comparing_each_of_its_edits_with_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = [f"prod/etl{number:02d}/values.yaml" for number in range(40)]
    work = make_work(tmp_path / "fleet", {file: values(file.split("/")[1]) for file in files})
    compared: list[object] = []
    equal = SetField.__eq__

    def noted(one: SetField, other: object) -> bool:
        compared.append(other)
        return equal(one, other)

    async with driving(opener(work.root, read_only=False), WIDE) as driver:
        await edit(driver, *files)
        await driver.press("d")
        monkeypatch.setattr(SetField, "__eq__", noted)
        await driver.press("enter", "home")
        assert "40 edits" in driver.seen
        assert len(compared) < 10 * len(files)


async def test_a_group_is_reverted_and_undone_as_one(repo: Work) -> None:
    repo.write(ML, repo.read(ML).replace(b'"1048576"', b'"1048576"  # 1 MiB'))
    async with driving(opener(repo.root, read_only=False), SMALL) as driver:
        await edit(driver, ETL, ML, SYNC)
        await edit(driver, ETL, field="compression", text="gzip")
        await driver.press("d")
        assert f"then look at it: in {ML} the comment on line 13" in driver.seen
        await driver.press("enter")
        assert "▸ [x] threshold" in driver.seen
        await driver.press("x")
        assert [edit.field for edit in driver.home.pending.edits] == ["compression"]
        await driver.press("u")
        assert len(driver.home.pending) == 4
        await driver.press("X")
        assert top(driver) is driver.home
        assert not len(driver.home.pending)
        await driver.press("u")
        assert len(driver.home.pending) == 4
        assert "revert all 4 edits" in driver.status


async def test_two_sides_show_the_words_that_differ_in_long_lines_with_secrets_masked(repo: Work) -> None:
    connection = '{"conn_type": "aws", "extra": {"region_name": "' + "x" * 90 + '"}, "password": "CANARY"}'
    entry = f"  - name: AIRFLOW_CONN_X\n    value: '{connection}'\n"
    first, second, rest = values("etl").partition("    value: dep-etl\n")
    repo.write(ETL, first + second + entry + rest)
    async with driving(opener(repo.root, read_only=False), WIDE) as driver:
        await edit(driver, ETL, field="path", text="s3://aws_xcom@team-xcom/" + "deep/" * 12 + "etl")
        await driver.press("d", "s")
        view = driver.app.screen.query_one(DiffView)
        assert sides(view)
        row = next(row for row in driver.seen.split("\n") if "│" in row and 'team-xcom/etl"' in row)
        assert row.index("-    value") < row.index("│") < row.index("+    value")
        shown = driver.seen.replace("\n", "")
        assert "deep/deep/" in shown
        assert "CANARY" not in shown
        assert "***" in view.text
        words = [
            segment.text
            for line in range(view.size.height)
            for segment in view.render_line(line)
            if segment.style == view._style("added-word")
        ]
        assert "".join(words) == "deep/" * 12
        await driver.resize(*SMALL)
        assert not sides(view)
        assert "too narrow" in driver.seen


async def test_a_field_changed_underneath_is_asked_about_with_both_values(repo: Work) -> None:
    async with driving(opener(repo.root, read_only=False), SMALL) as driver:
        await edit(driver, ETL, ML, SYNC)
        repo.write(ETL, values("etl", threshold="77"))
        repo.write(ML, values("ml", threshold="78"))
        (repo.root / SYNC).unlink()
        theirs = [repo.read(ETL), repo.read(ML)]
        await driver.press("w")
        assert isinstance(top(driver), ConflictScreen)
        for shown in ("3 pending edits", "was  1048576", "theirs  77", "ours  0 (always)"):
            assert shown in driver.seen
        await driver.press("escape")
        assert "3 still to decide" in driver.status
        await driver.press("w", "o", "t", "o")
        assert "nowhere to keep it" in driver.seen
        assert [repo.read(ETL), repo.read(ML)] == theirs
        await driver.press("t", "enter")
        assert "1 kept, 2 dropped for what is in the file" in driver.status
        await driver.press("w", "enter")
        assert repo.read(ETL).decode() == values("etl", threshold="0")
        assert repo.read(ML) == theirs[1]


async def test_a_rescan_asks_once_and_the_pending_changes_show_what_is_left_to_decide(repo: Work) -> None:
    async with driving(opener(repo.root, read_only=False), SMALL) as driver:
        await edit(driver, ETL, ML)
        repo.write(ETL, values("etl", threshold="77"))
        await driver.press("R")
        assert isinstance(top(driver), ConflictScreen)
        await driver.press("escape", "R")
        assert top(driver) is driver.home
        assert "1 edit to decide about" in driver.status
        await driver.press("d")
        assert isinstance(top(driver), ConflictScreen)
        await driver.press("escape")
        assert isinstance(top(driver), DiffScreen)
        assert "1 refused" in driver.seen
        assert "was 1048576 when it was read and is 77 now" in " ".join(driver.seen.split())
        await driver.press("escape", "c")
        assert isinstance(top(driver), ConflictScreen)
        await driver.press("o", "enter")
        assert "set threshold to 0 on 2 prod deployments" in driver.seen
        await driver.press("escape", "w", "enter")
        assert repo.read(ETL).decode() == values("etl", threshold="0")


async def test_undo_after_a_commit_offers_its_reverse_which_can_be_committed(repo: Work) -> None:
    async with driving(opener(repo.root, read_only=False), SMALL) as driver:
        await edit(driver, ETL)
        await driver.press("c", "enter")
        assert "Committed" in driver.seen
        commit = repo.head()
        await driver.press("u")
        assert "'xcom: set threshold to 0 on etl (prod)'" in driver.dialog
        assert f"is committed as {commit[:8]} and not pushed" in " ".join(driver.dialog.split())
        await driver.press("t")
        assert "~1" in driver.header
        await driver.press("c", "enter")
        assert "Committed" in driver.seen
    assert repo.head() != commit
    assert repo.committed(ETL) == values("etl").encode()
    assert repo.status() == []
    subject = f"xcom: take back {commit[:10]}, set threshold to 0 on etl (prod)"
    assert repo.git("log", "-1", "--format=%s").strip() == subject, "it says that it reverses, and what"
    assert f"This takes back commit {commit}." in repo.git("log", "-1", "--format=%b")
    assert len(subject) <= 72


async def test_a_reverse_with_another_edit_is_a_change_like_any_other(repo: Work) -> None:
    async with driving(opener(repo.root, read_only=False), SMALL) as driver:
        await edit(driver, ETL)
        await driver.press("c", "enter", "u", "t")
        driver.home.edits.edit([ETL], "compression", "gzip")
        await driver.settle()
        await driver.press("c", "enter")
    assert "take back" not in repo.git("log", "-1", "--format=%B")


async def test_the_line_of_keys_has_those_of_the_question_that_is_asked(repo: Work) -> None:
    async with driving(opener(repo.root, read_only=False), SMALL) as driver:
        assert "Enter open" in driver.seen.splitlines()[-1]
        await edit(driver, ETL)
        for key, keys in (("w", "Enter write  d see the diff  Esc back"), ("q", "Esc stay  w write, then quit")):
            await driver.press(key)
            last = driver.seen.splitlines()[-1]
            assert last.strip().startswith(keys)
            assert "help" not in last
            await driver.press("escape")
        await driver.press("B")
        assert "Enter switch" not in driver.seen, "there is no other branch"
        assert driver.seen.splitlines()[-1].strip() == "Esc back"
        await driver.press("escape")
        repo.git("branch", "other")
        await driver.press("B")
        assert "Enter switch" in driver.seen.splitlines()[-1]
