"""Which deployments edits change: the deployments that they were made for, and those that share a layer with one of
these.

A plan finds out who else changes (`fleet.edit.layers`, and `in_plain_files` for files that links share) and notes it in
each edit as `also`, which `changed_by` counts.
Whatever names the deployments that a change reaches asks here, so that screens, commands and commit messages agree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

import msgspec

from rea_xcom_tui.fleet.edit.layer_refusals import changed_fields, concerns
from rea_xcom_tui.fleet.edit.outlook import as_if
from rea_xcom_tui.fleet.edit.pending import Declare, PendingEdit, changed_by
from rea_xcom_tui.fleet.edit.plan import FilePlan
from rea_xcom_tui.text import clean, plural, some

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.edit.state import FleetState

_MOST_IN_SHORT = 2
_MOST_NAMED = 12


class SharedFile(msgspec.Struct, frozen=True):
    """A file whose edits change deployments that they were not made for, since these share it."""

    file: str
    asked: tuple[str, ...]
    """The ids of those that its edits were made for."""
    others: tuple[str, ...]
    """The ids of those that change with them."""

    def short(self, called: Callable[[str], str]) -> str:
        """`base.yaml, shared: changes 12 deployments (etl, ml and 10 others)`; `called` names a deployment."""
        count = plural(len(self.asked) + len(self.others), "deployment")
        return f"{clean(self.file)}, shared: changes {count} ({self.names(called)})"

    def names(self, called: Callable[[str], str]) -> str:
        """Which deployments its edits change: `etl, ml and 10 others`."""
        ids = (*self.asked, *self.others)
        names = [clean(called(id_), 60) for id_ in ids[:_MOST_IN_SHORT]]
        left = len(ids) - len(names)
        return f"{', '.join(names)} and {plural(left, 'other')}" if left else " and ".join(names)

    def sentence(self, called: Callable[[str], str]) -> str:
        """The same before it is done, with the names of those that nobody asked for."""
        named = some(self.others, _MOST_NAMED, lambda id_: clean(called(id_), 80))
        total = len(self.asked) + len(self.others)
        others = "another" if len(self.others) == 1 else f"{len(self.others)} others"
        return f"{clean(self.file)} is shared: {plural(total, 'deployment')} would change, {others} too: {named}"


def shared_files(edits: Iterable[PendingEdit]) -> list[SharedFile]:
    """The files whose edits change more deployments than they were made for, in the order of the edits."""
    files: dict[str, list[PendingEdit]] = {}
    for edit in edits:
        files.setdefault(edit.file, []).append(edit)
    found = []
    for file, mine in files.items():
        asked = tuple(dict.fromkeys(edit.deployment for edit in mine))
        others = tuple(id_ for id_ in changed_by(mine) if id_ not in asked)
        if others:
            found.append(SharedFile(file, asked, others))
    return found


def in_plain_files(workspace: FleetState, files: Iterable[FilePlan]) -> tuple[FilePlan, ...]:
    """The plans of plain values files, with the other deployments that each edit changes: the rows of links to the
    file, and the deployments that it is a layer of."""
    return tuple(_noted(workspace, file) for file in files)


def _noted(workspace: FleetState, file: FilePlan) -> FilePlan:
    asked = {edit.deployment for edit in file.edits}
    others = [row for row in workspace.deployments_of([file.file]) if row.id not in asked]
    if not others or all(isinstance(edit, Declare) or edit.layer for edit in file.edits):
        return file
    after = as_if(workspace, {file.file: file.after}, (file,))
    fields = {row.id: changed_fields(row, after.get(row.id)) for row in others}
    edits = []
    for edit in file.edits:
        also = (
            id_
            for id_, changed in fields.items()
            if not isinstance(edit, Declare) and any(concerns(edit, field) for field in changed)
        )
        edits.append(replace(edit, also=tuple(also)))
    return replace(file, edits=tuple(edits))


def reach_words(edits: Iterable[PendingEdit], called: Callable[[str], str]) -> str:
    """How many deployments edits change, and through which shared files: for the title of a step."""
    known = list(edits)
    told = [f"{clean(one.file)}, shared: {one.names(called)}" for one in shared_files(known)]
    return plural(len(changed_by(known)), "deployment") + (f" ({'; '.join(told)})" if told else "")
