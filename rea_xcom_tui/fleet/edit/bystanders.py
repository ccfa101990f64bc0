"""Whom an edit of a shared layer changes beside those that it was asked for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rea_xcom_tui.fleet.edit.layer_refusals import changed_fields
from rea_xcom_tui.fleet.edit.outlook import as_if
from rea_xcom_tui.fleet.edit.pending import Declare
from rea_xcom_tui.fleet.edit.plan import FilePlan
from rea_xcom_tui.fleet.model import Deployment
from rea_xcom_tui.text import clean, plural

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.edit.state import FleetState

_MOST_NAMED = 12


@dataclass(frozen=True, slots=True)
class Bystanders:
    """The deployments that one file's edits change though nobody asked for them."""

    file: str
    asked: int
    others: tuple[Deployment, ...]
    names: tuple[str, ...]
    """What each of the others is called."""

    def sentence(self) -> str:
        """All of it in words."""
        more = f" and {len(self.names) - _MOST_NAMED} more" if len(self.names) > _MOST_NAMED else ""
        named = ", ".join(clean(name, 80) for name in self.names[:_MOST_NAMED])
        total = self.asked + len(self.others)
        others = "another" if len(self.others) == 1 else f"{len(self.others)} others"
        return f"{clean(self.file)} is shared: {plural(total, 'deployment')} would change, {others} too: {named}{more}"


def bystanders(workspace: FleetState, files: Iterable[FilePlan]) -> list[Bystanders]:
    """For each file whose edits change more deployments than were asked for, which these are."""
    plans = [file for file in files if any(not isinstance(edit, Declare) for edit in file.edits)]
    asked = {edit.deployment for file in plans for edit in file.edits}
    shared = [file for file in plans if any(d.id not in asked for d in workspace.deployments_of([file.file]))]
    if not shared:
        return []
    after = as_if(workspace, {file.file: file.after for file in plans})
    now = workspace.fleet.by_id
    changed = {id_ for id_, new in after.items() if id_ not in asked and changed_fields(now.get(id_), new)}
    found: list[Bystanders] = []
    for file in shared:
        others = tuple(d for d in workspace.deployments_of([file.file]) if d.id in changed)
        if others:
            mine = {edit.deployment for edit in file.edits}
            found.append(
                Bystanders(file.file, len(mine), others, tuple(map(workspace.fleet.called, (one.id for one in others))))
            )
    return found
