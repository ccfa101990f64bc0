"""What this tool makes of a case, in the shape of Helmfile's answers."""

from __future__ import annotations

from typing import Any

from rea_xcom_tui.layouts import umbrella
from rea_xcom_tui.layouts.effective import effective
from rea_xcom_tui.layouts.helmfile import run
from rea_xcom_tui.layouts.model import EntryPoint, Options
from rea_xcom_tui.layouts.tree import Tree
from rea_xcom_tui.user.layout_settings import LayoutSettings
from rea_xcom_tui.values.merged import plain

from .cases import Case

OPTIONS = Options(LayoutSettings(engine="3", helmfile=(0, 166)))
"""The versions that answer: Helmfile 0.166 with Helm 3.15."""


def said(case: Case) -> tuple[dict[str, Any] | None, list[str]]:
    """The values of each release by `namespace/name`, None where Helmfile would give up, and what is not known."""
    files = case.files
    tree = Tree(files, lambda path: files[path].encode() if path in files else None)
    root = next(path for path in files if path.endswith("helmfile.yaml"))
    found = run(tree, OPTIONS, root, case.environment)
    rows = [entry for entry in found.entries if entry.env == case.environment or entry.file != root]
    entries = [row for entry in rows for row in umbrella.expanded(tree, entry, OPTIONS)]
    unknown = [reason for entry in entries for reason in _unknown(entry)]
    out: dict[str, Any] = {}
    failed = bool(found.problems) or any(entry.problems for entry in entries)
    for entry in entries:
        made = effective(entry, tree, OPTIONS.engine)
        failed = failed or bool(made.problems)
        out[f"{entry.namespace or 'default'}/{entry.name}"] = plain(made.stack.root)
    return (None if failed else out), unknown


def _unknown(entry: EntryPoint) -> list[str]:
    return [*entry.unknown, *(layer.words for layer in entry.flat_layers if layer.is_opaque)]


def same(one: Any, other: Any) -> bool:
    """Whether two values are the same as JSON, in which 1 and 1.0 are, and 1 and true are not."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)
