"""The merge held against what real Helm 3.17, 4.1 and 4.2 made of the same layers (`scripts/engine_truth`)."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from rea_xcom_tui.values.charts import Engine
from rea_xcom_tui.values.merged import plain
from scripts.engine_truth import model, record
from scripts.engine_truth.cases import Case

ENGINES: tuple[Engine, ...] = ("3", "4.1", "4.2")

REFUSED_AT_MOST = 0.02
"""The share of stacks that the model may refuse to speak of; which they are is listed in docs/engine-truth.md."""


@cache
def cases() -> tuple[Case, ...]:
    return tuple(record.read())


def _differences(engine: Engine, share: int) -> list[tuple[Any, Any]]:
    out = []
    for case in cases()[share::3]:
        said, answer = model.effective(case, engine), case.answers[engine]
        if said is not model.UNKNOWN and not model.same(said, answer):
            out.append((said, answer))
    return out


def test_the_records_are_many_and_of_every_kind() -> None:
    assert len(cases()) >= 2_000
    counts = {
        "umbrella": sum(bool(case.chart.dependencies) for case in cases()),
        "options": sum(bool(case.options) for case in cases()),
        "several documents": sum(any("\n---\n" in text for text in case.files) for case in cases()),
        "refused by Helm": sum(None in case.answers.values() for case in cases()),
        "different by engine": sum(not _agree(case) for case in cases()),
    }
    assert min(counts.values()) >= 100, counts


def _agree(case: Case) -> bool:
    first = case.answers["3"]
    return all(model.same(answer, first) for answer in case.answers.values())


@pytest.mark.parametrize("share", range(3))
@pytest.mark.parametrize("engine", ENGINES)
def test_values_in_force_are_those_of_the_real_engine(engine: Engine, share: int) -> None:
    assert _differences(engine, share) == []


def test_what_the_model_cannot_say_is_rare() -> None:
    unknown = sum(model.effective(case, "4.2") is model.UNKNOWN for case in cases()[::4])
    assert unknown <= REFUSED_AT_MOST * len(cases()) / 4


def test_a_subchart_sees_what_its_parent_has_for_it() -> None:
    seen = 0
    for case in cases()[::5]:
        answer = case.answers["4.2"]
        for each in case.chart.dependencies if isinstance(answer, dict) else ():
            key = each.alias or each.name
            found = model.stack_of(case, "4.2", (key,))
            if found.error is None and not found.disabled:
                seen += 1
                assert model.same(plain(found.root), answer[key])
    assert seen > 50


def test_every_value_in_force_is_said_by_the_layer_that_it_names() -> None:
    """Each leaf stands, with its value, in the part that it claims to come from."""
    leaves = 0
    for case in cases()[::7]:
        if case.answers["4.2"] is None:
            continue
        found = model.stack_of(case, "4.2")
        if found.error is not None:
            continue
        for key, (_, node) in found.root.members().items():
            if node.is_combined or node.kind == "mapping":
                continue
            leaves += 1
            in_force = [each for each in found.said((key,)) if each.effect == "in force"]
            assert [each.part.layer for each in in_force] == [node.layer], (key, found.said((key,)))
    assert leaves > 500
