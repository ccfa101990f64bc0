"""The problems screen by keys, on real repos."""

from __future__ import annotations

import re

import pytest

from rea_xcom_tui.tui.home.open import opener
from rea_xcom_tui.tui.kit.line_list import LineList
from rea_xcom_tui.tui.repo import problems_screen
from tests.tui.driver import Driver, driving
from tests.work import Work, make_work, values

GZ = "clusters/prod/billing/etl/values.yaml"
GZ_TOO = "clusters/prod/billing/ml/values.yaml"


@pytest.fixture
def troubled(tmp_path_factory: pytest.TempPathFactory) -> Work:
    """Two deployments with a compression that Airflow refuses, one in order, and a file that is not YAML."""
    return make_work(
        tmp_path_factory.mktemp("troubled") / "fleet",
        {
            GZ: values("billing-etl", compression="gz", threshold="0"),
            GZ_TOO: values("billing-ml", compression="gz", threshold="0"),
            "clusters/dev/crm/sync/values.yaml": values("crm-sync", path="s3://aws_xcom@crm/x", threshold="0"),
            "clusters/dev/crm/broken/values.yaml": values("broken") + "\nbroken: [\n",
        },
    )


async def to(driver: Driver, text: str) -> None:
    """Move the cursor to the first line with this text."""
    lines = driver.app.screen.query_one("#list", LineList).text.splitlines()
    index = next(number for number, line in enumerate(lines) if text in line)
    await driver.rush("home", *["down"] * index)


@pytest.mark.parametrize("large", [1000, 1])
async def test_findings_are_grouped_counted_and_explained(
    troubled: Work, monkeypatch: pytest.MonkeyPatch, large: int
) -> None:
    """Those of a large fleet are worked out beside the screen."""
    monkeypatch.setattr(problems_screen, "_LARGE", large)
    async with driving(opener(troubled.root, read_only=False)) as driver:
        await driver.press("exclamation_mark")
        assert "3 errors" in driver.seen
        assert re.search(r"! XC000  …\S*broken/values\.yaml:\d+ ", driver.seen), "one finding of a rule takes one line"
        assert "billing-etl:" in driver.seen
        assert re.search(r"billing-ml:\d+ +prod ", driver.seen), "each row tells its environment"
        await to(driver, "XC402")
        assert "2 findings, 2 with an automatic fix" in driver.seen
        assert "Why it matters" in driver.seen
        await driver.press("g")
        assert "by deployment" in driver.seen
        await to(driver, "billing-ml")
        await driver.press("down")
        assert f"{GZ_TOO}:" in driver.seen


async def test_severities_can_be_chosen(troubled: Work) -> None:
    troubled.write(GZ, values("billing-etl", threshold="4096"))
    async with driving(opener(troubled.root, read_only=False)) as driver:
        await driver.press("exclamation_mark")
        assert "XC306" not in driver.seen
        await driver.press("s")
        assert "all severities" in driver.seen
        assert "XC306" in driver.seen
        await driver.press("s")
        assert "errors only" in driver.seen
        assert "XC306" not in driver.seen


async def test_enter_goes_to_the_cell_even_where_the_filter_hides_it(troubled: Work) -> None:
    async with driving(opener(troubled.root, read_only=False)) as driver:
        await driver.press("slash")
        await driver.type("crm-sync")
        await driver.press("enter", "exclamation_mark")
        await to(driver, "billing-ml")
        await driver.press("enter")
        assert driver.app.screen is driver.home
        assert driver.table.cursor_id == GZ_TOO
        assert driver.table.column.key == "compression"
        await driver.press("exclamation_mark")
        await to(driver, "broken")
        await driver.press("enter")
        assert driver.table.cursor_id == "clusters/dev/crm/broken/values.yaml"


