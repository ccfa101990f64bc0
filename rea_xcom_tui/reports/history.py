"""The history of fields as text, JSON and Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from rea_xcom_tui.fleet.history.field_history import FieldEvent
from rea_xcom_tui.reports.changes import worded
from rea_xcom_tui.reports.machine import SCHEMA, dump
from rea_xcom_tui.reports.tables import markdown_table
from rea_xcom_tui.text import clean


def history_text(events: Sequence[FieldEvent]) -> str:
    """One line for each change, the newest first."""
    width = max((len(event.field) for event in events), default=0)
    return "\n".join(
        f"{event.date[:10]}  {event.commit[:10]}  {clean(event.author, 24):<24}  {event.field:<{width}}  "
        f"{_change(event)}  {clean(event.subject, 60)}"
        for event in events
    )


def history_json(deployment: str, events: Sequence[FieldEvent]) -> str:
    """The changes as JSON."""
    return dump({"schema": SCHEMA, "deployment": deployment, "changes": [asdict(event) for event in events]})


def history_markdown(events: Sequence[FieldEvent]) -> str:
    """The changes as a Markdown table."""
    rows = [(e.date, e.commit[:10], clean(e.author), e.field, _change(e), clean(e.subject)) for e in events]
    return markdown_table(("date", "commit", "author", "field", "change", "subject"), rows)


def _change(event: FieldEvent) -> str:
    return f"{worded(event.field, event.old)} → {worded(event.field, event.new)}"
