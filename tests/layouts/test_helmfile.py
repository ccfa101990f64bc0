"""Helmfile: each release in each environment, held against what Helmfile 0.166 was seen to do."""

from __future__ import annotations

import json
from typing import Any

import pytest

from rea_xcom_tui.layouts.effective import effective
from rea_xcom_tui.layouts.find import find as find_all
from rea_xcom_tui.layouts.helmfile import find
from rea_xcom_tui.layouts.helmfile.rules import merged, rules_for
from rea_xcom_tui.layouts.model import EntryPoint, Found, Options
from rea_xcom_tui.layouts.signs import may_deploy
from rea_xcom_tui.user.layout_settings import LayoutSettings
from rea_xcom_tui.values.merged import plain
from scripts.helmfile_truth import model, record
from tests.layouts.repos import sources, tree_of, values_of

SERVICE = """\
environments:
  east:
    values:
      - installed: [main, canary]
  west:
    values:
      - installed: [main]

---

templates:
  default: &default
    namespace: reef
    chart: ../../charts/agent
    installedTemplate: '{{`{{ has .Release.Name .Environment.Values.installed }}`}}'
    missingFileHandler: Warn
    values:
      - /etc/fleet-defaults/general-{{ .Environment.Name }}.yaml
      - common.yaml
      - values.yaml
      - values-{{ .Environment.Name }}.yaml
      - values-{{`{{ .Release.Name }}`}}.yaml

releases:
  - name: main
    <<: *default
  - name: canary
    <<: *default
"""
FILES = {
    "charts/agent/Chart.yaml": "apiVersion: v2\nname: astro-remote-execution-agent\nversion: 2.3.3\n",
    "charts/agent/values.yaml": "xcomBackend: chart\nlabels: {}\n",
    "shared/values-common.yaml": "path: common\nsize: 1\n",
    "svc/reef/helmfile.yaml": SERVICE,
    "svc/reef/values.yaml": "path: reef\n",
    "svc/reef/values-east.yaml": "labels: {dc: east}\n",
    "svc/reef/values-west.yaml": "path: reef-west\n",
    "svc/reef/values-canary.yaml": "path: reef-canary\n",
}
LINKS = {"svc/reef/common.yaml": "../../shared/values-common.yaml"}
RELEASE = "releases:\n- name: etl\n  chart: repo/agent\n"


def found(text: str, files: dict[str, str] | None = None, helmfile: tuple[int, ...] | None = None) -> Found:
    tree = tree_of({"helmfile.yaml": text, **(files or {})})
    return find(tree, Options(LayoutSettings(helmfile=helmfile)))


def only(made: Found) -> EntryPoint:
    (entry,) = made.entries
    return entry


def test_releases_and_environments_of_a_service() -> None:
    tree = tree_of(FILES, LINKS)
    made = find_all(tree, Options())
    rows = {(entry.name, entry.env): entry for entry in made.entries}
    assert sorted(rows) == [("canary", "east"), ("main", "east"), ("main", "west")]
    assert {entry.namespace for entry in made.entries} == {"reef"}
    canary = rows["canary", "east"]
    assert canary.id == "svc/reef/helmfile.yaml#1/releases/1?env=east"
    assert sources(canary) == [
        "charts/agent/values.yaml",
        "/etc/fleet-defaults/general-east.yaml (outside the repo)",
        "shared/values-common.yaml",
        "svc/reef/values.yaml",
        "svc/reef/values-east.yaml",
        "svc/reef/values-canary.yaml",
    ]
    outcomes: dict[tuple[str, str | None], Any] = {}
    for key, entry in rows.items():
        stack = effective(entry, tree, "4.2").stack
        outcomes[key] = plain(stack.root)
        assert stack.may_override(("path",)) == ()  # the layer that nobody can read is below the one that says it
    assert outcomes["main", "east"] == {"xcomBackend": "chart", "labels": {"dc": "east"}, "path": "reef", "size": 1}
    assert outcomes["canary", "east"]["path"] == "reef-canary"
    assert outcomes["main", "west"]["path"] == "reef-west"
    assert not any(entry.problems or entry.unknown for entry in made.entries)
    assert "shared/values-common.yaml" in made.reached


