"""Carrying out edits: plan, splice, proof by events, one after another; then the second reader on the whole."""

from __future__ import annotations

from collections.abc import Sequence

from rea_xcom_tui.values.additions import plan_add_key, plan_append
from rea_xcom_tui.values.edits import AddKey, AppendItem, Edit, Remove, SetText
from rea_xcom_tui.values.errors import RefusedEdit
from rea_xcom_tui.values.reading import ValuesFile
from rea_xcom_tui.values.removal import plan_remove
from rea_xcom_tui.values.scalars import plan_set
from rea_xcom_tui.values.splice import Splice, carry_out


def edit(data: bytes, edits: Sequence[Edit]) -> bytes:
    """The bytes of a values file after `edits`, which are one change: all of them are made, or none.

    Each edit works on the outcome of those before it. Every byte that no edit is about stays as it was, and
    edits that ask for what is there already give back the very same bytes. Raises `Unreadable` when `data` is
    no values file, `RefusedEdit` when an edit cannot be made exactly or cannot be proved.
    """
    original = ValuesFile.parse(data)
    refuse_file(original)
    file = original
    for each in edits:
        file = carry_out_edit(file, each)
    if file is original:
        return data
    return file.encode()


def carry_out_edit(file: ValuesFile, each: Edit) -> ValuesFile:
    """The file after one edit, proved by events; the same object when there is nothing to do."""
    splice = plan(file, each)
    return file if splice is None else carry_out(file, splice)


def plan(file: ValuesFile, each: Edit) -> Splice | None:
    """The splice that makes an edit, or None when what it asks for is there already."""
    match each:
        case SetText():
            return plan_set(file, each)
        case AppendItem():
            return plan_append(file, each)
        case AddKey():
            return plan_add_key(file, each)
        case Remove():
            return plan_remove(file, each)
    raise TypeError(each)


def refuse_file(file: ValuesFile) -> None:
    """Refuse files in which nothing at all can be edited exactly."""
    if file.documents > 1:
        raise RefusedEdit(
            "documents",
            f"The file holds {file.documents} YAML documents, of which Helm reads only the first; split it.",
        )
    odd = file.odd_break
    if odd is not None:
        line = file.line_at(odd)
        raise RefusedEdit(
            "line-breaks",
            f"Line {line} ends with an unusual line break (a lone CR, NEL, LS or PS), which tools read "
            "differently; replace it first.",
            line,
            0,
        )
    second = file.text.find("\ufeff")
    if second >= 0:
        line = file.line_at(second)
        raise RefusedEdit(
            "byte-order-mark",
            f"Line {line} holds a byte order mark in the middle of the file; remove it first.",
            line,
            0,
        )
