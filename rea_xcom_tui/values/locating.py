"""Finding the place of an edit, and refusing the places where an edit would do more or less than it says.

Reading follows aliases and merges; an edit must not. What it changes has to be written at exactly one place,
and has to be what Helm uses.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rea_xcom_tui.edits import Address, Step
from rea_xcom_tui.text import clean, times
from rea_xcom_tui.values.errors import RefusedEdit
from rea_xcom_tui.values.merged import is_named
from rea_xcom_tui.values.nodes import Node, is_merge
from rea_xcom_tui.values.reading import ValuesFile

_HARMLESS_TAGS = frozenset(f"tag:yaml.org,2002:{name}" for name in ("str", "map", "seq"))


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in a file: a node with its ancestors, or the deepest one there is on the way to it."""

    address: Address
    """The address of `node`."""
    node: Node
    key: Node | None
    """The mapping key it is under, or None for a list item and the root."""
    parents: tuple[Node, ...]
    """Its ancestors from the root down."""
    missing: tuple[Step, ...] = ()
    """The steps from `node` on that lead nowhere."""

    @property
    def in_flow(self) -> bool:
        """Whether it is inside brackets or braces."""
        return any(parent.is_flow for parent in self.parents)

    @property
    def parent(self) -> Node | None:
        """Its parent, or None for the root."""
        return self.parents[-1] if self.parents else None


def describe(address: Address) -> str:
    """An address for people: `commonEnv[LOG_LEVEL].value`."""
    out = ""
    for step in address:
        if isinstance(step, str):
            out += f".{step}" if out else step
        else:
            out += f"[{step if isinstance(step, int) else step[1]}]"
    return clean(out, 200) or "the top level"


def locate(file: ValuesFile, address: Address, *, partly: bool = False) -> Spot:
    """Find the node at `address` as it is written, ready to be edited.

    With `partly`, a path that leads nowhere gives its deepest existing node. Raises `RefusedEdit`:
    `missing`, `wrong-kind`, `duplicate-key`, `duplicate-item`, `alias`, `merged`, `tag`, `anchored`.
    """
    node, key = file.root, None
    parents: list[Node] = []
    missing: Address = ()
    for at, step in enumerate(address):
        refuse_merge_key(step, node)
        found = _enter(file, node, step, address[:at])
        if found is None:
            missing = address[at:]
            break
        parents.append(node)
        key, node = found
    if missing and not partly:
        raise RefusedEdit("missing", f"There is no {describe(address)} in this file.", node.line, 0)
    spot = Spot(address[: len(address) - len(missing)], node, key, tuple(parents), missing)
    _refuse_tags(spot)
    refuse_shared(file, spot)
    return spot


def refuse_merge_key(step: Step, node: Node) -> None:
    """Refuse to address, add or rename a merge key (`<<`): it is not a key of its own."""
    if step == "<<":
        raise RefusedEdit(
            "merged",
            f"The merge key (<<) in the mapping at line {node.line} takes in other entries; edit it by hand.",
            node.line,
            node.column,
        )


def refuse_twin(mapping: Node, name: str) -> None:
    """Refuse a new key that other readers than Helm would take for one there is: `"y"` beside `y`, which is true."""
    for key, _ in mapping.entries:
        if key.text == name:
            raise RefusedEdit(
                "exists",
                f"The key {clean(name)} is written at line {key.line} already, where Helm reads it as "
                f"{clean(key.name)} and other tools do not; put it in quotes or rename it first.",
                key.line,
                key.column,
            )


def _enter(file: ValuesFile, node: Node, step: Step, address: Address) -> tuple[Node | None, Node] | None:
    """The key and value one step further, or None."""
    if node.is_alias:
        raise through_alias(file, node, address)
    if isinstance(step, str):
        if node.kind == "mapping":
            return _entry(node, step, (*address, step))
        wanted = "a mapping"
    elif node.kind == "sequence":
        return _item(node, step, (*address, step))
    else:
        wanted = "a list"
    if node.kind == "scalar" and node.value is None:
        return None
    raise RefusedEdit(
        "wrong-kind",
        f"{describe(address)} at line {node.line} is not a {wanted.split()[1]}, so {describe((*address, step))} "
        "is not allowed there.",
        node.line,
        node.column,
    )


