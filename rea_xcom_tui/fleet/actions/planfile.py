"""Plans in files: edits that were worked out and reviewed now, to be carried out later or elsewhere.

A plan carries its preconditions: the value each field had, and the blob id each file had. It never carries
file content, so no secret gets into it.
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

from rea_xcom_tui import durable
from rea_xcom_tui.errors import Refused, ToolError
from rea_xcom_tui.fleet.edit.pending import SetField
from rea_xcom_tui.fleet.edit.placing import USUAL, Placing
from rea_xcom_tui.fleet.edit.plan import Refusal
from rea_xcom_tui.fleet.qualified import check_repos
from rea_xcom_tui.fleet.workspace import Workspace
from rea_xcom_tui.text import clean, plural
from rea_xcom_tui.values import Unreadable
from rea_xcom_tui.xcom.compare import current_value
from rea_xcom_tui.xcom.model import FIELDS, STATE_FIELDS, FieldName, Value

SCHEMA = 1
_MOST_BROKEN = 5


@dataclass(frozen=True, slots=True)
class PlannedEdit:
    """One edit of a saved plan, as the file has it."""

    deployment: str
    field: FieldName
    old: Value
    new: Value
    text: str
    layer: str = ""
    shared: bool = False
    inherits: bool = False
    also: tuple[str, ...] = ()
    """The other deployments that it would have changed when the plan was made."""


@dataclass(frozen=True, slots=True)
class SavedPlan:
    """A plan as its file tells it; nothing in it is checked against a repo yet."""

    path: Path
    files: Mapping[str, str]
    """The blob id of each file when the plan was made."""
    edits: tuple[PlannedEdit, ...]
    head: str | None
    """The commit that was checked out then; None over several repos, which have `heads`."""
    campaign: Mapping[str, Any] | None
    """How it is cut into waves, see `fleet.campaign.waves`; None where it is not."""
    heads: Mapping[str, str] = field(default_factory=dict)
    """The same of each of several repos, by name."""


@dataclass(frozen=True, slots=True)
class Replanned:
    """What has become of a plan's edits on the values of today."""

    edits: tuple[SetField, ...]
    done: tuple[PlannedEdit, ...]
    """Edits whose field has the new value already."""
    refused: tuple[Refusal, ...]


def save_plan(workspace: Workspace, path: Path, *, force: bool = False) -> None:
    """Write the pending edits with their preconditions to `path`; over an existing file only by `force`.

    Raises `ToolError`, or `Refused` where a file is in the way, or a link leads out of the folder.
    """
    target = _target(path, force=force)
    _check_outside(workspace, path)
    plan = workspace.plan()
    if plan.refused:
        first = plan.refused[0]
        raise Refused(f"{clean(first.deployment)}: {first.reason}; no plan was saved")
    data = {
        "schema": SCHEMA,
        "head": workspace.fleet.head,
        **({"heads": {one.name: one.head for one in repos if one.head}} if (repos := workspace.fleet.repos) else {}),
        "files": {file.file: workspace.hash_of(file.file, file.before) for file in plan.files},
        "edits": [
            {
                "deployment": e.deployment,
                "field": e.field,
                "old": e.old,
                "new": e.new,
                "text": e.text,
                **({"layer": e.layer, "shared": e.shared} if e.layer else {}),
                **({"inherits": True} if e.inherits else {}),
                **({"also": list(e.also)} if e.also else {}),
            }
            for e in plan.edits
            if isinstance(e, SetField)
        ],
    }
    _write(path, target, data)


def save_campaign(workspace: Workspace, saved: SavedPlan, campaign: Mapping[str, Any]) -> None:
    """Write how a plan is cut into waves into its own file; everything else in it stays. Raises as `save_plan`."""
    _check_outside(workspace, saved.path)
    data = _data(saved.path)
    _write(saved.path, _target(saved.path, force=True), {**data, "campaign": dict(campaign)})


def _check_outside(workspace: Workspace, path: Path) -> None:
    if workspace.read_only is not None and _in_a_repo(workspace, path):
        raise Refused(f"nothing may be written in the repo: {workspace.read_only}; save the plan elsewhere")


