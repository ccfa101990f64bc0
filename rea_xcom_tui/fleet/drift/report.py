"""Drift of a fleet: what differs from its majority, its baseline, another revision, one deployment, or what runs."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from rea_xcom_tui.errors import ToolError
from rea_xcom_tui.fleet.baseline import BASELINE_FILE
from rea_xcom_tui.fleet.baseline.file import load_baseline, parse_baseline
from rea_xcom_tui.fleet.baseline.statements import Statement, with_statements
from rea_xcom_tui.fleet.drift.against import BASELINE, MAJORITY, Against
from rea_xcom_tui.fleet.drift.releases import exported_releases, release_deviations
from rea_xcom_tui.fleet.edit.row import Row, drift_rows
from rea_xcom_tui.fleet.model import Fleet
from rea_xcom_tui.fleet.scan.layered import as_before
from rea_xcom_tui.fleet.scan.reading import Reading
from rea_xcom_tui.text import clean
from rea_xcom_tui.xcom.compare import effect_or_state
from rea_xcom_tui.xcom.drift import Cause, Deviation, Notice, Outcome, Since, gather, majority_deviations
from rea_xcom_tui.xcom.drift.baseline import Accepted, Baseline, apply_ignores, baseline_deviations
from rea_xcom_tui.xcom.drift.patterns import kind_of
from rea_xcom_tui.xcom.drift.reference import component_deviations, deployment_deviations, named, state_deviations
from rea_xcom_tui.xcom.model import FIELDS, FieldName, FieldReading, Severity, as_grave_as

if TYPE_CHECKING:
    from rea_xcom_tui.gitops import Repository
    from rea_xcom_tui.user.settings import Config


class Source(Protocol):
    """What is compared: a workspace, or a snapshot of one."""

    @property
    def fleet(self) -> Fleet:
        """The deployments."""

    @property
    def repository(self) -> Repository:
        """The repo they are in."""

    @property
    def config(self) -> Config:
        """How the repo is read."""

    @property
    def statements(self) -> Sequence[Statement]:
        """What is pending in the baseline file."""


@dataclass(frozen=True, slots=True)
class DriftReport:
    """What a comparison found, ready for a screen, a report or a decision."""

    target: Against
    """What the fleet was compared with."""
    causes: tuple[Cause, ...]
    """What differs, what deserves attention first in front."""
    notices: tuple[Notice, ...] = ()
    accepted: tuple[Accepted, ...] = ()
    """What differs but is accepted by an ignore of the baseline file."""
    compared: int = 0
    """How many deployments were compared."""

    @property
    def against(self) -> str:
        """What the fleet was compared with, as the user would write it."""
        return self.target.text

    @property
    def deployments(self) -> frozenset[str]:
        """The ids of all deployments that differ."""
        return frozenset(id_ for cause in self.causes for id_ in cause.deployments)

    @property
    def fields(self) -> dict[str, frozenset[FieldName]]:
        """The fields that differ, by deployment."""
        return {id_: frozenset(fields) for id_, fields in self.matrix().items()}

    @property
    def deviations(self) -> tuple[Deviation, ...]:
        """Every single deviation, cause by cause."""
        return tuple(member for cause in self.causes for member in cause.members)

    def at_least(self, level: Severity) -> bool:
        """Whether anything is as grave as `level`, or graver."""
        grave = as_grave_as(level)
        return any(member.severity in grave for member in self.deviations)

    def matrix(self) -> dict[str, dict[FieldName, Deviation]]:
        """The second view: by deployment, the fields that differ and nothing else."""
        found: dict[str, dict[FieldName, Deviation]] = {}
        for member in sorted(self.deviations, key=lambda deviation: deviation.deployment):
            found.setdefault(member.deployment, {}).setdefault(member.field, member)
        return found


def find_drift(
    workspace: Source,
    against: Against | str | None = None,
    only: Collection[str] | None = None,
    today: date | None = None,
) -> DriftReport:
    """Compare the fleet of a workspace or of a snapshot.

    `against` is written as `Against.parse` takes it; None means the baseline where the repo declares one, else the
    majority. The majority is always that of the whole fleet; `only` limits what is reported to these ids. Raises
    `ToolError` with one sentence when there is no such thing to compare with.
    """
    fleet = workspace.fleet
    baseline = pending_baseline(workspace)
    chosen = (Against.parse(against) if isinstance(against, str) else against) or default_against(baseline)
    rows = drift_rows(fleet.deployments)
    outcome = outcome_of(workspace, rows, chosen, baseline, only)
    return report_of(fleet, chosen, outcome, baseline, only, today or date.today())


def default_against(baseline: Baseline) -> Against:
    """What a fleet is compared with when nothing is said."""
    return MAJORITY if baseline.expected is None else BASELINE


def drifted_fields(fleet: Fleet) -> dict[str, frozenset[FieldName]]:
    """The fields that differ from the baseline, or without one from the majority, by deployment; for `is:drifted`.

    Raises `ToolError` when the baseline file has mistakes.
    """
    baseline = baseline_of(fleet)
    chosen = default_against(baseline)
    outcome = _own(drift_rows(fleet.deployments), baseline)
    return report_of(fleet, chosen, outcome, baseline, None, date.today()).fields


def pending_baseline(workspace: Source) -> Baseline:
    """The baseline that belongs to a workspace's fleet, with what is pending in it."""
    fleet = workspace.fleet
    if fleet.ref is not None:
        return baseline_of(fleet, workspace.repository)
    return with_statements(baseline_of(fleet), workspace.statements)


