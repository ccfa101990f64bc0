"""Pending changes of the baseline file: adopting what is there, and accepting what differs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from rea_xcom_tui.errors import Refused
from rea_xcom_tui.fleet.baseline import BASELINE_FILE
from rea_xcom_tui.fleet.baseline.file import load_baseline
from rea_xcom_tui.fleet.baseline.statements import Accepts, Expects, Statement, said_already, with_statements, worded
from rea_xcom_tui.fleet.edit.pending import Declare, PendingEdit, Step
from rea_xcom_tui.fleet.edit.row import Row, drift_rows
from rea_xcom_tui.fleet.model import Fleet
from rea_xcom_tui.fleet.qualified import within
from rea_xcom_tui.fleet.several import Several
from rea_xcom_tui.text import clean, plural
from rea_xcom_tui.xcom.compare import comparable
from rea_xcom_tui.xcom.drift import Deviation, Pattern
from rea_xcom_tui.xcom.drift.baseline import Baseline
from rea_xcom_tui.xcom.drift.expectations import ANY, RANGE, SAME, Expectation
from rea_xcom_tui.xcom.drift.majority import Norm, deviations_from, group_norms
from rea_xcom_tui.xcom.drift.model import Group, group_of, groups
from rea_xcom_tui.xcom.drift.norms import Member, holds, members_of
from rea_xcom_tui.xcom.model import FIELDS, FieldName, Value

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.workspace import Workspace

_MOST_CHOICES = 4
"""A field without a norm that has more different values in a group than this is not written down: nobody has agreed
on it."""

_MOST_ACCEPTED = 1_000
"""How many deviations are accepted at once: nobody reads a longer list, and its edit cannot be proved in good time."""

_OR = " or "
_ADOPTED = "adopted as it is"


def baseline_now(workspace: Workspace) -> Baseline:
    """The repo's baseline with what is pending in it. Raises `ToolError` where the file has mistakes."""
    return with_statements(load_baseline(workspace.root), workspace.statements)


def adopt_fleet(workspace: Workspace) -> Step | None:
    """Make pending a baseline under which nothing differs, for a repo that declares none; one undoable step.

    In each group a field is to be what most have, or what any other of the group has. Where a group agrees on
    nothing, the few values that it has are all right, and a field with many is left out. What whole environments or
    the whole fleet share is said once. Raises `Refused` where a baseline is declared already.
    """
    if isinstance(workspace, Several):
        return _in_each(workspace, None, lambda member, _: adopt_fleet(member), "adopt the whole fleet as the baseline")
    baseline = baseline_now(workspace)
    if baseline.expected is not None:
        raise Refused(f"{BASELINE_FILE} already declares a baseline; adopt single differences, or edit it by hand")
    says = declared(_fleet_now(workspace), baseline, odd_ones=True)
    if not says:
        raise Refused("nothing here can be a baseline: no field has a value that could be declared right")
    return _put(workspace, says, "adopt the whole fleet as the baseline")


def adopt(workspace: Workspace, deviations: Sequence[Deviation]) -> Step | None:
    """Make these deviations right, and nothing else; pending, as one undoable step.

    Where a whole group of a declared baseline has the value, it takes the old one's place there. Anywhere else the
    members themselves are accepted, one entry for each value: whoever of the group moves there later still differs.
    What is not a value to be right (`adoptable`) is left out. Raises `Refused` when nothing else is there.
    """
    wanted_ones = _adoptable(workspace, deviations)
    if isinstance(workspace, Several):
        return _in_each(workspace, wanted_ones, adopt, f"adopt {described(workspace, wanted_ones)}")
    return _put(workspace, adopting(workspace, wanted_ones), f"adopt {described(workspace, wanted_ones)}")


def adopting(workspace: Workspace, deviations: Sequence[Deviation]) -> list[Statement]:
    """What `adopt` says in the baseline file of one repo. Raises `Refused` as it does."""
    wanted_ones = _adoptable(workspace, deviations)
    baseline = baseline_now(workspace)
    whole, members = _by_whole_groups(workspace, baseline, wanted_ones)
    says: list[Statement] = []
    if whole:
        split = {group.name: group for group in groups(drift_rows(_fleet_now(workspace).deployments), baseline.by)}
        says += [_widened(baseline, split[name], field, kinds) for (name, field), kinds in whole.items()]
    return says + accepting(members, _ADOPTED)


