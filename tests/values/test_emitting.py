"""How Go's YAML printer writes a string, by the rules of go-yaml's second version."""

from __future__ import annotations

import pytest
import yaml

from rea_xcom_tui.layouts.gotemplate.yamltext import to_yaml
from rea_xcom_tui.values.emitting import is_plain, style_of, written


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("word", "word"), ("two words", "two words"), ("a#b", "a#b"), ("a:b", "a:b"), ("?x", "?x"), ("-x", "-x"),
        (":x", ":x"), ("é", "é"), ("\xa0", "\xa0"), ("\ud7ff", "\ud7ff"), ("\ue000", "\ue000"), ("\ufffd", "\ufffd"),
        ("a~", "a~"), ("it's", "it's"),
        ("", '""'), ("~", '"~"'), ("yes", '"yes"'), ("No", '"No"'), ("012", '"012"'), ("1e3", '"1e3"'),
        ("12:30", '"12:30"'), ("2026-01-01", '"2026-01-01"'), ("2026-1-1", '"2026-1-1"'),
        ("a\tb", '"a\\tb"'), ("a\tb\nc", '"a\\tb\\nc"'),
        ("null", '"null"'),
        ("\x07", '"\\x07"'), ("\x7f", '"\\x7F"'), ("\ufeff", '"\\uFEFF"'), ("😀", '"\\U0001F600"'), ("\0", '"\\0"'),
        ("a\rb", '"a\\rb"'), ('x"\x07\\', '"x\\"\\x07\\\\"'),
        ("a: b", "'a: b'"), ("a:", "'a:'"), ("a #b", "'a #b'"), ("#a", "'#a'"), ("- a", "'- a'"), ("-", "'-'"),
        ("? a", "'? a'"), ("---x", "'---x'"), ("...", "'...'"), (" a", "' a'"), ("a ", "'a '"), ("'a", "'''a'"),
        ("@a", "'@a'"), ("`a", "'`a'"), ("%a", "'%a'"), ("!a", "'!a'"), ("&a", "'&a'"), ("*a", "'*a'"), ("|a", "'|a'"),
        (">a", "'>a'"), ("[a", "'[a'"), ("]a", "']a'"), ("{a", "'{a'"), ("}a", "'}a'"), (",a", "',a'"), ('"a', "'\"a'"),
        ("a\nb", "|-\n  a\n  b"), ("a\nb\n", "|\n  a\n  b\n"), ("a\n\n", "|+\n  a\n\n"), ("a\n\nb", "|-\n  a\n\n  b"),
        ("\na", "|2-\n\n  a"), (" a\nb\n", "|2\n   a\n  b\n"), ("\n\n", "|2+\n\n\n"), ("\n", "|2+\n\n"),
        ("a \nb", '"a \\nb"'), ("a\nb ", '"a\\nb "'), ("a\n\x07", '"a\\n\\x07"'),
    ],
)  # fmt: skip
def test_a_string_gets_the_quotes_that_it_needs(text: str, printed: str) -> None:
    assert written(text) == printed
    if text.isprintable() and "\n" not in text and printed[:1] != '"':
        assert yaml.safe_load(f"v: {printed}\n")["v"] == text


def test_plain_and_styles() -> None:
    assert not is_plain("")
    assert not is_plain("a\nb")
    assert [style_of(text) for text in ("a", "a: b", "yes", "a\nb")] == ["", "'", '"', "|"]


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("2026-01-01", True), ("2026-1-1", True), ("2026-1-1T1:2:3Z", True), ("2026-01-01   10:00:00,5", True),
        ("2026-13-01", False), ("2026-01-01T10:00:00", False), ("2026-01-01 10:00:00Z", False), ("2026-01-01 x", False),
    ],
)  # fmt: skip
def test_a_date_or_time_that_go_reads_gets_quotes_in_both_printers(text: str, is_one: bool) -> None:
    assert written(text) == (f'"{text}"' if is_one else text)
    assert to_yaml({"k": text}) == f"k: {written(text)}"
