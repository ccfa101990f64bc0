"""The nodes of a quick reading."""

from __future__ import annotations

from collections.abc import Sequence

from rea_xcom_tui.values.nodes import Kind
from rea_xcom_tui.values.resolve import Scalar


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
        """A scalar's content as it stands, without quotes and without type; empty for collections."""
        self.items = items
        """The items of a sequence; empty for the others."""
        self.entries = entries
        """Every key and value of a mapping, in the order of the file; empty for the others."""
        self._names = names
        self.facts: dict[object, object] | None = None
        """What was worked out about it and what is below it, and about nothing else."""

    def get(self, key: str) -> QuickNode | None:
        """The value Helm sees under `key`, or None."""
        return None if self._names is None else self._names.get(key)
