"""Commit messages made from the edits they hold."""

from __future__ import annotations

from collections.abc import Sequence

from rea_xcom_tui.fleet.baseline import BASELINE_FILE
from rea_xcom_tui.fleet.baseline.statements import Accepts, Belongs
from rea_xcom_tui.fleet.edit.pending import Declare, Fix, PendingEdit, changed_by
from rea_xcom_tui.fleet.edit.reach import shared_files
from rea_xcom_tui.fleet.model import Deployment, Fleet
from rea_xcom_tui.text import clean, plural, whole_words
from rea_xcom_tui.user.message_template import DEFAULT, filled
from rea_xcom_tui.xcom.model import Value

_MOST_NAMED = 60
_SUBJECT_LIMIT = 72
"""So long a first line should be, as git's own tools show it."""
_REVERSED_LIMIT = 44
"""So much of the first line of a commit has room after its id in that of its reverse."""
_LINE_LIMIT = 100
"""So long may a line be by commitlint's usual rules, the first one too."""
_MOST_ENVS = 3


def commit_message(
    edits: Sequence[PendingEdit],
    fleet: Fleet,
    *,
    template: str = DEFAULT,
    summary: str | None = None,
    lead: str = "",
) -> str:
    """A first line with field, value and reach, and a body that lists what changed from what to what.

    The first line is made by `template` (see `user.message_template`), with `summary` in place of the generated one;
    `lead` is a paragraph before the list. No line has more than 100 characters, as commitlint's usual rules want it,
    unless the template alone has more.
    """
    if summary is None and not lead:
        summary, lead = _reversal(edits)
    declared = [edit for edit in edits if isinstance(edit, Declare)]
    others = [edit for edit in edits if not isinstance(edit, Declare)]
    parts = [
        *([lead] if lead else []),
        *([_body(others, fleet)] if others else []),
        *([_baseline_body(declared)] if declared else []),
    ]
    body = "\n".join(line for text in "\n\n".join(parts).split("\n") for line in _fitted(text))
    return "\n".join([_header(others, declared, fleet, template, summary), "", body, ""])


def _reversal(edits: Sequence[PendingEdit]) -> tuple[str | None, str]:
    """Summary and lead of a message for edits that do nothing but take commits back; of others, none."""
    reversed_ = dict.fromkeys(edit.reverses for edit in edits)
    commits = [one for one in reversed_ if one is not None]
    if not commits or len(commits) < len(reversed_):
        return None, ""
    if len(commits) > 1:
        return (
            f"take back {len(commits)} commits",
            f"This takes back commits {', '.join(one.commit for one in commits)}.",
        )
    subject = whole_words(clean(commits[0].subject, 200).removeprefix("xcom: "), _REVERSED_LIMIT)
    return f"take back {commits[0].commit[:10]}, {subject}", f"This takes back commit {commits[0].commit}."


def _header(
    others: Sequence[PendingEdit],
    declared: Sequence[Declare],
    fleet: Fleet,
    template: str,
    summary: str | None,
) -> str:
    chosen = [fleet.deployment(edit.deployment) for edit in others]
    chosen += [fleet.by_id[id_] for id_ in changed_by(others) if id_ in fleet.by_id]
    chosen = list({one.id: one for one in chosen}.values())
    count = len(chosen) or len(declared)
    envs = sorted({clean(one.env or "none", 40) for one in chosen}) or ["all"]
    values = {
        "field": ",".join(dict.fromkeys(edit.field for edit in (*others, *declared))),
        "env": ",".join(envs) if len(envs) <= _MOST_ENVS else "several",
        "count": str(count),
        "name": clean(fleet.called(chosen[0].id), 60) if len(chosen) == 1 else str(count),
    }
    if summary is not None:
        wordings = [summary]
    elif others or not declared:
        wordings = _summaries(others, chosen, fleet)
    else:
        wordings = [_baseline_summary(declared)]
    headers = [filled(template, {**values, "summary": wording}) for wording in wordings]
    header = next((header for header in headers if len(header) <= _SUBJECT_LIMIT), headers[-1])
    return whole_words(header, _LINE_LIMIT)


def _fitted(line: str) -> list[str]:
    """A line of the body in lines of at most 100 characters: broken before the new value, then shortened."""
    if len(line) <= _LINE_LIMIT:
        return [line]
    old, arrow, new = line.partition(" -> ")
    return [clean(part, _LINE_LIMIT) for part in ([old, f"  -> {new}"] if arrow else [line])]


