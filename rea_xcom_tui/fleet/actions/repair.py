"""Fixing drift: the same pending edits as everywhere, one undoable step for a whole cause."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from rea_xcom_tui.errors import Refused
from rea_xcom_tui.fleet.edit.pending import SetField, Step
from rea_xcom_tui.fleet.edit.plan import Refusal
from rea_xcom_tui.fleet.edit.reach import reach_words
from rea_xcom_tui.fleet.workspace import Workspace
from rea_xcom_tui.fleet.write.message import said
from rea_xcom_tui.text import clean
from rea_xcom_tui.xcom.drift import Deviation


def set_all_right(workspace: Workspace, deviations: Iterable[Deviation]) -> tuple[Step | None, list[Refusal]]:
    """Make what is expected pending for any deviations, as one undoable step.

    What cannot be made, or what only a person can decide, is returned as a refusal.
    """
    edits: list[SetField] = []
    refusals: list[Refusal] = []
    for deviation in deviations:
        try:
            edits.append(edit_of(workspace, deviation))
        except (ValueError, Refused) as error:
            refusals.append(Refusal(deviation.deployment, deviation.field, str(error)))
    proof = workspace.prove(edits)
    refusals += proof.refused
    edits = proof.made(edits)
    fields = ", ".join(dict.fromkeys(edit.field for edit in edits))
    return workspace.pending.put(
        edits, f"fix drift of {fields} on {reach_words(edits, workspace.fleet.called)}"
    ), refusals


def edit_of(workspace: Workspace, deviation: Deviation) -> SetField:
    """The edit that fixes a deviation. Raises `Refused`, or `ValueError` for a value that is none."""
    deployment = workspace.deployment(deviation.deployment)
    if deviation.target is None:
        raise Refused(
            f"{clean(deviation.expected)} is expected, which leaves more than one value; set {deviation.field} by hand"
        )
    value = deviation.target.value
    text = "" if value is None else str(value)
    if value is not None:
        value = workspace.check(deviation.field, text, deployment).value
    cause = f"{deviation.field}, expected {said(deviation.expected)}"
    return replace(workspace.edit_to(deployment, deviation.field, value, text), drift=cause)
