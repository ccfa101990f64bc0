"""What belongs to an environment, as the fleet's own values show it: a proposal for the baseline file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import permutations
from typing import TYPE_CHECKING

from rea_xcom_tui.errors import Refused
from rea_xcom_tui.fleet.baseline import BASELINE_FILE
from rea_xcom_tui.fleet.baseline.file import load_baseline
from rea_xcom_tui.fleet.baseline.statements import Belongs
from rea_xcom_tui.fleet.campaign.pairs import Pair, pair
from rea_xcom_tui.fleet.edit.pending import Declare, Step
from rea_xcom_tui.fleet.edit.several import edit_in
from rea_xcom_tui.fleet.model import Deployment, Fleet
from rea_xcom_tui.fleet.teams import names_of
from rea_xcom_tui.text import clean, plural
from rea_xcom_tui.xcom.fields import TABLE
from rea_xcom_tui.xcom.model import FIELDS, FieldName
from rea_xcom_tui.xcom.paths import parse_path
from rea_xcom_tui.xcom.promoting import BUCKET, CannotCarry, End, Surroundings, carry

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.workspace import Workspace

_LEAST_PAIRS = 3
_LEAST_SHARE = 0.75
"""So large a part of the pairs has to differ, or of an environment to agree, before anything is proposed."""


@dataclass(frozen=True, slots=True)
class Proposed:
    """One field, or the buckets of paths, that the fleet keeps apart by environment."""

    name: str
    reason: str
    repo: str = ""
    """The repo whose baseline file is to say so."""


def propose(fleet: Fleet) -> tuple[Proposed, ...]:
    """What differs between environments as a rule, so that promoting it would undo what the fleet does on purpose.

    A plain field is proposed where two environments each agree on a value of their own; a path, an identity or a
    connection where most pairs have not what the pattern would make of it. Over several repos each is looked at alone.
    """
    by_env: dict[str, list[Deployment]] = {}
    for one in fleet.deployments:
        if one.env is not None and not one.unreached:
            by_env.setdefault(one.env, []).append(one)
    found: dict[tuple[str, str], Proposed] = {}
    for source, target in permutations(sorted(by_env), 2):
        for repo, pairs in _by_repo(pair(by_env[source], by_env[target]).pairs).items():
            if len(pairs) < _LEAST_PAIRS:
                continue
            for field in FIELDS:
                odd = _patterned(field, pairs, source, target) if TABLE[field].names else _plain(field, pairs)
                if odd is not None:
                    found.setdefault((repo, odd.name), replace(odd, repo=repo))
    return tuple(found[key] for key in sorted(found, key=lambda key: key[0]))


def _by_repo(pairs: Iterable[Pair]) -> dict[str, list[Pair]]:
    """Pairs by the repo of the one that values go to, whose baseline file is asked."""
    found: dict[str, list[Pair]] = {}
    for one in pairs:
        found.setdefault(one.target.repo, []).append(one)
    return found


def _plain(field: FieldName, pairs: Sequence[Pair]) -> Proposed | None:
    sides = [[one.source for one in pairs], [one.target for one in pairs]]
    norms = [Counter(d.field(field).value for d in side if d.field(field).state == "set") for side in sides]
    tops = [counts.most_common(1)[0] if counts else None for counts in norms]
    if tops[0] is None or tops[1] is None or tops[0][0] == tops[1][0]:
        return None
    if any(top is not None and top[1] < _LEAST_SHARE * len(pairs) for top in tops):
        return None
    mine, theirs = pairs[0].source.env, pairs[0].target.env
    return Proposed(field, f"{clean(tops[0][0])} in {clean(mine)}, {clean(tops[1][0])} in {clean(theirs)}")


def _patterned(field: FieldName, pairs: Sequence[Pair], source: str, target: str) -> Proposed | None:
    known = [one for one in pairs if _has(one.source, field) and _has(one.target, field)]
    if len(known) < _LEAST_PAIRS:
        return None
    around = Surroundings(_values([p.source for p in known], field), _values([p.target for p in known], field))
    odd = [one for one in known if _expected(field, one, around) != one.target.field(field).value]
    if len(odd) < _LEAST_SHARE * len(known):
        return None
    many = f"{len(odd)} of {plural(len(known), 'pair')} of {clean(source)} and {clean(target)}"
    if field == "path":
        apart = [one for one in odd if _bucket(one.source) != _bucket(one.target)]
        same_rest = sum(_prefix(one.source) == _prefix(one.target) for one in apart)
        if same_rest >= _LEAST_SHARE * len(odd):
            return Proposed(BUCKET, f"{many} have buckets that no name explains")
    return Proposed(field, f"{many} have values that no name explains")


def _expected(field: FieldName, one: Pair, around: Surroundings) -> object:
    try:
        return carry(field, _end(one.source, field), _end(one.target, field), around)
    except CannotCarry:
        return None


def _end(deployment: Deployment, field: FieldName) -> End:
    return End(deployment.id, names_of(deployment), deployment.field(field).value)


def _has(deployment: Deployment, field: FieldName) -> bool:
    return deployment.field(field).state == "set"


def _values(deployments: Sequence[Deployment], field: FieldName) -> frozenset[str]:
    return frozenset(str(one.field(field).value) for one in deployments)


def _bucket(deployment: Deployment) -> str:
    return parse_path(str(deployment.field("path").value)).bucket


def _prefix(deployment: Deployment) -> str:
    return parse_path(str(deployment.field("path").value)).prefix


def declare(workspace: Workspace, found: Sequence[Proposed]) -> Step | None:
    """Make pending that these belong to their environment; what the baseline file says already is left out. Raises
    `Refused` in a read-only repo."""
    if workspace.read_only is not None:
        raise Refused(f"nothing may be changed: {workspace.read_only}")
    repos = workspace.each()
    known = {repo: load_baseline(member.root).per_environment for repo, member in repos.items()}
    edits = [
        edit_in(one.repo, Declare(Belongs(one.name, one.reason), None, BASELINE_FILE))
        for one in found
        if one.name not in known[one.repo]
    ]
    return workspace.pending.put(edits, "declare what belongs to its environment")
