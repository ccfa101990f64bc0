"""Drift of a fleet, of one repo or of several: each repo's own baseline and history count for what is in it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Protocol

from rea_xcom_tui.fleet.drift import report as one
from rea_xcom_tui.fleet.drift.against import BASELINE, MAJORITY, Against
from rea_xcom_tui.fleet.drift.report import DriftReport, default_against, outcome_of, pending_baseline, report_of
from rea_xcom_tui.fleet.drift.since import find_since
from rea_xcom_tui.fleet.edit.row import drift_rows
from rea_xcom_tui.fleet.model import Fleet
from rea_xcom_tui.fleet.qualified import belongs, deployment_of, in_repo, qualified, within
from rea_xcom_tui.xcom.drift import Deviation, Notice, Outcome, Since, gather, majority_deviations
from rea_xcom_tui.xcom.drift.baseline import Accepted, Baseline
from rea_xcom_tui.xcom.model import FieldName

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.baseline.statements import Statement
    from rea_xcom_tui.fleet.edit.state import FleetState
    from rea_xcom_tui.gitops import Repository
    from rea_xcom_tui.user.settings import Config


class Source(one.Source, Protocol):
    """What is compared: a workspace of one repo or of several, or a snapshot of one."""

    @property
    def members(self) -> Mapping[str, FleetState]:
        """The repos that the fleet is made of, by name."""

    def statements_of(self, repo: str) -> tuple[Statement, ...]:
        """What is pending in the baseline file of one of them."""


@dataclass(frozen=True, slots=True)
class Part:
    """One repo of a fleet of several, as a source of its own."""

    fleet: Fleet
    member: FleetState
    statements: Sequence[Statement] = ()

    @property
    def repository(self) -> Repository:
        """The repo, as an object for the thread that asks."""
        return self.member.repository.for_another_thread()

    @property
    def config(self) -> Config:
        """How the repo is read."""
        return self.member.config


def find_drift(
    source: Source,
    against: Against | str | None = None,
    only: Collection[str] | None = None,
    today: date | None = None,
) -> DriftReport:
    """As `fleet.drift.report.find_drift`, of one repo or of several.

    A repo that declares a baseline is held against that; the others together have one majority. A revision is looked
    for in each repo.
    """
    if not source.fleet.repos:
        return one.find_drift(source, against, only, today)
    chosen = Against.parse(against) if isinstance(against, str) else against
    day = today or date.today()
    if chosen is not None and chosen.kind not in ("majority", "baseline", "revision"):
        outcome = outcome_of(source, drift_rows(source.fleet.deployments), chosen, Baseline(), only)
        return report_of(source.fleet, chosen, outcome, Baseline(), only, day)
    parts = {
        repo: Part(fleet, source.members[repo], source.statements_of(repo)) for repo, fleet in parts_of(source.fleet)
    }
    baselines = {repo: pending_baseline(part) for repo, part in parts.items()}
    reports: list[DriftReport] = []
    together: list[str] = []
    for repo, part in parts.items():
        own = chosen or default_against(baselines[repo])
        if own == MAJORITY:
            together.append(repo)
        else:
            with in_repo(repo):
                reports.append(_qualified(repo, one.find_drift(part, own, _within(repo, only), day)))
    if together:
        by = baselines[together[0]].by
        outcome = majority_deviations(drift_rows(source.fleet.deployments), by)
        reports += [
            _qualified(repo, report_of(parts[repo].fleet, MAJORITY, _own(repo, outcome), baselines[repo], ids, day))
            for repo, ids in ((repo, _within(repo, only)) for repo in together)
        ]
    target = chosen or (MAJORITY if len(together) == len(parts) else BASELINE)
    return _joined(target, reports)


def find_since_of(source: Source, deviations: Iterable[Deviation]) -> dict[tuple[str, str], Since]:
    """The commit that brought each deviation's value, looked for in its own repo; see `fleet.drift.since`."""
    known = list(deviations)
    if not source.fleet.repos:
        return find_since(source.repository, source.fleet, known)
    found: dict[tuple[str, str], Since] = {}
    for repo, fleet in parts_of(source.fleet):
        mine = [_deviation_of(repo, each) for each in known if each.deployment in _ids(repo, fleet)]
        repository = source.members[repo].repository.for_another_thread()
        since = find_since(repository, fleet, mine)
        found |= {(qualified(repo, id_), field): each for (id_, field), each in since.items()}
    return found


