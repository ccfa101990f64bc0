"""Where a refusal points: its line and column, from 1."""

from __future__ import annotations

import pytest

from rea_xcom_tui.edits import RenameKey
from rea_xcom_tui.values import AddKey, AppendItem, RefusedEdit, edit
from rea_xcom_tui.values.documents import read_documents


@pytest.mark.parametrize(
    ("text", "place"),
    [("a: 1\n--- b: 1\n", (2, 4)), ("%YAML 1.1\n---\na: 1\n", (1, 1)), ("a: 1\n", None)],
)
def test_what_helm_4_minds_is_told_at_the_beginning_of_its_line(text: str, place: tuple[int, int] | None) -> None:
    documents = read_documents(text)
    found = documents.helm_4 or documents.every_helm or documents.error
    assert (None if found is None else (found.line, found.column)) == place


@pytest.mark.parametrize(
    ("size", "end", "lost"),
    [(4096, "", True), (8192, "", True), (4095, "", False), (4097, "", False), (4096, "\n", False)],
)
def test_a_last_line_that_fills_the_buffer_of_helm_4_is_told(size: int, end: str, lost: bool) -> None:
    found = read_documents(f"b: 1\na: {'x' * (size - 3)}{end}").helm_4
    assert (None if found is None else (found.line, found.column)) == ((2, 1) if lost else None)


def test_the_top_level_has_no_name() -> None:
    with pytest.raises(RefusedEdit) as refused:
        edit(b"a: 1\n", [RenameKey((), "b")])
    assert (refused.value.line, refused.value.column) == (1, 1)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"b: {a: []}\n", b"b: {a: [{name: x}]}\n"),
        (b"b: {a: [ ]}\n", b"b: {a: [{name: x}]}\n"),
        (b"b: {a: [   ]}  # none\n", b"b: {a: [{name: x}]}  # none\n"),
        (b"b: {a: [{name: y}]}\n", b"b: {a: [{name: y}, {name: x}]}\n"),
    ],
)
def test_an_item_comes_into_brackets_without_the_blanks_that_filled_them(before: bytes, after: bytes) -> None:
    assert edit(before, [AppendItem(("b", "a"), (("name", "x"),))]) == after


def test_a_key_is_renamed_once_and_never_onto_another() -> None:
    assert edit(b"a: 1\nc: 2\n", [RenameKey(("a",), "b")]) == b"b: 1\nc: 2\n"
    assert edit(b"'a': 1\n", [RenameKey(("a",), "b")]) == b"'b': 1\n"
    assert edit(b"a: 1\n", [RenameKey(("a",), "a")]) == b"a: 1\n"
    with pytest.raises(RefusedEdit):
        edit(b"a: 1\nb: 2\n", [RenameKey(("a",), "b")])
    assert edit(b"a: 1\n", [AddKey((), "b", "2")]) == b'a: 1\nb: "2"\n'
