"""A values tree that remembers what it was asked: the reading and a hundred rules ask the same nodes the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rea_xcom_tui.xcom.chart_entries import (
    Component,
    EnvEntry,
    Note,
    annotations_of,
    common_entries,
    components,
    env_entries,
    labels_of,
    notes_of,
    own_entries,
)
from rea_xcom_tui.xcom.facts import Kept, fact, worked_out
from rea_xcom_tui.xcom.model import Node
from rea_xcom_tui.xcom.names import COMMON_ENV
from rea_xcom_tui.xcom.recognise import shape_problem
from rea_xcom_tui.xcom.shared import Shared, shared_sections


class Tree(Kept):
    """The root of a values tree, with what is asked of it as a whole: worked out on first use and kept."""

    shared: Shared | None = None
    """The sections of it that other files have too, where what is asked of them is worked out once for all of these."""

    def __init__(self, root: Node) -> None:
        super().__init__(root)
        names: dict[str, Node] | None = getattr(root, "names", None) if hasattr(root, "facts") else None
        if names is not None:  # it has its answers, and what is below it too
            self.__dict__.update(
                kind=root.kind, value=None, text="", line=root.line, column=root.column, layer=root.layer, items=(),
                entries=root.entries, unique=True, get=names.get,
            )  # fmt: skip
            shared = shared_sections(root)
            if shared is not None:
                self.shared = shared
                env = names.get(COMMON_ENV)
                if shared.sound and (env is None or all(item.kind == "mapping" for item in env.items)):
                    self.facts = {shape_problem: None}

    def rest(self) -> Any:
        """Those sections, or the whole tree where others have too few of them."""
        return self if self.shared is None else self.shared

    @worked_out
    def components(self) -> tuple[Component, ...]:
        """Every worker, the dag processor and the triggerer."""
        return fact(self.rest(), components)

    @worked_out
    def every_entry(self) -> tuple[EnvEntry, ...]:
        """Every named env entry of the agent's containers, shadowed ones included."""
        own = None if self.shared is None else fact(self.rest(), own_entries)
        if own is None:
            return env_entries(self, self.components)
        common = common_entries(self)
        return (*common, *own) if own else tuple(common)

    @worked_out
    def entries_by_name(self) -> Mapping[str, Sequence[EnvEntry]]:
        """The same by their names, each in the order of the file."""
        every = self.every_entry
        single = {entry.name: (entry,) for entry in every}
        if len(single) == len(every):
            return single
        found: dict[str, list[EnvEntry]] = {}
        for entry in every:
            found.setdefault(entry.name, []).append(entry)
        return found

    @worked_out
    def annotations(self) -> tuple[Note, ...]:
        """Every annotation at every level where the chart takes them, shadowed ones included."""
        below = fact(self.rest(), annotations_of)
        section = None if self.shared is None else self.get("annotations")
        return below if section is None else (*fact(section, notes_of), *below)

    @property
    def labels(self) -> tuple[Note, ...]:
        """Every label, shadowed ones included."""
        return fact(self.rest(), labels_of)

    @property
    def shape_problem(self) -> tuple[str, Node] | None:
        """What keeps the chart from rendering this tree at all, and where; None for a sound one."""
        return fact(self, shape_problem)


def tree_of(root: Node) -> Tree:
    """The tree with this root, or the root itself where it is one already."""
    return root if isinstance(root, Tree) else Tree(root)
