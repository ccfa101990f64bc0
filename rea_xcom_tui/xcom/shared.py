"""The sections of a values tree that other files have too, as a mapping by themselves.

Most of a file stands word for word at the same lines of others in its fleet. The quick reader gives all of them the
same nodes for it, so what these sections say together is worked out once, and kept for the files that have the same.
"""

from __future__ import annotations

from typing import Any, ClassVar, Literal

import msgspec

from rea_xcom_tui.xcom.facts import fact
from rea_xcom_tui.xcom.model import Node
from rea_xcom_tui.xcom.names import BACKEND_KEY, COMMON_ENV
from rea_xcom_tui.xcom.recognise import SHAPES, shape_problem

_MOST = 512
_OWN = {COMMON_ENV: "sequence", "annotations": "mapping", BACKEND_KEY: "scalar"}
"""What files say each for itself, with the kinds that nothing can be said against."""
_LONGEST_WORD = 5
_STARTS_OF_WORDS = "yYnNtTfFoO"


class Shared(msgspec.Struct, eq=False):
    """A mapping of those sections. What it does not have of them, the file has as a scalar or not at all."""

    kind: ClassVar[Literal["mapping"]] = "mapping"
    unique: ClassVar[bool] = True

    keys: tuple[str, ...]
    """All top-level keys of such a file."""
    names: dict[str, Any]
    sound: bool
    """Whether of what files say for themselves, only an item of `commonEnv` may have the wrong shape."""
    facts: dict[object, object] | None = None
    """What was worked out about it; see `fact`."""

    def get(self, key: str) -> Node | None:
        """The section with this key, or None."""
        return self.names.get(key)


_known: dict[tuple[object, ...], Shared] = {}


def shared_sections(root: Any) -> Shared | None:
    """The shared sections of a quick reading's root; None where some section that counts is the file's own.

    A section is shared where something was asked of it for an earlier file. Those that are kept here keep their ids.
    """
    names: dict[str, Any] = root.names
    parts = [one.kind if one.facts is None or name in _OWN else id(one) for name, one in names.items()]
    key = (*names, *parts)
    found = _known.get(key)
    return _made(key, names, parts) if found is None else found


def _made(key: tuple[object, ...], names: dict[str, Any], parts: list[object]) -> Shared | None:
    kinds = dict(zip(names, parts, strict=True))
    inside = {name: names[name] for name, part in kinds.items() if isinstance(part, int)}
    if not inside or any(kinds[name] != "scalar" for name in names if name not in inside and name not in _OWN):
        return None
    if not all(map(_is_text, names)):
        return None
    odd = (kinds.get(name, kind) != _OWN.get(name) for name, kind in SHAPES if name not in inside and name in names)
    made = Shared(tuple(names), inside, not any(odd))
    made.sound = made.sound and fact(made, shape_problem) is None
    if len(_known) >= _MOST:
        _known.clear()
    _known[key] = made
    return made


def _is_text(name: str) -> bool:
    """Whether a key with this name is a text, however it is written: no number, and no word for a boolean or null."""
    return name.isidentifier() and (len(name) > _LONGEST_WORD or name[0] not in _STARTS_OF_WORDS)
