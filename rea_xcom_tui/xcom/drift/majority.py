"""Drift from the fleet's own majority: no set-up, and no verdict where there is none to give."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as dataclass_field

from rea_xcom_tui.text import plural
from rea_xcom_tui.xcom.compare import drift_value
from rea_xcom_tui.xcom.drift.model import (
    DEFAULT_GROUPS,
    Deviation,
    Dimension,
    Group,
    Notice,
    Outcome,
    Row,
    Target,
    groups,
    target_of,
)
from rea_xcom_tui.xcom.drift.norms import (
    LEAST_MEMBERS,
    Member,
    Tally,
    holds,
    judged,
    members_of,
    pooled_share,
    tallies,
    tally,
)
from rea_xcom_tui.xcom.drift.patterns import Pattern, seen
from rea_xcom_tui.xcom.drift.teams import Team, teams_of
from rea_xcom_tui.xcom.fields import TABLE
from rea_xcom_tui.xcom.model import FIELDS, FieldName, Value

_NAMED = 3
"""How many groups are named in a notice."""


@dataclass(frozen=True, slots=True)
class Norm:
    """What a group is held to, and why."""

    value: Value | Pattern
    reason: str
    verdicts: Sequence[bool | None] = dataclass_field(default=(), repr=False, compare=False)
    """Of which members of the group it is true, where that was looked at already."""


def majority_deviations(rows: Sequence[Row], by: Sequence[Dimension] = DEFAULT_GROUPS) -> Outcome:
    """Compare every row with what most of its group have, field by field.

    Paths, identities and connections are compared by pattern. Where a group has no majority of its own, but more than
    half of it follow the pattern that the whole cloud follows, that pattern counts. What is too small, too even or too
    varied to have a majority is reported in the notices.
    """
    split = groups(rows, by)
    deviations: list[Deviation] = []
    notices = _small(split)
    for field in FIELDS:
        found = _of_field(field, split)
        deviations += found.deviations
        notices += found.notices
    return Outcome(tuple(deviations), tuple(notices))


def group_norms(rows: Sequence[Row], by: Sequence[Dimension] = DEFAULT_GROUPS) -> dict[str, dict[FieldName, Norm]]:
    """What each group that is large enough is held to, by the group's name; a field without a norm is missing."""
    split = groups(rows, by)
    found: dict[str, dict[FieldName, Norm]] = {group.name: {} for group in split}
    for field in FIELDS:
        for group, norm in _Field(field, split).norms():
            if isinstance(norm, Norm):
                found[group.name][field] = norm
    return found


def _of_field(field: FieldName, split: Sequence[Group]) -> Outcome:
    judged = _Field(field, split)
    deviations: list[Deviation] = []
    undecided: list[tuple[Group, Tally]] = []
    for group, norm in judged.norms():
        if isinstance(norm, Norm):
            deviations += deviations_from(norm, group.name, judged.members[group.name])
        else:
            undecided.append((group, norm))
    return Outcome(tuple(deviations), tuple(_undecided(field, undecided)))


class _Field:
    """One field in all groups that are large enough to be judged."""

    def __init__(self, field: FieldName, split: Sequence[Group]) -> None:
        self._field = field
        self._split = split
        self.members = {group.name: members_of(group, field) for group in split}

    def norms(self) -> Iterator[tuple[Group, Norm | Tally]]:
        """Each group with its norm, or where it has none with its commonest value."""
        judged = [group for group in self._split if len(self.members[group.name]) >= LEAST_MEMBERS]
        counted = {group.name: list(tallies(self.members[group.name], self._field)) for group in judged}
        pooled = _Pooled(self._field, judged, counted)
        wider = _Wider(self._field, self._split, self.members, pooled)
        for group in judged:
            norm = _norm(counted[group.name], pooled.share(group), group.name) or wider.norm(group)
            yield group, norm or counted[group.name][-1]


