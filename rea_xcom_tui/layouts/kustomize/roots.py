"""Which kustomizations of a repo are used by no other."""

from __future__ import annotations

import contextlib
import posixpath

from rea_xcom_tui.layouts.kustomize.build import Builder
from rea_xcom_tui.layouts.kustomize.files import NAMES, read_kustomization
from rea_xcom_tui.layouts.kustomize.objects import Broken
from rea_xcom_tui.layouts.tree import LinkOut, Tree

_USES = ("resources", "bases", "components", "generators", "transformers")


def builder_of(tree: Tree) -> Builder:
    """The builder of a tree, one for all that build in it, so that each folder is built once."""
    known = tree.memo.get("kustomize")
    if not isinstance(known, Builder):
        known = tree.memo["kustomize"] = Builder(tree)
    return known


def root_folders(builder: Builder) -> tuple[str, ...]:
    """Every folder with a kustomization that no other kustomization uses, in order. Components are none."""
    tree = builder.tree
    known = tree.memo.get("kustomize roots")
    if isinstance(known, tuple):
        return known
    folders = sorted({posixpath.dirname(path) for path in tree.paths if posixpath.basename(path) in NAMES})
    used: set[str] = set()
    roots: list[str] = []
    for folder in folders:
        try:
            file = read_kustomization(tree, folder)
        except Broken:
            roots.append(folder)  # what is wrong is told when it is built
            continue
        if file is None or file.is_component:
            continue
        roots.append(folder)
    for folder in folders:
        with contextlib.suppress(Broken):
            file = read_kustomization(tree, folder)
            for entry in file.items(*_USES) if file is not None else ():
                with contextlib.suppress(LinkOut):
                    path = tree.join(folder, entry.text)
                    used.add(tree.resolve(path) or path)
    out = tuple(folder for folder in roots if folder not in used)
    tree.memo["kustomize roots"] = out
    return out
