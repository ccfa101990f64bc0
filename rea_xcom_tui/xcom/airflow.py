"""What Airflow makes of the values it is given, by version.

Every outcome here was measured on Airflow 3.0.2 with common-io 1.6.0, 3.1.3 with 1.7.0 and 3.3.2 with 1.11.0
unless a docstring says otherwise. Versions between 3.1 and 3.3 were not measured, so where the two ends differ
the outcome for 3.2, as for an unknown version, is left open.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

import msgspec

from rea_xcom_tui.xcom.names import OBJECT_STORAGE_BACKEND, STATE_STORE_BACKEND
from rea_xcom_tui.xcom.spelling import distance

Version = tuple[int, ...] | None


class Verdict(msgspec.Struct, frozen=True, gc=False):
    """What Airflow does with one value."""

    accepted: bool | None
    """None where versions differ and the version is not known."""
    value: str | int | None = None
    """The value Airflow ends up with; None where it refuses, or where nothing is set."""
    problem: str | None = None
    """One sentence on why it is refused, or what else a person should know."""
    hint: str | None = None
    """The text to write instead, where it is evident."""


def is_at_most_31(version: Version) -> bool | None:
    """True for Airflow 3.1 and older, False for 3.2 and newer, None where it is not known.

    Of 45 recorded answers that differ between 3.1.8 and 3.3.2, 3.2.2 gave the one of 3.3.2 in every case.
    """
    if version is None or len(version) < 2:
        return None
    return version[:2] < (3, 2)


def differs(version: Version, *, new: bool, old: bool) -> bool | None:
    """The outcome of a version where 3.0 and 3.1 do one thing and 3.3 another."""
    is_old = is_at_most_31(version)
    return None if is_old is None else (old if is_old else new)


DEFAULT_THRESHOLD: Final = -1
"""Without the variable, every value goes to Airflow's database."""


@lru_cache(maxsize=1024)
def threshold(text: str, version: Version = None) -> Verdict:
    """Read a threshold as Airflow's `getint` does.

    `int()` decides: blanks around it, a plus sign, leading zeros, underscores and the digits of other scripts
    are fine. A float that is whole (`1e6`, `1.0`) is taken by 3.3 and refused by 3.0 and 3.1. The empty
    string is refused by all, it is not the default. `~` and `$NAME` are expanded first.
    """
    try:
        return Verdict(True, int(text))
    except ValueError:
        pass
    try:
        number = float(text)
    except ValueError:
        number = None
    if number is not None and number.is_integer():
        accepted = differs(version, new=True, old=False)
        whole = int(number)
        if accepted:
            return Verdict(True, whole)
        who = "Airflow 3.0 and 3.1 refuse" if accepted is None else "This version of Airflow refuses"
        return Verdict(accepted, whole, f"{who} {_shown(text)} as a threshold; write {whole}.", str(whole))
    if not text.strip():
        return Verdict(False, None, "An empty threshold makes Airflow fail when a task ends; it is not the default.")
    return Verdict(False, None, f"Airflow cannot read {_shown(text)} as a whole number of bytes.")


def _shown(text: str) -> str:
    return f'"{text if len(text) <= 60 else text[:59] + "…"}"'


def state_threshold(text: str, version: Version = None) -> Verdict:
    """Read the state store's threshold: as XCom's, but 0 where it is unset, and refused where it is negative.

    Recorded on Airflow 3.3.2 with common-io 1.11.0.
    """
    verdict = threshold(text, version or (3, 3))
    if isinstance(verdict.value, int) and verdict.value < 0:
        return Verdict(False, None, "A negative threshold of the state store is a ValueError; write 0 or more.", "0")
    return verdict


@lru_cache(maxsize=1024)
def state_backend(text: str) -> Verdict:
    """Read the state store's class; empty means none. A class of the user's own cannot be judged from Git."""
    if not text or text == STATE_STORE_BACKEND:
        return Verdict(True, text or None)
    near = distance(text.strip().lower(), STATE_STORE_BACKEND.lower()) <= 2 or text == OBJECT_STORAGE_BACKEND
    hint = STATE_STORE_BACKEND if near or text.rpartition(".")[2] == STATE_STORE_BACKEND.rpartition(".")[2] else None
    if text == OBJECT_STORAGE_BACKEND:
        return Verdict(False, text, f"This is XCom's class, not a state store's; write {hint}.", hint)
    if hint or text != text.strip() or not _DOTTED.fullmatch(text):
        more = f"; write {hint}" if hint else ""
        return Verdict(False, text, f"{_shown(text)} cannot be imported as a state store{more}.", hint)
    return Verdict(True, text)


COMPRESSIONS: Final[dict[str, str]] = {
    "zip": ".zip", "gzip": ".gz", "bz2": ".bz2", "xz": ".xz", "lzma": ".lzma", "lz4": ".lz4", "zstd": ".zst",
}  # fmt: skip
"""The names fsspec's table knows with a suffix, and the suffix of an object written with each."""

COMPRESSION_PACKAGES: Final[dict[str, str]] = {"lz4": "lz4", "zstd": "zstandard"}
"""Names that work only where the image has this Python package."""

