"""New values that depend on the old one: what one types for many deployments at once.

A plain text is the new value. Beside it:

    x2  x0.5  /4          the threshold times or divided by a number, rounded down to whole bytes
    at most 64KiB         the threshold, but no more than that; also `max 64KiB`
    at least 4KiB         the threshold, but no less than that; also `min 4KiB`
    zip => gzip           only where the value is the left side; several, separated by commas
    s/old/new/            the text with the first `old` in it replaced, with `g` at the end every one (`|`, `,` or `#`
                          may stand for the slash)
    copy NAME             the value of another deployment, by name or id
    inherit               in a deployment made of layers: the override goes, and the weaker layers' value is in force
    unset                 no value at all
"""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction

from rea_xcom_tui.text import clean
from rea_xcom_tui.xcom.fields import TABLE
from rea_xcom_tui.xcom.model import FieldName, Value
from rea_xcom_tui.xcom.units import parse_size

UNSET = "unset"
"""What one types to have a field removed; an empty text is never a value."""

INHERIT = "inherit"
"""What one types to have an override removed, so that what weaker layers say is in force again."""

Lookup = Callable[[str], Value]
"""The value that the deployment with this name or id has. Raises `ValueError` where there is none."""

_FACTOR = re.compile(r"(?P<sign>[x×*/])\s*(?P<number>[0-9]{1,12}(?:\.[0-9]{1,12})?)", re.IGNORECASE)
_BOUND = re.compile(r"(?P<side>at\s+most|at\s+least|max|min)\s+(?P<size>.+)", re.IGNORECASE)
_REPLACE = re.compile(r"s(?P<sign>[/|,#])(?P<rest>.+)", re.DOTALL)
_ARROW = re.compile(r"\s*(?:=>|→)\s*|\s+->\s+")
_COPY = re.compile(r"copy\s+(?P<name>.+)", re.IGNORECASE)


def evaluate(field: FieldName, expression: str, old: Value, lookup: Lookup) -> str | None:
    """The text to be set where the field's value is `old`; None for no value at all.

    Raises `ValueError` with one sentence when the expression cannot be used for this field or value.
    """
    text = expression.strip()
    if not text:
        raise ValueError(f"type the new {field}, or {UNSET}")
    if text.lower() == UNSET:
        return None
    if copying := _COPY.fullmatch(text):
        return _text(lookup(copying["name"]))
    if _ARROW.search(text):
        return _mapped(field, text, old)
    if TABLE[field].kind == "size":
        computed = _threshold(text, old)
        return text if computed is None else computed
    replacing = _REPLACE.fullmatch(text)
    return _replaced(replacing, old) if replacing else text


def in_words(field: FieldName, expression: str) -> str:
    """What an expression asks for, as the title of a step: `set threshold to 64KiB`, `replace a with b in path`.

    >>> in_words("path", "s/one-xcom/two-xcom/"), in_words("threshold", "x2"), in_words("compression", "zip => gzip")
    ('replace one-xcom with two-xcom in path', 'change threshold, x2,', 'change compression, zip => gzip,')
    """
    text = expression.strip()
    sizes = TABLE[field].kind == "size"
    replacing = None if sizes else _REPLACE.fullmatch(text)
    parts = replacing["rest"].split(replacing["sign"]) if replacing else []
    if len(parts) >= 2 and parts[0]:
        return f"replace {clean(parts[0], 40)} with {clean(parts[1], 40)} in {field}"
    computed = sizes and (_FACTOR.fullmatch(text) or _BOUND.fullmatch(text))
    if computed or _ARROW.search(text) or _COPY.fullmatch(text):
        return f"change {field}, {clean(text, 60)},"
    return f"set {field} to {clean(text, 60)}"


def is_inherit(expression: str) -> bool:
    """Whether an expression asks for the override to be removed."""
    return expression.strip().lower() == INHERIT


def leaves_alone(field: FieldName, expression: str, old: Value) -> bool:
    """Whether the expression is for other values than `old`, so that nothing at all is asked of this one."""
    if not _ARROW.search(expression):
        return False
    sides = [_ARROW.split(part.strip()) for part in expression.split(",")]
    return all(len(pair) == 2 and all(pair) and not _same(field, pair[0], old) for pair in sides)


def why_not_meant(field: FieldName, expression: str, old: Value) -> str:
    """Why an expression asks nothing of a value, in words: it is for others. Empty where it asks something of it."""
    if leaves_alone(field, expression, old):
        left = [_ARROW.split(part.strip())[0] for part in expression.split(",")]
        within = isinstance(old, str) and any(part in old for part in left if part)
        return "has none of these values" + ("; s/old/new/ replaces a part of a value" if within else "")
    replacing = None if TABLE[field].kind == "size" else _REPLACE.fullmatch(expression)
    if replacing is None or not isinstance(old, str):
        return ""
    wanted = replacing["rest"].split(replacing["sign"])[0]
    return f"does not contain {wanted}" if wanted and wanted not in old else ""


def _threshold(text: str, old: Value) -> str | None:
    factor, bound = _FACTOR.fullmatch(text), _BOUND.fullmatch(text)
    if not factor and not bound:
        return None
    if not isinstance(old, int):
        raise ValueError("there is no threshold to start from; type a size")
    if old < 0:
        raise ValueError(f"the threshold is {old} (never), which no number changes; type a size")
    if factor:
        number = Fraction(factor["number"])
        if number == 0:
            raise ValueError("a threshold times or divided by zero makes no sense; type 0 or always")
        computed = int(old / number if factor["sign"] == "/" else old * number)
        if old > 0 and computed == 0:
            raise ValueError("less than a byte is left, and 0 would mean always; type a size, or always")
        return str(computed)
    assert bound is not None
    limit = parse_size(bound["size"])
    if limit < 0:
        raise ValueError("a bound must be a size, such as 64KiB")
    return str(min(old, limit) if bound["side"].lower().endswith(("most", "max")) else max(old, limit))


def _mapped(field: FieldName, text: str, old: Value) -> str | None:
    for part in text.split(","):
        sides = _ARROW.split(part.strip())
        if len(sides) != 2 or not sides[0] or not sides[1]:
            raise ValueError(f"'{part.strip()}' is not a pair; write OLD => NEW, several separated by commas")
        if _same(field, sides[0], old):
            return None if sides[1].lower() == UNSET else sides[1]
    return _text(old)


def _same(field: FieldName, text: str, old: Value) -> bool:
    if text.lower() in (UNSET, "none"):
        return old is None
    if TABLE[field].kind == "size" and isinstance(old, int):
        try:
            wanted = parse_size(text)
        except ValueError:
            return False
        return wanted == old or (wanted < 0 and old < 0)  # every negative threshold means never
    return text == _text(old)


def _replaced(match: re.Match[str], old: Value) -> str:
    sign = match["sign"]
    parts = match["rest"].split(sign)
    if len(parts) not in (2, 3) or not parts[0] or parts[2:] not in ([], [""], ["g"]):
        other = "|" if sign != "|" else "#"
        raise ValueError(f"write s{sign}old{sign}new{sign}, or s{other}old{other}new{other} where a {sign} is replaced")
    if not isinstance(old, str):
        raise ValueError("there is no text to replace anything in; type the whole value")
    return old.replace(parts[0], parts[1], -1 if parts[2:] == ["g"] else 1)


def _text(value: Value) -> str | None:
    return None if value is None else str(value)
