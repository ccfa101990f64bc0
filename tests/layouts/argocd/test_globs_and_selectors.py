"""Globs of `valueFiles` and git generators, and label selectors: what they take, by the documents of Argo CD."""

from __future__ import annotations

import pytest

from rea_xcom_tui.layouts.argocd.globs import expanded, pattern_of
from rea_xcom_tui.layouts.argocd.selecting import selects
from tests.layouts.repos import tree_of


@pytest.mark.parametrize(
    ("glob", "takes", "leaves"),
    [
        ("a/*.yaml", ["a/x.yaml", "a/.yaml"], ["a/b/x.yaml", "b/x.yaml"]),
        ("**/values.yaml", ["values.yaml", "a/b/values.yaml"], ["values.yml"]),
        ("a/**", ["a/x", "a/b/x"], ["b/a"]),
        ("a?c", ["abc"], ["a/c", "ac"]),
        ("v[12].yaml", ["v1.yaml", "v2.yaml"], ["v3.yaml"]),
        ("v[!12].yaml", ["v3.yaml"], ["v1.yaml"]),
        ("v[^1].yaml", ["v3.yaml"], ["v1.yaml"]),
        ("a+b(c).yaml", ["a+b(c).yaml"], ["aab(c).yaml"]),
        ("[z-a]", ["[z-a]"], ["z"]),
    ],
)
def test_a_glob(glob: str, takes: list[str], leaves: list[str]) -> None:
    pattern = pattern_of(glob)
    assert [path for path in takes + leaves if pattern.fullmatch(path)] == takes


def test_a_glob_of_git_crosses_folders() -> None:
    assert pattern_of("a/*.yaml", crosses=True).fullmatch("a/b/x.yaml")
    assert pattern_of("a?b", crosses=True).fullmatch("a/b")


def test_files_come_in_the_order_of_a_walk() -> None:
    tree = tree_of(dict.fromkeys(("v/b/1.yaml", "v/z.yaml", "v/a/2.yaml", "v/a.yaml", "w/x.yaml"), ""))
    assert list(expanded(tree, "v/**/*.yaml")) == ["v/a.yaml", "v/z.yaml", "v/a/2.yaml", "v/b/1.yaml"]


LABELS = {"env": "prod", "gpu": "true", "tier": "1"}


@pytest.mark.parametrize(
    ("selector", "outcome"),
    [
        (None, True),
        ({}, True),
        ("prod", True),
        ({"matchLabels": {"env": "prod", "gpu": True, "tier": 1}}, True),
        ({"matchLabels": {"env": "dev"}}, False),
        ({"matchLabels": {"zone": None}}, False),
        ({"matchExpressions": [{"key": "env", "operator": "In", "values": ["dev", "prod"]}]}, True),
        ({"matchExpressions": [{"key": "env", "operator": "In", "values": "prod"}]}, False),
        ({"matchExpressions": [{"key": "env", "operator": "NotIn", "values": ["prod"]}]}, False),
        ({"matchExpressions": [{"key": "zone", "operator": "NotIn", "values": ["a"]}]}, True),
        ({"matchExpressions": [{"key": "gpu", "operator": "Exists"}]}, True),
        ({"matchExpressions": [{"key": "zone", "operator": "Exists"}]}, False),
        ({"matchExpressions": [{"key": "zone", "operator": "DoesNotExist"}]}, True),
        ({"matchExpressions": [{"key": "env", "operator": "DoesNotExist"}, "odd"]}, False),
        ({"matchExpressions": [{"key": "env", "operator": "Near"}]}, True),
    ],
)
def test_a_selector(selector: object, outcome: bool) -> None:
    assert selects(selector, LABELS) is outcome
