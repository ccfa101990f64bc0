"""Path migration: what a plan that moves paths does to the values that are stored, and in which order to do it.

Airflow keeps each value's full address in its database and reads it only below the path that is configured now
(measured on Airflow 3.0.2, 3.1.3 and 3.3.2). So values stored before are not read by moving the path, nor by copying
the objects: copies serve tools that read the bucket, and the way back. The state store looks its objects up by name, so
there a copy counts.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rea_xcom_tui.errors import ToolError
from rea_xcom_tui.fleet.actions.planfile import PlannedEdit, SavedPlan
from rea_xcom_tui.fleet.model import Deployment, Fleet
from rea_xcom_tui.text import clean
from rea_xcom_tui.xcom.fields import impact_of
from rea_xcom_tui.xcom.impact import ADDRESS
from rea_xcom_tui.xcom.paths import ParsedPath, parse_path

_MOVES = ("path", "state-path")


@dataclass(frozen=True, slots=True)
class Move:
    """One deployment's path that a plan moves."""

    deployment: str
    field: str
    old: str
    new: str
    breaks: bool
    """Whether running tasks lose the values stored before."""
    shares_old: tuple[str, ...]
    """Other deployments whose values lie at, above or below the old place."""
    shares_new: tuple[str, ...]
    """Other deployments whose values lie at, above or below the new place, once the plan is carried out."""
    left_behind: tuple[str, ...]
    """Those of `shares_old` that the plan does not move."""
    copy: str
    """The command that copies what is stored, for a person to run."""
    probe: str
    """The command that tries the settings, before and after; empty where none can be made."""
    no_probe: str = ""
    """Why no probe can be made."""


@dataclass(frozen=True, slots=True)
class Migration:
    """All moves of a plan, parted into groups that go together, in the order in which to do them."""

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
    moves = [_move(fleet, edit, edits) for edit in edits]
    groups = _groups(moves)
    groups.sort(key=lambda group: (any(move.breaks for move in group), len(group), group[0].deployment))
    return Migration(plan, tuple(tuple(group) for group in groups))


def _place(value: object) -> ParsedPath:
    return parse_path(str(value))


def _move(fleet: Fleet, edit: PlannedEdit, edits: Sequence[PlannedEdit]) -> Move:
    old, new = str(edit.old), str(edit.new)
    moved = {one.deployment: str(one.new) for one in edits if one.field == edit.field}
    others = [one for one in fleet.deployments if one.id != edit.deployment and not one.unreached]
    now = {one.id: _value(one, edit.field) for one in others}
    shares_old = tuple(id_ for id_, value in now.items() if value and _overlap(value, old))
    shares_new = tuple(id_ for id_, value in now.items() if (later := moved.get(id_, value)) and _overlap(later, new))
    config = fleet.by_id[edit.deployment].config if edit.deployment in fleet.by_id else None
    told = impact_of(edit.field, old, new, config) if config is not None else ADDRESS
    probe, why = _probe(fleet.by_id.get(edit.deployment))
    return Move(
        edit.deployment,
        edit.field,
        old,
        new,
        ADDRESS in told or edit.field == "state-path",
        shares_old,
        shares_new,
        tuple(id_ for id_ in shares_old if id_ not in moved),
        copy_command(old, new),
        probe,
        why,
    )


def _value(deployment: Deployment, field: str) -> str:
    reading = next((one for name, one in deployment.config.fields.items() if name == field), None)
    return str(reading.value) if reading is not None and isinstance(reading.value, str) else ""


def _overlap(one: str, other: str) -> bool:
    """Whether values of one path lie at, above or below the other."""
    a, b = parse_path(one), parse_path(other)
    if (a.scheme, a.bucket) != (b.scheme, b.bucket):
        return False
    mine, theirs = a.prefix.strip("/"), b.prefix.strip("/")
    return not mine or not theirs or f"{mine}/".startswith(f"{theirs}/") or f"{theirs}/".startswith(f"{mine}/")


def _groups(moves: Iterable[Move]) -> list[list[Move]]:
    groups: list[list[Move]] = []
    for move in moves:
        near = [group for group in groups if any(_overlap(move.old, one.old) for one in group)]
        joined = [one for group in near for one in group] + [move]
        groups = [group for group in groups if group not in near] + [joined]
    return groups


def copy_command(old: str, new: str) -> str:
    """The command of the store's own tool that copies everything below one path to below another.

    Between two kinds of stores, and where the store's tool needs an account that a path does not name, `rclone` is
    told, with remotes that the person has to set up.
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