class _Pooled:
    """How uniform a field is: in the whole fleet, or where each cloud has values of its own, in each cloud."""

    def __init__(self, field: FieldName, judged: Sequence[Group], counted: Mapping[str, Sequence[Tally]]) -> None:
        self._by_cloud = TABLE[field].names
        found: dict[str, list[Tally]] = {}
        for group in judged:
            found.setdefault(self._key(group), []).append(counted[group.name][-1])
        self._shares = {key: pooled_share(levels) for key, levels in found.items()}

    def share(self, group: Group) -> float:
        """The pooled share that counts for a group."""
        return self._shares[self._key(group)]

    def _key(self, group: Group) -> str:
        return group.rows[0].cloud if self._by_cloud else ""


def _norm(levels: Sequence[Tally], pooled: float, name: str) -> Norm | None:
    for counted in levels:
        if counted.is_norm(pooled):
            reason = f"{counted.holders} of {counted.size} in {name} {_have(counted.value)}"
            return Norm(counted.value, reason, counted.verdicts)
    return None


def _have(value: Value | Pattern) -> str:
    return "follow this pattern" if isinstance(value, Pattern) and (value.names or value.wildcards) else "have it"


class _Wider:
    """The patterns that whole clouds follow, for groups that have no majority of their own."""

    def __init__(
        self, field: FieldName, split: Sequence[Group], members: Mapping[str, Sequence[Member]], pooled: _Pooled
    ) -> None:
        self._field = field
        self._members = members
        self._pooled = pooled
        self._split = split
        self._norms: dict[str, tuple[Pattern, Tally] | None] = {}

    def norm(self, group: Group) -> Norm | None:
        cloud = group.rows[0].cloud
        if any(row.cloud != cloud for row in group.rows):
            return None
        if cloud not in self._norms:
            self._norms[cloud] = self._of_cloud(cloud, self._pooled.share(group))
        found = self._norms[cloud]
        if found is None:
            return None
        pattern, wide = found
        own = tally(pattern, self._members[group.name])
        if own.size < LEAST_MEMBERS or own.holders * 2 <= own.size:
            return None
        reason = (
            f"{wide.holders} of {wide.size} in {cloud} follow this pattern, {own.holders} of {own.size} in {group.name}"
        )
        return Norm(self._narrowed(pattern, group), reason)

    def _narrowed(self, pattern: Pattern, group: Group) -> Pattern:
        """The pattern with the account or the like that all who follow it in the group have in common."""
        fitting = [member for member in self._members[group.name] if holds(pattern, member)]
        return pattern.filled(_Fillers(pattern, fitting).common) if pattern.wildcards else pattern

    def _of_cloud(self, cloud: str, pooled: float) -> tuple[Pattern, Tally] | None:
        if not TABLE[self._field].names:
            return None
        wide = [member for group in self._split for member in self._members[group.name] if member.row.cloud == cloud]
        for counted in tallies(wide, self._field):
            if isinstance(counted.value, Pattern) and counted.value.names and counted.is_norm(pooled):
                return counted.value, counted
        return None


def deviations_from(norm: Norm, group: str, members: Sequence[Member]) -> list[Deviation]:
    """The members that do not have what the norm says."""
    verdicts = norm.verdicts or judged(norm.value, members)
    teams = teams_of(norm.value, members, verdicts)
    if False not in verdicts and not any(team.firm for team in teams.values()):
        return []
    fillers = _Fillers(norm.value, [member for member, verdict in zip(members, verdicts, strict=True) if verdict])
    found: list[Deviation] = []
    for member, verdict in zip(members, verdicts, strict=True):
        team = teams.get(member.row.names.get("team"))
        own = _norm_of_team(norm, group, member, verdict, team)
        if own is not None:
            found.append(_deviation(own, group, member, fillers))
        elif verdict is False and (team is None or not team.apart):
            found.append(_deviation(norm, group, member, fillers))
    return found


def _norm_of_team(norm: Norm, group: str, member: Member, verdict: bool | None, team: Team | None) -> Norm | None:
    """What a member differs from in its own team, where that says more than the norm, or something else.

    A team with an account of its own is not drift, however few its deployments are among those of the others.
    """
    if team is None or verdict is None or not (team.firm if verdict else team.apart):
        return None
    if holds(team.wanted, member) is not False:
        return None
    name = member.row.names.get("team")
    return Norm(team.wanted, f"{team.holders} of {team.size} of {name} in {group} {_have(team.wanted)}")


