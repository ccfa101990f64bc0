"""Layers as they stand in files become values in force, each of which knows its layer, file and line."""

from __future__ import annotations

from rea_xcom_tui.layouts.effective import effective
from rea_xcom_tui.layouts.model import ChartRef, EntryPoint, Layer, opaque
from rea_xcom_tui.layouts.tree import Tree

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
