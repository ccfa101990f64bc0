"""What a deployment's layers leave open, drop or break: what only the whole stack can tell."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from rea_xcom_tui.edits import Address
from rea_xcom_tui.fleet.scan.by_chance import in_conflict
from rea_xcom_tui.fleet.scan.reading import Reading
from rea_xcom_tui.layouts.effective import Effective, engines_differ
from rea_xcom_tui.layouts.model import EntryPoint, Problem
from rea_xcom_tui.layouts.tree import Tree
from rea_xcom_tui.text import clean, some
from rea_xcom_tui.values.merged import Merged
from rea_xcom_tui.values.stack import Stack
from rea_xcom_tui.xcom.model import FIELDS, Configuration, FieldName, FieldReading, Finding, Severity
from rea_xcom_tui.xcom.names import BACKEND_KEY, COMMON_ENV
from rea_xcom_tui.xcom.reading import read
from rea_xcom_tui.xcom.rules.families import find
from rea_xcom_tui.xcom.rules.layers import BROKEN, DROPS, ENGINES, OPEN, UNSURE

_MOST_NAMED = 5
_ASKED: dict[FieldName, Address] = {
    "backend": (BACKEND_KEY,),
    "path": (COMMON_ENV,),
    "threshold": (COMMON_ENV,),
    "compression": (COMMON_ENV,),
    "identity": ("annotations",),
}
"""Where a field would be set that is not; the connection is a part of the path."""


def with_what_is_open(config: Configuration, entry: EntryPoint, made: Effective | None) -> Configuration:
    """The configuration where a field that nothing here sets may be set by a layer that Git does not hold, and where
    one whose text a tool fills in with what Git does not hold is not known.

    `made` is None where no layer is open.
    """
    if made is None and not entry.holes:
        return config
    fields = {name: _without_holes(reading, entry) for name, reading in config.fields.items()}
    for name, address in _ASKED.items() if made is not None else ():
        if fields[name].state == "unset" and (words := _open(made.stack, entry, address)):  # type: ignore[union-attr]
            fields[name] = replace(fields[name], state="reference", reference=words)
    if fields["path"].state == "reference" and fields["connection"].state == "unset":
        fields["connection"] = replace(fields["connection"], state="reference", reference=fields["path"].reference)
    return replace(config, fields=fields)


def _without_holes(reading: FieldReading, entry: EntryPoint) -> FieldReading:
    """A field whose text has a hole as a reference to what fills it in; any other as it is."""
    words = [words for hole, words in entry.holes if reading.raw is not None and hole in reading.raw]
    if not words:
        return reading
    told = clean(", ".join(dict.fromkeys(words)), 200)
    return replace(reading, value=None, state="reference", reference=told, problem=None)


def _open(stack: Stack, entry: EntryPoint, address: Address) -> str:
    """The layers that may have the last word on an address and cannot be read here, in words; empty for none."""
    parts = stack.may_override(address)
    flat = entry.flat_layers if parts else ()
    return ", ".join(dict.fromkeys(clean(flat[part.layer].words, 120) for part in parts))


def layer_findings(
    config: Configuration, entry: EntryPoint, tree: Tree, made: Effective | None, reading: Reading
) -> tuple[Configuration, tuple[Finding, ...]]:
    """The configuration with the fields in conflict that no single outcome is certain of, and all findings of the
    rules about layers, the repo's ignores and severities applied.

    `made` is None for what `quick_values` has put together: there, no layer is open, no list is dropped, and all
    engines agree.
    """
    found = [*_broken(entry, made.problems if made is not None else ())]
    if made is not None:
        found += [*_dropped(made.stack), *_overridden(config, entry, made.stack)]
    found += _unsure(entry)
    if made is not None:
        config, differing = _by_engine(config, entry, tree, reading)
        found += differing
    config = in_conflict(config, entry, tree, reading)
    return config, tuple(one for finding in found if (one := _accepted(finding, entry, reading)) is not None)


def _accepted(finding: Finding, entry: EntryPoint, reading: Reading) -> Finding | None:
    rules = reading.rules
    if finding.code in rules.off:
        return None
    for ignore in rules.ignores:
        if ignore.covers(finding.code, entry.file, entry.id) and not ignore.expired(reading.today):
            return None
    severity = rules.severities.get(finding.code)
    return replace(finding, severity=severity) if severity else finding


def _finding(code: str, message: str, line: int, column: int, layer: int, field: FieldName | None = None) -> Finding:
    rule = find(code)
    severity: Severity = rule.severity if rule is not None else "warning"
    return Finding(code, severity, clean(message, 400), line, column, field, layer=layer)


def _broken(entry: EntryPoint, problems: tuple[Problem, ...]) -> Iterator[Finding]:
    for problem in (*entry.problems, *problems):
        yield _finding(BROKEN, problem.sentence, problem.line or 1, problem.column or 1, _layer_of(entry, problem))


def _layer_of(entry: EntryPoint, problem: Problem) -> int:
    """The strongest layer in the file of a problem; beyond all layers for the entry point's own file."""
    flat = entry.flat_layers
    numbers = [number for number, layer in enumerate(flat) if layer.file == problem.file]
    return numbers[-1] if numbers and problem.file != entry.file else len(flat)


