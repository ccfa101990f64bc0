"""Letting the rules speak about a values file and about the whole fleet."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from rea_xcom_tui.fleet.model import Deployment
from rea_xcom_tui.fleet.scan.findings_kept import fleet_findings
from rea_xcom_tui.fleet.scan.reading import Reading
from rea_xcom_tui.values import ValuesFile
from rea_xcom_tui.values.documents import helm_refusal
from rea_xcom_tui.xcom.model import Configuration, Finding, Node
from rea_xcom_tui.xcom.rules.fleet import FLEET_CODES, FleetRow
from rea_xcom_tui.xcom.rules.settings import HelmRefusal, RuleContext


class Verdict(msgspec.Struct, frozen=True):
    """What the rules say about one values file, and what they need of it to judge the whole fleet."""

    findings: tuple[Finding, ...]
    row: FleetRow
    ignores: tuple[int, ...]
    """Which of the repo's ignores accept something in this file, by their place in the settings."""


def verdict(
    text: str | ValuesFile, root: Node, config: Configuration, reading: Reading, file: str, env: str | None
) -> Verdict:
    """Let the rules judge one values file; `root` is the tree that its configuration was read from.

    `text` is the file as its reader has it; a text alone is one document without ignore comments.
    """
    context = RuleContext(reading.today, reading.rules, file, file, env, text if isinstance(text, str) else text.text)
    if not isinstance(text, str):
        refused = helm_refusal(text.text, text.root)
        refusal = HelmRefusal(refused.line, refused.column, str(refused)) if refused else None
        context = msgspec.structs.replace(
            context, comment_on=text.comment_on, documents=text.documents, refusal=refusal
        )
    return judged_in(root, config, context)


def judged_in(root: Node, config: Configuration, context: RuleContext) -> Verdict:
    """What the rules say about a tree in its context."""
    from rea_xcom_tui.xcom.rules.engine import survey  # not while all is known from the cache

    judgement, row = survey(root, config, context)
    numbers: tuple[int, ...] = ()
    if judgement.accepted:
        used = {accepted.ignore for accepted in judgement.accepted}
        numbers = tuple([number for number, ignore in enumerate(context.settings.ignores) if ignore in used])
    return Verdict(judgement.findings, row, numbers)


def with_fleet_findings(deployments: Iterable[Deployment], reading: Reading) -> tuple[list[Deployment], list[str]]:
    """The deployments with the findings that only all of them together show, ignores of the repo applied.

    Beside them, one sentence for each of the repo's ignores that has expired or no longer accepts anything.
    """
    # In one order, however they were read: a finding that names another deployment has to name the same each time.
    known = sorted(deployments, key=lambda d: d.id)
    if not reading.fleet_rules:
        return known, []
    used = {number for deployment in known for number in deployment.ignores}
    found = fleet_findings((d.row for d in known if d.row is not None), reading.rules)
    judged = [_with(d, found.get(d.id, ()), reading, used) for d in known]
    return judged, _stale(reading, used) if reading.rules.ignores else []


def without_fleet_findings(deployment: Deployment) -> Deployment:
    """A deployment without the findings that only the whole fleet shows."""
    if not any(finding.code in FLEET_CODES for finding in deployment.findings):
        return deployment
    kept = tuple(finding for finding in deployment.findings if finding.code not in FLEET_CODES)
    return msgspec.structs.replace(deployment, findings=kept)


def not_ignored(
    found: Iterable[Finding], file: str, deployment: str, reading: Reading, used: set[int]
) -> list[Finding]:
    """The findings in a file that none of the repo's ignores accepts; the numbers of those that do go to `used`."""
    kept: list[Finding] = []
    for finding in found:
        covering = [
            number
            for number, ignore in enumerate(reading.rules.ignores)
            if ignore.covers(finding.code, file, deployment) and not ignore.expired(reading.today)
        ]
        used.update(covering)
        kept += [] if covering else [finding]
    return kept


def _with(deployment: Deployment, found: tuple[Finding, ...], reading: Reading, used: set[int]) -> Deployment:
    kept = not_ignored(found, deployment.file, deployment.id, reading, used)
    if not kept:
        return deployment
    return msgspec.structs.replace(
        deployment, findings=tuple(sorted((*deployment.findings, *kept), key=lambda f: (f.line, f.code)))
    )


def _stale(reading: Reading, used: Iterable[int]) -> list[str]:
    """A sentence for each of the repo's ignores that has expired or, not being among the `used`, accepts nothing."""
    from rea_xcom_tui.xcom.rules.engine import Accepted, stale_ignores

    accepting = [reading.rules.ignores[number] for number in sorted(used)]
    accepted = [Accepted(Finding(one.code, "info", "", 0, 0), one.reason, one) for one in accepting]
    return list(stale_ignores(reading.rules, accepted, reading.today))
