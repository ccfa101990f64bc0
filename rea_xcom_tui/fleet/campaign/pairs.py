"""Partners: which deployment of one environment is the same agent in another."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from rea_xcom_tui.fleet.model import Deployment
from rea_xcom_tui.fleet.qualified import within
from rea_xcom_tui.fleet.teams import team_and_short_name
from rea_xcom_tui.text import some
from rea_xcom_tui.xcom.promoting import aliases

_SEPARATORS = re.compile(r"[-_.]+")
Key = Callable[[Deployment], str]


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
        named = some([one.id for one in self.partners])
        way = f"narrow {self.side}, for example by repo:, cluster: or file:"
        if self.side == "--to":
            way += ", or carry to each of them with --each"
        return f"{len(self.partners)} deployments of {self.side} match it ({named}); {way}"


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
    """Pair deployments by name, without the environment in it; of one name, by what else is equal (see `_TIES`).

    With `each`, a deployment that is alone with its name, or with what else tells it apart, is carried to all partners
    that it has (the clusters of one environment); one that could take its values from several never has a partner.
    """
    pairs: list[Pair] = []
    twice: list[Twice] = []
    theirs = _by_key(targets, _name)
    for key, mine in _by_key(sources, _name).items():
        _match(mine, theirs.get(key, []), _TIES, pairs, twice, each=each)
    known = {one.source.id for one in pairs} | {one.target.id for one in pairs}
    for one in twice:
        known |= {one.deployment.id, *(partner.id for partner in one.partners)}
    return Pairing(
        tuple(pairs),
        tuple(one for one in sources if one.id not in known),
        tuple(one for one in targets if one.id not in known),
        tuple(twice),
    )


def _match(
    mine: list[Deployment],
    theirs: list[Deployment],
    ties: Sequence[Key],
    pairs: list[Pair],
    twice: list[Twice],
    *,
    each: bool,
) -> None:
    """Pair those that are alike so far; while they are not one to one, by the next tie that both sides have."""
    if not mine or not theirs:
        return
    if len(mine) == 1 and (each or len(theirs) == 1):
        pairs += [Pair(mine[0], one) for one in theirs]
        return
    for at, tie in enumerate(ties):
        finer, partners = _by_key(mine, tie), _by_key(theirs, tie)
        if (len(finer) > 1 or len(partners) > 1) and finer.keys() & partners.keys():
            for key, some in finer.items():
                _match(some, partners.get(key, []), ties[at + 1 :], pairs, twice, each=each)
            return
    if len(mine) == 1:
        twice.append(Twice(mine[0], tuple(theirs), "--to"))
    else:
        twice += [Twice(one, tuple(mine), "--from") for one in theirs]


def _by_key(deployments: Iterable[Deployment], key: Key) -> dict[str, list[Deployment]]:
    found: dict[str, list[Deployment]] = {}
    for one in deployments:
        found.setdefault(key(one), []).append(one)
    return found


def _name(one: Deployment) -> str:
    return neutral(one.name, one.env)


def _file(one: Deployment) -> str:
    return "/".join(neutral(part, one.env) for part in within(one.repo, one.file).split("/"))


_TIES: tuple[Key, ...] = (
    lambda one: neutral(one.repo, one.env),
    lambda one: neutral(team_and_short_name(one)[0] or "", one.env),
    lambda one: neutral(one.cluster or "", one.env),
    lambda one: neutral(one.namespace or "", one.env),
    _file,
)
"""What tells partners of one name apart, each without the environment in it: repo, team, cluster, namespace, file."""


def neutral(text: str, env: str | None) -> str:
    """A name without its environment: `growth-etl-staging` and `growth-etl-prod` are both `growth-etl`."""
    if env is None:
        return text
    words = {word.lower() for word in aliases(env)}
    parts = [part for part in _SEPARATORS.split(text) if part.lower() not in words]
    return "-".join(parts)