def _entry(mapping: Node, name: str, address: Address) -> tuple[Node, Node] | None:
    found = [(key, value) for key, value in mapping.entries if not is_merge(key.raw) and key.name == name]
    seen_by_helm = mapping.get(name)
    if not found:
        if seen_by_helm is not None:
            raise _merged(mapping, seen_by_helm, address)
        return None
    if len(found) > 1:
        lines = ", ".join(str(key.line) for key, _ in found)
        raise RefusedEdit(
            "duplicate-key",
            f"{describe(address)} appears {times(len(found))}, at lines {lines}, and Helm uses only the last; "
            "remove the others first.",
            found[-1][0].line,
            found[-1][0].column,
        )
    key, value = found[0]
    if seen_by_helm is None or seen_by_helm.raw is not value.raw:
        raise RefusedEdit(
            "merged",
            f"{describe(address)} at line {key.line} has no effect: the merge (<<) further down in the same "
            "mapping overrides it; move the merge above it first.",
            key.line,
            key.column,
        )
    return key, value


def _merged(mapping: Node, value: Node, address: Address) -> RefusedEdit:
    merge = next(key for key, _ in mapping.entries if is_merge(key.raw))
    return RefusedEdit(
        "merged",
        f"{describe(address)} comes from line {value.line} through the merge (<<) at line {merge.line}; edit "
        "it there for all its users, or override it here by adding the key after the merge.",
        merge.line,
        merge.column,
    )


def _item(sequence: Node, step: int | tuple[str, str], address: Address) -> tuple[None, Node] | None:
    if isinstance(step, int):
        return (None, sequence.items[step]) if 0 <= step < len(sequence.items) else None
    found = [item for item in sequence.items if is_named(item, step)]
    if len(found) > 1:
        lines = ", ".join(str(item.line) for item in found)
        raise RefusedEdit(
            "duplicate-item",
            f"{describe(address)} appears {times(len(found))}, at lines {lines}, and Kubernetes uses only the "
            "last; remove the others first.",
            found[-1].line,
            found[-1].column,
        )
    return (None, found[0]) if found else None


def through_alias(file: ValuesFile, node: Node, address: Address) -> RefusedEdit:
    """The refusal to edit what an alias stands for."""
    target = Node(file, file.target_of(node.raw))
    return RefusedEdit(
        "alias",
        f"{describe(address)} at line {node.line} is the alias *{clean(node.anchor)} of line {target.line}; "
        "an edit there would reach every place that uses it. Edit the anchor, or give this place a value of "
        "its own.",
        node.line,
        node.column,
    )


def _refuse_tags(spot: Spot) -> None:
    for node in (*spot.parents, spot.node):
        tag = None if node.is_alias else getattr(node.event, "tag", None)
        if tag is not None and str(tag) not in _HARMLESS_TAGS:
            raise RefusedEdit(
                "tag",
                f"Line {node.line} carries the tag {clean(tag)}, whose meaning an edit could break; "
                "remove the tag first, or edit by hand.",
                node.line,
                node.column,
            )


def refuse_shared(file: ValuesFile, spot: Spot) -> None:
    """Refuse when the node, or one it is in, is used by aliases elsewhere: they would change, too."""
    for node in (*spot.parents, spot.node):
        lines = [alias.start_mark.line + 1 for alias, target in file.stream.aliases if target is node.raw]
        if node.anchor is not None and not node.is_alias and lines:
            raise RefusedEdit(
                "anchored",
                f"Line {node.line} carries the anchor &{clean(node.anchor)}, which {_others(lines)}; an edit "
                "would change them too. To change all of them, edit it by hand; to change this place only, "
                "give the others a value of their own first.",
                node.line,
                node.column,
            )


def refuse_anchors_inside(file: ValuesFile, nodes: Iterator[Node] | tuple[Node, ...]) -> None:
    """Refuse to remove nodes that hold an anchor which aliases outside of them use."""
    for node in nodes:
        first, last = node.start, node.end
        for alias, target in file.stream.aliases:
            opener = target[0] if isinstance(target, list) else target
            inside = first <= opener.start_mark.index <= last
            if inside and not first <= alias.start_mark.index <= last:
                line = opener.start_mark.line + 1
                raise RefusedEdit(
                    "anchored",
                    f"Line {line} carries the anchor &{clean(alias.anchor)}, which line "
                    f"{alias.start_mark.line + 1} uses; it cannot be removed while it is in use.",
                    line,
                    opener.start_mark.column + 1,
                )


def _others(lines: list[int]) -> str:
    shown = ", ".join(map(str, lines[:5])) + (" and more" if len(lines) > 5 else "")
    return f"line {shown} also uses" if len(lines) == 1 else f"{len(lines)} others use (lines {shown})"
