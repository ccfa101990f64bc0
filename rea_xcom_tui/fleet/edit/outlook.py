"""What edits make of the fleet before anything is written: deployments read from the bytes that would be there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from rea_xcom_tui.fleet.compare import beyond
from rea_xcom_tui.fleet.edit.plan import FilePlan
from rea_xcom_tui.fleet.model import Deployment, UnreadableFile
from rea_xcom_tui.fleet.qualified import deployment_in, qualified
from rea_xcom_tui.fleet.scan.judge import with_fleet_findings, without_fleet_findings
from rea_xcom_tui.fleet.scan.reading import Reading
from rea_xcom_tui.text import plural
from rea_xcom_tui.xcom.model import SEVERITIES, Finding

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.edit.layers import LayerEdits
    from rea_xcom_tui.fleet.edit.state import FleetState


class Told(msgspec.Struct, frozen=True):
    """A finding and the deployment that has it."""

    deployment: str
    finding: Finding


class Outlook(msgspec.Struct, frozen=True):
    """Which findings a change of files adds to the fleet and removes from it."""

    adds: tuple[Told, ...] = ()
    removes: tuple[Told, ...] = ()

    def sentence(self) -> str:
        """Both in words, such as `would add 5 errors, would remove 1 warning`; empty where neither is the case."""
        parts = [
            f"would {verb} {_counted(told)}" for verb, told in (("add", self.adds), ("remove", self.removes)) if told
        ]
        return ", ".join(parts)

    def without(self, ids: Collection[str]) -> Outlook:
        """The same but for the findings on these deployments, which are left as they are."""
        if not ids:
            return self
        return Outlook(
            tuple(one for one in self.adds if one.deployment not in ids),
            tuple(one for one in self.removes if one.deployment not in ids),
        )


def _counted(told: Sequence[Told]) -> str:
    counts = Counter(one.finding.severity for one in told)
    nouns = {"error": "error", "warning": "warning", "info": "note"}
    parts = [plural(counts[severity], nouns[severity]) for severity in SEVERITIES if counts[severity]]
    return " and ".join((", ".join(parts[:-1]), parts[-1])) if len(parts) > 1 else parts[0]


class Share(msgspec.Struct, frozen=True):
    """Files of one repo as they would be, with all that it takes to read them."""

    repo: str
    contents: Mapping[str, bytes]
    """What files would hold, by their real paths."""
    plain: Sequence[tuple[str, str]]
    """The deployments of one file that are part of them: the file as the fleet names it, and its real path."""
    layered: Sequence[str]
    """The ids of those that are made of layers."""
    reading: Reading
    editor: LayerEdits | None
    hash: Callable[[bytes], str]
    foreseen: Mapping[tuple[str, bytes], Deployment]
    """Deployments that have been read already, by their id in the repo and the bytes that they were read from."""

    def read(self) -> dict[str, Deployment]:
        """The deployments that use these files, by id; what could not be read as one then is left out."""
        from rea_xcom_tui.fleet.scan.read import read_deployment

        found: dict[str, Deployment] = {}
        for file, real in self.plain:
            data = self.contents[real]
            digest = self.hash(data)
            row = self.foreseen.get((file, data))
            if row is not None:
                found[row.id] = replace(row, digest=digest)
                continue
            read = read_deployment(file, data, self.reading, digest=digest, dirty=True)
            if read is not None and not isinstance(read, UnreadableFile):
                found[read.id] = read
        if self.editor is not None and self.layered:
            found |= self.editor.deployments(self.layered, self.contents)
        return {qualified(self.repo, id_): deployment_in(self.repo, one) for id_, one in found.items()}


class Prospect(msgspec.Struct, frozen=True):
    """Files as they would be, with all that it takes to read and judge them. May be used on another thread."""

    now: Sequence[Deployment]
    """The fleet as its files are."""
    shares: Sequence[Share]
    reading: Reading

    def read(self) -> dict[str, Deployment]:
        """The deployments that use these files, by id; what could not be read as one then is left out."""
        return {id_: one for share in self.shares for id_, one in share.read().items()}

    def judged(self) -> dict[str, Deployment]:
        """Every deployment of the fleet that would read otherwise or be judged otherwise than it is now, by id."""
        changed = self.read()
        fleet = _judged(self.reading, self.now, changed)
        before = {deployment.id: deployment.findings for deployment in self.now}
        return {d.id: d for d in fleet if d.id in changed or d.findings != before.get(d.id)}


def prospect(workspace: FleetState, contents: Mapping[str, bytes], plans: Iterable[FilePlan] = ()) -> Prospect:
    """What the fleet would be if files, named by their real paths, held these bytes. For the workspace's own thread.

    What was foreseen in `plans` of the same bytes is not read again.
    """
    rows = [(plan.foreseen.row, plan.after) for plan in plans if plan.foreseen is not None]
    foreseen = {(row.id, after): row for row, after in rows if row is not None}
    shares = [_share(repo, member, mine, foreseen) for repo, member, mine in workspace.shares(contents)]
    return Prospect(workspace.fleet.deployments, shares, workspace.reading())


def _share(
    repo: str, member: FleetState, contents: Mapping[str, bytes], foreseen: Mapping[tuple[str, bytes], Deployment]
) -> Share:
    concerned = member.deployments_of(contents)
    layered = [deployment.id for deployment in concerned if deployment.stack]
    return Share(
        repo,
        contents,
        [(d.file, member.real_file(d.file)) for d in concerned if not d.stack],
        layered,
        member.reading(),
        member.layer_edits() if layered else None,
        member.repository.hash_bytes,
        foreseen,
    )


def as_if(
    workspace: FleetState, contents: Mapping[str, bytes], plans: Iterable[FilePlan] = ()
) -> dict[str, Deployment]:
    """The deployments that use any of these files, by id, as if the files held these bytes.

    A file is named by its real path. What could not be read as a deployment then is left out. What was foreseen
    in `plans` of the same bytes is not read again.
    """
    return prospect(workspace, contents, plans).read()


def outlook(workspace: FleetState, files: Iterable[FilePlan], beneath: Mapping[str, bytes] | None = None) -> Outlook:
    """Judge files as they would be: which findings are added and which are removed.

    `beneath` are the contents of files that are pending already, on which the change is made.
    """
    plans = [file for file in files if workspace.deployments_of({file.file: b""})]
    now = workspace.fleet.deployments
    before = {file.file: beneath[file.file] for file in plans if beneath and file.file in beneath}
    reading = workspace.reading()
    old = _judged(reading, now, as_if(workspace, beneath or {})) if before else now
    contents = {**(beneath or {}), **{file.file: file.after for file in plans}}
    new = _judged(reading, now, as_if(workspace, contents, plans))
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
    return _judged(workspace.reading(), (*workspace.fleet.deployments, *more), as_if(workspace, contents, plans))


def _judged(reading: Reading, now: Sequence[Deployment], changed: Mapping[str, Deployment]) -> Sequence[Deployment]:
    """The fleet with some deployments changed, and with what the whole of it then shows."""
    return with_fleet_findings((changed.get(d.id) or without_fleet_findings(d) for d in now), reading)[0]


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
        adds += [Told(deployment.id, finding) for finding in beyond(mine, known)]
        removes += [Told(deployment.id, finding) for finding in beyond(known, mine)]
    return Outlook(tuple(adds), tuple(removes))