async def test_one_is_mended_then_all_of_the_rule_and_undone_step_by_step(troubled: Work) -> None:
    async with driving(opener(troubled.root, read_only=False)) as driver:
        await driver.press("exclamation_mark")
        await to(driver, "billing-etl")
        await driver.press("f")
        assert "1 finding of " in driver.seen
        assert "~ " in driver.app.screen.query_one("#list", LineList).text
        assert [edit.deployment for edit in driver.home.pending.edits] == [GZ]
        await driver.press("f")
        assert "already pending" in driver.seen
        await driver.press("escape")
        assert driver.cell("billing-etl", "compression") == "edited gzip"
        assert driver.cell("billing-etl", "state").startswith("~")
        await driver.press("u", "exclamation_mark")
        assert not len(driver.home.pending)
        await to(driver, "billing-etl")
        await driver.press("F")
        assert "Fix 2 findings of XC402 in 2 deployments?" in driver.dialog
        await driver.press("enter")
        assert len(driver.home.pending) == 2
        await driver.press("escape", "d")
        assert '+    value: "gzip"' in driver.seen
        await driver.press("escape", "w", "enter", "exclamation_mark")
        assert "XC402" not in driver.seen
    assert b'value: "gzip"' in troubled.read(GZ)
    assert b'value: "gzip"' in troubled.read(GZ_TOO)


async def test_the_fixes_of_two_rules_that_meet_in_one_value_are_both_made(troubled: Work) -> None:
    names = {GZ: "a", GZ_TOO: "b"}
    for file, name in names.items():
        troubled.write(file, values(name, path=f"S3://acme/{name} ", threshold="0"))
    async with driving(opener(troubled.root, read_only=False)) as driver:
        await driver.press("exclamation_mark")
        for code in ("XC208", "XC212"):
            await to(driver, code)
            await driver.press("F")
            assert f"Fix 2 findings of {code} in 2 deployments?" in driver.dialog
            await driver.press("enter")
        assert len(driver.home.pending) == 4
        await driver.press("escape", "w", "enter")
    for file, name in names.items():
        assert troubled.read(file).decode() == values(name, path=f"s3://acme/{name}", threshold="0")


async def test_what_cannot_be_mended_is_said(troubled: Work) -> None:
    async with driving(opener(troubled.root, read_only=False)) as driver:
        await driver.press("exclamation_mark")
        await to(driver, "broken")
        await driver.press("f")
        assert "no automatic fix" in driver.seen


async def test_read_only_shows_and_mends_nothing(troubled: Work) -> None:
    async with driving(opener(troubled.root, read_only=True)) as driver:
        await driver.press("exclamation_mark")
        await to(driver, "billing-etl")
        await driver.press("f", "F")
        assert "Read-only" in driver.seen
        assert not len(driver.home.pending)


async def test_a_fleet_in_order_says_so(fleet_repo: Work) -> None:
    for path in (GZ, GZ_TOO, "clusters/dev/crm/sync/values.yaml"):
        fleet_repo.write(path, values("x", threshold="0"))
    async with driving(opener(fleet_repo.root, read_only=False)) as driver:
        await driver.press("exclamation_mark")
        assert "Nothing" in driver.seen


async def test_f_mends_the_finding_under_the_cursor_and_no_other_of_its_rule(troubled: Work) -> None:
    """Nor another one on the same line; and never over a value that somebody else has changed since."""
    name = "AIRFLOW__COMMON_IO__XCOM_OBJECTSTORAGE_THRESHOLD"
    line = f"commonEnv: [{{name: {name}, value: 4096}}, {{name: DEBUG, value: true}}, {{name: PORT, value: 12}}]\n"
    troubled.write(GZ, f"resourceNamePrefix: billing-etl\n{line}")
    async with driving(opener(troubled.root, read_only=False)) as driver:
        await driver.press("exclamation_mark", "g")
        await to(driver, "the value of DEBUG")
        await driver.press("f")
        assert "1 finding of " in driver.seen
        assert [edit.text for edit in driver.home.pending.edits if "DEBUG" not in edit.text] == []
        await to(driver, "the value of PORT")
        await driver.press("F", "enter")
        assert len(driver.home.pending) == 3
        troubled.write(GZ, f"resourceNamePrefix: billing-etl\n{line.replace('12', '13')}")
        await driver.press("escape", "w")
        assert "has changed" in driver.seen
        await driver.press("T", "enter", "w", "enter")
    assert b'DEBUG, value: "true"}, {name: PORT, value: 13}' in troubled.read(GZ)
