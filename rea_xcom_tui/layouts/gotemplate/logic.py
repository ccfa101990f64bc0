"""Go's own functions and sprig's defaults: comparing, choosing, testing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rea_xcom_tui.layouts.gotemplate.errors import Failed, Unsupported
from rea_xcom_tui.layouts.gotemplate.functions import as_list, function, functions, truth
from rea_xcom_tui.layouts.gotemplate.goformat import MISSING, Int64, Missing, Record, sprint, sprintf, type_name
from rea_xcom_tui.text import clean

_KINDS = {bool: "bool", str: "string", int: "int", Int64: "int64", float: "float64", dict: "map", list: "slice"}


@function("eq", "aa*")
def _eq(first: Any, *others: Any) -> bool:
    if not others:
        raise Failed("eq has nothing to compare with.")
    return any(equal(first, other) for other in others)


def equal(first: Any, second: Any) -> bool:
    """Go's `eq` of two values. Raises `Failed` for types that it does not compare."""
    if first is None or second is None:
        return first is second
    if _sort(first) is not _sort(second):
        raise Failed(f"eq compares a {type_name(first)} with a {type_name(second)}, which Go refuses.")
    if isinstance(first, dict | list):
        raise Failed("eq compares maps or lists, which Go refuses.")
    return bool(first == second)


def _sort(value: Any) -> type:
    """The type as far as comparing goes, where all integers are one."""
    return int if type(value) is Int64 else type(value)


def _ordered(name: str, test: Callable[[Any, Any], bool]) -> None:
    def compare(first: Any, second: Any) -> bool:
        if _sort(first) is not _sort(second) or _sort(first) not in (int, float, str):
            raise Failed(f"{name} compares a {type_name(first)} with a {type_name(second)}, which Go refuses.")
        return test(first, second)

    function(name, "aa")(compare)


_ordered("lt", lambda a, b: bool(a < b))
_ordered("le", lambda a, b: bool(a <= b))
_ordered("gt", lambda a, b: bool(a > b))
_ordered("ge", lambda a, b: bool(a >= b))


@function("len", "a")
def _len(value: Any) -> int:
    if isinstance(value, str):
        return len(value.encode())
    if isinstance(value, list | dict):
        return len(value)
    raise Failed(f"len of a {type_name(value)}.")


@function("index", "aa*")
def _index(item: Any, *keys: Any) -> Any:
    if item is None:
        raise Failed("index of nothing.")
    for key in keys:
        if isinstance(item, dict) and isinstance(key, str):
            item = item.get(key)
        elif isinstance(item, list) and type(key) in (int, Int64) and 0 <= key < len(item):
            item = item[key]
        elif isinstance(item, str) and type(key) in (int, Int64):
            raise Unsupported("It takes a byte out of a text.")
        else:
            raise Failed(f"index of a {type_name(item)} with {clean(key, 100)}.")
    return item


@function("slice mustSlice", "aa*")
def _slice(items: Any, *bounds: Any) -> list[Any] | None:
    if len(bounds) > 2 or any(type(bound) is not int for bound in bounds):
        raise Unsupported("It uses slice in a way that is not read here.")
    values = as_list("slice", items)
    start = int(bounds[0]) if bounds else 0
    end = int(bounds[1]) if len(bounds) > 1 else len(values)
    if not values:
        return None
    if not 0 <= start <= end <= len(values):
        raise Failed("slice goes beyond the end.")
    return values[start:end]


def is_empty(value: Any) -> bool:
    """sprig's `empty`."""
    return not truth(value) if not isinstance(value, Record) else False


@function("default", "aa", optional=1)
def _default(other: Any, value: Any = None) -> Any:
    return other if is_empty(value) else value


@function("fail", "s")
def _fail(message: str) -> str:
    raise Failed(f"The template stops with: {clean(message, 300)}")


@function("required", "sa")
def _required(message: str, value: Any) -> Any:
    if value is None or isinstance(value, Missing) or value == "":
        raise Failed(f"The template requires a value: {clean(message, 300)}")
    return value


@function("typeOf", "a")
def _type_of(value: Any) -> str:
    if isinstance(value, list):
        raise Unsupported("It asks for the type of a list's items.")
    return type_name(value)


def same(first: Any, second: Any) -> bool:
    """Whether two values are equal in type and content, however deep."""
    if type(first) is not type(second):
        return False
    if isinstance(first, dict):
        return first.keys() == second.keys() and all(same(first[key], second[key]) for key in first)
    if isinstance(first, list):
        return len(first) == len(second) and all(map(same, first, second))
    return first is MISSING or bool(first == second)


functions(
    {
        "not": ("a", lambda value: not truth(value)),
        "ne": ("aa", lambda first, second: not equal(first, second)),
        "print": ("a*", lambda *values: sprint(values)),
        "println": ("a*", lambda *values: " ".join(sprint([value]) for value in values) + "\n"),
        "printf": ("sa*", lambda form, *values: sprintf(form, values)),
        "empty": ("a", is_empty),
        "coalesce": ("a*", lambda *values: next((value for value in values if not is_empty(value)), None)),
        "ternary": ("aab", lambda yes, no, which: yes if which else no),
        "all": ("a*", lambda *values: not any(is_empty(value) for value in values)),
        "any": ("a*", lambda *values: any(not is_empty(value) for value in values)),
        "kindOf": ("a", lambda value: "invalid" if value is None else _KINDS[type(value)]),
        "kindIs": ("sa", lambda kind, value: kind == ("invalid" if value is None else _KINDS[type(value)])),
        "typeIs": ("sa", lambda name, value: bool(name == _type_of(value))),
        "lookup": ("ssss", lambda *_: {}),  # as in `helm template`, by which Argo CD renders
        "deepEqual": ("aa", same),
    }
)
