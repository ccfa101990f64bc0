"""A house's own manifests and layers, as the configuration tells them."""

from __future__ import annotations

import tomllib
from pathlib import Path

from rea_xcom_tui.layouts.manifest import find
from rea_xcom_tui.layouts.model import Options
from rea_xcom_tui.layouts.suggestions import suggestions
from rea_xcom_tui.user.config_models import build
from tests.layouts.repos import sources, tree_of, values_of

CLUSTER = "config/clusters/reef/cluster.yaml"
FILES = {
    CLUSTER: """\
name: reef
agents:
- name: staging
  namespace: reef-staging
  helm_chart: astro-remote-execution-agent
  files: [common.values.yaml, staging.values.yaml, enc-staging.secret.values.yaml]
- name: prod
  namespace: reef-prod
  helm_chart: astro-remote-execution-agent
  files: [common.values.yaml, prod.values.yaml]
""",
    "config/clusters/reef/common.values.yaml": "xcomBackend: x\ncommonEnv:\n- {name: TEAM, value: reef}\n",
    "config/clusters/reef/staging.values.yaml": "labels: {env: staging}\n",
    "config/clusters/reef/prod.values.yaml": "commonEnv:\n- {name: T, value: '1'}\n",
    "config/clusters/reef/enc-staging.secret.values.yaml": "token: ENC[AES256_GCM,data:eA==]\nsops: {version: 3.9.0}\n",
}
MANIFESTS = """
[[layouts.manifests]]
files = "config/clusters/{cluster}/cluster.yaml"
items = "agents"
layers = ["{item.files}"]
name = "{item.name}"
env = "{item.name}"
namespace = "{item.namespace}"
cluster = "{root.name}"
chart = "{item.helm_chart}"
"""
LAYERS = """
[[layouts.layers]]
files = "config/clusters/{cluster}/{env}.values.yaml"
layers = ["common.values.yaml", "{env}.values.yaml", "enc-{env}.secret.values.yaml?"]
name = "{cluster}"
env = "{env}"
"""


def options(toml: str) -> Options:
    return Options(build([(Path("x"), tomllib.loads(toml))]).layouts)


def test_each_item_of_the_list_is_a_deployment_with_its_layers() -> None:
    tree = tree_of(FILES)
    staging, prod = find(tree, options(MANIFESTS)).entries
    assert (staging.id, staging.layout, staging.line) == (f"{CLUSTER}#/agents/0", "manifest", 3)
    assert [(e.name, e.env, e.namespace, e.cluster) for e in (staging, prod)] == [
        ("staging", "staging", "reef-staging", "reef"),
        ("prod", "prod", "reef-prod", "reef"),
    ]
    assert staging.chart.name == "astro-remote-execution-agent"
    assert values_of(tree, staging) == {
        "xcomBackend": "x",
        "commonEnv": [{"name": "TEAM", "value": "reef"}],
        "labels": {"env": "staging"},
    }
    assert values_of(tree, prod) == {"xcomBackend": "x", "commonEnv": [{"name": "T", "value": "1"}]}
    sealed = staging.layers[-1]
    assert (sealed.kind, sealed.is_opaque, sealed.file) == (
        "secret",
        True,
        "config/clusters/reef/enc-staging.secret.values.yaml",
    )
    assert not staging.problems
    assert not prod.problems


def test_layers_by_the_names_of_files_are_no_deployments_themselves() -> None:
    found = find(tree_of(FILES), options(LAYERS))
    assert [(entry.id, entry.name, entry.env) for entry in found.entries] == [
        ("config/clusters/reef/prod.values.yaml", "reef", "prod"),
        ("config/clusters/reef/staging.values.yaml", "reef", "staging"),
    ]
    assert sources(found.entries[0]) == [
        "config/clusters/reef/common.values.yaml",
        "config/clusters/reef/prod.values.yaml",
    ]
    assert "config/clusters/reef/common.values.yaml" in found.reached
    assert not any(entry.problems for entry in found.entries)


def test_what_is_wrong_stands_on_its_line_and_the_other_rows_are_there() -> None:
    files = dict(FILES)
    files[CLUSTER] = """\
agents:
- name: a
  files:
  - gone.yaml
  - ../../../../etc/passwd
- files: [common.values.yaml]
- name: b
  files: common.values.yaml
"""
    files["config/clusters/sand/cluster.yaml"] = "agents: [\n"
    files["config/clusters/mud/cluster.yaml"] = "other: 1\n"
    found = find(tree_of(files), options(MANIFESTS))
    assert [entry.name for entry in found.entries] == ["a", "b"]
    assert [(problem.line, problem.sentence) for problem in found.entries[0].problems] == [
        (4, "The values file config/clusters/reef/gone.yaml does not exist; correct the path or add the file."),
        (5, "The values file ../../../../etc/passwd leads out of the repo, so it is not read."),
    ]
    assert sources(found.entries[1]) == ["config/clusters/reef/common.values.yaml"]
    assert [(problem.file.split("/")[2], problem.line) for problem in found.problems] == [
        ("mud", 1),
        ("reef", 6),
        ("sand", 2),
    ]


