"""ApplicationSets: which Applications their generators make, and what their templates fill."""

from __future__ import annotations

import time

import pytest

from rea_xcom_tui.layouts.model import MAX_ENTRIES
from tests.layouts.argocd.support import CHART, REPO, Result, sources


def a_set(generators: str, *, files: str = "[values.yaml]", go: bool = True, more: str = "", name: str = "") -> str:
    """A set whose template uses the parameters `cluster` and `env`."""
    indented = "\n".join(f"  {line}" for line in generators.splitlines())
    extra = "\n".join(f"  {line}" for line in more.splitlines())
    point = "." if go else ""
    return f"""\
apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {{name: agents}}
spec:
  goTemplate: {str(go).lower()}
  goTemplateOptions: ["missingkey=error"]
  generators:
{indented}
  template:
    metadata: {{name: "{name or f"agent-{{{{{point}cluster}}}}"}"}}
    spec:
      destination: {{name: "{{{{{point}cluster}}}}", namespace: etl}}
      sources:
      - repoURL: https://charts.example.com
        chart: {CHART}
        targetRevision: 2.3.3
        helm:
          releaseName: agent
          ignoreMissingValueFiles: true
          valueFiles: {files}
      - {{repoURL: "{REPO}", ref: conf}}
{extra}
"""


def clusters(result: Result) -> list[str | None]:
    return [entry.cluster for entry in result.entries]


def test_a_list_gives_one_row_for_each_element() -> None:
    text = a_set(
        "- list: {elements: [{cluster: eu, env: prod}, {cluster: us, env: dev}]}",
        files='["$conf/base.yaml", "$conf/{{.env}}.yaml"]',
    )
    result = Result({"set.yaml": text, "base.yaml": "a: 1\n", "prod.yaml": "b: 2\n"})
    assert [(each.id, each.name, each.env) for each in result.entries] == [
        ("set.yaml?cluster=eu&env=prod", "agent", "prod"),
        ("set.yaml?cluster=us&env=dev", "agent", "dev"),
    ]
    assert [sources(each) for each in result.entries] == [["base.yaml", "prod.yaml"], ["base.yaml"]]
    assert result.problems == []


def test_without_go_templates_holes_are_plain_names() -> None:
    text = a_set(
        "- list: {elements: [{cluster: eu, values: {env: prod}}]}",
        files='["$conf/{{ values.env }}.yaml", "$conf/{{nobody}}.yaml"]',
        go=False,
    )
    result = Result({"set.yaml": text, "prod.yaml": "b: 2\n"})
    entry = result.one
    assert (entry.cluster, entry.env) == ("eu", "prod")
    assert sources(entry) == ["prod.yaml", "$conf/{{nobody}}.yaml"]
    assert entry.unknown == ("The values file $conf/{{nobody}}.yaml depends on {{nobody}}, which Git does not hold.",)


def test_a_number_in_a_list_needs_go_templates() -> None:
    text = a_set("- list: {elements: [{cluster: eu, size: 1}, {cluster: us}]}", go=False)
    result = Result({"set.yaml": text})
    assert clusters(result) == ["us"]
    assert result.problems == [
        "set.yaml:8: The value of size in an element is not text, which Argo CD refuses without goTemplate; "
        "put it in quotes."
    ]


GIT_FILES = f"""\
- git:
    repoURL: {REPO}
    files: [{{path: "clusters/*.yaml"}}, {{path: clusters/off, exclude: true}}]
  selector: {{matchExpressions: [{{key: agent.use, operator: In, values: ["true"]}}]}}"""


def test_git_files_give_their_content_and_path_and_a_selector_chooses() -> None:
    files = {
        "set.yaml": a_set(GIT_FILES, files='["$conf/{{.path.basename}}/{{.path.filenameNormalized}}"]'),
        "clusters/eu.yaml": "cluster: eu\nenv: prod\nagent: {use: true}\n",
        "clusters/deep/us.yaml": "- {cluster: us, agent: {use: true}}\n- {cluster: us2, agent: {use: true}}\n",
        "clusters/no.yaml": "cluster: no\nagent: {use: false}\n",
        "clusters/off/x.yaml": "cluster: x\nagent: {use: true}\n",
        "clusters/eu.yaml.bak": "cluster: bak\nagent: {use: true}\n",
    }
    result = Result(files)  # a star crosses folders, as in git's own patterns
    assert clusters(result) == ["us", "us2", "eu"]
    assert result.named_cluster("eu").env == "prod"
    assert result.found.layer_files >= {"clusters/eu.yaml", "clusters/deep/us.yaml"}


