"""One commit for each field, environment, team or cause instead of one for all edits."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import msgspec

from rea_xcom_tui.errors import Refused, ToolError
from rea_xcom_tui.fleet.actions import SplitBy
from rea_xcom_tui.fleet.edit.pending import Declare, Fix, Key, PendingEdit
from rea_xcom_tui.fleet.write.commit import CommitOptions
from rea_xcom_tui.fleet.write.message import commit_message, said
from rea_xcom_tui.xcom.fields import linked

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.workspace import Workspace

_TOGETHER = linked("path")
"""The connection's id is a part of the path, so that the second edit rests on the first."""


@dataclass(frozen=True, slots=True)
class Part:
    """What one of several commits would hold."""

    name: str
    """The field, environment, team or cause; may be foreign text."""
    edits: tuple[PendingEdit, ...]
    message: str


@dataclass(frozen=True, slots=True)
class Made:
    """One commit that was made."""

    part: Part
    output: str
    """What git said."""


@dataclass(frozen=True, slots=True)
class SplitResult:
    """What became of the parts, in their order. The edits of parts that were not committed are pending."""

    made: tuple[Made, ...]
    left: tuple[Part, ...]
    problem: ToolError | None
    """Why the first of those left was not committed; None when all were."""


def split(workspace: Workspace, by: SplitBy) -> tuple[Part, ...]:
    """Part what is pending, and what was written but not committed, by field, environment, team or cause."""
    edits = folded([*workspace.uncommitted(), *workspace.pending.chosen])
    together = _edited_together(edits)
    groups: dict[str, list[PendingEdit]] = {}
    for edit in edits:
        groups.setdefault(_name(workspace, edit, by, together), []).append(edit)
    template = workspace.template or workspace.config.commit_message
    return tuple(
        Part(name, tuple(group), commit_message(group, workspace.fleet, template=template))
        for name, group in groups.items()
    )


def commit_parts(
    workspace: Workspace,
    parts: Sequence[Part],
    options: CommitOptions,
    progress: Callable[[int, Part], None] | None = None,
) -> SplitResult:
    """Write and commit one part after the other, the first on the new branch if one is wanted.

    Each commit is all or nothing. When one is refused its files are as they were, the commits before it stay,
    and the edits of the parts left are pending, as one undoable step. Raises `Refused`, with nothing done, where
    the first cannot even be begun.
    """
    if not parts:
        raise Refused("there is nothing to commit; edit a value first")
    if workspace.to_commit() and not workspace.uncommitted():
        raise Refused("what undo has put back belongs in one commit; commit it as a whole first")
    workspace.unwrite()
    _forget_chosen(workspace)
    made: list[Made] = []
    problem: ToolError | None = None
    try:
        for number, part in enumerate(parts):
            if progress is not None:
                progress(number, part)
            workspace.pending.put(part.edits, part.name)
            chosen = options if number == 0 else msgspec.structs.replace(options, branch=None)
            made.append(Made(part, workspace.commit(part.message, options=chosen)))
    except ToolError as error:
        problem = error
    finally:
        left = tuple(parts[len(made) :])
        _forget_chosen(workspace)
        workspace.pending.put((edit for part in left for edit in part.edits), "edits that were not committed")
    return SplitResult(tuple(made), left, problem)


def _forget_chosen(workspace: Workspace) -> None:
    """Forget what would be written now; what is held stays pending."""
    workspace.pending.settle((edit.key for edit in workspace.pending.chosen), written=False)


def folded(edits: Iterable[PendingEdit]) -> list[PendingEdit]:
    """One edit for each field: from the value before the first edit of it to the value after the last."""
    found: dict[Key, PendingEdit] = {}
    for edit in edits:
        earlier = found.get(edit.key)
        found[edit.key] = _since(earlier, edit) if earlier else edit
    return [edit for edit in found.values() if edit.changes]


def _since(earlier: PendingEdit, edit: PendingEdit) -> PendingEdit:
    """The newer edit, based on the value that the earlier one was based on."""
    return edit if isinstance(edit, Fix) else replace(edit, old=earlier.old)


def _edited_together(edits: Sequence[PendingEdit]) -> bool:
    fields: dict[str, set[str]] = {}
    for edit in edits:
        fields.setdefault(edit.deployment, set()).add(edit.field)
    return any(names >= _TOGETHER for names in fields.values())


def _name(workspace: Workspace, edit: PendingEdit, by: SplitBy, together: bool) -> str:
    if isinstance(edit, Declare):
        return edit.file  # it is about groups, and would not stand alone in the parts
    if by in ("field", "cause") and together and edit.field in _TOGETHER:
        return "path and connection"
    if by == "field" or (by == "cause" and isinstance(edit, Fix)):
        return edit.field
    if by == "cause":
        return edit.drift or f"{edit.field} {said(edit.old)} → {said(edit.new)}"
    deployment = workspace.deployment(edit.deployment)
    if by == "env":
        return deployment.env or "no environment"
    from rea_xcom_tui.fleet.teams import team_and_short_name

    return team_and_short_name(deployment)[0] or "no team"
