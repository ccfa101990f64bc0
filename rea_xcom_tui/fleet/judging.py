"""Letting the rules speak about a values file and about the whole fleet."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date

from rea_xcom_tui.fleet.model import Deployment
from rea_xcom_tui.layouts.naming import ENVIRONMENTS
from rea_xcom_tui.values import ValuesFile
from rea_xcom_tui.xcom.model import Configuration, Finding
from rea_xcom_tui.xcom.rules.engine import Judgement, judge
from rea_xcom_tui.xcom.rules.fleet import FleetRow, check_fleet, fleet_row
from rea_xcom_tui.xcom.rules.settings import RuleContext, RuleSettings


@dataclass(frozen=True, slots=True)
class Reading:
    """How files are read: what the repo's configuration says about names and rules."""

    environments: tuple[str, ...] = ENVIRONMENTS
    rules: RuleSettings = field(default_factory=RuleSettings)
    today: date = field(default_factory=date.today)
    """The day that decides whether an ignore has expired."""
    judged: bool = True
    """Whether the rules are run; they take more time than the reading itself."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the rules say about one values file, and what they need of it to judge the whole fleet."""

    judgement: Judgement
    row: FleetRow


def verdict(parsed: ValuesFile, config: Configuration, reading: Reading, file: str, env: str | None) -> Verdict:
    """Let the rules judge one values file."""
    context = RuleContext(
        today=reading.today,
        settings=reading.rules,
        file=file,
        id=file,
        env=env,
        text=parsed.text,
        comment_on=parsed.comment_on,
    )
    row = fleet_row(file, parsed.root, config, context)
    return Verdict(judge(parsed.root, config, context), row)


def with_fleet_findings(deployments: Iterable[Deployment], reading: Reading) -> list[Deployment]:
    """The deployments with the findings that only all of them together show, ignores of the repo applied."""
    known = list(deployments)
    found = check_fleet((d.row for d in known if d.row is not None), reading.rules)
    return [_with(d, found.get(d.id, ()), reading) for d in known]


def _with(deployment: Deployment, found: tuple[Finding, ...], reading: Reading) -> Deployment:
    active = [ignore for ignore in reading.rules.ignores if not ignore.expired(reading.today)]
    kept = tuple(f for f in found if not any(i.covers(f.code, deployment.file, deployment.id) for i in active))
    if not kept:
        return deployment
    return replace(deployment, findings=tuple(sorted((*deployment.findings, *kept), key=lambda f: (f.line, f.code))))
