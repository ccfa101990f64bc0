"""The nodes of a quick reading."""

from __future__ import annotations

import types
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import ClassVar

import msgspec

from rea_xcom_tui.edits import Scalar
from rea_xcom_tui.values.nodes import Kind
from rea_xcom_tui.values.resolve import key_name


class QuickNode(msgspec.Struct, eq=False):
    """One node of a values file as Helm reads it, every answer worked out. Never changed once it is made.

    Several files may share one. No key appears twice in it, however deep, and nothing is merged into it. A scan makes
    some fifty for each file, which a struct does in a quarter of the time of a class.
    """

    layer: ClassVar[int] = 0
    """A file by itself is one layer."""
    unique: ClassVar[bool] = True
    """No key appears twice in it, and nothing is merged into it."""

    kind: Kind
    """Which of the three it is."""
    line: int
    """Line of its first character, from 1."""
    column: int
    """Column of its first character (an opening quote included), from 1."""
    value: Scalar = None
    """A scalar's value as Helm reads it; None for collections."""
    text: str = ""
    """A scalar's content as it is, without quotes and without type; empty for collections."""
    items: Sequence[QuickNode] = ()
    """The items of a sequence; empty for the others."""
    entries: Sequence[tuple[QuickNode, QuickNode]] = ()
    """Every key and value of a mapping, in the order of the file; empty for the others."""
    names: dict[str, QuickNode] | None = None
    """The values of a mapping by the names of their keys."""
    facts: dict[object, object] | None = None
    """What was worked out about it and what is below it, and about nothing else."""

    @property
    def name(self) -> str:
        """The name that it gives as a key."""
        return key_name(self.value, self.text)

    def get(self, key: str) -> QuickNode | None:
        """The value Helm sees under `key`, or None."""
        return None if self.names is None else self.names.get(key)

    def members(self) -> Iterable[tuple[str, QuickNode, QuickNode]]:
        """The name, the key and the value of each entry of a mapping; nothing for the others."""
        pairs = zip(self.names or (), self.entries, strict=True)
        return [(name, key, value) for name, (key, value) in pairs]


@lru_cache(maxsize=64)
def class_of(layer: int) -> type[QuickNode]:
    """The class of the nodes of a layer: what they all say the same takes no room in each of them."""
    return types.new_class(f"QuickNodeOf{layer}", (QuickNode,), {"eq": False}, lambda names: names.update(layer=layer))
