"""Nodes as plain data: what a tool has filled in or patched, carried from one process to another, or compared."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rea_xcom_tui.values.merged import Merged, Readable
from rea_xcom_tui.values.nodes import Kind, Node, is_merge
from rea_xcom_tui.values.resolve import Scalar

State = tuple[Any, ...]
"""Kind, value, text, name, line, column, whether it stands in a file, and what is in it: texts, numbers and tuples."""


class Frozen:
    """A node made again from its state; it reads as the one that the state was taken from."""

    __slots__ = ("_inner", "column", "kind", "line", "name", "of_file", "text", "value")

    kind: Kind
    value: Scalar
    text: str
    name: str
    line: int
    column: int
    of_file: bool

    def __init__(self, state: State) -> None:
        self.kind, self.value, self.text, self.name, self.line, self.column, self.of_file, inner = state
        self._inner: tuple[State, ...] = inner

    @property
    def items(self) -> Sequence[Frozen]:
        """The items of a sequence."""
        return tuple(map(Frozen, self._inner)) if self.kind == "sequence" else ()

    @property
    def entries(self) -> Sequence[tuple[Frozen, Frozen]]:
        """The keys and values of a mapping."""
        if self.kind != "mapping":
            return ()
        made = [Frozen(state) for state in self._inner]
        return list(zip(made[::2], made[1::2], strict=True))

    def get(self, key: str) -> Frozen | None:
        """The value under `key`, the last of several, or None."""
        if self.kind != "mapping":
            return None
        for at in range(len(self._inner) - 2, -1, -2):
            if self._inner[at][3] == key:
                return Frozen(self._inner[at + 1])
        return None


def state_of(node: Readable) -> State | None:
    """The state of a node with all that is in it; None where it holds merge keys, which only its file can apply."""
    base = node.node if isinstance(node, Merged) else node
    if isinstance(base, Node) and is_merge(base.raw):
        return None
    inner: list[State | None] = []
    if node.kind == "sequence":
        inner = [state_of(item) for item in node.items]
    elif node.kind == "mapping":
        inner = [state_of(part) for pair in node.entries for part in pair]
    if None in inner:
        return None
    of_file = base.of_file if isinstance(base, Frozen) else isinstance(base, Node)
    head = (node.kind, node.value, node.text, node.name, node.line, node.column, of_file)
    return (*head, tuple(inner))