_COMPRESSION_HINTS: Final = {"gz": "gzip", "zst": "zstd", "bzip2": "bz2"}


@lru_cache(maxsize=1024)
def compression(text: str) -> Verdict:
    """Read a compression name: exact case, no trimming, and only names that fsspec has a suffix for.

    `gz` is refused although the provider's option reference gives it as an example, `snappy` although the
    documentation lists it (fsspec registers it without a suffix). A refused name fails every write up to
    Airflow 3.1, and in 3.3 only the writes that go to object storage. Empty means no compression.
    """
    if not text:
        return Verdict(True, None)
    if text in COMPRESSIONS:
        return Verdict(True, text)
    bare = text.strip().lower()
    hint = _COMPRESSION_HINTS.get(bare, bare if bare in COMPRESSIONS else None)
    names = ", ".join(COMPRESSIONS)
    more = f"; write {hint}" if hint else f"; it takes {names}, or nothing"
    return Verdict(False, None, f"Airflow refuses {_shown(text)} as a compression{more}.", hint)


BASE_BACKENDS: Final = frozenset((
    "airflow.models.xcom.BaseXCom", "airflow.sdk.bases.xcom.BaseXCom", "airflow.models.BaseXCom",
    "airflow.sdk.execution_time.xcom.BaseXCom", "airflow.providers.common.io.xcom.backend.BaseXCom",
    "airflow.sdk.BaseXCom",
))  # fmt: skip
"""Names of Airflow's own backend, which keeps every value in the database (recorded on 3.1.8 and 3.3.2; the last one
is a name of 3.3 only)."""

OLD_BACKEND: Final = "airflow.providers.common.io.xcom.backend.XComObjectStoreBackend"
"""The class's name in common-io 1.3.0; renamed in 1.3.1, so it cannot be imported today."""

_DOTTED = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)+")
_NOT_A_BACKEND: Final = "airflow.models.xcom.XComModel"


@lru_cache(maxsize=1024)
def backend(text: str) -> Verdict:
    """Read a backend class. A name that cannot be imported stops every component at its start.

    Unset and empty mean Airflow's own database backend. A class of the user's own cannot be judged from Git
    and is accepted.
    """
    if not text:
        return Verdict(True, None)
    if text in BASE_BACKENDS or text == OBJECT_STORAGE_BACKEND:
        return Verdict(True, text)
    crash = "every component stops at its start"
    bare = text.strip()
    hint = OBJECT_STORAGE_BACKEND if _means_object_storage(bare) else _meant_base(bare)
    if bare != text:
        return Verdict(False, text, f"The class has blanks around it, so it cannot be imported; {crash}.", hint or bare)
    if text.isupper() or text.startswith("AIRFLOW__"):
        return Verdict(
            False, text, f"{_shown(text)} is a variable's name, not a class; {crash}.", OBJECT_STORAGE_BACKEND
        )
    if text == OLD_BACKEND:
        return Verdict(False, text, f"XComObjectStoreBackend was renamed to XComObjectStorageBackend; {crash}.", hint)
    if not _DOTTED.fullmatch(text):
        return Verdict(False, text, f"{_shown(text)} is not a dotted class path; {crash}.", hint)
    if hint:
        return Verdict(False, text, f"{_shown(text)} cannot be imported, the class is {hint}; {crash}.", hint)
    if text == _NOT_A_BACKEND:
        return Verdict(False, text, f"{_shown(text)} is not an XCom backend; {crash}.")
    return Verdict(True, text)


def _means_object_storage(text: str) -> bool:
    """True for misspellings of the object storage class: its module alone, the bare class, wrong case, old name, a
    part of the path lost or added, up to two wrong letters or one that only looks right (`А` of the Cyrillic script).
    """
    lowered = text.lower()
    full = OBJECT_STORAGE_BACKEND.lower()
    module, _, name = full.rpartition(".")
    if lowered in (full, module, name, OLD_BACKEND.lower(), OLD_BACKEND.rpartition(".")[2].lower()):
        return True
    return lowered.endswith(".common.io.xcom.backend." + name) or distance(lowered, full) <= 2


def _meant_base(text: str) -> str | None:
    """The name of Airflow's own backend that this one was meant to be: wrong case, or up to two wrong letters."""
    lowered = text.lower()
    return next((name for name in sorted(BASE_BACKENDS) if distance(lowered, name.lower()) <= 2), None)


def uses_object_storage(backend_class: object) -> bool:
    """True when a backend value names the object storage class."""
    return backend_class == OBJECT_STORAGE_BACKEND


_EXPANDED = re.compile(r"\$(?:\w+|\{[^}]*\})")


def expands(text: str) -> str | None:
    """The part of a value that Airflow expands from its environment before it uses it (`~`, `~user`, `$NAME`,
    `${NAME}`).

    A name that is not set there stays as it is.
    """
    match = _EXPANDED.search(text)
    if match:
        return match[0]
    return text.partition("/")[0] if text.startswith("~") else None


def expanded_name(text: str) -> str | None:
    """The name of the first variable that Airflow expands in a value, or None."""
    match = _EXPANDED.search(text)
    return match[0].strip("${}") if match else None
