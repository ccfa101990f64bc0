"""Random edits in layers, and the real engine asked again: exactly the one value that was meant has changed."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from rea_xcom_tui.edits import Address
from rea_xcom_tui.values import RefusedEdit, SetText, edit
from rea_xcom_tui.values.charts import Engine
from rea_xcom_tui.values.errors import Unreadable
from rea_xcom_tui.values.merged import Merged, plain

from . import engines, helm, model
from .cases import Case, Maker

_TEXTS = ("edited", "s3://new/xcom", "yes", "1048576", "a: b # c", "null", "'", "{{ .x }}")


@dataclass(slots=True)
class Outcome:
    """What came of one edit."""

    case: Case
    engine: Engine
    address: Address
    said: Any
    """The values in force that the model foretells; None where the edit was refused."""
    answer: Any


def outcomes(count: int, seed: int, work: Path) -> Iterator[Outcome]:
    """So many edits of a value in force, each in the file that the model says it comes from."""
    maker = Maker(seed)
    binaries = {engine: engines.binary(work, engine) for engine in engines.HELM}
    while count:
        case = maker.case()
        engine: Engine = maker.random.choice(("3", "4.1", "4.2"))
        chosen = _chosen(maker, case, engine)
        if chosen is None:
            continue
        count -= 1
        address, node, before = chosen
        text = maker.random.choice(_TEXTS)
        number = int(node.file.removesuffix(".yaml")) - _charts(case)
        files = list(case.files)
        try:
            files[number] = edit(files[number].encode(), [SetText(address, text)]).decode()
        except RefusedEdit:
            yield Outcome(case, engine, address, None, None)
            continue
        after = replace(case, files=files)
        yield Outcome(after, engine, address, _with(before, address, text), helm.ask(binaries[engine], after, work))


def _charts(case: Case) -> int:
    """How many parts of a case's stack are charts' defaults, which come before its files."""

    def count(chart: Any) -> int:
        return 1 + sum(count(each.chart) for each in chart.dependencies)

    return count(case.chart)


def _chosen(maker: Maker, case: Case, engine: Engine) -> tuple[Address, Merged, Any] | None:
    """A text in force that stands in a values file of one document, below keys that no subchart shares."""
    try:
        found = model.stack_of(case, engine)
    except Unreadable:
        return None
    if found.error is not None:
        return None
    shared = {"global", "tags", *(each.alias or each.name for each in case.chart.dependencies)}
    imports = any(each.imports for each in case.chart.dependencies)
    first = _charts(case)
    leaves = [
        (address, node)
        for name, (_, top) in (found.root.members().items() if not imports else ())
        if name not in shared
        for address, node in _leaves(top, (name,))
        if isinstance(node.value, str) and node.part.rule == "merge" and node.layer >= first
        if len(node.part.documents) == 1
    ]
    return (*maker.random.choice(leaves), plain(found.root)) if leaves else None


def _leaves(node: Merged, address: Address) -> Iterator[tuple[Address, Merged]]:
    if node.kind == "scalar":
        yield address, node
    for number, item in enumerate(node.items):
        yield from _leaves(item, (*address, number))
    for name, (_, value) in node.members().items():
        yield from _leaves(value, (*address, name))


def _with(before: Any, address: Address, text: str) -> Any:
    out = copy.deepcopy(before)
    holder = out
    for step in address[:-1]:
        holder = holder[step]
    holder[address[-1]] = text
    return out
