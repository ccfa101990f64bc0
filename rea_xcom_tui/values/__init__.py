"""A Helm values file as text: exact spans, the values Helm reads, and edits with their proof.

Usable on its own; it knows YAML, Helm's reading of it and lists of `{name, value}` items, and nothing else::

    file = ValuesFile.parse(data)
    file.find(("commonEnv", ("name", "LOG_LEVEL"), "value")).text
    data = edit(data, [SetText(("commonEnv", ("name", "LOG_LEVEL"), "value"), "debug")])
"""

from __future__ import annotations

from rea_xcom_tui.values.editing import edit, edit_file
from rea_xcom_tui.values.edits import (
    AddKey,
    AppendItem,
    Edit,
    InBlock,
    Remove,
    RenameKey,
    SetMember,
    SetText,
)
from rea_xcom_tui.values.errors import RefusedEdit, Unreadable
from rea_xcom_tui.values.files import create, read_file, remove, remove_temporary, write
from rea_xcom_tui.values.nodes import Node
from rea_xcom_tui.values.reading import Address, Duplicate, Merge, Step, ValuesFile

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
