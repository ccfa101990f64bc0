"""What a layer has to say so that a field has its new value, an override is gone, or a finding is fixed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rea_xcom_tui.edits import AddKey, Address, AppendItem, Remove, SetText
from rea_xcom_tui.errors import Refused
from rea_xcom_tui.fleet.edit.pending import Fix, LayerEdit, SetField
from rea_xcom_tui.layouts.model import Layer
from rea_xcom_tui.text import clean, some
from rea_xcom_tui.values.merged import Merged, plain, reached
from rea_xcom_tui.values.stack import Stack
from rea_xcom_tui.xcom.changes import changes_for
from rea_xcom_tui.xcom.fields import TABLE, holder
from rea_xcom_tui.xcom.model import Change, Configuration, FieldName, add_env
from rea_xcom_tui.xcom.names import COMMON_ENV
from rea_xcom_tui.xcom.paths import parse_path
from rea_xcom_tui.xcom.reading import read

_MOST_NAMED = 3


def in_list(config: Configuration, field: FieldName) -> bool:
    """Whether a field is in `commonEnv`, or would be if it were set: a class has a key of its own beside it."""
    if TABLE[field].key is not None:
        place = config.fields[field].place
        return place is not None and place.kind == "env"
    return TABLE[holder(field)].variable is not None


def field_changes(own: Merged, stack: Stack, edit: SetField, layer: Layer) -> tuple[Change, ...]:
    """The changes of a layer, which says `own`, that give a field its new value. Raises `Refused` where there is
    nothing to remove in it, or a connection has no path to be in."""
    config = read(own)
    field, new = edit.field, edit.new
    if holder(field) != field and config.fields["path"].state == "unset":
        path = read(stack.root).fields["path"].value
        if not isinstance(path, str):
            raise Refused("The connection is part of the path, and there is none; set the path first.")
        field, new = "path", parse_path(path).with_connection(None if new is None else str(new))
    if config.fields[field].state != "unset" or not in_list(read(stack.root), field):
        if new is None and config.fields[field].state == "unset":
            raise Refused(_not_there(edit, layer))
        return changes_for(config, field, new)
    if new is None:
        raise Refused(_not_there(edit, layer))
    force = stack.find((COMMON_ENV,))
    if own.get(COMMON_ENV) is not None or force is None:
        return changes_for(config, field, new)
    return _carried_over(force, TABLE[field].variable or "", str(new), layer)


def _not_there(edit: SetField, layer: Layer) -> str:
    where = clean(layer.source)
    return f"{where} does not set {edit.field}, so there is nothing to remove in it; name the layer that does"


def _carried_over(force: Merged, variable: str, text: str, layer: Layer) -> tuple[Change, ...]:
    """A list of its own for a layer that had none: it replaces the weaker ones whole, so their entries come along."""
    entries: dict[str, str] = {}
    for item in force.items:
        name, value = item.get("name"), item.get("value")
        if name is None or value is None or value.kind != "scalar" or len(item.members()) != 2:
            what = clean(name.text if name is not None else "an entry without a name", 80)
            raise Refused(
                f"a commonEnv in {clean(layer.source)} would replace the one in {clean(force.file)} whole, and "
                f"{what} cannot be carried over by itself; edit it by hand, or name the layer that has the list"
            )
        if not isinstance(value.value, str) and name.text != variable:
            raise Refused(
                f"the list in {clean(force.file)} would have to come along to {clean(layer.source)}, and the value of "
                f"{clean(name.text, 80)} in it is not a string; put it into quotes first (`check --fix` does that)"
            )
        entries[name.text] = value.text
    entries[variable] = text
    return tuple(add_env((COMMON_ENV,), name, value) for name, value in entries.items())


def without_override(own: Merged, field: FieldName, layer: Layer) -> tuple[Change, ...]:
    """The changes after which a layer, which says `own`, says nothing of a field: what weaker ones say is in force.
    Raises `Refused` where it says nothing of it already.

    A list goes whole, because what is left of it would still hide the weaker ones; `same_but_for` says whether that
    takes more than the field away.
    """
    config = read(own)
    name = holder(field)
    reading = config.fields[name]
    if not reading.places:
        raise Refused(f"{clean(layer.source)} does not set {field}, so there is no override in it to remove")
    if any(place.address[:1] == (COMMON_ENV,) for place in reading.places):
        return (Remove((COMMON_ENV,)),)
    return changes_for(config, name, None)


def refuse_more_than(field: FieldName, before: Stack, after: Stack, layer: Layer) -> None:
    """Refuse to take an override away whose list says more than the field that it is about."""
    variable = TABLE[holder(field)].variable
    old, new = (_entries(stack.find((COMMON_ENV,))) for stack in (before, after))
    astray = [name for name in {**old, **new} if name != variable and old.get(name) != new.get(name)]
    if not astray and [name for name in old if name != variable] != [name for name in new if name != variable]:
        raise Refused(
            f"the override of {field} can only be removed with the whole list in {clean(layer.source)}, and the weaker "
            "layers have the other entries in another order; set the value that they say instead, or edit it by hand"
        )
    if astray:
        named = some(astray, _MOST_NAMED, lambda name: clean(name or "an entry without a name", 60))
        raise Refused(
            f"the override of {field} can only be removed with the whole list in {clean(layer.source)}, which would "
            f"change {named} too; set the value that the weaker layers say instead, or edit it by hand"
        )


def _entries(listed: Merged | None) -> dict[str, list[object]]:
    """The entries of a list by their names."""
    out: dict[str, list[object]] = {}
    for item in listed.items if listed is not None and listed.kind == "sequence" else ():
        name = item.get("name") if item.kind == "mapping" else None
        out.setdefault(name.text if name is not None else "", []).append(plain(item))
    return out


@dataclass(frozen=True, slots=True)
class LayerOf:
    """Where the changes of a fix belong: the layer of what they are about, given by its number."""

    stack: Stack
    finding: int
    """The layer that the finding is in, which takes what is nowhere yet."""

    def __call__(self, change: Change) -> int:
        """The number of the layer that a change belongs to. Raises `Refused` where no single layer takes it."""
        if isinstance(change, AddKey) and not any(isinstance(step, int | tuple) for step in change.address):
            return self.finding
        node = self.stack.find(change.address)
        if node is None:
            if isinstance(change, AppendItem):
                return self.finding
            raise Refused("what the fix is about is no longer there; rescan and fix it again")
        if isinstance(change, AppendItem | AddKey) and node.is_combined:
            raise Refused("several layers have a part in the list that the fix adds to; edit it by hand")
        return node.layer


def fix_changes(own: Merged, stack: Stack, edit: Fix, layers: Sequence[Layer], number: int) -> tuple[Change, ...]:
    """The changes of a layer, which says `own`, that fix a finding. Raises `Refused` where another is part of it."""
    layer_of = LayerOf(stack, number)
    for change in edit.finding.fix:
        at = layer_of(change)
        if at != number:
            raise Refused(
                f"the fix of {edit.finding.code} concerns {clean(layers[at].source)} as well as "
                f"{clean(layers[number].source)}; edit them by hand"
            )
        if not isinstance(change, AppendItem | AddKey):
            _refuse_elsewhere(own, stack, change.address, edit)
    return edit.finding.fix


def _refuse_elsewhere(own: Merged, stack: Stack, address: Address, edit: Fix) -> None:
    """Refuse where an address means something else within the layer than in the values in force."""
    force, mine = stack.find(address), reached(own, address)
    if force is None or mine is None or (force.line, force.column) != (mine.line, mine.column):
        raise Refused(f"what the fix of {edit.finding.code} is about is elsewhere in its layer; edit it by hand")


def option_text(edit: LayerEdit, layer: Layer, number: int, config: Configuration) -> str:
    """The text that an option of a tool, the layer of this number, has to hold; `config` is what is in force.

    Raises `Refused` where it sets something else, or where a text alone is not what is asked for.
    """
    where = f"the option {clean(layer.path)} in {clean(layer.source)}"
    if isinstance(edit, Fix):
        texts = [change.text for change in edit.finding.fix if isinstance(change, SetText)]
        text = texts[0] if len(texts) == len(edit.finding.fix) == 1 else None
    else:
        if all(place.layer != number for place in config.fields[holder(edit.field)].places):
            raise Refused(f"{where} sets something else than {edit.field}; name another layer")
        text = None if edit.new is None or edit.inherits else str(edit.new)
    if text is None or not layer.pointer:
        raise Refused(f"{edit.field} is set by {where}; edit it by hand")
    return text
