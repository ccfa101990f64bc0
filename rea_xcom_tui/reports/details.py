"""One deployment in full: each field, its effective value, and where it comes from."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from rea_xcom_tui.edits import Address
from rea_xcom_tui.fleet.model import Deployment
from rea_xcom_tui.fleet.scan.stacks import LayerView
from rea_xcom_tui.reports.tables import markdown_table, shown, threshold
from rea_xcom_tui.text import clean, plural
from rea_xcom_tui.xcom.model import FIELDS, STATE_FIELDS, FieldReading, Finding, Place

_HEADER = ("field", "value", "state", "from", "note")


def details_text(deployment: Deployment, stack: Sequence[LayerView] = ()) -> str:
    """The deployment for people, one line for each field and one for each further place, and its stack of layers."""
    lines = [f"{clean(deployment.name)}  ({clean(deployment.id)})", ""]
    facts = {"env": deployment.env, "namespace": deployment.namespace, "cloud": deployment.config.cloud}
    facts |= {"cluster": deployment.cluster} if deployment.cluster else {}
    facts |= {"layout": deployment.layout} if deployment.stack else {}
    rows = _rows(deployment)
    width = max(len(row[1]) for row in rows)
    column = 18 if len(rows) > len(FIELDS) else 12
    lines += [f"  {key:<{column}}{clean(value or '-')}" for key, value in facts.items()]
    for name, value, state, origin, remark in rows:
        lines.append(f"  {name:<{column}}{value:<{width}}  {state:<9} {origin}".rstrip())
        lines += [f"  {'':<{column}}{remark}"] if remark else []
        lines += [f"  {'':<{column}}{line}" for line in _other_places(deployment, name)]
    lines += _stack_lines(stack)
    if deployment.unreached:
        lines += ["", "  no entry point of this repo reaches it"]
    if deployment.config.encrypted:
        lines += ["", f"  encrypted by {clean(deployment.config.encrypted)}, the file or values in it"]
    if deployment.config.shape_problem:
        lines += ["", f"  wrong shape: {clean(deployment.config.shape_problem)}"]
    lines += [""] if deployment.findings else []
    lines += [
        f"  {finding.code} {finding.severity} {_spot(deployment, finding)}: {clean(finding.message)}"
        for finding in deployment.findings
    ]
    return "\n".join(lines)


def _stack_lines(stack: Sequence[LayerView]) -> list[str]:
    """The layers, weakest first, with what each says of each field."""
    lines = ["", "  layers, weakest first"] if stack else []
    for number, layer in enumerate(stack, start=1):
        shared = f", shared with {plural(layer.shared, 'other deployment')}" if layer.shared else ""
        closed = f"; not edited here: {clean(layer.info.why_not)}" if layer.info.why_not else ""
        lines.append(f"  {number:>3} {clean(layer.info.source)}  ({layer.info.kind}{shared}{closed})")
        lines += [f"      {said.field:<12}{clean(said.text)}  line {said.line}, {said.effect}" for said in layer.says]
    return lines


def details_csv(deployment: Deployment) -> str:
    """The fields as CSV."""
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows([_HEADER, *_rows(deployment)])
    return buffer.getvalue().rstrip("\n")


def details_markdown(deployment: Deployment) -> str:
    """The fields as a Markdown table."""
    return markdown_table(_HEADER, _rows(deployment))


def _spot(deployment: Deployment, finding: Finding) -> str:
    """Where a finding is: its line, and its file where that is not the only one."""
    file = f"{clean(deployment.file_at(finding.layer))} " if deployment.stack else ""
    return f"{file}line {finding.line}"


def _rows(deployment: Deployment) -> list[tuple[str, str, str, str, str]]:
    state = [deployment.config.fields[name] for name in STATE_FIELDS if name in deployment.config.fields]
    readings = [deployment.field(name) for name in FIELDS]
    readings += state if any(reading.state != "unset" for reading in state) else []
    return [(r.name, _value(r), r.state, origin(deployment, r.place), clean(r.problem or "")) for r in readings]


def _value(reading: FieldReading) -> str:
    if reading.name in ("threshold", "state-threshold"):
        return threshold(reading)
    kind = f" (type {clean(reading.type)})" if reading.type else ""
    return shown(reading) + kind


def origin(deployment: Deployment, place: Place | None) -> str:
    """Where a value comes from, such as ``commonEnv, clusters/prod/etl/values.yaml:7:12``."""
    if place is None:
        return ""
    return f"{where(place.address)}, {clean(deployment.file_at(place.layer))}:{place.line}:{place.column}"


def where(address: Address) -> str:
    """The section of a values file that an address is in, in words."""
    parts: list[str] = []
    for step in address:
        if isinstance(step, tuple):
            break
        parts.append(f"[{step}]" if isinstance(step, int) else clean(step))
    text = ".".join(parts).replace(".[", "[")
    for ending in ("[0]", ".value"):
        text = text.removesuffix(ending)
    return text


def _other_places(deployment: Deployment, field: str) -> list[str]:
    reading = next(reading for name, reading in deployment.config.fields.items() if name == field)
    return [
        f"also {clean(place.raw)!r} at {origin(deployment, place)}" + (" (no effect)" if place.shadowed else "")
        for place in reading.places
        if place != reading.place
    ]
