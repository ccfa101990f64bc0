"""Sizes in bytes as people write and read them.

`KiB MiB GiB` are powers of 1024, `KB MB GB` powers of 1000, and `k m g` (as Kubernetes' `Ki Mi Gi`) mean the
former. `never` is -1 and `always` is 0, as a threshold has it.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

NEVER: Final = -1
ALWAYS: Final = 0

_FACTORS: Final = {
    "": 1, "b": 1, "byte": 1, "bytes": 1,
    "k": 1024, "ki": 1024, "kib": 1024, "kb": 1000,
    "m": 1024**2, "mi": 1024**2, "mib": 1024**2, "mb": 1000**2,
    "g": 1024**3, "gi": 1024**3, "gib": 1024**3, "gb": 1000**3,
}  # fmt: skip
_SIZE = re.compile(r"(?P<number>[+-]?[0-9][0-9_]*(?:\.[0-9]+)?)\s*(?P<unit>[A-Za-z]*)", re.ASCII)
_LONGEST = 40

_BINARY: Final = (("GiB", 1024**3), ("MiB", 1024**2), ("KiB", 1024))
_DECIMAL: Final = (("GB", 1000**3), ("MB", 1000**2), ("KB", 1000))
_DIGITS = 3


def parse_size(text: str) -> int:
    """Read a size such as `1MiB`, `512 KB`, `64k`, `1.5 MiB`, `1048576`, `never` or `always` as bytes.

    Raises `ValueError` with one sentence for anything else, also for a size that is not a whole number of bytes.
    """
    bare = text.strip()
    if bare.lower() in ("never", "always"):
        return NEVER if bare.lower() == "never" else ALWAYS
    match = _SIZE.fullmatch(bare) if len(bare) <= _LONGEST else None
    if match is None:
        raise ValueError(f'"{_short(bare)}" is not a size; write bytes (1048576), a size (1 MiB), always or never.')
    factor = _FACTORS.get(match["unit"].lower())
    if factor is None:
        raise ValueError(f'"{match["unit"]}" is not a unit; use KiB MiB GiB, KB MB GB, or k m g.')
    number = Decimal(match["number"].replace("_", ""))
    size = number * factor
    if size != size.to_integral_value():
        raise ValueError(f'"{_short(bare)}" is {size.normalize():f} bytes; a threshold is a whole number of bytes.')
    if number < 0 and match["unit"]:
        raise ValueError("A negative threshold has no unit; write never (-1).")
    return int(size)


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def sized(size: int) -> str:
    """A size in bytes with its unit for people beside it, where that says more: `1048576 (1 MiB)`, `0 (always)`."""
    words = human(size)
    return words if words == str(size) else f"{size} ({words})"


def human(size: int) -> str:
    """Say a size for people: `1 MiB`, `1.5 KB`, `always` for 0, `never` below, plain bytes under 1000.

    What is said is exact, or it begins with `≈`; what is exact can be parsed back to the same number.
    """
    if size < 0:
        return "never"
    if size < 1000:
        return "always" if size == 0 else str(size)
    for units in (_BINARY, _DECIMAL):
        for unit, factor in units:
            fits = size >= factor and (size < 1024 * factor or unit[0] == "G")
            if fits and (number := _exact(size, factor)) is not None:
                return f"{number} {unit}"
    unit, factor = next(((unit, factor) for unit, factor in _BINARY if size >= factor), ("KiB", 1024))
    amount = size / factor
    return f"≈ {amount:.{_DIGITS}g} {unit}" if amount < 999.5 else f"≈ {amount:.0f} {unit}"


def _exact(size: int, factor: int) -> str | None:
    """The quotient in at most three decimals, or None where that would not be exact."""
    scaled = size * 10**_DIGITS
    if scaled % factor:
        return None
    number = Decimal(scaled // factor).scaleb(-_DIGITS).normalize()
    return f"{number:f}"
