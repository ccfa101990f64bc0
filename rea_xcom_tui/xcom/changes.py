"""From a wanted value to the changes of a values file that bring it about."""

from __future__ import annotations

from collections.abc import Iterable

from rea_xcom_tui.edits import AddKey, Address, Remove, SetMember, SetText
from rea_xcom_tui.errors import Refused
from rea_xcom_tui.xcom.fields import TABLE
from rea_xcom_tui.xcom.identities import identity_cloud, identity_key
from rea_xcom_tui.xcom.model import Change, Cloud, Configuration, FieldName, FieldReading, Place, add_env, add_key
from rea_xcom_tui.xcom.names import ANNOTATIONS, AZURE_LABEL, COMMON_ENV
from rea_xcom_tui.xcom.paths import parse_path
from rea_xcom_tui.xcom.sealed import sealed_tool
from rea_xcom_tui.xcom.secrets import MASK

__all__ = ["CannotChange", "changes_for"]


class CannotChange(Refused):
    """The field cannot be changed by an edit of this file; the text says why and what to do."""


def changes_for(config: Configuration, field: FieldName, value: str | int | None) -> tuple[Change, ...]:
    """The changes that give a field a new value (None: unset it), none where it has that value already.

    The value must have passed its model. Every place that sets the field is changed alike, so that no two
    disagree afterwards; where nothing sets it, an entry is added to `commonEnv` (or the chart's own key).
    Raises `CannotChange` where a Secret supplies the value, where places disagree so that it is not clear which
    one is meant, and where the section to be changed has a shape the chart cannot take. The shape of another section is
    in nobody's way.
    """
    changes = _wanted(config, field, value)
    for change in changes:
        section = change.address[0] if change.address else change.key if isinstance(change, AddKey) else None
        if section in config.broken:
            raise CannotChange(f"{config.shape_problem} Fix the shape of `{section}` first.")
    return changes


def _wanted(config: Configuration, field: FieldName, value: str | int | None) -> tuple[Change, ...]:
    reading = config.fields[field]
    _refuse_foreign(reading)
    if reading.state in ("set", "unset") and reading.value == value:
        return ()
    if field == "identity":
        return _identity_changes(config, reading, None if value is None else str(value))
    if reading.state == "conflict":
        raise CannotChange(_ambiguous(reading))
    if TABLE[field].part_of is not None:
        return _connection_changes(config, None if value is None else str(value))
    if value is None:
        return tuple(Remove(_entry(place)) for place in _reachable(reading.places))
    return _settings(field, reading, str(value))


def _refuse_foreign(reading: FieldReading) -> None:
    tool = sealed_tool(reading.reference)
    if tool is not None:
        raise CannotChange(f"{reading.name} is encrypted by {tool}, so it cannot be read here; change it with {tool}.")
    if reading.reference is not None and reading.name != "connection":
        where = f" (line {reading.place.line})" if reading.place else ""
        in_cluster = reading.place is None or reading.place.kind == "reference"
        raise CannotChange(
            f"{reading.name} comes from {reading.reference}{where}, so it is not in this file; change it there, "
            f"or replace the {'valueFrom' if in_cluster else 'text'} with a value by hand."
        )
    if reading.state == "reference":
        raise CannotChange(
            f"{reading.name} is part of the path, which comes from {reading.reference}; change it there."
        )


def _ambiguous(reading: FieldReading) -> str:
    if reading.places and all(place.shadowed for place in reading.places):
        line = reading.places[-1].line
        return (
            f"{reading.name} is set on line {line}, in a block that a later one with the same key replaces whole; "
            "join the two blocks, then edit it."
        )
    numbers = [str(line) for line in sorted({place.line for place in reading.places})]
    where = f"lines {', '.join(numbers[:-1])} and {numbers[-1]}" if len(numbers) > 1 else f"line {numbers[0]}"
    return (
        f"{reading.name} is set in several places that disagree ({where}), so it is not clear which one is meant; "
        f"leave one of them, then edit it. {reading.problem or ''}".rstrip()
    )


def _reachable(places: Iterable[Place]) -> list[Place]:
    """The places an address reaches, last ones first: so that removing one moves none that is still to come."""
    found = [place for place in places if place.address]
    return sorted(found, key=lambda place: (place.line, place.column), reverse=True)


def _settings(field: FieldName, reading: FieldReading, text: str) -> tuple[Change, ...]:
    places = _reachable(reading.places)
    setting = TABLE[field]
    if setting.key is not None and reading.state == "unset":
        # An empty variable beside an empty key says nothing; the chart's own key is where the class belongs.
        keys = [place for place in places if place.kind == "key"]
        places = keys or places
    if not places:
        if reading.places:
            raise CannotChange(_ambiguous(reading))
        if setting.key is not None:
            return (add_key((), setting.key, text),)
        return (add_env((COMMON_ENV,), setting.variable or "", text),)
    return tuple(_set(place, text) for place in places)