def test_git_folders_but_not_hidden_and_excluded_ones() -> None:
    text = a_set(
        f"- git: {{repoURL: {REPO}, directories: [{{path: 'teams/*'}}, {{path: teams/old, exclude: true}}]}}",
        files='["$conf/{{.path.path}}/values.yaml"]',
        name="{{.path.basenameNormalized}}",
    ).replace("{{.cluster}}", "{{index .path.segments 1}}")
    files = {f"teams/{name}/values.yaml": "a: 1\n" for name in ("tide", "old", ".git", "Mesa_2", "deep/er")}
    result = Result({"set.yaml": text, **files})
    assert clusters(result) == ["Mesa_2", "deep", "tide"]
    assert sources(result.named_cluster("tide")) == ["teams/tide/values.yaml"]


def test_a_matrix_gives_every_pair_and_its_second_generator_sees_the_first() -> None:
    text = a_set(
        f"""\
- matrix:
    generators:
    - list: {{elements: [{{env: dev}}, {{env: prod}}]}}
    - git: {{repoURL: {REPO}, files: [{{path: "c/{{{{.env}}}}/*.yaml"}}]}}"""
    )
    files = {"c/dev/a.yaml": "cluster: a\n", "c/prod/b.yaml": "cluster: b\n", "c/prod/c.yaml": "cluster: c\n"}
    result = Result({"set.yaml": text, **files})
    assert [(each.cluster, each.env) for each in result.entries] == [("a", "dev"), ("b", "prod"), ("c", "prod")]


MERGE = """\
- merge:
    mergeKeys: [cluster]
    generators:
    - list: {elements: [{cluster: eu, env: dev}, {cluster: us, env: dev}]}
    - list: {elements: [{cluster: eu, env: prod}, {cluster: nobody, env: prod}]}"""


def test_a_merge_overrides_the_first_by_its_keys() -> None:
    result = Result({"set.yaml": a_set(MERGE)})
    assert [(each.cluster, each.env) for each in result.entries] == [("eu", "prod"), ("us", "dev")]


CLUSTERS = """\
- merge:
    mergeKeys: [nameNormalized]
    generators:
    - clusters: {values: {env: stage, dir: base}, selector: {matchLabels: {agents: "on"}}}
    - list: {elements: [{nameNormalized: eu-1, values.dir: eu}]}"""


def merged_clusters(**more: object) -> Result:
    text = a_set(CLUSTERS, go=False, files='["$conf/{{values.env}}.yaml", "$conf/{{values.dir}}.yaml"]')
    text = text.replace("{{cluster}}", "{{nameNormalized}}")
    files = {"set.yaml": text, "stage.yaml": "a: 1\n", "eu.yaml": "b: 2\n", "base.yaml": "c: 3\n"}
    return Result(files, **more)  # type: ignore[arg-type]


def test_unknown_clusters_that_a_list_names_keep_their_rows_with_the_reason() -> None:
    entry = merged_clusters().one
    assert (entry.cluster, entry.env) == ("eu-1", "stage")
    assert sources(entry) == ["stage.yaml", "eu.yaml"]
    assert "[layouts.clusters]" in entry.unknown[0]


def test_clusters_of_the_configuration_are_known() -> None:
    told = {"EU_1": {"agents": "on"}, "us": {"agents": "on"}, "off": {"agents": "off"}}
    result = merged_clusters(clusters={name.lower().replace("_", "-"): labels for name, labels in told.items()})
    assert [(each.cluster, sources(each)) for each in result.entries] == [
        ("eu-1", ["stage.yaml", "eu.yaml"]),
        ("us", ["stage.yaml", "base.yaml"]),
    ]
    assert all(not entry.unknown for entry in result.entries)


@pytest.mark.parametrize("generator", ["- clusters: {}", "- plugin: {}", "- pullRequest: {}", "- scmProvider: {}"])
def test_elements_that_git_does_not_hold_are_told_on_the_set(generator: str) -> None:
    result = Result({"set.yaml": a_set(generator)})
    assert result.entries == ()
    (problem,) = result.problems
    assert problem.startswith("set.yaml:1: The deployments of the set agents are not shown. ")


