"""Carrying out edits: plan, splice, proof by events, one after another; then the second reader on the whole."""

from __future__ import annotations

from collections.abc import Sequence

from rea_xcom_tui.edits import AddKey, AppendItem, Edit, InBlock, Remove, RenameKey, SetMember, SetText
from rea_xcom_tui.values.additions import plan_add_key, plan_append
from rea_xcom_tui.values.addresses import renumbered
from rea_xcom_tui.values.embedded import inner_file, plan_in_block
from rea_xcom_tui.values.errors import RefusedEdit
from rea_xcom_tui.values.events import TooManyEvents, read_events
from rea_xcom_tui.values.locating import locate
from rea_xcom_tui.values.members import plan_member
from rea_xcom_tui.values.reading import ValuesFile, decode
from rea_xcom_tui.values.removal import plan_remove
from rea_xcom_tui.values.renaming import plan_rename
from rea_xcom_tui.values.scalars import plan_set
from rea_xcom_tui.values.sealed import confirm_seal, refuse_sealed
from rea_xcom_tui.values.second_reader import confirm
from rea_xcom_tui.values.sectioned import SectionedFile, sectioned
from rea_xcom_tui.values.splice import Splice, carry_out

MAX_EVENTS = 30_000
"""Files with more YAML events are read but not edited: making and proving an edit would take seconds."""


def edit(data: bytes, edits: Sequence[Edit]) -> bytes:
    """The bytes of a values file after `edits`, which are one change: all of them are made, or none.

    Each edit works on the outcome of those before it; but numbers of list items in addresses count in `data`, so that a
    removal does not change what later edits mean. Every byte that no edit is about stays as it was, and edits that ask
    for what is there already give back exactly the same bytes. Raises `Unreadable` when `data` is not a values file,
    `RefusedEdit` when an edit cannot be made exactly or cannot be proved.
    """
    text, bom = decode(data)
    try:
        original = sectioned(text, bom) or ValuesFile(text, bom, read_events(text, limit=MAX_EVENTS))
    except TooManyEvents:
        raise _too_large() from None
    edited = edit_file(original, edits)
    return data if edited is original else edited.encode()


def edit_file(original: ValuesFile, edits: Sequence[Edit]) -> ValuesFile:
    """As `edit`, for a file that has been parsed; the same object when there is nothing to do.

    Who makes many edits reads no file a second time that way. Raises `RefusedEdit`.
    """
    if isinstance(original, SectionedFile):
        edited = _edit_section(original, edits)
        if edited is not None:
            return edited
    if len(original.stream.events) > MAX_EVENTS:
        raise _too_large()
    return _edit_whole(original, edits)


def _edit_section(original: SectionedFile, edits: Sequence[Edit]) -> ValuesFile | None:
    """The file with the only section edited that the edits are about; None where the whole has to be looked at, also
    to say why an edit is refused."""
    names = {each.address[0] if isinstance(each, SetText | SetMember) and each.address else 0 for each in edits}
    name = names.pop() if len(names) == 1 else 0
    section = original.section(name) if isinstance(name, str) else None
    if section is None or not isinstance(name, str):
        return None
    try:
        edited = _edit_whole(section, edits)
    except RefusedEdit:
        return None
    return original if edited is section else original.with_section(name, edited)


def _edit_whole(original: ValuesFile, edits: Sequence[Edit]) -> ValuesFile:
    """The file after edits that are proved; the same object when there is nothing to do."""
    refuse_file(original)
    file = original
    for each in renumbered(original, edits):
        file = _carry_out_all(file, each)
    if file is original:
        return original
    confirm(original, file)
    confirm_seal(original, file)
    return file


def _too_large() -> RefusedEdit:
    return RefusedEdit("too-large", "The file holds too many values to prove an edit in reasonable time.")


def _carry_out_all(file: ValuesFile, each: Edit) -> ValuesFile:
    """The file after one edit, or after each of the edits within a block text."""
    if isinstance(each, InBlock):
        for inner in renumbered(inner_file(locate(file, each.address)), each.edits):
            file, _ = carry_out_edit(file, InBlock(each.address, (inner,)))
        return file
    return carry_out_edit(file, each)[0]


def carry_out_edit(file: ValuesFile, each: Edit) -> tuple[ValuesFile, Splice | None]:
    """The file after one edit, proved by events, and its splice; the same file when there is nothing to do."""
    _refuse_half_characters(each)
    splice = plan(file, each)
    return (file, None) if splice is None else (carry_out(file, splice), splice)


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
        case SetMember():
            return plan_member(file, each)
        case RenameKey():
            return plan_rename(file, each)
        case InBlock():
            return plan_in_block(file, each, _carry_out_inside)


def _carry_out_inside(file: ValuesFile, each: Edit) -> tuple[ValuesFile, Splice | None]:
    """One edit of an embedded document, with both proofs."""
    refuse_file(file)
    changed, splice = carry_out_edit(file, each)
    if splice is not None:
        confirm(file, changed)
    return changed, splice


def _refuse_half_characters(each: Edit) -> None:
    """Refuse texts that no file can hold: lone surrogates, which are halves of characters."""
    texts = [getattr(each, name, "") for name in ("text", "key", "name", "value")]
    if isinstance(each, AppendItem):
        texts += [
            text for key, given in each.entries for text in (key, *((given,) if isinstance(given, str) else given))
        ]
    for text in texts:
        if isinstance(text, str) and any("\ud800" <= char <= "\udfff" for char in text):
            raise RefusedEdit("text", "The new text holds half a character (a lone surrogate); correct it.")


def refuse_file(file: ValuesFile) -> None:
    """Refuse files in which nothing at all can be edited exactly."""
    refuse_sealed(file)
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
