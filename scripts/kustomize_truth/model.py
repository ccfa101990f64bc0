"""What the tool makes of a case, and whether that is what kustomize made of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from rea_xcom_tui.layouts.effective import effective
from rea_xcom_tui.layouts.find import find
from rea_xcom_tui.layouts.kustomize.build import Builder
from rea_xcom_tui.layouts.model import Options
from rea_xcom_tui.layouts.tree import Tree
from rea_xcom_tui.values.merged import plain


def difference(case: Mapping[str, Any]) -> str | None:
    """How the tool's outcome differs from the recorded one, or None.

    What kustomize refuses has to be a problem here."""
    files = {path: text.encode() for path, text in case["files"].items()}
    tree = Tree(files, files.get)
    if case["kind"] == "chart":
        return _chart_difference(tree, case["outcome"])
    built = Builder(tree).build(case["root"])
    if case["outcome"] is None:
        return None if built.problems else "kustomize refuses it, and nothing is said here"
    if built.problems or built.unknown:
        return f"said of a good one: {built.problems[0].sentence if built.problems else built.unknown[0]}"
    mine = _sorted([plain(found.root) for found in built.objects])
    return None if mine == _sorted(case["outcome"]) else "other objects"


def _chart_difference(tree: Tree, outcome: Any) -> str | None:
    entries = [entry for entry in find(tree, Options()).entries if entry.layout == "kustomize"]
    if len(entries) != 1:
        return f"{len(entries)} entry points"
    made = effective(entries[0], tree, "4.2")
    problems = (*entries[0].problems, *made.problems)
    if outcome is None:
        return None if problems else "kustomize refuses it, and nothing is said here"
    if problems or entries[0].unknown:
        return f"said of a good one: {problems[0].sentence if problems else entries[0].unknown[0]}"
    mine = {name: plain(value) for name, (_, value) in made.stack.root.members().items() if name != "global"}
    return None if json.dumps(mine, sort_keys=True) == json.dumps(outcome, sort_keys=True) else "other values"


def _sorted(objects: list[Any]) -> list[str]:
    return sorted(json.dumps(each, sort_keys=True) for each in objects)
