"""Reading the rows of many entry points: in child processes, so that the program's own stays free for keys."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rea_xcom_tui.fleet.scan.judge import Reading
from rea_xcom_tui.fleet.scan.layered import read_entry
from rea_xcom_tui.fleet.scan.pool import in_processes
from rea_xcom_tui.fleet.scan.records import Record, to_record
from rea_xcom_tui.layouts.model import EntryPoint
from rea_xcom_tui.layouts.tree import Tree
from rea_xcom_tui.values import Unreadable, read_file

_MANY = 3000
"""From this many rows on, starting child processes (about 0.4 s each) pays, if there is more than one processor."""
_FOR_EACH = 1500
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
    processes; the caller makes the rest. Nothing of them is marked as changed.

    What a tool has filled in or patched depends on files that are read already: that is never made elsewhere.
    """
    sent = [entry for entry in entries if all(layer.content is None for layer in entry.flat_layers)]
    processes = min(os.cpu_count() or 1, len(sent) // _FOR_EACH)
    if len(sent) < _MANY or processes < 2:
        return
    batches = [sent[start : start + _BATCH] for start in range(0, len(sent), _BATCH)]
    work = _Rows(str(root), tree.paths, tree.links, reading)
    for made in in_processes(work, batches, processes):
        yield from made
