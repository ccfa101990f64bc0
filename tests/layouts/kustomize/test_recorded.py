"""The build held against what the real Kustomize 5.8.1 made of random kustomizations (scripts/kustomize_truth)."""

from __future__ import annotations

import gzip
import json
import pathlib
from functools import cache
from typing import Any

import pytest

from rea_xcom_tui.layouts.effective import effective
from rea_xcom_tui.layouts.kustomize.build import Builder
from rea_xcom_tui.layouts.kustomize.layers import object_layers
from rea_xcom_tui.layouts.kustomize.objects import node_at
from rea_xcom_tui.layouts.model import EntryPoint
from rea_xcom_tui.layouts.tree import Tree
from rea_xcom_tui.values.merged import plain
from scripts.kustomize_truth.model import difference

DATA = pathlib.Path(__file__).parents[2] / "data/engines/kustomize.json.gz"
PARTS = 4


@cache
def _cases() -> list[dict[str, Any]]:
    records: list[dict[str, Any]] = json.loads(gzip.decompress(DATA.read_bytes()))
    return records


@pytest.mark.parametrize("part", range(PARTS))
def test_builds_and_values_equal_the_real_ones(part: int) -> None:
    told = {at: difference(case) for at, case in list(enumerate(_cases()))[part::PARTS]}
    assert {at: each for at, each in told.items() if each} == {}


def test_the_records_are_enough() -> None:
    built = [case["outcome"] for case in _cases() if case["kind"] == "build"]
    values = [case["outcome"] for case in _cases() if case["kind"] == "chart"]
    assert len(built) >= 400
    assert sum(each is not None for each in built) >= 250
    assert sum(each is not None for each in values) >= 80


def test_the_layers_of_values_come_to_what_the_build_has() -> None:
    """Each HelmRelease's layers, put together by the stack, are its values in the build; nearly all can be edited."""
    groups = lost = 0
    for case in [case for case in _cases() if case["kind"] == "build"][::4]:
        files = {path: text.encode() for path, text in case["files"].items()}
        tree = Tree(files, files.get)
        built = Builder(tree).build(case["root"])
        for found in built.objects:
            layer = object_layers(found, ("spec", "values"), lambda content, holder: content)
            if found.kind != "HelmRelease" or layer is None:
                continue
            entry = EntryPoint("x", "x", "flux", "x", (layer,))
            made = effective(entry, Tree(files, files.get), "4.2")
            now = node_at(found.root, "spec", "values")
            assert now is not None
            assert plain(made.stack.root) == plain(now)
            groups += bool(layer.layers)
            lost += layer.rule == "replace"
    assert groups > 30
    assert lost <= groups // 20
