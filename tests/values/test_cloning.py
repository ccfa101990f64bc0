"""Copies within a file: the original's own text under other names, or a refusal that says why."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from rea_xcom_tui.values.cloning import copied, lists, plain, scalars, with_document, with_item, with_key, with_mapping
from rea_xcom_tui.values.documents import read_documents
from rea_xcom_tui.values.errors import RefusedEdit, Unreadable


def rename(text: str) -> str:
    """Words of `etl` become those of `load`."""
    return text.replace("etl", "load")


def test_an_item_is_copied_with_its_comments_to_the_end_of_its_list() -> None:
    data = b"a:\n- name: etl  # ours\n  size: 1\n\n- name: ml\n# of the next key\nb: etl"
    assert with_item(data, 0, ("a",), 0, rename) == (
        b"a:\n- name: etl  # ours\n  size: 1\n\n- name: ml\n- name: load  # ours\n  size: 1\n# of the next key\nb: etl"
    )
    assert with_item(b"- etl", 0, (), 0, rename) == b"- etl\n- load\n"
    assert with_item(b"- etl\n- ml", 0, (), 0, rename) == b"- etl\n- ml\n- load\n"


def test_a_document_is_copied_to_the_end_of_its_file() -> None:
    assert with_document(b"name: etl", 0, rename) == b"name: etl\n---\nname: load\n"
    assert (
        with_document(b"# all\n---\na: ml\n---\na: etl\n", 1, rename)
        == b"# all\n---\na: ml\n---\na: etl\n---\na: load\n"
    )


def test_a_key_is_copied_under_its_new_name() -> None:
    assert with_key(b"etl:\n  path: s3://b/etl\n\nml: 1", "etl", "load", rename) == (
        b"etl:\n  path: s3://b/etl\n\nml: 1\nload:\n  path: s3://b/load\n"
    )


def test_a_mapping_gets_the_words_of_another_file() -> None:
    data = b"helm:\n  values:\n    a: 1\n    b: 2\n  last: true\n"
    assert with_mapping(data, ("helm", "values"), b"# fresh\nc:\n- 3\n\nd: 4") == (
        b"helm:\n  values:\n    # fresh\n    c:\n    - 3\n\n    d: 4\n  last: true\n"
    )


REFUSED: dict[str, tuple[Callable[[], object], str]] = {
    "a word that changes what YAML reads": (
        lambda: copied(b"a: x", lambda text: text.replace("x", "1")),
        "other names",
    ),
    "a list in brackets": (lambda: with_item(b"a: [etl]\n", 0, ("a",), 0, rename), "on one line, in brackets"),
    "a list that is not there": (lambda: with_item(b"a: 1\n", 0, ("b",), 0, rename), "the list is no longer there"),
    "an item beside a dash of others": (
        lambda: with_item(b"a: &x\n- k: etl\nb:\n- k: *x\n", 0, ("a",), 0, lambda text: text + "-"),
        "would not be there",
    ),
    "two dashes on one line": (lambda: with_item(b"a:\n- - etl\n  - ml\n", 0, ("a", 0), 0, rename), "meant"),
    "an anchor that would be there twice": (
        lambda: with_item(b"a:\n- &x etl\nb: *x\n", 0, ("a",), 0, rename),
        "",
    ),
    "documents without marks": (lambda: with_document(b"a: etl\n...\nb: 1\n", 1, rename), "cannot be told apart"),
    "a document whose name is a number then": (lambda: with_document(b"a: x", 0, lambda _: "a: [\n"), ""),
    "a name that is there already": (lambda: with_key(b"a: 1\nb: 1\n", "a", "b", rename), "b is there already"),
    "a key that is not there": (lambda: with_key(b"a: 1\n", "c", "b", rename), "there is no c to copy"),
    "a key in brackets": (lambda: with_key(b"{a: {x: 1}}\n", "a", "b", rename), "a has no line of its own"),
    "a key whose value is in brackets": (lambda: with_key(b"a: {x: 1}\n", "a", "b", rename), "has no line of its own"),
    "values in brackets": (lambda: with_mapping(b"a: {b: 1}\n", ("a",), b"c: 1\n"), "mapping in lines of its own"),
    "values that are several documents": (lambda: with_mapping(b"a:\n  b: 1\n", ("a",), b"---\n---\n"), "not one YAML"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_copied_exactly_is_refused(case: str) -> None:
    copy, why = REFUSED[case]
    with pytest.raises((RefusedEdit, Unreadable)) as refused:
        copy()
    assert why in str(refused.value)


def test_lists_and_texts_are_found_wherever_they_stand() -> None:
    data = b"a:\n- [x]\n- b: [y]\n---\nc: &c [z]\nd: *c\n"
    assert [(number, address) for number, address, _ in lists(data)] == [
        (0, ("a",)), (0, ("a", 0)), (0, ("a", 1, "b")), (1, ("c",)),
    ]  # fmt: skip
    assert list(scalars(read_documents(b"a: [x, {y: z}]\n").roots[0])) == ["a", "x", "y", "z"]
    assert plain(read_documents(b"a: [1, x]\n").roots[0]) == [("a", [1, "x"])]
    with pytest.raises(Unreadable):
        list(lists(b"a: [\n"))
