"""What drift is about: rows to compare, their groups, and single deviations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, Protocol

from rea_xcom_tui.xcom.model import Cloud, Configuration, FieldName, FieldReading, Severity, Value
from rea_xcom_tui.xcom.paths import parse_path

Dimension = Literal["env", "cloud", "team", "namespace"]

DEFAULT_GROUPS: Final[tuple[Dimension, ...]] = ("env", "cloud")
"""What makes a group unless a repo says otherwise."""

NOTHING: Final = "-"
"""The name of a group's dimension where a deployment has none, such as no environment."""


class Row(Protocol):
    """A deployment as drift sees it."""

    @property
    def id(self) -> str:
        """What it is identified by."""

    @property
    def cloud(self) -> Cloud:
        """The cloud it stores values in."""

    @property
    def config(self) -> Configuration:
        """Its six fields."""

    @property
    def names(self) -> Mapping[str, str]:
        """What placeholders stand for in its paths and identities: `name`, `short` (the name without the team),
        `env`, `team` and `namespace`, those of them that it has, with their `variants`."""

    @property
    def misread(self) -> frozenset[FieldName]:
        """Fields that are unset only because what sets them is misspelt; `check` tells about those."""


@dataclass(frozen=True, slots=True)
class Target:
    """The value that sets a deviation right. `value` None means: unset the field."""

    value: Value


@dataclass(frozen=True, slots=True)
class Deviation:
    """One field of one deployment that is not as it should be."""

    deployment: str
    field: FieldName
    group: str
    """The group it was compared within, such as `prod/aws`; empty where there is none."""
    expected: Value
    """What should be there: a value, or a pattern or a rule in words; None means: unset."""
    actual: Value
    """What is there, or a name for it where it is no value (`from Secret x key y`)."""
    kind: Value
    """The actual value with the deployment's own names replaced by placeholders, by which causes are told apart."""
    target: Target | None
    """What would set it right, or None where only a person can decide."""
    severity: Severity
    reason: str
    """Why that is expected, such as `16 of 18 in prod/aws have it`."""


@dataclass(frozen=True, slots=True)
class Notice:
    """What a comparison could not tell, or what else a person should know about it."""

    kind: Literal["small group", "no majority", "tie", "no row", "no release", "ignore", "other"]
    text: str
    deployments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a comparison found."""

    deviations: tuple[Deviation, ...]
    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """Rows that are compared with each other."""

    name: str
    keys: tuple[str, ...]
    """Its dimensions' values, in their order."""
    rows: tuple[Row, ...]


def group_of(row: Row, by: Sequence[Dimension] = DEFAULT_GROUPS) -> tuple[str, ...]:
    """The group a row belongs to, one part for each dimension."""
    names = row.names
    return tuple(row.cloud if dimension == "cloud" else names.get(dimension, NOTHING) for dimension in by)


def groups(rows: Sequence[Row], by: Sequence[Dimension] = DEFAULT_GROUPS) -> list[Group]:
    """Split rows into their groups, in the order of the groups' names."""
    found: dict[tuple[str, ...], list[Row]] = {}
    for row in rows:
        found.setdefault(group_of(row, by), []).append(row)
    return [Group("/".join(keys), keys, tuple(members)) for keys, members in sorted(found.items())]


def target_of(reading: FieldReading, wanted: Value) -> Target:
    """What the field must be set to, to mean `wanted`. A path keeps the connection it has."""
    if reading.name == "path" and isinstance(wanted, str) and isinstance(reading.value, str):
        return Target(parse_path(wanted).with_connection(parse_path(reading.value).conn_id))
    return Target(wanted)
