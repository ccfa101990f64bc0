"""Drift: which settings differ from what the fleet, a baseline or another state of it says they should be.

Pure: rows go in, deviations come out, and deviations of one cause are one row. Nothing here reads files.
"""

from __future__ import annotations

from rea_xcom_tui.xcom.drift.causes import Cause, Since, gather, ranked
from rea_xcom_tui.xcom.drift.majority import majority_deviations
from rea_xcom_tui.xcom.drift.model import Deviation, Notice, Outcome, Row, Target, group_of
from rea_xcom_tui.xcom.drift.patterns import Pattern
from rea_xcom_tui.xcom.drift.spread import GroupSpread, Spreads, spread

__all__ = [
    "Cause",
    "Deviation",
    "GroupSpread",
    "Notice",
    "Outcome",
    "Pattern",
    "Row",
    "Since",
    "Spreads",
    "Target",
    "gather",
    "group_of",
    "majority_deviations",
    "ranked",
    "spread",
]
