"""From what XCom knows (which setting) to what a values file knows (which bytes)."""

from __future__ import annotations

from collections.abc import Iterable

from rea_xcom_tui import values
from rea_xcom_tui.xcom import model

_BESIDE = "xcomBackend"
"""The key beside which a missing top-level key is added, where the file has it."""


def edits_for(changes: Iterable[model.Change]) -> list[values.Edit]:
    """The exact edits that carry out these changes, in the same order."""
    return [_edit(change) for change in changes]


def _edit(change: model.Change) -> values.Edit:
    match change:
        case model.SetText(address, text):
            return values.SetText(address, text)
        case model.AddEnv(address, name, text):
            return values.AppendItem(address, (("name", name), ("value", text)), after=_BESIDE)
        case model.AddKey(address, key, text):
            return values.AddKey(address, key, text, after=_BESIDE)
        case model.RemoveNode(address):
            return values.Remove(address)
        case model.SetMember(address, pointer, value):
            return values.SetMember(address, pointer, value)
        case model.RenameKey(address, name):
            return values.RenameKey(address, name)
