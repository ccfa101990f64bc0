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
    together, else the part of their files' paths that differs. One of them may have none, which tells it apart too.
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
    for count in (1, 2):
        for chosen in combinations(range(len(told)), count):
            if prod(kinds[at] for at in chosen) < len(group):
                continue
            texts = [" ".join(filter(None, parts)) for parts in zip(*(told[at] for at in chosen), strict=True)]
            if len(set(texts)) == len(texts):
                return texts
    return _places([one.id for one in group])


def _places(ids: Sequence[str]) -> list[str]:
    """The part of each path that differs among all of them."""
    parts = [id_.split("/") for id_ in ids]
    shortest = min(map(len, parts))
    before = next((at for at in range(shortest) if len({part[at] for part in parts}) > 1), shortest)
    after = next((at for at in range(shortest - before) if len({part[-1 - at] for part in parts}) > 1), 0)
    return ["/".join(part[before : len(part) - after]) for part in parts]
