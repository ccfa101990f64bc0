"""A merged tree as nodes that have every answer worked out, those of a layer's own parts shared by all who have it.

The reading and the rules ask each node many times. In a fleet, most of what a deployment's values say comes whole from
a layer that others have too: such a part is made once, and what is worked out about it (`QuickNode.facts`) holds for
all.
"""

from __future__ import annotations

from rea_xcom_tui.values.merged import Merged
from rea_xcom_tui.values.nodes import Kind, Node, is_merge, may_repeat_keys
from rea_xcom_tui.values.quick_node import QuickNode
from rea_xcom_tui.values.resolve import Scalar, key_name

Known = dict[tuple[int, int, int], tuple[Node, QuickNode | None]]
"""The nodes that were made, by the raw node, the number of its layer and the lines before it; the raw nodes are kept
with them, so that their ids stay theirs."""


class _LayerNode(QuickNode):
    """A node of one of several layers."""

    __slots__ = ("layer",)

    layer: int


def quickly(node: Merged, known: Known) -> QuickNode | None:
    """The tree as quick nodes, or None where something in it is repeated, merged or aliased within a layer: there, the
    merged tree itself says what stands where. `known` is what was made for other deployments of the same files."""
    base = node.node
    if node.is_whole and isinstance(base, Node):
        key = id(base.raw), node.layer, node.part.line_shift
        found = known.get(key)
        if found is None:
            found = known[key] = base, _of_layer(base, node.layer, node.part.line_shift)
        return found[1]
    kind = node.kind
    if kind == "scalar":
        return _new(kind, node, node.value, node.text)
    if kind == "sequence":
        items = [quickly(item, known) for item in node.items]
        sound = tuple([item for item in items if item is not None])
        return _new(kind, node, items=sound) if len(sound) == len(items) else None
    entries: list[tuple[QuickNode, QuickNode]] = []
    names: dict[str, QuickNode] = {}
    if node.is_whole and not isinstance(base, Node) and len(node.entries) != len(node.members()):
        return None
    for name, (key_node, value) in node.members().items():
        made, below = quickly(key_node, known), quickly(value, known)
        if made is None or below is None:
            return None
        entries.append((made, below))
        names[name] = below
    return _new(kind, node, entries=tuple(entries), names=names)


def _of_layer(node: Node, layer: int, shift: int) -> QuickNode | None:
    """The node of one file, all that is below it in it."""
    if may_repeat_keys(node.raw):
        return None
    return _below(node, layer, shift)


def _below(node: Node, layer: int, shift: int) -> QuickNode | None:
    if node.is_alias or is_merge(node.raw):
        return None
    kind = node.kind
    made = _LayerNode(kind, node.line + shift, node.column)
    made.layer = layer
    if kind == "scalar":
        made.value, made.text = node.value, node.text
        return made
    if kind == "sequence":
        items = [_below(item, layer, shift) for item in node.items]
        made.items = tuple([item for item in items if item is not None])
        return made if len(made.items) == len(items) else None
    entries: list[tuple[QuickNode, QuickNode]] = []
    names: dict[str, QuickNode] = {}
    for at, inner in node.entries:
        key, value = _below(at, layer, shift), _below(inner, layer, shift)
        if key is None or value is None:
            return None
        entries.append((key, value))
        names[key_name(key.value, key.text)] = value
    made.entries = tuple(entries)
    made._names = names
    return made if len(names) == len(entries) else None


def _new(
    kind: Kind,
    node: Merged,
    value: Scalar = None,
    text: str = "",
    items: tuple[QuickNode, ...] = (),
    entries: tuple[tuple[QuickNode, QuickNode], ...] = (),
    names: dict[str, QuickNode] | None = None,
) -> QuickNode:
    made = _LayerNode(kind, node.line, node.column, value, text, items, entries, names)
    made.layer = node.layer
    return made
