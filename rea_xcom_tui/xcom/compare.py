"""What a field's reading says and does, when two of them say the same, and how they differ where they do not.

Every comparison of the program is made of these: of revisions, histories, pending edits, drift and campaigns.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from rea_xcom_tui.xcom.fields import TABLE
from rea_xcom_tui.xcom.model import FIELDS, UNSET, FieldName, FieldReading, State, Value

Fields = Mapping[FieldName, FieldReading]


@dataclass(frozen=True, slots=True)
class FieldDelta:
    """One difference: a field that says something else, or a deployment that only one side has or can be read on."""

    deployment: str
    field: FieldName | Literal[""] = ""
    """Empty where the deployment as a whole is meant."""
    old: Value = None
    new: Value = None
    old_state: State = "unset"
    new_state: State = "unset"
    kind: Literal["changed", "added", "removed", "readable", "unreadable"] = "changed"


def field_deltas(
    deployment: str, before: Fields | None, after: Fields | None, names: Collection[FieldName] = FIELDS
) -> Iterator[FieldDelta]:
    """The fields that say something else after than before; None where there was, or is, no such deployment."""
    kind: Literal["changed", "added", "removed"] = "changed" if before and after else "added" if after else "removed"
    for name in names:
        old, new = (before or UNSET)[name], (after or UNSET)[name]
        if not same_meaning(old, new):
            yield FieldDelta(deployment, name, said(old), said(new), old.state, new.state, kind)


def same_meaning(one: FieldReading, other: FieldReading) -> bool:
    """Whether two readings say the same: they differ in quotes, comments and place at most."""
    return (
        (one.state, one.value, one.reference) == (other.state, other.value, other.reference)
        and (one.value is not None or one.raw == other.raw)
    )  # fmt: skip


def current_value(reading: FieldReading) -> Value:
    """What an edit of the field starts from: its value, or the text as it is where that is not a value."""
    return reading.raw if reading.state == "invalid" else reading.value


def said(reading: FieldReading) -> Value:
    """The value, or what takes its place: where it comes from, or the text that is not a value."""
    if reading.state == "reference":
        return reading.reference
    return reading.value if reading.value is not None else reading.raw


def stated(reading: FieldReading) -> Value:
    """The value in words; what is not a value gets a name."""
    if reading.state == "reference":
        return f"from {reading.reference}"
    if reading.state == "conflict":
        return f"{reading.raw} (set in several places that disagree)"
    return current_value(reading)


def comparable(reading: FieldReading) -> bool:
    """Whether a field has one value that Git knows; conflicts and refused values are reported by the rules."""
    return reading.state in ("set", "unset")


def drift_value(reading: FieldReading) -> Value:
    """The value as drift shows it: without what is a field of its own, and in words where it is no value."""
    return TABLE[reading.name].alone(reading.value) if comparable(reading) else stated(reading)


def effect(reading: FieldReading) -> Value:
    """What a field's value does: equal for values that do the same, however they are written."""
    return TABLE[reading.name].effect(reading.value)


def effect_or_state(reading: FieldReading) -> tuple[str, Value]:
    """What drift tells readings of any state apart by: the effect, or the state where it has none."""
    return ("value", effect(reading)) if comparable(reading) else (reading.state, stated(reading))
