"""The history of fields as text, JSON and Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rea_xcom_tui.fleet.history.field_history import Committed
from rea_xcom_tui.reports.changes import change_words
from rea_xcom_tui.reports.machine import SCHEMA, dump
from rea_xcom_tui.reports.tables import markdown_table
from rea_xcom_tui.text import clean, utc


def history_text(changes: Sequence[Committed]) -> str:
    """One line for each change, the newest first."""
    width = max((len(one.delta.field) for one in changes), default=0)
    return "\n".join(
        f"{utc(one.commit.time)[:10]}  {one.commit.oid[:10]}  {clean(one.commit.author, 24):<24}  "
        f"{one.delta.field:<{width}}  {change_words(one.delta)}  {clean(one.commit.subject, 60)}"
        for one in changes
    )


def history_json(deployment: str, changes: Sequence[Committed]) -> str:
    """The changes as JSON."""
    return dump({"schema": SCHEMA, "deployment": deployment, "changes": [_change(one) for one in changes]})


def _change(one: Committed) -> dict[str, Any]:
    commit, delta = one.commit, one.delta
    return {
        "commit": commit.oid,
        "author": commit.author,
        "email": commit.email,
        "date": utc(commit.time),
        "subject": commit.subject,
        "file": one.file,
        "field": delta.field,
        "kind": delta.kind,
        "old": delta.old,
        "new": delta.new,
        "old_state": delta.old_state,
        "new_state": delta.new_state,
    }


def history_markdown(changes: Sequence[Committed]) -> str:
    """The changes as a Markdown table."""
    rows = [
        (
            utc(one.commit.time),
            one.commit.oid[:10],
            clean(one.commit.author),
            one.delta.field,
            change_words(one.delta),
            clean(one.commit.subject),
        )
        for one in changes
    ]
    return markdown_table(("date", "commit", "author", "field", "change", "subject"), rows)
