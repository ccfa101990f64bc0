"""Telling deployments of one name apart: in as few words as it takes, beside the name."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from itertools import combinations
from math import prod
from typing import Protocol


class Placed(Protocol):
    """What tells one deployment from another."""

    @property
    def id(self) -> str:
        """Its id, which begins with the file."""

    @property
    def name(self) -> str:
        """What it is called."""

    @property
    def env(self) -> str | None:
        """Its environment."""

    @property
    def namespace(self) -> str | None:
        """Its namespace."""

    @property
    def cluster(self) -> str | None:
        """Its cluster."""

    @property
    def repo(self) -> str:
        """The name of its repo, where the fleet is made of several."""


_LONG = 2
"""From this many slashes on, a place is given beside the cluster or the like."""
_DIMENSIONS: tuple[Callable[[Placed], str | None], ...] = (
    lambda placed: placed.repo,
    lambda placed: placed.cluster,
    lambda placed: placed.env,
    lambda placed: placed.namespace,
)


def name_alone(placed: Placed) -> Hashable:
    """Deployments are alike that have one name."""
    return placed.name


def name_and_env(placed: Placed) -> Hashable:
    """Deployments are alike that have one name, one environment and one repo, where these are shown beside it."""
    return placed.name, placed.env, placed.repo


def apart(deployments: Iterable[Placed], alike: Callable[[Placed], Hashable] = name_alone) -> dict[str, str]:
    """What tells deployments that are `alike` from each other, by their ids; those that are alone are left out.

    It is the first of repo, cluster, environment and namespace that differs among all of them, else two of these
    together, else the part of their files' paths that differs, within one cluster or the like where that is long. Where
    nothing else does, it is what one of them has none of, which tells that one apart too.
    """
    groups: dict[Hashable, dict[str, Placed]] = {}
    for deployment in deployments:
        groups.setdefault(alike(deployment), {})[deployment.id] = deployment
    found: dict[str, str] = {}
    for group in groups.values():
        if len(group) > 1:
            found |= dict(zip(group, _words(list(group.values())), strict=True))
    return found


def called(deployments: Iterable[Placed]) -> dict[str, str]:
    """What each deployment is called, by its id: its name, and in brackets what tells it from others of that name."""
    known = list(deployments)
    words = apart(known)
    return {one.id: f"{one.name} ({words[one.id]})" if words.get(one.id) else one.name for one in known}


def _words(group: Sequence[Placed]) -> list[str]:
    told = [[dimension(one) or "" for one in group] for dimension in _DIMENSIONS]
    kinds = [len(set(texts)) for texts in told]
    with_none: list[str] | None = None
    for count in (1, 2):
        for chosen in combinations(range(len(told)), count):
            if prod(kinds[at] for at in chosen) < len(group):
                continue
            texts = [" ".join(filter(None, parts)) for parts in zip(*(told[at] for at in chosen), strict=True)]
            if len(set(texts)) == len(texts):
                if all(texts) and all(kinds[at] > 1 for at in chosen):
                    return texts
                with_none = with_none or texts
    return with_none or _within(group, next((each for each in told if len(set(each)) > 1), None))


def _within(group: Sequence[Placed], told: Sequence[str] | None) -> list[str]:
    """Where they are, within those of which the one dimension that differs says the same."""
    whole = _places([one.id for one in group])
    if told is None or max(place.count("/") for place in whole) < _LONG:
        return whole
    found: dict[int, str] = {}
    for text in dict.fromkeys(told):
        same = [at for at, each in enumerate(told) if each == text]
        places = _places([group[at].id for at in same]) if len(same) > 1 else [""]
        found |= {at: f"{text} {place}".strip() for at, place in zip(same, places, strict=True)}
    texts = [found[at] for at in range(len(group))]
    return texts if len(set(texts)) == len(texts) and all(texts) else whole


def _places(ids: Sequence[str]) -> list[str]:
    """The part of each path that differs among all of them."""
    parts = [_steps(id_) for id_ in ids]
    shortest = min(map(len, parts))
    before = next((at for at in range(shortest) if len({part[at] for part in parts}) > 1), shortest)
    after = next((at for at in range(shortest - before) if len({part[-1 - at] for part in parts}) > 1), 0)
    return ["/".join(part[before : len(part) - after]) for part in parts]


def _steps(id_: str) -> list[str]:
    """The folders and the file of an id, the steps of its pointer, and what its question says."""
    place, _, question = id_.partition("?")
    path, _, pointer = place.partition("#")
    asked = [step for each in question.split("&") for step in each.partition("=")[2].split("/")]
    return [*path.split("/"), *filter(None, (*pointer.split("/"), *asked))]
