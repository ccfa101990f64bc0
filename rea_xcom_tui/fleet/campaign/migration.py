"""Path migration: what a plan that moves paths does to the values that are stored, and in which order to do it.

Airflow keeps each value's full address in its database and reads it only below the path that is configured now
(measured on Airflow 3.0.2, 3.1.3 and 3.3.2). So values stored before are not read by moving the path, nor by copying
the objects: copies serve tools that read the bucket, and the way back. The state store looks its objects up by name, so
there a copy counts.
"""

from __future__ import annotations

import heapq
import shlex
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TypeAlias

from rea_xcom_tui.errors import ToolError
from rea_xcom_tui.fleet.actions.planfile import PlannedEdit, SavedPlan
from rea_xcom_tui.fleet.model import Deployment, Fleet
from rea_xcom_tui.text import clean
from rea_xcom_tui.xcom.fields import impact_of
from rea_xcom_tui.xcom.impact import ADDRESS
from rea_xcom_tui.xcom.paths import ParsedPath, parse_path

_MOVES = ("path", "state-path")
NAMED = 100
"""So many of the deployments that share a place are named; where thousands do, each would name all others."""


@dataclass(frozen=True, slots=True)
class Sharers:
    """Deployments whose values are at, above or below a place."""

    count: int = 0
    ids: tuple[str, ...] = ()
    """The first `NAMED` of them."""


@dataclass(frozen=True, slots=True)
class Move:
    """One deployment's path that a plan moves."""

    deployment: str
    field: str
    old: str
    new: str
    breaks: bool
    """Whether running tasks lose the values stored before."""
    shares_old: Sharers
    """Other deployments whose values are at, above or below the old place."""
    shares_new: Sharers
    """Other deployments whose values are at, above or below the new place, once the plan is carried out."""
    left_behind: Sharers
    """Those of `shares_old` that the plan does not move."""
    copy: str
    """The command that copies what is stored, for a person to run."""
    probe: str
    """The command that tries the settings, before and after; empty where none can be made."""
    no_probe: str = ""
    """Why no probe can be made."""


@dataclass(frozen=True, slots=True)
class Migration:
    """All moves of a plan, split into groups that go together, in the order in which to do them."""

    plan: SavedPlan
    groups: tuple[tuple[Move, ...], ...]

    @property
    def moves(self) -> tuple[Move, ...]:
        """Every move, in the order of the groups."""
        return tuple(move for group in self.groups for move in group)


def migration(fleet: Fleet, plan: SavedPlan) -> Migration:
    """What a plan does to stored values. Raises `ToolError` where it moves no path.

    Deployments whose old places overlap go together, since one that is moved alone may stop reading what the other
    writes. Groups whose running tasks lose nothing come first, then the smaller ones.
    """
    edits = [edit for edit in plan.edits if edit.field in _MOVES and isinstance(edit.old, str) and edit.old]
    edits = [edit for edit in edits if isinstance(edit.new, str) and _place(edit.old) != _place(edit.new)]
    if not edits:
        raise ToolError(
            f"the plan {clean(plan.path)} moves no path that was set before, so nothing that is stored is affected"
        )
    shared = {field: _Shared.of(fleet, field, edits) for field in dict.fromkeys(edit.field for edit in edits)}
    groups = _groups([_move(fleet, edit, shared[edit.field]) for edit in edits])
    groups.sort(key=lambda group: (any(move.breaks for move in group), len(group), group[0].deployment))
    return Migration(plan, tuple(tuple(group) for group in groups))


def _place(value: object) -> ParsedPath:
    return parse_path(str(value))


def _move(fleet: Fleet, edit: PlannedEdit, shared: _Shared) -> Move:
    old, new = str(edit.old), str(edit.new)
    config = fleet.by_id[edit.deployment].config if edit.deployment in fleet.by_id else None
    told = impact_of(edit.field, old, new, config) if config is not None else ADDRESS
    probe, why = _probe(fleet.by_id.get(edit.deployment))
    return Move(
        edit.deployment,
        edit.field,
        old,
        new,
        ADDRESS in told or edit.field == "state-path",
        shared.now.near(old, edit.deployment),
        shared.later.near(new, edit.deployment),
        shared.staying.near(old, edit.deployment),
        copy_command(old, new),
        probe,
        why,
    )


def _value(deployment: Deployment, field: str) -> str:
    reading = next((one for name, one in deployment.config.fields.items() if name == field), None)
    return str(reading.value) if reading is not None and isinstance(reading.value, str) else ""


_Key: TypeAlias = tuple[str, str, str]


def _key(text: str) -> _Key:
    """A place as scheme, bucket and prefix, so written that what is below it begins with it; empty for a bucket."""
    path = _place(text)
    prefix = path.prefix.strip("/")
    return path.scheme or "", path.bucket, f"{prefix}/" if prefix else ""


def _covers(above: _Key, below: _Key) -> bool:
    """Whether the values of one place are at or below the other."""
    return above[:2] == below[:2] and below[2].startswith(above[2])