def _by_whole_groups(
    workspace: Workspace, baseline: Baseline, deviations: Sequence[Deviation]
) -> tuple[dict[tuple[str, FieldName], list[Value]], list[Deviation]]:
    """What whole groups of a declared baseline have, with the values, and the members of all others."""
    fleet = _fleet_now(workspace)
    split = {group.name: group for group in groups(drift_rows(fleet.deployments), baseline.by)}
    found: dict[tuple[str, FieldName], list[Deviation]] = {}
    for deviation in deviations:
        row = Row(fleet.by_id[deviation.deployment])
        found.setdefault(("/".join(group_of(row, baseline.by)), deviation.field), []).append(deviation)
    whole: dict[tuple[str, FieldName], list[Value]] = {}
    members: list[Deviation] = []
    for (name, field), ones in found.items():
        kinds = list(dict.fromkeys(one.kind for one in ones))
        present = {member.kind for member in members_of(split[name], field)}
        if baseline.expected is not None and present <= set(kinds):
            whole[name, field] = kinds
        else:
            members += ones
    return whole, members


def first_statements(workspace: Workspace) -> int:
    """How many statements a first baseline of this fleet would hold; 0 where one is declared already."""
    if isinstance(workspace, Several):
        return sum(map(first_statements, workspace.repos.values()))
    baseline = baseline_now(workspace)
    return 0 if baseline.expected is not None else len(declared(_fleet_now(workspace), baseline))


def _in_each(
    workspace: Several,
    deviations: Sequence[Deviation] | None,
    act: Callable[[Workspace, list[Deviation]], object],
    title: str,
) -> Step | None:
    """Do it in each repo with the deviations that are its own, as one undoable step; None stands for every repo."""
    mine: dict[str, list[Deviation]] = {} if deviations is not None else {repo: [] for repo in workspace.repos}
    for one in deviations or ():
        repo = workspace.repo_of(one.deployment)
        mine.setdefault(repo, []).append(replace(one, deployment=within(repo, one.deployment)))
    edits: list[PendingEdit] = []
    for repo, ones in mine.items():
        edits += workspace.proposed(repo, _bound(act, ones))
    return workspace.pending.put(edits, title)


def _bound(act: Callable[[Workspace, list[Deviation]], object], ones: list[Deviation]) -> Callable[[Workspace], object]:
    return lambda member: act(member, ones)


def _adoptable(workspace: Workspace, deviations: Sequence[Deviation]) -> list[Deviation]:
    found = [deviation for deviation in deviations if adoptable(workspace, deviation)]
    if not found:
        raise Refused("nothing here can be a baseline: these values are refused, in conflict, or come from a Secret")
    return found


def widen(workspace: Workspace, deviations: Sequence[Deviation]) -> Step | None:
    """Make pending what the baseline has to say so that these values are right for their whole groups; one step.

    Where the whole group has the value, it takes the old one's place; else both are right from now on. Without a
    declared baseline, what the fleet is now is written down first, so that what drifts beside these still does. What is
    not a value to be right (`adoptable`) is left out. Raises `Refused` when nothing else is there.
    """
    wanted_ones = _adoptable(workspace, deviations)
    if isinstance(workspace, Several):
        return _in_each(workspace, wanted_ones, widen, f"allow {described(workspace, wanted_ones)} for the whole group")
    fleet, baseline = _fleet_now(workspace), baseline_now(workspace)
    says: dict[tuple[str, FieldName], Expects] = {}
    if baseline.expected is None:
        says = {(one.group, one.field): one for one in declared(fleet, baseline)}
        baseline = with_statements(baseline, says.values())
    split = {group.name: group for group in groups(drift_rows(fleet.deployments), baseline.by)}
    wanted: dict[tuple[str, FieldName], list[Value]] = {}
    for deviation in wanted_ones:
        row = Row(fleet.by_id[deviation.deployment])
        kinds = wanted.setdefault(("/".join(group_of(row, baseline.by)), deviation.field), [])
        if deviation.kind not in kinds:
            kinds.append(deviation.kind)
    for (name, field), kinds in wanted.items():
        says[name, field] = _widened(baseline, split[name], field, kinds)
    return _put(workspace, says.values(), f"allow {described(workspace, wanted_ones)} for the whole group")


