"""Terraform's `helm_release`: what its literal parts tell, and what only a run of Terraform would."""

from __future__ import annotations

import posixpath

from rea_xcom_tui.layouts.model import MAX_ENTRIES, EntryPoint, Found, Options, Problem
from rea_xcom_tui.layouts.terraform.hcl import parse
from rea_xcom_tui.layouts.terraform.release import Module, read_release
from rea_xcom_tui.layouts.terraform.syntax import Body, Expression, HclError, Literal
from rea_xcom_tui.layouts.tree import LinkOut, Tree
from rea_xcom_tui.text import clean

_MARK = b"helm_release"


def find(tree: Tree, options: Options) -> Found:
    """Every `helm_release` of the repo's Terraform files."""
    files = [path for path in tree.paths if path.endswith(".tf")]
    folders = {posixpath.dirname(path) for path in files if _MARK in (tree.read(path) or b"")}
    if not folders:
        return Found()
    called = _called(tree, files)
    entries: list[EntryPoint] = []
    problems: list[Problem] = []
    for folder in sorted(folders):
        bodies = _bodies(tree, [path for path in files if posixpath.dirname(path) == folder], problems)
        module = Module(folder, _locals(bodies), is_root=folder not in called)
        for path, body in bodies.items():
            for block in [b for b in body.all("resource") if len(b.labels) == 2 and b.labels[0] == "helm_release"]:
                if len(entries) >= MAX_ENTRIES:
                    problems.append(Problem(f"Only the first {MAX_ENTRIES:,} releases are read.", path, block.line))
                    return Found(tuple(entries), frozenset(), tuple(problems))
                entry = read_release(tree, module, path, block)
                if entry is not None:
                    entries.append(entry)
    return Found(tuple(entries), frozenset(), tuple(problems))


def _bodies(tree: Tree, paths: list[str], problems: list[Problem]) -> dict[str, Body]:
    out: dict[str, Body] = {}
    for path in paths:
        data = tree.read(path)
        if data is None:
            continue
        try:
            out[path] = parse(data.decode("utf-8", "replace"))
        except HclError as error:
            if _MARK in data:
                problems.append(Problem(f"The file cannot be read as Terraform: {clean(error)}", path, error.line))
    return out


def _locals(bodies: dict[str, Body]) -> dict[str, Expression]:
    out: dict[str, Expression] = {}
    for body in bodies.values():
        for block in body.all("locals"):
            out.update(block.body.attributes)
    return out


def _called(tree: Tree, files: list[str]) -> set[str]:
    """The folders that are called as modules by others in this repo."""
    out: set[str] = set()
    for path in files:
        data = tree.read(path) or b""
        if b"module" not in data:
            continue
        try:
            body = parse(data.decode("utf-8", "replace"))
        except HclError:
            continue
        for block in body.all("module"):
            source = block.body.attributes.get("source")
            if isinstance(source, Literal) and str(source.value).startswith("."):
                try:
                    out.add(tree.join(posixpath.dirname(path), str(source.value)))
                except LinkOut:
                    continue
    return out
