"""What only many deployments together show: two of them that write to the same place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from rea_xcom_tui.text import clean, plural
from rea_xcom_tui.xcom.model import FieldName, Finding, Severity
from rea_xcom_tui.xcom.rules.examples import example
from rea_xcom_tui.xcom.rules.fleet_names import MISSPELT, OTHER_ENV, TWO_ACCOUNTS, Told, findings_of
from rea_xcom_tui.xcom.rules.fleet_row import FleetRow
from rea_xcom_tui.xcom.rules.others import sharers
from rea_xcom_tui.xcom.rules.registry import Rule, add
from rea_xcom_tui.xcom.rules.settings import RuleSettings

__all__ = ["FLEET_CODES", "SHARED", "FleetRow", "check_fleet"]

SHARED = "XC220"
FLEET_CODES = frozenset((SHARED, TWO_ACCOUNTS, MISSPELT, OTHER_ENV))
"""Codes that only the whole fleet can decide."""

add(
    Rule(
        SHARED,
        "path-shared",
        "warning",
        "path",
        title="Two deployments write to the same prefix",
        what="Another deployment of the fleet has the same bucket and prefix. Not reported for agents of one Astro "
        "deployment (same ASTRO_DEPLOYMENT_ID, same API URL, or same name prefix and namespace), which have to share "
        "it. Info for Azure paths where the storage account of either is not in its file.",
        why="Objects are named by dag, run and task: nothing is overwritten as long as these differ, but clean-up by "
        "prefix, access rules and lifecycle rules hit both deployments, and one can read the other's data.",
        wrong=example(),
        right=example(path='"s3://acme-xcom/warehouse"'),
        source="The object names of the provider's backend, seen on Airflow 3.0.2, 3.1.3 and 3.3.2.",
    )
)


def check_fleet(rows: Iterable[FleetRow], settings: RuleSettings) -> Mapping[str, tuple[Finding, ...]]:
    """Findings by deployment id; deployments without one are left out.

    The repo's ignores (which need a file) are the caller's to apply; comments in the files are applied.
    """
    known = tuple(rows)
    found: dict[str, list[Finding]] = {}
    for code, row, message, severity in (*_shared(known), *findings_of(known)):
        if code in settings.off or code in row.accepted.split():
            continue
        said = settings.severities.get(code, severity)
        field: FieldName = "connection" if code == OTHER_ENV else "path"
        new = Finding(code, said, message, row.line, row.column, field, layer=row.layer)
        found.setdefault(row.id, []).append(new)
    return {id_: tuple(findings) for id_, findings in found.items()}


def _shared(rows: Sequence[FleetRow]) -> Iterator[Told]:
    groups: dict[str, list[FleetRow]] = {}
    for row in rows:
        if row.place:
            groups.setdefault(row.place, []).append(row)
    for group in groups.values():
        for row, other, others, sure in sharers(group) if len(group) > 1 else ():
            yield SHARED, row, *_said(row, other, others, sure=sure)


def _said(row: FleetRow, other: FleetRow, others: int, *, sure: bool) -> tuple[str, Severity]:
    more = f" and {plural(others - 1, 'other')}" if others > 1 else ""
    verb = "write" if more else "writes"
    return f"path {row.shown} is also where {clean(other.id, 80)}{more} {verb}", "warning" if sure else "info"