def adoptable(workspace: Workspace, deviation: Deviation) -> bool:
    """Whether what is there can be declared right: one known value that no rule calls a mistake."""
    from rea_xcom_tui.fleet.baseline.models import is_sayable

    reading = workspace.deployment(deviation.deployment).field(deviation.field)
    return comparable(reading) and is_sayable(deviation.field, _text(deviation.kind))


def ignore(
    workspace: Workspace, deviations: Sequence[Deviation], reason: str, owner: str = "", expires: date | None = None
) -> Step | None:
    """Make pending that these deviations are accepted, one entry for each value; one undoable step.

    Raises `Refused` without a reason, and for more than `_MOST_ACCEPTED` of them.
    """
    if not reason.strip():
        raise Refused("an ignore needs a reason, so that others can tell later whether it still holds")
    title = f"accept {described(workspace, deviations)}"
    if isinstance(workspace, Several):
        return _in_each(workspace, deviations, lambda member, mine: ignore(member, mine, reason, owner, expires), title)
    return _put(workspace, accepting(deviations, reason, owner, expires), title)


def accepting(
    deviations: Sequence[Deviation], reason: str, owner: str = "", expires: date | None = None
) -> list[Statement]:
    """One entry of the baseline file for each value. Raises `Refused` for more than `_MOST_ACCEPTED` deviations."""
    if len(deviations) > _MOST_ACCEPTED:
        raise Refused(
            f"{len(deviations)} deviations would be accepted one by one in {BASELINE_FILE}, and at most "
            f"{_MOST_ACCEPTED:,} are at once; allow the value for the whole group, or write one entry there whose "
            "deployment has a *"
        )
    alike: dict[tuple[FieldName, str], list[str]] = {}
    for one in deviations:
        alike.setdefault((one.field, _text(one.kind)), []).append(one.deployment)
    actual = {(one.deployment, one.field): _text(one.actual) for one in deviations}
    return [
        Accepts(
            tuple(ids),
            field,
            _one_of({actual[id_, field] for id_ in ids}, kind),
            reason.strip(),
            owner.strip(),
            expires,
        )
        for (field, kind), ids in alike.items()
    ]


def _one_of(values: set[str], kind: str) -> str:
    """The value that all have, else their kind: a pattern."""
    return next(iter(values)) if len(values) == 1 else kind


def _put(workspace: Workspace, says: Iterable[Statement], title: str) -> Step | None:
    if workspace.read_only is not None:
        raise Refused(f"nothing may be changed: {workspace.read_only}")
    on_disk = load_baseline(workspace.root)
    edits = [pending_edit(one, on_disk) for one in says]
    return workspace.pending.put(edits, title)


def pending_edit(says: Statement, on_disk: Baseline) -> Declare:
    """The pending edit that says something in the baseline file."""
    old = says.actual if isinstance(says, Accepts) else said_already(on_disk, says)
    return Declare(says, old, BASELINE_FILE)


def _fleet_now(workspace: Workspace) -> Fleet:
    from rea_xcom_tui.fleet.edit.row import with_edits

    return with_edits(workspace.fleet, workspace.pending.edits)


def declared(fleet: Fleet, baseline: Baseline, *, odd_ones: bool = False) -> list[Expects]:
    """What the fleet is now, in the words of a baseline; with `odd_ones` also what differs from its group's norm."""
    from rea_xcom_tui.fleet.baseline.models import is_sayable

    rows = drift_rows(fleet.deployments)
    found: dict[tuple[str, ...], dict[FieldName, str]] = {}
    norms = group_norms(rows, baseline.by)
    for group in groups(rows, baseline.by):
        for field in FIELDS:
            members, norm = members_of(group, field), norms[group.name].get(field)
            texts = _few(members) if norm is None else [_said(norm.value), *_beside(norm, group, members, odd_ones)]
            texts = [text for text in texts if is_sayable(field, text)]
            if texts:
                found.setdefault(group.keys, {})[field] = _OR.join(texts)
    whole = _summarised(found)
    return [
        Expects(name, field, fields[field]) for name, fields in whole.items() for field in FIELDS if field in fields
    ]


