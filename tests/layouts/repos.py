"""Small repos in memory, and the values that their deployments get."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rea_xcom_tui.layouts.model import EntryPoint, Layer
from rea_xcom_tui.layouts.tree import Tree
from rea_xcom_tui.values.documents import read_documents
from rea_xcom_tui.values.merged import Part, Readable, plain
from rea_xcom_tui.values.stack import Engine, Stack, stack


def tree_of(files: Mapping[str, str], links: Mapping[str, str] | None = None) -> Tree:
    """A tree with these files."""
    return Tree(files, lambda path: files[path].encode() if path in files else None, links=links)


def stack_of(tree: Tree, entry: EntryPoint, engine: Engine = "4.2") -> Stack:
    """The entry point's layers put together."""
    return stack([_part(tree, at, layer) for at, layer in enumerate(entry.layers)], engine)


def values_of(tree: Tree, entry: EntryPoint, engine: Engine = "4.2") -> Any:
    """The entry point's values without any chart's defaults, as plain data."""
    made = stack_of(tree, entry, engine)
    assert made.error is None, made.error
    return plain(made.root)


def sources(entry: EntryPoint) -> list[str]:
    """Where each layer stands, weakest first."""
    return [layer.source for layer in entry.layers]


def _part(tree: Tree, at: int, layer: Layer) -> Part:
    inner = tuple(_part(tree, at * 100 + number, each) for number, each in enumerate(layer.layers))
    documents: tuple[Readable, ...] = ()
    if layer.content is not None:
        documents = (layer.content,)
    elif layer.file and not layer.is_opaque and not layer.rule.startswith("set"):
        read = tree.documents(layer.file)
        assert read is not None, layer.file
        documents = read.roots
        if layer.pointer:
            documents = (_at(read.roots[layer.document], layer),)
            if layer.kind == "values text":
                documents = read_documents(documents[0].text).roots
    first_only = layer.reader == "first document"
    return Part(
        at, layer.file, layer.rule, documents, first_only, path=layer.path, value=layer.value or "", inner=inner
    )


def _at(node: Readable, layer: Layer) -> Readable:
    for step in layer.pointer:
        found = node.items[step] if isinstance(step, int) else node.get(str(step))
        assert found is not None, layer.source
        node = found
    return node
