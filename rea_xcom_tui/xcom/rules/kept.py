"""A node that remembers what it was asked: a hundred rules ask the same nodes the same questions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from rea_xcom_tui.xcom.model import Node, Scalar


class Kept:
    """Another node, each answer of which is worked out once; the nodes it leads to are kept likewise."""

    kind: Literal["mapping", "sequence", "scalar"]
    value: Scalar
    text: str
    line: int
    column: int
    items: Sequence[Node]
    entries: Sequence[tuple[Node, Node]]

    def __init__(self, node: Node) -> None:
        self._node = node
        self._found: dict[str, Kept | None] = {}

    def __getattr__(self, name: str) -> object:
        """Asked once for each attribute, as the answer becomes an attribute of the instance."""
        answer: object = getattr(self._node, name)
        if name == "items":
            answer = tuple(Kept(item) for item in self._node.items)
        elif name == "entries":
            answer = tuple((Kept(key), Kept(value)) for key, value in self._node.entries)
        setattr(self, name, answer)
        return answer

    def get(self, key: str) -> Node | None:
        """As the node's."""
        if key not in self._found:
            found = self._node.get(key)
            self._found[key] = None if found is None else Kept(found)
        return self._found[key]