class _Places:
    """Where values are, sorted, so that what overlaps a place is found without looking at every other."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._ids = tuple(values)
        self._key_of = {id_: _key(value) for id_, value in values.items() if value}
        self._at: dict[_Key, list[int]] = {}
        for rank, id_ in enumerate(self._ids):
            if id_ in self._key_of:
                self._at.setdefault(self._key_of[id_], []).append(rank)
        self._sorted = sorted(self._at)
        self._known: dict[_Key, tuple[int, tuple[str, ...]]] = {}

    def near(self, text: str, besides: str) -> Sharers:
        """Whose values are at, above or below a place, in the order in which they were given, `besides` one."""
        key = _key(text)
        if key not in self._known:
            self._known[key] = self._near(key)
        count, first = self._known[key]
        own = self._key_of.get(besides)
        mine = own is not None and (_covers(own, key) or _covers(key, own))
        return Sharers(count - mine, tuple(id_ for id_ in first if id_ != besides)[:NAMED])

    def _near(self, key: _Key) -> tuple[int, tuple[str, ...]]:
        """How many there are at, above or below a place, and one more of them than are named."""
        scheme, bucket, prefix = key
        above = [""] if prefix else []
        above += [prefix[: at + 1] for at, letter in enumerate(prefix[:-1]) if letter == "/"]
        found = [self._at[at] for one in above if (at := (scheme, bucket, one)) in self._at]
        found += [self._at[one] for one in self._below(key)]
        return sum(map(len, found)), tuple(self._ids[rank] for rank in islice(heapq.merge(*found), NAMED + 1))

    def _below(self, key: _Key) -> Iterator[_Key]:
        for at in range(bisect_left(self._sorted, key), len(self._sorted)):
            if not _covers(key, self._sorted[at]):
                return
            yield self._sorted[at]


@dataclass(frozen=True, slots=True)
class _Shared:
    """Where the values of one field are before and after a plan, for every deployment that is reached."""

    now: _Places
    staying: _Places
    """Of those that the plan does not move."""
    later: _Places

    @classmethod
    def of(cls, fleet: Fleet, field: str, edits: Sequence[PlannedEdit]) -> _Shared:
        moved = {edit.deployment: str(edit.new) for edit in edits if edit.field == field}
        now = {one.id: _value(one, field) for one in fleet.deployments if not one.unreached}
        staying = {id_: value for id_, value in now.items() if id_ not in moved}
        later = {id_: moved.get(id_, value) for id_, value in now.items()}
        return cls(_Places(now), _Places(staying), _Places(later))


def _groups(moves: Iterable[Move]) -> list[list[Move]]:
    """Moves whose old places overlap, each group in the order of the plan.

    Two places overlap where one covers the other, so a group is what the topmost of its places covers; sorted, that
    one comes right before all the others.
    """
    topmost: _Key | None = None
    of: dict[_Key, _Key] = {}
    keys = [(_key(move.old), move) for move in moves]
    for key in sorted({key for key, _ in keys}):
        topmost = topmost if topmost is not None and _covers(topmost, key) else key
        of[key] = topmost
    groups: dict[_Key, list[Move]] = {}
    for key, move in keys:
        groups.setdefault(of[key], []).append(move)
    return list(groups.values())


def copy_command(old: str, new: str) -> str:
    """The command of the store's own tool that copies everything below one path to below another.

    Between two kinds of stores, and where the store's tool needs an account that a path does not name, `rclone` is
    named, with remotes that the person has to set up.
    """
    a, b = parse_path(old), parse_path(new)
    source, target = _address(a), _address(b)
    if a.cloud == b.cloud == "aws":
        return f"aws s3 sync {shlex.quote(source)} {shlex.quote(target)}"
    if {a.cloud, b.cloud} <= {"aws", "gcp"}:
        return f"gcloud storage rsync --recursive {shlex.quote(source)} {shlex.quote(target)}"
    if a.cloud == b.cloud == "local":
        return f"cp -a {shlex.quote('/' + a.prefix.strip('/'))}/. {shlex.quote('/' + b.prefix.strip('/'))}/"
    return f"rclone copy {shlex.quote(_remote(a))} {shlex.quote(_remote(b))}"


def _address(path: ParsedPath) -> str:
    scheme = {"aws": "s3", "gcp": "gs"}.get(path.cloud, path.scheme or "file")
    prefix = path.prefix.strip("/")
    return f"{scheme}://{path.bucket}/{prefix}{'/' if prefix else ''}"


def _remote(path: ParsedPath) -> str:
    return f"{path.conn_id or path.cloud}:{path.bucket}/{path.prefix.strip('/')}"


def _probe(deployment: Deployment | None) -> tuple[str, str]:
    """The command that tries a deployment's settings where it runs, or why there is none."""
    if deployment is None:
        return "", "the deployment is not in this fleet"
    states = {name: deployment.field(name).state for name in ("path", "backend", "threshold")}
    odd = next((name for name, state in states.items() if state not in ("set", "unset")), None)
    if odd is not None:
        return "", f"its {odd} is {states[odd]}, so Git does not tell what would be tried"
    return f"rea-xcom-tui probe {shlex.quote(deployment.id)} --kubectl", ""
