"""What acting on drift would write, before it is done: lines of the values files, and those of the baseline file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from rea_xcom_tui.errors import Refused, ToolError
from rea_xcom_tui.fleet.actions.adopt import accepting, adopting
from rea_xcom_tui.fleet.actions.repair import edit_of
from rea_xcom_tui.fleet.baseline import BASELINE_FILE
from rea_xcom_tui.fleet.baseline.file import baseline_path
from rea_xcom_tui.fleet.baseline.statements import Statement, changed_lines, write_statements
from rea_xcom_tui.fleet.edit.rehearsal import places_of
from rea_xcom_tui.fleet.qualified import within
from rea_xcom_tui.fleet.several import Several
from rea_xcom_tui.fleet.workspace import Workspace
from rea_xcom_tui.fleet.write.message import said
from rea_xcom_tui.text import plural
from rea_xcom_tui.values import read_file
from rea_xcom_tui.xcom.drift import Deviation

_MOST = 3
"""How many deployments are looked at one by one; of the others there are only counts."""


@dataclass(frozen=True, slots=True)
class WouldWrite:
    """What each of the three would write, as lines for people; one that cannot be done says why."""

    fix: tuple[str, ...]
    """The value and the place in a values file, for each of the first deployments."""
    adopt: tuple[str, ...]
    """The lines of the baseline file that come (`+`) and go (`-`)."""


def would_write(workspace: Workspace, deviations: Sequence[Deviation]) -> WouldWrite:
    """What fixing and adopting these deviations would write now. Writes nothing, and makes nothing pending."""
    return WouldWrite(_fixes(workspace, deviations), baseline_lines(workspace, deviations, adopting))


def accepted_lines(
    workspace: Workspace, deviations: Sequence[Deviation], reason: str, owner: str = "", expires: date | None = None
) -> tuple[str, ...]:
    """The lines of the baseline file that accepting these would add."""
    return baseline_lines(workspace, deviations, lambda _, ones: accepting(ones, reason, owner, expires))


def _fixes(workspace: Workspace, deviations: Sequence[Deviation]) -> tuple[str, ...]:
    lines = []
    for one in deviations[:_MOST]:
        deployment = workspace.deployment(one.deployment)
        place = deployment.field(one.field).place
        where = f"{deployment.file_at(place.layer)}:{place.line}" if place is not None else deployment.file
        try:
            edit = edit_of(workspace, one)
        except (ValueError, Refused) as error:
            lines.append(f"{where}  nothing: {error}")
            continue
        touched = places_of(deployment, edit)
        lines.append(f"{where}  {one.field} {said(edit.new)}" + (f"  ({touched})" if touched else ""))
    if (more := len(deviations) - _MOST) > 0:
        lines.append(f"and likewise in {plural(more, 'more deployment')}")
    return tuple(lines)


def baseline_lines(
    workspace: Workspace,
    deviations: Sequence[Deviation],
    says: Callable[[Workspace, Sequence[Deviation]], Sequence[Statement]],
) -> tuple[str, ...]:
    """The lines of the baseline file, of each repo's own where there are several, that are added and removed."""
    if isinstance(workspace, Several):
        mine: dict[str, list[Deviation]] = {}
        for one in deviations:
            repo = workspace.repo_of(one.deployment)
            mine.setdefault(repo, []).append(replace(one, deployment=within(repo, one.deployment)))
        told = [(repo, baseline_lines(workspace.repos[repo], ones, says)) for repo, ones in mine.items()]
        return told[0][1] if len(told) == 1 else tuple(f"{repo}: {line}" for repo, lines in told for line in lines)
    try:
        path = baseline_path(workspace.root)
        before = read_file(path, workspace.root) if path.exists() else b""
        before = write_statements(before, workspace.statements) if workspace.statements else before
        return tuple(changed_lines(before, write_statements(before, says(workspace, deviations))))
    except (ValueError, ToolError) as error:
        return (f"nothing to {BASELINE_FILE}: {error}",)
