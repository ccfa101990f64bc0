"""Proving edits: made in memory, file by file, whoever asked for them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from rea_xcom_tui.fleet.edit.pending import PendingEdit, SetField
from rea_xcom_tui.fleet.edit.plan import FilePlan, Plan, Proof, Refusal

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.edit.state import FleetState


def prove(
    workspace: FleetState, edits: Iterable[PendingEdit], progress: Callable[[int, int], None] | None = None
) -> Proof:
    """Make edits in memory and prove them.

    All edits of one file are proved together, with what is pending in it already, whoever asked for them; what
    is proved is remembered, so that the plan need not do it again. `progress` is called with the edits proved and
    their number; what it raises ends the work.
    """
    known = list(edits)
    layered = [edit for edit in known if isinstance(edit, SetField) and edit.layer]
    plain = [edit for edit in known if not (isinstance(edit, SetField) and edit.layer)]
    files: dict[str, list[PendingEdit]] = {}
    for edit in plain:
        files.setdefault(workspace.file_of(edit), []).append(edit)
    pending = _pending_in(workspace, {*files, *(edit.file for edit in plain)})
    plans: list[FilePlan] = []
    refusals: list[Refusal] = []
    done = 0
    for file, mine in files.items():
        if progress is not None:
            progress(done, len(known))
        done += len(mine)
        # As in `Pending`, the edit of a field keeps the place of the one that it replaces.
        wanted = {edit.key: edit for edit in (*pending.get(file, ()), *mine) if not edit.held}
        changing = [edit for edit in wanted.values() if edit.new != edit.old]
        plan, refused = workspace.plan_of(file, changing)
        plans += [plan] if plan is not None else []
        refusals += _among(refused, mine)
    if layered:
        found = _prove_layered(workspace, layered)
        plans += found.files
        refusals += _among(found.refused, layered)
    return Proof(tuple(plans), tuple(refusals))


def _prove_layered(workspace: FleetState, edits: Sequence[SetField]) -> Plan:
    """The plan for edits of layers, with everything that is pending in layers: one may change what another does."""
    together = {edit.key: edit for edit in workspace.pending.chosen if isinstance(edit, SetField) and edit.layer}
    together |= {edit.key: edit for edit in edits}
    changing = [edit for edit in together.values() if edit.new != edit.old]
    return workspace.plan_layers([replace(edit, file=workspace.file_of(edit)) for edit in changing])


def _among(refused: Iterable[Refusal], edits: Iterable[PendingEdit]) -> list[Refusal]:
    asked = {(edit.deployment, edit.field) for edit in edits}
    return [refusal for refusal in refused if (refusal.deployment, refusal.field) in asked]


def _pending_in(workspace: FleetState, names: Collection[str]) -> dict[str, list[PendingEdit]]:
    """What is pending in the files with these names, by the file itself where a name is a link."""
    found: dict[str, list[PendingEdit]] = {}
    for edit in workspace.pending.edits:
        if edit.file in names:
            found.setdefault(workspace.real_file(edit.file), []).append(edit)
    return found
