"""An object under one patch of kustomize, without what an edit needs: the values in force, and where each is.

Most patched objects are plain: nothing is null, nothing is a directive, and a scalar is written as the one that it
replaces. What is accepted comes to what `values.patches` makes of it; for all else, that one decides.
"""

from __future__ import annotations

from rea_xcom_tui.values.kustomized import Kustomized
from rea_xcom_tui.values.quick_layers import of_kustomized
from rea_xcom_tui.values.quick_node import QuickNode, class_of


class Objects:
    """What objects that many patches go over say, each looked at once."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, int], tuple[Kustomized, QuickNode | None]] = {}

    def plain(self, node: Kustomized, layer: int) -> QuickNode | None:
        """An object as it is, every node of which says that it is of this layer; None where it is not plain."""
        key = id(node), layer
        known = self._known.get(key)
        if known is None:  # the node is kept with the outcome, so that its id stays its
            made = None if _is_special(node) or node.is_odd() else of_kustomized(node, class_of(layer))
            known = self._known[key] = node, made
        return known[1]

    def patched(self, under: Kustomized, over: Kustomized, layer: int) -> QuickNode | None:
        """An object, the layer of this number, under a patch, the next one; None where it is not plain."""
        base = self.plain(under, layer)
        if base is None or _is_special(over):
            return None
        return _patched(under, base, over, class_of(layer + 1))


def _is_special(node: Kustomized) -> bool:
    """Whether a null or a directive is somewhere in it."""
    if node.kind == "mapping":
        return any(key.name.startswith("$") or _is_special(value) for key, value in node.entries)
    if node.kind == "sequence":
        return any(map(_is_special, node.items))
    return node.value is None


def _patched(under: Kustomized, base: QuickNode, over: Kustomized, make: type[QuickNode]) -> QuickNode | None:
    """`over` on what is below it, which `base` says too: mappings deeply, all else replaces."""
    if over.kind != under.kind:
        return None
    if over.kind != "mapping":
        return of_kustomized(over, make) if over.kind == "sequence" or over.quoted == under.quoted else None
    members = {name: (key, value) for name, key, value in base.members()}
    for at, inner in over.entries:
        below, name = under.get(at.name), at.name
        made = of_kustomized(inner, make) if below is None else _patched(below, members[name][1], inner, make)
        if made is None or (below is None and inner.is_odd()):
            return None
        members[name] = make("scalar", at.line, at.column, at.value, at.text), made
    names = {name: value for name, (_, value) in members.items()}
    return make("mapping", over.line, over.column, entries=tuple(members.values()), names=names)
