"""How two fleets differ in meaning: deployment, field, old value, new value."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from rea_xcom_tui.fleet.comparing import meaning, said
from rea_xcom_tui.fleet.model import Deployment, Fleet
from rea_xcom_tui.xcom.model import FIELDS


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One difference: a field that changed, or a deployment that came or went."""

    deployment: str
    kind: Literal["changed", "added", "removed"]
    field: str = ""
    old: str | int | None = None
    new: str | int | None = None
    old_state: str = "unset"
    new_state: str = "unset"


def differences(old: Fleet, new: Fleet) -> Iterator[FieldChange]:
    """Every difference between two fleets, in the order of the deployments' ids.

    Only meaning counts: comments, quotes, order and everything that is no XCom setting make no difference.
    """
    for id_ in sorted(old.by_id.keys() | new.by_id.keys()):
        before, after = old.by_id.get(id_), new.by_id.get(id_)
        if before is None:
            yield FieldChange(id_, "added")
        elif after is None:
            yield FieldChange(id_, "removed")
        else:
            yield from _field_changes(before, after)


def _field_changes(before: Deployment, after: Deployment) -> Iterator[FieldChange]:
    for name in FIELDS:
        old, new = before.field(name), after.field(name)
        if meaning(old) != meaning(new):
            yield FieldChange(before.id, "changed", name, said(old), said(new), old.state, new.state)
