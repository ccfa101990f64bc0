"""Changing one member of a JSON text that is in a YAML value, also of JSON in a string of that JSON."""

from __future__ import annotations

import json
import re
from typing import Any

from rea_xcom_tui.edits import Scalar, SetMember
from rea_xcom_tui.values import jsontext
from rea_xcom_tui.values.decoded import Change, json_string_layer, layer_of, refuse_text
from rea_xcom_tui.values.errors import RefusedEdit
from rea_xcom_tui.values.jsontext import NotJson, Value
from rea_xcom_tui.values.locating import Spot, describe, locate, through_alias
from rea_xcom_tui.values.positions import content_start
from rea_xcom_tui.values.reading import ValuesFile
from rea_xcom_tui.values.splice import (
    LIST_END,
    LIST_START,
    MAP_END,
    MAP_START,
    RAW,
    STRING,
    Expected,
    Splice,
    event_range,
)

MAX_JSON = 100_000
"""How many characters a JSON text may have for a member of it to be changed."""

_LINE_BREAKS = re.compile(r"[ \t]*\n[ \t\n]*")


def plan_member(file: ValuesFile, edit: SetMember) -> Splice | None:
    """The splice for `SetMember`, or None when the member has that value already."""
    spot = locate(file, edit.address)
    node = spot.node
    if node.is_alias:
        raise through_alias(file, node, edit.address)
    if not edit.pointer:
        raise _refusal("json", spot, "no member of it is named")
    if node.kind == "scalar":
        return _in_scalar(file, spot, edit)
    return _in_brackets(file, spot, edit)


def _in_scalar(file: ValuesFile, spot: Spot, edit: SetMember) -> Splice | None:
    if len(spot.node.text) > MAX_JSON:
        raise _refusal("too-large", spot, f"it has {len(spot.node.text):,} characters")
    layer = layer_of(file, spot.node)
    change = _member_change(spot, layer.text, edit.pointer, edit.value)
    if change is None:
        return None
    text = change.apply(layer.text)
    outer = layer.outward(change)
    if outer is None and "\n" in change.replacement:  # a separator with a line break, copied from its like
        change = Change(change.start, change.end, _LINE_BREAKS.sub(" ", change.replacement))
        text, outer = change.apply(layer.text), layer.outward(change)
    if outer is None:
        raise refuse_text(spot.node.line)
    _check_meaning(spot, layer.text, text, edit)
    first, last = event_range(file, spot.node)
    expected = Expected(STRING, text, spot.node.tag, spot.node.anchor)
    return Splice(outer.start, outer.end, outer.replacement, first, last, (expected,))


def _in_brackets(file: ValuesFile, spot: Spot, edit: SetMember) -> Splice | None:
    """JSON that is written without quotes is YAML in brackets; where it is pure JSON it is changed as such."""
    node = spot.node
    start = content_start(file, node)
    old = file.text[start : node.end]
    change = _member_change(spot, old, edit.pointer, edit.value)
    if change is None:
        return None
    new = change.apply(old)
    _check_meaning(spot, old, new, edit)
    first, last = event_range(file, node)
    events = _yaml_events(new, jsontext.scan(new))
    events[0] = Expected(events[0].kind, "", node.tag, node.anchor)
    return Splice(start + change.start, start + change.end, change.replacement, first, last, tuple(events))


def _yaml_events(text: str, value: Value) -> list[Expected]:
    """What a YAML parser sees in a JSON text."""
    if value.kind == "string":
        return [Expected(STRING, jsontext.decode(text, value))]
    if value.kind == "atom":
        return [Expected(RAW, text[value.start : value.end])]
    out = [Expected(MAP_START if value.kind == "object" else LIST_START)]
    for at, item in enumerate(value.items):
        if value.keys:
            out += _yaml_events(text, value.keys[at])
        out += _yaml_events(text, item)
    return [*out, Expected(MAP_END if value.kind == "object" else LIST_END)]


def _member_change(spot: Spot, text: str, pointer: tuple[str, ...], value: Scalar) -> Change | None:
    """The change of a JSON text that gives a member its value, or None when it has it."""
    try:
        parent = jsontext.scan(text)
    except NotJson as error:
        raise _refusal("json", spot, f"it is not JSON at character {error.at + 1}") from None
    for at, step in enumerate(pointer):
        if parent.kind == "string":
            layer = json_string_layer(text, parent.start, parent.end)
            change = _member_change(spot, layer.text, pointer[at:], value)
            return None if change is None else layer.outward(change)
        position = _position(spot, text, parent, step)
        if at == len(pointer) - 1:
            return _set(spot, text, parent, position, step, value)
        if position is None:
            raise _refusal("json", spot, f"it has no member {step!r}")
        parent = parent.items[position]
    return None


