"""Charts that kustomize renders itself, as entry points."""

from __future__ import annotations

import pytest

from rea_xcom_tui.layouts.effective import effective
from rea_xcom_tui.layouts.find import find as find_all
from rea_xcom_tui.layouts.kustomize import find
from rea_xcom_tui.layouts.model import Options
from tests.layouts.flux.fleet import env, release
from tests.layouts.repos import sources, tree_of

_CHARTS = (
    "helmCharts:\n- name: astro-remote-execution-agent\n  repo: https://charts.example.com\n  releaseName: reef\n"
    "  namespace: team\n  valuesFile: values.yaml\n  additionalValuesFiles: [more.yaml]\n"
    "- name: astro-remote-execution-agent\n  nameTemplate: dune\n  valuesInline:\n    a: 1\n"
)


def test_each_item_is_a_row() -> None:
    files = {
        "apps/prod/kustomization.yaml": _CHARTS,
        "apps/prod/values.yaml": "a: 1\n",
        "apps/prod/more.yaml": "b: 2\n",
    }
    found = find(tree_of(files), Options())
    rows = {each.id: each for each in found.entries}
    file = "apps/prod/kustomization.yaml"
    assert set(rows) == {f"{file}#/helmCharts/0", f"{file}#/helmCharts/1"}
    reef, dune = rows[f"{file}#/helmCharts/0"], rows[f"{file}#/helmCharts/1"]
    assert (reef.name, reef.namespace, reef.env, reef.layout) == ("reef", "team", "prod", "kustomize")
    assert (dune.name, dune.namespace, dune.line) == ("dune", None, 8)
    assert reef.chart.name == "astro-remote-execution-agent"
    assert sources(reef) == ["apps/prod/values.yaml", "apps/prod/more.yaml"]
    assert [layer.source for layer in dune.flat_layers][:1] == [f"{file}#/helmCharts/1/valuesInline"]


def test_a_base_is_a_row_of_each_overlay() -> None:
    files = {
        "base/kustomization.yaml": "helmCharts: [{name: agent, valuesInline: {a: 1}}]\n",
        "over/prod/kustomization.yaml": "resources: [../../base]\nnamespace: p\n",
        "over/dev/kustomization.yaml": "resources: [../../base]\nnamespace: d\n",
    }
    rows = {each.id: (each.name, each.namespace, each.env) for each in find(tree_of(files), Options()).entries}
    assert rows == {
        "base/kustomization.yaml?name=over-dev": ("release-name", "d", "dev"),
        "base/kustomization.yaml?name=over-prod": ("release-name", "p", "prod"),
    }


def _synced(name: str, cluster: str, path: str, namespace: str = "agents", more: str = "") -> str:
    return (
        f"apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {{name: {name}}}\nspec:\n"
        f"  destination: {{name: {cluster}, namespace: {namespace}}}\n"
        f"  source: {{repoURL: 'https://git.example.com/x.git', path: {path}{more}}}\n"
    )


def test_a_row_for_each_cluster_that_argocd_syncs_a_kustomization_to() -> None:
    charts = "helmCharts: [{name: astro-remote-execution-agent, releaseName: etl}]\n"
    files = {
        "apps/a.yaml": _synced("a", "eu", "k"),
        "apps/b.yaml": _synced("b", "us", "k"),
        "apps/c.yaml": _synced("c", "us", "k", "other"),
        "apps/d.yaml": _synced("d", "ap", "own"),
        "k/kustomization.yaml": charts,
        "own/kustomization.yaml": "namespace: mine\n" + charts,
        "bare/kustomization.yaml": charts,
    }
    found = find_all(tree_of(files), Options())
    assert {(each.id, each.cluster, each.namespace) for each in found.entries} == {
        ("k/kustomization.yaml?cluster=eu", "eu", "agents"),
        ("k/kustomization.yaml?cluster=us&name=agents", "us", "agents"),
        ("k/kustomization.yaml?cluster=us&name=other", "us", "other"),
        ("own/kustomization.yaml", "ap", "mine"),
        ("bare/kustomization.yaml", None, None),
    }


def test_a_base_that_applications_sync_is_a_row_of_each_of_them_although_others_use_it() -> None:
    charts = "helmCharts: [{name: astro-remote-execution-agent, releaseName: etl}]\n"
    files = {
        "apps/eu.yaml": _synced("eu", "eu", "base"),
        "apps/us.yaml": _synced("us", "us", "base"),
        "apps/us2.yaml": _synced("us2", "us", "base", more=", kustomize: {namespace: other}"),
        "apps/over.yaml": _synced("over", "us", "over"),
        "base/kustomization.yaml": charts,
        "over/kustomization.yaml": "resources: [../base]\n",
        "bare/kustomization.yaml": "resources: [../base]\n",
    }
    found = find_all(tree_of(files), Options())
    assert {(each.id, each.cluster, each.namespace) for each in found.entries} == {
        ("base/kustomization.yaml?cluster=eu&name=base", "eu", "agents"),
        ("base/kustomization.yaml?cluster=us&name=base/agents", "us", "agents"),
        ("base/kustomization.yaml?cluster=us&name=base/other", "us", "other"),
        ("base/kustomization.yaml?name=over", "us", "agents"),
        ("base/kustomization.yaml?name=bare", None, None),
    }


