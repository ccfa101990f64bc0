"""What probes found, as text for people, JSON, and JUnit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from rea_xcom_tui.fleet.probe.outcome import Outcome
from rea_xcom_tui.reports.machine import SCHEMA, dump
from rea_xcom_tui.text import clean, plural

_SHOWN = ("apache-airflow", "apache-airflow-providers-common-io")
_WIDTH = 12


def text(outcomes: Sequence[Outcome]) -> str:
    """One paragraph for each deployment; of several, a table side by side first."""
    paragraphs = [clean(paragraph(outcome), keep_newlines=True) for outcome in outcomes]
    return "\n\n".join([_side_by_side(outcomes), *paragraphs] if len(outcomes) > 1 else paragraphs)


@dataclass(frozen=True, slots=True)
class Short:
    """One outcome as the cells of a row of a table; foreign text, not yet `clean`ed."""

    name: str
    status: str
    """`passed`, `differs` or `failed`."""
    sizes: str
    """Where values went, such as `2 database, 2 object`."""
    largest: str
    """What the largest object takes in the store, and its ratio to the value."""
    took: str
    note: str
    """Why it failed or differs, or whether `check` says the same."""


def in_short(outcome: Outcome) -> Short:
    """An outcome as a row of a table."""
    went = Counter(_WENT[value["where"]] for value in outcome.values)
    sizes = ", ".join(f"{count} {where}" for where, count in went.items())
    stored = [(value["stored"], value["bytes"]) for value in outcome.values if value.get("stored") is not None]
    largest = max(stored, default=None)
    took = f"{sum(v['seconds'] + v['read_seconds'] for v in outcome.values) * 1000:,.0f} ms" if outcome.values else ""
    note = outcome.sentence or "as `check` says"
    if outcome.left:
        note = f"{plural(len(outcome.left), 'object')} left behind · {note}"
    if outcome.contradiction:
        note = f"CONTRADICTS: {outcome.contradiction}" + (f" · {outcome.sentence}" if outcome.sentence else "")
    elif outcome.rules and outcome.status != "passed":
        note = f"{', '.join(outcome.rules)} · {note}"
    shown = f"{largest[0]:,} B ({largest[0] / largest[1]:.0%})" if largest else ""
    return Short(outcome.name, outcome.status, sizes, shown, took, note)


_WENT = {"db": "database", "object": "object"}
_HEADS = ("DEPLOYMENT", "OUTCOME", "VALUES", "LARGEST OBJECT", "TOOK", "")


def _side_by_side(outcomes: Sequence[Outcome]) -> str:
    shorts = [in_short(outcome) for outcome in outcomes]
    rows = [_HEADS, *((s.name, s.status, s.sizes, s.largest, s.took, s.note) for s in shorts)]
    cells = [[clean(cell) for cell in row] for row in rows]
    widths = [max(len(row[column]) for row in cells) for column in range(len(_HEADS) - 1)]
    return "\n".join(
        "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[-1]]).rstrip()
        for row in cells
    )


def paragraph(outcome: Outcome) -> str:
    """All that is known of one outcome, on several lines; foreign text, not yet `clean`ed."""
    who = outcome.facts.get("who")
    lines = [f"{outcome.name}   {outcome.place}" + (f", as {who}" if who else "")]
    if outcome.pending:
        lines.append(_line("pending", "as its pending edits will make it; they are not in the file yet"))
    told = [_short(outcome.facts.get("backend")), *_versions(outcome)]
    if any(told):
        lines.append(_line("backend", ", ".join(part for part in told if part)))
    lines += [_value_line(value) for value in outcome.values]
    if outcome.status == "passed":
        rules = "" if outcome.contradiction else "; as `check` says"
        lines.append(_line("passed", f"every value read back equal and removed{rules}"))
    else:
        lines.append(_line(outcome.status, outcome.sentence))
        lines += [_line("hidden by" if number == 0 else "", cause) for number, cause in enumerate(outcome.causes[:-1])]
        if outcome.blame:
            lines.append(_line("to blame", _blame(outcome)))
    if outcome.contradiction:
        lines.append(_line("CONTRADICTS", f"{outcome.contradiction}; please report it"))
    lines += [_line("LEFT BEHIND", item) for item in outcome.left]
    return "\n".join(lines)


def _line(head: str, rest: str) -> str:
    return f"  {head:<{_WIDTH}}{rest}"


def _short(name: object) -> str:
    return str(name).rpartition(".")[2] if name else ""


def _versions(outcome: Outcome) -> list[str]:
    packages = outcome.facts.get("packages") or {}
    store = {"aws": "amazon", "azure": "microsoft-azure", "gcp": "google"}.get(outcome.deployment.config.cloud)
    names = (*_SHOWN, *([f"apache-airflow-providers-{store}"] if store else []))
    return [
        f"{name.removeprefix('apache-airflow-providers-').replace('apache-airflow', 'Airflow')} {packages[name]}"
        for name in names
        if name in packages
    ]


def _blame(outcome: Outcome) -> str:
    if outcome.blame == "world":
        return "nothing that a values file could tell: permissions, network, the store, or the place it ran in"
    rules = ", ".join(outcome.rules)
    return f"{outcome.blame}" + (f", as {rules} of `check` says" if rules else "")


def _value_line(value: dict[str, Any]) -> str:
    head = f"write {value['bytes']:>11,} B → "
    if value["where"] == "db":
        return _line("", f"{head}database            {_seconds(value)}")
    stored = value.get("stored")
    size = f"object {stored:>11,} B ({stored / value['bytes']:.0%})" if stored is not None else "object"
    return _line("", f"{head}{size}  {_seconds(value)}  {value.get('address') or ''}")


def _seconds(value: dict[str, Any]) -> str:
    return f"{value['seconds'] * 1000:,.0f} ms, read {value['read_seconds'] * 1000:,.0f} ms"


def as_json(outcomes: Sequence[Outcome]) -> str:
    """The outcomes for programs."""
    return dump({"schema": SCHEMA, "probes": [_object(outcome) for outcome in outcomes]})


def _object(outcome: Outcome) -> dict[str, Any]:
    return {
        "deployment": outcome.deployment.id,
        "name": outcome.deployment.name,
        "place": outcome.place,
        "target": outcome.target,
        "status": outcome.status,
        "backend": outcome.facts.get("backend"),
        "python": outcome.facts.get("python"),
        "packages": outcome.facts.get("packages") or {},
        "identity": outcome.facts.get("who"),
        "values": [
            {**value, "ratio": value["stored"] / value["bytes"] if value.get("stored") is not None else None}
            for value in outcome.values
        ],
        "message": outcome.sentence or None,
        "step": outcome.step,
        "causes": list(outcome.causes),
        "blame": outcome.blame,
        "rules": list(outcome.rules),
        "contradiction": outcome.contradiction,
        "left": list(outcome.left),
    }


def junit(outcomes: Sequence[Outcome]) -> str:
    """JUnit XML with one test case for each deployment; what could not run is an error, what differs a failure."""
    failures = sum(_fails(outcome) for outcome in outcomes)
    errors = sum(outcome.status == "failed" for outcome in outcomes)
    head = f'<testsuite name="rea-xcom-tui" tests="{len(outcomes)}" failures="{failures}" errors="{errors}">'
    return "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', head, *map(_case, outcomes), "</testsuite>"])


def _fails(outcome: Outcome) -> bool:
    return outcome.status == "differs" or (outcome.status == "passed" and bool(outcome.left))


def _case(outcome: Outcome) -> str:
    kind = "error" if outcome.status == "failed" else "failure" if _fails(outcome) else None
    seconds = sum(value["seconds"] + value["read_seconds"] for value in outcome.values)
    head = f'  <testcase classname="probe" name={quoteattr(clean(outcome.deployment.id))} time="{seconds:.3f}">'
    if kind is None:
        return f"{head}</testcase>"
    message = outcome.sentence or "objects were left behind"
    body = escape(clean(paragraph(outcome), keep_newlines=True))
    return f"{head}<{kind} message={quoteattr(clean(message))}>{body}</{kind}></testcase>"


FORMATS: dict[str, Callable[[Sequence[Outcome]], str]] = {"text": text, "json": as_json, "junit": junit}
"""The formats of `probe` by name."""
