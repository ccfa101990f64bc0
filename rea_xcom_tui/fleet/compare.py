"""What a field's reading means and how it is said, and how two fleets differ in meaning."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from rea_xcom_tui.fleet.model import Deployment, Fleet
from rea_xcom_tui.xcom.model import FIELDS, FieldReading

Value = str | int | None


def current_value(reading: FieldReading) -> Value:
    """What a field says now: its value, or the text as it stands where that is no value."""
    return reading.raw if reading.state == "invalid" else reading.value


def meaning(reading: FieldReading) -> tuple[object, ...]:
    """What counts in a comparison: two readings with the same meaning differ in quotes, comments and place at most."""
    text = reading.raw if reading.value is None else None
    return reading.state, reading.value, reading.reference, text


def said(reading: FieldReading) -> Value:
    """The value, or what stands in its place: where it comes from, or the text that is no value."""
    if reading.state == "reference":
        return reading.reference
    return reading.value if reading.value is not None else reading.raw


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One difference: a field that changed, or a deployment that came or went, or can be read on one side only."""

    deployment: str
    kind: Literal["changed", "added", "removed", "readable", "unreadable"]
    field: str = ""
    old: str | int | None = None
    new: str | int | None = None
    old_state: str = "unset"
    new_state: str = "unset"


def differences(old: Fleet, new: Fleet) -> Iterator[FieldChange]:
    """Every difference between two fleets, in the order of the deployments' ids.

    Only meaning counts: comments, quotes, order and everything that is no XCom setting make no difference.
    """
    torn_before, torn_after = ({file.file for file in fleet.unreadable} for fleet in (old, new))
    for id_ in sorted(old.by_id.keys() | new.by_id.keys()):
        before, after = old.by_id.get(id_), new.by_id.get(id_)
        if before is None:
            yield FieldChange(id_, "readable" if id_ in torn_before else "added")
        elif after is None:
            yield FieldChange(id_, "unreadable" if id_ in torn_after else "removed")
        else:
            yield from _field_changes(before, after)


def _field_changes(before: Deployment, after: Deployment) -> Iterator[FieldChange]:
    for name in FIELDS:
        old, new = before.field(name), after.field(name)
        if meaning(old) != meaning(new):
            yield FieldChange(before.id, "changed", name, said(old), said(new), old.state, new.state)
