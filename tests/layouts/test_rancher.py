"""Rancher Fleet's bundles, whose order of layers is the reverse of the other tools'."""

from __future__ import annotations

import pytest

from rea_xcom_tui.layouts.model import Options
from rea_xcom_tui.layouts.rancher import find
from rea_xcom_tui.user.layout_settings import ClusterSettings, LayoutSettings
from tests.layouts.repos import sources, tree_of, values_of

BUNDLE = """\
defaultNamespace: agents
helm:
  releaseName: agent
  chart: astro-remote-execution-agent
  repo: https://charts.example.com
  values: {a: inline, b: inline, m: {x: 1, z: 1}, w: {x: 1}}
  valuesFiles: [base.yaml]
  valuesFrom:
  - secretKeyRef: {name: agent-secret, namespace: agents, key: v.yaml}
targetCustomizations:
- name: none
  clusterName: quiet
  doNotDeploy: true
- name: prod
  clusterSelector: {matchLabels: {tier: prod}}
  namespace: agents-prod
  helm:
    values: {c: target, w: null}
    valuesFiles: [prod.yaml]
- name: rest
  clusterSelector: {}
  helm: {values: {c: rest}}
"""
FILES = {
    "lib/agent/fleet.yaml": BUNDLE,
    "lib/agent/base.yaml": "b: file\nm: {x: 2}\n",
    "lib/agent/prod.yaml": "c: file\nw: {z: 1}\n",
}
LINKS = {
    "site/c/reef/agent": "../../../lib/agent",
    "site/c/sand/agent": "../../../lib/agent",
    "site/c/quiet/agent": "../../../lib/agent",
    "site/c/fog/agent": "../../../lib/agent",
}
LABELS = LayoutSettings(
    clusters={"reef": ClusterSettings(labels={"tier": "prod"}), "sand": ClusterSettings(labels={"tier": "dev"})}
)
BASE = {"a": "inline", "b": "file", "m": {"x": 2, "z": 1}, "w": {"x": 1}}


def test_a_row_for_each_link_with_the_first_target_that_matches() -> None:
    tree = tree_of(FILES, LINKS)
    rows = {entry.cluster: entry for entry in find(tree, Options(LABELS)).entries}
    assert set(rows) == {"reef", "sand", "fog"}
    reef, sand, fog = rows["reef"], rows["sand"], rows["fog"]
    assert (reef.id, reef.name, reef.namespace) == ("lib/agent/fleet.yaml?cluster=reef", "agent", "agents-prod")
    assert values_of(tree, reef) == {**BASE, "c": "file", "w": {"x": 1, "z": 1}}
    assert (sand.namespace, values_of(tree, sand)) == ("agents", {**BASE, "c": "rest"})
    assert reef.layers[-1].words == "Secret agent-secret (key v.yaml)"
    assert reef.layers[-1].is_opaque
    assert not reef.unknown
    assert values_of(tree, fog) == BASE
    assert fog.unknown == (
        "Whether the target prod at line 14 counts for this cluster depends on labels or groups that are not in the "
        "repo; set its labels in [layouts.clusters.fog].",
    )
    assert any(layer.is_opaque and "labels" in layer.words for layer in fog.layers)


def test_clusters_of_one_name_at_several_sites_are_rows_of_their_own() -> None:
    links = {f"site/{site}/c/fog/agent": "../../../../lib/agent" for site in ("coast", "hill")}
    entries = find(tree_of(FILES, links), Options()).entries
    assert [(entry.id, entry.cluster) for entry in entries] == [
        (f"lib/agent/fleet.yaml?cluster=fog&name=site/{site}/c/fog/agent", "fog") for site in ("coast", "hill")
    ]


def test_bundles_without_end_are_cut_and_that_is_said() -> None:
    targets = "".join(f"- {{name: t{at}, clusterName: c{at}}}\n" for at in range(10_001))
    files = {
        "a/fleet.yaml": f"helm: {{chart: agent}}\ntargetCustomizations:\n{targets}",
        "b/fleet.yaml": "helm: {chart: agent}\n",
    }
    found = find(tree_of(files), Options())
    assert len(found.entries) == 10_000
    (problem,) = found.problems
    assert (problem.file, "more than 10,000 deployments" in problem.sentence) == ("a/fleet.yaml", True)


def test_the_label_that_holds_a_clusters_name_needs_no_configuration() -> None:
    def target(name: str, more: str = "") -> str:
        key = "management.cattle.io/cluster-display-name"
        return (
            f"- name: {name}\n  clusterSelector:\n"
            f"    matchExpressions: [{{key: {key}, operator: In, values: [{name}]}}{more}]\n"
            f"  helm: {{values: {{c: {name}}}}}\n"
        )

    tier = ", {key: tier, operator: In, values: [prod]}"
    bundle = "helm: {chart: agent, repo: x, values: {c: all}}\ntargetCustomizations:\n"
    bundle += target("reef") + target("sand", tier)
    tree = tree_of({"lib/agent/fleet.yaml": bundle}, LINKS)
    rows = {entry.cluster: entry for entry in find(tree, Options()).entries}
    assert [values_of(tree, rows[name]) for name in ("reef", "fog")] == [{"c": "reef"}, {"c": "all"}]
    assert not rows["reef"].unknown
    assert not rows["fog"].unknown
    assert "sand" in rows["sand"].unknown[0]  # what else it asks for is not known


