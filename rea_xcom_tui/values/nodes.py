"""The nodes of a values file: what is there, and what Helm makes of it.

Parsing keeps libyaml's events as they come, in nested lists (`[start event, child, ..., end event]`); a
`Node` is a thin view of one of them, made when somebody looks at it. That keeps a scan of ten thousand
files cheap.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, Protocol

from rea_xcom_tui.edits import Scalar
from rea_xcom_tui.values.resolve import WORDS, key_name, resolve_tagged

Kind = Literal["mapping", "sequence", "scalar"]
Raw = Any
"""An event (scalar or alias), or the nested list of a collection's events."""

MERGE_TAG = "tag:yaml.org,2002:merge"
_ANY_TAG = "!"


def tag_of(event: Raw) -> str | None:
    """The tag of an event, or None; the non-specific `!` counts as none: what it does to a scalar, `value` says."""
    tag = getattr(event, "tag", None)
    return None if tag is None or str(tag) == _ANY_TAG else str(tag)


def is_merge(raw: Raw) -> bool:
    """Whether a mapping key is `<<` in the sense of Helm's reader: unquoted, or tagged as a merge."""
    if isinstance(raw, list) or getattr(raw, "value", None) != "<<":
        return False
    return bool(raw.implicit[0]) or str(raw.tag) == MERGE_TAG


class NodeFile(Protocol):
    """The text that a node is in, as far as nodes and those who hold one ask it."""

    targets: dict[int, Raw]
    """What each alias stands for, by the identity of the alias; empty for nearly every file."""

    def target_of(self, raw: Raw) -> Raw:
        """What an alias stands for; anything else stands for itself."""

    def comment_on(self, line: int) -> str | None:
        """The comment on a line, counted from 1; None where the line has none."""


class Node:
    """One node of a values file as Helm reads it: aliases are followed, `get` applies merges."""

    __slots__ = ("_children", "_file", "_found", "_names", "_raw", "_target")

    layer = 0
    """A file by itself is one layer."""

    def __init__(self, file: NodeFile, raw: Raw) -> None:
        self._file = file
        self._raw = raw
        self._target: Raw = file.targets.get(id(raw), raw) if file.targets else raw
        self._children: tuple[Node, ...] | None = None
        self._names: Names | None = None
        self._found: dict[str, Node | None] | None = None

    def __repr__(self) -> str:
        return f"<{self.kind} at {self.line}:{self.column}>"

    # -- where it is (an alias is where the alias is written) --------------------------------

    @property
    def event(self) -> Raw:
        """The parser's event that opens it; for an alias, the alias event."""
        return self._raw[0] if isinstance(self._raw, list) else self._raw

    @property
    def file(self) -> NodeFile:
        """The file that it is in."""
        return self._file

    @property
    def raw(self) -> Raw:
        """The events it is made of, by which two views are recognised as the same node."""
        return self._raw

    @property
    def target(self) -> Raw:
        """The events of what is read here: for an alias, those of its anchor."""
        return self._target

    @property
    def line(self) -> int:
        """Line of its first character, from 1."""
        return int(self.event.start_mark.line) + 1

    @property
    def column(self) -> int:
        """Column of its first character (an opening quote included), from 1."""
        return int(self.event.start_mark.column) + 1

    @property
    def start(self) -> int:
        """Index of its first character in the file's text; an anchor or a tag belongs to it."""
        return int(self.event.start_mark.index)

    @property
    def end(self) -> int:
        """Index after its last character. The blank lines after a block scalar belong to it."""
        raw = self._raw
        while isinstance(raw, list):
            if raw[0].flow_style or len(raw) == 2:
                return int(raw[-1].end_mark.index if raw[0].flow_style else raw[0].end_mark.index)
            raw = raw[-2]
        return int(raw.end_mark.index)

    # -- how it is written --------------------------------------------------------------------------

    @property
    def is_alias(self) -> bool:
        """Whether an alias (`*name`) is here; kind, value and children are then the anchor's."""
        return self._target is not self._raw

    @property
    def anchor(self) -> str | None:
        """The name of the anchor it carries, or of the anchor it is an alias of."""
        anchor = getattr(self.event, "anchor", None)
        return None if anchor is None else str(anchor)

    @property
    def tag(self) -> str | None:
        """The tag it carries, in full, or None."""
        return None if self.is_alias else tag_of(self.event)

    @property
    def style(self) -> str:
        """How a scalar is written: empty for plain, else one of `' " | >`. Empty for the others."""
        return "" if self.is_alias or isinstance(self._raw, list) else str(self._raw.style or "")

    @property
    def is_flow(self) -> bool:
        """Whether it is a collection in brackets or braces."""
        return isinstance(self._raw, list) and bool(self._raw[0].flow_style)

    # -- what Helm reads ----------------------------------------------------------------------------

    @property
    def kind(self) -> Kind:
        """Which of the three it is."""
        target = self._target
        if not isinstance(target, list):
            return "scalar"
        return "mapping" if target[0].__class__.__name__ == "MappingStartEvent" else "sequence"

    @property
    def value(self) -> Scalar:
        """A scalar's value as Helm reads it; None for collections."""
        target = self._target
        if isinstance(target, list):
            return None
        tag = target.tag
        # `! 5` is the text 5 to Helm.
        return resolve_tagged(target.value, None if tag is None else str(tag), target.implicit[0])

    @property
    def text(self) -> str:
        """A scalar's content as it is, without quotes and without type; empty for collections."""
        return "" if isinstance(self._target, list) else str(self._target.value)

    @property
    def name(self) -> str:
        """The name that a mapping key gets in Helm's reading: `on` becomes `true`."""
        return key_name(self.value, self.text)

    @property
    def items(self) -> Sequence[Node]:
        """The items of a sequence; empty for the others."""
        return self._nodes() if self.kind == "sequence" else ()

    @property
    def entries(self) -> Sequence[tuple[Node, Node]]:
        """Every key and value of a mapping in the order of the file, shadowed duplicates included, merged
        keys not (but the `<<` itself is); empty for the others."""
        if self.kind != "mapping":
            return ()
        nodes = self._nodes()
        return tuple(zip(nodes[::2], nodes[1::2], strict=True))

    def get(self, key: str) -> Node | None:
        """The value Helm sees under `key` (the last of duplicates, merges applied), or None.

        goyaml.v2 applies a `<<` where it is, so one that is after the key wins over the key.
        """
        if self._found is None:
            self._found = {}
        elif key in self._found:
            return self._found[key]
        if self._names is None:
            if self.kind != "mapping":
                return None
            self._names = Names(self._file, self._target)
        raw = self._names.find(self._file, key)
        found = self._found[key] = None if raw is None else Node(self._file, raw)
        return found

    def _nodes(self) -> tuple[Node, ...]:
        if self._children is None:
            self._children = tuple(Node(self._file, raw) for raw in self._target[1:-1])
        return self._children


