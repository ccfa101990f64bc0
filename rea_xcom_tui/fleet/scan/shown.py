"""How a report wants deployments kept: ready-made, as it shows them."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from rea_xcom_tui.fleet.model import Deployment, Item, Manifest, UnreadableFile
from rea_xcom_tui.fleet.scan.records import Record
from rea_xcom_tui.xcom.model import Finding
from rea_xcom_tui.xcom.rules.fleet_row import FleetRow


class Shown(msgspec.Struct, frozen=True, array_like=True, tag=True, gc=False):
    """A deployment as a view shows it."""

    id: str
    head: bytes
    """All before its findings."""
    findings: tuple[tuple[int, str, bytes], ...]
    """Line, code and text of each of its own findings, in their order."""
    row: FleetRow | None
    """What the rules over the whole fleet need to know of it."""


class View(msgspec.Struct, frozen=True):
    """How a report shows deployments. Its functions are importable, because child processes call them."""

    name: str
    """Names the view in the cache; another one for every change of what it shows."""
    head: Callable[[Deployment], bytes]
    finding: Callable[[str, Finding], bytes]
    """A finding in a file."""

    def pack(self, item: Item) -> Record:
        """What is kept of one file."""
        if isinstance(item, Deployment):
            findings = tuple([(f.line, f.code, self.finding(item.file_at(f.layer), f)) for f in item.findings])
            return _PACK(Shown(item.id, self.head(item), findings, item.row))
        return b"" if item is None else _PACK(item)


def _no_head(item: Deployment) -> bytes:
    return b""


def _no_finding(file: str, finding: Finding) -> bytes:
    return b""


VIEW = View("nothing-1", _no_head, _no_finding)
"""Shows nothing of deployments; for who has to know whether a repo is one of plain files."""

_PACK = msgspec.msgpack.Encoder().encode
unpack = msgspec.msgpack.Decoder(Shown | UnreadableFile | Manifest).decode
