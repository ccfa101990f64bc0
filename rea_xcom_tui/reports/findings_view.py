"""The findings of a fleet of plain files from what is kept of each deployment, without the deployments themselves."""

from __future__ import annotations

from pathlib import Path

import msgspec

from rea_xcom_tui.fleet.model import Deployment, Fleet
from rea_xcom_tui.fleet.qualified import qualified
from rea_xcom_tui.fleet.scan.shown import View
from rea_xcom_tui.fleet.scan.views import Showing
from rea_xcom_tui.reports.findings import Report
from rea_xcom_tui.xcom.model import UNSET, Configuration, Finding

FORMATS = frozenset(("text", "json", "github", "markdown"))
"""The formats of `check` that tell of deployments with findings only, and nothing but names and places of those."""

_PACK = msgspec.msgpack.Encoder().encode
_UNPACK = msgspec.msgpack.Decoder(Finding).decode
_NAME = msgspec.msgpack.Decoder(str).decode
_NOT_TOLD = Configuration(UNSET, "none")


def view_head(deployment: Deployment) -> bytes:
    """What is told of a deployment beside its findings: its name."""
    return _PACK(deployment.name)


def view_finding(file: str, finding: Finding) -> bytes:
    """A finding as it is kept."""
    return _PACK(finding)


VIEW = View("check-1", view_head, view_finding)


def report_of(root: Path, showing: Showing) -> Report:
    """The report of a whole fleet; its deployments have no settings."""
    rows: list[tuple[Deployment, Finding]] = []
    for repo, one, texts in showing.rows():
        if texts:
            id_ = qualified(repo, one.id)
            deployment = Deployment(id_, _NAME(one.head), None, None, id_, _NOT_TOLD, layers=(id_,), repo=repo)
            rows += [(deployment, _UNPACK(text)) for text in texts]
    fleet = Fleet(root, None, None, unreadable=tuple(showing.unreadable))
    return Report(fleet, rows, fleet.unreadable, len(showing))