def _write(path: Path, target: Path, data: Mapping[str, Any]) -> None:
    content = (json.dumps(data, indent=2) + "\n").encode()
    try:
        if target.exists():
            mode = stat.S_IMODE(target.stat().st_mode)
            durable.replace(target, content, prepare=lambda descriptor, _: os.fchmod(descriptor, mode))
        else:
            durable.create(target, content)
    except FileExistsError:
        raise Refused(f"{path} has just been made by somebody else, so no plan was saved") from None
    except OSError as error:
        raise ToolError(f"the plan cannot be saved to {path}: {error.strerror}") from error


def _in_a_repo(workspace: Workspace, path: Path) -> bool:
    return any(path.resolve().is_relative_to(member.root.resolve()) for member in workspace.members.values())


def _target(path: Path, *, force: bool) -> Path:
    """The file that the plan goes to. Raises `Refused` where that would write over or beside what is there."""
    if not os.path.lexists(path):
        return path
    if not force:
        raise Refused(f"{path} already exists, so no plan was saved; name another file, or add --force to replace it")
    target = path.resolve()
    if path.is_symlink() and target.parent != path.parent.resolve():
        raise Refused(f"{path} is a link out of its folder, to {target}, so no plan was saved; name the file itself")
    if target.exists() and not target.is_file():
        raise Refused(f"{path} is not a regular file, so no plan was saved")
    return target


def load_plan(workspace: Workspace, path: Path) -> None:
    """Make the edits of a saved plan pending, if its preconditions still hold.

    Raises `ToolError` when the file is not a plan, and `Refused`, with every precondition that does not hold, when a
    file or a value is not what it was.
    """
    saved = read_plan(workspace, path)
    edits: list[SetField] = []
    broken = list(_changed_files(workspace, saved))
    for planned in saved.edits:
        try:
            edit = _edit(workspace, planned)
            if workspace.file_of(edit) not in saved.files:
                raise ToolError(
                    f"the plan does not say which content of {clean(edit.deployment)} it was made for; make it again"
                )
            workspace.check_unchanged(edit)
        except Refused as problem:
            broken.append(str(problem))
            continue
        except ToolError:
            if not broken:  # else a file that has gone took its deployment along, which is told already
                raise
            continue
        _check_value(workspace, edit)
        edits.append(edit)
    if broken:
        raise Refused(_all_broken(broken, path))
    workspace.pending.put(edits, f"plan {path.name}")


def _changed_files(workspace: Workspace, saved: SavedPlan) -> Iterator[str]:
    for file, blob in saved.files.items():
        try:
            now = workspace.hash_of(file, workspace.read_now(file))
        except Unreadable as problem:
            yield f"{clean(file)} cannot be read any more: {problem}"
            continue
        if now != blob:
            yield f"{clean(file)} has changed since the plan was made"


def _all_broken(broken: Sequence[str], path: Path) -> str:
    named = "; ".join(broken[:_MOST_BROKEN])
    more = f"; and {len(broken) - _MOST_BROKEN} more" if len(broken) > _MOST_BROKEN else ""
    verb = "does" if len(broken) == 1 else "do"
    return (
        f"{plural(len(broken), 'precondition')} of the plan {verb} not hold: {named}{more}; "
        f"`apply {clean(path)} --replan` plans it again where the values still allow it"
    )


def replan(workspace: Workspace, saved: SavedPlan, only: Collection[str] | None = None) -> Replanned:
    """Plan the edits of a saved plan again, on the files as they are, for the deployments in `only` or for all.

    An edit stays where its field still has the old value, whatever else has changed around it; one whose field has the
    new value already is done; any other is refused. Nothing is pending yet.
    """
    edits: list[SetField] = []
    done: list[PlannedEdit] = []
    refused: list[Refusal] = []
    for planned in saved.edits:
        if only is not None and planned.deployment not in only:
            continue
        try:
            deployment = workspace.deployment(planned.deployment)
            now = current_value(deployment.field(planned.field))
            if (
                now == planned.new
                and not planned.inherits
                and deployment.field(planned.field).state in ("set", "unset")
            ):
                done.append(planned)
                continue
            place = Placing(planned.layer, named=True) if planned.shared else USUAL
            text = "" if planned.new is None else str(planned.new)
            value = None if planned.new is None else workspace.check(planned.field, text, deployment).value
            if planned.inherits:
                edit = workspace.inheriting(deployment, planned.field, Placing(planned.layer, named=planned.shared))
            else:
                edit = workspace.edit_to(deployment, planned.field, value, text, place)
            workspace.check_unchanged(replace(edit, old=planned.old))
        except (ToolError, ValueError) as problem:
            refused.append(Refusal(planned.deployment, planned.field, str(problem)))
            continue
        edits.append(edit)
    proof = workspace.prove(edits)
    return Replanned(tuple(proof.made(edits)), tuple(done), (*refused, *proof.refused))


