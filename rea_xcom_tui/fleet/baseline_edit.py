"""Writing the baseline file: adopting what is there, and accepting what differs. Every other byte stays as it is."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Sequence
from datetime import date

from rea_xcom_tui import values
from rea_xcom_tui.errors import Refused, ToolError
from rea_xcom_tui.fleet.baseline import BASELINE_FILE, baseline_path, parse_baseline
from rea_xcom_tui.fleet.committing import CommitOptions
from rea_xcom_tui.fleet.drifting_rows import DriftRow, drift_rows
from rea_xcom_tui.fleet.journal import Operation
from rea_xcom_tui.fleet.model import Fleet
from rea_xcom_tui.fleet.planning import FilePlan, Plan
from rea_xcom_tui.fleet.workspace import Workspace
from rea_xcom_tui.fleet.writing import Gate
from rea_xcom_tui.xcom.drift import Deviation, Pattern
from rea_xcom_tui.xcom.drift.baseline import Baseline
from rea_xcom_tui.xcom.drift.expectations import RANGE, SAME
from rea_xcom_tui.xcom.drift.majority import group_norms, kind_of
from rea_xcom_tui.xcom.drift.model import Group, Value, comparable, group_of, groups
from rea_xcom_tui.xcom.drift.norms import Member, members_of
from rea_xcom_tui.xcom.model import FIELDS, FieldName, Severity

_HEADER = """\
# What the XCom settings of this fleet should be; `rea-xcom-tui drift` compares the fleet with it.
version: 1
"""
_MOST_CHOICES = 4
"""A field with more different values in a group than this is not written down: nobody has agreed on it."""

_OR = " or "
_PLAIN = re.compile(r"-?[0-9]{1,15}|[A-Za-z][A-Za-z0-9_./-]*(?: or [A-Za-z][A-Za-z0-9_./-]*)*")
_WORDS = frozenset("true false yes no on off y n null".split())
"""What YAML 1.1 takes for something else than text."""


def adopt_fleet(workspace: Workspace) -> FilePlan:
    """The baseline file that says what the fleet is now, for a repo that declares none; nothing is written.

    A field's norm in a group is what is written down, so that what drifts today still drifts afterwards. Where a
    group has no norm, the few values that it has are all right; a field with many values is left out. What whole
    environments or the whole fleet share is said once. Raises `Refused` where a baseline is declared already.
    """
    before = _current(workspace)
    baseline = parse_baseline(before)
    if baseline.expected is not None:
        raise Refused(f"{BASELINE_FILE} declares a baseline already; adopt single differences, or edit it by hand")
    return _plan(before, _declared(before, workspace.fleet, baseline))


def adopt(workspace: Workspace, deviations: Iterable[Deviation]) -> FilePlan:
    """The baseline file in which these deviations are right; nothing is written.

    Where the whole group has the value, it takes the old one's place; else both are right from now on. Without a
    declared baseline, what the fleet is now is written down first. What is no value to be right (`adoptable`) is
    left out. Raises `Refused` when nothing else is there.
    """
    wanted_ones = [deviation for deviation in deviations if adoptable(workspace, deviation)]
    if not wanted_ones:
        raise Refused("nothing here can be a baseline: these values are refused, in conflict, or come from a Secret")
    before = _current(workspace)
    data, baseline = before, parse_baseline(before)
    if baseline.expected is None:
        data = _declared(before, workspace.fleet, baseline)
        baseline = parse_baseline(data)
    split = {group.name: group for group in groups(drift_rows(workspace.fleet.deployments), baseline.by)}
    wanted: dict[tuple[str, FieldName], list[Value]] = {}
    for deviation in wanted_ones:
        row = DriftRow.of(workspace.deployment(deviation.deployment))
        kinds = wanted.setdefault(("/".join(group_of(row, baseline.by)), deviation.field), [])
        if deviation.kind not in kinds:
            kinds.append(deviation.kind)
    for (name, field), kinds in wanted.items():
        data = _with(data, baseline, split[name], field, kinds)
    return _plan(before, data)


def adoptable(workspace: Workspace, deviation: Deviation) -> bool:
    """Whether what is there can be declared right: one known value that no rule calls a mistake."""
    from rea_xcom_tui.fleet.baseline_models import is_sayable

    reading = workspace.deployment(deviation.deployment).field(deviation.field)
    return comparable(reading) and is_sayable(deviation.field, _text(deviation.kind))


def ignore(
    workspace: Workspace, deviations: Iterable[Deviation], reason: str, owner: str = "", expires: date | None = None
) -> FilePlan:
    """The baseline file that accepts these deviations, one entry for each; nothing is written.

    Raises `Refused` without a reason.
    """
    if not reason.strip():
        raise Refused("an ignore needs a reason, so that others can tell later whether it still holds")
    before = _current(workspace)
    edits: list[values.Edit] = []
    for deviation in deviations:
        entries = [
            ("deployment", deviation.deployment),
            ("field", deviation.field),
            ("actual", _text(deviation.actual)),
            ("reason", reason.strip()),
        ]
        entries += [("owner", owner.strip())] if owner.strip() else []
        entries += [("expires", expires.isoformat())] if expires else []
        edits.append(values.AppendItem(("ignore",), tuple(entries), quoted=frozenset(("expires",))))
    return _plan(before, values.edit(before or _HEADER.encode(), edits))


def write_baseline(workspace: Workspace, plan: FilePlan, title: str) -> Operation:
    """Write the baseline file through the gate, with a journal entry. Raises `Refused`, with nothing written."""
    gate = gate_of(workspace)
    gate.check()
    path = baseline_path(workspace.root)
    made = False
    if not plan.before and not path.exists():
        # The gate replaces files that are there; O_EXCL keeps one that somebody makes at this very moment.
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
        made = True
    try:
        return gate.write(Plan((plan,), ()), title)
    except BaseException:
        if made:
            path.unlink(missing_ok=True)
        raise


def gate_of(workspace: Workspace) -> Gate:
    """The gate of a workspace."""
    return Gate(workspace.repository, workspace.read_only, workspace.config.protected_branches or ())


def _current(workspace: Workspace) -> bytes:
    path = baseline_path(workspace.root)
    return values.read_file(path, workspace.root) if path.exists() or path.is_symlink() else b""


def _plan(before: bytes, after: bytes) -> FilePlan:
    parse_baseline(after)
    return FilePlan(BASELINE_FILE, before, after, ())


def _declared(before: bytes, fleet: Fleet, baseline: Baseline) -> bytes:
    """The file with what the fleet is now: written anew, or put into the file that is there."""
    from rea_xcom_tui.fleet.baseline_models import is_sayable

    rows = drift_rows(fleet.deployments)
    said: dict[tuple[str, ...], dict[FieldName, str]] = {}
    norms = group_norms(rows, baseline.by)
    for group in groups(rows, baseline.by):
        for field in FIELDS:
            norm = norms[group.name].get(field)
            text = _said(norm.value) if norm is not None else _choices(members_of(group, field))
            if text is not None and is_sayable(field, text):
                said.setdefault(group.keys, {})[field] = text
    whole = _summarised(said)
    if not before.strip():
        return before + _new_file(whole).encode()
    edits: list[values.Edit] = []
    # An added key takes the style of those before it, and the quotes that `*` needs are no style.
    for name, fields in sorted(whole.items(), key=lambda pair: pair[0].startswith("*")):
        edits += [values.AddKey(("baseline", name), field, fields[field]) for field in FIELDS if field in fields]
    return values.edit(before, edits)


def _new_file(said: dict[str, dict[FieldName, str]]) -> str:
    lines = [_HEADER + "baseline:"]
    for name, fields in said.items():
        lines.append(f"  {_yaml(name)}:")
        lines += [f"    {field}: {_yaml(fields[field])}" for field in FIELDS if field in fields]
    return "\n".join([*lines, ""])


def _yaml(text: str) -> str:
    """A text as YAML: plain where no reader can take it for anything else, else in JSON's quotes."""
    plain = _PLAIN.fullmatch(text) is not None and text.lower() not in _WORDS
    return text if plain else json.dumps(text)


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


