"""Parts of an Application with the place that they come from, whoever put the Application together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from rea_xcom_tui.edits import Address
from rea_xcom_tui.layouts.model import Layer, LayerKind
from rea_xcom_tui.values.merged import Merged, Readable, effective, plain

Origin = Callable[[object], tuple[str, int, Address] | None]
"""Where the data is that a chart's template wrote as a whole: the file, the document and the pointer."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A node of an Application as Argo CD sees it, and where its bytes are."""

    node: Readable
    file: str
    document: int = 0
    pointer: Address = ()
    line: int = 1
    raw: Readable | None = None
    """What is at the pointer as it is written; None where nothing in a file is this node, as in what a chart's template
    makes."""
    why_not: str = ""
    """Why nobody should edit it at the pointer, where the bytes do not say it as they stand."""
    origin: Origin | None = None

    def get(self, *steps: str | int) -> Piece | None:
        """The piece further down, or None."""
        node: Readable | None = self.node
        raw, line = self.raw, self.line
        same = raw is node
        for step in steps:
            node = _child(node, step) if node is not None else None
            if node is None:
                return None
            raw = node if same else _child(raw, step) if raw is not None else None
            line = raw.line if raw is not None else line
        if node is None:
            return None
        pointer = (*self.pointer, *steps)
        return Piece(node, self.file, self.document, pointer, line, raw, self.why_not, self.origin)

    def text(self, *steps: str | int) -> str:
        """The scalar further down as text; empty where there is none."""
        node: Readable | None = self.node
        for step in steps:
            node = _child(node, step) if node is not None else None
        return node.text if node is not None and node.kind == "scalar" else ""

    def items(self, *steps: str | int) -> list[Piece]:
        """The items of the list further down."""
        piece = self.get(*steps)
        if piece is None:
            return []
        return [item for at in range(len(piece.node.items)) if (item := piece.get(at)) is not None]

    def names(self) -> list[str]:
        """The keys of a mapping."""
        if self.node.kind != "mapping":
            return []
        return list(self.node.members() if isinstance(self.node, Merged) else effective(self.node))

    @property
    def is_null(self) -> bool:
        """Whether it is a null."""
        return self.node.kind == "scalar" and self.node.value is None

    @property
    def is_as_written(self) -> bool:
        """Whether the bytes at the pointer say it as they stand."""
        return self.raw is not None and (self.raw is self.node or plain(self.raw) == plain(self.node))

    def layer(self, kind: LayerKind, content: Readable | None = None) -> Layer:
        """The layer that it is; `content` is what it says, where that is not the node itself."""
        said = content if content is not None else self.node
        if self.is_as_written:
            return Layer(kind, self.file, self.pointer, self.document)
        found = self.origin(plain(said)) if self.origin is not None else None
        if found is not None:
            file, document, pointer = found
            return Layer("values object", file, pointer, document)
        pointer = self.pointer if self.raw is not None else ()
        return Layer(kind, self.file, pointer, self.document, content=said, why_not=self.why_not)


def _child(node: Readable, step: str | int) -> Readable | None:
    if isinstance(step, str):
        return node.get(step)
    items = node.items
    return items[step] if 0 <= step < len(items) else None
