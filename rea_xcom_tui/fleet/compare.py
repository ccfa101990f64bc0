"""How two fleets differ in meaning."""

from __future__ import annotations

from collections.abc import Iterator

from rea_xcom_tui.fleet.model import Fleet
from rea_xcom_tui.xcom.compare import FieldDelta, field_deltas


def differences(old: Fleet, new: Fleet) -> Iterator[FieldDelta]:
    """Every difference between two fleets, in the order of the deployments' ids.

    Only meaning counts: comments, quotes, order and everything that is no XCom setting make no difference.
    """
    torn_before, torn_after = ({file.file for file in fleet.unreadable} for fleet in (old, new))
    for id_ in sorted(old.by_id.keys() | new.by_id.keys()):
        before, after = old.by_id.get(id_), new.by_id.get(id_)
        if before is None:
            yield FieldDelta(id_, kind="readable" if id_ in torn_before else "added")
        elif after is None:
            yield FieldDelta(id_, kind="unreadable" if id_ in torn_after else "removed")
        else:
            yield from field_deltas(id_, before.config.fields, after.config.fields)
