"""What was read from files as compact bytes, for the cache and for passing between processes.

MessagePack by the models' own types instead of pickles: reading a record back can run nothing, whatever it holds, and
gives the models themselves or an error, never something half right. A class that gains, loses or reorders attributes
makes other records, so `fleet.scan.cache` keeps its readers' number in every key.

What is read back is a tree in which nothing is shared, which for a deployment takes 12 KB. Most of it is equal to
something else in it, or in every other deployment: put together, it takes a third of the memory and no more time.
"""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec
from msgspec.structs import force_setattr

from rea_xcom_tui.edits import Address
from rea_xcom_tui.fleet.model import Deployment, Item, Manifest, UnreadableFile
from rea_xcom_tui.xcom.model import UNSET, FieldReading

Record = bytes
"""What a file is: a deployment, an unreadable file, a manifest, or nothing for us (which is no bytes at all)."""

_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(Deployment | UnreadableFile | Manifest)


def to_record(item: Item) -> Record:
    """The record of what was read from a file."""
    try:
        return b"" if item is None else _ENCODER.encode(item)
    except UnicodeEncodeError:
        return _ENCODER.encode(sound(item))


def sound(item: Item) -> Item:
    """What was read, with a question mark for each half of a pair of surrogates, which no text can hold.

    JSON in a connection's text can name such a half by its number, and so it can come into a value.
    """
    try:
        _ENCODER.encode(item)
    except UnicodeEncodeError:
        return msgspec.convert(_replaced(msgspec.to_builtins(item)), type(item))
    return item


def _replaced(data: Any) -> Any:
    if isinstance(data, str):
        return data.encode("utf-8", "replace").decode()
    if isinstance(data, list | tuple):
        return [_replaced(part) for part in data]
    return {_replaced(key): _replaced(value) for key, value in data.items()} if isinstance(data, dict) else data


def from_record(record: Record, *, dirty: bool = False) -> Item:
    """What was read from a file, from its record. Raises `ValueError` for a damaged record."""
    if not record:
        return None
    item: Deployment | UnreadableFile | Manifest = _DECODER.decode(record)
    if isinstance(item, Deployment):
        _share(item)
    if dirty and isinstance(item, Deployment):
        return msgspec.structs.replace(item, dirty=True)
    return item


_T = TypeVar("_T", str, Address)
_KNOWN: dict[Any, Any] = {}
"""Addresses and texts that many deployments have, each by itself."""
_MOST_KNOWN = 1 << 16


def _one(value: _T) -> _T:
    """The one object that stands for all equal ones."""
    if len(_KNOWN) >= _MOST_KNOWN:
        _KNOWN.clear()
    known: _T = _KNOWN.setdefault(value, value)
    return known


def _share(item: Deployment) -> None:
    """Put one object in place of equal ones in a deployment that has just been made, and that nobody else has yet."""
    fields: Any = item.config.fields
    for name, reading in fields.items():
        if reading.state == "unset" and reading == UNSET[name]:
            fields[name] = UNSET[name]
        else:
            _share_reading(reading)
    if item.file == item.id:
        force_setattr(item, "file", item.id)
    if item.layers == (item.id,):
        force_setattr(item, "layers", (item.id,))
    if item.row is not None and item.row.id == item.id:
        force_setattr(item.row, "id", item.id)
    for finding in item.findings:
        force_setattr(finding, "code", _one(finding.code))
        force_setattr(finding, "message", _one(finding.message))


def _share_reading(reading: FieldReading) -> None:
    """The same in one field: its text is in each of its places, and the place that decides is one of them."""
    if reading.raw is not None and reading.raw == reading.value:
        force_setattr(reading, "raw", reading.value)
    for place in reading.places:
        force_setattr(place, "address", _one(place.address))
        if place.raw == reading.raw:
            force_setattr(place, "raw", reading.raw)
        if place.value is not None and place.value == reading.value:
            force_setattr(place, "value", reading.value)
        if place == reading.place:
            force_setattr(reading, "place", place)
