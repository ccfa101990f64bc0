"""Names that look like a setting of XCom and are none: Airflow and the chart ignore them without a word."""

from __future__ import annotations

import re
from functools import lru_cache

from rea_xcom_tui.xcom.fields import VARIABLES
from rea_xcom_tui.xcom.spelling import distance

CHART_KEYS = ("xcomBackend", "commonEnv", "annotations", "labels", "serviceAccount", "secretBackend")
"""Top-level keys that carry XCom settings."""

_SUFFIXES = ("_CMD", "_SECRET")
_SECTION = re.compile(
    r"AIRFLOW__[A-Z0-9_]+?__(?P<option>XCOM_BACKEND|XCOM_OBJECTSTORAGE_(?:PATH|THRESHOLD|COMPRESSION))"
)


@lru_cache(maxsize=4096)
def meant_variable(name: str) -> str | None:
    """The XCom variable that a name is close to, or None for the right name and for all others.

    Near means: another case, other separators (`AIRFLOW_COMMON_IO_…`, `COMMON.IO`), another section, no
    `AIRFLOW__`, blanks, a suffix `_CMD` or `_SECRET`, `OBJECTSTORE` for `OBJECTSTORAGE`, or up to two wrong
    letters. Airflow ignores all of these (measured on 3.0.2, 3.1.3 and 3.3.2).
    """
    bare = name.strip()
    if name in VARIABLES.values():
        return None
    if not bare.lower().startswith("airf"):
        return next((v for v in VARIABLES.values() if _plain(f"airflow{bare}") == _plain(v)), None)
    if section := _SECTION.fullmatch(bare):
        return next((v for v in VARIABLES.values() if v.endswith(f"__{section['option']}")), None)
    plain = _plain(bare)
    for suffix in _SUFFIXES:
        plain = plain.removesuffix(_plain(suffix))
    plain = plain.replace("objectstore", "objectstorage")
    return next((v for v in VARIABLES.values() if distance(plain, _plain(v)) <= 2), None)


def has_source_suffix(name: str) -> bool:
    """True for a name that ends like Airflow's options for a command or a secret's name."""
    return name.strip().upper().endswith(_SUFFIXES)


@lru_cache(maxsize=4096)
def meant_key(key: str) -> str | None:
    """The top-level key that a name is close to: the same letters in another case or with separators."""
    if key in CHART_KEYS:
        return None
    plain = _plain(key)
    return next((known for known in CHART_KEYS if plain == _plain(known)), None)


@lru_cache(maxsize=512)
def misspelt(variables: frozenset[str], keys: tuple[str, ...]) -> frozenset[str]:
    """The variables and top-level keys that these names are near misses of."""
    found = {meant_variable(name) for name in variables} | {meant_key(key) for key in keys}
    return frozenset(name for name in found if name)


def _plain(name: str) -> str:
    return re.sub(r"[\s_.-]", "", name).lower()