def _check_value(workspace: Workspace, edit: SetField) -> None:
    """Hold a plan's value to its model, as if it had been typed: a plan is a file that anybody may have edited."""
    if edit.new is None:
        return
    try:
        checked = workspace.check(edit.field, str(edit.new), workspace.deployment(edit.deployment))
    except ValueError as error:
        raise Refused(f"{clean(edit.deployment)}: {edit.field}: {error}") from error
    if checked.value != edit.new:
        raise ToolError(f"the plan's {edit.field} of {clean(edit.deployment)} has a wrong type; make the plan again")


def read_plan(workspace: Workspace, path: Path) -> SavedPlan:
    """Read a plan's file.

    Raises `ToolError` with one sentence when it is none, one of another version, or of other repos than are open.
    """
    data = _data(path)
    files, rows = data.get("files"), data.get("edits")
    if not isinstance(files, dict) or not isinstance(rows, list) or not all(isinstance(v, str) for v in files.values()):
        raise ToolError(f"the plan {path} has no files or no edits; make it again with --plan")
    edits = tuple(map(_planned, rows))
    head, heads, campaign = data.get("head"), data.get("heads"), data.get("campaign")
    told = {repo: one for repo, one in heads.items() if isinstance(one, str)} if isinstance(heads, dict) else {}
    ids = [edit.deployment for edit in edits]
    # Plans of before did not tell the repos, but had no commit where there were several.
    repos = told or ({id_.partition(":")[0] for id_ in ids if ":" in id_} if head is None else ())
    check_repos(workspace.each(), path, ids, repos)
    return SavedPlan(
        path,
        files,
        edits,
        head if isinstance(head, str) else None,
        campaign if isinstance(campaign, dict) else None,
        told,
    )


def _data(path: Path) -> dict[str, Any]:
    try:
        data = json.loads(path.read_bytes())
    except OSError as error:
        raise ToolError(f"the plan {path} cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise ToolError(f"{path} is not JSON, so it is not a plan: {error}") from error
    if isinstance(data, dict) and isinstance(data.get("schema"), int) and data["schema"] != SCHEMA and "edits" in data:
        raise ToolError(
            f"the plan {path} was made by another version of the tool (its schema is {data['schema']}, and {SCHEMA} is "
            "read here); make it again with --plan"
        )
    if not isinstance(data, dict) or data.get("schema") != SCHEMA:
        raise ToolError(f"{path} is not a plan of this tool (it should be an object with schema {SCHEMA})")
    return data


def _planned(row: object) -> PlannedEdit:
    fields = (*FIELDS, *STATE_FIELDS)
    if not isinstance(row, dict) or row.get("field") not in fields or not isinstance(row.get("deployment"), str):
        raise ToolError("the plan holds an edit without a deployment or with an unknown field; make it again")
    old, new = row.get("old"), row.get("new")
    if not all(value is None or (isinstance(value, str | int) and not isinstance(value, bool)) for value in (old, new)):
        raise ToolError(f"the plan's edit of {clean(row['deployment'])} has a value of a wrong type; make it again")
    text, layer = str(row.get("text") or ""), str(row.get("layer") or "")
    field = cast("FieldName", row["field"])
    listed = row.get("also")
    also = tuple(id_ for id_ in listed if isinstance(id_, str)) if isinstance(listed, list) else ()
    shared, inherits = row.get("shared") is True, row.get("inherits") is True
    return PlannedEdit(row["deployment"], field, old, new, text, layer, shared, inherits, also)


def _edit(workspace: Workspace, planned: PlannedEdit) -> SetField:
    deployment = workspace.deployment(planned.deployment)
    layer = planned.layer
    file = next((one.file for one in deployment.stack if one.source == layer), deployment.file)
    if bool(layer) != bool(deployment.stack) or (layer and layer not in deployment.layers):
        raise Refused(f"{clean(deployment.id)} is not made of the layers it was planned for")
    return SetField(
        planned.deployment,
        planned.field,
        planned.old,
        planned.new,
        planned.text,
        file,
        layer=layer,
        shared=planned.shared,
        inherits=planned.inherits,
    )
