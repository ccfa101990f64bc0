"""A promotion in words, as JSON, and as Markdown."""

from __future__ import annotations

from typing import Any

from rea_xcom_tui.fleet.campaign.promote import OUTCOMES, Carried, Promotion
from rea_xcom_tui.fleet.edit.outlook import Told
from rea_xcom_tui.fleet.model import Deployment
from rea_xcom_tui.reports.changes import worded
from rea_xcom_tui.reports.comment import Section, comment
from rea_xcom_tui.reports.machine import SCHEMA, dump
from rea_xcom_tui.text import clean, plural, some

_NAMED = 10


def summary(found: Promotion) -> str:
    """How many pairs there are and what becomes of their fields, in one line."""
    counts = [f"{count} {OUTCOMES[outcome]}" for outcome, count in found.counts().items()]
    return f"{plural(len(found.pairing.pairs), 'pair')}: {', '.join(counts) or 'nothing to carry'}"


def alone(found: Promotion) -> list[str]:
    """One line for each side that has deployments without a partner."""
    sides = (("--from", found.pairing.alone_from), ("--to", found.pairing.alone_to))
    return [
        f"no partner for {plural(len(rows), 'deployment')} of {side}: {some(rows, _NAMED, lambda row: clean(row.id))}"
        for side, rows in sides
        if rows
    ]


def markdown(found: Promotion) -> str:
    """The promotion as a comment: what changes, what is refused, who has no partner, which findings it adds."""
    rows = [
        (one.source, one.target, one.field, worded(one.old), worded(one.new))
        for one in found.carried
        if one.outcome == "change"
    ]
    refused = [(one.source, one.target, str(one.field), one.reason) for one in found.refused]
    refused += [
        (partner.id, one.deployment.id, ", ".join(found.fields), one.sentence())
        for one in found.pairing.twice
        for partner in one.partners[:1]
    ]
    lonely = [(side, one.id) for side, ones in _sides(found) for one in ones]
    added = [
        (one.finding.severity, one.finding.code, one.deployment, one.finding.message) for one in found.outlook.adds
    ]
    return comment(
        "promote",
        f"Promotion of {', '.join(found.fields)}: {summary(found)}.",
        [
            Section("changes", ("from", "to", "field", "before", "after"), rows),
            Section("refused", ("from", "to", "field", "reason"), refused),
            Section("without a partner", ("side", "deployment"), lonely, folded=True),
            Section("findings added", ("severity", "code", "deployment", "message"), added),
        ],
    )


def _sides(found: Promotion) -> tuple[tuple[str, tuple[Deployment, ...]], ...]:
    return (("from", found.pairing.alone_from), ("to", found.pairing.alone_to))


def as_json(found: Promotion) -> str:
    """The promotion as plain data, see `schema promote`."""
    return dump(
        {
            "schema": SCHEMA,
            "fields": list(found.fields),
            "carried": [_carried(one) for one in found.carried],
            "twice": [
                {"deployment": one.deployment.id, "partners": [d.id for d in one.partners], "reason": one.sentence()}
                for one in found.pairing.twice
            ],
            "alone": {side: [one.id for one in ones] for side, ones in _sides(found)},
            "findings": {
                "adds": [_told(one) for one in found.outlook.adds],
                "removes": [_told(one) for one in found.outlook.removes],
            },
        }
    )


def _carried(one: Carried) -> dict[str, Any]:
    return {
        "from": one.source,
        "to": one.target,
        "field": one.field,
        "value": one.value,
        "old": one.old,
        "new": one.new,
        "outcome": one.outcome,
        "reason": one.reason or None,
    }


def _told(one: Told) -> dict[str, Any]:
    finding = one.finding
    return {
        "deployment": one.deployment,
        "code": finding.code,
        "severity": finding.severity,
        "field": finding.field,
        "message": finding.message,
    }
