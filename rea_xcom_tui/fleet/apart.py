"""Telling deployments of one name apart: in as few words as it takes, beside the name."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from itertools import combinations

from rea_xcom_tui.fleet.model import Deployment

_DIMENSIONS: tuple[Callable[[Deployment], str | None], ...] = (
    lambda deployment: deployment.cluster,
    lambda deployment: deployment.env,
    lambda deployment: deployment.namespace,
)


def apart(
    deployments: Iterable[Deployment],
    alike: Callable[[Deployment], Hashable] = lambda deployment: deployment.name,
) -> dict[str, str]:
    """What tells deployments that are `alike` from each other, by their ids; those that are alone are left out.

    It is the first of cluster, environment and namespace that differs among all of them, else two of these together,
    else the part of their files' paths that differs.
    """
    groups: dict[Hashable, dict[str, Deployment]] = {}
    for deployment in deployments:
        groups.setdefault(alike(deployment), {})[deployment.id] = deployment
    found: dict[str, str] = {}
    for group in groups.values():
        if len(group) > 1:
            found |= dict(zip(group, _words(list(group.values())), strict=True))
    return found


def names_apart(deployments: Iterable[Deployment], among: Iterable[Deployment] = ()) -> dict[str, str]:
    """What each deployment is called, by its id: its name, and in brackets what tells it from others of that name.

    The others are those of `deployments` and `among`.
    """
    asked = list(deployments)
    names = {deployment.name for deployment in asked}
    words = apart((*asked, *(one for one in among if one.name in names)))
    return {one.id: f"{one.name} ({words[one.id]})" if words.get(one.id) else one.name for one in asked}


def _words(group: Sequence[Deployment]) -> list[str]:
    for count in (1, 2):
        for dimensions in combinations(_DIMENSIONS, count):
            texts = [" ".join(filter(None, (told(one) for told in dimensions))) for one in group]
            if len(set(texts)) == len(texts):
                return texts
    return _places([deployment.id for deployment in group])


def _places(ids: Sequence[str]) -> list[str]:
    """The part of each path that differs among all of them."""
    parts = [id_.split("/") for id_ in ids]
    shortest = min(map(len, parts))
    before = next((at for at in range(shortest) if len({part[at] for part in parts}) > 1), shortest)
    after = next((at for at in range(shortest - before) if len({part[-1 - at] for part in parts}) > 1), 0)
    return ["/".join(part[before : len(part) - after]) for part in parts]
