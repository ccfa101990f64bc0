"""Why edits of layers cannot be made: what they would make of the deployments that share a file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from rea_xcom_tui.fleet.apart import called
from rea_xcom_tui.fleet.edit.pending import Fix, LayerEdit, SetField
from rea_xcom_tui.fleet.edit.plan import Refusal
from rea_xcom_tui.fleet.model import Deployment
from rea_xcom_tui.text import clean, plural, some
from rea_xcom_tui.values.merged import Merged, plain
from rea_xcom_tui.xcom.compare import current_value, same_meaning
from rea_xcom_tui.xcom.fields import linked
from rea_xcom_tui.xcom.model import FIELDS, STATE_FIELDS, FieldName, Value
from rea_xcom_tui.xcom.names import BACKEND_KEY, COMMON_ENV, STATE_BACKEND_KEY

_MOST_NAMED = 5
_ALL = (*FIELDS, *STATE_FIELDS)
_LISTS = frozenset((COMMON_ENV, BACKEND_KEY, STATE_BACKEND_KEY))
"""The keys that will hold fields which have no place yet."""


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


def why_not_fixed(edit: Fix, mine: Sequence[LayerEdit], old: Deployment | None, new: Deployment | None) -> str | None:
    """Why a finding would still be there, or None; `mine` are all edits of its deployment."""
    if old is None or new is None:
        return f"{clean(edit.deployment)} would no longer be a deployment after the fix; edit it by hand"
    code = edit.finding.code
    fixes = {one.finding.fix for one in mine if isinstance(one, Fix) and one.finding.code == code}
    before, after = (sum(one.code == code for one in row.findings) for row in (old, new))
    if after + len(fixes) > before:
        return f"the fix of {code} in {clean(edit.layer)} would not remove the finding; edit it by hand"
    return None


def changed_fields(old: Deployment | None, new: Deployment | None) -> list[FieldName]:
    """The fields that mean something else than before, the state store's among them."""
    if old is None or new is None:
        return list(FIELDS) if old is not new else []
    return [name for name in _ALL if not same_meaning(old.field(name), new.field(name))]


def changed_key(was: Merged, now: Merged, rows: Iterable[Deployment | None]) -> str | None:
    """A top-level key that says something else than before though no field is in it, or None; `rows` are the deployment
    before and after."""
    places = [place for row in rows if row is not None for name in _ALL for place in row.field(name).places]
    about = _LISTS | {place.address[0] for place in places if place.address}
    before, after = was.members(), now.members()
    for name in dict.fromkeys((*before, *after)):
        if name in about:
            continue
        one, other = before.get(name), after.get(name)
        if one is None or other is None or plain(one[1]) != plain(other[1]):
            return name
    return None


def why_beside(edit: LayerEdit, key: str, deployment: Deployment) -> str:
    """Why an edit is refused that would change a key which nobody has asked for."""
    return (
        f"an edit of {clean(edit.layer)} would also change {clean(key, 80)} of {clean(deployment.id)}, since kustomize "
        "would then read another layer differently; put what it reads differently into quotes first, or edit by hand"
    )


def concerns(edit: LayerEdit, field: FieldName) -> bool:
    """Whether an edit of a deployment may change this field of it."""
    return isinstance(edit, Fix) or field in linked(edit.field)


def why_astray(edit: LayerEdit, field: FieldName, deployment: Deployment, new: Deployment | None) -> str | None:
    """Why a deployment that shares the layer must not change as it would, or None where it gets what was asked for.

    A parameter that counts the entries of a list, for one, sets another entry after one was added.
    """
    if new is not None and isinstance(edit, Fix):
        return None
    if new is not None and isinstance(edit, SetField) and _is_meant(edit, field, new):
        return None
    now = _said(current_value(new.field(field))) if new is not None else "no deployment any more"
    return (
        f"an edit of {clean(edit.layer)} would make {field} of {clean(deployment.id)} {now}, which nobody asked for; "
        "name a layer of its own"
    )


def _is_meant(edit: SetField, field: FieldName, new: Deployment) -> bool:
    """Whether a deployment that shares the layer gets what the edit is about."""
    return concerns(edit, field) and (edit.inherits or new.field(edit.field).value == edit.new)


def culprits(edits: Sequence[LayerEdit], field: FieldName, deployment: Deployment) -> list[LayerEdit]:
    """The edits that change a field of a deployment: those of that field in its files, else any in its files."""
    inside = [edit for edit in edits if edit.file in deployment.files]
    same: list[LayerEdit] = [edit for edit in inside if isinstance(edit, SetField) and concerns(edit, field)]
    fixes: list[LayerEdit] = [edit for edit in inside if isinstance(edit, Fix)]
    return same or fixes or inside


def cured(
    edits: Sequence[LayerEdit],
    mine: Sequence[LayerEdit],
    deployment: Deployment,
    old: Deployment | None,
    new: Deployment | None,
) -> list[Fix]:
    """The fixes that nobody asked for in a deployment and that it gets all the same, since it shares their layer;
    `mine` are those that were asked for."""
    if old is None or new is None:
        return []
    known = {edit.finding.fix for edit in mine if isinstance(edit, Fix)}
    had, has = ({finding.fix for finding in row.findings if finding.fix} for row in (old, new))
    return [
        edit
        for edit in edits
        if isinstance(edit, Fix) and edit.file in deployment.files and edit.finding.fix in had - has - known
    ]


def why_shared(
    edit: LayerEdit, reached: Sequence[Deployment], name_of: Callable[[str], str] | None = None, *, has_own: bool = True
) -> Refusal:
    """Why an edit of a layer that nobody named is refused: these deployments would change too. `has_own` is whether a
    layer that no other deployment has could take it."""
    own = called(reached)
    names = [name_of(id_) if name_of is not None else name for id_, name in own.items()]
    shown = some(names, _MOST_NAMED, lambda name: clean(name, 80))
    others = f"{plural(len(names), 'other deployment')} would change too ({shown})"
    way_out = "select them as well, so that all of them are fixed"
    if isinstance(edit, SetField):
        named = f"name the layer to change all of them (--layer {clean(edit.layer)})"
        way_out = f"select them as well, or {named}"
        if has_own:
            way_out = f"select them as well, {named}, or let each have a layer of its own (--layer own)"
    reason = f"{clean(edit.layer)} is shared: {others}; {way_out}"
    return Refusal(edit.deployment, edit.field, reason, tuple(names))


def _said(value: Value) -> str:
    return "unset" if value is None else clean(value, 80)
