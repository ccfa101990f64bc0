"""Reading the rows of many entry points: in child processes, so that the program's own stays free for keys."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from rea_xcom_tui.fleet.scan.judge import Reading
from rea_xcom_tui.fleet.scan.layered import read_entry
from rea_xcom_tui.fleet.scan.pool import in_processes
from rea_xcom_tui.fleet.scan.records import Record, to_record
from rea_xcom_tui.layouts.model import EntryPoint, Layer
from rea_xcom_tui.layouts.tree import Tree
from rea_xcom_tui.values import Unreadable, read_file
from rea_xcom_tui.values.frozen import Frozen, state_of

_MANY = 600
"""From this many rows on, starting child processes (about 0.4 s each) pays, if there is more than one processor."""
_FOR_EACH = 300
_BATCH = 50


@dataclass(slots=True)
class _Rows:
    """Makes rows of entry points in a child process, which reads each file once."""

    root: str
    paths: Sequence[str]
    links: Mapping[str, str]
    reading: Reading
    tree: Tree | None = field(default=None, repr=False)

    def __call__(self, entries: Sequence[EntryPoint]) -> list[tuple[str, Record]]:
        """The record of each entry point's row, by its id."""
        if self.tree is None:
            self.tree = Tree(self.paths, self._read, links=self.links)
        return [(entry.id, to_record(read_entry(entry, self.tree, self.reading))) for entry in entries]

    def _read(self, path: str) -> bytes | None:
        root = Path(self.root)
        try:
            return read_file(root / path, root)
        except Unreadable:
            return None


def rows_in_processes(
    root: Path, tree: Tree, entries: Sequence[EntryPoint], reading: Reading
) -> Iterator[tuple[str, Record]]:
    """The records of the rows of these entry points by their ids, in any order, as far as it pays to make them in other
    processes; the caller makes the rest. Nothing of them is marked as changed."""
    processes = min(os.cpu_count() or 1, len(entries) // _FOR_EACH)
    if len(entries) < _MANY or processes < 2:
        return
    sent = [entry for each in entries if (entry := carried(each)) is not None]
    batches = [sent[start : start + _BATCH] for start in range(0, len(sent), _BATCH)]
    work = _Rows(str(root), tree.paths, tree.links, reading)
    for made in in_processes(work, batches, processes):
        yield from made


def carried(entry: EntryPoint) -> EntryPoint | None:
    """An entry point as plain data, for another process; None where its layers hang on their files."""
    if all(layer.content is None for layer in entry.flat_layers):
        return entry
    layers = [_carried(layer) for layer in entry.layers]
    known = [layer for layer in layers if layer is not None]
    return entry.with_layers(known) if len(known) == len(layers) else None


def _carried(layer: Layer) -> Layer | None:
    inner = [_carried(each) for each in layer.layers]
    known = tuple(each for each in inner if each is not None)
    state = state_of(layer.content) if layer.content is not None else None
    if len(known) < len(inner) or (layer.content is not None and state is None):
        return None
    return replace(layer, layers=known, content=Frozen(state) if state is not None else None)
