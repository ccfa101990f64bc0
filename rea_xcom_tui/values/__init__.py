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
    from rea_xcom_tui.values.files import create, read_file, remove, remove_temporary, write
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

_HOME = {
    "rea_xcom_tui.edits": (
        "AddKey",
        "Address",
        "AppendItem",
        "Edit",
        "InBlock",
        "Remove",
        "RenameKey",
        "SetMember",
        "SetText",
        "Step",
    ),
    "editing": ("edit", "edit_file"),
    "errors": ("RefusedEdit", "Unreadable"),
    "files": ("create", "read_file", "remove", "remove_temporary", "write"),
    "nodes": ("Node",),
    "reading": ("Duplicate", "Merge", "ValuesFile"),
}
"""The module of each name. It is imported when it is first asked for: reading a file needs a third of them, and a fleet
that is known from the cache needs none."""


def __getattr__(name: str) -> Any:
    for module, names in _HOME.items():
        if name in names:
            found = globals()[name] = getattr(import_module(module if "." in module else f"{__name__}.{module}"), name)
            return found
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