def _set(place: Place, text: str) -> Change:
    if place.kind == "env" and place.address[-1] != "value":
        return add_key(place.address, "value", text)
    return SetText(place.address, text)


def _entry(place: Place) -> Address:
    """What goes when a place is unset: the whole env entry, or the key."""
    is_entry_value = place.kind == "env" and place.address[-1] == "value"
    return place.address[:-1] if is_entry_value else place.address


def _connection_changes(config: Configuration, conn_id: str | None) -> tuple[Change, ...]:
    path = config.fields["path"]
    _refuse_foreign(path)
    if path.state == "conflict":
        raise CannotChange(f"The connection is part of the path. {_ambiguous(path)}")
    parsed = parse_path(path.value) if isinstance(path.value, str) else None
    if parsed is None or parsed.scheme is None:
        raise CannotChange("The connection is part of the path, and there is none with a scheme; set the path first.")
    if parsed.lost_host:
        raise CannotChange(
            "Airflow misreads this path, which names the account's host: what looks like the container is taken "
            "as the connection; set the path as abfs://CONNECTION@container/prefix."
        )
    text = parsed.with_connection(conn_id)
    if MASK in text:
        raise CannotChange(
            "The connection is part of the path, which holds a secret that is hidden here; "
            "set the whole path, without it."
        )
    return _settings("path", path, text)


def _identity_changes(config: Configuration, reading: FieldReading, text: str | None) -> tuple[Change, ...]:
    cloud = _cloud_of_identity(config, reading, text)
    places = _of_cloud(reading, cloud)
    notes = [place for place in places if place.kind == "annotation"]
    inside = [place for place in places if place.kind == "json"]
    disagree = len({identity_key(place.raw) for place in notes}) > 1 or any(not place.address for place in notes)
    if reading.state == "conflict" and disagree:
        raise CannotChange(_ambiguous(reading))
    if any(not place.pointer for place in inside):
        raise CannotChange(
            f"The client id is also in a connection at line {inside[0].line} that is not JSON, where it cannot "
            "be changed alone; write the connection as JSON, or edit both by hand."
        )
    if text is None:
        members: list[Change] = [SetMember(place.address, place.pointer, None) for place in _reachable(inside)]
        return (*members, *(Remove(place.address) for place in _reachable(notes)))
    changes: list[Change] = [SetText(place.address, text) for place in _reachable(notes) if place.raw != text]
    changes += [SetMember(place.address, place.pointer, text) for place in _reachable(inside) if place.raw != text]
    if not notes:
        changes.append(add_key(("annotations",), ANNOTATIONS[cloud], text))
        changes += _label_changes(config) if cloud == "azure" else ()
    return tuple(changes)


def _label_changes(config: Configuration) -> tuple[Change, ...]:
    """The pod label without which Azure's webhook does nothing, where it is missing or says something else."""
    if config.azure_label == "true":
        return ()
    if config.azure_label is None:
        return (add_key(("labels",), AZURE_LABEL, "true"),)
    return (SetText(("labels", AZURE_LABEL), "true"),)


def _cloud_of_identity(config: Configuration, reading: FieldReading, text: str | None) -> Cloud:
    """The cloud whose annotation is meant: that of a new value's form, else of the reading, else of the path."""
    shown = reading.value if isinstance(reading.value, str) else None
    cloud = (identity_cloud(text) if text else None) or _cloud_of_place(reading.place)
    cloud = cloud or (identity_cloud(shown) if shown else None) or config.cloud
    if cloud not in ANNOTATIONS:
        raise CannotChange("It is not clear which cloud's identity is meant; set the path first.")
    return cloud


def _cloud_of_place(place: Place | None) -> Cloud | None:
    if place is None:
        return None
    if place.kind == "json":
        return "azure"
    return next((cloud for cloud, key in ANNOTATIONS.items() if place.address[-1:] == (key,)), None)


def _of_cloud(reading: FieldReading, cloud: Cloud) -> list[Place]:
    """The places of this cloud that the field's value comes from, with those that disagree when it is in conflict.

    What a more specific annotation overrides, and another identity of the dag processor or the sentinel, is
    none of XCom's business and stays.
    """
    shown = identity_key(reading.value)
    found = []
    for place in reading.places:
        if _cloud_of_place(place) not in (cloud, None):
            continue
        bystander = place.component in ("dagProcessor", "sentinel") and place is not reading.place
        counts = reading.state == "conflict" and not bystander
        if counts or place.value in (None, "") or identity_key(place.value) == shown:
            found.append(place)
    return found
