"""Wrapper and umbrella charts, and the values in force of what they install."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from rea_xcom_tui.layouts.charts import local_chart
from rea_xcom_tui.layouts.effective import effective, engines_differ
from rea_xcom_tui.layouts.find import find
from rea_xcom_tui.layouts.model import AGENT_CHART, ChartRef, EntryPoint, Found, Layer, Options, opaque
from rea_xcom_tui.layouts.tree import Tree
from rea_xcom_tui.values.merged import plain
from rea_xcom_tui.values.stack import Stack, stack

PATH = "AIRFLOW__COMMON_IO__XCOM_OBJECTSTORAGE_PATH"


def tree(files: Mapping[str, str], links: Mapping[str, str] | None = None) -> Tree:
    return Tree([*files, *(links or {})], lambda path: files[path].encode(), links=links)


def chart(*dependencies: str, name: str = "agents") -> str:
    listed = "".join(f"  - {each}\n" for each in dependencies)
    return f"apiVersion: v2\nname: {name}\nversion: 1.0.0\n" + (f"dependencies:\n{listed}" if listed else "")


def dependency(alias: str = "", more: str = "") -> str:
    named = f", alias: {alias}, condition: {alias}.enabled" if alias else ""
    return f"{{name: {AGENT_CHART}, version: 2.3.3, repository: 'https://charts.example.com'{named}{more}}}"


def env(value: str, indent: str = "  ") -> str:
    return f"{indent}commonEnv:\n{indent}- {{name: {PATH}, value: {value}}}\n"


UMBRELLA = {
    "agents/Chart.yaml": chart(dependency("tide"), dependency("mosaic"), dependency("larch")),
    "agents/values.yaml": "global: {region: eu}\n"
    + "".join(f"{name}:\n  enabled: false\n{env(f's3://{name}/xcom')}" for name in ("tide", "mosaic", "larch")),
    "agents/values-lab.yaml": f"tide: {{enabled: true}}\nlarch:\n  enabled: true\n{env('s3://larch-lab/xcom')}",
}


def application(*value_files: str, folder: str = "agents") -> EntryPoint:
    layers = tuple(Layer("values file", file) for file in value_files)
    return EntryPoint("apps/lab.yaml", "apps/lab.yaml", "argocd", "agents-lab", layers, chart=ChartRef(folder=folder))


def found_with(view: Tree, *entries: EntryPoint) -> Found:
    return find(view, Options(), [lambda tree, options: Found(entries)])


def path_of(view: Tree, entry: EntryPoint) -> tuple[str, str, int]:
    node = effective(entry, view, "4.2").stack.find(("commonEnv", ("name", PATH), "value"))
    assert node is not None
    return node.text, node.file, node.line


def test_an_umbrella_is_a_row_for_each_alias_that_is_on() -> None:
    view = tree(UMBRELLA)
    found = found_with(view, application("agents/values.yaml", "agents/values-lab.yaml"))
    assert [(entry.name, entry.id) for entry in found.entries] == [
        ("tide", "apps/lab.yaml?chart=tide"),
        ("larch", "apps/lab.yaml?chart=larch"),
    ]
    tide, larch = found.entries
    assert path_of(view, tide) == ("s3://tide/xcom", "agents/values.yaml", 5)
    assert path_of(view, larch) == ("s3://larch-lab/xcom", "agents/values-lab.yaml", 5)
    assert "agents/values-lab.yaml" in found.reached
    assert "agents/Chart.yaml" in found.reached
    values = plain(effective(tide, view, "4.2").stack.root)
    assert isinstance(values, dict)
    assert values["global"] == {"region": "eu"}


def test_what_a_subchart_gets_tells_the_layers_that_it_hides() -> None:
    view = tree(UMBRELLA)
    _, larch = found_with(view, application("agents/values.yaml", "agents/values-lab.yaml")).entries
    read = effective(larch, view, "4.2")
    said = read.stack.said(("commonEnv", ("name", PATH), "value"))
    assert [(each.node.text, each.effect, larch.flat_layers[each.part.layer].source) for each in said] == [
        ("s3://larch/xcom", "hidden", "agents/values.yaml"),  # as the chart's defaults
        ("s3://larch/xcom", "hidden", "agents/values.yaml"),  # and once more, as Argo CD names the file
        ("s3://larch-lab/xcom", "in force", "agents/values-lab.yaml"),
    ]
    assert said[-1].address == ("larch", "commonEnv", ("name", PATH), "value")


def test_a_wrapper_chart_that_nothing_deploys_is_an_entry_point_and_keeps_the_name_of_its_folder() -> None:
    files = {
        "teams/tide/Chart.yaml": chart(dependency(), name="agent"),
        "teams/tide/values.yaml": f"{AGENT_CHART}:\n{env('s3://tide/xcom')}",
        "teams/tide/values-prod.yaml": "x: 1\n",
        "other/Chart.yaml": chart("{name: redis, version: 1.0.0, repository: 'https://charts.example.com'}"),
    }
    view = tree(files)
    (entry,) = find(view, Options(), []).entries
    assert (entry.name, entry.layout, entry.chart.below) == ("tide", "umbrella", (AGENT_CHART,))
    assert path_of(view, entry)[0] == "s3://tide/xcom"
    assert "values-prod.yaml" in entry.unknown[0]


def test_a_dependency_behind_a_path_is_followed_and_is_no_entry_point_itself() -> None:
    files = {
        "base/Chart.yaml": chart(dependency("agent"), name="base"),
        "base/values.yaml": f"agent:\n{env('s3://base/xcom')}",
        "top/Chart.yaml": chart("{name: base, version: 1.0.0, repository: 'file://../base'}", name="top"),
        "top/values.yaml": "base:\n  agent:\n    other: 1\n",
    }
    view = tree(files)
    (entry,) = find(view, Options(), []).entries
    assert (entry.name, entry.chart.below) == ("top", ("base", "agent"))
    assert path_of(view, entry) == ("s3://base/xcom", "base/values.yaml", 3)


@pytest.mark.parametrize(
    ("repository", "says"),
    [
        ("file://../../../etc", "leads out of the repo"),
        ("file:///etc", "absolute path"),
        ("file://../missing", "There is no chart"),
        ("file://.", "depends on itself"),
    ],
)
def test_a_wrong_path_of_a_dependency_is_told_on_its_line(repository: str, says: str) -> None:
    broken = f"{{name: other, version: 1.0.0, repository: '{repository}'}}"
    view = tree({"a/Chart.yaml": chart(dependency(), broken), "a/values.yaml": ""})
    (entry,) = find(view, Options(), []).entries
    (problem,) = entry.problems
    assert says in problem.sentence
    assert (problem.file, problem.line) == ("a/Chart.yaml", 6)


def test_a_missing_file_is_told_and_the_other_layers_count() -> None:
    view = tree({"v.yaml": "a: 1\n"})
    entry = EntryPoint("x", "x", "argocd", "x", (Layer("values file", "v.yaml"), Layer("values file", "gone.yaml")))
    read = effective(entry, view, "4.2")
    assert plain(read.stack.root) == {"a": 1}
    assert ["gone.yaml" in problem.sentence for problem in read.problems] == [True]


def test_a_block_text_counts_its_lines_in_its_file() -> None:
    files = {"app.yaml": "spec:\n  values: |\n    # a comment\n    a:\n      b: 1\n"}
    layer = Layer("values text", "app.yaml", ("spec", "values"))
    read = effective(EntryPoint("app.yaml", "app.yaml", "argocd", "x", (layer,)), tree(files), "4.2")
    node = read.stack.find(("a", "b"))
    assert node is not None
    assert (node.value, node.line, node.file) == (1, 5, "app.yaml")
    assert layer.source == "app.yaml#/spec/values"


def test_a_group_is_put_together_before_it_goes_over_what_is_below() -> None:
    files = {"a.yaml": "x: {k: 1, l: [1]}\n", "b.yaml": "x: {k: 2, m: 3}\n", "p.yaml": "x: {k: null, o: 4}\n"}
    group = Layer(
        "group",
        layers=(Layer("values file", "b.yaml"), Layer("patch", "p.yaml", rule="strategic")),
    )
    entry = EntryPoint("e", "e", "flux", "e", (Layer("values file", "a.yaml"), group))
    read = effective(entry, tree(files), "4.2")
    assert plain(read.stack.root) == {"x": {"k": 1, "l": [1], "m": 3, "o": 4}}
    node = read.stack.find(("x", "o"))
    assert node is not None
    assert entry.flat_layers[node.layer].file == "p.yaml"


def test_an_encrypted_layer_may_override_only_the_keys_that_it_has() -> None:
    sealed = "xcomBackend: ENC[AES256_GCM,data:x,iv:y,tag:z,type:str]\nsops: {mac: x}\n"
    view = tree({"v.yaml": "xcomBackend: a\nlabels: {a: 1}\n", "s.yaml": sealed})
    secret = opaque("s.yaml (encrypted by SOPS)", "Edit it with sops.", kind="secret", file="s.yaml")
    entry = EntryPoint("e", "e", "helmfile", "e", (Layer("values file", "v.yaml"), secret))
    found = effective(entry, view, "4.2").stack
    assert [part.file for part in found.may_override(("xcomBackend",))] == ["s.yaml"]
    assert found.may_override(("labels", "a")) == ()


def test_engines_are_compared_only_where_they_can_differ() -> None:
    view = tree({"one.yaml": "a: null\n", "two.yaml": "a: 1\n---\nb: 2\n"})
    one = EntryPoint("e", "e", "argocd", "e", (Layer("values file", "one.yaml"),))
    two = EntryPoint("e", "e", "argocd", "e", (Layer("values file", "two.yaml"),))
    assert engines_differ(one, view) == {}
    differing = engines_differ(two, view)
    assert {engine: plain(each.root) for engine, each in differing.items()} == {
        "3": {"a": 1},
        "4.1": {"a": 1, "b": 2},
        "4.2": {"a": 1, "b": 2},
    }


def test_a_base_of_many_deployments_is_read_once() -> None:
    asked: list[str] = []
    files = {"base.yaml": "a: 1\n", **{f"{n}.yaml": f"b: {n}\n" for n in range(50)}}

    def read(path: str) -> bytes:
        asked.append(path)
        return files[path].encode()

    view = Tree(files, read)
    for number in range(50):
        layers = (Layer("values file", "base.yaml"), Layer("values file", f"{number}.yaml"))
        entry = EntryPoint(f"{number}", f"{number}", "argocd", f"{number}", layers)
        assert plain(effective(entry, view, "4.2").stack.root) == {"a": 1, "b": number}
    assert asked.count("base.yaml") == 1


def test_a_layout_that_fails_leaves_the_others_entry_points() -> None:
    def failing(tree: Tree, options: Options) -> Found:
        tree.join("", "../out")
        return Found()

    entry = EntryPoint("e", "e", "argocd", "e", ())
    found = find(tree({}), Options(), [failing, lambda tree, options: Found((entry,))])
    assert found.entries == (entry,)
    assert len(found.problems) == 1


def test_requirements_take_the_place_of_the_dependencies_in_the_chart() -> None:
    files = {
        "a/Chart.yaml": chart(dependency("one")),
        "a/requirements.yaml": f"dependencies:\n- {dependency('two')}\n",
        "a/values.yaml": f"two:\n{env('s3://two/xcom')}",
    }
    (entry,) = find(tree(files), Options(), []).entries
    assert entry.chart.below == ("two",)
    assert entry.chart.version == "2.3.3"


def test_dependencies_of_every_wrong_shape_are_no_dependencies() -> None:
    for wrong in (
        "dependencies: text\n",
        "dependencies: [1, [2], {name: 3}, {alias: x}, ~]\n",
        "dependencies: {a: 1}\n",
    ):
        text = f"name: a\n{wrong}# {AGENT_CHART}\n"
        assert find(tree({"a/Chart.yaml": text, "a/values.yaml": ""}), Options(), []).entries == ()


def test_charts_that_lie_in_a_chart_are_its_subcharts_without_being_named() -> None:
    files = {
        "app/Chart.yaml": "name: app\ndependencies:\n- name: told\n  import-values: [data, {child: a.b, parent: c}]\n",
        "app/values.yaml": "own: 1\n",
        "app/charts/told/Chart.yaml": "name: told\n",
        "app/charts/told/values.yaml": "exports: {data: {x: 1}}\na: {b: {size: 2}}\n",
        "app/charts/other/Chart.yaml": "name: other\n",
        "app/charts/other/values.yaml": "z: 3\n",
        "app/charts/broken/Chart.yaml": "name: [\n",
        "app/charts/odd/Chart.yaml": "name: \x01\n",
    }
    local = local_chart(tree(files), "app")
    assert local is not None
    assert [place.keys for place in local.places] == [(), ("told",), ("other",)]
    assert sorted({problem.file for problem in local.problems}) == [
        "app/charts/broken/Chart.yaml",
        "app/charts/odd/Chart.yaml",
    ]
    row = EntryPoint("app/Chart.yaml", "app/Chart.yaml", "umbrella", "app", local.layers, chart=ChartRef(folder="app"))
    told = plain(effective(row, tree(files), "4.2").stack.root)
    assert isinstance(told, dict)
    assert (told["x"], told["c"], told["other"]["z"]) == (1, {"size": 2}, 3)


def test_charts_within_charts_end_somewhere_and_those_behind_links_out_are_none() -> None:
    deep = "".join("/charts/c" for _ in range(30))
    files = {f"app{deep[: at * 9]}/Chart.yaml": "name: c\n" for at in range(31)}
    local = local_chart(tree(files), "app")
    assert local is not None
    assert any("too many subcharts below" in problem.sentence for problem in local.problems)
    assert local_chart(tree({"x": ""}, {"app/Chart.yaml": "../../up"}), "app") is None


def test_more_dependencies_than_are_read_are_told_on_the_line() -> None:
    made = local_chart(tree({"u/Chart.yaml": chart(*(dependency(f"a{at}") for at in range(503)))}), "u")
    assert made is not None
    (problem,) = made.problems
    assert (problem.file, problem.line) == ("u/Chart.yaml", 4 + 501)
    assert problem.sentence == "The chart has 503 dependencies; the first 500 are read."


def test_the_layers_of_an_umbrella_are_put_together_once(monkeypatch: pytest.MonkeyPatch) -> None:
    names = [f"a{at}" for at in range(30)]
    files = {
        "agents/Chart.yaml": chart(*(dependency(name).replace("condition", "x") for name in names)),
        "agents/values.yaml": "global: {region: eu}\n" + "".join(f"{name}:\n{env(f's3://{name}')}" for name in names),
    }
    apart = {}
    for row in find(tree(files), Options()).entries:
        apart[row.id] = plain(effective(row, tree(files), "4.2").stack.root)
    counted: list[str] = []

    def counting(*args: Any, **kwargs: Any) -> Stack:
        counted.append("once")
        return stack(*args, **kwargs)

    monkeypatch.setattr("rea_xcom_tui.layouts.effective.stack", counting)
    known = tree(files)
    rows = find(known, Options()).entries
    assert {row.id: plain(effective(row, known, "4.2").stack.root) for row in rows} == apart
    assert (len(rows), len(counted)) == (30, 1)
