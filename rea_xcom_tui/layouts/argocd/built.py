"""Applications and sets as kustomizations leave them: patched, renamed, or taken away."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from rea_xcom_tui.layouts.argocd.pieces import Piece
from rea_xcom_tui.layouts.kustomize.objects import Object
from rea_xcom_tui.layouts.kustomize.roots import builder_of, root_folders
from rea_xcom_tui.layouts.model import Options, Problem
from rea_xcom_tui.layouts.naming import environment
from rea_xcom_tui.layouts.tree import Tree
from rea_xcom_tui.text import clean


@dataclass(frozen=True, slots=True)
class State:
    """An object in one state in which it is deployed."""

    piece: Piece
    hint: str = ""
    """The folder of the kustomization that deploys it, which may tell the environment."""
    env: str | None = None
    """What tells it from the same object of other kustomizations, where there are others."""


class States:
    """The objects of a repo in each state that its kustomizations give them."""

    def __init__(self, tree: Tree, options: Options, objects: Iterable[Piece]) -> None:
        self.options = options
        self.problems: list[Problem] = []
        self._built: dict[tuple[str, int], list[tuple[str, Object]]] = {}
        self._whole: set[str] = set()
        wanted = {piece.file for piece in objects}
        builder = builder_of(tree)
        for folder in root_folders(builder) if wanted else ():
            built = builder.gathered(folder)
            if wanted.isdisjoint(built.files):
                continue
            if not built.problems and not built.is_partial:
                self._whole |= built.files
            self.problems += built.problems
            for each in built.objects:
                if each.kind in ("Application", "ApplicationSet") and each.place.file in wanted:
                    self._built.setdefault((each.place.file, each.place.document), []).append((folder, each))

    def of(self, piece: Piece) -> Iterator[State]:
        """The states of an object: as it is written where no kustomization takes it in, none where they all drop it."""
        built = self._built.get((piece.file, piece.document), []) if not piece.pointer else []
        if not built:
            if piece.pointer or piece.file not in self._whole:
                yield State(piece)
            return
        for folder, each in built:
            changed = each.changes or each.previous
            why = f"The kustomization in {clean(folder) or 'the root'} patches it; edit the patch."
            state = replace(piece, node=each.root, why_not=why) if changed else piece
            yield State(state, f"{folder}/x", self._told_apart(folder) if len(built) > 1 else None)

    def _told_apart(self, folder: str) -> str:
        return environment(f"{folder}/x", self.options.environments) or posixpath.basename(folder)
