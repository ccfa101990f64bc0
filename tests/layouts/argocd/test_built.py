"""Applications and sets that kustomizations patch."""

from __future__ import annotations

from tests.layouts.argocd.support import CHART, CHART_FILES, REPO, Result, app, sources

SET = f"""\
apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {{name: agents}}
spec:
  generators:
  - merge:
      mergeKeys: [nameNormalized]
      generators:
      - clusters: {{values: {{environment: none, dir: base}}}}
      - list: {{elements: [{{nameNormalized: eu-1, values.dir: eu}}]}}
  template:
    metadata: {{name: "agent-{{{{nameNormalized}}}}"}}
    spec:
      destination: {{name: "{{{{nameNormalized}}}}", namespace: etl}}
      sources:
      - repoURL: https://charts.example.com
        chart: {CHART}
        helm:
          valueFiles: ["$conf/{{{{values.environment}}}}/{{{{values.dir}}}}.yaml"]
      - {{repoURL: "{REPO}", ref: conf}}
"""

OVERLAY = """\
resources: [../../base]
patches:
- target: {kind: ApplicationSet}
  patch: |
    - op: replace
      path: /spec/generators/0/merge/generators/0/clusters/values/environment
      value: %s
"""

FILES = {
    "base/set.yaml": SET,
    "base/kustomization.yaml": "resources: [set.yaml]\n",
    "overlays/stage/kustomization.yaml": OVERLAY % "stage",
    "overlays/prod/kustomization.yaml": OVERLAY % "prod",
    "stage/eu.yaml": "a: 1\n",
    "prod/eu.yaml": "a: 2\n",
}


def test_a_patched_set_gives_rows_for_each_overlay_and_none_for_the_base() -> None:
    result = Result(FILES)
    assert [(each.id, each.env, sources(each)) for each in result.entries] == [
        ("base/set.yaml?cluster=eu-1&env=prod", "prod", ["prod/eu.yaml"]),
        ("base/set.yaml?cluster=eu-1&env=stage", "stage", ["stage/eu.yaml"]),
    ]


DELETE = "resources: [../../base]\npatches:\n- patch: |\n    {patch}\n"


def test_an_overlay_that_deletes_a_set_has_no_rows() -> None:
    patch = (
        "$patch: delete\n    apiVersion: argoproj.io/v1alpha1\n    kind: ApplicationSet\n    metadata: {name: agents}"
    )
    files = {**FILES, "overlays/stage/kustomization.yaml": DELETE.format(patch=patch)}
    assert [each.env for each in Result(files).entries] == ["prod"]
    del files["overlays/prod/kustomization.yaml"]
    assert Result(files).entries == ()


APP = {**CHART_FILES, "base/app.yaml": app("valuesObject: {a: 1, b: 2}\nparameters: [{name: p, value: x}]")}


def test_a_patched_application_is_edited_in_its_own_file_only_where_that_says_it() -> None:
    patch = """\
apiVersion: argoproj.io/v1alpha1
    kind: Application
    metadata: {name: etl}
    spec: {source: {helm: {valuesObject: {b: 3}}}}"""
    files = {
        **APP,
        "base/kustomization.yaml": "resources: [app.yaml]\n",
        "overlays/prod/kustomization.yaml": DELETE.format(patch=patch),
    }
    result = Result(files)
    assert result.one.id == "base/app.yaml"
    assert result.values() == {"a": 1, "b": 3, "p": "x"}
    whole, parameter = result.one.layers
    assert whole.why_not == "The kustomization in overlays/prod patches it; edit the patch."
    assert parameter.editable


def test_an_application_that_two_kustomizations_take_in_has_a_row_for_each() -> None:
    files = {**APP, "prod/kustomization.yaml": "resources: [../base/app.yaml]\nnamePrefix: p-\n"}
    files["dev/kustomization.yaml"] = "resources: [../base/app.yaml]\n"
    result = Result(files)
    assert sorted((each.id, each.name) for each in result.entries) == [
        ("base/app.yaml?cluster=prod-eu&env=dev", "etl"),
        ("base/app.yaml?cluster=prod-eu&env=prod", "p-etl"),
    ]


def test_a_kustomization_that_cannot_be_built_leaves_what_is_written() -> None:
    files = {**APP, "base/kustomization.yaml": "resources: [app.yaml, gone.yaml]\n"}
    result = Result(files)
    assert result.one.name == "etl"
    assert any("gone.yaml" in problem for problem in result.problems)
