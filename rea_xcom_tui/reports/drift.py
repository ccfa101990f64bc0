"""Drift as text, JSON and Markdown: one row for each cause."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from rea_xcom_tui.fleet.drift.report import DriftReport
from rea_xcom_tui.fleet.model import Deployment, Fleet
from rea_xcom_tui.reports import junit_github
from rea_xcom_tui.reports.changes import worded
from rea_xcom_tui.reports.comment import Section, comment
from rea_xcom_tui.reports.machine import SCHEMA, dump
from rea_xcom_tui.reports.marks import Case, Failure, Mark
from rea_xcom_tui.reports.sarif import sarif
from rea_xcom_tui.text import clean, plural, some
from rea_xcom_tui.xcom.drift import Cause, Deviation, Since
from rea_xcom_tui.xcom.drift.baseline import Accepted

_SHORT_ID = 7
_DATE = 10
_NAMED = 5
"""How many deployments are named where a list of all would be too long."""


def text(report: DriftReport) -> str:
    """The causes for people, each with its members below it."""
    lines: list[str] = []
    for cause in report.causes:
        lines += [f"{cause.severity:<7}  {headline(cause)}", f"         {clean(cause.reason)}"]
        if cause.since is not None:
            lines.append(f"         since {since(cause.since)}")
        lines += [f"           {_member(cause, member)}" for member in cause.members]
        lines.append("")
    lines += [f"accepted: {line}" for line in accepted(report)]
    return "\n".join([*lines, summary(report)])


def summary(report: DriftReport) -> str:
    """One sentence on what was found."""
    if not report.causes:
        said = "nothing differs"
    else:
        said = f"{plural(len(report.causes), 'cause')} in {plural(len(report.deployments), 'deployment')}"
    return f"{said} (against {clean(report.against)}, {plural(report.compared, 'deployment')} compared)"


def headline(cause: Cause) -> str:
    """What differs, in one line: the field, what is expected, what is there, and how often."""
    expected, actual = worded(cause.expected), worded(cause.actual)
    where = f" in {clean(', '.join(cause.groups))}" if cause.groups else ""
    return f"{cause.field}: expected {expected}{where}, is {actual} in {plural(len(cause.members), 'deployment')}"


def since(found: Since) -> str:
    """A commit in words: the day, the author and the short id."""
    return f"{found.date[:_DATE]} {clean(found.author)} {found.commit[:_SHORT_ID]}"


def _member(cause: Cause, member: Deviation) -> str:
    id_ = clean(member.deployment)
    return id_ if member.actual == cause.actual else f"{id_}: {worded(member.actual)}"


def accepted(report: DriftReport) -> list[str]:
    """What is accepted, one line for each ignore and value; with the deployments where they are few."""
    alike: dict[tuple[int, str], list[Accepted]] = {}
    for found in report.accepted:
        alike.setdefault((id(found.ignore), repr(found.deviation.kind)), []).append(found)
    return [_accepted(found) for found in alike.values()]


def _accepted(found: Sequence[Accepted]) -> str:
    ignore, deviation = found[0].ignore, found[0].deviation
    owner = f", {clean(ignore.owner)}" if ignore.owner else ""
    until = f", until {ignore.expires}" if ignore.expires else ""
    same = len({one.deviation.actual for one in found}) == 1
    actual = worded(deviation.actual if same else deviation.kind)
    where = few([one.deviation.deployment for one in found])
    return f"{where}: {deviation.field} {actual} ({clean(ignore.reason)}{owner}{until})"


def few(ids: Sequence[str]) -> str:
    """The first few of some deployments, and how many more there are."""
    return some(ids, _NAMED)


def as_json(report: DriftReport) -> str:
    """The JSON of the contract."""
    return dump(
        {
            "schema": SCHEMA,
            "against": report.against,
            "causes": [_cause_object(cause) for cause in report.causes],
            "accepted": [
                {
                    "field": found.deviation.field,
                    "deployment": found.deviation.deployment,
                    "actual": found.deviation.actual,
                    "reason": found.ignore.reason,
                    "owner": found.ignore.owner,
                    "expires": found.ignore.expires.isoformat() if found.ignore.expires else None,
                }
                for found in report.accepted
            ],
            "notices": [{"kind": n.kind, "text": n.text, "deployments": list(n.deployments)} for n in report.notices],
            "summary": {"causes": len(report.causes), "drifted": len(report.deployments), "compared": report.compared},
        }
    )


def _cause_object(cause: Cause) -> dict[str, Any]:
    found = cause.since
    return {
        "field": cause.field,
        "expected": cause.expected,
        "actual": cause.actual,
        "deployments": list(cause.deployments),
        "severity": cause.severity,
        "since": {"commit": found.commit, "author": found.author, "date": found.date} if found else None,
        "groups": list(cause.groups),
        "reason": cause.reason,
        "members": [
            {
                "deployment": member.deployment,
                "actual": member.actual,
                "target": None if member.target is None else {"value": member.target.value},
            }
            for member in cause.members
        ],
    }


def markdown(report: DriftReport) -> str:
    """The causes as a comment on a pull request."""
    rows = [
        (
            cause.severity,
            cause.field,
            worded(cause.expected),
            worded(cause.actual),
            str(len(cause.members)),
            few(cause.deployments),
            since(cause.since) if cause.since else "",
        )
        for cause in report.causes
    ]
    header = ("severity", "field", "expected", "actual", "count", "deployments", "since")
    return comment("drift", summary(report), [Section("", header, rows)])


def marks(report: DriftReport, fleet: Fleet) -> list[Mark]:
    """Each difference at its own place; each field is a rule."""
    return [_mark(deviation, fleet.by_id[deviation.deployment]) for deviation in report.deviations]


def _mark(deviation: Deviation, deployment: Deployment) -> Mark:
    field, place = deviation.field, deployment.field(deviation.field).place
    expected, actual = worded(deviation.expected), worded(deviation.actual)
    return Mark(
        f"drift-{field}",
        f"{field} differs from what it should be",
        deviation.severity,
        f"{field} is {actual}, expected {expected}: {clean(deviation.reason)}",
        deployment.file_at(place.layer) if place else deployment.file,
        place.line if place else 1,
        place.column if place else 1,
        deployment.id,
    )


def junit(report: DriftReport) -> str:
    """JUnit XML with one test case for each cause, which fails; one that passes where nothing differs."""
    cases = [
        Case(
            f"{cause.field} {clean(cause.actual)}",
            (
                Failure(
                    cause.severity,
                    f"{cause.field} is {worded(cause.actual)}, expected {worded(cause.expected)}",
                    ", ".join(cause.deployments),
                ),
            ),
        )
        for cause in report.causes
    ]
    return junit_github.junit("rea-xcom-tui drift", "drift", cases or [Case("nothing differs")])


FORMATS: dict[str, Callable[[DriftReport, Fleet], str]] = {
    "text": lambda report, fleet: text(report),
    "json": lambda report, fleet: as_json(report),
    "sarif": lambda report, fleet: sarif(marks(report, fleet)),
    "github": lambda report, fleet: junit_github.github(marks(report, fleet)),
    "junit": lambda report, fleet: junit(report),
    "markdown": lambda report, fleet: markdown(report),
}
"""The formats of `drift` by name."""
