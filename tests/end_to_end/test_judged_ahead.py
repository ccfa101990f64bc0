"""Nothing on the screen judges the old value of an edited field: rules judge what will be."""

from __future__ import annotations

from pathlib import Path

import pytest

from rea_xcom_tui.tui.home.open import opener
from tests.tui.driver import Driver, driving
from tests.work import Work, make_work, values

NAMES = ("a", "b", "c")
FILES = {f"prod/{name}/values.yaml": values(name, path=f"s3://bucket-{name}/xcom") for name in NAMES}
BAD = "prod/bad/values.yaml"


@pytest.fixture
def repo(tmp_path: Path) -> Work:
    return make_work(tmp_path / "fleet", {**FILES, BAD: values("bad", path="s3://bad/xcom", threshold="-5")})


async def edit(driver: Driver, *files: str, field: str, text: str) -> None:
    driver.home.edits.edit(files, field, text)  # type: ignore[arg-type]
    await driver.settle()


def problems(driver: Driver, name: str) -> list[str]:
    """The codes of what the table counts as problems of a row."""
    row = next(row for row in driver.table.rows if row.cell("name").text == name)
    return [finding.code for finding in row.findings if finding.severity != "info"]


async def test_a_pasted_value_is_judged_at_once_in_the_row_the_query_and_the_counts(repo: Work) -> None:
    async with driving(opener(repo.root, read_only=False), (150, 40)) as driver:
        assert [problems(driver, name) for name in NAMES] == [[], [], []]
        before = driver.header
        await edit(driver, *FILES, field="path", text="gs://one-bucket/xcom")
        for name in NAMES:
            assert "XC2" in " ".join(problems(driver, name)), "a role of AWS opens nothing on another cloud"
            assert driver.cell(name, "state").startswith("~ !")
        assert "with problems" in driver.header
        assert driver.header != before
        await driver.go_to("a", "path")
        assert "then ! " in driver.status
        assert "XC2" in driver.seen, "the panel tells it as well"
        await driver.type("/")
        await driver.replace("code:XC220")
        await driver.press("enter")
        assert driver.names == list(NAMES)
        await driver.press("escape", "u")
        assert [problems(driver, name) for name in NAMES] == [[], [], []]
        assert driver.header == before
        assert repo.status() == []


async def test_an_edit_that_sets_a_value_right_takes_its_problem_away(repo: Work) -> None:
    async with driving(opener(repo.root, read_only=False), (150, 40)) as driver:
        wrong = problems(driver, "bad")
        assert wrong
        await edit(driver, BAD, field="threshold", text="0")
        assert problems(driver, "bad") == []
        assert driver.cell("bad", "state") == "edited"
        await driver.type("/")
        await driver.replace("is:invalid")
        assert driver.names == []
        await driver.press("escape", "escape")
        await driver.press("exclamation_mark")
        assert "~" in driver.seen, "what the edit takes away is marked, and not counted as what is wrong"
        await driver.press("u")
        assert problems(driver, "bad") == wrong


async def test_problems_and_the_file_tell_what_a_pending_edit_brings(repo: Work) -> None:
    async with driving(opener(repo.root, read_only=False), (150, 50)) as driver:
        await driver.press("exclamation_mark")
        assert "XC220" not in driver.seen
        await driver.press("escape")
        await edit(driver, *FILES, field="path", text="gs://one-bucket/xcom")
        await driver.press("exclamation_mark", "s")
        assert "XC220" in driver.seen
        await driver.press("escape")
        await driver.go_to("a")
        await driver.press("enter")
        assert "~ → gs://one-bucket/xcom" in driver.seen
        assert "XC220" in driver.seen


async def test_a_fix_shows_the_value_that_it_makes(tmp_path: Path) -> None:
    work = make_work(tmp_path / "fix", {"prod/z/values.yaml": values("z", compression="gz")})
    async with driving(opener(work.root, read_only=False), (150, 40)) as driver:
        assert driver.cell("z", "compression").endswith("gz")
        await driver.press("exclamation_mark", "down", "f", "escape")
        assert driver.cell("z", "compression") == "edited gzip"
        assert problems(driver, "z") == []
        assert "gzip" in driver.seen
        await driver.press("u")
        assert driver.cell("z", "compression").endswith("gz")
