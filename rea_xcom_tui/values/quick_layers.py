"""A merged tree as nodes that have every answer worked out, those of a layer's own parts shared by all who have it.

The reading and the rules ask each node many times. In a fleet, most of what a deployment's values say comes whole from
a layer that others have too: such a part is made once, and what is worked out about it (`QuickNode.facts`) holds for
all.
"""

from __future__ import annotations

from rea_xcom_tui.edits import Scalar
from rea_xcom_tui.values.kustomized import Kustomized
from rea_xcom_tui.values.merged import Merged, Readable, whole_of
from rea_xcom_tui.values.nodes import Kind, Node, is_merge, may_repeat_keys
from rea_xcom_tui.values.quick_node import QuickNode, class_of
from rea_xcom_tui.values.resolve import key_name

Known = dict[tuple[int, int, int], tuple[Readable, QuickNode | None]]
"""The nodes that were made, by the raw node, the number of its layer and the lines before it; the raw nodes are kept
with them, so that their ids stay theirs."""


def quickly(node: Merged, known: Known) -> QuickNode | None:
    """The tree as quick nodes, or None where something in it is repeated, merged or aliased within a layer: there, the
    merged tree itself says what is where. `known` is what was made for other deployments of the same files."""
    base = node.node
    inner, shift = whole_of(node) or (None, 0)
    if isinstance(inner, Node | Kustomized):
        key = id(inner.raw if isinstance(inner, Node) else inner), node.layer, shift
        found = known.get(key)
        if found is None:
            make = class_of(node.layer)
            made = _of_layer(inner, make, shift) if isinstance(inner, Node) else of_kustomized(inner, make, shift)
            found = known[key] = inner, made
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


def _of_layer(node: Node, make: type[QuickNode], shift: int) -> QuickNode | None:
    """The node of one file, all that is below it in it."""
    if may_repeat_keys(node.raw):
        return None
    return _below(node, make, shift)


def _below(node: Node, make: type[QuickNode], shift: int) -> QuickNode | None:
    if node.is_alias or is_merge(node.raw):
        return None
    kind = node.kind
    line, column = node.line + shift, node.column
    if kind == "scalar":
        return make(kind, line, column, node.value, node.text)
    if kind == "sequence":
        items = [_below(item, make, shift) for item in node.items]
        sound = tuple([item for item in items if item is not None])
        return make(kind, line, column, items=sound) if len(sound) == len(items) else None
    entries: list[tuple[QuickNode, QuickNode]] = []
    names: dict[str, QuickNode] = {}
    for at, inner in node.entries:
        key, value = _below(at, make, shift), _below(inner, make, shift)
        if key is None or value is None:
            return None
        entries.append((key, value))
        names[key_name(key.value, key.text)] = value
    return make(kind, line, column, entries=tuple(entries), names=names) if len(names) == len(entries) else None


def of_kustomized(node: Kustomized, make: type[QuickNode], shift: int = 0) -> QuickNode:
    """What kustomize has read: no key is there twice, and what was merged in is filled in."""
    items = [of_kustomized(item, make, shift) for item in node.items]
    entries: list[tuple[QuickNode, QuickNode]] = []
    names: dict[str, QuickNode] = {}
    for key, value in node.entries:
        made = of_kustomized(value, make, shift)
        entries.append((make("scalar", key.line + shift, key.column, key.value, key.text), made))
        names[key.name] = made
    where = node.line + shift, node.column
    return make(node.kind, *where, node.value, node.text, tuple(items), tuple(entries), names if entries else None)


def _new(
    kind: Kind,
    node: Merged,
    value: Scalar = None,
    text: str = "",
    items: tuple[QuickNode, ...] = (),
    entries: tuple[tuple[QuickNode, QuickNode], ...] = (),
    names: dict[str, QuickNode] | None = None,
) -> QuickNode:
    return class_of(node.layer)(kind, node.line, node.column, value, text, items, entries, names)
