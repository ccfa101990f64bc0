"""Proving edits: made in memory, file by file, whoever asked for them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from rea_xcom_tui.fleet.edit.pending import Declare, LayerEdit, PendingEdit
from rea_xcom_tui.fleet.edit.plan import FilePlan, Plan, Proof, Refusal
from rea_xcom_tui.fleet.edit.reach import in_plain_files

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
    layered = [edit for edit in known if not isinstance(edit, Declare) and edit.layer]
    plain = [edit for edit in known if not edit.layer]
    files: dict[str, list[PendingEdit]] = {}
    for edit in plain:
        files.setdefault(workspace.file_of(edit), []).append(edit)
    pending = _pending_in(workspace, {*files, *(edit.file for edit in plain)})
    changing: dict[str, list[PendingEdit]] = {}
    for file, mine in files.items():
        # As in `Pending`, the edit of a field keeps the place of the one that it replaces.
        wanted = {edit.key: edit for edit in (*pending.get(file, ()), *mine) if not edit.held}
        changing[file] = [edit for edit in wanted.values() if edit.changes]
    found = workspace.plans_of(changing, _in_edits(progress, len(known)))
    plans: list[FilePlan] = []
    refusals: list[Refusal] = []
    for file, mine in files.items():
        plan, refused = found[file]
        plans += in_plain_files(workspace, [plan] if plan is not None else [])
        refusals += _among(refused, mine)
    if layered:
        together = _prove_layered(workspace, layered)
        plans += together.files
        refusals += _among(together.refused, layered)
    return Proof(tuple(plans), tuple(refusals))


def _in_edits(progress: Callable[[int, int], None] | None, edits: int) -> Callable[[int, int], None] | None:
    """Progress in files as progress in edits, of which a file may take several."""
    return None if progress is None else lambda done, files: progress(done * edits // max(1, files), edits)


def _prove_layered(workspace: FleetState, edits: Sequence[LayerEdit]) -> Plan:
    """The plan for edits of layers, with everything that is pending in layers: one may change what another does."""
    pending = (edit for edit in workspace.pending.chosen if not isinstance(edit, Declare))
    together = {edit.key: edit for edit in pending if edit.layer}
    together |= {edit.key: edit for edit in edits}
    changing = [edit for edit in together.values() if edit.changes]
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
