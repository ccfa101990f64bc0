"""A values tree that remembers what it was asked: the reading and a hundred rules ask the same nodes the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rea_xcom_tui.xcom.alone import plain_entries
from rea_xcom_tui.xcom.chart_entries import (
    Component,
    EnvEntry,
    Note,
    common_entries,
    env_entries,
    notes_of,
)
from rea_xcom_tui.xcom.facts import Kept, fact, worked_out
from rea_xcom_tui.xcom.model import Node
from rea_xcom_tui.xcom.names import COMMON_ENV
from rea_xcom_tui.xcom.recognise import shape_problem
from rea_xcom_tui.xcom.shared import Sections, sections_of, shared_sections


class Tree(Kept):
    """The root of a values tree, with what is asked of it as a whole: worked out on first use and kept."""

    is_plain = False
    """Whether it is known that its variables are all in `commonEnv`, under different names, each with a clear text."""

    def __init__(self, root: Node) -> None:
        super().__init__(root)
        names: dict[str, Any] | None = getattr(root, "names", None) if hasattr(root, "facts") else None
        if names is None:
            return
        known = self.__dict__  # it has its answers, and what is below it too
        known.update(
            kind=root.kind, value=None, text="", line=root.line, column=root.column, layer=root.layer, items=(),
            entries=root.entries, unique=True, get=names.get,
        )  # fmt: skip
        shared = shared_sections(root)
        if shared is None:
            return
        known["rest"] = shared
        if shared.sound:
            items: Sequence[Any] = names[COMMON_ENV].items if COMMON_ENV in names else ()
            plain = plain_entries(items, (COMMON_ENV,), "all")
            if plain is not None or all(item.kind == "mapping" for item in items):
                known["facts"] = {shape_problem: None}
            if plain is not None and shared.own is not None:
                known["every_entry"] = (*plain, *shared.own)
                if not shared.own:
                    self.is_plain = True
                    known["entries_by_name"] = {entry.name: (entry,) for entry in plain}

    @worked_out
    def rest(self) -> Sections:
        """The sections of it that other files have too, where there are enough of them; else all that it has."""
        return sections_of(self)

    @property
    def components(self) -> tuple[Component, ...]:
        """Every worker, the dag processor and the triggerer."""
        return self.rest.components

    @worked_out
    def every_entry(self) -> tuple[EnvEntry, ...]:
        """Every named env entry of the agent's containers, shadowed ones included."""
        own = self.rest.own
        return env_entries(self, self.components) if own is None else (*common_entries(self), *own)

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
        section = self.get("annotations") if self.rest.names else None
        return self.rest.notes if section is None else (*notes_of(section), *self.rest.notes)

    @property
    def labels(self) -> tuple[Note, ...]:
        """Every label, shadowed ones included."""
        return self.rest.labels

    @property
    def shape_problem(self) -> tuple[str, Node] | None:
        """What keeps the chart from rendering this tree at all, and where; None for a sound one."""
        return fact(self, shape_problem)


def tree_of(root: Node) -> Tree:
    """The tree with this root, or the root itself where it is one already."""
    return root if isinstance(root, Tree) else Tree(root)
