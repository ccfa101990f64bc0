"""Whole values files laid over one another, without what an edit needs: the values in force, and where each is.

Most stacks are nothing but files of plain shapes. Such a file is read by the quick reader, whose nodes are shared by
all deployments that have it at the same place of their stack, and a stack is no more than a few dictionaries. What is
accepted comes to what `values.stack` makes of it under every Helm; for all else, that one decides.
"""

from __future__ import annotations

from collections.abc import Sequence

from rea_xcom_tui.values.documents import is_plain_to_helm
from rea_xcom_tui.values.errors import Unreadable
from rea_xcom_tui.values.quick import read_quickly
from rea_xcom_tui.values.quick_node import QuickNode, class_of
from rea_xcom_tui.values.reading import decode


class LayerFile:
    """A values file as a layer of stacks."""

    __slots__ = ("_roots", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self._roots: dict[int, QuickNode | None] = {}

    def root(self, layer: int) -> QuickNode | None:
        """Its root mapping, every node of which says that it is of this layer; None where the quick reader declines."""
        if layer not in self._roots:
            self._roots[layer] = read_quickly(self.text, class_of(layer))
        return self._roots[layer]


def layer_file(data: bytes) -> LayerFile | None:
    """A file that every Helm may read the same, or None where only the full reader knows."""
    try:
        text, bom = decode(data)
    except Unreadable:
        return None
    return LayerFile(text) if not bom and is_plain_to_helm(text) else None


class Overlays:
    """Puts layers together; what many stacks begin with is put together once."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, int], tuple[QuickNode, QuickNode, QuickNode]] = {}

    def merged(self, roots: Sequence[QuickNode]) -> QuickNode:
        """These roots, weakest first, as Helm lays its `-f` files over one another; there is one at least."""
        out = roots[0]
        for over in roots[1:-1]:
            key = id(out), id(over)
            if key not in self._known:  # both are kept with the outcome, so that their ids stay theirs
                self._known[key] = out, over, overlaid(out, over)
            out = self._known[key][2]
        return overlaid(out, roots[-1]) if len(roots) > 1 else out


def overlaid(under: QuickNode, over: QuickNode) -> QuickNode:
    """`over` on `under`: mappings deeply, all else replaces."""
    if under.kind != "mapping" or over.kind != "mapping":
        return over
    members = {name: (key, value) for name, key, value in under.members()}
    for name, key, value in over.members():
        below = members.get(name)
        members[name] = (key, value if below is None else overlaid(below[1], value))
    names = {name: value for name, (_, value) in members.items()}
    return type(over)("mapping", over.line, over.column, entries=tuple(members.values()), names=names)