def _choices(members: Sequence[Member]) -> str | None:
    kinds = list(dict.fromkeys(kind_of(member) for member in members))
    if not kinds or len(kinds) > _MOST_CHOICES:
        return None
    return _OR.join(_text(kind) for kind in kinds)


def _with(data: bytes, baseline: Baseline, group: Group, field: FieldName, kinds: Sequence[Value]) -> bytes:
    """The file in which these kinds of values are right for a field of a group."""
    present = {kind_of(member) for member in members_of(group, field)}
    expected = baseline.for_group(group.keys).get(field)
    old = "" if expected is None or expected.kind == "any" else _text(expected.text)
    if expected is not None and expected.kind == SAME:
        text = _OR.join(_text(kind) for kind in sorted(present, key=str))
    elif present <= set(kinds) or not old:
        text = _OR.join(_text(kind) for kind in kinds)
    elif expected is not None and expected.kind == "range":
        sizes = [kind for kind in kinds if isinstance(kind, int)]
        low = min([size for size in (expected.least, *sizes) if size is not None]) if expected.least is not None else ""
        high = max([size for size in (expected.most, *sizes) if size is not None]) if expected.most is not None else ""
        text = f"{low}{RANGE}{high}"
    else:
        text = _OR.join([old, *(_text(kind) for kind in kinds)])
    severity = expected.severity if expected is not None else None
    return values.edit(data, _said_in_file(data, ("baseline", group.name), field, text, severity))


def _said_in_file(
    data: bytes, address: values.Address, field: FieldName, text: str, severity: Severity | None
) -> list[values.Edit]:
    """The edits that make the file say something about a field, whatever form it has there now."""
    node = values.ValuesFile.parse(data).find((*address, field))
    added: list[values.Edit] = [values.AddKey(address, field, text)]
    if severity is not None:
        inner = (*address, field)
        added = [values.AddKey(inner, "any_of", text), values.AddKey(inner, "severity", severity)]
    if node is None:
        return added
    if node.kind == "scalar":
        return [values.SetText((*address, field), text)]
    if node.kind == "mapping":
        forms = [key.text for key, value in node.entries if key.text != "severity" and value.kind == "scalar"]
        if forms and forms[0] in ("value", "pattern"):
            return [values.SetText((*address, field, forms[0]), text)]
    return [values.Remove((*address, field)), *added]


def _said(value: Value | Pattern) -> str:
    return value.text if isinstance(value, Pattern) else _text(value)


def _text(value: Value) -> str:
    return "unset" if value is None else str(value)


def commit_baseline(workspace: Workspace, plan: FilePlan, message: str, branch: str | None = None) -> str:
    """Write the baseline file and commit exactly that; returns what git said. Raises `Refused`."""
    gate = gate_of(workspace)
    gate.check(commit=True, new_branch=branch is not None)
    if not plan.before:
        raise Refused(
            f"{BASELINE_FILE} would be a new file, and only files that git knows are committed from here; write it "
            f"(--write), then: git add {BASELINE_FILE} && git commit"
        )
    operation = write_baseline(workspace, plan, message.partition("\n")[0])
    try:
        return gate.commit([operation], [plan], message, CommitOptions(branch=branch)).output
    except ToolError:
        gate.take_back(operation, [plan])
        raise
