"""The query language of the fleet: words, `field:value`, comparisons, `-`, `OR` and parentheses.

query = parse("env:prod,dr -threshold:0 billing")
shown = query.select(rows)
"""

from __future__ import annotations

from rea_xcom_tui.xcom.query.completion import Suggestion, complete, guessed, meanwhile, narrowed
from rea_xcom_tui.xcom.query.errors import QueryError
from rea_xcom_tui.xcom.query.parser import Query, parse
from rea_xcom_tui.xcom.query.rows import FLAGS, KEYS, Flag, Row

__all__ = [
    "FLAGS",
    "KEYS",
    "Flag",
    "Query",
    "QueryError",
    "Row",
    "Suggestion",
    "complete",
    "guessed",
    "meanwhile",
    "narrowed",
    "parse",
]
