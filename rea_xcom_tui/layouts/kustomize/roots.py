"""Which kustomizations of a repo are used by no other."""

from __future__ import annotations

import contextlib
import posixpath
from collections.abc import Mapping
from dataclasses import dataclass

from rea_xcom_tui.layouts.kustomize.build import Builder
from rea_xcom_tui.layouts.kustomize.files import NAMES, KustomizationFile, read_kustomization
from rea_xcom_tui.layouts.kustomize.objects import Broken
from rea_xcom_tui.layouts.tree import LinkOut, Tree

_USES = ("resources", "bases", "components", "generators", "transformers")
SYNCED = ("argocd", "synced")
"""The key of a tree's memo at which Argo CD's Applications leave the folders that they sync."""


@dataclass(frozen=True, slots=True)
class Synced:
    """A place that an Application syncs a folder to."""

    cluster: str | None
    namespace: str
    """The namespace of what has none of its own."""
    set_namespace: str = ""
    """The namespace that it writes into the kustomization beforehand."""


def builder_of(tree: Tree) -> Builder:
    """The builder of a tree, one for all that build in it, so that each folder is built once."""
    known = tree.memo.get("kustomize")
    if not isinstance(known, Builder):
        known = tree.memo["kustomize"] = Builder(tree)
    return known


def root_folders(builder: Builder) -> tuple[str, ...]:
    """Every folder with a kustomization that no other kustomization uses, in order. Components are none.

    Where kustomizations only use one another, or one uses itself, the first of them stands for all: building it says
    that they lead in a circle, on the line that closes it.
    """
    tree = builder.tree
    known = tree.memo.get("kustomize roots")
    if isinstance(known, tuple):
        return known
    uses: dict[str, set[str]] = {}
    buildable: list[str] = []
    for folder in sorted({posixpath.dirname(path) for path in tree.named if posixpath.basename(path) in NAMES}):
        try:
            file = read_kustomization(tree, folder)
        except Broken:
            buildable.append(folder)  # what is wrong is told when it is built
            continue
        if file is not None:
            uses[folder] = _used_by(tree, file)
            if not file.is_component:
                buildable.append(folder)
    used = {path for folder, paths in uses.items() for path in paths if path != folder}
    roots = {folder for folder in buildable if folder not in used}
    reached = _reached(roots, uses)
    for folder in buildable:
        if folder not in reached:
            roots.add(folder)
            reached |= _reached({folder}, uses)
    out = tuple(folder for folder in buildable if folder in roots)
    tree.memo["kustomize roots"] = out
    return out


def synced_to(tree: Tree) -> Mapping[str, tuple[Synced, ...]]:
    """Every folder with a kustomization that Applications sync, in order, with the places that they sync it to. Each is
    an entry point, also where other kustomizations use it."""
    known = tree.memo.get(SYNCED)
    out: dict[str, tuple[Synced, ...]] = {}
    for folder, places in sorted(known.items()) if isinstance(known, dict) else ():
        with contextlib.suppress(Broken):
            file = read_kustomization(tree, folder)
            if file is not None and not file.is_component:
                out[folder] = tuple(places)
    return out


def _used_by(tree: Tree, file: KustomizationFile) -> set[str]:
    """What a kustomization names as a part of itself, links followed."""
    found: set[str] = set()
    for entry in file.items(*_USES):
        with contextlib.suppress(LinkOut):
            path = tree.join(file.folder, entry.text)
            found.add(tree.resolve(path) or path)
    return found


def _reached(roots: set[str], uses: Mapping[str, set[str]]) -> set[str]:
    """The roots with everything that they use, directly or not."""
    reached = set(roots)
    ahead = list(roots)
    while ahead:
        for path in uses.get(ahead.pop(), ()):
            if path not in reached:
                reached.add(path)
                ahead.append(path)
    return reached
