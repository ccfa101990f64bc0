"""What the sections of a values tree say that a file does not say for itself alone.

Most of a file stands word for word at the same lines of others in its fleet. The quick reader gives all of them the
same nodes for it, so what these sections say together is worked out once, and kept for the files that have the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Literal

import msgspec

from rea_xcom_tui.xcom.airflow import Version
from rea_xcom_tui.xcom.chart_entries import (
    Component,
    EnvEntry,
    Note,
    annotations_of,
    components,
    entries_of,
    labels_of,
    rendered,
    values_of,
)
from rea_xcom_tui.xcom.model import Node
from rea_xcom_tui.xcom.names import AZURE_LABEL, BACKEND_KEY, COMMON_ENV
from rea_xcom_tui.xcom.recognise import SHAPES, shape_problem
from rea_xcom_tui.xcom.sealed import sealed_file
from rea_xcom_tui.xcom.versions import versions_of_parts

_MOST = 512
_OWN = {COMMON_ENV: "sequence", "annotations": "mapping", BACKEND_KEY: "scalar"}
"""What files say each for itself, with the kinds that nothing can be said against."""
_LONGEST_WORD = 5
_STARTS_OF_WORDS = "yYnNtTfFoO"


class Sections(msgspec.Struct, eq=False):
    """Sections of a tree as a mapping by themselves, and what they say.

    Where they are shared, the file has what is not among them as a scalar or not at all, but for `commonEnv` and
    `annotations`. Else they are all that it has.
    """

    kind: ClassVar[Literal["mapping"]] = "mapping"
    unique: ClassVar[bool] = True

    keys: tuple[str, ...] = ()
    """All top-level keys of a file that shares them."""
    names: dict[str, Any] = {}
    sound: bool = False
    """Whether they are shared, and only an item of `commonEnv` may have the wrong shape in such a file."""
    components: tuple[Component, ...] = ()
    own: tuple[EnvEntry, ...] | None = None
    """The variables that components have in lists of their own; None where that takes a look at each file."""
    notes: tuple[Note, ...] = ()
    labels: tuple[Note, ...] = ()
    versions: tuple[Version, Version] = (None, None)
    """What the images of the components tell."""
    azure_label: str | None = None
    sealed: str | None = None
    """The tool under whose seal the whole file is."""
    facts: dict[object, object] | None = None
    """What else was worked out about them; see `fact`."""

    def get(self, key: str) -> Node | None:
        """The section with this key, or None."""
        return self.names.get(key)


def sections_of(root: Node) -> Sections:
    """All sections of a tree."""
    return _filled(Sections(), root)


def _filled(made: Sections, root: Any) -> Sections:
    made.components = components(root)
    made.notes = annotations_of(root)
    made.labels = labels_of(root)
    made.versions = versions_of_parts(root, made.components)
    made.azure_label = _azure_label(made.labels)
    made.sealed = sealed_file(root)
    return made


def _own_entries(root: Any) -> tuple[EnvEntry, ...] | None:
    """The variables that components have in lists of their own; None where it takes `commonEnv` to say what their texts
    are, and where an item of these lists has no name."""
    parts = components(root)
    found = [entry for part in parts for entry in entries_of(part, {})]
    items = sum(len(env.items) for holder, _, _, _ in parts for env, _ in values_of(holder, "env"))
    if len(found) < items or any(entry.value is not None and "$" in entry.value.text for entry in found):
        return None
    return tuple(found)


def _azure_label(labels: Sequence[Note]) -> str | None:
    found = [note.value for note in labels if note.key == AZURE_LABEL and not note.shadowed]
    return rendered(found[-1]) if found else None


_known: dict[tuple[object, ...], Sections] = {}


def shared_sections(root: Any) -> Sections | None:
    """The shared sections of a quick reading's root; None where some section that counts is the file's own.

    A section is shared where something was asked of it for an earlier file. Those that are kept here keep their ids.
    """
    names: dict[str, Any] = root.names
    parts = [one.kind if one.facts is None or name in _OWN else id(one) for name, one in names.items()]
    key = (*names, *parts)
    found = _known.get(key)
    return _made(key, names, parts) if found is None else found


def _made(key: tuple[object, ...], names: dict[str, Any], parts: list[object]) -> Sections | None:
    kinds = dict(zip(names, parts, strict=True))
    inside = {name: names[name] for name, part in kinds.items() if isinstance(part, int)}
    if not inside or any(kinds[name] != "scalar" for name in names if name not in inside and name not in _OWN):
        return None
    if not all(map(_is_text, names)):
        return None
    made: Any = Sections(tuple(names), inside)
    odd = (kinds.get(name, kind) != _OWN.get(name) for name, kind in SHAPES if name not in inside and name in names)
    made.sound = not any(odd) and shape_problem(made) is None
    made.own = _own_entries(made)
    if len(_known) >= _MOST:
        _known.clear()
    found = _known[key] = _filled(made, made)
    return found


def _is_text(name: str) -> bool:
    """Whether a key with this name is a text, however it is written: no number, and no word for a boolean or null."""
    return name.isidentifier() and (len(name) > _LONGEST_WORD or name[0] not in _STARTS_OF_WORDS)
