"""Rows of files that are laid over one another quickly are the rows that the stack of layers gives."""

from __future__ import annotations

import pytest

from benchmarks.layers import LAYOUTS
from rea_xcom_tui.fleet.scan import layered
from rea_xcom_tui.fleet.scan.reading import Reading
from rea_xcom_tui.layouts.quick_values import quick_values
from rea_xcom_tui.layouts.tree import Tree


def tree(name: str) -> Tree:
    files = {path: text.encode() for path, text in LAYOUTS[name](8)}
    return Tree(files, files.get)


@pytest.mark.parametrize("name", ["argocd", "appset", "flux", "helmfile"])
def test_the_rows_are_the_same(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    reading = Reading()
    found = layered.look(tree(name), reading)
    assert all(quick_values(entry, found.tree) is not None for entry in found.found.entries)
    quick = layered.layered_in(found, reading).rows
    monkeypatch.setattr(layered, "quick_values", lambda *_: None)
    slow = layered.layered_in(layered.look(tree(name), reading), reading).rows
    assert len(quick) == 8
    assert quick == slow


def test_what_only_the_stack_can_tell_is_left_to_it() -> None:
    files = {path: text.encode() for path, text in LAYOUTS["argocd"](1)}
    files["layers/base.yaml"] += b"commonEnv:\n  - {name: TEAM, value: data}\n"
    found = layered.look(Tree(files, files.get), Reading())
    assert quick_values(found.found.entries[0], found.tree) is None
    row = layered.layered_in(found, Reading()).rows[0]
    assert "TEAM" in next(one.message for one in row.findings if one.code.startswith("XC") and "drops" in one.message)
