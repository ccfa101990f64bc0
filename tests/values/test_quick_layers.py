"""The quick nodes of a merged tree say of themselves what the merged tree says, or nothing at all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rea_xcom_tui.values.errors import Unreadable
from rea_xcom_tui.values.quick_layers import Known, quickly
from scripts.engine_truth import model, record


def walked(node: Any, where: tuple[object, ...] = ()) -> Iterator[tuple[object, ...]]:
    yield where, node.kind, node.value, node.text, node.line, node.column, node.layer
    for number, item in enumerate(node.items):
        yield from walked(item, (*where, number))
    for key, value in node.entries:
        yield from walked(key, (*where, "key"))
        yield from walked(value, (*where, key.text))
        found = node.get(key.name if hasattr(key, "name") else str(key.text))
        yield where, key.text, found is not None and (found.line, found.layer)


def test_every_node_says_the_same() -> None:
    known: Known = {}
    kept = []
    quick = slow = 0
    for case in list(record.read())[::8]:
        try:
            stack = model.stack_of(case, "4.2")
        except Unreadable:
            continue
        kept.append(stack)
        made = quickly(stack.root, known)
        if made is None:
            slow += 1
            continue
        quick += 1
        assert list(walked(made)) == list(walked(stack.root))
        assert quickly(stack.root, {}) is not None
    assert quick > 5 * slow > 0


def test_a_part_of_one_layer_is_made_once() -> None:
    known: Known = {}
    case = next(case for case in record.read() if len(case.files) > 1 and not case.chart.dependencies)
    stack = model.stack_of(case, "4.2")
    first, again = quickly(stack.root, known), quickly(stack.root, known)
    assert first is not None
    assert again is not None
    same = [value is other for (_, value), (_, other) in zip(first.entries, again.entries, strict=True)]
    assert any(same)
