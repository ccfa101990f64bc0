"""What a cell's editor starts with and completes to."""

from __future__ import annotations

from rea_xcom_tui.tui.cells.rows import Row
from rea_xcom_tui.xcom.fields import TABLE
from rea_xcom_tui.xcom.model import FieldName


def start_text(row: Row, field: FieldName) -> str:
    """What the editor starts with: the value as it will be, else the text that is in the file."""
    edit = row.edit(field)
    if edit is not None:
        return edit.text if edit.new is not None else ""
    if row.deployment is None:
        return ""
    reading = row.deployment.field(field)
    if reading.value is not None:
        return str(reading.value)
    return reading.raw or ""


def choices(field: FieldName) -> tuple[str, ...]:
    """What the editor completes to, for the fields that have few possible values."""
    setting = TABLE[field]
    if setting.kind == "compression":
        return ("none", *setting.usual)
    return setting.usual if setting.kind == "class" else ()