def _deviation(norm: Norm, group: str, member: Member, fillers: _Fillers) -> Deviation:
    expected = norm.value.text if isinstance(norm.value, Pattern) else norm.value
    return Deviation(
        member.row.id,
        member.field,
        group,
        expected,
        drift_value(member.row.config.fields[member.field]),
        member.kind,
        fillers.target(norm.value, member),
        TABLE[member.field].severity,
        norm.reason,
    )


class _Fillers:
    """What the wildcards of a norm stand for among the members that follow it: in each team, and in all."""

    def __init__(self, value: Value | Pattern, fitting: Sequence[Member]) -> None:
        self._pattern = value if isinstance(value, Pattern) else None
        self._teams: dict[str | None, dict[str, set[str]]] = {}
        self._all: dict[str, set[str]] = {}
        if self._pattern is not None and self._pattern.wildcards:
            for member in fitting:
                mine = self._teams.setdefault(member.row.names.get("team"), {})
                for wildcard, text in seen(str(member.value), self._pattern.wildcards).items():
                    mine.setdefault(wildcard, set()).add(text)
                    self._all.setdefault(wildcard, set()).add(text)

    @property
    def common(self) -> dict[str, str]:
        """What all have in common."""
        return _single(self._all)

    def target(self, value: Value | Pattern, member: Member) -> Target | None:
        """What fixes a member; None where its account or the like cannot be determined."""
        reading = member.row.config.fields[member.field]
        if not isinstance(value, Pattern):
            return target_of(reading, value)
        text = value.concrete(member.row.names, self._known(value, member))
        return None if text is None else target_of(reading, text)

    def _known(self, pattern: Pattern, member: Member) -> dict[str, str]:
        """As the team has it, else as the whole group has it, else as it is now."""
        known = seen(member.value, pattern.wildcards) if isinstance(member.value, str) else {}
        return known | self.common | _single(self._teams.get(member.row.names.get("team"), {}))


def _single(texts: Mapping[str, set[str]]) -> dict[str, str]:
    return {wildcard: next(iter(found)) for wildcard, found in texts.items() if len(found) == 1}


def _small(split: Sequence[Group]) -> list[Notice]:
    small = [group for group in split if len(group.rows) < LEAST_MEMBERS]
    if not small:
        return []
    named = ", ".join(f"{group.name} ({len(group.rows)})" for group in small)
    ids = tuple(row.id for group in small for row in group.rows)
    verb = "has" if len(small) == 1 else "have"
    text = f"{plural(len(small), 'group')} {verb} fewer than {LEAST_MEMBERS} deployments and no majority: {named}"
    return [Notice("small group", text, ids)]


def _undecided(field: FieldName, found: Sequence[tuple[Group, Tally]]) -> list[Notice]:
    """One notice for all groups where a field has no majority; none where they all agree."""
    tied = [(group, counted) for group, counted in found if counted.runner_up == counted.holders]
    open_ = [pair for pair in found if pair not in tied and pair[1].holders < pair[1].size]
    notices = []
    if tied:
        notices.append(Notice("tie", f"{field}: two values are equally common in {_listed(tied)}", _ids(tied)))
    if open_:
        notices.append(Notice("no majority", f"{field}: no value is a clear majority in {_listed(open_)}", _ids(open_)))
    return notices


def _listed(found: Sequence[tuple[Group, Tally]]) -> str:
    named = [f"{group.name} ({counted.holders} of {counted.size})" for group, counted in found[:_NAMED]]
    rest = [f"{len(found) - _NAMED} more"] if len(found) > _NAMED else []
    return ", ".join([*named, *rest])


def _ids(found: Sequence[tuple[Group, Tally]]) -> tuple[str, ...]:
    return tuple(row.id for group, _ in found for row in group.rows)
