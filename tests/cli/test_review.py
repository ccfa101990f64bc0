"""`review`: a branch by deployment and field, with its findings, its impact, its drift and one verdict."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest

from rea_xcom_tui.fleet.model import Item
from rea_xcom_tui.fleet.scan.read import read_deployment
from rea_xcom_tui.fleet.scan.reading import Reading
from rea_xcom_tui.fleet.scan.scan import scan_revision
from tests.cli.run import Cli
from tests.fleet.test_layered import BROKEN, FILES
from tests.fleet.test_layered import ETL as LAYERED
from tests.work import Work, make_work, values

ETL, ML = "clusters/prod/billing/etl/values.yaml", "clusters/prod/billing/ml/values.yaml"
BASELINE = "version: 1\nbaseline:\n  prod:\n    threshold: 0\n"


@pytest.fixture
def branch(fleet_repo: Work) -> Work:
    """A branch beside a main that has gone on meanwhile."""
    fleet_repo.write(".rea-xcom.yaml", BASELINE)
    fleet_repo.commit_all("declare")
    fleet_repo.git("checkout", "-q", "-b", "work")
    fleet_repo.write(ETL, values("billing-etl", threshold="0", path="s3://aws_xcom@other/etl"))
    fleet_repo.write(ML, values("billing-ml", threshold="5", compression="gz"))
    fleet_repo.commit_all("work")
    fleet_repo.git("checkout", "-q", "main")
    fleet_repo.write("clusters/dev/crm/sync/values.yaml", values("crm-sync", threshold="7"))
    fleet_repo.commit_all("main goes on")
    return fleet_repo


def test_everything_that_a_branch_does_is_told_and_nothing_that_main_did(cli: Cli, branch: Work) -> None:
    ran = cli("review", "work", "--format", "json")
    told = ran.json
    assert (ran.code, told["onto"], told["verdict"]["level"]) == (1, "main", "stop")
    assert told["merge_base"] == branch.git("merge-base", "main", "work").strip()
    assert {(c["deployment"], c["field"], c["old"], c["new"]) for c in told["changes"]} == {
        (ETL, "threshold", 1048576, 0),
        (ETL, "path", "s3://aws_xcom@team-xcom/etl", "s3://aws_xcom@other/etl"),
        (ML, "threshold", 0, 5),
        (ML, "compression", "zip", "gz"),
    }
    assert told["verdict"]["in_flight"] == [ETL]
    assert [f["code"] for f in told["findings"]["new"] if f["severity"] == "error"] == ["XC402"]
    assert [(d["deployment"], d["field"]) for d in told["drift"]["made"]] == [(ML, "threshold")]
    assert [(d["deployment"], d["field"]) for d in told["drift"]["healed"]] == [(ETL, "threshold")]
    text = cli("review", "work", "--fail-on", "never")
    assert text.code == 0
    assert text.out.splitlines()[-1].startswith("work onto main (")
    assert "tasks in flight get an address instead of their data on 1 deployment" in text.out
    comment = cli("review", "work", "--format", "markdown").out
    assert comment.startswith("<!-- rea-xcom-tui review -->\n\n**stop: changes 4 fields of 2 deployments")
    assert branch.status() == []


def test_what_the_branch_leaves_as_it_is_is_read_once_for_both_sides(
    cli: Cli, branch: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared = values("ml-two", path="s3://aws_xcom@shared/x")
    branch.git("checkout", "-q", "work")
    branch.write("clusters/dev/one/values.yaml", shared)
    branch.write("clusters/dev/two/values.yaml", shared.replace("ml-two", "ml-three"))
    branch.commit_all("two that share a place, a finding of both together")
    branch.write("clusters/dev/two/values.yaml", shared.replace("ml-two", "ml-three").replace("/x", "/y"))
    branch.git("branch", "base")
    branch.commit_all("apart")
    branch.git("checkout", "-q", "main")
    repository, reading = branch.open(), Reading()
    after = scan_revision(repository, "work", reading)
    alone = scan_revision(repository, "base", reading)
    read: list[str] = []

    def counted(path: str, *args: Any, **options: Any) -> Item:
        read.append(path)
        return read_deployment(path, *args, **options)

    monkeypatch.setattr("rea_xcom_tui.fleet.scan.read.read_deployment", counted)
    assert scan_revision(repository, "base", reading, near=after) == alone
    assert scan_revision(repository, "work", reading, near=alone) == after
    assert [file for file in read if file.startswith("clusters")] == ["clusters/dev/two/values.yaml"] * 2
    assert after.by_id["clusters/dev/one/values.yaml"] != alone.by_id["clusters/dev/one/values.yaml"]


def test_a_branch_that_says_nothing_about_settings(cli: Cli, branch: Work) -> None:
    branch.git("checkout", "-q", "-b", "words", "main")
    branch.write("README.md", "more\n")
    branch.commit_all("words")
    assert cli("review", "words").out.splitlines()[-1].endswith("changes no XCom setting")
    ran = cli("review", "main", "--onto", "words")
    assert (ran.code, "words already holds main" in ran.err) == (0, True)


def test_a_pull_request_by_number_and_by_page(cli: Cli, branch: Work, tmp_path: Path) -> None:
    bare = tmp_path / "bare.git"
    subprocess.run(["git", "clone", "-q", "--bare", str(branch.root), str(bare)], check=True)
    subprocess.run(["git", "update-ref", "refs/pull/12/head", "refs/heads/work"], cwd=bare, check=True)
    branch.git("remote", "add", "origin", str(bare))
    branch.git("fetch", "-q", "origin")
    for name in ("#12", "12", "pull/12", "https://github.com/a/b/pull/12/files"):
        ran = cli("review", name)
        assert (ran.code, ran.out) == (2, "")
        assert "`git fetch origin pull/12/head:pr/12`" in ran.err
        assert len(ran.err.splitlines()) == 1
    branch.git("fetch", "-q", "origin", "pull/12/head:pr/12")
    for name in ("#12", "12", "pull/12", "https://github.com/a/b/pull/12/files", "pr/12"):
        told = cli("review", name, "--format", "json").json
        assert (told["commit"], told["onto"]) == (branch.git("rev-parse", "work").strip(), "origin/main")


def test_what_cannot_be_reviewed_is_said_in_one_sentence(cli: Cli, branch: Work) -> None:
    for args in (("nothing",), ("work", "--onto", "nothing")):
        ran = cli("review", *args)
        assert (ran.code, ran.out, len(ran.err.splitlines())) == (2, "", 1)
    branch.git("checkout", "-q", "--orphan", "alone")
    branch.commit_all("alone")
    ran = cli("review", "work", "--onto", "alone")
    assert (ran.code, "no commit in common" in ran.err) == (2, True)
    branch.git("checkout", "-q", "work")
    branch.write(".rea-xcom.yaml", "version: 1\nbaseline:\n  prod:\n    treshold: 0\n")
    branch.commit_all("a wrong baseline")
    ran = cli("review", "work")
    assert ran.code == 1
    assert "note: drift cannot be determined: .rea-xcom.yaml:4:5" in ran.err


def test_a_shared_layer_reaches_the_deployments_of_other_folders(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    work = make_work(tmp_path / "layers", FILES)
    work.git("checkout", "-q", "-b", "work")
    work.write("base.yaml", work.read("base.yaml").replace(b"1024", b"2048"))
    work.commit_all("shared")
    told = Cli(capsys, work.root)("review", "work", "--format", "json").json
    assert [(c["deployment"], c["field"], c["old"], c["new"]) for c in told["changes"]] == [
        (id_, "threshold", 1024, 2048) for id_ in (LAYERED, BROKEN)
    ]
