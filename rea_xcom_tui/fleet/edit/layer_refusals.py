"""Why edits of layers cannot be made: what they would make of the deployments that share a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rea_xcom_tui.fleet.compare import Value, current_value, meaning
from rea_xcom_tui.fleet.edit.pending import SetField
from rea_xcom_tui.fleet.model import Deployment
from rea_xcom_tui.text import clean, plural
from rea_xcom_tui.xcom.model import FIELDS, FieldName

_MOST_NAMED = 5
LINKED: Mapping[str, frozenset[str]] = {
    "path": frozenset(("path", "connection")),
    "connection": frozenset(("path", "connection")),
}
"""Fields that one edit may change together: the connection's id is a part of the path."""


def why_not_made(edit: SetField, old: Deployment | None, new: Deployment | None) -> str | None:
    """Why the field would not be as asked, or None."""
    if old is None or new is None:
        return f"{clean(edit.deployment)} would no longer be a deployment after the edit; edit it by hand"
    if (now := current_value(old.field(edit.field))) != edit.old:
        return (
            f"{edit.field} of {clean(edit.deployment)} has changed underneath: it was {_said(edit.old)} when it was "
            f"read and is {_said(now)} now; look at it again, then repeat the edit"
        )
    got = new.field(edit.field)
    if got.value == edit.new and got.state in ("set", "unset", "reference"):
        return None
    place = got.place
    said = f"{_said(current_value(got))} in {clean(new.file_at(place.layer))}:{place.line} is stronger" if place else ""
    return (
        f"{edit.field} of {clean(edit.deployment)} would not become {_said(edit.new)} by an edit of "
        f"{clean(edit.layer)}: {said or 'a list or a null in a stronger layer hides it'}; name that layer"
    )


def changed_fields(old: Deployment | None, new: Deployment | None) -> list[FieldName]:
    """The fields that mean something else than before."""
    if old is None or new is None:
        return list(FIELDS) if old is not new else []
    return [name for name in FIELDS if meaning(old.field(name)) != meaning(new.field(name))]


def why_astray(edit: SetField, field: FieldName, deployment: Deployment, new: Deployment | None) -> str | None:
    """Why a deployment that shares the layer must not change as it would, or None where it gets what was asked for.

    A parameter that counts the entries of a list, for one, sets another entry after one was added.
    """
    linked = field in LINKED.get(edit.field, {edit.field})
    if new is not None and linked and new.field(edit.field).value == edit.new:
        return None
    now = _said(current_value(new.field(field))) if new is not None else "no deployment any more"
    return (
        f"an edit of {clean(edit.layer)} would make {field} of {clean(deployment.id)} {now}, which nobody asked for; "
        "name a layer of its own"
    )


def causes(edits: Sequence[SetField], field: str, deployment: Deployment) -> list[SetField]:
    """The edits that change a field of a deployment: those of that field in its files, else any in its files."""
    inside = [edit for edit in edits if edit.file in deployment.files]
    same = [edit for edit in inside if field in LINKED.get(edit.field, {edit.field})]
    return same or inside


def why_shared(edit: SetField, names: Sequence[str]) -> str:
    """Why an edit of a layer that nobody named is refused: the deployments of these names would change too."""
    shown = ", ".join(clean(name, 60) for name in dict.fromkeys(names[:_MOST_NAMED]))
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    return (
        f"{clean(edit.layer)} is shared: {plural(len(names), 'other deployment')} would change too ({shown}{more}); "
        f"select them as well, name the layer to change all of them (--layer {clean(edit.layer)}), or name one of "
        "its own"
    )


def _said(value: Value) -> str:
    return "unset" if value is None else clean(value, 80)
