"""Nodes of several values files merged into one tree, each of which knows the layer that it comes from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal, Protocol, TypeVar, cast

import msgspec

from rea_xcom_tui.edits import Scalar, Step
from rea_xcom_tui.values.errors import Unreadable
from rea_xcom_tui.values.nodes import Kind, Node, is_merge
from rea_xcom_tui.values.resolve import key_name


class Readable(Protocol):
    """What can be merged: a node of a file, one made from plain data, or one that is merged already."""

    @property
    def kind(self) -> Kind:
        """Which of the three it is."""

    @property
    def value(self) -> Scalar:
        """A scalar's value as the layer's reader types it; None for collections."""

    @property
    def text(self) -> str:
        """A scalar's content as it is, without quotes; empty for collections."""

    @property
    def name(self) -> str:
        """The name that a mapping key gets."""

    @property
    def line(self) -> int:
        """Line of its first character, from 1."""

    @property
    def column(self) -> int:
        """Column of its first character, from 1."""

    @property
    def items(self) -> Sequence[Readable]:
        """The items of a sequence; empty for the others."""

    @property
    def entries(self) -> Sequence[tuple[Readable, Readable]]:
        """Keys and values of a mapping; empty for the others."""

    def get(self, key: str) -> Readable | None:
        """The value under `key`, or None."""


_Tree = TypeVar("_Tree", bound=Readable)


def reached(root: _Tree, address: Iterable[Step]) -> _Tree | None:
    """What is at `address` below `root`, or None; of several list items with the same name the last is meant."""
    node: Readable | None = root
    for step in address:
        if node is None:
            return None
        if isinstance(step, str):
            node = node.get(step)
        elif isinstance(step, int):
            items = node.items
            node = items[step] if -len(items) <= step < len(items) else None
        else:
            named = [item for item in node.items if is_named(item, step)]
            node = named[-1] if named else None
    return cast("_Tree | None", node)  # every kind of tree holds nodes of its own kind alone


def is_named(item: Readable, step: tuple[str, str]) -> bool:
    """Whether a list item has the member that a `("name", X)` step asks for."""
    member = item.get(step[0])
    return member is not None and member.kind == "scalar" and member.text == step[1]


class Made:
    """A node made from plain data (as JSON has it), all of which is at one place of a file."""

    __slots__ = ("_data", "column", "line")

    def __init__(self, data: object, line: int = 1, column: int = 1) -> None:
        self._data = data
        self.line = line
        self.column = column

    @property
    def kind(self) -> Kind:
        """Which of the three it is."""
        return "mapping" if isinstance(self._data, Mapping) else "sequence" if _is_list(self._data) else "scalar"

    @property
    def value(self) -> Scalar:
        """The scalar; None for collections."""
        return self._data if isinstance(self._data, str | int | float | bool) else None

    @property
    def text(self) -> str:
        """The scalar as JSON writes it, a string as it is; empty for null and collections."""
        data = self.value
        return "" if data is None else str(data).lower() if isinstance(data, bool) else str(data)

    @property
    def name(self) -> str:
        """The name that it gives as a key."""
        return key_name(self.value, self.text)

    @property
    def items(self) -> Sequence[Made]:
        """The items of a sequence."""
        data = self._data
        return [self._beside(item) for item in data] if isinstance(data, list | tuple) else ()

    @property
    def entries(self) -> Sequence[tuple[Made, Made]]:
        """The keys and values of a mapping."""
        data = self._data
        if not isinstance(data, Mapping):
            return ()
        return [(self._beside(str(key)), self._beside(value)) for key, value in data.items()]

    def get(self, key: str) -> Made | None:
        """The value under `key`, or None."""
        data = self._data
        return self._beside(data[key]) if isinstance(data, Mapping) and key in data else None

    def is_empty(self) -> bool:
        """Whether it is a mapping without entries."""
        return isinstance(self._data, Mapping) and not self._data

    def _beside(self, data: object) -> Made:
        return Made(data, self.line, self.column)


def _is_list(data: object) -> bool:
    return isinstance(data, list | tuple)


