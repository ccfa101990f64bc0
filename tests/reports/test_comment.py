"""Comments on pull requests and SARIF: what forges and code scanning take."""

from __future__ import annotations

import pytest

from rea_xcom_tui.reports.comment import MOST, Section, comment
from tests.cli.run import Cli
from tests.work import Work, values


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str], fleet_repo: Work) -> Cli:
    return Cli(capsys, fleet_repo.root)


ETL, SYNC = "clusters/prod/billing/etl/values.yaml", "clusters/dev/crm/sync/values.yaml"


@pytest.mark.parametrize("count", [1, 20, 21, 500, 5_000])
@pytest.mark.parametrize("width", [1, 90, 9_000])
def test_a_comment_is_never_too_long_and_counts_what_it_leaves_out(count: int, width: int) -> None:
    rows = [("x" * width, f"row{number}.") for number in range(count)]
    text = comment("check", "said", [Section("new", ("a", "b"), rows), Section("old", ("a", "b"), rows, folded=True)])
    assert len(text) <= MOST
    assert text.startswith("<!-- rea-xcom-tui check -->\n\nsaid\n\n")
    assert text.count("<details>") == text.count("</details>") == (1 if count <= 20 else 2)
    shown = text.count("row") - text.count("more row")
    left = [int(line.split()[0]) for line in text.splitlines() if "more row" in line]
    assert shown + sum(left) == 2 * count
    assert "\n\n| a | b |\n|---|---|\n| x" in text


def test_a_comment_tells_what_is_new_in_front(cli: Cli, fleet_repo: Work) -> None:
    fleet_repo.write(ETL, values("billing-etl", compression="gz"))
    fleet_repo.commit_all("wrong before")
    fleet_repo.git("branch", "trunk")
    fleet_repo.write(ETL, "# moved\n" + values("billing-etl", compression="gz"))
    fleet_repo.write(SYNC, values("crm-sync", threshold="x"))
    text = cli("check", "--changed-since", "trunk", "--format", "markdown").out
    new, rest = text.split("<details>", 1)
    assert "new**" in new
    assert SYNC.replace("_", "\\_") in new
    assert "XC402" not in new
    assert "XC402" in rest
    diff = cli("diff", "--changed-since", "trunk", "--format", "markdown").out
    assert diff.startswith("<!-- rea-xcom-tui diff -->\n\nXCom settings of 1 deployment:\n\n| deployment |")


def test_code_scanning_is_told_what_a_rule_means(cli: Cli, fleet_repo: Work) -> None:
    fleet_repo.write(ETL, values("billing-etl", compression="gz"))
    (run,) = cli("check", "--format", "sarif").json["runs"]
    rules = run["tool"]["driver"]["rules"]
    rule = next(one for one in rules if one["id"] == "XC402")
    assert rule["defaultConfiguration"] == {"level": "error"}
    assert rule["help"]["text"] == cli("explain", "XC402").out.removesuffix("\n")
    assert rule["properties"]["tags"] == ["Compression"]
    assert run["columnKind"] == "unicodeCodePoints"
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["locations"][0]["physicalLocation"]["region"]["startColumn"] > 0
