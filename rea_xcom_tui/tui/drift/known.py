"""What is known of a deviation and its cause beside the comparison: how old it is, and the values that are shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rea_xcom_tui.xcom.drift import Cause, Deviation, Since
    from rea_xcom_tui.xcom.model import Value

Key = tuple[str, str, str]
"""A deployment, a field, and the value there."""


def values_of(cause: Cause, chosen: Sequence[Deviation]) -> tuple[Value, Value]:
    """Expected and actual value, of a single deployment its own ones."""
    if len(chosen) != 1:
        return cause.expected, cause.actual
    target = chosen[0].target
    return (target.value if target is not None else chosen[0].expected), chosen[0].actual


def key_of(deviation: Deviation) -> Key:
    """A deviation with its value, for what is remembered about it."""
    return deviation.deployment, deviation.field, repr(deviation.actual)


def older(cause: Cause, since: Since) -> Cause:
    """The cause, as old as `since` where that is older than what is known of it."""
    known = cause.since
    if known is not None and datetime.fromisoformat(known.date) <= datetime.fromisoformat(since.date):
        return cause
    return replace(cause, since=since)
