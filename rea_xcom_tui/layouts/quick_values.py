"""The values in force of an entry point whose layers are nothing but whole files, by the quick reader.

That is most entry points of a fleet of values files. What this declines, `effective` puts together; what it accepts
comes to the same, holds for every Helm, and leaves nothing that only the stack of layers could tell: no layer is
unreadable here, and no list of variables replaces another.
"""

from __future__ import annotations

from rea_xcom_tui.layouts.charts import local_chart
from rea_xcom_tui.layouts.model import EntryPoint, Layer
from rea_xcom_tui.layouts.tree import LinkOut, Tree
from rea_xcom_tui.values.quick_node import QuickNode
from rea_xcom_tui.values.quick_stack import LayerFile, Overlays, layer_file

_LIST = "commonEnv"
"""The list whose entries an overlay may drop."""
_READERS = ("helm", "first document")


def quick_values(entry: EntryPoint, tree: Tree) -> QuickNode | None:
    """The values in force, each node with the number of its layer; None where only `effective` can tell."""
    if entry.chart.below or not entry.layers or not all(map(_is_whole_file, entry.layers)):
        return None
    if entry.chart.folder is not None and local_chart(tree, entry.chart.folder) is not None:
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
