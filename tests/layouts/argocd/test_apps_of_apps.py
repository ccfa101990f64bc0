"""Applications that come out of a chart's own templates."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import pytest

from rea_xcom_tui.layouts.argocd import helm_extra
from tests.layouts.argocd.support import CHART, REPO, Result, app, sources

TEMPLATE = """\
{{- range $team, $a := .Values.agents }}
{{- if $a.enabled }}
---
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: {{ printf "%s-%s" $team $.Values.env | trunc 40 | trimSuffix "-" }}
spec:
  destination:
    name: {{ $.Values.env }}-cluster
    namespace: {{ $a.namespace | default (printf "agent-%s" $team) | quote }}
  source:
    repoURL: {{ $.Values.repoURL }}
    path: agents/{{ $team }}
    helm:
      valueFiles:
        - base.yaml
        {{- range $file := $a.files }}
        - {{ $file }}
        {{- end }}
      {{- with $a.helmValues }}
      valuesObject:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- if hasKey $a "size" }}
      parameters:
        - name: size
          value: {{ $a.size | quote }}
      {{- end }}
{{- end }}
{{- end }}
"""

AGENT = f"apiVersion: v2\nname: {CHART}\nversion: 2.3.3\n"

FILES = {
    "fleet/Chart.yaml": "apiVersion: v2\nname: fleet\nversion: 0.1.0\n",
    "fleet/values.yaml": f"repoURL: {REPO}\nenv: dev\nagents:\n  tide: {{enabled: true, size: 3}}\n",
    "fleet/values-prod.yaml": (
        "env: prod\nagents:\n  tide: {helmValues: {a: 1, b: {c: 'yes'}}, files: [x.yaml]}\n"
        "  mesa: {enabled: true, namespace: own}\n"
    ),
    "fleet/templates/agents.yaml": TEMPLATE,
    "fleet/templates/_helpers.tpl": '{{ define "x" }}{{ end }}',
    "agents/tide/Chart.yaml": AGENT,
    "agents/tide/base.yaml": "a: 0\nz: 9\n",
    "agents/tide/x.yaml": "x: 1\n",
    "agents/mesa/Chart.yaml": AGENT,
    "agents/mesa/base.yaml": "a: mesa\n",
}

ROOTS = {
    "boot/dev.yaml": app("releaseName: fleet", path="fleet", name="fleet-dev"),
    "boot/prod.yaml": app("valueFiles: [values-prod.yaml]", path="fleet", name="fleet-prod"),
}


def rows(result: Result) -> list[tuple[str, str | None, str | None, str | None]]:
    return sorted((entry.name, entry.env, entry.namespace, entry.cluster) for entry in result.entries)


def test_each_root_renders_the_chart_with_its_own_values() -> None:
    result = Result({**FILES, **ROOTS})
    assert rows(result) == [
        ("mesa-prod", "prod", "own", "prod-cluster"),
        ("tide-dev", "dev", "agent-tide", "dev-cluster"),
        ("tide-prod", "prod", "agent-tide", "prod-cluster"),
    ]
    assert result.values(result.named("tide-dev")) == {"a": 0, "z": 9, "size": 3}
    assert result.values(result.named("tide-prod")) == {"a": 1, "z": 9, "x": 1, "b": {"c": "yes"}, "size": 3}
    assert result.problems == []


def test_values_that_a_template_writes_whole_are_edited_where_they_stand() -> None:
    entry = Result({**FILES, **ROOTS}).named("tide-prod")
    assert sources(entry)[:3] == [
        "agents/tide/base.yaml",
        "agents/tide/x.yaml",
        "fleet/values-prod.yaml#/agents/tide/helmValues",
    ]
    assert [layer.editable for layer in entry.layers] == [True, True, True, False]
    assert "edit the template, or the values of its chart" in entry.layers[3].why_not


def test_values_out_of_two_files_are_edited_in_none() -> None:
    files = {**FILES, **ROOTS}
    files["fleet/values.yaml"] += "  mesa: {helmValues: {q: 1}}\n"
    files["fleet/values-prod.yaml"] = files["fleet/values-prod.yaml"].replace("namespace: own", "helmValues: {r: 2}")
    result = Result(files)
    entry = result.named("mesa-prod")
    assert result.values(entry) == {"a": "mesa", "q": 1, "r": 2}
    assert not entry.layers[-1].editable


def test_without_a_root_each_values_file_of_the_chart_is_an_environment() -> None:
    result = Result(FILES)
    assert rows(result) == [
        ("mesa-prod", "prod", "own", "prod-cluster"),
        ("tide-prod", "prod", "agent-tide", "prod-cluster"),
    ]


def test_the_charts_own_files_are_no_deployments_but_layers() -> None:
    found = Result({**FILES, **ROOTS}).found
    assert {"fleet/values.yaml", "fleet/values-prod.yaml", "fleet/templates/_helpers.tpl"} <= found.layer_files
    assert "fleet/templates/agents.yaml" not in found.layer_files
    assert all(path in found.reached for path in FILES)


def test_a_chart_of_applications_of_charts_of_applications() -> None:
    outer = app("valueFiles: [values-prod.yaml]", path="fleet", name="inner")
    files = {
        **FILES,
        "outer/Chart.yaml": "apiVersion: v2\nname: outer\nversion: 0.1.0\n",
        "outer/templates/app.yaml": outer,
        "boot.yaml": app("releaseName: outer", path="outer", name="outer"),
    }
    assert [row[0] for row in rows(Result(files))] == ["mesa-prod", "tide-prod"]


def test_a_chart_that_makes_itself_ends() -> None:
    itself = app("releaseName: x", path="loop", name="loop-{{ randAlpha 3 }}").replace("{{ randAlpha 3 }}", "x")
    twice = itself + "---\n" + itself.replace("loop-x", "loop-y")
    files = {"loop/Chart.yaml": "apiVersion: v2\nname: loop\nversion: 0.1.0\n", "loop/templates/a.yaml": twice}
    start = time.process_time()
    result = Result(files)
    assert time.process_time() - start < 10
    assert any("again and again" in problem for problem in result.problems)


def test_a_set_out_of_a_template() -> None:
    made = """\
apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {name: set}
spec:
  goTemplate: true
  generators:
  - list:
      elements:
      {{- range .Values.clusters }}
      - cluster: {{ . }}
      {{- end }}
  template:
    metadata: {name: "a-{{ `{{ .cluster }}` }}"}
    spec:
      destination: {name: "{{ `{{ .cluster }}` }}", namespace: x}
      source: {repoURL: https://charts.example.com, chart: astro-remote-execution-agent, helm: {values: "a: 1"}}
"""
    files = {
        "sets/Chart.yaml": "apiVersion: v2\nname: sets\nversion: 0.1.0\n",
        "sets/values.yaml": "clusters: [eu, us]\n",
        "sets/templates/set.yaml": made,
    }
    result = Result(files)
    assert [(entry.name, entry.cluster, result.values(entry)) for entry in result.entries] == [
        ("a-eu", "eu", {"a": 1}),
        ("a-us", "us", {"a": 1}),
    ]


HARD = TEMPLATE.replace("---\n", '---\n# {{ regexFind "a" "abc" }}\n')


def test_a_template_beyond_the_reader_is_told_and_the_rest_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(helm_extra, "is_installed", lambda: False)
    files = {**FILES, "fleet/templates/hard.yaml": HARD, "boot/prod.yaml": ROOTS["boot/prod.yaml"]}
    result = Result(files)
    assert [row[0] for row in rows(result)] == ["mesa-prod", "tide-prod"]
    assert result.problems == [
        "fleet/templates/hard.yaml:4: The Applications of this template are not shown. hard.yaml:4: It uses the "
        "function regexFind, which is not read here. With the extra `helm` installed, Helm itself renders it."
    ]


def test_a_name_that_stands_in_an_unreadable_template_keeps_its_row(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(helm_extra, "is_installed", lambda: False)
    text = app("values: '{{ regexFind `a` `b` }}'").replace(
        "    path: agents/etl", "    chart: astro-remote-execution-agent"
    )
    text = text.replace("metadata: {name: etl}", "metadata:\n  name: etl-agent")
    result = Result({**FILES, "fleet/templates/agents.yaml": text})
    entry = result.named("etl-agent")
    assert entry.chart.name == CHART
    assert entry.layers[0].is_opaque
    assert "regexFind" in entry.unknown[0]


def test_a_real_helm_renders_what_the_reader_cannot(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []

    def by_helm(templates: Mapping[str, str], files: Mapping[str, str], values: Any, **more: str) -> dict[str, str]:
        asked.append((sorted(templates), values["env"], more))
        return {"hard.yaml": "---\n" + app("valueFiles: [base.yaml]", path="agents/mesa", name="by-helm")}

    monkeypatch.setattr(helm_extra, "rendered", by_helm)
    files = {**FILES, "fleet/templates/hard.yaml": HARD, "boot/prod.yaml": ROOTS["boot/prod.yaml"]}
    result = Result(files)
    assert [row[0] for row in rows(result)] == ["by-helm"]
    assert asked == [
        (["_helpers.tpl", "agents.yaml", "hard.yaml"], "prod", {"release": "fleet-prod", "namespace": "etl"})
    ]


def test_a_child_that_does_not_end_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(helm_extra, "is_installed", lambda: True)
    monkeypatch.setattr(helm_extra, "_SECONDS", -4.5)
    monkeypatch.setattr(helm_extra, "_CHILD", "import time; time.sleep(60)")
    assert helm_extra.rendered({}, {}, {}, release="a", namespace="b") is None


@pytest.mark.parametrize("child", ["print('no json')", "raise SystemExit(3)", "print('[]')"])
def test_a_child_that_answers_nonsense_is_no_answer(monkeypatch: pytest.MonkeyPatch, child: str) -> None:
    monkeypatch.setattr(helm_extra, "is_installed", lambda: True)
    monkeypatch.setattr(helm_extra, "_CHILD", child)
    assert helm_extra.rendered({}, {}, {}, release="a", namespace="b") is None


@pytest.mark.parametrize(
    "template",
    [
        "kind: Application argoproj.io/ {{ range until 99999 }}{{ range until 99999 }}{{ end }}{{ end }}",
        "kind: Application argoproj.io/ {{ fail `no` }}",
        "kind: Application argoproj.io/ {{",
        "apiVersion: argoproj.io/v1alpha1\nkind: Application\nspec: [\n",
        "apiVersion: argoproj.io/v1alpha1\nkind: Application\nspec: {sources: [1, {helm: 5}], source: x}\n",
    ],
)
def test_a_broken_template_leaves_the_other_rows(template: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(helm_extra, "is_installed", lambda: False)
    result = Result({**FILES, "fleet/templates/bad.yaml": template})
    assert {"mesa-prod", "tide-prod"} <= {entry.name for entry in result.entries}


def test_a_template_that_does_too_much_leaves_work_for_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(helm_extra, "is_installed", lambda: False)
    greedy = "kind: Application\n{{ $l := list 1 }}{{ range until 100 }}{{ $l = concat $l $l }}{{ end }}{{ len $l }}\n"
    endless = "kind: Application\n{{ range until 900000 }}{{ range until 900000 }}x{{ end }}{{ end }}\n"
    result = Result({**FILES, "fleet/templates/a.yaml": greedy, "fleet/templates/b.yaml": endless})
    assert {"tide-dev", "tide-prod", "mesa-prod"} & {entry.name for entry in result.entries}
    told = [problem.sentence for problem in result.found.problems]
    assert told
    assert not any("`helm`" in each for each in told)  # Helm would not end either


def test_a_literal_name_keeps_its_row_in_either_style(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(helm_extra, "is_installed", lambda: False)
    text = (
        "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {labels: x, name: 'own'}\n"
        f"spec: {{source: {{chart: {CHART}}}}}\n# {{{{ genCA 1 }}}}\n"
    )
    result = Result({**FILES, "fleet/templates/a.yaml": text})
    assert "own" in {entry.name for entry in result.entries}


def test_links_to_a_shared_chart_are_followed() -> None:
    files = {path: text for path, text in FILES.items() if not path.startswith("fleet/templates/")}
    files["shared/apps/agents.yaml"] = TEMPLATE
    result = Result(files, links={"fleet/templates": "../shared/apps"})
    assert [row[0] for row in rows(result)] == ["mesa-prod", "tide-prod"]
