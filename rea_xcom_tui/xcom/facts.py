"""What is worked out about a part of a values tree, kept with it: equal parts of many files are one node."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from rea_xcom_tui.xcom.model import Node

_Fact = TypeVar("_Fact")


def fact(node: Node, work_out: Callable[[Node], _Fact]) -> _Fact:
    """What `work_out` says of a node and what is below it, worked out once.

    It may look at nothing else, because equal sections of many files share their nodes and so what is said of them.
    """
    keeper: Any = node
    try:
        facts: dict[object, Any] | None = keeper.facts
    except AttributeError:
        return work_out(node)
    if facts is None:
        facts = keeper.facts = {}
    elif work_out in facts:
        known: _Fact = facts[work_out]
        return known
    facts[work_out] = answer = work_out(node)
    return answer
