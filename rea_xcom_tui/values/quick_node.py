"""The nodes of a quick reading."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

from rea_xcom_tui.edits import Scalar
from rea_xcom_tui.values.nodes import Kind
from rea_xcom_tui.values.resolve import key_name


class QuickNode:
    """One node of a values file as Helm reads it, every answer worked out. Never changed once it is made.

    Several files may share one. No key appears twice in it, however deep, and nothing is merged into it.
    """

    __slots__ = ("_names", "column", "entries", "facts", "items", "kind", "line", "text", "value")

    layer = 0
    """A file by itself is one layer."""
    unique = True
    """No key appears twice in it, and nothing is merged into it."""

    def __init__(
        self,
        kind: Kind,
        line: int,
        column: int,
        value: Scalar = None,
        text: str = "",
        items: Sequence[QuickNode] = (),
        entries: Sequence[tuple[QuickNode, QuickNode]] = (),
        names: dict[str, QuickNode] | None = None,
    ) -> None:
        self.kind: Kind = kind
        """Which of the three it is."""
        self.line = line
        """Line of its first character, from 1."""
        self.column = column
        """Column of its first character (an opening quote included), from 1."""
        self.value = value
        """A scalar's value as Helm reads it; None for collections."""
        self.text = text
        """A scalar's content as it is, without quotes and without type; empty for collections."""
        self.items = items
        """The items of a sequence; empty for the others."""
        self.entries = entries
        """Every key and value of a mapping, in the order of the file; empty for the others."""
        self._names = names
        self.facts: dict[object, object] | None = None
        """What was worked out about it and what is below it, and about nothing else."""

    @property
    def name(self) -> str:
        """The name that it gives as a key."""
        return key_name(self.value, self.text)

    def get(self, key: str) -> QuickNode | None:
        """The value Helm sees under `key`, or None."""
        return None if self._names is None else self._names.get(key)

    def members(self) -> Iterable[tuple[str, QuickNode, QuickNode]]:
        """The name, the key and the value of each entry of a mapping; nothing for the others."""
        pairs = zip(self._names or (), self.entries, strict=True)
        return [(name, key, value) for name, (key, value) in pairs]


@lru_cache(maxsize=64)
def class_of(layer: int) -> type[QuickNode]:
    """The class of the nodes of a layer: what they all say the same takes no room in each of them."""
    return type(f"QuickNodeOf{layer}", (QuickNode,), {"__slots__": (), "layer": layer})