def test_a_mapping_or_the_file_itself_can_hold_the_deployments() -> None:
    files = {
        "fleet.yaml": "agents:\n  a: {env: dev}\n  b: {env: prod}\n",
        "x.yaml": "a: 1\n",
        "one.yaml": "who: solo\n",
    }
    mapping = find(
        tree_of(files),
        options(
            '[[layouts.manifests]]\nfiles = "fleet.yaml"\nitems = "agents"\nlayers = ["/x.yaml"]\nname = "{item.env}"\n'
        ),
    )
    assert [(entry.id, entry.name) for entry in mapping.entries] == [
        ("fleet.yaml#/agents/a", "dev"),
        ("fleet.yaml#/agents/b", "prod"),
    ]
    alone = find(
        tree_of(files), options('[[layouts.manifests]]\nfiles = "one.yaml"\nlayers = ["x.yaml"]\nname = "{item.who}"\n')
    )
    assert [(entry.id, entry.name) for entry in alone.entries] == [("one.yaml", "solo")]


def test_a_ci_job_that_names_values_files_proposes_their_layers() -> None:
    workflow = """\
jobs:
  deploy:
    steps:
      - run: helm repo update
      - run: |
          helm upgrade --install etl astronomer/astro-remote-execution-agent \\
            --namespace ${{ matrix.env }} --timeout 5m \\
            -f deploy/base.yaml -f deploy/${{ matrix.env }}/values.yaml && echo done
      - run: helm upgrade x y -f elsewhere.yaml
      - run: helm upgrade x y -f "$(unclosed
"""
    files = {
        ".github/workflows/main.yaml": workflow,
        "deploy/base.yaml": "a: 1\n",
        "deploy/prod/values.yaml": "a: 2\n",
        "deploy/dev/values.yaml": "b: 2\n",
    }
    (made,) = suggestions(tree_of(files))
    assert (made.file, made.line, made.release) == (".github/workflows/main.yaml", 6, "etl")
    assert made.layers == ("deploy/base.yaml", "deploy/{env}/values.yaml")
    entries = find(tree_of(files), options(made.toml)).entries
    assert [(entry.name, entry.env, entry.namespace, sources(entry)) for entry in entries] == [
        ("etl", "dev", "dev", ["deploy/base.yaml", "deploy/dev/values.yaml"]),
        ("etl", "prod", "prod", ["deploy/base.yaml", "deploy/prod/values.yaml"]),
    ]


def problems_of(toml: str, files: dict[str, str]) -> list[tuple[str, int, str]]:
    made = find(tree_of(files), options(toml))
    told = [*made.problems, *(problem for entry in made.entries for problem in entry.problems)]
    return [(problem.file, problem.line, problem.sentence) for problem in told]


def test_what_a_manifest_does_not_hold_is_told_on_its_line() -> None:
    only = {CLUSTER: "name: reef\nagents:\n- {name: one}\n- {files: []}\n"}
    told = problems_of(MANIFESTS.replace("{item.files}", "{item.where}.yaml"), only)
    assert told == [
        (CLUSTER, 4, "The item has no name: nothing fills '{item.name}'."),
        (CLUSTER, 3, "Nothing fills '{item.where}.yaml', so this layer is not known."),
    ]
    assert problems_of(MANIFESTS.replace("{item.files}", "{item.where}.yaml?"), only) == told[:1]
    ((file, line, sentence),) = problems_of(MANIFESTS, {CLUSTER: "name: reef\n"})
    assert (file, line, sentence) == (CLUSTER, 1, "The manifest has no 'agents', where its list should be.")
    assert [file for file, _, _ in problems_of(MANIFESTS, {CLUSTER: "a: ["})] == [CLUSTER]


def test_a_mapping_of_agents_and_a_chart_by_its_path() -> None:
    files = {
        CLUSTER: "name: reef\nagents:\n  one: {name: one, helm_chart: ../../../charts/agent}\n"
        "  two: {name: two, helm_chart: ../../../../out}\n",
        "charts/agent/Chart.yaml": "name: agent\n",
    }
    one, two = find(tree_of(files), options(MANIFESTS)).entries
    assert one.id == f"{CLUSTER}#/agents/one"
    assert (one.chart.folder, two.chart.folder, two.chart.name) == ("charts/agent", None, "out")
