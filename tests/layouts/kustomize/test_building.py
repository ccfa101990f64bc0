"""What a build of kustomize takes in beside plain resources, and what it says where it cannot."""

from __future__ import annotations

import pytest

from rea_xcom_tui.layouts.effective import effective
from rea_xcom_tui.layouts.kustomize import find
from rea_xcom_tui.layouts.model import EntryPoint, Options
from rea_xcom_tui.values.merged import plain
from tests.layouts.repos import tree_of

CHART = "helmCharts: [{name: agent, valuesInline: {a: 1}}]\n"
COMPONENT = "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n"
GENERATOR = "kind: HelmChartInflationGenerator\nmetadata: {name: g}\nname: agent\n"


def row_of(files: dict[str, str], links: dict[str, str] | None = None) -> EntryPoint:
    return next(row for row in find(tree_of(files, links), Options()).entries if row.file.startswith("app/"))


@pytest.mark.parametrize(
    ("more", "files", "why"),
    [
        ("resources: [gone.yaml]", {}, "gone.yaml"),
        ("resources: [../empty]", {"empty/x.txt": ""}, "There is no kustomization in empty."),
        ("resources: [../part]", {"part/kustomization.yaml": COMPONENT}, "can only be used under `components`"),
        ("resources: [bad.yaml]", {"app/bad.yaml": "kind: HelmRelease\na: ["}, "not YAML"),
        ("components: [../gone]", {}, "is not there, or is not of kind Component"),
        ("components: [../plain]", {"plain/kustomization.yaml": "resources: []\n"}, "is not of kind Component"),
        ("components: [../../out]", {}, "leads out of the repo"),
        ("configMapGenerator: [{name: m, files: [gone.txt]}]", {}, "The file gone.txt of the generator does not exist"),
        ("configMapGenerator: [{name: m, literals: [x]}]", {}, "A literal has to be written as key=value"),
        ("configMapGenerator: [{name: m, literals: [a=1, a=2]}]", {}, "is given twice"),
        ("generators: [gone.yaml]", {}, "gone.yaml"),
        ("generators: [bad.yaml]", {"app/bad.yaml": "a: ["}, "not YAML"),
    ],
)
def test_what_kustomize_would_not_build_is_a_problem_of_the_row(more: str, files: dict[str, str], why: str) -> None:
    row = row_of({"app/kustomization.yaml": f"{CHART}{more}\n", **files})
    assert any(why in problem.sentence for problem in row.problems), row.problems


@pytest.mark.parametrize(
    ("more", "files", "why"),
    [
        ("components: ['https://git.example/x//y?ref=v1']", {}, "uses a component from elsewhere"),
        ("generators: [parts]", {"app/parts/x.yaml": ""}, "builds generators from a folder"),
        ("generators: [own.yaml]", {"app/own.yaml": "kind: Own\nmetadata: {name: g}\n"}, "uses the generator Own"),
        ("generators: [own.yaml]", {"app/own.yaml": "name: g\n"}, "one without a kind"),
    ],
)
def test_what_is_not_followed_is_named(more: str, files: dict[str, str], why: str) -> None:
    row = row_of({"app/kustomization.yaml": f"{CHART}{more}\n", **files})
    assert any(why in sentence for sentence in row.unknown), row.unknown


def test_a_generator_may_be_written_into_the_kustomization_itself() -> None:
    text = "generators:\n- |\n  " + GENERATOR.replace("\n", "\n  ") + "valuesInline: {a: 2}\n"
    files = {"app/kustomization.yaml": text}
    tree = tree_of(files)
    (row,) = find(tree, Options()).entries
    assert plain(effective(row, tree, "4.2").stack.root) == {"a": 2}


def test_a_component_brings_its_charts_into_each_overlay_that_takes_it() -> None:
    files = {
        "app/kustomization.yaml": "components: [../part]\nnamespace: n\n",
        "part/kustomization.yaml": COMPONENT + CHART,
    }
    names = {(row.file, row.namespace) for row in find(tree_of(files), Options()).entries}
    assert ("part/kustomization.yaml", "n") in names
