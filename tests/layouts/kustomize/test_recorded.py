"""The build held against what the real Kustomize 5.8.1 made of random kustomizations (scripts/record_kustomize.py)."""

from __future__ import annotations

import gzip
import json
import pathlib
from typing import Any

import pytest

from rea_xcom_tui.layouts.kustomize.build import Builder
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
