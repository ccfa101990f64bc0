"""Which deployments a query selects."""

from __future__ import annotations

from collections.abc import Mapping

from rea_xcom_tui.fleet.edit.row import Row
from rea_xcom_tui.fleet.model import Deployment, Fleet
from rea_xcom_tui.xcom.model import FieldName
from rea_xcom_tui.xcom.query import parse


def matching(fleet: Fleet, query: str) -> list[Deployment]:
    """The deployments that a query selects, in the order of the fleet. Raises `QueryError`."""
    if not query.strip():
        return list(fleet.deployments)
    parsed = parse(query)
    drifted = _drifted(fleet, query)
    rows = [Row(one, drifted=drifted.get(one.id, frozenset())) for one in fleet.deployments]
    return [row.deployment for row in parsed.select(rows) if row.deployment is not None]


def _drifted(fleet: Fleet, query: str) -> Mapping[str, frozenset[FieldName]]:
    """What differs from the baseline, worked out only where the query asks for it."""
    if "drifted" not in query:
        return {}
    from rea_xcom_tui.fleet.drift.whole import drifted_fields

    return drifted_fields(fleet)
