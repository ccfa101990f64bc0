"""Values that a tool fills in with what Git does not hold: the field is a reference, no rule guesses at it, and no edit
writes over it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.cli.run import Cli
from tests.layouts.flux.fleet import env, flux, kustomization, release
from tests.work import BACKEND, make_work

SET = """\
apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {name: agents}
spec:
  goTemplate: true
  generators:
  - merge:
      mergeKeys: [name]
      generators:
      - clusters: {}
      - list: {elements: [{name: eu}]}
  template:
    metadata: {name: 'agent-{{.name}}'}
    spec:
      destination: {name: '{{.name}}', namespace: agents}
      source:
        chart: astro-remote-execution-agent
        repoURL: https://charts.example.com
        targetRevision: 1.2.0
        helm:
          valuesObject:
"""
BUNDLE = """\
helm:
  releaseName: agent
  chart: astro-remote-execution-agent
  repo: https://charts.example.com
  values:
"""
BARE = f"    xcomBackend: {BACKEND}\n"


def _flux(threshold: str) -> dict[str, str]:
    secret = "  postBuild:\n    substituteFrom:\n    - {kind: Secret, name: vars}\n"
    return {
        "clusters/eu/flux-system/sync.yaml": flux("flux-system", "./clusters/eu"),
        "clusters/eu/apps.yaml": flux("apps", "./apps", secret),
        "apps/kustomization.yaml": kustomization("agent.yaml"),
        "apps/agent.yaml": release("agent", BARE + env("s3://${BUCKET}/xcom", threshold), namespace="agents"),
    }


def _rows(root: Path, files: dict[str, str], capsys: pytest.CaptureFixture[str]) -> tuple[Cli, list[dict[str, Any]]]:
    cli = Cli(capsys, make_work(root, files).root)
    return cli, cli("list", "--format", "json").json["deployments"]


@pytest.mark.parametrize(
    ("files", "path", "threshold"),
    [
        (_flux('"${THR:=99}"'), "the variable ${BUCKET}", "the variable ${THR}"),
        (
            {
                "set.yaml": SET
                + f"            xcomBackend: {BACKEND}\n"
                + env("'s3://{{.metadata.labels.bucket}}/x'", "'{{.metadata.labels.limit}}'")
                .replace("    ", " " * 12, 1)
                .replace("\n    ", "\n" + " " * 12)
            },
            "an element of the set that Git does not hold",
            "an element of the set that Git does not hold",
        ),
        (
            {
                "agent/fleet.yaml": BUNDLE
                + BARE
                + env("s3://global.fleet.clusterLabels.bucket", '"${ .ClusterLabels.x }"')
            },
            "labels of the cluster (global.fleet.clusterLabels.bucket)",
            "labels of the cluster (${ .ClusterLabels.x })",
        ),
    ],
    ids=["flux", "argocd", "fleet"],
)
def test_what_only_the_cluster_fills_in_is_a_reference_and_not_edited(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], files: dict[str, str], path: str, threshold: str
) -> None:
    cli, (row,) = _rows(tmp_path / "repo", files, capsys)
    for field, words in (("path", path), ("threshold", threshold)):
        told = row["fields"][field]
        assert (told["state"], told["value"], told["reference"]) == ("reference", None, words)
    assert not [each for each in row["findings"] if each["field"] in ("path", "threshold")]
    refused = cli("set", "threshold=5", "--all", "--write")
    assert refused.code == 3
    assert "comes from" in refused.err or "is the variable" in refused.err


def test_a_dollar_sign_alone_makes_no_template_of_a_values_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = {"agent/fleet.yaml": BUNDLE + BARE + env("s3://plain/xcom", "'5'") + "    note: '${ .ClusterLabels.x }'\n"}
    _, (row,) = _rows(tmp_path / "repo", files, capsys)
    assert (row["fields"]["threshold"]["state"], row["fields"]["path"]["value"]) == ("set", "s3://plain/xcom")


def test_a_secret_at_a_target_path_against_an_inline_value_is_in_conflict(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = "  valuesFrom:\n  - {kind: Secret, name: token, valuesKey: t, targetPath: 'commonEnv[1].value'}\n"
    inline = BARE + env("s3://plain/xcom", "'5'")
    _, (row,) = _rows(tmp_path / "repo", {"agent.yaml": release("agent", inline, target)}, capsys)
    assert (row["fields"]["threshold"]["state"], row["fields"]["path"]["state"]) == ("conflict", "set")


@pytest.mark.parametrize("command", ["list", "check", "drift"])
def test_a_repo_whose_only_chart_is_switched_off_is_told_that(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    chart = "apiVersion: v2\nname: off\nversion: 0.1.0\ndependencies:\n- name: astro-remote-execution-agent\n"
    files = {
        "off/Chart.yaml": chart + "  version: 1.2.0\n  repository: https://charts.example.com\n  condition: agent.on\n",
        "off/values.yaml": "agent: {'on': false}\n",
    }
    ran = Cli(capsys, make_work(tmp_path / "repo", files).root)(command)
    assert ran.code == 2
    assert "; the agent's chart is in off/Chart.yaml, but switched off by a condition or a tag" in ran.err
    assert "; ;" not in ran.err