def _baseline_summary(edits: Sequence[Declare]) -> str:
    """What is said in the baseline file, in short."""
    accepted = [edit.statement for edit in edits if isinstance(edit.statement, Accepts)]
    if len(accepted) == len(edits):
        count = sum(len(statement.deployments) for statement in accepted)
        return f"accept {plural(count, 'difference')} in {BASELINE_FILE}"
    if all(isinstance(edit.statement, Belongs) for edit in edits):
        return f"declare what belongs to its environment in {BASELINE_FILE}"
    if all(edit.old is None for edit in edits):
        return f"declare {plural(len(edits), 'field')} in {BASELINE_FILE}"
    return f"change {plural(len(edits), 'field')} in {BASELINE_FILE}"


def _baseline_body(edits: Sequence[Declare]) -> str:
    lines = [f"{BASELINE_FILE}:"]
    for edit in edits[:_MOST_NAMED]:
        where = edit.statement.where
        change = said(edit.new) if edit.old is None else f"{said(edit.old)} -> {said(edit.new)}"
        lines.append(f"- {clean(where)}: {edit.field} {change}")
    if len(edits) > _MOST_NAMED:
        lines.append(f"- and {plural(len(edits) - _MOST_NAMED, 'more entry')}")
    return "\n".join(lines)


def _summaries(edits: Sequence[PendingEdit], chosen: Sequence[Deployment], fleet: Fleet) -> list[str]:
    """What is done, in words: with the value, then without, then without the deployment's name."""
    where, fields = _reach(chosen, fleet), list(dict.fromkeys(edit.field for edit in edits))
    named = ", ".join(fields)
    values = {edit.new for edit in edits}
    count = plural(len(chosen), "deployment")
    if all(isinstance(edit, Fix) for edit in edits):
        told = [f"fix {fields[0]}, {_rule_title(fields[0])}, on {where}"] if len(fields) == 1 else []
        return [*told, f"fix {named} on {where}", f"fix {named} on {count}"]
    short = [f"change {named} on {where}", f"change {named} on {count}"]
    if len(fields) == 1 and values == {None}:
        return [f"unset {named} on {where}", *short]
    if len(fields) == 1 and len(values) == 1:
        return [f"set {named} to {said(edits[0].new)} on {where}", *short]
    return short


def _reach(deployments: Sequence[Deployment], fleet: Fleet) -> str:
    if len(deployments) == 1:
        name, env = fleet.name_beside_env(deployments[0]), deployments[0].env
        return clean(name, 80) + (f" ({clean(env, 20)})" if env else "")
    envs = sorted({clean(deployment.env or "", 20) for deployment in deployments})
    env = f"{' and '.join(envs)} " if all(envs) and len(envs) < _MOST_ENVS else ""
    return f"{len(deployments)} {env}deployments"


def _body(edits: Sequence[PendingEdit], fleet: Fleet) -> str:
    changes: dict[str, list[PendingEdit]] = {}
    for edit in edits:
        changes.setdefault(_change(edit), []).append(edit)
    lines = [f"{one} ({_count(mine)})" for one, mine in sorted(changes.items(), key=lambda each: -len(each[1]))]
    lines += [one.short(fleet.called) for one in shared_files(edits)]
    told = [(edit.deployment, edit.field, "") for edit in edits]
    told += [(id_, edit.field, f" (shares {clean(edit.file)})") for edit in edits for id_ in edit.also]
    named = [f"- {clean(id_)}: {field}{by}" for id_, field, by in told[:_MOST_NAMED]]
    if len(told) > _MOST_NAMED:
        named.append(f"- and {plural(len(told) - _MOST_NAMED, 'more edit')}")
    return "\n".join([*lines, "", *named])


def _count(edits: Sequence[PendingEdit]) -> str:
    """How many edits make one change; with the deployments, where some change though nobody edited them."""
    if not any(edit.also for edit in edits):
        return str(len(edits))
    return f"{plural(len(edits), 'edit')}, {plural(len(changed_by(edits)), 'deployment')}"


def _change(edit: PendingEdit) -> str:
    """What one edit changes; of a fix, the rule: it may change what is not a field."""
    if isinstance(edit, Fix):
        return f"fix {edit.field}, {_rule_title(edit.field)}"
    return f"{edit.field} {said(edit.old)} -> {said(edit.new)}"


def _rule_title(code: str) -> str:
    from rea_xcom_tui.xcom.rules.families import find

    rule = find(code)
    return rule.title if rule is not None else "as the rule says"


def said(value: Value) -> str:
    """A value as a message has it."""
    return "unset" if value is None else clean(value, 200)
