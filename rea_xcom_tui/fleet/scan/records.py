"""What was read from files as compact bytes, for the cache and for passing between processes.

MessagePack by the models' own types instead of pickles: reading a record back can run nothing, whatever it holds, and
gives the models themselves or an error, never something half right. A class that gains, loses or reorders attributes
makes other records, so `fleet.scan.cache` keeps its readers' number in every key.

What is read back is a tree in which nothing is shared, which for a deployment takes 12 KB. Most of it is equal to
something else in it, or in every other deployment: put together, it takes a quarter of the memory and less time.
"""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec
from msgspec.structs import astuple, fields, force_setattr

from rea_xcom_tui.edits import Address
from rea_xcom_tui.fleet.model import Deployment, Item, Manifest, UnreadableFile
from rea_xcom_tui.xcom.model import UNSET, Configuration, FieldName, FieldReading, Finding
from rea_xcom_tui.xcom.rules.fleet_row import FleetRow

Record = bytes
"""What a file is: a deployment, an unreadable file, a manifest, or nothing for us (which is no bytes at all)."""

_ENCODER = msgspec.msgpack.Encoder()
_CONFIGURATION = msgspec.defstruct(
    "_Configuration",
    [(one.name, dict[FieldName, msgspec.Raw] if one.name == "fields" else one.type) for one in fields(Configuration)],
    array_like=True,
    gc=False,
)
_OWN: dict[str, Any] = {"config": _CONFIGURATION, "findings": msgspec.Raw}
_DEPLOYMENT = msgspec.defstruct(
    "_Deployment",
    [(one.name, _OWN.get(one.name, one.type)) for one in fields(Deployment)],
    tag="Deployment",
    array_like=True,
    gc=False,
)
"""A deployment whose fields and findings are still bytes, because most of them are equal to those of another."""
_DECODER: msgspec.msgpack.Decoder[Any] = msgspec.msgpack.Decoder(_DEPLOYMENT | UnreadableFile | Manifest)
_READING = msgspec.msgpack.Decoder(FieldReading)
_FINDINGS = msgspec.msgpack.Decoder(tuple[Finding, ...])

_HIGHEST = (1 << 63) - 1


def with_record(item: Item) -> tuple[Item, Record]:
    """What was read from a file, with a question mark for each half of a pair of surrogates, which no text can hold,
    and the next whole number of eight bytes for a larger one; and its record.

    JSON in a connection's text can name such a half by its number, and so it can come into a value. A threshold that is
    too large for a record is one that no value reaches, as the largest one is.
    """
    if item is None:
        return None, b""
    try:
        return item, _ENCODER.encode(item)
    except (UnicodeEncodeError, OverflowError):
        item = msgspec.convert(_replaced(msgspec.to_builtins(item)), type(item))
        return item, _ENCODER.encode(item)


def to_record(item: Item) -> Record:
    """The record of what was read from a file."""
    return with_record(item)[1]


def sound(item: Item) -> Item:
    """What was read, as its record has it."""
    return with_record(item)[0]


def _replaced(data: Any) -> Any:
    if isinstance(data, str):
        return data.encode("utf-8", "replace").decode()
    if isinstance(data, list | tuple):
        return [_replaced(part) for part in data]
    if type(data) is int:
        return max(-_HIGHEST - 1, min(data, _HIGHEST))
    return {_replaced(key): _replaced(value) for key, value in data.items()} if isinstance(data, dict) else data


def from_record(record: Record, *, dirty: bool = False) -> Item:
    """What was read from a file, from its record. Raises `ValueError` for a damaged record."""
    if not record:
        return None
    item = _DECODER.decode(record)
    return _deployment(item, dirty=dirty) if isinstance(item, _DEPLOYMENT) else item


_T = TypeVar("_T", str, Address)
_KNOWN: dict[Any, Any] = {}
"""Addresses and texts that many deployments have, each by itself."""
_MOST_KNOWN = 1 << 16
_PARTS: dict[bytes, Any] = {}
"""Readings and findings by their bytes: those that many deployments have are neither decoded nor kept twice."""
_MOST_PARTS = 1 << 12


def _one(value: _T) -> _T:
    """The one object that stands for all equal ones."""
    if len(_KNOWN) >= _MOST_KNOWN:
        _KNOWN.clear()
    known: _T = _KNOWN.setdefault(value, value)
    return known


def _deployment(item: Any, *, dirty: bool) -> Deployment:
    """The deployment of what was decoded, with one object in place of equal ones."""
    config = item.config
    readings = config.fields
    for name, packed in readings.items():
        data = bytes(packed)
        readings[name] = _PARTS.get(data) or _reading(data)
    data = bytes(item.findings)
    item.findings = _PARTS.get(data) or _findings(data)
    if config.namespace == item.namespace:
        config.namespace = item.namespace
    if config.prefix == item.name:
        config.prefix = item.name
    item.config = Configuration(*astuple(config))
    if item.file == item.id:
        item.file = item.id
    if item.layers == (item.id,):
        item.layers = (item.id,)
    if item.env is not None:
        item.env = _one(item.env)
    if dirty:
        item.dirty = True
    if item.row is not None:
        _share_row(item.row, item.id)
    return Deployment(*astuple(item))


def _share_row(row: FleetRow, id_: str) -> None:
    """The same in what rules over the fleet ask."""
    if row.id == id_:
        force_setattr(row, "id", id_)
    force_setattr(row, "env", _one(row.env))
    force_setattr(row, "account", _one(row.account))


def _kept(data: bytes, part: Any) -> Any:
    if len(_PARTS) >= _MOST_PARTS:
        _PARTS.clear()
    _PARTS[data] = part
    return part


def _findings(data: bytes) -> Any:
    findings = _FINDINGS.decode(data)
    if not findings:
        return ()
    for finding in findings:
        force_setattr(finding, "code", _one(finding.code))
        force_setattr(finding, "message", _one(finding.message))
    return _kept(data, findings)


def _reading(data: bytes) -> Any:
    """The reading of a field: its text is in each of its places, and the place that decides is one of them."""
    reading = _READING.decode(data)
    if reading.state == "unset" and reading == UNSET[reading.name]:
        return _kept(data, UNSET[reading.name])
    if reading.raw is not None and reading.raw == reading.value:
        force_setattr(reading, "raw", reading.value)
    for place in reading.places:
        force_setattr(place, "address", _one(place.address))
        force_setattr(place, "component", _one(place.component))
        if place.raw == reading.raw:
            force_setattr(place, "raw", reading.raw)
        if place.value is not None and place.value == reading.value:
            force_setattr(place, "value", reading.value)
        if place == reading.place:
            force_setattr(reading, "place", place)
    return _kept(data, reading)