class EmptyRoot(Node):
    """The root of a file without any content: for Helm an empty mapping."""

    __slots__ = ()

    @property
    def kind(self) -> Kind:
        """A mapping, as for Helm."""
        return "mapping"

    @property
    def value(self) -> Scalar:
        """None, as for every mapping."""
        return None

    def _nodes(self) -> tuple[Node, ...]:
        return ()

    def get(self, key: str) -> Node | None:
        """None: there is nothing in it."""
        return None


class Names:
    """The keys of one mapping by the names Helm gives them, and its merges, for looking values up."""

    __slots__ = ("merges", "own")

    def __init__(self, file: NodeFile, mapping: Raw) -> None:
        self.own: dict[str, tuple[int, Raw]] = {}
        self.merges: list[tuple[int, Raw]] = []
        for position, (key, value) in enumerate(zip(mapping[1:-1:2], mapping[2:-1:2], strict=True)):
            if is_merge(key):
                self.merges.append((position, value))
            else:
                self.own[raw_name(file, key)] = (position, value)

    def find(self, file: NodeFile, key: str) -> Raw | None:
        """The value under `key` after goyaml.v2's order of assignments, or None."""
        if not self.merges:
            found = self.own.get(key)
            return None if found is None else found[1]
        return _find_merged(file, self, key)


def _find_merged(file: NodeFile, names: Names, key: str) -> Raw | None:
    """Look `key` up where there are merges: the last assignment wins, so search from the end.

    Every mapping is entered once only, so nested merges of merges cost no more than the file's length.
    """
    seen: set[int] = set()
    ahead: list[Raw | Names | tuple[int, Raw]] = [names]
    while ahead:
        step = ahead.pop()
        if isinstance(step, Names):
            own = step.own.get(key)
            if own is not None:
                ahead.append(own)
            ahead += [value for at, value in step.merges if own is None or at > own[0]]
            continue
        if isinstance(step, tuple):
            return step[1]
        target = file.target_of(step)
        if not isinstance(target, list) or id(target) in seen:
            continue
        seen.add(id(target))
        if target[0].__class__.__name__ == "SequenceStartEvent":
            ahead += reversed(target[1:-1])
        else:
            ahead.append(Names(file, target))
    return None


def raw_name(file: NodeFile, raw: Raw) -> str:
    """The name of a raw mapping key in Helm's reading."""
    key = file.target_of(raw) if file.targets else raw
    text: str = key.value
    if key.tag is None and text[:1].isalpha() and text not in WORDS:
        return text  # as nearly every key of a values file: no number, no word for a boolean or null
    return key_name(resolve_tagged(text, None if key.tag is None else str(key.tag), key.implicit[0]), text)


def may_repeat_keys(root: Raw) -> bool:
    """Whether some mapping could have a name twice; a quick look that answers no for nearly every file."""
    ahead = [root] if isinstance(root, list) else []
    while ahead:
        raw = ahead.pop()
        ahead += [child for child in raw[1:-1] if child.__class__ is list]
        if raw[0].__class__.__name__ == "MappingStartEvent":
            texts = [getattr(key, "value", "*") for key in raw[1:-1:2]]
            if len(set(texts)) < len(texts) or any(not text[:1].isalpha() or text in WORDS for text in texts):
                return True
    return False
