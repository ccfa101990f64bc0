"""Deployments as the query language sees them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from functools import cached_property

from rea_xcom_tui.fleet.edit.pending import Pending
from rea_xcom_tui.fleet.model import Deployment, Fleet
from rea_xcom_tui.xcom.compare import Value, current_value
from rea_xcom_tui.xcom.model import FieldName, Finding, State
from rea_xcom_tui.xcom.query import parse

_WRONG = ("invalid", "conflict")


class QueryRow:
    """One deployment with what is pending on it, as a row that a query can match."""

    def __init__(
        self,
        deployment: Deployment,
        pending: Pending | None = None,
        *,
        drifted: bool = False,
        findings: Sequence[Finding] | None = None,
    ) -> None:
        """`findings` are those that hold, where they are others than the deployment's own."""
        self.deployment = deployment
        self._findings = deployment.findings if findings is None else findings
        self.name = deployment.name
        self.file = deployment.file
        self.files = deployment.files
        self.cluster = deployment.cluster
        self.layout: str = deployment.layout
        self.env = deployment.env
        self.namespace = deployment.namespace
        self.repo = deployment.repo or None
        self.cloud: str = deployment.config.cloud
        self._pending = pending
        self._drifted = drifted

    @cached_property
    def words(self) -> str:
        """Name and file in lower case, which plain words are looked for in."""
        return f"{self.name}\n{self.file}".lower()

    @property
    def flags(self) -> Collection[str]:
        """What it is, for `is:`."""
        deployment = self.deployment
        wrong = any(self.state(name) in _WRONG for name in deployment.config.fields)
        found = {
            "dirty": deployment.dirty,
            "invalid": wrong or deployment.config.shape_problem is not None,
            "layered": len(deployment.layers) > 1,
            "unreached": deployment.unreached,
            "edited": self._pending is not None and bool(self._pending.of(deployment.id)),
            "drifted": self._drifted,
            "encrypted": deployment.config.encrypted is not None,
        }
        return {flag for flag, holds in found.items() if holds}

    @property
    def codes(self) -> Collection[str]:
        """The codes of its findings."""
        return {finding.code for finding in self._findings}

    @property
    def severities(self) -> Collection[str]:
        """The severities of its findings."""
        return {finding.severity for finding in self._findings}

    def value(self, field: FieldName) -> Value:
        """A field's value as it will be, pending edits included."""
        edit = self._pending.get(self.deployment.id, field) if self._pending is not None else None
        return edit.new if edit is not None else current_value(self.deployment.field(field))

    def state(self, field: FieldName) -> State:
        """How that field stands."""
        edit = self._pending.get(self.deployment.id, field) if self._pending is not None else None
        if edit is not None:
            return "unset" if edit.new is None else "set"
        return self.deployment.config.fields[field].state


def query_rows(fleet: Fleet, pending: Pending | None = None, drifted: Collection[str] = ()) -> list[QueryRow]:
    """A row for each deployment, in the order of the fleet. `drifted` holds the ids for `is:drifted`."""
    return [QueryRow(d, pending, drifted=d.id in drifted) for d in fleet.deployments]


def matching(fleet: Fleet, query: str, pending: Pending | None = None) -> list[Deployment]:
    """The deployments that a query selects, in the order of the fleet. Raises `QueryError`."""
    if not query.strip():
        return list(fleet.deployments)
    parsed = parse(query)
    rows: Iterable[QueryRow] = query_rows(fleet, pending, _drifted(fleet, query))
    return [row.deployment for row in parsed.select(rows)]


def _drifted(fleet: Fleet, query: str) -> Collection[str]:
    """The deployments that differ from the baseline, worked out only where the query asks for them."""
    if "drifted" not in query:
        return ()
    from rea_xcom_tui.fleet.drift.whole import drifted_ids

    return drifted_ids(fleet)
