"""What each layer of a deployment says of each field, and what becomes of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rea_xcom_tui.edits import Address
from rea_xcom_tui.fleet.model import Deployment, Fleet, LayerInfo
from rea_xcom_tui.layouts.effective import effective
from rea_xcom_tui.values.stack import Effect, Stack
from rea_xcom_tui.xcom.fields import TABLE
from rea_xcom_tui.xcom.masking import hide_in_path
from rea_xcom_tui.xcom.model import FIELDS, FieldName


@dataclass(frozen=True, slots=True)
class LayerSays:
    """What one layer says of one field."""

    field: FieldName
    text: str
    """As it stands, without secrets."""
    line: int
    effect: Effect


@dataclass(frozen=True, slots=True)
class LayerView:
    """One layer of a deployment with what it says."""

    info: LayerInfo
    says: tuple[LayerSays, ...]
    shared: int
    """How many other deployments have a part of its file among their layers."""


def stack_of(fleet: Fleet, deployment: Deployment) -> tuple[LayerView, ...]:
    """The layers of a deployment, weakest first; of a plain file, nothing."""
    entry = fleet.layouts.by_id.get(deployment.id) if fleet.layouts is not None else None
    if entry is None or fleet.layouts is None:
        return ()
    stack = effective(entry, fleet.layouts.tree, fleet.layouts.engine).stack
    says: dict[int, list[LayerSays]] = {}
    for field in FIELDS:
        for number, said in _said(stack, deployment, field):
            says.setdefault(number, []).append(said)
    others = [other for other in fleet.deployments if other.id != deployment.id]
    return tuple(
        LayerView(
            info, tuple(says.get(number, ())), sum(info.file in other.files for other in others) if info.file else 0
        )
        for number, info in enumerate(deployment.stack)
    )


def _said(stack: Stack, deployment: Deployment, field: FieldName) -> Iterator[tuple[int, LayerSays]]:
    address = _address(deployment, field)
    for said in stack.said(address) if address is not None else ():
        if said.node.kind == "scalar":
            text = hide_in_path(said.node.text)
            yield said.part.layer, LayerSays(field, text, said.node.line, said.effect)


def _address(deployment: Deployment, field: FieldName) -> Address | None:
    """Where a field is in the values; None where it is a part of another, or nowhere."""
    place = deployment.field(field).place
    if TABLE[field].part_of is not None:
        return None
    return place.address if place is not None and place.address else TABLE[field].address