def drifted_fields(fleet: Fleet) -> dict[str, frozenset[FieldName]]:
    """The fields that differ from their repo's baseline, or without one from the majority, by deployment."""
    if not fleet.repos:
        return one.drifted_fields(fleet)
    found: dict[str, frozenset[FieldName]] = {}
    together: list[str] = []
    baselines = {repo: one.baseline_of(mine) for repo, mine in parts_of(fleet)}
    for repo, mine in parts_of(fleet):
        if default_against(baselines[repo]) == BASELINE:
            found |= {qualified(repo, id_): fields for id_, fields in one.drifted_fields(mine).items()}
        else:
            together.append(repo)
    if together:
        outcome = majority_deviations(drift_rows(fleet.deployments), baselines[together[0]].by)
        for repo, mine in parts_of(fleet):
            if repo in together:
                report = report_of(mine, MAJORITY, _own(repo, outcome), baselines[repo], None, date.today())
                found |= {qualified(repo, id_): fields for id_, fields in report.fields.items()}
    return found


def parts_of(fleet: Fleet) -> Iterator[tuple[str, Fleet]]:
    """The fleets of the repos that a fleet is made of, by name, each as its repo knows it."""
    for repo in fleet.repos:
        mine = tuple(deployment_of(each) for each in fleet.deployments if each.repo == repo.name)
        yield repo.name, Fleet(repo.root, repo.head, repo.branch, mine, ref=fleet.ref)


def _ids(repo: str, fleet: Fleet) -> frozenset[str]:
    return frozenset(qualified(repo, id_) for id_ in fleet.by_id)


def _within(repo: str, only: Collection[str] | None) -> list[str] | None:
    """The ids of a repo among those asked for, as it knows them; None for all."""
    return None if only is None else [within(repo, id_) for id_ in only if belongs(repo, id_)]


def _own(repo: str, outcome: Outcome) -> Outcome:
    """What of a comparison is in one repo, as it knows it."""
    return replace(
        outcome,
        deviations=tuple(_deviation_of(repo, each) for each in outcome.deviations if belongs(repo, each.deployment)),
        notices=tuple(
            replace(notice, deployments=tuple(within(repo, id_) for id_ in notice.deployments))
            for notice in outcome.notices
            if not notice.deployments or any(belongs(repo, id_) for id_ in notice.deployments)
        ),
    )


def _deviation_of(repo: str, deviation: Deviation) -> Deviation:
    return replace(deviation, deployment=within(repo, deviation.deployment))


def _deviation_in(repo: str, deviation: Deviation) -> Deviation:
    return replace(deviation, deployment=qualified(repo, deviation.deployment))


def _qualified(repo: str, report: DriftReport) -> DriftReport:
    """A repo's report as the whole fleet knows it; its causes are gathered again with those of the others."""
    deviations = [_deviation_in(repo, each) for each in report.deviations]
    return replace(
        report,
        causes=tuple(gather(deviations)),
        notices=tuple(
            Notice(notice.kind, notice.text, tuple(qualified(repo, id_) for id_ in notice.deployments))
            for notice in report.notices
        ),
        accepted=tuple(Accepted(_deviation_in(repo, each.deviation), each.ignore) for each in report.accepted),
    )


def _joined(target: Against, reports: Sequence[DriftReport]) -> DriftReport:
    notices = dict.fromkeys((notice.kind, notice.text) for report in reports for notice in report.notices)
    where: dict[tuple[str, str], list[str]] = {}
    for report in reports:
        for notice in report.notices:
            where.setdefault((notice.kind, notice.text), []).extend(notice.deployments)
    return DriftReport(
        target,
        tuple(gather([each for report in reports for each in report.deviations])),
        tuple(Notice(kind, text, tuple(dict.fromkeys(where[kind, text]))) for kind, text in notices),
        tuple(each for report in reports for each in report.accepted),
        sum(report.compared for report in reports),
    )
