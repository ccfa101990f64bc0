"""What a team has in common where its group's norm leaves something open: its account, its UUID, its region."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from rea_xcom_tui.xcom.drift.norms import LEAST_HOLDERS, LEAST_POOLED, LEAST_SHARE, Member, judged
from rea_xcom_tui.xcom.drift.patterns import LEVELS, Pattern, seen
from rea_xcom_tui.xcom.model import Value

_Filler = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Team:
    """A team whose deployments have one account or the like."""

    wanted: Pattern
    """The norm with what the team has in place of the wildcards."""
    holders: int
    size: int
    """How many of the team follow the norm but for account, UUID and region."""
    apart: bool
    """Whether the norm itself says something else: the team has an account or a region of its own."""
    firm: bool
    """Whether it is common enough for a member with another one to be called drift."""


def teams_of(
    value: Value | Pattern, members: Sequence[Member], verdicts: Sequence[bool | None]
) -> dict[str | None, Team]:
    """The teams that agree on what the norm leaves open, or that agree on something else than the norm names.

    `verdicts` say which members the norm is true of. A member that follows the norm not even loosely counts against no
    team, unless half of the team are such. A team is firm where the rules for a norm hold for it, and most deployments
    of the group have what is commonest in their team: where accounts simply vary, nobody is drift for having another.
    """
    loose = value.loosened(LEVELS[-1]) if isinstance(value, Pattern) else None
    if loose is None or not isinstance(value, Pattern) or not loose.wildcards:
        return {}
    teams = _candidates(members, verdicts, whole=bool(value.wildcards))
    found: dict[str | None, tuple[Counter[_Filler], list[tuple[_Filler, bool | None]], int]] = {}
    for team, mine in teams.items():
        same = loose == value  # then it is known already who follows it
        follows = [verdict for _, verdict in mine] if same else judged(loose, [member for member, _ in mine])
        pairs = [
            (_filler(str(member.value), loose.wildcards), verdict)
            for (member, verdict), follow in zip(mine, follows, strict=True)
            if follow
        ]
        found[team] = Counter(filler for filler, _ in pairs), pairs, len(mine)
    pooled = _pooled([counts for counts, _, _ in found.values()])
    agreed: dict[str | None, Team] = {}
    for team, (counts, pairs, size) in found.items():
        if not counts:
            continue
        filler, holders = counts.most_common(1)[0]
        common = holders >= LEAST_HOLDERS and holders >= LEAST_SHARE * len(pairs)
        if (common or len(pairs) == holders > 1) and holders * 2 > size:
            apart = all(verdict is False for other, verdict in pairs if other == filler)
            firm = common and pooled >= LEAST_POOLED
            agreed[team] = Team(loose.filled(dict(filler)), holders, len(pairs), apart, firm)
    return agreed


@lru_cache(maxsize=1 << 16)
def _filler(value: str, wildcards: frozenset[str]) -> _Filler:
    """What is where the wildcards are. Remembered, because a fleet is compared again after each edit."""
    return tuple(sorted(seen(value, wildcards).items()))


def _candidates(
    members: Sequence[Member], verdicts: Sequence[bool | None], *, whole: bool
) -> dict[str | None, list[tuple[Member, bool | None]]]:
    """The members of each team; without `whole`, of those teams in which somebody differs from the norm."""
    pairs = list(zip(members, verdicts, strict=True))
    asked = {member.row.names.get("team") for member, verdict in pairs if whole or verdict is False}
    asked.discard(None)
    teams: dict[str | None, list[tuple[Member, bool | None]]] = {team: [] for team in asked}
    for pair in pairs if asked else ():
        if (team := pair[0].row.names.get("team")) in teams:
            teams[team].append(pair)
    return teams


def _pooled(counted: Sequence[Counter[_Filler]]) -> float:
    """The part of all deployments that have their own team's commonest account, over the teams that can show it."""
    large = [counts for counts in counted if counts.total() >= LEAST_HOLDERS]
    size = sum(counts.total() for counts in large)
    return sum(max(counts.values()) for counts in large) / size if size else 0.0