def test_the_answers_of_real_helmfile() -> None:
    kinds = {"given up": 0, "no release": 0, "releases": 0}
    for case in record.read():
        said, unknown = model.said(case)
        assert not unknown, f"seed {case.seed}"
        assert model.same(said, case.answer), f"seed {case.seed}: {json.dumps(said)}"
        kinds["given up" if case.answer is None else "releases" if case.answer else "no release"] += 1
    assert kinds["releases"] >= 200
    assert kinds["given up"] >= 50


@pytest.mark.parametrize("function", ['requiredEnv "TEAM"', 'env "TEAM"', 'exec "date" (list)', 'readFile "x"'])
def test_what_only_the_machine_knows_is_named_and_the_release_stays(function: str) -> None:
    made = found(f"releases:\n- name: etl\n  chart: repo/agent\n  values: [{{a: '{{{{ {function} }}}}'}}]\n")
    entry = only(made)
    assert (entry.name, entry.line) == ("etl", 2)
    told = "environment variable TEAM" if "nv" in function else f"the function {function.split()[0]}"
    assert told in entry.unknown[0]
    ((hole, what),) = entry.holes
    assert told in what
    assert values_of(tree_of({}), entry) == {"a": hole}
    assert not entry.layers[0].editable
    assert [(problem.file, problem.line) for problem in made.problems] == [("helmfile.yaml", 4)]


def test_what_the_machine_knows_keeps_no_other_release_from_being_read() -> None:
    text = (
        "releases:\n"
        "- name: etl\n  chart: repo/astro-remote-execution-agent\n"
        '  values: [a.yaml, "x-{{ env `TEAM` }}.yaml", {b: 2}]\n'
        '  set: [{name: c, value: \'{{ env "TEAM" | quote }}\'}]\n  namespace: n-{{ env "TEAM" }}\n'
        '- name: ml-{{ requiredEnv "TEAM" }}\n  chart: repo/astro-remote-execution-agent\n  values: [b.yaml]\n'
        "- name: main\n  chart: repo/astro-remote-execution-agent\n"
        "  values: [a.yaml, 'x-{{`{{ .Release.Name }}`}}.yaml']\n"
    )
    made = found(text, {"a.yaml": "a: 1\n", "b.yaml": "b: 1\n", "x-main.yaml": "x: 1\n"})
    etl, main = made.entries
    assert [(each.name, each.namespace, each.chart.name) for each in (etl, main)] == [
        ("etl", None, "astro-remote-execution-agent"),
        ("main", None, "astro-remote-execution-agent"),
    ]
    assert [layer.is_opaque for layer in etl.layers] == [False, True, False, True]
    assert sources(main) == ["a.yaml", "x-main.yaml"]
    assert not main.unknown
    assert made.unnamed
    assert "b.yaml" in made.layer_files
    (problem,) = made.problems
    assert problem.sentence.startswith("Some of the helmfile is not known here: It needs the environment variable TEAM")


def test_nothing_is_decided_by_what_the_machine_knows() -> None:
    text = (
        "environments:\n  default:\n    values: [env.yaml.gotmpl]\n---\n"
        "releases:\n- name: etl\n  chart: repo/astro-remote-execution-agent\n  condition: agents.live\n"
        '{{ if eq .Values.team "a" }}\n  values: [a.yaml]\n{{ end }}\n'
    )
    files = {"env.yaml.gotmpl": 'team: {{ env "TEAM" }}\nagents: {live: {{ exec "on" (list) }}}\n', "a.yaml": "a: 1\n"}
    (entry,) = found(text, files).entries
    assert entry.layers[0].is_opaque
    assert entry.chart.name == "astro-remote-execution-agent"  # the row stays, with its name
    without = text.replace('{{ if eq .Values.team "a" }}\n', "").replace("{{ end }}\n", "")
    (entry,) = found(without, files).entries
    assert "Whether it is installed is not known" in entry.unknown[0]
    assert sources(entry) == ["a.yaml"]


def test_a_raw_name_of_the_release_may_stand_apart_from_its_braces() -> None:
    text = RELEASE.replace("etl", "etl-{{ .Environment.Name }}") + "  values: ['{{ `{{ .Release.Name }}` }}.yaml']\n"
    assert sources(only(found(text, {"etl-default.yaml": "a: 1\n"}))) == ["etl-default.yaml"]


