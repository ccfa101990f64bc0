"""Reports for other programs, held against the schemas that those programs' makers publish."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import xmlschema
from jsonschema import Draft7Validator

from rea_xcom_tui.reports import drift, findings
from rea_xcom_tui.reports.formats import REPORTS
from tests.cli.run import Cli
from tests.work import Work, make_work, values

ROOT = Path(__file__).resolve().parents[2]
FORMATS = ROOT / "tests/data/formats"
ETL, ML = "clusters/prod/billing/etl/values.yaml", "clusters/prod/billing/ml/values.yaml"
WRONG = values("billing-etl", compression="gz", threshold="1e6").replace('"1e6"', "1e6 # ü 😀")


def test_both_reports_have_every_format_that_their_option_names() -> None:
    assert tuple(findings.FORMATS) == tuple(drift.FORMATS) == REPORTS, "reports/findings.py, drift.py or formats.py"


@pytest.fixture
def fleet_repo(tmp_path: Path) -> Work:
    files = {f"clusters/prod/billing/{name}/values.yaml": values(name) for name in "abcdef"}
    odd = values("<ab> & 'c'", threshold="-1", path="s3://aws_xcom@team-xcom/other")
    return make_work(tmp_path / "fleet", {**files, "clusters/prod/billing/a b/values.yaml": odd, ETL: WRONG})


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str], fleet_repo: Work) -> Cli:
    fleet_repo.write(ML, "xcomBackend: [\n")
    return Cli(capsys, fleet_repo.root)


@pytest.mark.parametrize("command", ["check", "drift"])
def test_sarif(cli: Cli, command: str) -> None:
    schema = json.loads((FORMATS / "sarif-2.1.0-rtm.5.json").read_text())
    log = cli(command, "--format", "sarif").json
    mistakes = [f"{error.json_path}: {error.message[:200]}" for error in Draft7Validator(schema).iter_errors(log)]
    assert mistakes == []
    assert log["runs"][0]["results"]


@pytest.mark.parametrize("command", ["check", "drift"])
def test_junit(cli: Cli, command: str) -> None:
    schema = xmlschema.XMLSchema(FORMATS / "junit-10.xsd")
    ran = cli(command, "--format", "junit")
    schema.validate(ran.out)
    assert "<failure" in ran.out


def applied(text: str, fixes: list[dict[str, object]]) -> str:
    """The text after a result's fix, carried out by nothing but what SARIF says of regions."""
    (fix,) = json.loads(json.dumps(fixes))
    (change,) = fix["artifactChanges"]
    lines = text.split("\n")
    for one in reversed(change["replacements"]):
        region = one["deletedRegion"]
        first, last = region["startLine"] - 1, region["endLine"] - 1
        head, tail = lines[first][: region["startColumn"] - 1], lines[last][region["endColumn"] - 1 :]
        lines[first : last + 1] = (head + one["insertedContent"]["text"] + tail).split("\n")
    return "\n".join(lines)


@pytest.mark.parametrize("ref", [[], ["--ref", "HEAD"]])
def test_fixes_and_ends_in_sarif_are_those_of_the_tool(cli: Cli, fleet_repo: Work, ref: list[str]) -> None:
    fleet_repo.write(ML, values("billing-ml"))
    fleet_repo.commit_all()
    fleet_repo.write(ETL, WRONG if not ref else values("billing-etl"))
    (run,) = cli("check", "--format", "sarif", "name:billing-etl", *ref).json["runs"]
    by_code = {result["ruleId"]: result for result in run["results"]}
    region = by_code["XC402"]["locations"][0]["physicalLocation"]["region"]
    line = WRONG.split("\n")[region["startLine"] - 1]
    assert line[region["startColumn"] - 1 : region["endColumn"] - 1] == '"gz"'
    assert applied(WRONG, by_code["XC402"]["fixes"]) == WRONG.replace('"gz"', '"gzip"')
    text = WRONG
    fleet_repo.write(ETL, WRONG)
    for code in [result["ruleId"] for result in run["results"] if "fixes" in result]:
        (fresh,) = cli("check", "--format", "sarif", "name:billing-etl").json["runs"]
        result = next((one for one in fresh["results"] if one["ruleId"] == code), None)
        if result is not None:
            text = applied(text, result["fixes"])
            fleet_repo.write(ETL, text)
    fleet_repo.write(ETL, WRONG)
    assert cli("check", "--fix", "name:billing-etl", "--write").code == 0
    assert text == fleet_repo.read(ETL).decode()


@pytest.mark.parametrize(
    ("schema", "file"),
    [
        ("vendor.github-actions", "action.yml"),
        ("vendor.github-workflows", ".github/workflows/ci.yml"),
        ("vendor.github-workflows", ".github/workflows/release.yml"),
        ("vendor.github-issue-forms", ".github/ISSUE_TEMPLATE/bug.yml"),
        ("vendor.dependabot", ".github/dependabot.yml"),
    ],
)
def test_what_forges_read_is_what_they_take(schema: str, file: str) -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, str(ROOT / file)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