Rule = Literal[
    "merge", "replace", "set", "set-string", "set-json", "set-file", "set-literal", "strategic", "json6902", "opaque"
]
"""How a layer goes over those before it. `merge`: as Helm's `-f`, mappings deeply, all else whole. `replace`: nothing
of those before stays. `set...`: as Helm's options of that name, the option's text in `path` and `value`. `strategic`
and `json6902`: as kustomize patches an object that has no schema. `opaque`: what it says is not in this repo."""


class Part(msgspec.Struct, frozen=True, eq=False):
    """What one layer brings into a stack."""

    layer: int
    """The number of the layer, by which the caller knows it."""
    file: str = ""
    """The file it is in, or an empty text."""
    rule: Rule = "merge"
    documents: tuple[Readable, ...] = ()
    """The content: every document of it, in order. For `json6902`, one sequence of operations."""
    first_only: bool = False
    """Whether the reader takes the first document only, whatever Helm does."""
    later_error: Unreadable | None = None
    """What makes the text behind `documents` unreadable: fatal for a reader of all of them, and for every reader where
    there are none."""
    line_shift: int = 0
    """How many lines come before the document in its file, where it is a text within another."""
    path: str = ""
    """For `set...`: the path of the option, such as `commonEnv[0].value`."""
    value: str = ""
    """For `set...`: the text after the `=`."""
    inner: tuple[Part, ...] = ()
    """Layers that are put together first, by their own rules; the outcome then goes over as this part's document."""
    chart: tuple[str, ...] | None = None
    """For a chart's own defaults: the keys that lead from the release's chart to this chart, `()` for itself."""


class Merged:
    """A node of the merged tree; reads as a `Node` of one file, and tells its layer, its file and its own node."""

    __slots__ = ("_items", "_members", "node", "part")

    def __init__(
        self,
        node: Readable,
        part: Part,
        members: dict[str, tuple[Merged, Merged]] | None = None,
        items: Sequence[Merged] | None = None,
    ) -> None:
        self.node = node
        """The node as it is in its own file."""
        self.part = part
        """The layer's part that says it; for a mapping out of several, the strongest of them."""
        self._members = members
        self._items = items

    def __repr__(self) -> str:
        return f"<{self.kind} of layer {self.layer} at {self.file}:{self.line}:{self.column}>"

    @property
    def layer(self) -> int:
        """The number of the layer that says it."""
        return self.part.layer

    @property
    def file(self) -> str:
        """The file that it is in."""
        return self.part.file

    @property
    def kind(self) -> Kind:
        """Which of the three it is."""
        if self._members is not None:
            return "mapping"
        return self.node.kind if self._items is None else "sequence"

    @property
    def value(self) -> Scalar:
        """A scalar's value; None for collections."""
        return self.node.value if self.kind == "scalar" else None

    @property
    def text(self) -> str:
        """A scalar's content as it is; empty for collections."""
        return self.node.text if self.kind == "scalar" else ""

    @property
    def name(self) -> str:
        """The name that it gives as a key."""
        return self.node.name

    @property
    def line(self) -> int:
        """Line of its first character in its own file, from 1."""
        return self.node.line + self.part.line_shift

    @property
    def column(self) -> int:
        """Column of its first character, from 1; within a block text, counted without the block's indent."""
        return self.node.column

    @property
    def items(self) -> Sequence[Merged]:
        """The items of a sequence; empty for the others."""
        if self._items is None:
            if self.kind != "sequence":
                return ()
            self._items = tuple(Merged(item, self.part) for item in self.node.items)
        return self._items

    @property
    def entries(self) -> Sequence[tuple[Merged, Merged]]:
        """The keys and values of a mapping. Of one that comes from a single layer, as in its file, shadowed
        duplicates included and merged keys not."""
        if self._members is not None:
            return tuple(self._members.values())
        part = self.part
        return [(Merged(key, part), Merged(value, part)) for key, value in self.node.entries]

    @property
    def is_whole(self) -> bool:
        """Whether it is one layer's node as it is there, with all that is in it."""
        return self._members is None and self._items is None

    @property
    def is_combined(self) -> bool:
        """Whether more than one layer has a say in it, so that it is in no file as a whole."""
        return self._members is not None or (
            self._items is not None and any(i.part is not self.part for i in self._items)
        )

    def get(self, key: str) -> Merged | None:
        """The value in force under `key`, or None."""
        if self._members is not None:
            found = self._members.get(key)
            return None if found is None else found[1]
        node = self.node.get(key) if self._items is None else None
        return None if node is None else Merged(node, self.part)

    def members(self) -> dict[str, tuple[Merged, Merged]]:
        """Key and value by name, in a dictionary of the caller's own; empty for all but mappings."""
        if self._members is not None:
            return dict(self._members)
        if self.kind != "mapping":
            return {}
        part = self.part
        if not isinstance(self.node, Node):  # only a file's own nodes have merge keys
            return {key.name: (Merged(key, part), Merged(value, part)) for key, value in self.node.entries}
        return {name: (Merged(k, part), Merged(v, part)) for name, (k, v) in effective(self.node).items()}

    def is_made_empty(self) -> bool:
        """Whether it is the empty mapping that a stack begins with, so that what comes over it stands alone."""
        return self._members is None and self._items is None and isinstance(self.node, Made) and self.node.is_empty()

    def is_null(self) -> bool:
        """Whether it is a null."""
        return self.kind == "scalar" and self.value is None