def test_a_name_that_hangs_on_no_element_keeps_its_row() -> None:
    entry = Result({"set.yaml": a_set("- plugin: {}", name="agent-all", files="[]")}).one
    assert entry.name == "agent"
    assert entry.unknown == ("The set's elements come from a plugin, which Git does not hold.",)


def test_a_generators_own_template_wins_field_by_field() -> None:
    generator = """\
- list:
    elements: [{cluster: eu}]
    template:
      metadata: {}
      spec: {destination: {namespace: own}, project: "", source: {repoURL: ""}}"""
    entry = Result({"set.yaml": a_set(generator)}).one
    assert (entry.namespace, entry.cluster) == ("own", "eu")


PATCH = """\
templatePatch: |
  spec:
    sources:
    - {repoURL: "https://charts.example.com", chart: astro-remote-execution-agent, helm: {values: "a: {{.size}}"}}
  {{- if eq .cluster "us" }}
    destination: {namespace: patched}
  {{- end }}"""


def test_a_template_patch_is_filled_and_laid_over() -> None:
    text = a_set("- list: {elements: [{cluster: eu, size: 1}, {cluster: us, size: 2}]}", more=PATCH)
    result = Result({"set.yaml": text})
    assert [(each.namespace, result.values(each)) for each in result.entries] == [
        ("etl", {"a": 1}),
        ("patched", {"a": 2}),
    ]
    assert all(not layer.editable for entry in result.entries for layer in entry.layers)


def test_values_without_holes_are_edited_in_the_template_and_those_with_are_not() -> None:
    text = a_set("- list: {elements: [{cluster: eu}]}")
    text = text.replace("          ignoreM", "          valuesObject: {a: 1, b: plain}\n          ignoreM")
    pointer = "/spec/template/spec/sources/0/helm/valuesObject"
    plain = Result({"set.yaml": text})
    assert sources(plain.one)[-1] == f"set.yaml#{pointer}"
    assert plain.one.layers[-1].editable
    filled = Result({"set.yaml": text.replace("b: plain", 'b: "{{.cluster}}"')})
    assert filled.values() == {"a": 1, "b": "eu"}
    assert "fills it from its elements" in filled.one.layers[-1].why_not


def test_a_missing_parameter_is_a_problem_and_the_row_stays() -> None:
    result = Result({"set.yaml": a_set("- list: {elements: [{cluster: eu}]}", files='["$conf/{{.nobody}}.yaml"]')})
    assert result.one.cluster == "eu"
    assert "no 'nobody' in the map" in result.problems[0]


def test_ten_thousand_elements_of_one_set() -> None:
    elements = "\n".join(f"    - {{cluster: c{at}, env: prod}}" for at in range(MAX_ENTRIES + 5))
    text = a_set(f"- list:\n    elements:\n{elements}", files='["$conf/base.yaml", "$conf/{{.cluster}}.yaml"]')
    start = time.process_time()
    result = Result({"set.yaml": text, "base.yaml": "a: 1\n"})
    assert len(result.entries) == MAX_ENTRIES
    assert result.problems == ["set.yaml:1: The set makes 10,005 Applications; the first 10,000 are shown."]
    assert time.process_time() - start < 20


@pytest.mark.parametrize(
    "generators",
    [
        "- list: {elements: 5}",
        "- matrix: {generators: [{list: {elements: [{a: b}]}}]}",
        "- merge: {mergeKeys: [], generators: []}",
        "- git: {repoURL: 5, files: [5]}",
        "- 5",
        "- {}",
        "- list: {elements: ['x', {cluster: eu}]}",
        "- list: {elementsYaml: '['}",
    ],
)
def test_odd_generators_never_raise(generators: str) -> None:
    result = Result({"set.yaml": a_set(generators)})
    assert result.entries == () or clusters(result) == ["eu"]


def test_a_hostile_matrix_is_bounded() -> None:
    inner = "{list: {elements: [" + ",".join(f"{{k{at}: v}}" for at in range(150)) + "]}}"
    text = a_set(f"- matrix: {{generators: [{inner}, {inner}]}}", name="<NONE>-{{.k1}}")  # so that no rows cost time
    start = time.process_time()
    Result({"set.yaml": text})
    assert time.process_time() - start < 20