def _dropped(stack: Stack) -> Iterator[Finding]:
    """Entries of a weaker layer's `commonEnv` that the one in force does not repeat."""
    force = stack.find((COMMON_ENV,))
    if force is None or force.kind != "sequence" or force.is_combined or not stack.may_hide(COMMON_ENV):
        return
    kept = set(_names(force))
    for said in stack.hidden((COMMON_ENV,)):
        if said.part.chart is not None or said.node.kind != "sequence":
            continue  # a chart's own defaults are there to be replaced
        gone = [name for name in _names(said.node) if name not in kept]
        if gone:
            shown = some(gone, _MOST_NAMED, str)
            where = f"{said.node.file}:{said.node.line}"
            yield _finding(
                DROPS,
                f"this list replaces the one in {where} whole, and drops {shown}",
                force.line,
                force.column,
                force.layer,
            )
            kept |= set(gone)


def _names(env: Merged) -> list[str]:
    names = (item.get("name") for item in env.items if item.kind == "mapping")
    return [name.text for name in names if name is not None and name.kind == "scalar" and name.text]


def _overridden(config: Configuration, entry: EntryPoint, stack: Stack) -> Iterator[Finding]:
    for name in FIELDS:
        reading = config.fields[name]
        place = reading.place
        if reading.state != "set" or place is None or not place.address or name == "connection":
            continue
        words = _open(stack, entry, place.address)
        if words:
            yield _finding(OPEN, f"{name} may be overridden by {words}", place.line, place.column, place.layer, name)


def _unsure(entry: EntryPoint) -> Iterator[Finding]:
    reasons = [*entry.unknown, *([entry.conflict] if entry.conflict else [])]
    for reason in dict.fromkeys(reasons):
        yield _finding(UNSURE, reason, entry.line, 1, len(entry.flat_layers))


def _by_engine(
    config: Configuration, entry: EntryPoint, tree: Tree, reading: Reading
) -> tuple[Configuration, list[Finding]]:
    """The fields that versions of Helm do not agree on, with a finding for each."""
    stacks = engines_differ(entry, tree)
    if not stacks:
        return config, []
    outcomes = {engine: read(stack.root).fields for engine, stack in stacks.items()}
    told = entry.engine or reading.layouts.engine
    fields = dict(config.fields)
    found: list[Finding] = []
    for name, now in config.fields.items():
        said = {engine: _said(outcome[name]) for engine, outcome in outcomes.items()}
        if len(set(said.values())) < 2:
            continue
        words = ", ".join(f"Helm {engine}: {clean(value, 80)}" for engine, value in said.items())
        place = now.place
        at = (place.line, place.column, place.layer) if place is not None else (entry.line, 1, len(entry.flat_layers))
        found.append(_finding(ENGINES, f"{name} depends on the version of Helm ({words})", *at, name))
        if told is None:
            fields[name] = replace(now, state="conflict", problem=f"It depends on the version of Helm: {words}.")
    return replace(config, fields=fields), found


def _said(reading: FieldReading) -> str:
    if reading.state == "unset":
        return "unset"
    return str(reading.value if reading.value is not None else reading.reference or reading.raw)
