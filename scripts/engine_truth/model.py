"""The project's own model of the same case, and whether it gives what an engine gave."""

from __future__ import annotations

from typing import Any

from rea_xcom_tui.values.charts import Import
from rea_xcom_tui.values.documents import read_documents
from rea_xcom_tui.values.errors import Unreadable
from rea_xcom_tui.values.merged import Part, plain
from rea_xcom_tui.values.stack import Chart, Engine, Stack, stack

from .cases import Case, ChartCase, Dependency

UNKNOWN = object()
"""What the model says of a stack that it refuses though an engine may take it."""


def stack_of(case: Case, engine: Engine, below: tuple[str, ...] = ()) -> Stack:
    """The case as a stack. Raises `Unreadable` for a file of which nothing can be read."""
    parts: list[Part] = []
    chart = _chart("release", case.chart, None, (), parts)
    parts += [_file(len(parts) + number, text) for number, text in enumerate(case.files)]
    for rule, path, value in case.options:
        parts.append(Part(len(parts), rule=rule, path=path, value=value))  # type: ignore[arg-type]
    return stack(parts, engine, chart=chart, below=below)


def effective(case: Case, engine: Engine, below: tuple[str, ...] = ()) -> Any:
    """What the model says: the effective values as plain data, None where it says that Helm refuses, and `UNKNOWN`
    where it says that it does not know."""
    try:
        found = stack_of(case, engine, below)
    except Unreadable:
        return None
    if found.error is not None:
        return None if found.is_modelled else UNKNOWN
    return plain(found.root)


def same(one: Any, other: Any) -> bool:
    """Whether two values are the same in JSON: numbers by their size, and no boolean is a number."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(value, other[key]) for key, value in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)


def _chart(name: str, chart: ChartCase, within: Dependency | None, keys: tuple[str, ...], parts: list[Part]) -> Chart:
    parts.append(_file(len(parts), chart.defaults, keys))
    subcharts = []
    for each in chart.dependencies:
        known = each.alias or each.name
        subcharts.append(_chart(known, each.chart, each, (*keys, known), parts))
    imports = [
        Import(f"exports.{each}", "") if isinstance(each, str) else Import(each["child"], each["parent"])
        for each in (within.imports if within is not None else ())
    ]
    return Chart(
        name,
        subcharts=tuple(subcharts),
        condition=within.condition if within is not None else "",
        tags=tuple(within.tags) if within is not None else (),
        imports=tuple(imports),
    )


def _file(number: int, text: str, keys: tuple[str, ...] | None = None) -> Part:
    found = read_documents(text.encode())
    if found.every_helm is not None:
        raise found.every_helm
    return Part(number, f"{number}.yaml", documents=found.roots, later_error=found.error or found.helm_4, chart=keys)
