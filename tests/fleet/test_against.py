"""What a fleet is compared with: every branch can be named, also one with the name of a word."""

from __future__ import annotations

import pytest

from rea_xcom_tui.fleet.drift.against import Against
from tests.cli.run import Cli
from tests.work import FLEET, Work

ETL = "clusters/prod/billing/etl/values.yaml"


@pytest.mark.parametrize("name", ["majority", "baseline", "components", "cluster"])
def test_a_branch_with_the_name_of_a_word_can_be_compared_with(
    fleet_repo: Work, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    fleet_repo.git("branch", name)
    fleet_repo.write(ETL, FLEET[ETL].replace("1048576", "7"))
    cli = Cli(capsys, fleet_repo.root)
    found = cli("drift", "--against", f"ref:{name}", "--no-since", "--format", "json")
    assert found.code == 1, found.err
    assert found.json["against"] == f"ref:{name}"
    assert [(cause["field"], cause["expected"]) for cause in found.json["causes"]] == [("threshold", 1048576)]
    bare = cli("drift", "--against", "ref:HEAD", "--no-since", "--format", "json")
    assert (bare.json["against"], len(bare.json["causes"])) == ("HEAD", 1)


@pytest.mark.parametrize(
    "against",
    [
        Against("majority"),
        Against("baseline"),
        Against("components"),
        Against("cluster"),
        *(
            Against("revision", name)
            for name in ("majority", "HEAD~3", "cluster", "deployment", "v1^{commit}", "ref:x")
        ),
        Against("cluster", "prod"),
        Against("cluster", "", ("a", "b")),
        Against("cluster", "arn:aws:eks:x", ("a",)),
        Against("deployment", "a/b.yaml#/1"),
        Against("releases", "../out:put"),
    ],
)
def test_what_is_told_is_taken_apart_again(against: Against) -> None:
    assert Against.parse(against.text) == against
