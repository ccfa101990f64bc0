"""How Go writes values: `%v` and its siblings, and what `print` makes of them."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from typing import Any

from rea_xcom_tui.layouts.gotemplate.errors import Unsupported

NO_VALUE = "<no value>"
_VERB = re.compile(r"%([-+# 0]*)(\d+)?(?:\.(\d+))?([a-zA-Z%])")
_MAX_WIDTH = 200


class Missing:
    """What Go calls an invalid value: nothing at all, unlike a nil that is somewhere."""

    def __repr__(self) -> str:
        return NO_VALUE


MISSING = Missing()


class Record:
    """A Go struct: it has these fields and no others."""

    def __init__(self, what: str, **fields: Any) -> None:
        self.what = what
        self.fields = fields


class Unknown:
    """A value that only a cluster or the engine itself knows; to use it is `Unsupported`."""

    def __init__(self, what: str) -> None:
        self.what = what

    @property
    def hole(self) -> str:
        """A text that stands for it, the same within YAML in any style."""
        return f"\u27ea{_PUNCTUATION.sub('', self.what)}\u27eb"


HOLE = re.compile("\u27ea([^\u27ea\u27eb]*)\u27eb")
"""The text that stands for an `Unknown`, and what it is."""
_PUNCTUATION = re.compile(r"[^\w ./-]")


class Int64(int):
    """An int64, as sprig's arithmetic gives it; Go does not take it where a function wants an int."""


def type_name(value: Any) -> str:
    """The Go type of a value, as messages and `typeOf` name it."""
    names = {
        bool: "bool",
        str: "string",
        int: "int",
        Int64: "int64",
        float: "float64",
        dict: "map[string]interface {}",
    }
    return "<nil>" if value is None else names.get(type(value), "[]interface {}")


def float_text(value: float) -> str:
    """A float64 as `%v` writes it: the shortest digits, with an exponent below 1e-4 and from 1e6 on."""
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    if math.isnan(value):
        return "NaN"
    if value == 0:
        return "-0" if math.copysign(1, value) < 0 else "0"
    if not 1e-4 <= abs(value) < 1e6:
        mantissa, _, exponent = _scientific(value)
        return f"{mantissa}e{'-' if exponent < 0 else '+'}{abs(exponent):02d}"
    text = repr(value)
    return text.removesuffix(".0")


def _scientific(value: float) -> tuple[str, str, int]:
    for digits in range(17):
        text = f"{value:.{digits}e}"
        if float(text) == value:
            break
    mantissa, _, exponent = text.partition("e")
    return mantissa, "e", int(exponent)


def json_float(value: float) -> str:
    """A float64 as Go's JSON writes it: whole numbers without a point up to 1e21."""
    if value.is_integer() and abs(value) < 1e21:
        return str(int(value))
    if 1e-6 <= abs(value) < 1e21:
        text = f"{value:.17g}"
        shortest = repr(value)
        return shortest if "e" not in shortest else text
    mantissa, _, exponent = _scientific(value)
    return f"{mantissa}e{'-' if exponent < 0 else '+'}{abs(exponent):0{2 if exponent > 0 else 1}d}"


def as_text(value: Any, *, inner: bool = False) -> str:
    """A value as `%v` writes it; a nil within a collection is `<nil>`. Raises `Unsupported` for a value that Git does
    not hold, or an object as a whole."""
    match value:
        case str():
            return value
        case None | Missing():
            return "<nil>" if inner else NO_VALUE
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case float():
            return float_text(value)
        case dict():
            return "map[" + " ".join(f"{key}:{as_text(value[key], inner=True)}" for key in sorted(value)) + "]"
        case list():
            return "[" + " ".join(as_text(item, inner=True) for item in value) + "]"
        case Unknown():
            raise Unsupported(f"It needs {value.what}, which Git does not hold.")
    raise Unsupported(f"It prints {getattr(value, 'what', 'something')} as a whole.")


def sprint(values: Sequence[Any]) -> str:
    """`print`: a blank between two operands neither of which is a text."""
    out: list[str] = []
    for at, value in enumerate(values):
        if at and not isinstance(value, str) and not isinstance(values[at - 1], str):
            out.append(" ")
        out.append(as_text(value, inner=True))
    return "".join(out)


def sprintf(form: str, values: Sequence[Any]) -> str:
    """`printf` with the verbs v, s, q, d, t, f, x and %%; others are `Unsupported`."""
    rest = list(values)

    def one(found: re.Match[str]) -> str:
        flags, width, precision, verb = found[1], found[2], found[3], found[4]
        if verb == "%":
            return "%"
        if not rest:
            return f"%!{verb}(MISSING)"
        text = _verb(verb, rest.pop(0), flags, precision)
        wide = min(int(width or 0), _MAX_WIDTH)
        if "-" in flags:
            return text.ljust(wide)
        if "0" in flags and verb in "df":
            sign = "-" if text.startswith("-") else ""
            return sign + text.lstrip("-").rjust(wide - len(sign), "0")
        return text.rjust(wide)

    out = _VERB.sub(one, form)
    if rest:
        if any(isinstance(value, list) for value in rest):
            raise Unsupported("It gives printf a list too many.")
        extra = ", ".join(
            "<nil>" if each is None else f"{type_name(each)}={as_text(each, inner=True)}" for each in rest
        )
        out += f"%!(EXTRA {extra})"
    return out


def _verb(verb: str, value: Any, flags: str, precision: str | None) -> str:
    kind = type(value)
    plus = "+" if "+" in flags and kind in (int, Int64, float) and value >= 0 else ""
    cut = slice(int(precision)) if precision is not None else slice(None)
    if verb == "v" and precision is None and "#" not in flags:
        return plus + as_text(value, inner=True)
    if verb == "s" and kind is str:
        return str(value)[cut]
    if verb == "q" and kind is str and not flags:
        return go_quoted(value)
    if verb == "d" and kind in (int, Int64):
        return plus + str(value)
    if verb == "t" and kind is bool:
        return as_text(value)
    if verb == "f" and kind is float:
        return plus + f"{value:.{min(int(precision or 6), 60)}f}"
    if verb == "x" and kind in (int, Int64):
        return f"{value:x}"
    if verb in "sdfqtx" and kind in (str, int, Int64, float, bool) and verb not in "xq":
        return f"%!{verb}({type_name(value)}={as_text(value)})"
    if value is None and verb in "sd":
        return f"%!{verb}(<nil>)"
    raise Unsupported(f"It formats a {type_name(value)} with %{flags}{verb}.")


def go_quoted(text: str) -> str:
    """A text as `%q` writes it. Raises `Unsupported` for invisible characters."""
    if not text.isprintable() and any(not char.isprintable() and char not in "\n\t\r" for char in text):
        raise Unsupported("It quotes a text with invisible characters.")
    return json.dumps(text, ensure_ascii=False)
