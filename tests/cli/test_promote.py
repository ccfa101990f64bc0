"""`promote`: pairs by name, exact edits, nothing of staging in prod, and one sentence for what cannot be."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.run import Cli
from tests.cli.test_toolchain import holds
from tests.work import Work, make_work, values

ACCOUNTS = {"staging": "222233334444", "prod": "333344445555"}


def agent(env: str, name: str, threshold: str | None = "0", prefix: str = "") -> str:
    role = f"arn:aws:iam::{ACCOUNTS[env]}:role/growth-{env}-{name}"
    path = f"s3://aws_xcom@growth-{env}-xcom/{prefix}{name}"
    return values(f"growth-{name}", path=path, threshold=threshold, role=role)


FILES = {
    "clusters/staging/growth/etl/values.yaml": agent("staging", "etl", "65536", "v2/"),
    "clusters/staging/growth/ml/values.yaml": agent("staging", "ml", None, "v2/"),
    "clusters/staging/growth/new/values.yaml": agent("staging", "new"),
    "clusters/prod/growth/etl/values.yaml": agent("prod", "etl"),
    "clusters/prod/growth/ml/values.yaml": agent("prod", "ml"),
    "clusters/prod/growth/old/values.yaml": agent("prod", "old"),
}
S_ETL, S_ML, S_NEW, P_ETL, P_ML, P_OLD = FILES
SIDES = ("--from", "env:staging", "--to", "env:prod")


@pytest.fixture
def repo(tmp_path: Path) -> Work:
    return make_work(tmp_path / "growth", FILES)


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str], repo: Work) -> Cli:
    return Cli(capsys, repo.root)


def test_fields_arrive_in_the_words_of_prod(cli: Cli, repo: Work) -> None:
    ran = cli("promote", "threshold", "path", "identity", *SIDES, "--format", "json")
    holds(cli, "promote", ran.out)
    told = ran.json
    assert {(c["to"], c["field"], c["new"], c["outcome"]) for c in told["carried"]} == {
        (P_ETL, "threshold", 65536, "change"),
        (P_ETL, "path", "s3://aws_xcom@growth-prod-xcom/v2/etl", "change"),
        (P_ETL, "identity", "arn:aws:iam::333344445555:role/growth-prod-etl", "same"),
        (P_ML, "threshold", None, "change"),
        (P_ML, "path", "s3://aws_xcom@growth-prod-xcom/v2/ml", "change"),
        (P_ML, "identity", "arn:aws:iam::333344445555:role/growth-prod-ml", "same"),
    }
    assert told["alone"] == {"from": [S_NEW], "to": [P_OLD]}
    assert repo.status() == []
    preview = cli("promote", "threshold", "path", *SIDES)
    assert (preview.code, "growth-staging" in preview.out) == (0, False)
    assert f"no partner for 1 deployment of --to: {P_OLD}" in preview.err
    assert "2 pairs: 4 change" in preview.err
    comment = cli("promote", "threshold", "path", *SIDES, "--format", "markdown").out
    assert comment.startswith("<!-- rea-xcom-tui promote -->")
    assert cli("promote", "threshold", "path", *SIDES, "--write").code == 0
    assert repo.status() == [f" M {P_ETL}", f" M {P_ML}"]
    assert repo.read(P_ETL).decode() == agent("prod", "etl", "65536", "v2/")
    assert repo.read(P_ML).decode() == agent("prod", "ml", None, "v2/")


def test_a_path_that_arrives_with_a_connection_tells_where_that_is_not_defined(cli: Cli, repo: Work) -> None:
    defined = 'commonEnv:\n  - name: AIRFLOW_CONN_AWS_XCOM\n    value: \'{"conn_type": "aws"}\'\n'
    repo.write(S_ETL, repo.read(S_ETL).decode().replace("commonEnv:\n", defined))
    repo.write(P_ETL, repo.read(P_ETL).decode().replace("s3://aws_xcom@growth-prod-xcom/etl", "gs://growth-prod/etl"))
    repo.commit_all("another store")
    ran = cli("promote", "path", *SIDES)
    assert f"AIRFLOW_CONN_AWS_XCOM is defined where the path comes from and not in {P_ETL}; define" in ran.err, ran.err
    repo.write(P_ETL, repo.read(P_ETL).decode().replace("commonEnv:\n", defined))
    assert "is defined where" not in cli("promote", "path", *SIDES).err


def test_promoting_back_changes_nothing(cli: Cli, repo: Work) -> None:
    fields = ("threshold", "path", "identity", "connection", "compression", "backend")
    assert cli("promote", *fields, *SIDES, "--write").code == 0
    back = cli("promote", *fields, "--from", "env:prod", "--to", "env:staging", "--format", "json").json
    assert {c["outcome"] for c in back["carried"]} == {"same"}


def test_what_is_declared_stays_in_its_environment(cli: Cli, repo: Work) -> None:
    ran = cli("promote", "--propose")
    assert ran.code == 0
    assert "nothing differs by environment as a rule" in ran.err
    for name in ("a", "b", "c", "d"):
        repo.write(f"clusters/staging/growth/{name}/values.yaml", agent("staging", name, "65536"))
        repo.write(f"clusters/prod/growth/{name}/values.yaml", agent("prod", name, "0"))
    ran = cli("promote", "--propose", "--write")
    assert ran.code == 0
    assert "threshold belongs to its environment: 0 in prod, 65536 in staging" in ran.err
    assert "per_environment:\n  threshold: 0 in prod, 65536 in staging\n" in repo.read(".rea-xcom.yaml").decode()
    told = cli("promote", "threshold", "path", *SIDES, "--format", "json").json
    assert {c["outcome"] for c in told["carried"] if c["field"] == "threshold"} == {"kept"}
    assert "the baseline file already declares all of it" in cli("promote", "--propose").err
    repo.write(".rea-xcom.yaml", "version: 1\nper_environment: [bukket]\n")
    wrong = cli("promote", "threshold", *SIDES)
    assert (wrong.code, "did you mean bucket?" in wrong.err) == (2, True)


def test_partners_that_match_twice_are_refused_and_can_be_carried_to_each(cli: Cli, repo: Work) -> None:
    beside = "clusters/prod/growth-eu/growth/etl/values.yaml"
    repo.write(beside, agent("prod", "etl"))
    told = cli("promote", "threshold", *SIDES, "--format", "json").json
    assert [c["to"] for c in told["carried"] if c["from"] == S_ETL] == [P_ETL]  # in the same folders
    assert beside in told["alone"]["to"]
    repo.write(P_ETL.replace("growth", "growth-us/growth"), agent("prod", "etl"))
    (repo.root / P_ETL).unlink()
    ran = cli("promote", "threshold", *SIDES, "--write")
    assert (ran.code, ran.out, "clusters/prod/growth-eu/" in str(repo.status())) == (3, "", True)
    assert f"{S_ETL}: threshold: 2 deployments of --to match it" in ran.err
    assert "or carry to each of them with --each" in ran.err
    told = cli("promote", "threshold", *SIDES, "--each", "--format", "json").json
    assert sum(c["from"] == S_ETL for c in told["carried"]) == 2
    back = cli("promote", "threshold", "--from", "env:prod", "--to", "env:staging", "--each")
    assert "narrow --from" in back.err
    rest = cli("promote", "threshold", *SIDES, "--skip-refused", "--write")
    assert (rest.code, f" M {P_ML}" in repo.status()) == (3, True)


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (("threshold",), 2, "say which deployments: --from QUERY"),
        (SIDES, 2, "name the fields to carry"),
        (("threshhold", *SIDES), 2, "did you mean 'threshold'?"),
        (("threshold", "threshold", *SIDES), 2, "threshold is given twice"),
        (("threshold", "--from", "env:qa", "--to", "env:prod"), 2, "--from selects no deployment"),
        (("threshold", "--from", "etl", "--to", "env:prod"), 2, "both select 1 deployment"),
        (("threshold", "--from", "name:growth-new", "--to", "env:prod"), 2, "no deployment of --to has a partner"),
        (("threshold", *SIDES, "--format", "json", "--write"), 2, "--format is for the preview"),
        (("--propose", "threshold"), 2, "takes no fields"),
    ],
)
def test_wrong_usage_is_one_sentence(cli: Cli, args: tuple[str, ...], code: int, said: str) -> None:
    ran = cli("promote", *args)
    assert (ran.code, ran.out, len(ran.err.splitlines())) == (code, "", 1)
    assert said in ran.err


def test_a_promotion_can_be_saved_as_a_plan(cli: Cli, repo: Work, tmp_path: Path) -> None:
    plan = tmp_path / "plan.json"
    assert cli("promote", "threshold", "path", *SIDES, "--plan", str(plan)).code == 0
    assert {edit["deployment"] for edit in json.loads(plan.read_text())["edits"]} == {P_ETL, P_ML}
    assert cli("apply", str(plan), "--write").code == 0
    assert repo.status() == [f" M {P_ETL}", f" M {P_ML}"]