def _few(members: Iterable[Member]) -> list[str]:
    """The values that these have, paths and identities as patterns, where they are few."""
    kinds = _kinds(members)
    return kinds if len(kinds) <= _MOST_CHOICES else []


def _beside(norm: Norm, group: Group, members: Sequence[Member], odd_ones: bool) -> list[str]:
    """The values that differ from a norm and are right all the same: of teams of their own, or all of them."""
    odd = {one.deployment for one in deviations_from(norm, group.name, members)} if not odd_ones else set()
    return _kinds(one for one in members if holds(norm.value, one) is False and one.row.id not in odd)


def _kinds(members: Iterable[Member]) -> list[str]:
    return list(dict.fromkeys(_text(one.kind) for one in members))


def _summarised(said: dict[tuple[str, ...], dict[FieldName, str]]) -> dict[str, dict[FieldName, str]]:
    """What all groups share under `*`, what all of one environment share under its name, then the rest."""
    found: dict[str, dict[FieldName, str]] = {name: {} for name in ("*", *(keys[0] for keys in said))}
    for field in FIELDS:
        if len(whole := {fields.get(field) for fields in said.values()}) == 1 and None not in whole:
            found["*"][field] = str(whole.pop())
            continue
        for keys, fields in said.items():
            alike = {other.get(field) for name, other in said.items() if name[0] == keys[0]}
            if field in fields:
                name = keys[0] if len(alike) == 1 else "/".join(keys)
                found.setdefault(name, {})[field] = fields[field]
    return {name: fields for name, fields in found.items() if fields}


def _widened(baseline: Baseline, group: Group, field: FieldName, kinds: Sequence[Value]) -> Expects:
    """What a group's field is to be, so that these kinds of values are right, too."""
    present = {member.kind for member in members_of(group, field)}
    expected = baseline.for_group(group.keys).get(field)
    old = "" if expected is None or expected.kind == ANY else worded(expected)
    if expected is not None and expected.kind == SAME:
        text = _OR.join(_text(kind) for kind in sorted(present, key=str))
    elif present <= set(kinds) or not old:
        text = _OR.join(_text(kind) for kind in kinds)
    elif expected is not None and expected.kind == "range":
        text = _wider(expected, [kind for kind in kinds if isinstance(kind, int)])
    else:
        text = _OR.join([old, *(_text(kind) for kind in kinds)])
    return Expects(group.name, field, text, expected.severity if expected is not None else None)


def _wider(expected: Expectation, sizes: Sequence[int]) -> str:
    """The range that holds these sizes, too; `never` is above every size."""
    above = [float("inf") if size < 0 else size for size in sizes]
    low = "" if expected.least is None else str(min(expected.least, *above))
    most = expected.most
    if most is None or most < 0 or float("inf") in above:
        return f"{low}{RANGE}"
    return f"{low}{RANGE}{max(most, *above)}"


def _said(value: Value | Pattern) -> str:
    return value.text if isinstance(value, Pattern) else _text(value)


def _text(value: Value) -> str:
    return "unset" if value is None else str(value)


def unadoptable(workspace: Workspace, deviations: Iterable[Deviation]) -> list[Deviation]:
    """Those that `adopt` leaves out, because they hold no value that could be right."""
    return [deviation for deviation in deviations if not adoptable(workspace, deviation)]


def described(workspace: Workspace, deviations: Sequence[Deviation]) -> str:
    """What is acted on, for a step's title: ``threshold of etl (prod)``, ``path of 3 deployments``."""
    fields = ", ".join(dict.fromkeys(deviation.field for deviation in deviations))
    ids = dict.fromkeys(deviation.deployment for deviation in deviations)
    one = clean(workspace.fleet.called(next(iter(ids), "")), 80)
    return f"{fields} of {one if len(ids) == 1 else plural(len(ids), 'deployment')}"