def test_a_template_of_values_that_cannot_be_read_is_one_opaque_layer() -> None:
    files = {
        "a.yaml": "a: 1\n",
        "b.yaml.gotmpl": 'b: {{ exec "date" (list) }}\n',
        "c.yaml.gotmpl": "c: {{ .Release.Name }}\n",
    }
    entry = only(found(RELEASE + "  values: [a.yaml, b.yaml.gotmpl, c.yaml.gotmpl]\n", files))
    assert [layer.is_opaque for layer in entry.layers] == [False, True, False]
    assert "the function exec" in entry.layers[1].words
    assert not entry.layers[2].editable
    assert values_of(tree_of(files), entry) == {"a": 1, "c": "etl"}
    assert not entry.problems


def test_problems_stand_on_the_line_that_names_the_file() -> None:
    entry = only(found(RELEASE + "  values:\n  - a.yaml\n  - gone.yaml\n  - ../up.yaml\n", {"a.yaml": "a: 1\n"}))
    assert [(problem.line, problem.sentence.split(";")[0]) for problem in entry.problems] == [
        (6, "The values file gone.yaml does not exist"),
        (7, "The values file ../up.yaml leads out of the repo, so it is not read."),
    ]
    assert sources(entry) == ["a.yaml"]


def test_a_base_with_bases_of_its_own_is_refused_as_by_helmfile() -> None:
    made = found("bases: [b.yaml]\n" + RELEASE, {"b.yaml": "bases: [helmfile.yaml]\n"})
    (problem,) = made.problems
    assert (problem.file, problem.line) == ("b.yaml", 1)
    assert problem.sentence.startswith("Helmfile refuses a base that has bases itself")


@pytest.mark.parametrize("style", ["- name: NAME\n  chart: 'x/CHART'\n", "- {name: NAME, chart: x/CHART}\n"])
def test_a_helmfile_that_is_too_large_still_tells_names_and_charts(style: str) -> None:
    rows = "".join(style.replace("NAME", f"r{at}").replace("CHART", f"chart-{at % 2}") for at in range(20_000))
    made = found("releases:\n" + rows)
    assert len(made.entries) == 10_000
    assert [(each.name, each.chart.name) for each in made.entries[:2]] == [("r0", "chart-0"), ("r1", "chart-1")]
    assert made.problems


def test_a_helmfile_of_any_name_is_told_by_what_it_says() -> None:
    text = (
        "---\nrepositories:\n- {name: x, url: 'https://charts.example.com'}\n"
        + RELEASE
        + "  values: [../config/a.yaml]\n"
    )
    files = {
        "clusters/eu.yaml": text,
        "config/a.yaml": "a: 1\n",
        "config/values.yaml": "x: 1\nreleases:\n- {name: no, chart: x/y}\n",
        "charts/own/templates/list.yaml": text,
    }
    (entry,) = find(tree_of(files), Options()).entries
    assert (entry.file, entry.cluster, sources(entry)) == ("clusters/eu.yaml", "eu", ["config/a.yaml"])
    assert may_deploy(text.encode())
    assert not may_deploy(files["config/values.yaml"].encode())


def test_circles_end_with_a_sentence() -> None:
    made = found("helmfiles: [sub.yaml]\n" + RELEASE, {"sub.yaml": "helmfiles: [helmfile.yaml]\n"})
    assert not made.entries or made.problems
    inherit = found(
        "templates: {a: {inherit: [{template: b}]}, b: {inherit: [{template: a}]}}\n"
        + RELEASE
        + "  inherit: [{template: a}]\n"
    )
    assert "in a circle: a -&gt; b -&gt; a".replace("&gt;", ">") in only(inherit).problems[0].sentence


def test_inline_values_can_be_edited_where_no_template_writes_them() -> None:
    plain_one = only(found(RELEASE + "  values: [{a: 1}]\n  set: [{name: b.c, value: '2'}]\n"))
    assert [layer.editable for layer in plain_one.layers] == [True, True]
    assert [layer.source for layer in plain_one.layers] == [
        "helmfile.yaml#/releases/0/values/0",
        "helmfile.yaml#/releases/0/set/0/value",
    ]
    made = only(found(RELEASE + "  values: [{a: '{{ .Environment.Name }}'}]\n"))
    assert not made.layers[0].editable
    assert values_of(tree_of({}), made) == {"a": "default"}


