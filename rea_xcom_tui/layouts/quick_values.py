"""The values in force of an entry point whose layers are nothing but whole files, by the quick reader, or one object
that kustomize has read and at most one patch of it.

That is most entry points of a fleet. What this declines, `effective` puts together; what it accepts
comes to the same, holds for every Helm, and leaves nothing that only the stack of layers could tell: no layer is
unreadable here, and no list of variables replaces another.
"""

from __future__ import annotations

from rea_xcom_tui.layouts.charts import local_chart
from rea_xcom_tui.layouts.model import EntryPoint, Layer
from rea_xcom_tui.layouts.tree import LinkOut, Tree
from rea_xcom_tui.values.kustomized import Kustomized
from rea_xcom_tui.values.quick_node import QuickNode
from rea_xcom_tui.values.quick_patch import Objects
from rea_xcom_tui.values.quick_stack import LayerFile, Overlays, layer_file

_LIST = "commonEnv"
"""The list whose entries an overlay may drop."""
_READERS = ("helm", "first document")


def quick_values(entry: EntryPoint, tree: Tree) -> QuickNode | None:
    """The values in force, each node with the number of its layer; None where only `effective` can tell."""
    if entry.chart.below or not entry.layers:
        return None
    if entry.chart.folder is not None and local_chart(tree, entry.chart.folder) is not None:
        return None
    if len(entry.layers) == 1 and (patched := _patched_object(entry.layers[0])) is not None:
        objects = tree.memo.setdefault("objects", Objects())
        return _of_object(patched, objects) if isinstance(objects, Objects) else None
    if not all(map(_is_whole_file, entry.layers)):
        return None
    roots: list[QuickNode] = []
    lists = 0
    for number, layer in enumerate(entry.layers):
        file = plain_file(tree, layer)
        root = file.root(number) if file is not None else None
        if root is None:
            return None
        lists += root.get(_LIST) is not None
        roots.append(root)
    if lists > 1:
        return None
    overlays = tree.memo.setdefault("overlays", Overlays())
    return overlays.merged(roots) if isinstance(overlays, Overlays) else None


def _patched_object(layer: Layer) -> tuple[Kustomized, Kustomized | None] | None:
    """The object that a layer is, as kustomize has read it, and the one patch that goes over it; None for others."""
    base = layer.layers[0] if layer.layers else layer
    if (
        layer.rule != "merge"
        or base.rule != "merge"
        or not isinstance(base.content, Kustomized)
        or base.chart is not None
    ):
        return None
    if not layer.layers:
        return base.content, None
    patch = layer.layers[-1]
    if layer.content is not None or layer.file or len(layer.layers) != 2 or patch.rule != "strategic":
        return None
    return (base.content, patch.content) if isinstance(patch.content, Kustomized) else None


def _of_object(patched: tuple[Kustomized, Kustomized | None], objects: Objects) -> QuickNode | None:
    base, patch = patched
    if patch is None:
        return objects.plain(base, 0)
    return None if base.get(_LIST) is not None and patch.get(_LIST) is not None else objects.patched(base, patch, 0)


def plain_file(tree: Tree, layer: Layer) -> LayerFile | None:
    """The file that a layer is, read once for all that have it; None where it is not there or not plain."""
    key = "plain", layer.file
    if key not in tree.memo:
        try:
            data = tree.read(layer.file)
        except LinkOut:
            data = None
        tree.memo[key] = layer_file(data) if data is not None else None
    found = tree.memo[key]
    return found if isinstance(found, LayerFile) else None


def _is_whole_file(layer: Layer) -> bool:
    return (
        layer.kind == "values file"
        and layer.rule == "merge"
        and layer.reader in _READERS
        and bool(layer.file)
        and not (layer.pointer or layer.document or layer.layers)
        and layer.content is None
        and layer.chart is None
    )
