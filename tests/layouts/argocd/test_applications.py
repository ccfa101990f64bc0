"""Applications that stand in a file: their layers, in Argo CD's order."""

from __future__ import annotations

import pytest

from tests.layouts.argocd.support import CHART, CHART_FILES, REPO, Result, app, sources


def etl(helm: str, **more: str) -> dict[str, str]:
    files = {f"agents/etl/{name.replace('__', '.').replace('_', '-')}": text for name, text in more.items()}
    return {**CHART_FILES, "apps/etl.yaml": app(helm), **files}


def test_layers_come_in_the_order_in_which_argo_cd_hands_them_to_helm() -> None:
    helm = """\
releaseName: agent
valueFiles: [a.yaml, /shared/b.yaml]
values: |
  path: from-values
parameters:
- {name: path, value: from-parameter}
- {name: n, value: "12"}
- {name: text, value: "12", forceString: true}
fileParameters:
- {name: whole, path: note.txt}"""
    result = Result({**etl(helm, a__yaml="path: a\na: 1\n", note__txt="hi\n"), "shared/b.yaml": "path: b\n"})
    entry = result.one
    assert (entry.name, entry.namespace, entry.cluster, entry.env) == ("agent", "etl", "prod-eu", "prod")
    assert entry.id == "apps/etl.yaml"
    assert sources(entry) == [
        "agents/etl/a.yaml",
        "shared/b.yaml",
        "apps/etl.yaml#/spec/source/helm/values",
        "apps/etl.yaml#/spec/source/helm/parameters/0/value",
        "apps/etl.yaml#/spec/source/helm/parameters/1/value",
        "apps/etl.yaml#/spec/source/helm/parameters/2/value",
        "agents/etl/note.txt",
    ]
    assert result.values() == {"path": "from-parameter", "a": 1, "n": 12, "text": "12", "whole": "hi\n"}
    assert result.problems == []


@pytest.mark.parametrize(
    ("whole", "expected"),
    [
        ("valuesObject: {a: 1}", {"a": 1}),
        ("valuesObject: {}", {}),  # measured in its code: what is there replaces `values`, even an empty one
        ("valuesObject: null", {"b": 2}),
        ("", {"b": 2}),
    ],
)
def test_values_object_replaces_values(whole: str, expected: object) -> None:
    result = Result(etl(f"values: 'b: 2'\n{whole}"))
    assert result.values() == expected


@pytest.mark.parametrize(("version", "path"), [((3, 3), "a"), ((3, 4), "b"), (None, "b")])
def test_a_file_named_twice_stays_at_its_first_place_since_3_4(version: tuple[int, ...] | None, path: str) -> None:
    files = etl("valueFiles: [a.yaml, b.yaml, a.yaml]", a__yaml="path: a\n", b__yaml="path: b\n")
    assert Result(files, argocd_version=version).values() == {"path": path}


@pytest.mark.parametrize(("version", "engine"), [((3, 3), "3"), ((3, 4), "3"), ((3, 5), "4.2"), (None, "4.2")])
def test_the_version_of_argo_cd_decides_the_helm(version: tuple[int, ...] | None, engine: str) -> None:
    assert Result(etl("releaseName: x"), argocd_version=version).one.engine == engine


def test_globs_match_in_order_a_folder_before_its_folders() -> None:
    files = etl("valueFiles: ['v/**/*.yaml']")
    files |= {f"agents/etl/v/{name}": f"last: {name}\n" for name in ("z.yaml", "b.yaml", "a/c.yaml", "a/b/d.yaml")}
    result = Result(files)
    names = [source.removeprefix("agents/etl/v/") for source in sources(result.one)]
    assert names == ["b.yaml", "z.yaml", "a/c.yaml", "a/b/d.yaml"]


def test_a_glob_without_a_match_is_a_problem_unless_files_may_be_missing() -> None:
    assert Result(etl("valueFiles: ['no/*.yaml']")).problems == [
        "apps/etl.yaml:11: No values file matches no/*.yaml; Argo CD then fails."
    ]
    assert Result(etl("valueFiles: ['no/*.yaml']\nignoreMissingValueFiles: true")).problems == []


def test_a_missing_values_file_is_a_problem_on_the_line_that_names_it() -> None:
    result = Result(etl("valueFiles:\n- a.yaml\n- gone.yaml", a__yaml="a: 1\n"))
    assert result.problems == [
        "apps/etl.yaml:13: The values file agents/etl/gone.yaml does not exist; correct the path or add the file."
    ]
    assert result.values() == {"a": 1}


def test_variables_of_the_build_environment_are_known_and_others_are_empty() -> None:
    helm = """\
valueFiles: [$ARGOCD_APP_NAME.yaml, 'x${NOBODY}.yaml']
parameters: [{name: p, value: $$x-$ARGOCD_APP_NAMESPACE}]"""
    result = Result(etl(helm, etl__yaml="a: 1\n", x__yaml="b: 2\n"))
    assert result.values() == {"a": 1, "b": 2, "p": "$x-etl"}
    assert result.problems == [
        "apps/etl.yaml:11: Argo CD has no variable $NOBODY, so x${NOBODY}.yaml gets an empty text there."
    ]


