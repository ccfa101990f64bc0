"""A Helm values file as text: exact spans, the values Helm reads, and edits with their proof.

Usable on its own; it knows YAML, Helm's reading of it and lists of `{name, value}` items, and nothing else::

    file = ValuesFile.parse(data)
    file.find(("commonEnv", ("name", "LOG_LEVEL"), "value")).text
    data = edit(data, [SetText(("commonEnv", ("name", "LOG_LEVEL"), "value"), "debug")])
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rea_xcom_tui.edits import (
        AddKey,
        Address,
        AppendItem,
        Edit,
        InBlock,
        Remove,
        RenameKey,
        SetMember,
        SetText,
        Step,
    )
    from rea_xcom_tui.values.editing import edit, edit_file
    from rea_xcom_tui.values.errors import RefusedEdit, Unreadable
    from rea_xcom_tui.values.files import Successor, create, read_file, remove, remove_temporary, write
    from rea_xcom_tui.values.nodes import Node
    from rea_xcom_tui.values.reading import Duplicate, Merge, ValuesFile

__all__ = [
    "AddKey",
    "Address",
    "AppendItem",
    "Duplicate",
    "Edit",
    "InBlock",
    "Merge",
    "Node",
    "RefusedEdit",
    "Remove",
    "RenameKey",
    "SetMember",
    "SetText",
    "Step",
    "Successor",
    "Unreadable",
    "ValuesFile",
    "create",
    "edit",
    "edit_file",
    "read_file",
    "remove",
    "remove_temporary",
    "write",
]

_ROOMS = ("errors", "nodes", "reading", "files", "editing")
_MODULES = ("rea_xcom_tui.edits", *(f"{__name__}.{room}" for room in _ROOMS))
"""Where they are, what needs least first. One is imported when a name is asked for that none before it has: reading a
file needs some of them, and a fleet that is known from the cache none."""


def __getattr__(name: str) -> Any:
    for module in map(import_module, _MODULES if name in __all__ else ()):
        if hasattr(module, name):
            found = globals()[name] = getattr(module, name)
            return found
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