def test_without_links_a_row_for_each_target_or_known_cluster() -> None:
    tree = tree_of(FILES)
    assert [(entry.env, entry.cluster, entry.id) for entry in find(tree, Options()).entries] == [
        ("prod", None, "lib/agent/fleet.yaml?env=prod"),
        ("rest", None, "lib/agent/fleet.yaml?env=rest"),
    ]
    assert [(entry.cluster, entry.namespace) for entry in find(tree, Options(LABELS)).entries] == [
        ("reef", "agents-prod"),
        ("sand", "agents"),
    ]


def test_a_bundle_without_targets_is_one_row() -> None:
    files = {"x/agent/fleet.yaml": "helm: {chart: ., values: {a: 1}}\n", "x/agent/Chart.yaml": "name: wrap\n"}
    (entry,) = find(tree_of(files), Options()).entries
    assert (entry.id, entry.name, entry.namespace) == ("x/agent/fleet.yaml", "agent", "default")
    assert entry.chart.folder == "x/agent"
    assert sources(entry) == ["x/agent/fleet.yaml#/helm/values"]


def test_files_of_a_block_without_chart_are_not_read_and_missing_ones_are_a_problem() -> None:
    files = {"a/fleet.yaml": "helm:\n  values: {a: 1}\n  valuesFiles: [x.yaml]\n", "a/x.yaml": "b: 1\n"}
    (entry,) = find(tree_of(files), Options()).entries
    assert sources(entry) == ["a/fleet.yaml#/helm/values"]
    assert entry.unknown == ("`valuesFiles` at line 3 are not read, since the block names neither `chart` nor `repo`.",)
    files["a/fleet.yaml"] = "helm:\n  chart: agent\n  valuesFiles:\n  - y.yaml\n"
    (entry,) = find(tree_of(files), Options()).entries
    assert [(problem.line, problem.file) for problem in entry.problems] == [(4, "a/fleet.yaml")]


def test_what_the_cluster_fills_in_is_named() -> None:
    files = {"a/fleet.yaml": "helm:\n  chart: agent\n  values: {env: '${ .ClusterLabels.env }'}\n"}
    (entry,) = find(tree_of(files), Options()).entries
    assert "which Fleet fills in from the labels of the cluster" in entry.unknown[0]
    files["a/fleet.yaml"] += "  disablePreProcess: true\n"
    (entry,) = find(tree_of(files), Options()).entries
    assert not entry.unknown


def test_other_fleet_files_and_broken_ones() -> None:
    found = find(
        tree_of({"a/fleet.yaml": "- 1\n", "b/fleet.yaml": "kustomize: {dir: x}\n", "c/fleet.yaml": "a: ["}), Options()
    )
    assert not found.entries
    assert [problem.file for problem in found.problems] == ["c/fleet.yaml"]


@pytest.mark.parametrize(
    ("expression", "matches"),
    [
        ("{key: tier, operator: In, values: [prod, dev]}", True),
        ("{key: tier, operator: In, values: [dev]}", False),
        ("{key: tier, operator: NotIn, values: [dev]}", True),
        ("{key: tier, operator: NotIn, values: [prod]}", False),
        ("{key: tier, operator: Exists}", True),
        ("{key: zone, operator: Exists}", False),
        ("{key: zone, operator: DoesNotExist}", True),
        ("{key: tier, operator: DoesNotExist}", False),
        ("{key: tier, operator: Near, values: [prod]}", False),
    ],
)
def test_expressions_of_a_selector_choose_the_target(expression: str, matches: bool) -> None:
    target = f"- name: one\n  clusterSelector:\n    matchExpressions:\n    - {expression}\n  namespace: chosen\n"
    files = {"a/fleet.yaml": "helm: {chart: agent, values: {a: 1}}\ntargetCustomizations:\n" + target}
    settings = LayoutSettings(clusters={"reef": ClusterSettings(labels={"tier": "prod"})})
    (entry,) = find(tree_of(files), Options(settings)).entries
    assert (entry.namespace == "chosen") is matches


def test_groups_are_not_known_and_values_from_the_cluster_are_named() -> None:
    files = {
        "a/fleet.yaml": (
            "helm:\n  chart: agent\n  templateValues: {a: '${ .x }'}\n  valuesFrom:\n"
            "  - configMapKeyRef: {name: shared}\n  - other: {}\n"
            "targetCustomizations:\n- {name: g, clusterGroup: all}\n- {clusterName: idle, doNotDeploy: true}\n"
        )
    }
    settings = LayoutSettings(clusters={"reef": ClusterSettings()})
    (entry,) = find(tree_of(files, {"site/gone": "../../out"}), Options(settings)).entries
    assert "[layouts.clusters.reef]" in entry.unknown[0]
    assert entry.unknown[1] == "`templateValues` are filled in from the cluster's labels."
    assert entry.layers[0].words == "ConfigMap shared (key values.yaml)"


def test_a_chart_of_the_repo_is_found_by_its_folder_and_one_outside_is_only_named() -> None:
    files = {
        "a/fleet.yaml": "helm: {chart: ../../../out, values: {a: 1}}\n",
        "b/fleet.yaml": "helm: {values: {a: 1}}\n",
    }
    outside, without = find(tree_of(files), Options()).entries
    assert (outside.chart.folder, outside.chart.name) == (None, "out")
    assert (without.chart.folder, without.chart.name) == (None, None)