def baseline_of(fleet: Fleet, repository: Repository | None = None) -> Baseline:
    """The baseline that belongs to a fleet: of the working tree, or of the revision that was read."""
    if fleet.ref is None or fleet.head is None:
        return load_baseline(fleet.root)
    if repository is None:
        from rea_xcom_tui.gitops import Repository as Opened

        repository = Opened.open(fleet.root)
    for entry in repository.tree(fleet.head):
        if entry.path == BASELINE_FILE and entry.oid is not None:
            return parse_baseline(repository.blobs([entry.oid])[entry.oid])
    return Baseline()


def _own(rows: Sequence[Row], baseline: Baseline) -> Outcome:
    if baseline.expected is None:
        return majority_deviations(rows, baseline.by)
    return baseline_deviations(rows, baseline)


def outcome_of(
    workspace: Source, rows: Sequence[Row], against: Against, baseline: Baseline, only: Collection[str] | None
) -> Outcome:
    """What differs in these rows, before anything is accepted."""
    match against.kind:
        case "majority":
            return majority_deviations(rows, baseline.by)
        case "baseline":
            return _from_baseline(rows, baseline)
        case "components":
            return component_deviations(rows)
        case "deployment":
            return deployment_deviations(rows, _reference(rows, against.name))
        case "releases":
            return release_deviations(rows, exported_releases(Path(against.name)), only)
        case "cluster":
            return _from_cluster(rows, against, only)
        case "revision":
            return _from_revision(workspace, rows, against.name)


def _from_cluster(rows: Sequence[Row], against: Against, only: Collection[str] | None) -> Outcome:
    from rea_xcom_tui.fleet.drift.cluster import running_releases

    asked = [row for row in rows if only is None or row.id in only]
    own = {row.config.namespace for row in asked if row.config.namespace}
    spaces = against.namespaces or tuple(sorted(own))
    return release_deviations(rows, running_releases(spaces, against.name or None), only)


def _from_baseline(rows: Sequence[Row], baseline: Baseline) -> Outcome:
    if baseline.expected is None:
        raise ToolError(
            f"this repo declares no baseline: {BASELINE_FILE} is missing or has no 'baseline'; "
            "`drift --adopt --write` writes down what is there now"
        )
    return baseline_deviations(rows, baseline)


def _reference(rows: Sequence[Row], wanted: str) -> Row:
    for row in rows:
        if row.id == wanted:
            return row
    hits = [row for row in rows if row.names["name"] == wanted]
    if len(hits) == 1:
        return hits[0]
    if hits:
        raise ToolError(f"'{clean(wanted)}' names {len(hits)} deployments; give the id of one, such as {hits[0].id}")
    raise ToolError(f"there is no deployment '{clean(wanted)}' to compare with; `list` shows them all")


