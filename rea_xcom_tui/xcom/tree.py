"""A values tree that remembers what it was asked: the reading and a hundred rules ask the same nodes the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Generic, Literal, TypeVar

from rea_xcom_tui.edits import Scalar
from rea_xcom_tui.xcom.chart_entries import (
    Component,
    EnvEntry,
    Note,
    annotations_of,
    components,
    env_entries,
    labels_of,
)
from rea_xcom_tui.xcom.facts import fact
from rea_xcom_tui.xcom.model import Node
from rea_xcom_tui.xcom.recognise import shape_problem

_Fact = TypeVar("_Fact")


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


_ANSWERS = ("kind", "value", "text", "line", "column", "layer", "items", "entries", "unique")


class Tree(Kept):
    """The root of a values tree, with what is asked of it as a whole: worked out on first use and kept."""

    def __init__(self, root: Node) -> None:
        super().__init__(root)
        if hasattr(root, "facts"):  # it has its answers, and what is below it too
            self.__dict__.update([(name, getattr(root, name)) for name in _ANSWERS])
            names = getattr(root, "names", None)
            self.__dict__["get"] = root.get if names is None else names.get

    @worked_out
    def components(self) -> tuple[Component, ...]:
        """Every worker, the dag processor and the triggerer."""
        return components(self)

    @worked_out
    def every_entry(self) -> tuple[EnvEntry, ...]:
        """Every named env entry of the agent's containers, shadowed ones included."""
        return env_entries(self, self.components)

    @worked_out
    def entries_by_name(self) -> Mapping[str, Sequence[EnvEntry]]:
        """The same by their names, each in the order of the file."""
        found: dict[str, list[EnvEntry]] = {}
        for entry in self.every_entry:
            found.setdefault(entry.name, []).append(entry)
        return found

    @worked_out
    def annotations(self) -> tuple[Note, ...]:
        """Every annotation at every level where the chart takes them, shadowed ones included."""
        return annotations_of(self)

    @worked_out
    def labels(self) -> tuple[Note, ...]:
        """Every label, shadowed ones included."""
        return labels_of(self)

    @worked_out
    def shape_problem(self) -> tuple[str, Node] | None:
        """What keeps the chart from rendering this tree at all, and where; None for a sound one."""
        return fact(self, shape_problem)


def tree_of(root: Node) -> Tree:
    """The tree with this root, or the root itself where it is one already."""
    return root if isinstance(root, Tree) else Tree(root)
