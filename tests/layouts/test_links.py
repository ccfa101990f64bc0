"""Entry points that stand at links: each is a place of its own, and what is only lent to others is no deployment."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from rea_xcom_tui.layouts.find import find
from rea_xcom_tui.layouts.model import Found, Options
from rea_xcom_tui.layouts.tree import Tree
from rea_xcom_tui.values.merged import plain

AGENT = "astro-remote-execution-agent"
APPLICATION = """apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: csc-{{ .Values.site }}
spec:
  destination: {name: {{ .Values.site }}, namespace: ns}
  source:
    repoURL: https://charts.example.com
    chart: astro-remote-execution-agent
    helm:
      valuesObject:
{{ toYaml .Values.agent | indent 8 }}
"""
RELEASE = f"releases:\n- {{name: agent, chart: astronomer/{AGENT}, values: [values.yaml]}}\n"
RENDERED = f"helmCharts:\n- {{name: {AGENT}, releaseName: agent, valuesFile: values.yaml}}\n"


def chart(name: str, dependencies: str = "") -> str:
    return f"apiVersion: v2\nname: {name}\nversion: 1.0.0\n{dependencies}"


def found(files: Mapping[str, str], links: Mapping[str, str], remotes: tuple[str, ...] = ()) -> Found:
    tree = Tree([*files, *links], lambda path: files[path].encode(), links=links, remotes=remotes)
    return find(tree, Options())


def site(name: str) -> dict[str, str]:
    return {
        f"sites/{name}/Chart.yaml": chart(name),
        f"sites/{name}/values.yaml": f"site: {name}\nagent: {{a: {name}}}\n",
    }


@pytest.mark.parametrize("own", [{}, {"shared/Chart.yaml": chart("shared"), "shared/values.yaml": "site: ''\n"}])
def test_templates_that_charts_share_by_links_make_the_rows_of_these_charts_only(own: dict[str, str]) -> None:
    files = {"shared/templates/app.yaml": APPLICATION, **own, **site("aa"), **site("bb")}
    links = dict.fromkeys(("sites/aa/templates", "sites/bb/templates"), "../../shared/templates")
    made = found(files, links)
    assert [(entry.name, entry.cluster) for entry in made.entries] == [("csc-aa", "aa"), ("csc-bb", "bb")]
    assert not made.problems


def test_a_chart_that_lends_its_templates_and_has_values_too_keeps_its_row() -> None:
    files = {"sites/aa/templates/app.yaml": APPLICATION, **site("aa"), **site("bb")}
    made = found(files, {"sites/bb/templates": "../aa/templates"})
    assert [entry.name for entry in made.entries] == ["csc-aa", "csc-bb"]


@pytest.mark.parametrize(
    ("name", "text", "values"),
    [
        ("helmfile.yaml", RELEASE, "a: {}\n"),
        ("kustomization.yaml", RENDERED, "a: {}\n"),
        (
            "Chart.yaml",
            chart("agent", f"dependencies:\n- {{name: {AGENT}, version: 1.0.0}}\n"),
            AGENT + ": {{a: {}}}\n",
        ),
    ],
)
def test_a_linked_entry_point_counts_from_its_own_folder(name: str, text: str, values: str) -> None:
    files = {f"base/{name}": text, **{f"{place}/values.yaml": values.format(place) for place in ("base", "prod")}}
    made = found(files, {f"prod/{name}": f"../base/{name}", f"away/{name}": f"/etc/{name}"})
    layers = {entry.file: [layer.file for layer in entry.flat_layers if layer.file] for entry in made.entries}
    assert layers == {f"{place}/{name}": [f"{place}/values.yaml"] for place in ("base", "prod")}


def test_what_stands_below_a_link_to_a_folder_is_known_and_circles_are_not_followed() -> None:
    links = {
        "stage": "dev",
        "dev/again": "..",
        "dev/more": "../lib",
        "lib/back": "../dev",
        "out": "/etc",
        "up": "../..",
    }
    tree = Tree(["dev/values.yaml", "lib/a.yaml", *links], lambda path: b"", links=links)
    assert tree.below_links == {
        "stage/values.yaml": "dev/values.yaml",
        "stage/more/a.yaml": "lib/a.yaml",
        "dev/more/a.yaml": "lib/a.yaml",
        "lib/back/values.yaml": "dev/values.yaml",
    }


SET = """apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {name: agents}
spec:
  goTemplate: true
  generators: [{plugin: {configMapRef: {name: p}}}]
  template:
    metadata: {name: '%s'}
    spec:
      destination: {name: '{{ .cluster }}', namespace: '{{ .cluster }}'}
      sources:
      - repoURL: https://charts.example.com
        chart: astro-remote-execution-agent
        helm: {valueFiles: [$v/agent/base.yaml, '$v/agent/{{ .cluster }}.yaml']}
      - {repoURL: 'https://git.example.com/x.git', ref: v}
"""


@pytest.mark.parametrize("name", ["agent", "agent-{{ .cluster }}"])
def test_a_set_whose_elements_nobody_knows_has_its_layers_and_no_made_up_cluster(name: str) -> None:
    made = found({"set.yaml": SET % name, "agent/base.yaml": "a: 1\n"}, {}, ("https://git.example.com/x.git",))
    assert "agent/base.yaml" in made.reached
    assert [(entry.name, entry.cluster, entry.namespace) for entry in made.entries] == (
        [("agent", None, None)] if name == "agent" else []
    )
    assert made.unnamed is (name != "agent")


def test_a_resource_set_that_nothing_builds_makes_its_rows() -> None:
    text = """apiVersion: fluxcd.controlplane.io/v1
kind: ResourceSet
metadata: {name: agents}
spec:
  inputs: [{tenant: aa}, {tenant: bb}]
  resources:
  - apiVersion: helm.toolkit.fluxcd.io/v2
    kind: HelmRelease
    metadata: {name: agent-<< inputs.tenant >>, namespace: ns}
    spec:
      chart: {spec: {chart: astro-remote-execution-agent}}
      values: {path: << inputs.tenant >>}
"""
    made = found({"apps/agents.yaml": text}, {})
    layers = [entry.flat_layers[-1].content for entry in made.entries]
    assert [entry.name for entry in made.entries] == ["agent-aa", "agent-bb"]
    assert [plain(each) for each in layers if each is not None] == [{"path": "aa"}, {"path": "bb"}]


def test_links_that_lead_back_to_themselves_are_not_said_to_lead_out() -> None:
    files = {"app/kustomization.yaml": "helmCharts: [{name: agent, valuesFile: loop.yaml}]\nresources: [round]\n"}
    tree = Tree(files, lambda path: files[path].encode(), links={"app/loop.yaml": "loop.yaml", "app/round": "round"})
    (row,) = find(tree, Options()).entries
    assert [each.sentence for each in row.problems] == [
        "round leads back to itself through links.",
        "The values file loop.yaml leads back to itself through links, so it is not read.",
    ]
