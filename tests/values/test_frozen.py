"""Nodes that went through another process read as the ones that they were taken from."""

from __future__ import annotations

from rea_xcom_tui.values.documents import read_documents
from rea_xcom_tui.values.frozen import Frozen, state_of
from rea_xcom_tui.values.merged import Made, Merged, Part, Readable, plain

TEXT = "a:\n- 1\n- {b: null, 'c d': 012}\nb: &x {k: v}\nk: 1\n"


def same(one: Readable | None, other: Readable | None) -> None:
    assert one is not None
    assert other is not None
    assert (one.kind, one.value, one.text, one.name) == (other.kind, other.value, other.text, other.name)
    assert (one.line, one.column) == (other.line, other.column)
    assert len(one.items) == len(other.items)
    assert len(one.entries) == len(other.entries)
    for mine, theirs in zip(one.items, other.items, strict=True):
        same(mine, theirs)
    for (key, value), (their_key, their_value) in zip(one.entries, other.entries, strict=True):
        same(key, their_key)
        same(value, their_value)


def test_a_node_made_again_is_the_node() -> None:
    root = read_documents(TEXT).roots[0]
    state = state_of(root)
    assert state is not None
    again = Frozen(state)
    same(again, root)
    same(again.get("b"), root.get("b"))
    assert again.get("gone") is None
    assert again.items == ()
    scalar = again.get("k")
    assert scalar is not None
    assert (scalar.get("x"), scalar.entries, scalar.of_file) == (None, (), True)
    assert state_of(again) == state
    assert plain(Merged(again, Part(0))) == {"a": [1, {"b": None, "c d": 10}], "b": {"k": "v"}, "k": 1}


def test_of_two_keys_the_last_one_counts_and_made_values_are_of_no_file() -> None:
    state = state_of(Made({"a": [1]}))
    assert state is not None
    assert not Frozen(state).of_file
    (first, value), *_ = Frozen(state).entries
    kind, _, text, name, line, column, of_file, inner = state
    twice = Frozen((kind, None, text, name, line, column, of_file, (*inner, inner[0], state_of(Made(2)))))
    found = twice.get(first.name)
    assert value.kind == "sequence"
    assert found is not None
    assert found.value == 2


def test_merge_keys_cannot_leave_their_file() -> None:
    root = read_documents("x: &x {k: 1}\na:\n  <<: *x\n").roots[0]
    assert state_of(root) is None
    kept = root.get("x")
    assert kept is not None
    assert state_of(kept) is not None