def test_a_revision_is_known_only_when_argo_cd_syncs() -> None:
    result = Result(etl("valueFiles: [$ARGOCD_APP_REVISION.yaml, a.yaml]", a__yaml="a: 1\n"))
    assert [layer.is_opaque for layer in result.one.layers] == [True, False]
    assert "$ARGOCD_APP_REVISION" in " ".join(result.one.unknown)


def test_commas_of_a_parameter_are_text_and_braces_a_list() -> None:
    helm = "parameters: [{name: a, value: 'x,y'}, {name: b, value: '{x,y}'}, {name: c, value: 'x\\,y'}]"
    assert Result(etl(helm)).values() == {"a": "x,y", "b": ["x", "y"], "c": "x,y"}


def test_a_parameter_named_twice_counts_once_and_overlapping_ones_are_left_to_chance() -> None:
    twice = Result(etl("parameters: [{name: a, value: x}, {name: a, value: z}]"))
    assert twice.values() == {"a": "z"}
    assert twice.one.conflict is None
    overlap = Result(etl("parameters: [{name: a, value: '{x,y}'}, {name: 'a[0]', value: z}]"))
    assert overlap.one.conflict == "The parameters a and a[0] overlap, and Argo CD sets them in random order."


def test_argocd_source_files_change_the_source() -> None:
    files = etl(
        "valueFiles: [a.yaml]\nvaluesObject: {keep: 1, path: old}\nparameters: [{name: gone, value: x}]",
        a__yaml="a: 1\n",
    )
    files["agents/etl/.argocd-source.yaml"] = "helm: {valuesObject: {path: new}}\n"
    files["agents/etl/.argocd-source-etl.yaml"] = "helm:\n  parameters:\n  - {name: tag, value: v2}\n"
    files["agents/etl/.argocd-source-other.yaml"] = "helm:\n  parameters:\n  - {name: tag, value: no}\n"
    result = Result(files)
    assert result.values() == {"a": 1, "keep": 1, "path": "new", "tag": "v2"}
    assert sources(result.one)[-1] == "agents/etl/.argocd-source-etl.yaml#/helm/parameters/0/value"


MANY = f"""\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {{name: etl, labels: {{env: blue}}}}
spec:
  destination: {{server: "https://kubernetes.default.svc", namespace: etl}}
  sources:
  - repoURL: https://charts.example.com
    chart: {CHART}
    targetRevision: 2.3.3
    helm:
      valueFiles: [$conf/base.yaml, "$conf/{{file}}", $other/x.yaml, inner.yaml]
  - {{repoURL: "git@git.example.com:data/agents", ref: conf, path: ignored}}
  - {{repoURL: "https://git.example.com/data/secret.git", ref: other}}
"""


def test_a_reference_counts_from_the_root_of_its_repo() -> None:
    files = {"app.yaml": MANY.replace("{file}", "prod/x.yaml"), "base.yaml": "a: 1\n", "prod/x.yaml": "b: 2\n"}
    result = Result(files, remotes=[REPO])
    entry = result.one
    assert (entry.cluster, entry.env, entry.chart.name, entry.chart.version) == ("in-cluster", "blue", CHART, "2.3.3")
    assert sources(entry) == [
        "base.yaml",
        "prod/x.yaml",
        "x.yaml of https://git.example.com/data/secret.git",
        f"inner.yaml of the chart {CHART}",
    ]
    assert [layer.is_opaque for layer in entry.layers] == [False, False, True, True]
    assert result.problems == []


def test_a_reference_that_no_source_has_is_a_problem() -> None:
    result = Result({"app.yaml": MANY.replace("{file}", "x.yaml").replace("$other", "$typo")}, remotes=[REPO])
    assert "app.yaml:11: No source has the ref $typo of $typo/x.yaml; there are $conf, $other." in result.problems


def test_another_repo_keeps_the_row_and_names_the_layer() -> None:
    files = {"app.yaml": app("valueFiles: [a.yaml]"), "agents/etl/a.yaml": "a: 1\n", **CHART_FILES}
    result = Result(files, remotes=["https://git.example.com/other.git"])
    assert sources(result.one) == [f"a.yaml of {REPO}"]
    assert result.one.layers[0].is_opaque


def test_the_dry_source_of_a_hydrator_counts() -> None:
    text = app("valueFiles: [a.yaml]").replace("  source:\n", "  sourceHydrator:\n   drySource:\n")
    text = (
        text.replace("    repoURL", "     repoURL").replace("    path", "     path").replace("    helm:", "     helm:")
    )
    result = Result({"app.yaml": text, "agents/etl/a.yaml": "a: 1\n", **CHART_FILES})
    assert sources(result.one) == ["agents/etl/a.yaml"]


def test_several_objects_of_a_file_have_ids_of_their_own() -> None:
    text = app("releaseName: one") + "---\n" + app("releaseName: two", name="two")
    result = Result({"apps.yaml": text, **CHART_FILES})
    assert [(entry.id, entry.name) for entry in result.entries] == [("apps.yaml", "one"), ("apps.yaml#1", "two")]


def test_text_with_tokens_is_no_deployment() -> None:
    assert Result({"t.yaml": app("releaseName: x", path="<CLUSTER_NAME>/etl", name="<CLUSTER_NAME>-etl")}).entries == ()


def test_a_values_text_that_is_not_yaml_leaves_the_row() -> None:
    result = Result(etl("valueFiles: [a.yaml]\nvalues: 'a: [1'", a__yaml="a: 1\n"))
    assert result.values() == {"a": 1}
