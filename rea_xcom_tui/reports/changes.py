"""Changes as text: what a plan does to files and fields, and how two fleets differ."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rea_xcom_tui.fleet.edit.outlook import Told, outlook
from rea_xcom_tui.fleet.edit.pending import Declare, SetField
from rea_xcom_tui.fleet.edit.reach import shared_files
from rea_xcom_tui.fleet.edit.stale_comments import outdated_comments
from rea_xcom_tui.fleet.workspace import FilePlan, Workspace
from rea_xcom_tui.reports.comment import Section, comment
from rea_xcom_tui.reports.tables import markdown_table
from rea_xcom_tui.text import clean, plural
from rea_xcom_tui.xcom.compare import FieldDelta
from rea_xcom_tui.xcom.units import sized


def plan_text(workspace: Workspace) -> str:
    """What the pending edits would do: the unified diff of each file, then each field old to new."""
    plan = workspace.plan()
    lines = [line for file in plan.files for line in unified(file)]
    for edit in plan.edits:
        old = "nothing" if isinstance(edit, Declare) and edit.old is None else worded(edit.old)
        how = " (override removed)" if isinstance(edit, SetField) and edit.inherits else ""
        lines.append(f"{clean(edit.deployment)}: {edit.field}: {old} → {worded(edit.new)}{how}")
    lines += [one.sentence(workspace.fleet.called) for one in shared_files(plan.edits)]
    judged = outlook(workspace, plan.files)
    lines += [f"{judged.sentence()}:"] if judged.adds or judged.removes else []
    lines += [_told("adds", one) for one in judged.adds] + [_told("removes", one) for one in judged.removes]
    impacts = dict.fromkeys(workspace.impact(edit) for edit in plan.edits)
    lines += [f"impact: {clean(text)}" for text in impacts if text]
    lines += [f"note: {clean(file.file)}: {said}" for file in plan.files for said in outdated_comments(file)]
    return "\n".join(lines)


def _told(verb: str, told: Told) -> str:
    """A finding that an edit adds or removes, on one line."""
    finding = told.finding
    return f"  {verb} {finding.severity} {finding.code} {clean(told.deployment)}: {clean(finding.message)}"


def unified(file: FilePlan) -> Iterator[str]:
    """A file's unified diff, secrets masked, every line harmless."""
    hunks = file.hunks()
    name = clean(file.file)
    if hunks:
        yield from (f"--- a/{name}", f"+++ b/{name}", *hunks)


def worded(value: str | int | None) -> str:
    """A value in words: unset where there is none, a threshold with its human unit."""
    if value is None:
        return "unset"
    return sized(value) if isinstance(value, int) else clean(value)


def change_words(delta: FieldDelta) -> str:
    """A field's old value and its new one."""
    return f"{worded(delta.old)} → {worded(delta.new)}"


def semantic_text(changes: Sequence[FieldDelta]) -> str:
    """How two fleets differ, one line for each field."""
    return "\n".join(
        f"{clean(change.deployment)}: {change.field}: {change_words(change)}"
        if change.kind == "changed"
        else f"{clean(change.deployment)}: {change.kind}"
        for change in changes
    )


def semantic_markdown(changes: Sequence[FieldDelta]) -> str:
    """How two fleets differ, as a Markdown table under one sentence."""
    return f"{_reach(changes)}:\n\n{markdown_table(_HEADER, _rows(changes))}\n"


def semantic_comment(changes: Sequence[FieldDelta]) -> str:
    """The same as a comment on a pull request."""
    return comment("diff", f"{_reach(changes)}:", [Section("", _HEADER, _rows(changes))])


_HEADER = ("deployment", "field", "before", "after")


def _reach(changes: Sequence[FieldDelta]) -> str:
    return f"XCom settings of {plural(len({change.deployment for change in changes}), 'deployment')}"


def _rows(changes: Sequence[FieldDelta]) -> list[tuple[str, str, str, str]]:
    return [
        (
            change.deployment,
            change.field or change.kind,
            worded(change.old) if change.kind == "changed" else "",
            worded(change.new) if change.kind == "changed" else "",
        )
        for change in changes
    ]
