"""Drift from another state of the fleet: one of its deployments, another revision, or what is running."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rea_xcom_tui.text import plural, some
from rea_xcom_tui.xcom.compare import comparable, drift_value, effect, effect_or_state
from rea_xcom_tui.xcom.drift.model import Deviation, Notice, Outcome, Row, Target, target_of
from rea_xcom_tui.xcom.drift.patterns import Pattern, generalised, kind_of
from rea_xcom_tui.xcom.fields import TABLE
from rea_xcom_tui.xcom.model import FIELDS, Configuration, FieldName, FieldReading, Place, Value

_NAMED = 10
"""How many deployments are named in a notice; its `deployments` holds all."""


def deployment_deviations(rows: Sequence[Row], reference: Row) -> Outcome:
    """Compare every other row with one that is as all should be.

    Path, identity and connection are compared by pattern where they are not identical, and only within the reference's
    own cloud: those of another cloud cannot be alike.
    """
    deviations: list[Deviation] = []
    elsewhere: list[str] = []
    its = {field: effect(reference.config.fields[field]) for field in FIELDS}
    wanted = {field: _wanted(reference, field) for field in FIELDS}
    open_ = [field for field in FIELDS if not comparable(reference.config.fields[field])]
    for row in rows:
        if row.id == reference.id:
            continue
        if row.cloud != reference.cloud:
            elsewhere.append(row.id)
        for field in FIELDS:
            if field in open_ or (TABLE[field].names and row.cloud != reference.cloud):
                continue
            if effect(row.config.fields[field]) != its[field]:
                deviations += _from_pattern(row, field, wanted[field], f"{reference.id} has it")
    notices = [
        Notice("other", f"{field} of {reference.id} is not a value that others can be held to") for field in open_
    ]
    if elsewhere:
        text = f"path, identity and connection of {len(elsewhere)} outside {reference.cloud} are not compared"
        notices.append(Notice("other", text, tuple(elsewhere)))
    return Outcome(tuple(deviations), tuple(notices))


def _wanted(reference: Row, field: FieldName) -> Value | Pattern:
    value = effect(reference.config.fields[field])
    return generalised(value, reference.names) if isinstance(value, str) and TABLE[field].names else value


def _from_pattern(row: Row, field: FieldName, wanted: Value | Pattern, reason: str) -> list[Deviation]:
    reading = row.config.fields[field]
    if not comparable(reading):
        return []
    value = effect(reading)
    target: Target | None
    if isinstance(wanted, Pattern):
        if (wanted.matches(value, row.names) if isinstance(value, str) else False) is not False:
            return []
        text = wanted.concrete(row.names, {})
        target = None if text is None else target_of(reading, text)
        expected: Value = wanted.text
    else:
        if value == wanted:
            return []
        expected, target = wanted, target_of(reading, wanted)
    return [_deviation(row, field, expected, target, reason)]


def state_deviations(rows: Sequence[Row], states: Mapping[str, Configuration], where: str, missing: str) -> Outcome:
    """Compare every row with its own state elsewhere, field by field, letter by letter in meaning.

    `states` holds the other configuration by the row's id. `where` names the other state in a sentence
    (`HEAD~3`), `missing` says what it means that a row has none there. A value that a Secret supplies is
    compared by where it comes from.
    """
    deviations: list[Deviation] = []
    alone: list[str] = []
    for row in rows:
        if row.id not in states:
            alone.append(row.id)
            continue
        for field in FIELDS:
            mine, other = row.config.fields[field], states[row.id].fields[field]
            if effect_or_state(mine) == effect_or_state(other):
                continue
            target = target_of(mine, effect(other)) if comparable(other) else None
            deviations.append(_deviation(row, field, drift_value(other), target, f"{where} has it"))
    notices = (Notice("no row", f"{missing} {named(alone)}", tuple(alone)),) if alone else ()
    return Outcome(tuple(deviations), notices)


def named(ids: Sequence[str]) -> str:
    """Some deployments by their number, and those of them that fit one line."""
    return f"{plural(len(ids), 'deployment')}: {some(ids, _NAMED, str)}"


def _deviation(row: Row, field: FieldName, expected: Value, target: Target | None, reason: str) -> Deviation:
    reading = row.config.fields[field]
    value = drift_value(reading)
    kind = kind_of(field, value, row.names)
    return Deviation(row.id, field, "", expected, value, kind, target, TABLE[field].severity, reason)


def component_deviations(rows: Sequence[Row]) -> Outcome:
    """What differs within one deployment: places of one file that set the same field to different values.

    The place that decides counts as the deployment's own. What differs from it is a worker, the DAG processor or
    the triggerer with a value of its own, a second entry of the same list, a variable beside the key that means
    the same, or what a later duplicate of its key hides. Each deviation names both places.
    """
    found: list[Deviation] = []
    for row in rows:
        for field in FIELDS:
            reading = row.config.fields[field]
            if reading.state == "conflict" and not _is_of_path(reading, row.config.fields["path"]):
                found += _within(row, reading)
    return Outcome(tuple(found))


def _is_of_path(reading: FieldReading, path: FieldReading) -> bool:
    """Whether a connection is set in the places of the path and nowhere else, which are the path's own affair."""
    return reading.name == "connection" and set(reading.places) <= set(path.places)


def _within(row: Row, reading: FieldReading) -> list[Deviation]:
    """One deviation for each odd place."""
    decides = None if reading.place is None or reading.place.shadowed else reading.place
    raw = decides.raw if decides is not None else None
    odd = [place for place in reading.places if place != decides and place.raw != raw]
    return [
        Deviation(
            row.id,
            reading.name,
            "",
            raw,
            place.raw,
            place.raw,
            None,
            "error" if place.component != "all" else TABLE[reading.name].severity,
            _overridden(place, decides),
        )
        for place in odd
    ]


def _overridden(place: Place, decides: Place | None) -> str:
    """Both places of a contradiction, and which of them counts."""
    if place.shadowed or decides is None:
        by = f", and {_located(decides)} counts" if decides is not None else ", and nothing sets it in its place"
        return f"a later duplicate of its key hides {_located(place)}{by}"
    if place.component != decides.component:
        return f"{_located(place)} counts there, and {_located(decides)} for the rest"
    return f"{_located(decides)} counts, and {_located(place)} has no effect"


def _located(place: Place) -> str:
    """A place as people find it: ``worker default (line 24)``, ``commonEnv (line 13)``."""
    section = place.component
    if section == "all":
        section = next((str(step) for step in place.address if isinstance(step, str)), "the earlier one")
    return f"{section} (line {place.line})"
