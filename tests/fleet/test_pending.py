from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rea_xcom_tui.fleet.edit.pending import Pending, SetField
from rea_xcom_tui.xcom.model import FieldName


def edit(deployment: str, new: int, field: FieldName = "threshold", old: int = 0) -> SetField:
    return SetField(deployment, field, old, new, str(new), deployment)


def test_a_bulk_edit_is_one_step() -> None:
    pending = Pending()
    pending.put([edit("a", 1), edit("b", 1)], "set threshold")
    assert pending.describe() == "2 edits in 2 deployments"
    step = pending.undo()
    assert step is not None
    assert step.title == "set threshold"
    assert len(pending) == 0
    pending.redo()
    assert [e.deployment for e in pending.edits] == ["a", "b"]


def test_an_edit_back_to_the_value_of_the_file_is_none() -> None:
    pending = Pending()
    pending.put([edit("a", 1)], "set")
    pending.put([edit("a", 0)], "set back")
    assert len(pending) == 0
    pending.undo()
    assert [e.new for e in pending.edits] == [1]
    assert pending.put([edit("a", 1)], "again") is None


def test_a_new_edit_ends_redo() -> None:
    pending = Pending()
    pending.put([edit("a", 1)], "one")
    pending.undo()
    pending.put([edit("a", 2)], "two")
    assert pending.redo() is None


def test_the_newest_edit_is_last() -> None:
    pending = Pending()
    pending.put([edit("a", 1, "threshold")], "one")
    pending.put([edit("a", 1, "path")], "two")
    pending.put([edit("a", 2, "threshold")], "three")
    assert [e.field for e in pending.edits] == ["path", "threshold"]


steps = st.lists(
    st.one_of(
        st.tuples(st.just("put"), st.sets(st.sampled_from("abc"), min_size=1), st.integers(0, 3)),
        st.tuples(st.just("drop"), st.sets(st.sampled_from("abc"), min_size=1), st.just(0)),
    ),
    max_size=12,
)


@given(steps)
def test_undoing_everything_and_redoing_it_ends_where_it_was(sequence: list[tuple[str, set[str], int]]) -> None:
    pending = Pending()
    for kind, names, value in sequence:
        if kind == "put":
            pending.put([edit(name, value) for name in sorted(names)], "put")
        else:
            pending.drop([(name, "threshold") for name in names], "drop")
    end = {e.key: e for e in pending.edits}
    count = 0
    while pending.undo():
        count += 1
    assert len(pending) == 0
    for _ in range(count):
        pending.redo()
    assert {e.key: e for e in pending.edits} == end
