"""The table of fields: of each setting how it is set and read, how its values compare, and what a change of it does.

How a new value is checked is described beside its models (`editing`), which are imported only where something is
edited.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

from rea_xcom_tui.edits import Address
from rea_xcom_tui.xcom import airflow, impact, paths
from rea_xcom_tui.xcom.airflow import COMPRESSIONS, DEFAULT_THRESHOLD, Verdict, Version
from rea_xcom_tui.xcom.identities import identity_key
from rea_xcom_tui.xcom.model import FIELDS, STATE_FIELDS, Configuration, FieldName, Severity, Value
from rea_xcom_tui.xcom.names import (
    BACKEND_KEY,
    BACKEND_VARIABLE,
    COMMON_ENV,
    COMPRESSION_VARIABLE,
    OBJECT_STORAGE_BACKEND,
    PATH_VARIABLE,
    STATE_BACKEND_KEY,
    STATE_BACKEND_VARIABLE,
    STATE_STORE_BACKEND,
    THRESHOLD_VARIABLE,
)

Kind = Literal["class", "path", "size", "compression", "identity", "connection"]


def _itself(value: Value) -> Value:
    return value


def _size_effect(value: Value) -> Value:
    """Every negative threshold means never, and an unset one the default, which is never too (measured on
    Airflow 3.0.2, 3.1.3 and 3.3.2)."""
    return max(value, DEFAULT_THRESHOLD) if isinstance(value, int) else DEFAULT_THRESHOLD


def _path_effect(value: Value) -> Value:
    """A path counts without its connection, which is a field of its own, and without a trailing slash."""
    return _plain_path(value) if isinstance(value, str) else value


@lru_cache(maxsize=1 << 16)
def _plain_path(path: str) -> str:
    """A path as it is compared. Remembered, because a fleet is compared again after each edit."""
    return paths.parse_path(path).with_connection(None).rstrip("/")


def _identity_effect(value: Value) -> Value:
    """A UUID's case makes no difference."""
    return identity_key(value) if isinstance(value, str) else value


@dataclass(frozen=True, slots=True)
class Field:
    """One setting."""

    kind: Kind
    """What its values are."""
    impact: Callable[[Value, Value, Configuration], str]
    """What a change from one value to another does to values already stored, and to the pods, in one sentence."""
    variable: str | None = None
    """The environment variable that sets it. Only this exact spelling counts: lower case, `COMMON.IO`, one underscore,
    `_CMD` and `_SECRET` are all ignored (measured on Airflow 3.0.2, 3.1.3 and 3.3.2)."""
    key: str | None = None
    """The chart's own key for it, if any."""
    judge: Callable[[str, Version], Verdict] | None = None
    """What Airflow makes of a text; None for what is read from elsewhere than a key or variable of its own."""
    effect: Callable[[Value], Value] = _itself
    """What a value does: equal for values that do the same, however they are written."""
    alone: Callable[[Value], Value] = _itself
    """A value without what is a field of its own: a path without its connection."""
    severity: Severity = "warning"
    """How much a difference matters where a baseline does not say otherwise."""
    names: bool = False
    """Whether its values name the deployment, its team or its environment, and so are compared by pattern."""
    part_of: FieldName | None = None
    """The field whose text holds it; None where it stands for itself."""
    unset: str | None = None
    """What Airflow takes where nothing sets it, in a word if there is one; None where it has no default."""
    usual: tuple[str, ...] = ()
    """Values that go everywhere, in the order in which they are offered."""

    @property
    def address(self) -> Address | None:
        """Where it is once it is set; None where that is not a fixed place."""
        if self.key is not None:
            return (self.key,)
        return (COMMON_ENV, ("name", self.variable), "value") if self.variable is not None else None


# Another backend or path puts values into another store; another compression is readable all the same.
TABLE: Final[Mapping[FieldName, Field]] = {
    "backend": Field(
        "class", impact.backend, BACKEND_VARIABLE, BACKEND_KEY, lambda text, version: airflow.backend(text),
        severity="error", unset="", usual=(OBJECT_STORAGE_BACKEND,),
    ),
    "path": Field(
        "path", impact.path, PATH_VARIABLE, None, paths.path, _path_effect, _path_effect, severity="error", names=True,
    ),
    "threshold": Field(
        "size", impact.threshold, THRESHOLD_VARIABLE, None, airflow.threshold, _size_effect,
        unset="never", usual=("0", "1048576", "-1"),
    ),
    "compression": Field(
        "compression", impact.compression, COMPRESSION_VARIABLE, None, lambda text, version: airflow.compression(text),
        severity="info", unset="none", usual=tuple(COMPRESSIONS),
    ),
    "identity": Field("identity", impact.identity, effect=_identity_effect, names=True),
    "connection": Field("connection", impact.connection, names=True, part_of="path"),
    "state-backend": Field(
        "class", impact.state_class, STATE_BACKEND_VARIABLE, STATE_BACKEND_KEY,
        lambda text, version: airflow.state_backend(text), usual=(STATE_STORE_BACKEND,),
    ),
    "state-path": Field(
        "path", impact.state_path, "AIRFLOW__COMMON_IO__STATE_STORE_OBJECTSTORAGE_PATH", None,
        lambda text, version: paths.path(text, version or (3, 3)),
    ),
    "state-threshold": Field(
        "size", impact.state, "AIRFLOW__COMMON_IO__STATE_STORE_OBJECTSTORAGE_THRESHOLD", None, airflow.state_threshold,
        usual=("0", "1048576"),
    ),
    "state-compression": Field(
        "compression", impact.state, "AIRFLOW__COMMON_IO__STATE_STORE_OBJECTSTORAGE_COMPRESSION", None,
        lambda text, version: airflow.compression(text), usual=tuple(COMPRESSIONS),
    ),
}  # fmt: skip
"""Every setting, the state store's (common-io 1.8.0 and later) after those of XCom."""

VARIABLES: Final = {name: TABLE[name].variable or "" for name in FIELDS if TABLE[name].variable}
"""The variable of each of the six fields that is one."""

STATE_VARIABLES: Final = {name: TABLE[name].variable or "" for name in STATE_FIELDS}
"""The variable of each setting of the state store."""


def holder(field: FieldName) -> FieldName:
    """The field in whose text a field is, which is itself for most."""
    return TABLE[field].part_of or field


def linked(field: str) -> frozenset[str]:
    """The fields that one edit of a field may change: the connection's id is a part of the path."""
    home = next((known.part_of or name for name, known in TABLE.items() if name == field), field)
    return frozenset((home, field, *(name for name, known in TABLE.items() if known.part_of == home)))


def impact_of(field: FieldName, old: Value, new: Value, config: Configuration) -> str:
    """Say in one sentence what a change does; empty where nothing changes."""
    return TABLE[field].impact(old, new, config) if old != new else ""
