"""Plans in files: edits that were worked out and reviewed now, to be carried out later or elsewhere.

A plan carries its preconditions: the value each field had, and the blob id each file had. It never carries
file content, so no secret gets into it.
"""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path
from typing import Any, cast

from rea_xcom_tui import durable
from rea_xcom_tui.errors import Refused, ToolError
from rea_xcom_tui.fleet.edit.pending import SetField
from rea_xcom_tui.fleet.workspace import Workspace
from rea_xcom_tui.text import clean
from rea_xcom_tui.values import Unreadable
from rea_xcom_tui.xcom.model import FIELDS, FieldName

SCHEMA = 1


def save_plan(workspace: Workspace, path: Path, *, force: bool = False) -> None:
    """Write the pending edits with their preconditions to `path`; over a file that is there only by `force`.

    Raises `ToolError`, or `Refused` where a file is in the way, or a link leads out of the folder.
    """
    target = _target(path, force=force)
    if workspace.read_only is not None and _in_a_repo(workspace, path):
        raise Refused(f"nothing may be written in the repo: {workspace.read_only}; save the plan elsewhere")
    plan = workspace.plan()
    if plan.refused:
        first = plan.refused[0]
        raise Refused(f"{clean(first.deployment)}: {first.reason}; no plan was saved")
    data = {
        "schema": SCHEMA,
        "head": workspace.fleet.head,
        "files": {file.file: workspace.hash_of(file.file, file.before) for file in plan.files},
        "edits": [
            {
                "deployment": e.deployment,
                "field": e.field,
                "old": e.old,
                "new": e.new,
                "text": e.text,
                **({"layer": e.layer, "shared": e.shared} if e.layer else {}),
            }
            for e in plan.edits
            if isinstance(e, SetField)
        ],
    }
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
        raise Refused(f"{path} is there already, so no plan was saved; name another file, or add --force to replace it")
    target = path.resolve()
    if path.is_symlink() and target.parent != path.parent.resolve():
        raise Refused(f"{path} is a link out of its folder, to {target}, so no plan was saved; name the file itself")
    if target.exists() and not target.is_file():
        raise Refused(f"{path} is no regular file, so no plan was saved")
    return target


def load_plan(workspace: Workspace, path: Path) -> None:
    """Make the edits of a saved plan pending, if its preconditions still hold.

    Raises `ToolError` when the file is no plan, and `Refused` when a file or a value is not what it was.
    """
    data = _read_plan(path)
    for file, blob in data["files"].items():
        try:
            now = workspace.hash_of(file, workspace.read_now(file))
        except Unreadable as problem:
            raise Refused(f"the plan was made for {clean(file)}, which is not there as it was: {problem}") from problem
        if now != blob:
            raise Refused(f"{clean(file)} has changed since the plan was made; make the plan anew")
    edits = [_edit(workspace, row) for row in data["edits"]]
    for edit in edits:
        if workspace.file_of(edit) not in data["files"]:
            raise ToolError(
                f"the plan does not say which content of {clean(edit.deployment)} it was made for; make it anew"
            )
        workspace.check_unchanged(edit)
        _check_value(workspace, edit)
    workspace.pending.put(edits, f"plan {path.name}")


def _check_value(workspace: Workspace, edit: SetField) -> None:
    """Hold a plan's value to its model, as if it had been typed: a plan is a file that anybody may have edited."""
    if edit.new is None:
        return
    try:
        checked = workspace.check(edit.field, str(edit.new), workspace.deployment(edit.deployment))
    except ValueError as error:
        raise Refused(f"{clean(edit.deployment)}: {edit.field}: {error}") from error
    if checked.value != edit.new:
        raise ToolError(f"the plan's {edit.field} of {clean(edit.deployment)} has a wrong type; make the plan anew")


def _read_plan(path: Path) -> dict[str, Any]:
    try:
        data = json.loads(path.read_bytes())
    except OSError as error:
        raise ToolError(f"the plan {path} cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise ToolError(f"{path} is not JSON, so it is no plan: {error}") from error
    if not isinstance(data, dict) or data.get("schema") != SCHEMA:
        raise ToolError(f"{path} is no plan of this tool (it wants an object with schema {SCHEMA})")
    if not isinstance(data.get("files"), dict) or not isinstance(data.get("edits"), list):
        raise ToolError(f"the plan {path} has no files or no edits; make it anew with --plan")
    return data


def _edit(workspace: Workspace, row: object) -> SetField:
    if not isinstance(row, dict) or row.get("field") not in FIELDS or not isinstance(row.get("deployment"), str):
        raise ToolError("the plan holds an edit without a deployment or with an unknown field; make it anew")
    old, new = row.get("old"), row.get("new")
    if not all(value is None or (isinstance(value, str | int) and not isinstance(value, bool)) for value in (old, new)):
        raise ToolError(f"the plan's edit of {clean(row['deployment'])} has a value of a wrong type; make it anew")
    deployment = workspace.deployment(row["deployment"])
    text = str(row.get("text") or "")
    layer, shared = str(row.get("layer") or ""), row.get("shared") is True
    file = next((one.file for one in deployment.stack if one.source == layer), deployment.file)
    if bool(layer) != bool(deployment.stack) or (layer and layer not in deployment.layers):
        raise Refused(f"{clean(deployment.id)} is not made of the layers it was planned for; make the plan anew")
    return SetField(
        row["deployment"], cast("FieldName", row["field"]), old, new, text, file, layer=layer, shared=shared
    )
