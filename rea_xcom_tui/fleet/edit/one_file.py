"""The plan for one file: its edits made one after the other, each proved, and the outcome looked at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rea_xcom_tui.errors import Refused, ToolError
from rea_xcom_tui.fleet.edit.apply import State, apply_edit, said
from rea_xcom_tui.fleet.edit.pending import Declare, PendingEdit
from rea_xcom_tui.fleet.edit.plan import FilePlan, Foreseen, Planned, Refusal
from rea_xcom_tui.fleet.edit.shown_diff import shown_diff
from rea_xcom_tui.fleet.edit.stale_comments import outdated_comments
from rea_xcom_tui.fleet.scan.reading import Reading
from rea_xcom_tui.text import clean
from rea_xcom_tui.xcom.fields import linked
from rea_xcom_tui.xcom.model import Configuration


def plan_file(
    file: str,
    wanted: Sequence[PendingEdit],
    before: bytes | None,
    reading: Reading,
    says: Configuration | None = None,
) -> Planned:
    """The plan for a file with these bytes, None where there is none, and the edits that cannot be made in it.

    Edits are made one after the other, each on what the one before left, so that each is proved on its own. `says` is
    what the bytes say (passwords hidden), where that is known.
    """
    declared = [edit for edit in wanted if isinstance(edit, Declare)]
    try:
        if declared:
            return _plan_baseline(file, declared, before)
        if before is None:
            raise Refused(f"{clean(file)} is no longer there; rescan, then look at it again")
        state = first = State.of(before, says)
    except ToolError as error:
        return None, [Refusal(edit.deployment, edit.field, str(error)) for edit in wanted]
    made, refused = list[PendingEdit](), list[Refusal]()
    touched: set[str] = set()
    for edit in wanted:
        try:
            _check_agreement(edit, made)
            state = apply_edit(state, edit, fresh=edit.field not in touched, reading=reading, first=first)
        except ToolError as error:
            refused.append(Refusal(edit.deployment, edit.field, str(error)))
            continue
        made.append(edit)
        touched |= linked(edit.field)
    after = state.parsed.encode() if state is not first else before
    if not made or after == before:
        return None, refused
    plan = FilePlan(file, before, after, tuple(made))
    row = state.deployment(file, reading)
    diff = shown_diff(first.parsed, state.parsed)
    notes = tuple(outdated_comments(plan, state.parsed))
    for done in (first, state):
        done.forget()
    return replace(plan, foreseen=Foreseen(row, diff, notes)), refused


def _plan_baseline(file: str, wanted: Sequence[Declare], before: bytes | None) -> tuple[FilePlan | None, list[Refusal]]:
    """The plan for the baseline file, all or nothing: what is said there is proved as a whole."""
    from rea_xcom_tui.fleet.baseline.file import parse_baseline
    from rea_xcom_tui.fleet.baseline.statements import Expects, said_already, write_statements

    known = parse_baseline(before or b"")
    statements = [edit.statement for edit in wanted]
    refused = [
        Refusal(edit.deployment, edit.field, f"{clean(file)} has changed underneath; look at it, then do it again")
        for edit in wanted
        if isinstance(edit.statement, Expects) and said_already(known, edit.statement) != edit.old
    ]
    if refused:
        return None, refused
    after = write_statements(before or b"", statements)
    return FilePlan(file, before or b"", after, tuple(wanted), made=before is None), []


def _check_agreement(edit: PendingEdit, made: Sequence[PendingEdit]) -> None:
    """Raise `Refused` when another deployment that is a link to the same file wants another value there."""
    for other in made:
        if other.deployment != edit.deployment and other.field == edit.field and other.new != edit.new:
            raise Refused(
                f"{clean(other.deployment)} and {clean(edit.deployment)} are the same file, one by a link, and "
                f"{edit.field} cannot be both {said(other.new)} and {said(edit.new)}"
            )
