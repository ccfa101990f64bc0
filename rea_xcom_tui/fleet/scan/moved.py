"""What was said of one file, said of another one that has all that is compared of the two in other places."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import msgspec
from msgspec.structs import replace

from rea_xcom_tui.xcom.model import FieldName, FieldReading, Place
from rea_xcom_tui.xcom.rules.alike import Judged

_NUMBER = re.compile("[0-9]+")
_RECALLED: Final[tuple[FieldName, ...]] = ("path", "identity")
"""The fields that each file has for itself."""

Where = tuple[int, int]
"""Line and column."""


class Said(msgspec.Struct, eq=False):
    """What was said of a file, with the places of all that is compared of it."""

    places: tuple[Where, ...]
    judged: Judged


def moved(said: Said, places: tuple[Where, ...]) -> Judged:
    """What was said of a file, said of another one that has all in these places."""
    if places == said.places:
        return said.judged
    to = dict(zip(said.places, places, strict=True))
    config, findings = said.judged.config, said.judged.findings
    fields: dict[FieldName, FieldReading] = {
        name: reading if name in _RECALLED else _reading_moved(reading, to) for name, reading in config.fields.items()
    }
    found = [replace(one, line=to[one.line, one.column][0], column=to[one.line, one.column][1]) for one in findings]
    return Judged(replace(config, fields=fields), tuple(found), said.judged.row)


def _reading_moved(reading: FieldReading, to: dict[Where, Where]) -> FieldReading:
    if not reading.places:
        return reading
    there = [_place_moved(place, to) for place in reading.places]
    deciding = None if reading.place is None else _place_moved(reading.place, to)
    return replace(reading, place=deciding, places=tuple(there))


def _place_moved(place: Place, to: dict[Where, Where]) -> Place:
    line, column = to[place.line, place.column]
    return replace(place, line=line, column=column)


def is_movable(judged: Judged, places: Sequence[Where]) -> bool:
    """Whether all that is said of a file has one of these places, and no sentence names a line."""
    known = set(places)
    readings = [reading for name, reading in judged.config.fields.items() if name not in _RECALLED]
    at = [(place.line, place.column) for reading in readings for place in reading.places]
    at += [(finding.line, finding.column) for finding in judged.findings]
    sentences = [finding.message for finding in judged.findings] + [one.problem for one in readings if one.problem]
    return (
        len(known) == len(places)
        and known.issuperset(at)
        and not {str(line) for line, _ in at}.intersection(_NUMBER.findall("\n".join(sentences)))
    )
