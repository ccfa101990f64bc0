"""Layers as they stand in files become values in force, each of which knows its layer, file and line."""

from __future__ import annotations

from rea_xcom_tui.layouts.effective import effective
from rea_xcom_tui.layouts.model import ChartRef, EntryPoint, Layer, opaque
from rea_xcom_tui.layouts.tree import Tree
from rea_xcom_tui.values.merged import plain

FILES = {
    "base.yaml": "threshold: 1\nname: base\n",
    "app.yaml": "spec:\n  values: |\n    # first\n    threshold: 2\n  object:\n    agent: {name: inner}\n",
    "broken.yaml": "a: [\n",
}
TREE = Tree(FILES, lambda path: FILES[path].encode() if path in FILES else None)


def entry(*layers: Layer, below: tuple[str, ...] = ()) -> EntryPoint:
    return EntryPoint("app.yaml", "app.yaml", "argocd", "app", layers, chart=ChartRef(below=below), line=1)


def test_each_value_knows_where_it_stands() -> None:
    text = Layer("values text", "app.yaml", ("spec", "values"))
    found = effective(entry(Layer("values file", "base.yaml"), text), TREE, "4.2")
    threshold, name = found.stack.find(("threshold",)), found.stack.find(("name",))
    assert threshold is not None
    assert name is not None
    assert (threshold.value, threshold.layer, threshold.file, threshold.line) == (2, 1, "app.yaml", 4)
    assert (name.value, name.layer, name.file, name.line) == ("base", 0, "base.yaml", 2)
    assert not found.problems


def test_an_object_below_a_key_and_an_option() -> None:
    layers = (
        Layer("values object", "app.yaml", ("spec", "object")),
        Layer("parameter", "app.yaml", rule="set", path="agent.threshold", value="7"),
    )
    found = effective(entry(*layers, below=("agent",)), TREE, "4.2")
    threshold, name = found.stack.find(("threshold",)), found.stack.find(("name",))
    assert threshold is not None
    assert name is not None
    assert (threshold.value, threshold.layer, name.value, name.line) == (7, 1, "inner", 6)


def test_what_cannot_be_read_is_a_problem_and_the_rest_is_there() -> None:
    layers = (
        Layer("values file", "broken.yaml"),
        Layer("values file", "gone.yaml"),
        Layer("values file", "away.yaml", may_be_missing=True),
        opaque("Secret x", "Change it in the Secret.", kind="secret"),
        Layer("values file", "base.yaml"),
    )
    found = effective(entry(*layers), TREE, "4.2")
    assert {problem.file for problem in found.problems} == {"broken.yaml", "app.yaml"}
    assert any("gone.yaml is not there" in problem.sentence for problem in found.problems)
    name = found.stack.find(("name",))
    assert name is not None
    assert name.layer == 4


def told(files: dict[str, str], *layers: Layer, links: dict[str, str] | None = None) -> tuple[object, list[str]]:
    """The values of these layers and the problems with them."""
    tree = Tree(files, lambda path: files[path].encode() if path in files else None, links=links)
    found = effective(entry(*layers), tree, "4.2")
    return plain(found.stack.root), [problem.sentence for problem in found.problems]


def test_what_a_text_or_a_typed_object_cannot_be_is_a_problem_and_the_others_count() -> None:
    base = Layer("values file", "base.yaml")
    text = Layer("values text", "app.yaml", ("text",))
    data, problems = told({"base.yaml": "a: 1\n", "app.yaml": "text: 'b: ['\n"}, base, text)
    assert (data, len(problems)) == ({"a": 1}, 1)
    data, problems = told({"base.yaml": "a: 1\n", "app.yaml": 'text: "b: \\x01"\n'}, base, text)
    assert (data, len(problems)) == ({"a": 1}, 1)
    typed = Layer("values object", "app.yaml", ("object",), reader="kustomize")
    data, problems = told({"base.yaml": "a: 1\n", "app.yaml": "object: {1: x}\n"}, base, typed)
    assert (data, len(problems)) == ({"a": 1}, 1)


def test_a_place_that_is_not_there_says_nothing() -> None:
    files = {"base.yaml": "a: 1\n", "app.yaml": "list:\n- {name: x, values: {b: 2}}\n- {name: y}\n"}
    base = Layer("values file", "base.yaml")
    by_name = Layer("values object", "app.yaml", ("list", ("name", "x"), "values"))
    assert told(files, base, by_name) == ({"a": 1, "b": 2}, [])
    for gone in (("list", ("name", "z"), "values"), ("list", 5), ("gone", "values"), ("list", 1, "values")):
        assert told(files, base, Layer("values object", "app.yaml", gone)) == ({"a": 1}, [])


def test_a_link_that_leads_out_is_told_with_the_layer() -> None:
    _, problems = told({"base.yaml": "a: 1\n"}, Layer("values file", "out.yaml"), links={"out.yaml": "../../up.yaml"})
    assert len(problems) == 1
    assert "out.yaml leads out of the repo" in problems[0]