def test_a_base_with_a_helmrelease_that_applications_sync_is_a_row_of_each_of_them() -> None:
    files = {
        "apps/eu.yaml": _synced("eu", "eu", "base"),
        "apps/us.yaml": _synced("us", "us", "base", more=", kustomize: {namespace: other}"),
        "apps/over.yaml": _synced("over", "ap", "over"),
        "base/kustomization.yaml": "resources: [agent.yaml]\n",
        "base/agent.yaml": release("agent", env("s3://a", "'1'")),
        "over/kustomization.yaml": "resources: [../base]\nnamespace: mine\n",
        "bare/kustomization.yaml": "resources: [../base]\n",
    }
    found = find_all(tree_of(files), Options())
    assert {(each.id, each.cluster, each.namespace) for each in found.entries} == {
        ("base/agent.yaml", None, None),
        ("base/agent.yaml?cluster=eu", "eu", "agents"),
        ("base/agent.yaml?cluster=us", "us", "other"),
        ("base/agent.yaml?cluster=ap", "ap", "mine"),
    }


def test_a_generators_file() -> None:
    files = {
        "app/kustomization.yaml": "generators:\n- gen.yaml\nnamespace: team\n",
        "app/gen.yaml": "apiVersion: builtin\nkind: HelmChartInflationGenerator\nmetadata: {name: g}\nname: agent\n"
        "releaseName: reef\nvaluesFile: v.yaml\nvaluesInline:\n  a: on\n",
        "app/v.yaml": "a: 1\nb: yes\n",
    }
    tree = tree_of(files)
    (row,) = find(tree, Options()).entries
    assert (row.id, row.name, row.namespace) == ("app/gen.yaml", "reef", "team")
    made = effective(row, tree, "4.2").stack
    a, b = made.find(("a",)), made.find(("b",))
    assert a is not None
    assert b is not None
    assert (a.value, a.file, a.line) == ("on", "app/gen.yaml", 8)
    assert (b.value, b.file, b.line) == ("yes", "app/v.yaml", 2)


@pytest.mark.parametrize(
    ("entry", "line"),
    [
        ("  valuesFile: gone.yaml", 3),
        ("  valuesFile: ../../../out.yaml", 3),
        ("  releaseName: x\n  additionalValuesFiles:\n  - gone.yaml", 5),
        ("  valuesMerge: sideways", 3),
    ],
)
def test_what_is_wrong_stands_on_its_line_and_the_row_stays(entry: str, line: int) -> None:
    files = {"app/kustomization.yaml": f"helmCharts:\n- name: agent\n{entry}\n"}
    (row,) = find(tree_of(files), Options()).entries
    (problem,) = row.problems
    assert (problem.file, problem.line) == ("app/kustomization.yaml", line)


@pytest.mark.parametrize("key", ["valuesFile: ../shared.yaml", "additionalValuesFiles: [./../shared.yaml]"])
def test_a_file_that_kustomize_reads_only_without_its_restrictions_is_named(key: str) -> None:
    files = {"app/kustomization.yaml": f"helmCharts:\n- name: agent\n  {key}\n", "shared.yaml": "a: 1\n"}
    (row,) = find(tree_of(files), Options()).entries
    assert sources(row) == ["shared.yaml"]
    assert "reads it only with `--load-restrictor LoadRestrictionsNone`" in row.unknown[0]


def test_transformers_are_named_as_not_followed() -> None:
    files = {"app/kustomization.yaml": "helmCharts: [{name: agent}]\ntransformers: [t.yaml]\n"}
    (row,) = find(tree_of(files), Options()).entries
    assert "transformers" in row.unknown[0]


def test_links_within_the_repo_are_followed_and_those_out_of_it_are_not() -> None:
    files = {
        "app/kustomization.yaml": "resources: [../shared]\nhelmCharts: [{name: agent, valuesFile: linked.yaml}]\n",
        "real/v.yaml": "a: 1\n",
        "lib/kustomization.yaml": "helmCharts: [{name: other}]\n",
    }
    tree = tree_of(files, links={"app/linked.yaml": "../real/v.yaml", "shared": "lib"})
    rows = {each.chart.name: each for each in find(tree, Options()).entries}
    assert sources(rows["agent"]) == ["real/v.yaml"]
    assert "other" in rows
    out = tree_of(files, links={"app/linked.yaml": "/etc/passwd", "shared": "../../elsewhere"})
    (row,) = (each for each in find(out, Options()).entries if each.chart.name == "agent")
    assert len(row.problems) == 2


@pytest.mark.parametrize("others", [{}, {"other/kustomization.yaml": "resources:\n- ../app\n"}])
def test_a_kustomization_that_leads_back_to_itself_is_still_a_row(others: dict[str, str]) -> None:
    back = "../other" if others else "."
    files = {
        "app/kustomization.yaml": f"helmCharts:\n- name: agent\n  valuesFile: v.yaml\nresources:\n- {back}\n",
        "app/v.yaml": "a: 1\n",
        **others,
    }
    (row,) = find(tree_of(files), Options()).entries
    (problem,) = row.problems
    where = ("other/kustomization.yaml", 2) if others else ("app/kustomization.yaml", 5)
    assert (row.id, problem.file, problem.line) == ("app/kustomization.yaml", *where)
    assert "form a circle: app -> " in problem.sentence