def test_secrets_are_above_the_values_and_below_the_options() -> None:
    files = {"s.yaml": "token: ENC[AES256_GCM,data:eA==]\nsops: {mac: x, version: '3'}\n", "a.yaml": "a: 1\n"}
    text = RELEASE + "  set: [{name: a, value: '2'}]\n  secrets: [s.yaml]\n  values: [a.yaml]\n"
    entry = only(found(text, files))
    assert [(layer.kind, layer.rule) for layer in entry.layers] == [
        ("values file", "merge"),
        ("secret", "opaque"),
        ("parameter", "set"),
    ]


def test_the_version_decides_what_is_a_template_and_how_lists_merge() -> None:
    text = RELEASE + "  values: ['values-{{ .Release.Name }}.yaml']\n"
    files = {"values-etl.yaml": "a: 1\n"}
    assert sources(only(found(text, files))) == ["values-etl.yaml"]
    old = found(text, files, helmfile=(0, 166))
    assert "There is no 'Release'" in old.problems[0].sentence
    weak, strong = {"l": [1, 2], "k": 1, "m": {"a": 1}}, {"l": [None, 3], "k": None, "m": {"b": 2}}
    assert merged(weak, strong, rules_for((0, 166))) == {"l": [None, 3], "k": None, "m": {"a": 1, "b": 2}}
    assert merged(weak, strong, rules_for((1, 7))) == {"l": [1, 3], "k": 1, "m": {"a": 1, "b": 2}}


def test_only_entry_helmfiles_are_run_and_selectors_count() -> None:
    sub = "releases:\n- {name: a, chart: x/y, labels: {tier: gold}}\n- {name: b, chart: x/y}\n"
    files = {"apps/helmfile.yaml": sub, "other/helmfile.yaml": RELEASE}
    made = found("helmfiles:\n- path: apps\n  selectors: ['tier=gold']\n- gone.yaml\n", files)
    assert sorted((entry.file, entry.name) for entry in made.entries) == [
        ("apps/helmfile.yaml", "a"),
        ("other/helmfile.yaml", "etl"),
    ]
    assert [(problem.line, "does not exist" in problem.sentence) for problem in made.problems] == [(4, True)]


def test_values_that_need_an_unknown_environment_say_so() -> None:
    text = (
        "environments:\n  prod:\n    secrets: [s.yaml]\n---\n"
        + RELEASE
        + "  values: [a.yaml, '{{ .Values.x }}.yaml']\n"
    )
    made = found(text, {"a.yaml": "a: 1\n"})
    assert made.problems or made.entries[0].unknown
    assert [entry.name for entry in made.entries] == ["etl"]


def test_a_helmfile_that_is_too_large_still_tells_the_names_of_its_releases() -> None:
    releases = "".join(f"- {{name: r{at}, chart: x/y, values: [v.yaml, w.yaml]}}\n" for at in range(9_500))
    made = found("releases:\n" + releases)
    assert "more than 100,000 YAML events" in made.problems[0].sentence
    assert [entry.name for entry in made.entries[:2]] == ["r0", "r1"]
    assert len(made.entries) == 9_500


STRATEGY = """\
environments:
  prod:
    mergeStrategy: STRATEGY
    values:
      - {size: 0, deep: {own: yes}}
      - more.yaml.gotmpl
---
releases:
  - name: agent
    chart: astronomer/astro-remote-execution-agent
    values:
      - {size: {{ .Values.size }}, own: {{ .Values.deep.own }}, more: {{ .Values.deep.more }}}
"""


@pytest.mark.parametrize(("strategy", "size"), [("fallback", 0), ("override", 5)])
def test_the_strategy_decides_which_values_of_an_environment_win(strategy: str, size: int) -> None:
    more = 'size: 5\ndeep: {more: {{ .Values | get "size" 7 }}}\n'
    files = {"helmfile.yaml.gotmpl": STRATEGY.replace("STRATEGY", strategy), "more.yaml.gotmpl": more}
    tree = tree_of(files)
    found = find(tree, Options())
    assert not found.problems
    (entry,) = [entry for entry in found.entries if entry.env == "prod"]
    told = plain(effective(entry, tree, "4.2").stack.root)
    assert told == {"size": size, "own": True, "more": 0 if strategy == "fallback" else 7}


def test_a_strategy_that_helmfile_does_not_know_is_told_on_its_line() -> None:
    files = {"helmfile.yaml.gotmpl": STRATEGY.replace("STRATEGY", "newest"), "more.yaml.gotmpl": "size: 5\n"}
    found = find(tree_of(files), Options())
    told = [*found.problems, *(problem for entry in found.entries for problem in entry.problems)]
    assert any("mergeStrategy newest" in problem.sentence for problem in told)