def _position(spot: Spot, text: str, parent: Value, step: str) -> int | None:
    if parent.kind == "array":
        if step.isdecimal() and step.isascii() and len(step) < 9 and int(step) < len(parent.items):
            return int(step)
        return None
    if parent.kind != "object":
        raise _refusal("json", spot, f"what should hold {step!r} is not an object")
    found = [at for at, key in enumerate(parent.keys) if jsontext.decode(text, key) == step]
    if len(found) > 1:
        raise _refusal("json-duplicate", spot, f"it has {len(found)} members {step!r}")
    return found[0] if found else None


def _set(
    spot: Spot,
    text: str,
    parent: Value,
    position: int | None,
    step: str,
    value: Scalar,
) -> Change | None:
    if value is None:
        return None if position is None else _removal(text, parent, position)
    try:
        written = jsontext.write(value)
    except ValueError:
        raise _refusal("json", spot, "JSON has no infinite numbers") from None
    if position is not None:
        item = parent.items[position]
        old = json.loads(text[item.start : item.end]) if item.kind in ("string", "atom") else None
        if type(old) is type(value) and old == value:
            return None
        return Change(item.start, item.end, written)
    if parent.kind != "object":
        raise _refusal("json", spot, f"its list has no item {step!r}")
    return _addition(text, parent, step, written)


def _addition(text: str, parent: Value, step: str, written: str) -> Change:
    """A new last member, with the separators of the members before it."""
    key = jsontext.write(step)
    if not parent.items:
        return Change(parent.start + 1, parent.end - 1, f"{key}: {written}")
    last = parent.items[-1]
    colon = text[parent.keys[-1].end : last.start]
    if len(parent.items) > 1:
        comma = text[parent.items[-2].end : parent.keys[-1].start]
    else:
        comma = ", " if colon.endswith(" ") else ","
    return Change(last.end, last.end, f"{comma}{key}{colon}{written}")


def _removal(text: str, parent: Value, position: int) -> Change:
    """Without a member and one comma."""
    opens = parent.keys or parent.items
    if len(opens) == 1:
        return Change(parent.start + 1, parent.end - 1, "")
    if position + 1 < len(opens):
        return Change(opens[position].start, opens[position + 1].start, "")
    return Change(parent.items[position - 1].end, parent.items[position].end, "")


def _check_meaning(spot: Spot, old: str, new: str, edit: SetMember) -> None:
    """Let Python's own JSON reader confirm that the one member changed and nothing else."""
    wanted = _expected(json.loads(old), edit.pointer, edit.value)
    if _opened(json.loads(new), edit.pointer) != wanted:
        raise _refusal("proof", spot, "more than the member would change")


def _opened(value: Any, pointer: tuple[str, ...]) -> Any:
    """A JSON value in which the strings on the way to a member are replaced by what they hold."""
    if not pointer:
        return _typed(value)
    if isinstance(value, str):
        return ("text", _opened(json.loads(value), pointer))
    step = pointer[0]
    if isinstance(value, dict):
        return {key: _opened(item, pointer[1:]) if key == step else _typed(item) for key, item in value.items()}
    return [_opened(item, pointer[1:]) if str(at) == step else _typed(item) for at, item in enumerate(value)]


def _expected(value: Any, pointer: tuple[str, ...], new: Scalar) -> Any:
    """What `_opened` must show after the edit."""
    if isinstance(value, str):
        return ("text", _expected(json.loads(value), pointer, new))
    step = pointer[0]
    if len(pointer) > 1:
        if isinstance(value, dict):
            return {
                key: _expected(item, pointer[1:], new) if key == step else _typed(item) for key, item in value.items()
            }
        return [_expected(item, pointer[1:], new) if str(at) == step else _typed(item) for at, item in enumerate(value)]
    if isinstance(value, dict):
        out = {key: _typed(item) for key, item in value.items() if key != step or new is not None}
        return out if new is None else {**out, step: _typed(new)}
    items = [_typed(item) for at, item in enumerate(value) if str(at) != step or new is not None]
    if new is not None:
        items[int(step)] = _typed(new)
    return items


def _typed(value: Any) -> Any:
    """A value that equals another only if the two are of the same type: 1 is not true."""
    return json.dumps(value, sort_keys=True)


def _refusal(code: str, spot: Spot, why: str) -> RefusedEdit:
    node = spot.node
    return RefusedEdit(
        code,
        f"The JSON in {describe(spot.address)} at line {node.line} cannot be changed: {why}.",
        node.line,
        node.column,
    )
