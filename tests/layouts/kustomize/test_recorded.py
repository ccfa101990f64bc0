"""The build held against what the real Kustomize 5.8.1 made of random kustomizations (scripts/record_kustomize.py)."""

from __future__ import annotations

import gzip
import json
import pathlib
from typing import Any

import pytest

from rea_xcom_tui.layouts.effective import effective
from rea_xcom_tui.layouts.kustomize.build import Builder
from rea_xcom_tui.layouts.kustomize.layers import object_layers
from rea_xcom_tui.layouts.kustomize.objects import node_at
from rea_xcom_tui.layouts.model import EntryPoint
from rea_xcom_tui.layouts.tree import Tree
from rea_xcom_tui.values.merged import plain

DATA = pathlib.Path(__file__).parents[1] / "data/kustomize-5.8.1.json.gz"
PARTS = 4


def _cases() -> list[dict[str, Any]]:
    records: list[dict[str, Any]] = json.loads(gzip.decompress(DATA.read_bytes()))
    return records


def _sorted(objects: list[object]) -> list[str]:
    return sorted(json.dumps(each, sort_keys=True) for each in objects)


@pytest.mark.parametrize("part", range(PARTS))
def test_builds_equal_the_real_ones(part: int) -> None:
    wrong: list[str] = []
    for at, case in list(enumerate(_cases()))[part::PARTS]:
        files = {path: text.encode() for path, text in case["files"].items()}
        built = Builder(Tree(files, files.get)).build(case["root"])
        if case["objects"] is None:
            if not built.problems:
                wrong.append(f"case {at}: kustomize refuses it, and nothing is said here")
        elif built.problems:
            wrong.append(f"case {at}: {built.problems[0].sentence}")
        elif _sorted([plain(found.root) for found in built.objects]) != _sorted(case["objects"]):
            wrong.append(f"case {at}: other objects")
        assert not built.unknown
    assert not wrong


def test_the_records_are_enough() -> None:
    cases = _cases()
    assert len(cases) >= 300
    assert sum(case["objects"] is not None for case in cases) >= 200


def test_the_layers_of_values_come_to_what_the_build_has() -> None:
    """Each HelmRelease's layers, put together by the stack, are its values in the build; nearly all can be edited."""
    groups = lost = 0
    for case in _cases()[::4]:
        files = {path: text.encode() for path, text in case["files"].items()}
        built = Builder(Tree(files, files.get)).build(case["root"])
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
