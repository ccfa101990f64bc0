"""What is worked out about a part of a values tree, kept with it: equal parts of many files are one node."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Generic, Literal, TypeVar

from rea_xcom_tui.edits import Scalar
from rea_xcom_tui.xcom.model import Node

_Fact = TypeVar("_Fact")


def fact(node: Any, work_out: Callable[[Any], _Fact]) -> _Fact:
    """What `work_out` says of a node and what is below it, worked out once.

    It may look at nothing else, because equal sections of many files share their nodes and so what is said of them.
    """
    try:
        facts: dict[object, Any] | None = node.facts
    except AttributeError:
        return work_out(node)
    if facts is None:
        facts = node.facts = {}
    elif work_out in facts:
        known: _Fact = facts[work_out]
        return known
    facts[work_out] = answer = work_out(node)
    return answer


class worked_out(Generic[_Fact]):
    """A property that is worked out on first use and kept, as `functools.cached_property`.

    That one takes a lock at each first use up to Python 3.11, and a scan has twenty of them for every file.
    """

    def __init__(self, function: Callable[[Any], _Fact]) -> None:
        self._function = function
        self._name = function.__name__
        self.__doc__ = function.__doc__

    def __get__(self, owner: object, kind: type | None = None) -> _Fact:
        """The answer, which from now on is an attribute of the owner."""
        answer = self._function(owner)
        owner.__dict__[self._name] = answer
        return answer


class Kept:
    """Another node, each answer of which is worked out once; the nodes it leads to are kept likewise."""

    kind: Literal["mapping", "sequence", "scalar"]
    value: Scalar
    text: str
    line: int
    column: int
    layer: int
    items: Sequence[Node]
    entries: Sequence[tuple[Node, Node]]
    unique: bool
    """Whether it is known that no key appears twice in it and nothing is merged into it."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._found: dict[str, Node | None] | None = None
        self.facts: dict[object, object] | None = None
        """What was worked out about it and what is below it; see `fact`."""

    def __getattr__(self, name: str) -> object:
        """Asked once for each attribute, as the answer becomes an attribute of the instance."""
        answer: object = getattr(self._node, name, False) if name == "unique" else getattr(self._node, name)
        if name == "unique" or self.unique:
            pass  # what a unique node leads to keeps its answers itself
        elif name == "items":
            answer = tuple([_kept(item) for item in self._node.items])
        elif name == "entries":
            answer = tuple([(_kept(key), _kept(value)) for key, value in self._node.entries])
        setattr(self, name, answer)
        return answer

    def get(self, key: str) -> Node | None:
        """As the node's."""
        found = self._found
        if found is None:
            found = self._found = {}
        if key not in found:
            node = self._node.get(key)
            found[key] = None if node is None else _kept(node)
        return found[key]


def _kept(node: Node) -> Node:
    """The node with its answers kept; itself, where it has them all already."""
    return node if hasattr(node, "facts") else Kept(node)
