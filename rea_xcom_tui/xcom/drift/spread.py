"""How the values of each field spread over the groups of a fleet, for a picture of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rea_xcom_tui.xcom.drift.model import DEFAULT_GROUPS, Dimension, Row, groups
from rea_xcom_tui.xcom.drift.norms import members_of
from rea_xcom_tui.xcom.model import FIELDS, FieldName, Value


@dataclass(frozen=True, slots=True)
class GroupSpread:
    """The values of one field in one group."""

    group: str
    kinds: tuple[tuple[Value, int], ...]
    """Each kind of value (a path or an identity with its own names replaced) with its count, the commonest first."""
    unknown: int = 0
    """How many have no value that Git knows: a reference, a conflict, a mistake."""

    @property
    def total(self) -> int:
        """How many deployments the group has."""
        return sum(count for _, count in self.kinds) + self.unknown


Spreads = Mapping[FieldName, tuple[GroupSpread, ...]]


def spread(
    rows: Sequence[Row], by: Sequence[Dimension] = DEFAULT_GROUPS, fields: Iterable[FieldName] = FIELDS
) -> dict[FieldName, tuple[GroupSpread, ...]]:
    """For each field how its values spread over each group, the groups in the order of their names."""
    split = groups(rows, by)
    found: dict[FieldName, tuple[GroupSpread, ...]] = {}
    for field in fields:
        told = []
        for group in split:
            members = members_of(group, field)
            kinds = Counter(one.kind for one in members).most_common()
            told.append(GroupSpread(group.name, tuple(kinds), len(group.rows) - len(members)))
        found[field] = tuple(told)
    return found
