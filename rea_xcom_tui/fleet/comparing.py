"""What a field's reading means, for comparing two of them, and how it is said."""

from __future__ import annotations

from rea_xcom_tui.fleet.edit.pending import Value
from rea_xcom_tui.xcom.model import FieldReading


def meaning(reading: FieldReading) -> tuple[object, ...]:
    """What counts in a comparison: two readings with the same meaning differ in quotes, comments and place at most."""
    text = reading.raw if reading.value is None else None
    return reading.state, reading.value, reading.reference, text


def said(reading: FieldReading) -> Value:
    """The value, or what stands in its place: where it comes from, or the text that is no value."""
    if reading.state == "reference":
        return reading.reference
    return reading.value if reading.value is not None else reading.raw
