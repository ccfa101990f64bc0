"""Drift by keys alone, on the demo: its causes, setting them right, the baseline file, and back again."""

from __future__ import annotations

import shutil
import tomllib
from pathlib import Path

import pytest

from rea_xcom_tui.fleet.edit.pending import Declare
from rea_xcom_tui.samples.demo import lay_out
from rea_xcom_tui.tui.drift.screen import DriftScreen
from rea_xcom_tui.tui.home.open import opener
from rea_xcom_tui.tui.kit.cell_editor import CellEditor
from rea_xcom_tui.xcom.model import SEVERITIES
from tests.cli.run import Cli
from tests.tui.driver import Driver, driving
from tests.work import Work, make_work, values

PLANTED = tomllib.loads((Path(__file__).parents[2] / "sample_repos/planted.toml").read_text("utf-8"))["mixed-monorepo"]
BASELINE = ".rea-xcom.yaml"


@pytest.fixture
def demo(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Work:
    # Laying out a history takes a second, copying it none.
    laid_out = tmp_path_factory.getbasetemp() / "drift-keys-demo"
    if not laid_out.exists():
        lay_out(directory=laid_out)
    return Work(Path(shutil.copytree(laid_out, tmp_path / "demo")))


def drift(driver: Driver) -> DriftScreen:
    """The drift screen."""
    return next(screen for screen in driver.app.screen_stack if isinstance(screen, DriftScreen))


def causes(driver: Driver) -> list[tuple[str, object, int]]:
    """Field, actual value and reach of each cause shown."""
    return [(cause.field, cause.actual, len(cause.members)) for cause in drift(driver).comparing.causes]


async def choose(driver: Driver, field: str, reach: int) -> None:
    """Put the cursor on the cause of this field and reach."""
    found = [(cause[0], cause[2]) for cause in causes(driver)].index((field, reach))
    await driver.rush("home", *["down"] * found)


async def test_the_planted_causes_are_shown_and_no_others_with_since_and_by_whom(demo: Work) -> None:
    planted: dict[str, set[tuple[str, str]]] = {}
    for entry in PLANTED["planted"]:
        if entry["kind"] == "drift":
            planted.setdefault(entry["cause"], set()).add((entry["file"], entry["field"]))
    async with driving(opener(demo.root, read_only=False)) as driver:
        await driver.press("D")
        shown = [{(one.deployment, one.field) for one in cause.members} for cause in drift(driver).comparing.causes]
        assert sorted(map(sorted, shown)) == sorted(map(sorted, planted.values()))
        assert "5 causes · 8 deployments of 28" in driver.seen
        assert "majority within env and cloud" in driver.seen
        # As `git log` has it for the line.
        assert "2026-02-11 Tom Becker" in driver.seen
        assert "2026-11-19 Kim Nguyen" in driver.seen
        assert "8 of 9 in prod/aws follow this pattern" in driver.seen
        order = [(SEVERITIES.index(cause.severity), -len(cause.members)) for cause in drift(driver).comparing.causes]
        assert order == sorted(order)
        # Expected over actual, the spread by group, and what each key would write.
        assert "expected s3://aws_xcom@growth-prod-xcom/growth-experiments" in driver.seen
        assert "actual   s3://tmp-kim-debug            /growth-experiments" in driver.seen
        assert "━  8 s3://{team}-{env}-xcom/{name}   ━ 1 s3://tmp-kim-debug/{name}" in driver.seen
        line = "clusters/prod/growth/experiments/values.yaml:28  path s3://aws_xcom@growth-prod-xcom/growth-experiments"
        assert line in driver.seen
        assert "+   - deployment: clusters/prod/growth/experiments/values.yaml" in driver.seen
        await driver.press("s")
        assert "airflow.providers.common.io.xcom.backend.XComObjectStorageBackend everywhere" in driver.seen
        await driver.press("escape", "i")
        await driver.type("a test of Kim")
        assert "reason: a test of Kim" in driver.seen
        assert "Enter OK" in driver.seen
        await driver.press("escape")
        await driver.press("escape")
        assert driver.app.screen is driver.home


async def test_one_key_sets_each_cause_right_and_then_nothing_differs(
    demo: Work, capsys: pytest.CaptureFixture[str]
) -> None:
    async with driving(opener(demo.root, read_only=False)) as driver:
        assert "8 drifted" in driver.header
        await driver.press("equals_sign")
        for left in (4, 3, 2, 1, 0):
            await driver.press("b")
            assert len(causes(driver)) == left
        assert "Nothing differs." in driver.seen
        await driver.press("w", "enter")
        assert "Wrote 8 files" in driver.status
        assert "drifted" not in driver.header
    changed = [
        line for line in demo.git("diff", "-U0").splitlines() if line[:1] in "+-" and line[:3] not in ("+++", "---")
    ]
    assert len(changed) == 2 * 8
    assert Cli(capsys, demo.root)("drift").code == 0


async def test_one_member_is_set_right_alone_and_undo_takes_each_step_back(demo: Work) -> None:
    async with driving(opener(demo.root, read_only=False)) as driver:
        await driver.press("D")
        before = causes(driver)
        await choose(driver, "threshold", 2)
        await driver.press("enter", "down", "b")
        assert [edit.deployment for edit in driver.home.pending.edits] == [
            "clusters/prod/payments/settlement/values.yaml"
        ]
        assert ("threshold", 1048576, 1) in causes(driver)
        await driver.press("escape")
        await choose(driver, "identity", 3)
        await driver.press("b")
        assert len(driver.home.pending) == 4
        await driver.press("u")
        assert "Undone: fix drift of identity on 3 deployments" in driver.seen
        assert len(driver.home.pending) == 1
        await driver.press("U")
        assert len(driver.home.pending) == 4
        await driver.press("u", "u")
        assert causes(driver) == before
        await driver.press("u")
        assert "nothing to undo" in driver.seen
        await driver.press("escape")
        assert "8 drifted" in driver.header
    assert demo.status() == []


async def test_adopting_is_pending_like_an_edit_and_committed_with_it(demo: Work) -> None:
    async with driving(opener(demo.root, read_only=False)) as driver:
        await driver.press("D")
        before = causes(driver)
        await choose(driver, "threshold", 2)
        await driver.press("a")
        assert "adopt threshold of 2 deployments" in driver.seen
        assert {edit.statement.title for edit in driver.home.pending.edits if isinstance(edit, Declare)} == {
            "accepted threshold 1048576"
        }, "nothing is said of anybody else"
        assert set(before) - set(causes(driver)) == {("threshold", 1048576, 2)}
        await driver.press("u")
        assert causes(driver) == before
        await driver.press("U")
        await choose(driver, "identity", 3)
        await driver.press("b", "A")
        assert "this writes the first one, " in driver.dialog
        await driver.press("y")
        assert causes(driver) == []
        assert demo.status() == []
        await driver.press("d")
        assert "4 files" in driver.seen
        await driver.press("escape")
        assert causes(driver) == [], "Esc leads back to drift"
        await driver.press("escape", "c", "enter")
        assert "drifted" not in driver.header
    assert demo.status() == []
    assert BASELINE in demo.committed_files()
    assert len(demo.committed_files()) == 4


async def test_adopting_into_a_file_that_is_there_changes_only_its_line(tmp_path: Path) -> None:
    files = {f"clusters/prod/{name}/values.yaml": values(name, threshold="0", path=None) for name in "abc"}
    files["clusters/prod/d/values.yaml"] = values("d", threshold="4096", path=None)
    files[BASELINE] = "version: 1\n# ours\nbaseline:\n  prod/aws:\n    threshold: 0   # all of it\n"
    repo = make_work(tmp_path / "small", files)
    async with driving(opener(repo.root, read_only=False)) as driver:
        await driver.press("D", "W")
        assert "Allow this for all of prod/aws?" in driver.dialog
        await driver.press("y")
        assert causes(driver) == []
        await driver.press("w", "enter")
        assert b"# ours\nbaseline:\n  prod/aws:\n    threshold: 0 or 4096   # all of it\n" in repo.read(BASELINE)
        assert "drifted" not in driver.header
        await driver.press("u")
        assert "u in the fleet takes back what was written" in driver.seen
        await driver.press("escape", "u", "t")
        assert "1 drifted" in driver.header
    assert repo.status() == []


async def test_ignoring_needs_a_reason_and_a_day_to_come_and_is_noted(demo: Work) -> None:
    async with driving(opener(demo.root, read_only=False)) as driver:
        await driver.press("D")
        await choose(driver, "compression", 1)
        await driver.press("i", "enter")
        assert "A reason is needed" in driver.seen
        await driver.type("partner reads [gzip]")
        await driver.press("down")
        await driver.type("Ana")
        await driver.press("down")
        await driver.type("soon")
        await driver.press("enter")
        assert "soon is not a date" in driver.seen
        await driver.replace("2001-01-31")
        await driver.press("enter")
        assert "has already passed" in driver.seen
        await driver.replace("2199-01-31")
        await driver.press("enter")
        assert "accept compression of payments-reconciliation" in driver.seen
        assert len(causes(driver)) == 4
        await driver.press("n")
        assert "partner reads [gzip], Ana, until 2199-01-31" in driver.dialog
        await driver.press("escape", "w", "enter")
        assert b"partner reads [gzip]" in demo.read(BASELINE)
        assert b'expires: "2199-01-31"' in demo.read(BASELINE)
        assert "7 drifted" in driver.header
    assert demo.status() == [f"?? {BASELINE}"]


async def test_edit_goes_to_the_cell_even_where_the_filter_hides_it(demo: Work) -> None:
    async with driving(opener(demo.root, read_only=False)) as driver:
        await driver.press("slash")
        await driver.type("env:dr")
        await driver.press("enter", "D")
        await choose(driver, "path", 1)
        await driver.press("e")
        assert driver.app.screen is driver.home
        assert driver.table.cursor_id == "clusters/prod/growth/experiments/values.yaml"
        assert driver.table.column.key == "path"
        assert driver.home.query(CellEditor)
        await driver.replace("s3://aws_xcom@growth-prod-xcom/growth-experiments")
        await driver.press("enter")
        assert "7 drifted" in driver.header
        await driver.press("u")
        assert "8 drifted" in driver.header


async def test_what_it_is_compared_with_can_be_chosen_and_typed(demo: Work) -> None:
    async with driving(opener(demo.root, read_only=False)) as driver:
        await driver.go_to("payments-kyc")
        await driver.press("D", "v")
        assert "none declared yet" in driver.seen
        await driver.press("down", "enter")
        assert "declares no baseline yet" in driver.seen
        await driver.press(*["down"] * 5, "enter")
        await driver.type("HEAD~1")
        await driver.press("enter")
        assert "against commit HEAD~1" in driver.seen
        assert causes(driver) == [("path", "s3://tmp-kim-debug/growth-experiments", 1)]
        await driver.press("v", "enter")
        await driver.replace("no-such-branch")
        await driver.press("enter")
        assert "Could not compare the fleet" in driver.dialog
        assert "no-such-branch" in driver.dialog
        await driver.press("escape")
        assert "against commit HEAD~1" in driver.seen
        for keys, words in (
            (["up"] * 3, "against deployment payments-kyc"),
            (["down"] * 4, "against branch main"),
            (["up"] * 7, "against majority"),
        ):
            await driver.press("v", *keys, "enter")
            assert words in driver.seen
        assert len(causes(driver)) == 5
        await driver.press("v", *["down"] * 4, "enter")
        await driver.type("/no/such/folder")
        await driver.press("enter")
        assert "there is no folder /no/such/folder" in driver.dialog
        await driver.press("escape", "v", *["down"] * 5, "enter", "down")
        assert "namespace" in driver.dialog


async def test_the_matrix_acts_on_one_cell(demo: Work) -> None:
    async with driving(opener(demo.root, read_only=False), (80, 24)) as driver:
        await driver.press("D", "m")
        assert "DEPLOYMENT" in driver.seen
        assert "as it should be" in driver.seen
        await driver.press("b")
        assert not len(driver.home.pending)
        await driver.press("right")
        assert "3 of 4 in dev/aws have it" in driver.seen
        await driver.press("b")
        assert [(edit.deployment, edit.new) for edit in driver.home.pending.edits] == [
            ("clusters/dev/payments/invoices/values.yaml", 1048576)
        ]
        await driver.press("escape")
        assert len(causes(driver)) == 4
        await driver.press("escape")
        assert driver.app.screen is driver.home


async def test_the_matrix_comes_back_with_fewer_rows_than_it_had(demo: Work) -> None:
    async with driving(opener(demo.root, read_only=False)) as driver:
        await driver.press("D", "m", "end")
        view = drift(driver)
        rows = len(view.matrix.entries)
        await driver.press("m")
        await choose(driver, "identity", 3)
        await driver.press("b")
        view.action_matrix()
        view.matrix.render_line(rows)  # as it may be drawn before its new rows are there
        await driver.settle()
        assert 0 < len(view.matrix.entries) < rows
        assert view.matrix.cursor == len(view.matrix.entries) - 1


async def test_marked_deployments_are_compared_side_by_side(demo: Work) -> None:
    async with driving(opener(demo.root, read_only=False)) as driver:
        await driver.go_to("payments-kyc")
        await driver.press("space", "space", "equals_sign")
        assert "Compare  2 deployments" in driver.seen
        lines = driver.seen.splitlines()
        marks = [line[:3].strip() for line in lines if "values.yaml:" not in line and line[1:14].strip().isalpha()]
        assert any("values.yaml:" in line for line in lines)
        assert marks == sorted(marks, reverse=True)
        await driver.press("o")
        assert "not shown" in driver.seen
        assert "compression" not in driver.seen
        await driver.press("escape")
        assert driver.app.screen is driver.home


async def test_the_filter_knows_drift(demo: Work) -> None:
    async with driving(opener(demo.root, read_only=False)) as driver:
        assert driver.cell("growth-referrals", "threshold") == "drift 1048576"
        await driver.press("slash")
        await driver.type("is:drifted")
        await driver.press("enter")
        assert len(driver.names) == 8


async def test_read_only_changes_nothing(demo: Work) -> None:
    async with driving(opener(demo.root, read_only=True)) as driver:
        await driver.press("D", "b")
        assert "Nothing can be changed" in driver.dialog
        await driver.press("escape")
        assert not len(driver.home.pending)
        await driver.press("a")
        assert "Could not adopt it" in driver.dialog
    assert demo.status() == []


async def test_hostile_values_and_mistakes_in_the_baseline_file_are_told_harmlessly(tmp_path: Path) -> None:
    names = ("one", "two", "three", "four", "five", "six")
    files = {f"clusters/prod/{name}/values.yaml": values(name, path=f"s3://b/{name}") for name in names}
    files["clusters/prod/d/values.yaml"] = values("d", path="s3://b/[red]x/日本").replace(
        "namespace: d-ns", 'namespace: "\\e[31mx"'
    )
    repo = make_work(tmp_path / "small", files)
    async with driving(opener(repo.root, read_only=False)) as driver:
        await driver.press("D")
        assert "s3://b/[red]x/日本" in driver.seen.replace("日 本", "日本")
        assert "\x1b" not in driver.seen
        await driver.press("escape")
        repo.write(BASELINE, "version: 1\nbaseline:\n  prod:\n    treshold: 0\n")
        await driver.press("D")
        assert "Could not compare the fleet" in driver.dialog
        assert f"{BASELINE}:4" in driver.dialog