VALUES = """\
releases:
- name: etl
  chart: repo/agent
  namespace: agents
  missingFileHandler: {handler}
  valuesTemplate:
  - team: '{{{{ .Release.Namespace }}}}'
    sizes: ['{{{{ 7 }}}}', '{{{{ "a: b" }}}}']
  values:
  - one-*.yaml
  - many-*.yaml
  - none-*.yaml
  - ../../out-*.yaml
  - git::https://git.example/x.yaml
  - broken.yaml.gotmpl
  - two.yaml.gotmpl
  - failing.yaml.gotmpl
  - [a, list]
  - key: ref+vault://secret/x
  secrets:
  - gone.yaml
  - sealed.yaml
  set:
  - {{name: a.b, value: "1,2"}}
  - {{name: list, values: [x, "y,z"]}}
  - {{name: file, file: some.txt}}
  - {{name: held, value: ref+vault://secret/y}}
  - {{name: nothing}}
  setTemplate:
  - {{name: 'made', value: '{{{{ .Release.Name }}}}'}}
  - {{name: 'asked', value: '{{{{ exec "date" (list) }}}}'}}
"""


@pytest.mark.parametrize("handler", ["Error", "Warn"])
def test_every_kind_of_layer_of_a_release(handler: str) -> None:
    files = {
        "one-a.yaml": "one: 1\n",
        "many-a.yaml": "a: 1\n",
        "many-b.yaml": "b: 1\n",
        "broken.yaml.gotmpl": "a: [\n",
        "two.yaml.gotmpl": "two: 1\n---\nlost: 2\n",
        "failing.yaml.gotmpl": 'a: {{ fail "no" }}\n',
        "sealed.yaml": "a: ENC[AES256_GCM,data:x,iv:y,tag:z,type:str]\nsops: {version: 3.9.0, mac: ENC[x]}\n",
    }
    entry = only(found(VALUES.format(handler=handler), files))
    told = [problem.sentence for problem in entry.problems]
    wanted = [
        "many-*.yaml matches 2 files; Helmfile accepts no globs in a release's values.",
        "../../out-*.yaml leads out of the repo, so it is not read.",
        "The template's result is not YAML: ",
        "Helmfile cannot fill in this template: ",
        "An entry of `values` is the path of a file or a mapping; correct it.",
    ] + (["The values file none-*.yaml does not exist; add it."] if handler == "Error" else [])
    assert [one for one in wanted if not any(sentence.startswith(one) for sentence in told)] == []
    assert len(told) == len(wanted)
    words = {layer.words for layer in entry.layers if layer.is_opaque}
    assert {"git::https://git.example/x.yaml (elsewhere)", "set file from the file some.txt"} <= words
    assert ("gone.yaml (secrets)" in words) == (handler == "Error")
    assert any(layer.kind == "secret" and "set held from ref+vault" in layer.words for layer in entry.layers)
    assert any("of which only the first is looked at" in sentence for sentence in entry.unknown)
    assert any("takes values from a store of secrets" in sentence for sentence in entry.unknown)
    assert {(layer.path, layer.value) for layer in entry.layers if layer.rule == "set"} == {
        ("a.b", "1\\,2"),
        ("list", "{x,y\\,z}"),
        ("made", "etl"),
    }
    first = entry.layers[0].content
    assert first is not None
    assert plain(first) == {"team": "agents", "sizes": ["7", "a: b"]}


def test_a_template_that_fails_is_named_with_its_own_line_and_a_text_in_the_helmfile_without_one() -> None:
    values_file = {"values/etl.yaml.gotmpl": "a: 1\n\nb: {{ .Values.gone.x }}\n"}
    (told,) = only(found(RELEASE + "  values: [values/etl.yaml.gotmpl]\n", values_file)).problems
    assert (told.file, told.line) == ("values/etl.yaml.gotmpl", 3)
    assert told.sentence.startswith("Helmfile cannot fill in this template: values/etl.yaml.gotmpl:3: ")

    late = found(RELEASE + "  values: ['{{`{{ .Values.gone.x }}`}}.yaml']\n")
    at_once = found("---\n" + RELEASE + "  values: ['{{ .Values.gone.x }}.yaml']\n")
    for (told,), line in ((only(late).problems, 4), (at_once.problems, 5)):
        assert (told.file, told.line) == ("helmfile.yaml", line)
        assert "helmfile.yaml:" not in told.sentence

    env = "environments:\n  default:\n    values: [env.yaml.gotmpl]\n---\n" + RELEASE
    (told,) = found(env, {"env.yaml.gotmpl": "a: 1\nb: {{ .Values.gone.x }}\n"}).problems
    assert (told.file, told.line, told.sentence.count("env.yaml.gotmpl")) == ("env.yaml.gotmpl", 2, 1)


