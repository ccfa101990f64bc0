"""One HelmRelease: its name, and the order of its layers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from rea_xcom_tui.layouts.effective import effective
from rea_xcom_tui.layouts.flux import find
from rea_xcom_tui.layouts.flux.substitution import BadSubstitution, Variables, substituted
from rea_xcom_tui.layouts.model import EntryPoint, Options
from rea_xcom_tui.values.merged import plain
from tests.layouts.flux.fleet import flux, kustomization, release
from tests.layouts.repos import tree_of

_SOPS = "a: ENC[AES256_GCM,data:x,type:str]\nsops:\n  mac: ENC[AES256_GCM,data:y]\n  lastmodified: '2026-01-01'\n"


def _one(files: Mapping[str, str]) -> tuple[EntryPoint, Any, list[str]]:
    tree = tree_of(files)
    (row,) = find(tree, Options()).entries
    made = effective(row, tree, "4.2")
    problems = [each.sentence for each in (*row.problems, *made.problems)]
    return row, plain(made.stack.root), problems


@pytest.mark.parametrize(
    ("more", "name"),
    [
        ("", "agent"),
        ("  targetNamespace: team\n", "team-agent"),
        ("  targetNamespace: team\n  releaseName: own\n", "own"),
        ("  targetNamespace: " + "n" * 60 + "\n", "n" * 40 + "-3f54a2a0ad6a"),
    ],
)
def test_names(more: str, name: str) -> None:
    row, _, _ = _one({"a.yaml": release("agent", "    a: 1\n", more)})
    assert len(row.name) <= 53
    assert row.name[:40] == name[:40]
    assert ("targetNamespace" in more) == (row.namespace is not None)


def test_values_from_config_maps_in_order_below_inline_values() -> None:
    more = (
        "  valuesFrom:\n  - kind: ConfigMap\n    name: one\n  - kind: ConfigMap\n    name: two\n    valuesKey: v\n"
        "  - kind: Secret\n    name: gone\n    optional: true\n"
    )
    files = {
        "a.yaml": release("agent", "    a: inline\n", more),
        "maps.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: one}\ndata:\n  values.yaml: |\n"
        "    a: 1\n    b: 1\n    c: 1\n"
        "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: two}\ndata:\n  v: |\n    b: 2\n",
        "kustomization.yaml": kustomization("a.yaml", "maps.yaml"),
    }
    row, values, problems = _one(files)
    assert not problems
    assert values == {"a": "inline", "b": 2, "c": 1}
    kinds = [(layer.kind, layer.source) for layer in row.layers]
    assert kinds == [
        ("values text", "maps.yaml#/data/values.yaml"),
        ("values text", "maps.yaml#1/data/v"),
        ("secret", "Secret gone (key values.yaml)"),
        ("values object", "a.yaml#/spec/values"),
    ]


def test_a_generated_config_map_is_its_file() -> None:
    names = (
        "nameReference:\n- kind: ConfigMap\n  version: v1\n  fieldSpecs:\n  - path: spec/valuesFrom/name\n"
        "    kind: HelmRelease\n"
    )
    generator = (
        "configurations:\n- names.yaml\n"
        "configMapGenerator:\n- name: agent-values\n  files:\n  - values.yaml=prod.yaml\n"
    )
    files = {
        "apps/agent.yaml": release(
            "agent", "    b: 2\n", "  valuesFrom:\n  - kind: ConfigMap\n    name: agent-values\n"
        ),
        "apps/prod.yaml": "a: from the file\nb: 1\n",
        "apps/names.yaml": names,
        "apps/kustomization.yaml": kustomization("agent.yaml", more=generator + "namespace: team\n"),
        "clusters/reef/apps.yaml": flux("apps", "./apps"),
    }
    row, values, problems = _one(files)
    assert not problems
    assert values == {"a": "from the file", "b": 2}
    assert [layer.source for layer in row.layers] == ["apps/prod.yaml", "apps/agent.yaml#/spec/values"]
    assert row.layers[0].editable
    without = {**files, "apps/kustomization.yaml": kustomization("agent.yaml", more=generator.split("\n", 2)[2])}
    row, values, _ = _one(without)  # the name got a hash that the release does not know
    assert values == {"b": 2}
    assert row.layers[0].is_opaque


def test_a_sealed_file_in_a_secret_is_opaque_and_a_plain_one_a_layer() -> None:
    more = "  valuesFrom:\n  - kind: Secret\n    name: s\n  - kind: Secret\n    name: s\n    valuesKey: clear.yaml\n"
    generator = (
        "generatorOptions:\n  disableNameSuffixHash: true\nsecretGenerator:\n- name: s\n"
        "  files:\n  - values.yaml=secret.yaml\n  - clear.yaml\n"
    )
    files = {
        "agent.yaml": release("agent", "    b: 2\n", more),
        "secret.yaml": _SOPS,
        "clear.yaml": "c: 3\n",
        "kustomization.yaml": kustomization("agent.yaml", more=generator),
    }
    row, values, _ = _one(files)
    assert values == {"b": 2, "c": 3}
    assert [(layer.is_opaque, layer.file) for layer in row.layers[:2]] == [(True, "secret.yaml"), (False, "clear.yaml")]


def test_a_missing_key_is_a_problem_on_its_line_unless_it_is_optional() -> None:
    def files(optional: str) -> dict[str, str]:
        more = f"  valuesFrom:\n  - kind: ConfigMap\n    name: one\n    valuesKey: gone\n{optional}"
        return {
            "a.yaml": release("agent", "    a: 1\n", more),
            "map.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: one}\ndata: {v: 'b: 1'}\n",
            "kustomization.yaml": kustomization("a.yaml", "map.yaml"),
        }

    row, values, problems = _one(files(""))
    assert values == {"a": 1}
    assert len(problems) == 1
    assert (row.problems[0].file, row.problems[0].line) == ("a.yaml", 15)
    assert not _one(files("    optional: true\n"))[2]


def test_a_target_path_against_inline_values_is_a_conflict() -> None:
    def row(path: str, values: str) -> EntryPoint:
        more = f"  valuesFrom:\n  - kind: Secret\n    name: s\n    targetPath: {path}\n"
        return _one({"a.yaml": release("agent", values, more)})[0]

    assert row("a.b", "    a: {b: 1}\n").conflict is not None
    assert row("e[0].value", "    e: [{value: 1}]\n").conflict is not None
    assert row("a.b", "    a: {c: 1}\n").conflict is None
    assert row("a", "    a: 1\n").conflict is None


def test_a_target_path_of_the_repo_is_set() -> None:
    more = "  valuesFrom:\n  - kind: ConfigMap\n    name: one\n    valuesKey: k\n    targetPath: x.y\n"
    files = {
        "a.yaml": release("agent", "    a: 1\n", more),
        "map.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: one}\ndata: {k: '12'}\n",
        "kustomization.yaml": kustomization("a.yaml", "map.yaml"),
    }
    assert _one(files)[1] == {"x": {"y": 12}, "a": 1}


def test_json_patches_of_values_are_layers() -> None:
    operations = (
        "patches:\n- target: {kind: HelmRelease}\n  patch: |\n"
        "    - op: replace\n      path: /spec/values/commonEnv/0/value\n      value: '7'\n"
        "    - op: add\n      path: /spec/values/labels\n      value: {a: b}\n"
        "    - op: add\n      path: /spec/timeout\n      value: 5m\n"
    )
    files = {
        "a.yaml": release("agent", "    commonEnv:\n    - name: N\n      value: '1'\n"),
        "kustomization.yaml": kustomization("a.yaml", more=operations),
    }
    row, values, problems = _one(files)
    assert not problems
    assert values == {"commonEnv": [{"name": "N", "value": "7"}], "labels": {"a": "b"}}
    rules = [(layer.rule, layer.source) for layer in row.flat_layers]
    assert rules[:2] == [("merge", "a.yaml#/spec/values"), ("json6902", "kustomization.yaml#/patches/0/patch")]


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("${A}", "1"), ("x${A}y${A}", "x1y1"), ("${B}", ""), ("${B:=d}", "d"), ("${B:-d}", "d"), ("${B=d}", "d"),
        ("${A:=d}", "1"), ("${E:=d}", "d"), ("${B:=${A}}", "1"), ("$A $(A)", "$A $(A)"), ("$${A}", "${A}"),
        ("$$(A)", "$(A)"), ("a$$b", "a$b"), ("${B:=}", ""), ("cost $", "cost $"),
    ],
)  # fmt: skip
def test_substitution(text: str, outcome: str) -> None:
    assert substituted(text, Variables({"A": "1", "E": ""})) == outcome


@pytest.mark.parametrize("text", ["${A-d}", "${A", "${}", "${A.b}", "${A^^}", "${A:0:1}", "${1A}"])
def test_substitutions_that_are_not_followed(text: str) -> None:
    with pytest.raises(BadSubstitution):
        substituted(text, Variables({"A": "1"}))


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("'\"${V}\"'", '"12"'),
        ('"${V}"', 12),
        ("a${V}", "a12"),
        ("${T}", True),
        ("${S}", "a: b"),
        ("'${W} '", "x "),
        ("|-\n\n      ${Q}", '\nx"y'),
    ],
)
def test_types_after_the_substitution(written: str, value: object) -> None:
    variables = "".join(
        f"      {name}: {text}\n" for name, text in (("V", "'12'"), ("T", "'true'"), ("W", "x"), ("Q", "'x\"y'"))
    )
    files = {
        "clusters/c/apps.yaml": flux("apps", "./apps", f"  postBuild:\n    substitute:\n{variables}"),
        "apps/a.yaml": release("agent", f"    a: {written}\n"),
    }
    if value == "a: b":
        files["clusters/c/apps.yaml"] += "      S: 'a: b'\n"
        row, values, _ = _one(files)
        assert values == {"a": "${S}"}
        assert "something other than a single value" in row.problems[0].sentence
        return
    assert _one(files)[1] == {"a": value}


def chart_of(source: str, chart: str, more: str = "") -> str:
    return (
        "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: agent}\nspec:\n"
        f"  chart:\n    spec:\n      chart: {chart}\n      sourceRef: {{kind: {source}, name: x}}\n{more}"
        "  values:\n    a: 1\n"
    )


def test_value_files_of_a_chart_in_the_repo_are_layers_and_others_are_named() -> None:
    chart = {"charts/agent/Chart.yaml": "name: astro-remote-execution-agent\n", "charts/agent/prod.yaml": "b: 2\n"}
    listed = "      valuesFiles: [charts/agent/prod.yaml, charts/agent/gone.yaml]\n"
    row, values, problems = _one({**chart, "a.yaml": chart_of("GitRepository", "./charts/agent", listed)})
    assert (row.chart.name, row.chart.folder) == ("agent", "charts/agent")
    assert values == {"a": 1, "b": 2}
    assert len(problems) == 1
    assert "gone.yaml" in problems[0]
    _, _, problems = _one(
        {
            **chart,
            "a.yaml": chart_of("GitRepository", "charts/agent", listed + "      ignoreMissingValuesFiles: true\n"),
        }
    )
    assert not problems

    row, values, problems = _one({"a.yaml": chart_of("HelmRepository", "astro-remote-execution-agent", listed)})
    assert (values, problems) == ({"a": 1}, [])
    assert row.layers[0].is_opaque
    assert "charts/agent/prod.yaml of the chart" in row.layers[0].words
    row, _, _ = _one({"a.yaml": chart_of("Bucket", "../up")})
    assert (row.chart.name, row.chart.folder) == ("up", None)


def test_a_target_path_takes_the_text_of_a_key_and_a_broken_text_is_told_on_its_line() -> None:
    more = (
        "  valuesFrom:\n  - {kind: ConfigMap, name: one, valuesKey: size, targetPath: a.size}\n"
        "  - {kind: ConfigMap, name: one, valuesKey: note, targetPath: a.note, literal: true}\n"
        "  - {kind: Secret, name: held}\n"
    )
    files = {
        "a.yaml": release("agent", "    b: 1\n", more),
        "map.yaml": (
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: one}\ndata: {size: '5', note: 'x,y'}\n"
            "---\napiVersion: v1\nkind: Secret\nmetadata: {name: held}\nstringData: {values.yaml: 'c: 1'}\n"
        ),
        "kustomization.yaml": kustomization("a.yaml", "map.yaml"),
    }
    row, values, problems = _one(files)
    assert (values, problems) == ({"a": {"size": 5, "note": "x,y"}, "b": 1}, [])
    assert [(layer.kind, layer.rule) for layer in row.layers[:2]] == [
        ("parameter", "set"),
        ("parameter", "set-literal"),
    ]
    assert (row.layers[2].kind, row.layers[2].is_opaque) == ("secret", True)


def test_files_and_literals_of_a_generator_are_set_at_a_path() -> None:
    more = (
        "  valuesFrom:\n  - {kind: ConfigMap, name: g, valuesKey: key.txt, targetPath: a.file, literal: true}\n"
        "  - {kind: ConfigMap, name: g, valuesKey: word, targetPath: a.word}\n"
        "  - {kind: ConfigMap, name: g, valuesKey: all}\n"
    )
    generator = (
        "generatorOptions: {disableNameSuffixHash: true}\nconfigMapGenerator:\n- name: g\n"
        "  files: [key.txt]\n  literals: [word=7, 'all={b: 2}']\n"
    )
    files = {
        "a.yaml": release("agent", "    c: 1\n", more),
        "key.txt": "one,two",
        "kustomization.yaml": kustomization("a.yaml", more=generator),
    }
    row, values, problems = _one(files)
    assert (values, problems) == ({"a": {"file": "one,two", "word": 7}, "b": 2, "c": 1}, [])
    assert row.layers[2].why_not == "It is in a patch or in a generator's literal; edit it there by hand."
    broken = files["kustomization.yaml"].replace("{b: 2}", "{b: [")
    _, values, problems = _one({**files, "kustomization.yaml": broken})
    assert values == {"a": {"file": "one,two", "word": 7}, "c": 1}
    assert len(problems) == 1
