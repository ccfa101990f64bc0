"""In which layers an edit of many deployments can be made: few that they share, or one of each deployment's own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rea_xcom_tui.errors import Refused
from rea_xcom_tui.fleet.edit.placing import OWN, SHARED, How
from rea_xcom_tui.fleet.model import Deployment
from rea_xcom_tui.fleet.qualified import qualified, within
from rea_xcom_tui.text import clean
from rea_xcom_tui.xcom.model import FieldName

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.edit.layers import Taker
    from rea_xcom_tui.fleet.edit.state import FleetState

Key = tuple[str, str]
"""A layer wherever it is named: its real file, and the pointer in it."""


@dataclass(frozen=True, slots=True)
class Target:
    """One layer that takes an edit, and which deployments that reaches."""

    source: str
    asked: tuple[Deployment, ...]
    others: tuple[Deployment, ...]
    """Those that nobody asked for and that have no stronger say of their own."""


@dataclass(frozen=True, slots=True)
class Way:
    """One way to make an edit of many deployments."""

    layer: str | None
    """What names it to `set --layer`; None for the usual one, where the values in force are."""
    targets: tuple[Target, ...]
    refused: int = 0
    """How many of the deployments no layer takes the edit of."""


def ways(workspace: FleetState, ids: Iterable[str], field: FieldName) -> tuple[Way, ...]:
    """The ways to set a field of deployments that are made of layers, the usual one first; none where no deployment
    is, and one where there is no choice. Nothing is proved yet."""
    chosen = [d for id_ in ids if (d := workspace.fleet.by_id.get(id_)) is not None and d.stack]
    if not chosen:
        return ()
    reach = Reach(workspace)
    found: dict[frozenset[tuple[str, str]], Way] = {}
    for how in (None, OWN, SHARED):
        placed = places(workspace, chosen, field, how, reach)
        way = _way(how, placed, chosen, field, reach)
        known = frozenset((id_, source) for id_, source in placed.items() if isinstance(source, str))
        if way.targets and known not in found:
            found[known] = way
    return tuple(found.values())


def places(
    workspace: FleetState,
    deployments: Sequence[Deployment],
    field: FieldName,
    how: How | None,
    reach: Reach | None = None,
) -> dict[str, str | Refused]:
    """The layer of each deployment that takes an edit of a field, or why there is none, by id."""
    known = reach or Reach(workspace)
    found: dict[str, str | Refused] = {}
    if how == SHARED:
        shared = _fewest(deployments, field, known)
        found |= shared
    for deployment in deployments:
        if deployment.id in found:
            continue
        try:
            found[deployment.id] = known.own(deployment, field) if how == OWN else known.usual(deployment, field)
        except Refused as refusal:
            found[deployment.id] = refusal
    return found


class Reach:
    """Which deployments have which layer among theirs."""

    def __init__(self, workspace: FleetState) -> None:
        self._workspace = workspace
        self._real: dict[str, str] = {}
        self._of: dict[Key, list[Deployment]] = {}
        for deployment in workspace.fleet.deployments:
            for key in {self.key(info.file, info.source) for info in deployment.stack if info.file}:
                self._of.setdefault(key, []).append(deployment)
        self._takers: dict[tuple[str, FieldName], list[Taker]] = {}

    def key(self, file: str, source: str) -> Key:
        """A layer by the file that it is really in."""
        if file not in self._real:
            self._real[file] = self._workspace.real_file(file)
        return self._real[file], source.removeprefix(file)

    def takers(self, deployment: Deployment, field: FieldName) -> list[tuple[Key, Taker]]:
        """The layers that could take an edit so that it is in force, weakest first; those of a repo by their names in
        the whole fleet."""
        known = self._takers.get((deployment.id, field))
        if known is None:
            repo, member = self._workspace.home_of(deployment.id)
            known = member.chooser().takers(member.deployment(within(repo, deployment.id)), field)
            self._takers[deployment.id, field] = known
        repo = deployment.repo
        return [(self.key(qualified(repo, one.file), qualified(repo, one.source)), one) for one in known]

    def whom(self, key: Key, field: FieldName) -> list[Deployment]:
        """The deployments that would change by an edit of a layer: those in which nothing stronger says it."""
        return [
            deployment
            for deployment in self._of.get(key, ())
            if any(mine == key and not taker.carries for mine, taker in self.takers(deployment, field))
        ]

    def usual(self, deployment: Deployment, field: FieldName) -> str:
        """The layer that takes an edit where none is named. Raises `Refused`."""
        repo, member = self._workspace.home_of(deployment.id)
        number = member.chooser().choose(member.deployment(within(repo, deployment.id)), field)
        return deployment.layer_at(number).source

    def own(self, deployment: Deployment, field: FieldName) -> str:
        """The strongest layer that can take an edit and that no other deployment has. Raises `Refused`."""
        for key, taker in reversed(self.takers(deployment, field)):
            if len(self._of.get(key, ())) == 1:
                return qualified(deployment.repo, taker.source)
        raise Refused(
            f"every layer of {clean(deployment.id)} that could take {field} is shared with other deployments; give it "
            "a layer of its own first, or name a shared one"
        )


def _fewest(deployments: Sequence[Deployment], field: FieldName, reach: Reach) -> dict[str, str | Refused]:
    """Few layers that give all deployments a value and change no other; those without one are left out.

    Layers of which another reaches as many and more are never needed; of the rest, one that alone can take the edit of
    some deployment is, and then the ones that reach most. Where layers are within each other, as nearly always, there
    are no fewer.
    """
    asked = {deployment.id: deployment for deployment in deployments}
    options: dict[Key, set[str]] = {}
    names: dict[tuple[Key, str], str] = {}
    for deployment in deployments:
        for key, taker in reach.takers(deployment, field):
            if not taker.carries:
                options.setdefault(key, set()).add(deployment.id)
                names[key, deployment.id] = qualified(deployment.repo, taker.source)
    usable = {key: ids for key, ids in options.items() if all(d.id in asked for d in reach.whom(key, field))}
    left = {id_ for ids in usable.values() for id_ in ids}
    found: dict[str, str | Refused] = {}
    while left:
        counts = {id_: [key for key, ids in usable.items() if id_ in ids] for id_ in sorted(left)}
        alone = [keys[0] for keys in counts.values() if len(keys) == 1]
        best = max(alone or usable, key=lambda key: len(usable[key] & left))
        for id_ in usable.pop(best) & left:
            found[id_] = names[best, id_]
            left.discard(id_)
    return found


def _way(
    how: How | None,
    placed: Mapping[str, str | Refused],
    chosen: Sequence[Deployment],
    field: FieldName,
    reach: Reach,
) -> Way:
    asked: dict[Key, tuple[str, list[Deployment]]] = {}
    for deployment, source in _sources(placed, chosen):
        info = next(info for info in deployment.stack if info.source == source)
        asked.setdefault(reach.key(info.file, source), (source, []))[1].append(deployment)
    ids = {deployment.id for deployment in chosen}
    targets = []
    for key, (source, mine) in asked.items():
        others = [one for one in reach.whom(key, field) if one.id not in ids]
        targets.append(Target(source, tuple(mine), tuple(others)))
    refused = sum(isinstance(source, Refused) for source in placed.values())
    return Way(how, tuple(targets), refused)


def _sources(placed: Mapping[str, str | Refused], chosen: Sequence[Deployment]) -> Iterator[tuple[Deployment, str]]:
    for deployment in chosen:
        source = placed[deployment.id]
        if isinstance(source, str):
            yield deployment, source
