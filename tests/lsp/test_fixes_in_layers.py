"""Fixes that editors and SARIF offer in layers: in the layer that a finding names, or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from rea_xcom_tui.lsp.buffers import Buffers
from tests.cli.run import Cli
from tests.fleet.test_layered import FILES, env
from tests.reports.test_published_schemas import applied
from tests.work import BACKEND, Work, make_work

NUMBER = f"xcomBackend: {BACKEND}\n" + env(PATH="s3://base/xcom", THRESHOLD="1024").replace('"1024"', "1024")
FIXED = NUMBER.replace("1024", '"1024"')


@pytest.fixture
def repo(tmp_path: Path) -> Work:
    """Two deployments, both of which have a number in the layer that they share."""
    ml = {"clusters/eu/ml.yaml": "namespace: ml\n"}
    return make_work(tmp_path / "repo", {**FILES, **ml, "base.yaml": NUMBER})


def offered(cli: Cli, *query: str) -> list[str]:
    (run,) = cli("check", "--format", "sarif", *query).json["runs"]
    found = [one for one in run["results"] if one["ruleId"] == "XC701"]
    assert found
    return [applied(NUMBER, one["fixes"]) for one in found if "fixes" in one]


@pytest.mark.parametrize("ref", [[], ["--ref", "HEAD"]])
def test_sarif_has_the_fix_in_the_shared_layer_where_all_of_its_deployments_are_told_of(
    repo: Work, capsys: pytest.CaptureFixture[str], ref: list[str]
) -> None:
    cli = Cli(capsys, repo.root)
    assert set(offered(cli, *ref)) == {FIXED}
    assert not offered(cli, "name:etl", *ref)


def test_sarif_has_it_in_each_of_several_repos(repo: Work, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = make_work(tmp_path / "other", {**FILES, "clusters/eu/ml.yaml": "namespace: ml\n", "base.yaml": NUMBER})
    texts = offered(Cli(capsys, repo.root), "-C", str(repo.root), "-C", str(other.root))
    alone = offered(Cli(capsys, repo.root))
    assert set(texts) == {FIXED}
    assert len(texts) == 2 * len(alone)


def test_an_editor_offers_it_upon_what_is_typed_there_and_elsewhere(repo: Work) -> None:
    typed = NUMBER.replace("s3://base", "s3://typed")
    buffers = Buffers.around(repo.root / "base.yaml")
    buffers.put("base.yaml", typed)
    told = [one for one in buffers.findings("base.yaml") if one.finding.code == "XC701"]
    assert {deployment.name for deployment in told[0].deployments} >= {"etl", "ml"}
    assert buffers.fixed("base.yaml", told) == typed.replace("1024", '"1024"')
    buffers.put("clusters/eu/ml.yaml", "# commonEnv: as the base has it\nnamespace: ml\n")
    assert buffers.fixed("base.yaml", told) == typed.replace("1024", '"1024"')
    assert buffers.fixed("clusters/eu/ml.yaml", told) is None
