"""Renaming a mapping key, or the `name` of a list item."""

from __future__ import annotations

from rea_xcom_tui.edits import Address, RenameKey, SetText
from rea_xcom_tui.values.content import habits_of
from rea_xcom_tui.values.errors import RefusedEdit
from rea_xcom_tui.values.locating import Spot, describe, locate, refuse_merge_key, refuse_shared, refuse_twin
from rea_xcom_tui.values.positions import content_start, odd_shape
from rea_xcom_tui.values.quoting import write_scalar
from rea_xcom_tui.values.reading import ValuesFile
from rea_xcom_tui.values.scalars import plan_set
from rea_xcom_tui.values.splice import STRING, Expected, Splice, event_range


def plan_rename(file: ValuesFile, edit: RenameKey) -> Splice | None:
    """The splice for `RenameKey`, or None when the key has that name already. Raises `RefusedEdit`."""
    spot = locate(file, edit.address)
    key, parent = spot.key, spot.parent
    if parent is None:
        raise RefusedEdit("wrong-kind", "The top level has no name that could be changed.", 1, 1)
    refuse_merge_key(edit.name, spot.node)
    if key is None:
        _refuse_namesake(file, (*edit.address[:-1], ("name", edit.name)), spot)
        return plan_set(file, SetText((*edit.address, "name"), edit.name))
    if key.text == edit.name and isinstance(key.value, str):
        return None
    if key.name != edit.name:
        _refuse_namesake(file, (*edit.address[:-1], edit.name), spot)
    if key.text != edit.name:
        refuse_twin(parent, edit.name)
    if key.is_alias or key.style in ("|", ">") or key.text == "":
        raise odd_shape(key.line, "its key is an alias, a block text or empty")
    refuse_shared(file, Spot(edit.address, key, None, spot.parents))
    start = content_start(file, key)
    written = write_scalar(edit.name, key.style, in_flow=spot.in_flow, spare=habits_of(file).quote)
    first, last = event_range(file, key)
    return Splice(start, key.end, written, first, last, (Expected(STRING, edit.name, key.tag, key.anchor),))


def _refuse_namesake(file: ValuesFile, address: Address, spot: Spot) -> None:
    other = file.find(address)
    if other is not None and other.raw is not spot.node.raw:
        raise RefusedEdit(
            "exists",
            f"{describe(address)} is there already, at line {other.line}; there would be two of them.",
            other.line,
            other.column,
        )
