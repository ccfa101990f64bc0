"""Reading the rows of many entry points: in child processes, so that the program's own stays free for keys."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path

from rea_xcom_tui.fleet.scan.layered import file_digest, read_entry
from rea_xcom_tui.fleet.scan.pool import in_processes
from rea_xcom_tui.fleet.scan.reading import Reading
from rea_xcom_tui.fleet.scan.records import Record, to_record
from rea_xcom_tui.layouts.charts import local_chart
from rea_xcom_tui.layouts.model import EntryPoint, Layer
from rea_xcom_tui.layouts.tree import Tree
from rea_xcom_tui.values import Unreadable, read_file
from rea_xcom_tui.values.kustomized import Kustomized
from rea_xcom_tui.values.merged import Readable, whole_of

_MANY = 3000
"""From this many rows on, starting child processes (about 0.4 s each) pays, if there is more than one processor."""
_FOR_EACH = 1500
_BATCH = 50
_ENTRY = tuple(each.name for each in fields(EntryPoint) if each.name not in ("layers", "_flat"))
_LAYER = tuple(name for name in Layer.__struct_fields__ if name not in ("content", "layers"))


@dataclass(slots=True)
class _Rows:
    """Makes rows of entry points in a child process, which reads each file once."""

    root: str
    paths: Sequence[str]
    links: Mapping[str, str]
    reading: Reading
    settings: bytes
    tree: Tree | None = field(default=None, repr=False)

    def __call__(self, entries: Sequence[EntryPoint]) -> list[tuple[bytes, Record]]:
        """The record of each entry point's row, by its key, which is that of the files as they were read here."""
        tree = self.tree = self.tree or Tree(self.paths, self._read, links=self.links)
        return [
            (row_key(self.settings, entry, tree), to_record(read_entry(entry, tree, self.reading))) for entry in entries
        ]

    def _read(self, path: str) -> bytes | None:
        root = Path(self.root)
        try:
            return read_file(root / path, root)
        except Unreadable:
            return None


def rows_in_processes(
    root: Path, tree: Tree, entries: Sequence[EntryPoint], reading: Reading, settings: bytes
) -> Iterator[tuple[bytes, Record]]:
    """The records of the rows of these entry points by their keys (see `row_key`), in any order, as far as it pays to
    make them in other processes; the caller makes the rest. Nothing of them is marked as changed.

    What a tool has filled in or patched depends on files that are read already: that is never made elsewhere.
    """
    sent = [entry for entry in entries if all(layer.content is None for layer in entry.flat_layers)]
    processes = min(os.cpu_count() or 1, len(sent) // _FOR_EACH)
    if len(sent) < _MANY or processes < 2:
        return
    batches = [sent[start : start + _BATCH] for start in range(0, len(sent), _BATCH)]
    work = _Rows(str(root), tree.paths, tree.links, reading, settings)
    for made in in_processes(work, batches, processes):
        yield from made


def row_key(settings: bytes, entry: EntryPoint, tree: Tree) -> bytes:
    """A name for everything that a row depends on: the entry point, its layers, and the bytes of its files."""
    hasher = hashlib.blake2b(settings, digest_size=20)
    flat = entry.flat_layers
    words = [repr([getattr(entry, name) for name in _ENTRY])]
    words += [repr([getattr(layer, name) for name in _LAYER]) for layer in flat]
    hasher.update("\0".join(words).encode("utf-8", "surrogateescape"))
    for layer in flat:
        if layer.content is not None:
            hasher.update(_content_digest(layer.content))
    chart = local_chart(tree, entry.chart.folder) if entry.chart.folder is not None else None
    for file in (*entry.files, *sorted(chart.files if chart is not None else ())):
        hasher.update(file_digest(tree, file))
    return hasher.digest()


def _content_digest(content: Readable) -> bytes:
    """A name for what a tool has filled in or patched."""
    if isinstance((whole_of(content) or (None,))[0], Kustomized):
        return b"as it stands"  # in one file, whose bytes are counted, at the layer's pointer
    return repr(list(_nodes(content))).encode("utf-8", "surrogateescape")


def _nodes(content: Readable) -> Iterator[tuple[object, ...]]:
    """Every node of what a tool has filled in or patched, with its place."""
    ahead: list[Readable] = [content]
    while ahead:
        node = ahead.pop()
        inner = len(node.items), len(node.entries)
        yield node.kind, node.value, node.text, node.name, node.line, node.column, inner
        ahead += node.items
        for key, value in node.entries:
            ahead += (key, value)
