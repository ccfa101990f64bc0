"""Deployments as plain lists, for the cache and for passing between processes.

Plain lists of text and numbers instead of pickles: reading a record back can run nothing, whatever it holds.
"""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from rea_xcom_tui.fleet.model import Deployment, Item, LayerInfo, Manifest, UnreadableFile
from rea_xcom_tui.xcom import model
from rea_xcom_tui.xcom.model import FIELDS, STATE_FIELDS, Configuration, FieldReading, Finding, Place
from rea_xcom_tui.xcom.rules.fleet import FleetRow

Record = list[Any] | None
"""What a file is: a deployment, an unreadable file, or nothing for us."""

_CHANGES: tuple[type[Any], ...] = (
    model.SetText,
    model.AddEnv,
    model.AddKey,
    model.RemoveNode,
    model.SetMember,
    model.RenameKey,
)


def to_record(item: Item) -> Record:
    """The record of what was read from a file."""
    if item is None:
        return None
    if isinstance(item, Manifest):
        return ["manifest"]
    if isinstance(item, UnreadableFile):
        return ["unreadable", item.file, item.message, item.line, item.column]
    head: list[Any] = [item.id, item.name, item.env, item.namespace, item.file, item.layout]
    head += [list(item.layers), item.digest]
    head += [item.cluster, [[getattr(layer, part.name) for part in fields(LayerInfo)] for layer in item.stack]]
    row = [getattr(item.row, part.name) for part in fields(FleetRow)] if item.row is not None else None
    findings = [_finding(finding) for finding in item.findings]
    return ["deployment", head, _configuration(item.config), findings, row, list(item.ignores)]


def from_record(record: Record, *, dirty: bool = False) -> Item:
    """What was read from a file, from its record. Raises an ordinary exception for a damaged record."""
    if record is None:
        return None
    if record[0] == "manifest":
        return Manifest()
    if record[0] == "unreadable":
        return UnreadableFile(*record[1:])
    id_, name, env, namespace, file, layout, layers, digest, cluster, stack = record[1]
    return Deployment(
        id=id_,
        name=name,
        env=env,
        namespace=namespace,
        file=file,
        config=_read_configuration(record[2]),
        layout=layout,
        layers=tuple(layers),
        findings=tuple(_read_finding(row) for row in record[3]),
        dirty=dirty,
        digest=digest,
        row=FleetRow(*record[4]) if record[4] is not None else None,
        ignores=tuple(record[5]),
        stack=tuple([LayerInfo(*layer) for layer in stack]),
        cluster=cluster,
    )


def _configuration(config: Configuration) -> list[Any]:
    names = (*FIELDS, *(name for name in STATE_FIELDS if name in config.fields))
    readings = [_reading(config.fields[name]) for name in names]
    rest = [getattr(config, item.name) for item in fields(Configuration)[1:]]
    return [readings, rest]


def _read_configuration(row: list[Any]) -> Configuration:
    readings: dict[model.FieldName, FieldReading] = {data[0]: _read_reading(data) for data in row[0]}
    rest: list[Any] = [tuple(value) if isinstance(value, list) else value for value in row[1]]
    return Configuration(readings, *rest)


def _reading(reading: FieldReading) -> list[Any]:
    places = [_place(place) for place in reading.places]
    decides = reading.places.index(reading.place) if reading.place in reading.places else None
    alone = _place(reading.place) if reading.place is not None and decides is None else None
    rest = [reading.reference, reading.type, reading.problem]
    return [reading.name, reading.value, reading.raw, reading.state, places, decides, alone, *rest]


def _read_reading(row: list[Any]) -> FieldReading:
    name, value, raw, state, rows, decides, alone, reference, kind, problem = row
    places = tuple(_read_place(data) for data in rows)
    place = places[decides] if decides is not None else _read_place(alone) if alone is not None else None
    return FieldReading(name, value, raw, state, place, places, reference, kind, problem)


def _place(place: Place) -> list[Any]:
    return [getattr(place, item.name) for item in fields(Place)]


def _read_place(row: list[Any]) -> Place:
    # Written out, because a start of ten thousand deployments reads sixty thousand of these.
    address, line, column, raw, value, component, kind, shadowed, pointer, layer = row
    return Place(_address(address), line, column, raw, value, component, kind, shadowed, tuple(pointer), layer)


def _address(steps: list[Any]) -> model.Address:
    return tuple([tuple(step) if type(step) is list else step for step in steps])


def _finding(finding: Finding) -> list[Any]:
    fix = [[_CHANGES.index(type(c)), *(getattr(c, item.name) for item in fields(c))] for c in finding.fix]
    rest = [finding.severity, finding.message, finding.line, finding.column, finding.field, finding.layer]
    return [finding.code, *rest, fix]


def _read_finding(row: list[Any]) -> Finding:
    code, severity, message, line, column, field, layer, fix = row
    changes = tuple(_read_change(change) for change in fix)
    return Finding(code, severity, message, line, column, field, changes, layer)


def _read_change(row: list[Any]) -> model.Change:
    kind = _CHANGES[row[0]]
    rest = [tuple(value) if isinstance(value, list) else value for value in row[2:]]
    change: model.Change = kind(_address(row[1]), *rest)
    return change
