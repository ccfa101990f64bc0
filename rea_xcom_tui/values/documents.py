"""All YAML documents of a text: Helm 4 merges those of a values file, and manifests come many in one file."""

from __future__ import annotations

from dataclasses import dataclass

from rea_xcom_tui.values.errors import Unreadable
from rea_xcom_tui.values.events import Stream, read_streams
from rea_xcom_tui.values.nodes import EmptyRoot, Node
from rea_xcom_tui.values.reading import ValuesFile, decode


@dataclass(frozen=True, slots=True, eq=False)
class Documents:
    """The documents of a text, as far as it can be read."""

    roots: tuple[Node, ...]
    """The root of each document, of whatever kind; lines and columns count in the whole text. One that is empty or
    null reads as an empty mapping."""
    error: Unreadable | None = None
    """What makes the rest of the text, behind these documents, unreadable."""
    text: str = ""


def read_documents(data: bytes | str) -> Documents:
    """Read every document of a file's bytes, or of a text within a file.

    Raises `Unreadable` when nothing of it can be read: it is no UTF-8 text, or beyond the limits.
    """
    text, bom = (data, False) if isinstance(data, str) else decode(data)
    streams, error = read_streams(text)
    return Documents(tuple(_root(text, bom, stream) for stream in streams), error, text)


class _Document(ValuesFile):
    """One of several documents of a text; unlike a values file, its root may be of any kind."""

    __slots__ = ()

    def __init__(self, text: str, bom: bool, stream: Stream) -> None:
        root, stream.root = stream.root, None
        super().__init__(text, bom, stream)
        stream.root = root
        node = Node(self, root)
        empty = node.kind == "scalar" and node.value is None and not node.is_alias
        self.root = EmptyRoot(self, root) if empty else node


def _root(text: str, bom: bool, stream: Stream) -> Node:
    return _Document(text, bom, stream).root