def _from_revision(workspace: Source, rows: Sequence[Row], ref: str) -> Outcome:
    from rea_xcom_tui.fleet.scan.scan import scan_revision
    from rea_xcom_tui.fleet.scan.tasks import left_out

    layouts, config = workspace.fleet.layouts, workspace.config
    reading = Reading(config.environments, layouts=config.layouts, judged=False)
    if layouts is not None:
        reading = as_before(layouts)
    other = scan_revision(workspace.repository, ref, reading)
    states = {row.id: row.config for row in drift_rows(other.deployments)}
    found = state_deviations(rows, states, ref, f"no counterpart in {ref} for")
    here = {row.id for row in rows}
    gone = [id_ for id_ in states if id_ not in here]
    outside = left_out(workspace.repository) if gone and workspace.fleet.ref is None else frozenset()
    gone = [id_ for id_ in gone if id_.partition("#")[0] not in outside]
    if not gone:
        return found
    notice = Notice("no row", f"no longer here, but in {ref}: {named(gone)}")
    return replace(found, notices=(*found.notices, notice))


def report_of(
    fleet: Fleet, against: Against, outcome: Outcome, baseline: Baseline, only: Collection[str] | None, today: date
) -> DriftReport:
    """What a comparison found, without what the baseline accepts; limited to the ids in `only`."""
    names = {deployment.id: deployment.name for deployment in fleet.deployments}
    if against in (MAJORITY, BASELINE):
        outcome, accepted = apply_ignores(
            outcome, baseline.ignores, names, today, stale=against == default_against(baseline)
        )
    else:
        accepted = ()
    wanted = names.keys() if only is None else frozenset(only)
    return DriftReport(
        against,
        tuple(gather([deviation for deviation in outcome.deviations if deviation.deployment in wanted])),
        tuple(
            notice for notice in outcome.notices if not notice.deployments or not wanted.isdisjoint(notice.deployments)
        ),
        tuple(found for found in accepted if found.deviation.deployment in wanted),
        len(wanted),
    )


@dataclass(frozen=True, slots=True)
class Compared:
    """One field of several deployments, side by side."""

    readings: tuple[FieldReading, ...]
    """In the order of the deployments."""
    places: tuple[str, ...]
    """Where each comes from, `file:line`; empty where it is not set."""
    differs: bool
    """Whether they do not do the same, neither as they stand nor, for paths and identities, by their pattern."""

    @property
    def field(self) -> FieldName:
        """The field."""
        return self.readings[0].name


def compare(fleet: Fleet, ids: Sequence[str]) -> list[Compared]:
    """Two or more deployments side by side, differing fields first. Raises `ToolError` for an unknown id."""
    for id_ in ids:
        if id_ not in fleet.by_id:
            raise ToolError(f"{clean(id_)} is not a deployment of this fleet; `list` shows them all")
    sides = [fleet.by_id[id_] for id_ in ids]
    rows = [Row(side) for side in sides]
    found: list[Compared] = []
    for field in FIELDS:
        readings = tuple(side.field(field) for side in sides)
        plain = [effect_or_state(reading) for reading in readings]
        kinds = {
            (state, kind_of(field, value, row.names) if state == "value" else value)
            for (state, value), row in zip(plain, rows, strict=True)
        }
        places = tuple(
            f"{side.file_at(reading.place.layer)}:{reading.place.line}" if reading.place else ""
            for side, reading in zip(sides, readings, strict=True)
        )
        found.append(Compared(readings, places, min(len(kinds), len(set(plain))) > 1))
    return sorted(found, key=lambda row: not row.differs)


def with_since(report: DriftReport, since: Mapping[tuple[str, str], Since]) -> DriftReport:
    """The report with the commits that brought each deviation, by deployment and field, ranked again."""
    return replace(report, causes=tuple(gather(report.deviations, since)))
