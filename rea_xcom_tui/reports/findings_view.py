"""The findings of a fleet of plain files from what is kept of each deployment, without the deployments themselves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from rea_xcom_tui.fleet.model import Deployment, Fleet
from rea_xcom_tui.fleet.qualified import qualified
from rea_xcom_tui.fleet.scan.shown import View
from rea_xcom_tui.fleet.scan.views import Showing
from rea_xcom_tui.xcom.model import UNSET, Configuration, Finding, Severity

if TYPE_CHECKING:
    from rea_xcom_tui.reports.findings import Report

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


VIEW = View("check-1", view_head, view_finding)


class Told(msgspec.Struct, frozen=True, array_like=True):
    """What is said of a whole fleet."""

    text: bytes
    levels: list[Severity]
    """The severities that something reaches."""
    repos: list[str]
    """The names of the repos with deployments."""
    is_usual: bool
    """Whether no file has a name of which there may be something to say beside it, or `notices` have all of that."""
    notices: list[str] = msgspec.field(default_factory=list)
    """What else there is to say of the fleet."""


def told(root: Path, showing: Showing, form: str, cache: Path | None) -> Told:
    """What `check` says of a whole fleet in this format, which is kept."""

    def whole(showing: Showing) -> Iterator[bytes]:
        from rea_xcom_tui.fleet.scan.left_out import tells_something
        from rea_xcom_tui.reports.findings import FORMATS  # not where all of it is known

        report = report_of(root, showing)
        text = FORMATS[form](report).encode("utf-8", "surrogatepass")
        repos = [repo for repo, part in showing.repos.items() if part.shown]
        is_usual = not any(tells_something(part.files().listed) for part in showing.repos.values())
        yield _PACK(Told(text, report.levels(), repos, is_usual))

    return _TOLD(b"".join(showing.told(cache, whole)))


def packed(text: str, levels: Sequence[Severity], notices: Sequence[str]) -> bytes:
    """What `check` has said of a whole fleet, as it is kept. Raises `UnicodeEncodeError` for half of a character."""
    return _PACK(Told(text.encode("utf-8", "surrogatepass"), [*levels], [], is_usual=True, notices=[*notices]))


def report_of(root: Path, showing: Showing) -> Report:
    """The report of a whole fleet, whose deployments have no settings."""
    from rea_xcom_tui.reports.findings import Report

    rows: list[tuple[Deployment, Finding]] = []
    for repo, one, texts in showing.rows():
        if texts:
            id_ = qualified(repo, one.id)
            deployment = Deployment(id_, _NAME(one.head), None, None, id_, _NOT_TOLD, layers=(id_,), repo=repo)
            rows += [(deployment, _UNPACK(text)) for text in texts]
    fleet = Fleet(root, None, None, unreadable=tuple(showing.unreadable))
    return Report(fleet, rows, fleet.unreadable, len(showing))


_TOLD = msgspec.msgpack.Decoder(Told).decode
