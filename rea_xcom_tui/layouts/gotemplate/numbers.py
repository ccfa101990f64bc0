"""sprig's numbers: integers are int64, `float64` and the `f` siblings are floats."""

from __future__ import annotations

import math
import re
from typing import Any

from rea_xcom_tui.layouts.gotemplate.errors import Failed, TooMuch, Unsupported
from rea_xcom_tui.layouts.gotemplate.functions import function, functions
from rea_xcom_tui.layouts.gotemplate.goformat import Int64

_WHOLE = re.compile(r"[+-]?(?:0|[1-9]\d{0,17})(?:\.0*)?\Z")
_MAX_COUNT = 100_000


def to_int(value: Any) -> int:
    """sprig's `int64`. Raises `Unsupported` beyond 64 bits, and for texts that its versions read differently."""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, int | float):
        if isinstance(value, float) and (not math.isfinite(value) or abs(value) >= 2**63):
            raise Unsupported("It turns a number beyond 64 bits into an integer.")
        return int(value)
    if isinstance(value, str):
        if value and not _WHOLE.match(value):
            if re.match(r"[+-]?[\d.]", value):
                raise Unsupported("It turns a text into an integer that readers disagree about.")
            return 0
        return int(float(value)) if "." in value else int(value or 0)
    if value is None:
        return 0
    return 0


@function("float64", "a")
def _float(value: Any) -> float:
    if isinstance(value, str):
        return float(value) if re.fullmatch(r"[+-]?\d+(\.\d+)?([eE][+-]?\d{1,2})?", value, re.ASCII) else 0.0
    return float(value) if isinstance(value, int | float) else 0.0


@function("mul", "aa*")
def _mul(first: Any, *others: Any) -> int:
    out = Int64(to_int(first))
    for other in others:
        out = _wrapped(out * to_int(other))
    return out


@function("div", "aa")
def _div(first: Any, second: Any) -> int:
    by = to_int(second)
    if not by:
        raise Failed("The template divides by zero.")
    quotient = abs(to_int(first)) // abs(by)
    return _wrapped(quotient if (to_int(first) < 0) == (by < 0) else -quotient)


@function("mod", "aa")
def _mod(first: Any, second: Any) -> int:
    by = to_int(second)
    if not by:
        raise Failed("The template divides by zero.")
    number = to_int(first)
    return _wrapped(abs(number) % abs(by) * (-1 if number < 0 else 1))


@function("seq", "i*")
def _seq(*bounds: int) -> str:
    match bounds:
        case (end,):
            start, step = 1, 1 if end >= 1 else -1
        case (start, end):
            step = 1 if end >= start else -1
        case (start, step, end):
            pass
        case _:
            return ""
    return " ".join(map(str, _steps(start, end + (1 if step > 0 else -1), step)))


def _steps(start: int, stop: int, step: int) -> list[int]:
    if step == 0 or (stop - start) * step < 0:
        return []
    if abs(stop - start) > _MAX_COUNT * abs(step):
        raise TooMuch("The template counts further than one repo's template may.")
    return list(range(start, stop, step))


def _wrapped(value: int) -> Int64:
    return Int64((value + 2**63) % 2**64 - 2**63)


functions(
    {
        "int": ("a", lambda value: int(to_int(value))),
        "int64": ("a", lambda value: Int64(to_int(value))),
        "atoi": ("s", lambda value: int(value) if re.fullmatch(r"[+-]?\d{1,18}", value, re.ASCII) else 0),
        "add": ("a*", lambda *values: _wrapped(sum(map(to_int, values)))),
        "add1": ("a", lambda value: _wrapped(to_int(value) + 1)),
        "sub": ("aa", lambda first, second: _wrapped(to_int(first) - to_int(second))),
        "max biggest": ("aa*", lambda *values: Int64(max(map(to_int, values)))),
        "min": ("aa*", lambda *values: Int64(min(map(to_int, values)))),
        "until": ("i", lambda count: _steps(0, count, 1 if count >= 0 else -1)),
        "untilStep": ("iii", _steps),
    }
)
