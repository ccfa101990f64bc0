"""What an Application or a set names and Git does not hold, or holds in another shape."""

from __future__ import annotations

import pytest

from tests.layouts.argocd.support import CHART_FILES, REPO, Result, app
from tests.layouts.argocd.test_sets import a_set, clusters

REF = f"""\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {{name: etl}}
spec:
  destination: {{name: prod-eu, namespace: etl}}
  sources:
  - repoURL: https://charts.example.com
    chart: astro-remote-execution-agent
    helm:
      valueFiles: [FILE]
      fileParameters: [{{name: note, path: note.txt}}]
  - {{repoURL: "{REPO}", ref: own}}
"""


@pytest.mark.parametrize(
    ("helm", "why"),
    [
        ("valueFiles: ['../../../../up/*.yaml']", "lead out of the repo, so they are not read"),
        ("valueFiles: ['*.none']", "No values file matches *.none"),
        ("valueFiles: ['$missing/a.yaml']", "No source has the ref $missing"),
        ("fileParameters: [{name: a, path: gone.txt}]", "gone.txt"),
        ("parameters: [{name: a, value: $NOBODY}]", "Argo CD has no variable $NOBODY"),
    ],
)
def test_what_is_not_there_is_a_problem(helm: str, why: str) -> None:
    result = Result({**CHART_FILES, "x.yaml": app(helm)})
    assert any(why in problem for problem in result.problems), result.problems


def test_files_of_an_address_of_a_chart_and_of_a_ref_with_a_chart() -> None:
    result = Result({**CHART_FILES, "x.yaml": app("valueFiles: ['https://files.example/v.yaml']")})
    assert [layer.is_opaque for layer in result.one.layers if layer.kind != "chart defaults"] == [True]
    result = Result({"x.yaml": REF.replace("FILE", "own.yaml")})
    assert [layer.words for layer in result.one.layers] == [
        "own.yaml of the chart astro-remote-execution-agent",
        "note.txt (file parameter note)",
    ]
    result = Result({"x.yaml": REF.replace("FILE", "$own/a.yaml").replace("ref: own", "ref: own, chart: x")})
    assert any("has a chart; Argo CD refuses that" in problem for problem in result.problems)


def test_parameters_that_only_a_sync_knows_and_dollars() -> None:
    helm = "parameters: [{name: a, value: $ARGOCD_APP_REVISION}, {name: b, value: 'x$$y'}, {name: c}]"
    layers = {layer.path or layer.words: layer for layer in Result({**CHART_FILES, "x.yaml": app(helm)}).one.layers}
    assert layers["parameter a"].is_opaque
    assert layers["b"].value == "x$y"
    assert layers["c"].why_not == "The parameter has no value of its own."


def test_a_source_file_takes_away_adds_and_is_told_where_it_cannot_be_read() -> None:
    helm = "valueFiles: [a.yaml]\nvaluesObject: {a: 1, b: 1}"
    files = {**CHART_FILES, "x.yaml": app(helm), "agents/etl/a.yaml": "c: 1\n"}
    over = "helm: {valueFiles: null, valuesObject: {b: 2}}\n"
    result = Result({**files, "agents/etl/.argocd-source.yaml": over})
    assert result.values() == {"a": 1, "b": 2}
    result = Result({**files, "agents/etl/.argocd-source.yaml": "helm: \x01"})
    assert any(".argocd-source.yaml cannot be read" in problem for problem in result.problems)
    result = Result({**files, "agents/etl/.argocd-source.yaml": ""})
    assert result.values() == {"a": 1, "b": 1, "c": 1}


def test_elements_from_files_that_hold_no_mapping_or_cannot_be_read_are_told() -> None:
    generator = f"- git: {{repoURL: '{REPO}', files: [{{path: 'c/*.yaml'}}], values: {{team: '{{{{.cluster}}}}-x'}}}}"
    files = {"c/a.yaml": "cluster: eu\nenv: prod\n", "c/b.yaml": "- 5\n", "c/c.yaml": "a: \x01", "c/d.yaml": ""}
    result = Result({"set.yaml": a_set(generator, name="agent-{{.values.team}}"), **files})
    assert [entry.cluster for entry in result.entries] == ["eu"]
    told = " ".join(result.problems)
    for file, why in (
        ("c/b.yaml", "holds no mapping"),
        ("c/c.yaml", "cannot be read"),
        ("c/d.yaml", "holds no mapping"),
    ):
        assert f"{file} {why}" in told


def test_elements_of_yaml_text_of_other_repos_and_of_labels_of_clusters() -> None:
    text = a_set("- list: {elements: [{cluster: eu}], elementsYaml: '[{cluster: us}, 5]'}")
    result = Result({"set.yaml": text})
    assert clusters(result) == ["eu", "us"]
    assert any("An element of the list is not a mapping" in problem for problem in result.problems)
    result = Result({"set.yaml": a_set("- list: {elementsYaml: 'a: ['}")})
    assert any("elementsYaml is not YAML" in problem for problem in result.problems)

    away = a_set("- git: {repoURL: 'https://git.example.com/other.git', files: [{path: 'c/*.yaml'}]}")
    result = Result({"set.yaml": away, "c/a.yaml": "cluster: eu\n"}, remotes=[REPO])
    assert any("which is another repo" in problem for problem in result.problems)

    generator = "- clusters: {values: {tier: '{{.metadata.labels.tier}}'}}"
    text = a_set(generator, name="agent-{{.nameNormalized}}-{{.values.tier}}").replace("{{.cluster}}", "{{.name}}")
    result = Result({"set.yaml": text}, clusters={"Reef_1": {"tier": "gold"}})
    assert clusters(result) == ["Reef_1"]


def test_generators_within_generators_have_an_end() -> None:
    inner = "{list: {elements: [{cluster: eu}]}}"
    for _ in range(12):
        inner = f"{{matrix: {{generators: [{inner}, {{list: {{elements: [{{env: prod}}]}}}}]}}}}"
    result = Result({"set.yaml": a_set(f"- {inner}")})
    assert any("nested more deeply than Argo CD allows" in problem for problem in result.problems)