Members = dict[str, tuple[Merged, Merged]]
"""Key and value of a mapping by name."""


_EXACT = 2**53
"""Whole numbers up to here have a float of their own."""


def effective(mapping: Readable) -> dict[str, tuple[Readable, Readable]]:
    """The names of a mapping with key and value, the last of duplicates and merge keys (`<<`) applied in the order
    in which Helm's reader assigns them."""
    return _effective(mapping, {})


def _effective(
    mapping: Readable, known: dict[int, dict[str, tuple[Readable, Readable]]]
) -> dict[str, tuple[Readable, Readable]]:
    """`known` keeps what merge keys bring by the mapping they name, so that merges of merges stay linear."""
    out: dict[str, tuple[Readable, Readable]] = {}
    for key, value in mapping.entries:
        if not (isinstance(key, Node) and is_merge(key.raw)):
            out[key.name] = (key, value)
            continue
        for source in _merge_sources(value):
            mark = id(source.target) if isinstance(source, Node) else id(source)
            if mark not in known:
                known[mark] = {}
                known[mark] = _effective(source, known)
            out.update(known[mark])
    return out


def _merge_sources(value: Readable) -> Iterator[Readable]:
    """The mappings that a merge key takes in, in the order of assignment: of a list, the first wins."""
    yield from reversed(value.items) if value.kind == "sequence" else (value,)


def whole_of(node: Readable) -> tuple[Readable, int] | None:
    """What is below merged nodes as one node with all that is in it, and the lines before it; None where several layers
    have a say in it."""
    shift = 0
    while isinstance(node, Merged):
        if not node.is_whole:
            return None
        shift += node.part.line_shift
        node = node.node
    return node, shift


def overlaid(under: Merged, over: Merged) -> Merged:
    """`over` on `under` as Helm lays one values file over another: mappings deeply, all else replaces."""
    if under.kind != "mapping" or over.kind != "mapping":
        return over
    members = under.members()
    for name, (key, value) in over.members().items():
        below = members.get(name)
        members[name] = (key, value if below is None else overlaid(below[1], value))
    return Merged(over.node, over.part, members)


def plain(node: Readable) -> object:
    """The node as plain data: dictionaries, lists and scalars, as `toJson` prints it in a template."""
    if node.kind == "mapping":
        if isinstance(node, Merged):
            return {name: plain(value) for name, (_, value) in node.members().items()}
        return {name: plain(value) for name, (_, value) in effective(node).items()}
    if node.kind == "sequence":
        return [plain(item) for item in node.items]
    value = node.value
    base = node.node if isinstance(node, Merged) else node
    # Helm holds every number of a file as a float of 64 bits, but one from --set as an integer.
    return int(float(value)) if isinstance(base, Node) and type(value) is int and abs(value) > _EXACT else value