@pytest.mark.parametrize(
    ("text", "files", "line", "why"),
    [
        ("bases: [gone.yaml]\n---\n", {}, 1, "The base gone.yaml does not exist"),
        ("bases: [../up.yaml]\n---\n", {}, 1, "../up.yaml leads out of the repo"),
        ("environments:\n  default:\n    values: [gone.yaml]\n---\n", {}, 3, "gone.yaml of the environment's values"),
        ("environments:\n  default:\n    values: [v.yaml]\n---\n", {"v.yaml": "a: ["}, 2, "It cannot be read"),
        ("environments:\n  default:\n    values: [v.yaml]\n---\n", {"v.yaml": "a: \x01"}, 1, "It cannot be read"),
        ("helmfiles: ['git::https://git.example/x.git@a.yaml']\n", {}, 1, "is not in the repo"),
        ("helmfiles: [/etc/helmfile.yaml]\n", {}, 1, "/etc/helmfile.yaml is not in the repo"),
        ("helmfiles: [../up.yaml]\n", {}, 1, "../up.yaml leads out of the repo"),
        ("helmfiles:\n- path: sub.yaml\n  values: [gone.yaml]\n", {"sub.yaml": "releases: []\n"}, 3, "does not exist"),
        ("templates:\n  a:\n    name: x\n    name: y\n---\n", {}, 4, "The key name appears twice in one mapping"),
    ],
)
def test_what_a_helmfile_names_and_is_not_there_is_told_on_its_line(
    text: str, files: dict[str, str], line: int, why: str
) -> None:
    made = found(text + RELEASE, files)
    told = [*made.problems, *(problem for entry in made.entries for problem in entry.problems)]
    assert [problem.line for problem in told if why in problem.sentence] == [line], told


def test_helmfiles_are_found_by_a_glob_and_given_values_from_files_and_mappings() -> None:
    sub = "releases:\n- name: {{ .Values.team }}-{{ .Values.size }}\n  chart: x/y\n"
    files = {"parts/a.yaml.gotmpl": sub, "v.yaml": "team: blue\nsize: 1\n"}
    made = found("helmfiles:\n- path: parts/*.gotmpl\n  values:\n  - v.yaml\n  - size: 2\n", files)
    assert [entry.name for entry in made.entries] == ["blue-2"]


def test_values_of_an_environment_from_elsewhere_leave_what_depends_on_them_open() -> None:
    text = (
        "environments:\n  default:\n    values: [/etc/all.yaml, more.hcl, 'env/*.yaml']\n---\n"
        "commonLabels: {team: blue}\n"
        + RELEASE
        + "  condition: agent.enabled\n  values: ['{{`{{ .Values.x }}`}}.yaml']\n"
        "- {name: off, chart: ../../out, condition: other.enabled}\n"
        "- {name: on, chart: ../../out, installed: true}\n"
        "- {name: never, chart: x/y, installedTemplate: 'no'}\n"
    )
    made = found(text, {"env/one.yaml": "other: {enabled: false}\n"})
    rows = {entry.name: entry for entry in made.entries}
    assert set(rows) == {"etl", "on"}
    assert any("the condition agent.enabled has no value here" in why for why in rows["etl"].unknown)
    assert any("/etc/all.yaml is not in the repo" in why for why in rows["etl"].unknown)
    assert rows["etl"].chart.name == "agent"
    assert (rows["on"].chart.folder, rows["on"].chart.name) == (None, "out")


def test_files_behind_links_that_lead_out_are_not_read() -> None:
    tree = tree_of({"helmfile.yaml": "bases: [base.yaml]\n---\n" + RELEASE}, {"base.yaml": "../up.yaml"})
    made = find(tree, Options(LayoutSettings()))
    assert any("base.yaml" in problem.sentence for problem in made.problems)
