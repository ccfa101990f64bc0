"""The findings of a fleet of plain files from what is kept of each deployment, without the deployments themselves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from rea_xcom_tui.fleet.model import Deployment, Fleet, UnreadableFile
from rea_xcom_tui.fleet.qualified import qualified
from rea_xcom_tui.fleet.scan.shown import View
from rea_xcom_tui.fleet.scan.views import Showing
from rea_xcom_tui.reports.findings import Report
from rea_xcom_tui.xcom.model import UNSET, Configuration, Finding

_PACK = msgspec.msgpack.Encoder().encode
_UNPACK = msgspec.msgpack.Decoder(Finding).decode
_NAME = msgspec.msgpack.Decoder(str).decode
_NOT_TOLD = Configuration(UNSET, "none")


def view_head(deployment: Deployment) -> bytes:
    """What is said of a deployment beside its findings: its name."""
    return _PACK(deployment.name)


def view_finding(file: str, finding: Finding) -> bytes:
    """A finding as it is kept."""
    return _PACK(finding)


class _Whole(msgspec.Struct, array_like=True):
    """What is said of a whole fleet."""

    repos: list[str]
    """The names of the repos with deployments."""
    deployments: int
    rows: list[tuple[str, str, bytes, list[bytes]]]
    """Repo, id, name and findings of each deployment that has any."""
    unreadable: list[UnreadableFile]


def _whole_fleet(showing: Showing) -> Iterator[bytes]:
    """What is said of a whole fleet, as it is kept."""
    rows = [(repo, qualified(repo, one.id), one.head, texts) for repo, one, texts in showing.rows() if texts]
    repos = [repo for repo, part in showing.repos.items() if part.shown]
    yield _PACK(_Whole(repos, len(showing), rows, showing.unreadable))


VIEW = View("check-1", view_head, view_finding)


def report_of(root: Path, showing: Showing, cache: Path | None) -> tuple[Report, Sequence[str]]:
    """The report of a whole fleet, whose deployments have no settings; and the names of the repos with deployments."""
    whole = _WHOLE(b"".join(showing.told(cache, _whole_fleet)))
    rows: list[tuple[Deployment, Finding]] = []
    for repo, id_, head, texts in whole.rows:
        deployment = Deployment(id_, _NAME(head), None, None, id_, _NOT_TOLD, layers=(id_,), repo=repo)
        rows += [(deployment, _UNPACK(text)) for text in texts]
    fleet = Fleet(root, None, None, unreadable=tuple(whole.unreadable))
    return Report(fleet, rows, fleet.unreadable, whole.deployments), whole.repos


_WHOLE = msgspec.msgpack.Decoder(_Whole).decode
