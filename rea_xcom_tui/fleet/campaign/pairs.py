"""Partners: which deployment of one environment is the same agent in another."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rea_xcom_tui.fleet.model import Deployment
from rea_xcom_tui.fleet.teams import team_and_short_name
from rea_xcom_tui.text import clean
from rea_xcom_tui.xcom.promoting import aliases

_SEPARATORS = re.compile(r"[-_.]+")
Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """A deployment that values come from, and one that they go to."""

    source: Deployment
    target: Deployment


@dataclass(frozen=True, slots=True)
class Twice:
    """A deployment that has more than one partner on the other side, so that nobody can tell which is meant."""

    deployment: Deployment
    partners: tuple[Deployment, ...]
    side: str
    """Where the partners are: `--from` or `--to`."""

    def sentence(self) -> str:
        """Why nothing is carried, and the way on."""
        named = ", ".join(clean(one.id) for one in self.partners[:3])
        more = f" and {len(self.partners) - 3} more" if len(self.partners) > 3 else ""
        way = f"narrow {self.side}, for example by cluster: or file:"
        if self.side == "--to":
            way += ", or carry to each of them with --each"
        return f"{len(self.partners)} deployments of {self.side} match it ({named}{more}); {way}"


@dataclass(frozen=True, slots=True)
class Pairing:
    """What matches what."""

    pairs: tuple[Pair, ...]
    alone_from: tuple[Deployment, ...]
    """Deployments of `--from` without a partner."""
    alone_to: tuple[Deployment, ...]
    """Deployments of `--to` without a partner."""
    twice: tuple[Twice, ...] = ()


def pair(sources: Sequence[Deployment], targets: Sequence[Deployment], *, each: bool = False) -> Pairing:
    """Pair deployments by name, without the environment in it; of one name, by team, then cluster, then namespace.

    With `each`, a deployment may have several partners that it is carried to (the clusters of one environment); one
    that could take its values from several never has a partner.
    """
    pairs: list[Pair] = []
    twice: list[Twice] = []
    known: set[str] = set()
    theirs = _by_key(targets, 0)
    for key, mine in _by_key(sources, 0).items():
        _match(mine, theirs.get(key, []), 1, pairs, twice, each=each)
    known = {one.source.id for one in pairs} | {one.target.id for one in pairs}
    for one in twice:
        known |= {one.deployment.id, *(partner.id for partner in one.partners)}
    return Pairing(
        tuple(pairs),
        tuple(one for one in sources if one.id not in known),
        tuple(one for one in targets if one.id not in known),
        tuple(twice),
    )


_MOST = 4
"""How many parts a key has in full."""


def _match(
    mine: list[Deployment], theirs: list[Deployment], level: int, pairs: list[Pair], twice: list[Twice], *, each: bool
) -> None:
    """Pair those of one key, by a longer one while they are not one to one."""
    if not mine or not theirs:
        return
    if len(mine) == len(theirs) == 1:
        pairs.append(Pair(mine[0], theirs[0]))
        return
    finer, partners = _by_key(mine, level), _by_key(theirs, level)
    if level < _MOST and (len(finer) > 1 or len(partners) > 1) and finer.keys() & partners.keys():
        for key, some in finer.items():
            _match(some, partners.get(key, []), level + 1, pairs, twice, each=each)
        return
    if level < _MOST:
        _match(mine, theirs, level + 1, pairs, twice, each=each)
    elif len(mine) == 1 and each:
        pairs += [Pair(mine[0], one) for one in theirs]
    elif len(mine) == 1:
        twice.append(Twice(mine[0], tuple(theirs), "--to"))
    else:
        twice += [Twice(one, tuple(mine), "--from") for one in theirs]


def _by_key(deployments: Iterable[Deployment], level: int) -> dict[Key, list[Deployment]]:
    found: dict[Key, list[Deployment]] = {}
    for one in deployments:
        found.setdefault(_key(one)[: level + 1], []).append(one)
    return found


def _key(deployment: Deployment) -> Key:
    """What partners have in common: name, team, cluster and namespace, each without the environment in it."""
    env = deployment.env
    team, _ = team_and_short_name(deployment)
    cluster, namespace = deployment.cluster or "", deployment.namespace or ""
    return neutral(deployment.name, env), neutral(team or "", env), neutral(cluster, env), neutral(namespace, env)


def neutral(text: str, env: str | None) -> str:
    """A name without its environment: `growth-etl-staging` and `growth-etl-prod` are both `growth-etl`."""
    if env is None:
        return text
    words = {word.lower() for word in aliases(env)}
    parts = [part for part in _SEPARATORS.split(text) if part.lower() not in words]
    return "-".join(parts)
