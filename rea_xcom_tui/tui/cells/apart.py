"""Telling rows of one name apart: in as few words as it takes, beside the name."""

from __future__ import annotations

from collections.abc import Iterable

from rea_xcom_tui.fleet.apart import apart, name_and_env
from rea_xcom_tui.tui.cells.rows import Row
from rea_xcom_tui.tui.kit.fit import harmless


def tell_apart(rows: Iterable[Row]) -> None:
    """Give each row whose name and environment another row has as well the words that tell it from that one."""
    known = list(rows)
    words = apart((row.deployment for row in known if row.deployment is not None), name_and_env)
    for row in known:
        told = words.get(row.id)
        row.apart = harmless(told) if told else ""
        if told:
            row.changed()
