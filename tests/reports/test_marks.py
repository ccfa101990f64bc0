"""One mark, one writer a format: findings and drift are pointed at in the same way, and cells are harmless."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from rea_xcom_tui.reports.junit_github import github, junit
from rea_xcom_tui.reports.marks import Case, Failure, Mark
from rea_xcom_tui.reports.tables import markdown_table
from tests.cli.run import Cli
from tests.work import make_work, values

UTC = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def test_annotations_of_hostile_names_stay_one_line() -> None:
    mark = Mark("XC101", "t", "info", "50%\n::error::x", "a:b,c\n.yaml", 0, 0)
    (line,) = github([mark]).splitlines()
    assert line.startswith("::notice file=a%3Ab%2Cc")
    assert ",line=1,col=1::50%25" in line


def test_failures_are_counted_over_all_cases() -> None:
    bad = Failure('a"b', "<x>", "at & in")
    suite = ElementTree.fromstring(junit("suite", "group", [Case("one"), Case("two", (bad, bad))]))
    assert (suite.get("tests"), suite.get("failures")) == ("2", "2")
    assert [failure.get("type") for failure in suite.iter("failure")] == ['a"b', 'a"b']


@pytest.fixture
def cli(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Cli:
    fleet = {f"prod/{name}/values.yaml": values(name) for name in "abcdef"}
    odd = values("odd", threshold="-1", path="s3://aws_xcom@team-xcom/other")
    work = make_work(tmp_path / "fleet", {**fleet, "prod/=SUM(1)/values.yaml": odd.replace("odd", "'@ada #1'", 1)})
    return Cli(capsys, work.root)


@pytest.mark.parametrize("command", ["check", "drift"])
def test_results_are_known_again_when_lines_move(cli: Cli, command: str) -> None:
    def prints() -> set[str]:
        (run,) = cli(command, "--format", "sarif").json["runs"]
        return {result["partialFingerprints"]["subject/v1"] for result in run["results"]}

    before = prints()
    for file in cli.root.rglob("values.yaml"):
        file.write_text("# moved\n\n" + file.read_text())
    assert before == prints() != set()


def test_no_cell_of_csv_is_a_formula_and_numbers_stay_numbers(cli: Cli) -> None:
    rows = list(csv.DictReader(io.StringIO(cli("list", "--format", "csv").out)))
    cells = [cell for row in rows for cell in row.values()]
    assert [cell for cell in cells if cell[:1] in "=+@\t\r"] == [""] * cells.count("")
    assert {row["threshold"] for row in rows} == {"-1", "1048576"}
    from rea_xcom_tui.reports.tables import csv_cell

    assert [csv_cell(text) for text in ("=1+1", "+A1", "-A1", "@SUM(A1)", "\tx", "-1", "+2.5", "", "a=b")] == [
        "'=1+1", "'+A1", "'-A1", "'@SUM(A1)", "'\tx", "-1", "+2.5", "", "a=b"
    ]  # fmt: skip


def test_a_table_in_a_comment_notifies_nobody() -> None:
    cell = markdown_table(("x",), [("@ada #1 !2 x/y#3 etl@team.iam s3://c@b",)]).splitlines()[-1]
    assert cell == ("| @<!-- -->ada #<!-- -->1 !<!-- -->2 x/y#<!-- -->3 etl@team.iam s3://c@b |")


def test_every_date_in_json_ends_with_z(cli: Cli) -> None:
    causes = cli("drift", "--format", "json").json["causes"]
    dates = [cause["since"]["date"] for cause in causes if cause["since"]]
    dates += [change["date"] for change in cli("history", "prod/a/values.yaml", "--format", "json").json["changes"]]
    assert len(dates) > 1
    assert all(UTC.fullmatch(date) for date in dates)
