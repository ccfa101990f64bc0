"""Commit messages made from the edits they hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from rea_xcom_tui.fleet.baseline.file import BASELINE_FILE
from rea_xcom_tui.fleet.baseline.statements import Accepts
from rea_xcom_tui.fleet.edit.pending import Declare, PendingEdit, Value
from rea_xcom_tui.fleet.model import Deployment
from rea_xcom_tui.text import clean, plural

_MOST_NAMED = 60
_SUBJECT_LIMIT = 72


def commit_message(edits: Sequence[PendingEdit], deployment: Callable[[str], Deployment]) -> str:
    """A subject with field, value and reach, and a body that lists what changed from what to what."""
    said = [edit for edit in edits if isinstance(edit, Declare)]
    others = [edit for edit in edits if not isinstance(edit, Declare)]
    subject = _subject(others, deployment) if others or not said else _baseline_subject(said)
    parts = [*([_body(others)] if others else []), *([_baseline_body(said)] if said else [])]
    return "\n".join([subject, "", "\n\n".join(parts), ""])


def _baseline_subject(edits: Sequence[Declare]) -> str:
    """What is said in the baseline file, in short."""
    accepted = [edit.statement for edit in edits if isinstance(edit.statement, Accepts)]
    if len(accepted) == len(edits):
        count = sum(len(statement.deployments) for statement in accepted)
        return f"xcom: accept {plural(count, 'difference')} in {BASELINE_FILE}"
    if all(edit.old is None for edit in edits):
        return f"xcom: declare {plural(len(edits), 'field')} in {BASELINE_FILE}"
    return f"xcom: change {plural(len(edits), 'field')} in {BASELINE_FILE}"


def _baseline_body(edits: Sequence[Declare]) -> str:
    lines = [f"{BASELINE_FILE}:"]
    for edit in edits[:_MOST_NAMED]:
        where = edit.statement.where
        change = said(edit.new) if edit.old is None else f"{said(edit.old)} -> {said(edit.new)}"
        lines.append(f"- {clean(where)}: {edit.field} {change}")
    if len(edits) > _MOST_NAMED:
        lines.append(f"- and {plural(len(edits) - _MOST_NAMED, 'more entry')}")
    return "\n".join(lines)


def _subject(edits: Sequence[PendingEdit], deployment: Callable[[str], Deployment]) -> str:
    where = _reach([deployment(id_) for id_ in dict.fromkeys(edit.deployment for edit in edits)])
    fields = list(dict.fromkeys(edit.field for edit in edits))
    values = {edit.new for edit in edits}
    if len(fields) > 1:
        subject = f"xcom: change {', '.join(fields)} on {where}"
    elif values == {None}:
        subject = f"xcom: unset {fields[0]} on {where}"
    elif len(values) == 1:
        subject = f"xcom: set {fields[0]} to {said(edits[0].new)} on {where}"
    else:
        subject = f"xcom: change {fields[0]} on {where}"
    return subject if len(subject) <= _SUBJECT_LIMIT else f"xcom: change {', '.join(fields)} on {where}"


def _reach(deployments: Sequence[Deployment]) -> str:
    if len(deployments) == 1:
        return clean(deployments[0].name, 60)
    envs = {deployment.env for deployment in deployments}
    env = f"{clean(envs.pop())} " if len(envs) == 1 and None not in envs else ""
    return f"{len(deployments)} {env}deployments"


def _body(edits: Sequence[PendingEdit]) -> str:
    counts = Counter((edit.field, edit.old, edit.new) for edit in edits)
    lines = [f"{f} {said(old)} -> {said(new)} ({count})" for (f, old, new), count in counts.most_common()]
    named = [f"- {clean(edit.deployment)}: {edit.field}" for edit in edits[:_MOST_NAMED]]
    if len(edits) > _MOST_NAMED:
        named.append(f"- and {plural(len(edits) - _MOST_NAMED, 'more edit')}")
    return "\n".join([*lines, "", *named])


def said(value: Value) -> str:
    """A value as a message has it."""
    return "unset" if value is None else clean(value, 200)
