"""`--changed-since`: only what a branch touches, through shared layers too, and what it answers for."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.cli.run import Cli
from tests.fleet.test_layered import BROKEN as LAYERED_BROKEN
from tests.fleet.test_layered import ETL as LAYERED_ETL
from tests.fleet.test_layered import FILES as LAYERED
from tests.fleet.test_layered import ML as LAYERED_ML
from tests.work import Work, make_work, values

ETL, ML, SYNC = (
    "clusters/prod/billing/etl/values.yaml",
    "clusters/prod/billing/ml/values.yaml",
    "clusters/dev/crm/sync/values.yaml",
)


@pytest.fixture
def branch(fleet_repo: Work) -> Work:
    """A branch beside a main that has gone on: ETL was wrong before, and so was SYNC."""
    fleet_repo.write(ETL, values("billing-etl", compression="gz"))
    fleet_repo.write(SYNC, values("crm-sync", path="s3://crm-dev-xcom/sync", compression="gz"))
    fleet_repo.commit_all("wrong before")
    fleet_repo.git("branch", "trunk")
    fleet_repo.git("checkout", "-q", "trunk")
    fleet_repo.write(ML, values("billing-ml", threshold="1"))
    fleet_repo.commit_all("trunk goes on")
    fleet_repo.git("checkout", "-q", "-b", "work", "HEAD~")
    return fleet_repo


def statuses(cli: Cli, *args: str) -> tuple[int, set[tuple[str, str, str]], set[tuple[str | None, str]]]:
    ran = cli("check", "--changed-since", "trunk", "--format", "json", *args)
    errors = [one for one in ran.json["findings"] if one["severity"] == "error"]
    fixed = {(one["deployment"], one["code"]) for one in ran.json["fixed"] if one["severity"] == "error"}
    return ran.code, {(one["deployment"] or one["file"], one["code"], one["status"]) for one in errors}, fixed


def test_a_branch_answers_for_what_it_brings_and_for_nothing_else(cli: Cli, branch: Work) -> None:
    assert statuses(cli) == (0, set(), set())
    moved = "# moved\n\n" + values("billing-etl", compression="gz", threshold="5")
    branch.write(ETL, moved)
    assert statuses(cli) == (0, {(ETL, "XC402", "remaining")}, set())
    branch.commit_all("committed, it is the same")
    assert statuses(cli) == (0, {(ETL, "XC402", "remaining")}, set())
    branch.write(ETL, moved.replace('"gz"', '"zip"').replace('"5"', '"five"'))
    code, found, fixed = statuses(cli)
    assert code == 1
    assert {(file, status) for file, _, status in found} == {(ETL, "new")}
    assert fixed == {(ETL, "XC402")}
    assert statuses(cli, "--fail-on", "never")[0] == 0
    text = cli("check", "--changed-since", "trunk").out
    assert "  [new]" in text
    assert f"  error    XC402  {ETL}: " in text.partition("\nfixed:\n")[2]
    assert f"touched since trunk ({branch.git('rev-parse', 'trunk~').strip()[:7]})" in text.splitlines()[-1]


def test_what_came_and_what_went_are_told(cli: Cli, branch: Work) -> None:
    branch.git("rm", "-q", SYNC)
    branch.write("clusters/dev/new/values.yaml", values("new", compression="gz"))
    branch.write(ETL, "commonEnv: [\nxcomBackend: x\n")
    code, found, fixed = statuses(cli)
    assert (code, fixed) == (1, {(SYNC, "XC402")})
    assert found == {("clusters/dev/new/values.yaml", "XC402", "new"), (ETL, "XC000", "new")}
    assert statuses(cli, "env:dev")[1] == {("clusters/dev/new/values.yaml", "XC402", "new")}
    branch.commit_all("broken")
    branch.git("branch", "-f", "trunk")
    branch.write(ETL, "commonEnv: [\nxcomBackend: y\n")
    assert statuses(cli) == (0, {(ETL, "XC000", "remaining")}, set())
    branch.write(ETL, values("billing-etl"))
    assert statuses(cli) == (0, set(), {(None, "XC000")})


def test_drift_and_diff_look_at_the_same_deployments(cli: Cli, branch: Work) -> None:
    assert cli("drift", "--changed-since", "trunk").code == 0
    assert cli("diff", "--changed-since", "trunk").code == 0
    branch.write(ML, values("billing-ml", threshold="7"))
    branch.commit_all("another threshold")
    ran = cli("drift", "--changed-since", "trunk", "--against", "deployment:billing-etl", "--format", "json")
    assert ran.code == 1
    assert {id_ for cause in ran.json["causes"] for id_ in cause["deployments"]} == {ML}
    ran = cli("diff", "--changed-since", "trunk", "--format", "json")
    rows = [(row["deployment"], row["field"], row["old"], row["new"]) for row in ran.json["changes"]]
    assert (ran.code, rows) == (1, [(ML, "threshold", 0, 7)])
    assert ran.json["commit"] == branch.git("rev-parse", "trunk~").strip()
    assert cli("diff", "HEAD", "--changed-since", "trunk").code == 2
    assert cli("diff", "--to", "HEAD", "--changed-since", "trunk").code == 2
    fixed = cli("check", "--fix", "--changed-since", "trunk")
    assert SYNC in cli("check", "--fix").out
    assert SYNC not in fixed.out


def test_a_shared_layer_touches_every_deployment_above_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    work = make_work(tmp_path / "layered", LAYERED)
    work.git("branch", "trunk")
    cli = Cli(capsys, work.root)
    work.write("base.yaml", work.read("base.yaml").replace(b'"1024"', b'"2048"'))
    changes = cli("diff", "--changed-since", "trunk", "--format", "json").json["changes"]
    told = {(change["deployment"], change["field"], change["new"]) for change in changes}
    assert told == {(LAYERED_ETL, "threshold", 2048), (LAYERED_BROKEN, "threshold", 2048)}
    ran = cli("check", "--changed-since", "trunk", "--format", "json", "--fail-on", "never").json
    found = {one["deployment"] for one in ran["findings"]}
    assert LAYERED_ML in found
    assert "old/values.yaml" not in found
    assert {one["status"] for one in ran["findings"] if one["code"] in ("XC731", "XC732")} == {"remaining"}


def test_one_deployment_may_make_a_finding_of_another(cli: Cli, branch: Work) -> None:
    branch.git("checkout", "-q", "-B", "work", "trunk~")
    shared = values("billing-etl", path="s3://crm-dev-xcom/sync")
    branch.write(ETL, shared)
    found = cli("check", "--changed-since", "trunk", "--format", "json", "--fail-on", "never").json["findings"]
    others = [one for one in found if one["deployment"] == SYNC]
    assert others
    assert {one["status"] for one in others} == {"new"}


def test_a_history_that_ends_too_early_is_told(cli: Cli, branch: Work, tmp_path: Path) -> None:
    ran = cli("check", "--changed-since", "nothing-like-it")
    assert ran.code == 2
    assert "nothing-like-it" in ran.err
    shallow = tmp_path / "shallow"
    branch.write(ML, values("billing-ml", threshold="9"))
    branch.commit_all("one more")
    source = f"file://{branch.root}"
    command = ["git", "clone", "-q", "--depth", "1", "--no-single-branch", "-b", "work", source, str(shallow)]
    subprocess.run(command, check=True)
    ran = Cli(cli.capsys, shallow)("check", "--changed-since", "origin/trunk")
    assert ran.code == 2
    assert "this clone is shallow" in ran.err
    assert "fetch-depth: 0" in ran.err
