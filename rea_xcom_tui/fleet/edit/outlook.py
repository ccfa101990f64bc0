"""What edits make of the fleet before anything is written: deployments read from the bytes that would be there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from msgspec.structs import replace

from rea_xcom_tui.fleet.edit.plan import FilePlan
from rea_xcom_tui.fleet.model import Deployment, UnreadableFile
from rea_xcom_tui.fleet.qualified import deployment_in, qualified
from rea_xcom_tui.fleet.scan.judge import with_fleet_findings, without_fleet_findings
from rea_xcom_tui.fleet.scan.read import read_deployment
from rea_xcom_tui.text import plural
from rea_xcom_tui.xcom.model import Finding, Severity

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.edit.state import FleetState

_SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")


@dataclass(frozen=True, slots=True)
class Told:
    """A finding and the deployment that has it."""

    deployment: str
    finding: Finding


@dataclass(frozen=True, slots=True)
class Outlook:
    """Which findings a change of files adds to the fleet and removes from it."""

    adds: tuple[Told, ...] = ()
    removes: tuple[Told, ...] = ()

    def sentence(self) -> str:
        """Both in words, such as `would add 5 errors, would remove 1 warning`; empty where neither is the case."""
        parts = [
            f"would {verb} {_counted(told)}" for verb, told in (("add", self.adds), ("remove", self.removes)) if told
        ]
        return ", ".join(parts)


def _counted(told: Sequence[Told]) -> str:
    counts = Counter(one.finding.severity for one in told)
    nouns = {"error": "error", "warning": "warning", "info": "note"}
    parts = [plural(counts[severity], nouns[severity]) for severity in _SEVERITIES if counts[severity]]
    return " and ".join((", ".join(parts[:-1]), parts[-1])) if len(parts) > 1 else parts[0]


def as_if(
    workspace: FleetState, contents: Mapping[str, bytes], plans: Iterable[FilePlan] = ()
) -> dict[str, Deployment]:
    """The deployments that have a part in any of these files, by id, as if the files held these bytes.

    A file is named by its real path. What could not be read as a deployment then is left out. What was foreseen
    in `plans` of the same bytes is not read again.
    """
    rows = [(plan.foreseen.row, plan.after) for plan in plans if plan.foreseen is not None]
    foreseen = {(row.id, after): row for row, after in rows if row is not None}
    found: dict[str, Deployment] = {}
    for repo, member, mine in workspace.shares(contents):
        found |= {qualified(repo, id_): deployment_in(repo, one) for id_, one in _as_if(member, mine, foreseen).items()}
    return found


def _as_if(
    workspace: FleetState, contents: Mapping[str, bytes], foreseen: Mapping[tuple[str, bytes], Deployment]
) -> dict[str, Deployment]:
    """As `as_if`, of one repo; `foreseen` are deployments by their id in it and the bytes that they were read from."""
    found: dict[str, Deployment] = {}
    layered: list[str] = []
    for deployment in workspace.deployments_of(contents):
        if deployment.stack:
            layered.append(deployment.id)
            continue
        data = contents[workspace.real_file(deployment.file)]
        digest = workspace.repository.hash_bytes(data)
        row = foreseen.get((deployment.id, data))
        if row is not None:
            found[row.id] = replace(row, digest=digest)
            continue
        read = read_deployment(deployment.file, data, workspace.reading(), digest=digest, dirty=True)
        if read is not None and not isinstance(read, UnreadableFile):
            found[read.id] = read
    editor = workspace.layer_edits() if layered else None
    if editor is not None:
        found |= editor.deployments(layered, contents)
    return found


def outlook(workspace: FleetState, files: Iterable[FilePlan], beneath: Mapping[str, bytes] | None = None) -> Outlook:
    """Judge files as they would be: which findings come and which go.

    `beneath` are the contents of files that are pending already, upon which the change is made.
    """
    plans = [file for file in files if workspace.deployments_of({file.file: b""})]
    now = workspace.fleet.deployments
    before = {file.file: beneath[file.file] for file in plans if beneath and file.file in beneath}
    old = _judged(workspace, now, as_if(workspace, beneath or {})) if before else now
    contents = {**(beneath or {}), **{file.file: file.after for file in plans}}
    new = _judged(workspace, now, as_if(workspace, contents, plans))
    return compared(old, new)


def fleet_as_if(
    workspace: FleetState,
    contents: Mapping[str, bytes],
    more: Iterable[Deployment] = (),
    plans: Iterable[FilePlan] = (),
) -> Sequence[Deployment]:
    """Every deployment with its findings as if files held these bytes, and as if there were `more` of them.

    `plans` are as in `as_if`.
    """
    return _judged(workspace, (*workspace.fleet.deployments, *more), as_if(workspace, contents, plans))


def _judged(
    workspace: FleetState, now: Sequence[Deployment], changed: Mapping[str, Deployment]
) -> Sequence[Deployment]:
    """The fleet with some deployments changed, and with what the whole of it then shows."""
    return with_fleet_findings((changed.get(d.id) or without_fleet_findings(d) for d in now), workspace.reading())[0]


def compared(old: Iterable[Deployment], new: Iterable[Deployment]) -> Outlook:
    """The findings that only the new state has, and those that only the old one has.

    A finding is the same where rule, field and deployment are: an edit moves lines and changes what is quoted.
    """
    before = {deployment.id: deployment.findings for deployment in old}
    adds: list[Told] = []
    removes: list[Told] = []
    for deployment in new:
        mine, known = deployment.findings, before.get(deployment.id, ())
        if mine is known or mine == known:
            continue
        adds += [Told(deployment.id, finding) for finding in _beyond(mine, known)]
        removes += [Told(deployment.id, finding) for finding in _beyond(known, mine)]
    return Outlook(tuple(adds), tuple(removes))


def _beyond(findings: Iterable[Finding], known: Iterable[Finding]) -> list[Finding]:
    """The findings that are more than there are among those known."""
    left = Counter((finding.code, finding.field) for finding in known)
    out: list[Finding] = []
    for finding in findings:
        mark = (finding.code, finding.field)
        if left[mark]:
            left[mark] -= 1
        else:
            out.append(finding)
    return out
