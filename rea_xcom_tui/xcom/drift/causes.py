"""From single deviations to causes: one row for what went wrong in the same way, however often."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rea_xcom_tui.xcom.drift.model import Deviation
from rea_xcom_tui.xcom.model import FIELDS, SEVERITIES, FieldName, Severity, Value


@dataclass(frozen=True, slots=True)
class Since:
    """The commit that brought a value."""

    commit: str
    author: str
    date: str
    """The author's date, ISO 8601 with its offset."""


@dataclass(frozen=True, slots=True)
class Cause:
    """The same deviation in one or many deployments."""

    field: FieldName
    expected: Value
    """What should be there: a value, or a pattern or a rule in words; None means: unset."""
    actual: Value
    """What is there; for several deployments with values of their own, the pattern of these."""
    members: tuple[Deviation, ...]
    """In the order of the deployments' ids."""
    severity: Severity
    reason: str
    since: Since | None = None
    """The oldest commit that brought it to one of the members, where that is known."""

    @property
    def deployments(self) -> tuple[str, ...]:
        """The ids of the deployments."""
        return tuple(member.deployment for member in self.members)

    @property
    def groups(self) -> tuple[str, ...]:
        """The groups its members belong to."""
        return tuple(dict.fromkeys(member.group for member in self.members if member.group))

    @property
    def key(self) -> tuple[str, str, str]:
        """What tells it from other causes, and stays the same from one comparison to the next."""
        return self.field, repr(self.expected), repr(self.members[0].kind)


def gather(deviations: Iterable[Deviation], since: Mapping[tuple[str, str], Since] | None = None) -> list[Cause]:
    """Put deviations of one field with the same expectation and the same kind of value together, and rank them.

    `since` holds, by deployment and field, the commit that brought the value.
    """
    found: dict[tuple[FieldName, Value, Value], list[Deviation]] = {}
    for deviation in deviations:
        found.setdefault((deviation.field, deviation.expected, deviation.kind), []).append(deviation)
    return ranked([_cause(members, since or {}) for members in found.values()])


def _cause(found: Sequence[Deviation], since: Mapping[tuple[str, str], Since]) -> Cause:
    members = tuple(sorted(found, key=lambda deviation: deviation.deployment))
    first = members[0]
    values = {member.actual for member in members}
    reasons = dict.fromkeys(member.reason for member in members)
    commits = [since[key] for member in members if (key := (member.deployment, member.field)) in since]
    return Cause(
        first.field,
        first.expected,
        first.actual if len(values) == 1 else first.kind,
        members,
        min((member.severity for member in members), key=SEVERITIES.index),
        "; ".join(reasons),
        min(commits, key=lambda commit: _instant(commit.date)) if commits else None,
    )


def ranked(causes: Iterable[Cause]) -> list[Cause]:
    """Causes in the order in which they deserve attention: by severity, then by reach, then by age.

    What is not committed yet is youngest.
    """
    return sorted(
        causes,
        key=lambda cause: (
            SEVERITIES.index(cause.severity),
            -len(cause.members),
            _instant(cause.since.date) if cause.since else float("inf"),
            FIELDS.index(cause.field),
            cause.key,
        ),
    )


def _instant(date: str) -> float:
    from datetime import datetime

    return datetime.fromisoformat(date).timestamp()
