"""What was read from files as compact bytes, for the cache and for passing between processes.

MessagePack by the models' own types instead of pickles: reading a record back can run nothing, whatever it holds, and
gives the models themselves or an error, never something half right. A class that gains, loses or reorders attributes
makes other records, so `fleet.scan.cache` keeps its readers' number in every key.
"""

from __future__ import annotations

from typing import Any

import msgspec

from rea_xcom_tui.fleet.model import Deployment, Item, Manifest, UnreadableFile

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
    if dirty and isinstance(item, Deployment):
        return msgspec.structs.replace(item, dirty=True)
    return item
