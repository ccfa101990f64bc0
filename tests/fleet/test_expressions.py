from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rea_xcom_tui.fleet.edit.expressions import evaluate, why_not_meant
from rea_xcom_tui.xcom.model import FieldName, Value


def lookup(name: str) -> Value:
    if name != "billing-etl":
        raise ValueError(f"no deployment is called {name}")
    return 4096


@pytest.mark.parametrize(
    ("field", "expression", "old", "new"),
    [
        ("threshold", "1MiB", 0, "1MiB"),
        ("threshold", "x2", 1024, "2048"),
        ("threshold", "x 1.5", 1001, "1501"),
        ("threshold", "*3", 5, "15"),
        ("threshold", "/4", 1026, "256"),
        ("threshold", "at most 64KiB", 1048576, "65536"),
        ("threshold", "at most 64KiB", 5, "5"),
        ("threshold", "at least 4 KiB", 0, "4096"),
        ("threshold", "max 64KiB", 1048576, "65536"),
        ("threshold", "MIN 4 KiB", 5, "4096"),
        ("threshold", "never => 0", -5, "0"),
        ("threshold", "64KiB => 0, 1MiB => 64KiB", 65536, "0"),
        ("threshold", "64KiB => 0, 1MiB => 64KiB", 1048576, "64KiB"),
        ("threshold", "64KiB => 0", 7, "7"),
        ("threshold", "unset => 0", None, "0"),
        ("threshold", "0 => unset", 0, None),
        ("threshold", "unset", 7, None),
        ("threshold", "copy billing-etl", 7, "4096"),
        ("compression", "zip => gzip", "zip", "gzip"),
        ("compression", "gz -> gzip, bz -> bz2", "gz", "gzip"),
        ("compression", "none", "zip", "none"),
        ("path", "s/old-bucket/new-bucket/", "s3://old-bucket/old-bucket", "s3://new-bucket/old-bucket"),
        ("path", "s|s3://a/|s3://b/|", "s3://a/x", "s3://b/x"),
        ("path", "s/a/b", "s3://x", "s3://x"),
        ("path", "s/a/b/g", "s3://a/a", "s3://b/b"),
        ("path", "s3://bucket/prefix", "s3://a", "s3://bucket/prefix"),
    ],
)
def test_expressions(field: FieldName, expression: str, old: Value, new: str | None) -> None:
    assert evaluate(field, expression, old, lookup) == new


@pytest.mark.parametrize(
    ("field", "expression", "old", "words"),
    [
        ("threshold", "", 1, "type the new threshold"),
        ("threshold", "x2", None, "no threshold to start from"),
        ("threshold", "x2", "10MB", "no threshold to start from"),
        ("threshold", "x2", -1, "never"),
        ("threshold", "/0", 5, "zero"),
        ("threshold", "at most lots", 5, "lots"),
        ("threshold", "at most never", 5, "bound"),
        ("compression", "zip =>", "zip", "pair"),
        ("path", "s/a/b/", None, "no text"),
        ("path", "s/a/b/c/", "s3://a", r"s\|old\|new\|"),
        ("threshold", "x0.0001", 5, "always"),
        ("threshold", "copy nobody", 5, "nobody"),
    ],
)
def test_what_cannot_be_worked_out_is_a_sentence(field: FieldName, expression: str, old: Value, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        evaluate(field, expression, old, lookup)


@given(st.integers(0, 2**53), st.integers(1, 1000))
def test_times_and_divided_by_a_whole_number_go_back_and_forth(old: int, number: int) -> None:
    grown = evaluate("threshold", f"x{number}", old, lookup)
    assert grown is not None
    assert evaluate("threshold", f"/{number}", int(grown), lookup) == str(old)


@given(st.text(max_size=30), st.one_of(st.none(), st.integers(-5, 10**12), st.text(max_size=10)))
def test_any_text_gives_a_value_or_a_sentence(text: str, old: Value) -> None:
    fields: tuple[FieldName, ...] = ("threshold", "path", "compression")
    for field in fields:
        with contextlib.suppress(ValueError):
            assert isinstance(evaluate(field, text, old, lookup), str | None)


def test_a_part_of_a_value_on_the_left_of_an_arrow_names_the_way_to_replace_it() -> None:
    told = why_not_meant("path", "old-bucket => new-bucket", "s3://old-bucket/billing")
    assert told == "has none of these values; s/old/new/ replaces a part of a value"
    assert why_not_meant("path", "other => new-bucket", "s3://old-bucket/billing") == "has none of these values"
    assert why_not_meant("threshold", "64KiB => 0", 7) == "has none of these values"
