"""What a group of deployments has in common, and when that is common enough to be called a norm.

A value is the norm of a group when at least `LEAST_HOLDERS` of its deployments and at least `LEAST_SHARE` of them
have it, and when there is reason to believe that it is meant: the field is uniform in the whole fleet (over all
groups together at least `LEAST_POOLED` have their group's commonest value), or the group alone is large and uniform
enough (the lower end of Wilson's interval for the share, at 95 %, is at least `LEAST_SURE`). Without the last part
every small group of a field that simply varies would look like a majority with an exception.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from dataclasses import field as dataclass_field
from math import sqrt
from typing import Final, NamedTuple

from rea_xcom_tui.xcom.compare import comparable
from rea_xcom_tui.xcom.drift.model import Group, Row
from rea_xcom_tui.xcom.drift.patterns import LEVELS, Pattern, generalised, kind_of
from rea_xcom_tui.xcom.fields import TABLE
from rea_xcom_tui.xcom.model import FieldName, Value
from rea_xcom_tui.xcom.placeholders import base_of

LEAST_MEMBERS: Final = 3
"""Smaller groups are not judged at all."""

LEAST_HOLDERS: Final = 3
LEAST_SHARE: Final = 0.75
LEAST_POOLED: Final = 0.8
LEAST_SURE: Final = 0.7

_Z: Final = 1.96  # of the normal distribution, for 95 %
_SAMPLE: Final = 32
_CANDIDATES: Final = 6


class Member(NamedTuple):
    """A row with one of its fields, where that field has one known value.

    There are six for each row of a fleet, and a tuple is made in a third of the time of a frozen data class.
    """

    row: Row
    field: FieldName
    value: Value
    """What the field does."""

    @property
    def kind(self) -> Value:
        """The value with the row's own names replaced, so that one cause is one kind."""
        return kind_of(self.field, self.value, self.row.names)


@dataclass(frozen=True, slots=True)
class Tally:
    """The commonest value or pattern of some rows, and how many have it."""

    value: Value | Pattern
    holders: int
    size: int
    """How many rows could be compared with it."""
    runner_up: int = 0
    """How many have the second commonest value; 0 for patterns."""
    verdicts: Sequence[bool | None] = dataclass_field(default=(), repr=False, compare=False)
    """Of which rows this is true, in their order, where that was looked at; None where a row cannot be judged."""

    @property
    def share(self) -> float:
        """The part that has it."""
        return self.holders / self.size if self.size else 0.0

    @property
    def sure(self) -> float:
        """The lower end of Wilson's 95 % interval for the share."""
        if not self.size:
            return 0.0
        n, p, z = self.size, self.share, _Z
        return (p + z * z / (2 * n) - z * sqrt((p * (1 - p) + z * z / (4 * n)) / n)) / (1 + z * z / n)

    def is_norm(self, pooled: float) -> bool:
        """Whether it is common enough, given how uniform the field is in the whole fleet."""
        common = self.holders >= LEAST_HOLDERS and self.share >= LEAST_SHARE
        return common and (pooled >= LEAST_POOLED or self.sure >= LEAST_SURE)


def members_of(group: Group, field: FieldName) -> list[Member]:
    """The rows of a group whose field has one known value that is not the outcome of a misspelling."""
    found: list[Member] = []
    effect = TABLE[field].effect
    for row in group.rows:
        reading = row.config.fields[field]
        if comparable(reading) and (reading.state != "unset" or field not in row.misread):
            found.append(Member(row, field, effect(reading.value)))
    return found


def pooled_share(tallies: Iterable[Tally]) -> float:
    """How uniform a field is in the fleet: the part that has its own group's commonest value."""
    counted = [tally for tally in tallies if tally.size >= LEAST_MEMBERS]
    size = sum(tally.size for tally in counted)
    return sum(tally.holders for tally in counted) / size if size else 0.0


def tallies(members: Sequence[Member], field: FieldName) -> Iterator[Tally]:
    """What the members have in common, the strictest first: one tally, or for patterns one for each level."""
    if TABLE[field].names:
        yield from _commonest_patterns(members)
        return
    counts = Counter(member.value for member in members).most_common(2)
    if counts:
        yield Tally(counts[0][0], counts[0][1], len(members), counts[1][1] if len(counts) > 1 else 0)


def judged(value: Value | Pattern, members: Sequence[Member]) -> list[bool | None]:
    """For each member what `holds` says."""
    if isinstance(value, Pattern):
        return value.matches_each((member.value, member.row.names) for member in members)
    return [member.value == value for member in members]


def holds(value: Value | Pattern, member: Member) -> bool | None:
    """Whether a member has a value or follows a pattern; None where the pattern needs a name that it lacks."""
    if isinstance(value, Pattern):
        if not isinstance(member.value, str):
            return False
        return value.matches(member.value, member.row.names)
    return member.value == value


def tally(value: Value | Pattern, members: Sequence[Member]) -> Tally:
    """How many members have a value or follow a pattern."""
    verdicts = judged(value, members)
    return Tally(value, verdicts.count(True), len(verdicts) - verdicts.count(None), verdicts=verdicts)


def _commonest_patterns(members: Sequence[Member]) -> Iterator[Tally]:
    """For each level the pattern that most members follow. Candidates come from a sample, the count from all."""
    step = max(1, len(members) // _SAMPLE)
    sample = members[::step]
    strict = Counter(candidate for member in sample for candidate in _candidates(member))
    done: set[frozenset[Value | Pattern]] = set()
    for level in LEVELS:
        candidates: Counter[Value | Pattern] = Counter()
        for candidate, count in strict.items():
            candidates[loosened(candidate, level)] += count
        if frozenset(candidates) in done:
            continue
        done.add(frozenset(candidates))
        counted = [tally(value, sample) for value, _ in candidates.most_common(_CANDIDATES)]
        best = max(counted, key=lambda found: found.holders, default=None)
        if best is not None:
            yield _in_full(best, members) if step > 1 else _honest(best, members)


def _in_full(found: Tally, members: Sequence[Member]) -> Tally:
    return _honest(tally(found.value, members), members)


def _honest(found: Tally, members: Sequence[Member]) -> Tally:
    """Rows that lack a name cannot be judged, but a pattern that hardly any row can have is none."""
    return found if found.size * 2 >= len(members) else replace(found, size=len(members))


def _candidates(member: Member) -> Collection[Value | Pattern]:
    """Each once, and always in the same order, which decides between those that as many members follow."""
    if not isinstance(member.value, str):
        return (member.value,)
    found: Value | Pattern = generalised(member.value, member.row.names)
    if isinstance(found, Pattern) and "namespace" in map(base_of, found.names):
        return dict.fromkeys((generalised(member.value, member.row.names, without="namespace"), found))
    return (found,)


def loosened(value: Value | Pattern, level: frozenset[str]) -> Value | Pattern:
    """A pattern with the wildcards of a level in place of the accounts, UUIDs or regions it names."""
    return value.loosened(level) if isinstance(value, Pattern) and level else value
