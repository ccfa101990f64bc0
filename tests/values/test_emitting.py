"""How Go's YAML printer writes a string, by the rules of go-yaml's second version."""

from __future__ import annotations

import pytest
import yaml

from rea_xcom_tui.values.emitting import is_plain, style_of, written


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("word", "word"), ("two words", "two words"), ("a#b", "a#b"), ("a:b", "a:b"), ("?x", "?x"), ("-x", "-x"),
        (":x", ":x"), ("é", "é"), ("\xa0", "\xa0"), ("\ud7ff", "\ud7ff"), ("\ue000", "\ue000"), ("\ufffd", "\ufffd"),
        ("a~", "a~"), ("it's", "it's"), ("a\tb", "a\tb"),
        ("", '""'), ("~", '"~"'), ("yes", '"yes"'), ("No", '"No"'), ("012", '"012"'), ("1e3", '"1e3"'),
        ("12:30", '"12:30"'), ("2026-01-01", '"2026-01-01"'), ("2026-1-1", '"2026-1-1"'), ("null", '"null"'),
        ("\x07", '"\\x07"'), ("\x7f", '"\\x7F"'), ("\ufeff", '"\\uFEFF"'), ("😀", '"\\U0001F600"'), ("\0", '"\\0"'),
        ("a\rb", '"a\\rb"'), ('x"\x07\\', '"x\\"\\x07\\\\"'),
        ("a: b", "'a: b'"), ("a:", "'a:'"), ("a #b", "'a #b'"), ("#a", "'#a'"), ("- a", "'- a'"), ("-", "'-'"),
        ("? a", "'? a'"), ("---x", "'---x'"), ("...", "'...'"), (" a", "' a'"), ("a ", "'a '"), ("'a", "'''a'"),
        ("@a", "'@a'"), ("`a", "'`a'"), ("%a", "'%a'"), ("!a", "'!a'"), ("&a", "'&a'"), ("*a", "'*a'"), ("|a", "'|a'"),
        (">a", "'>a'"), ("[a", "'[a'"), ("]a", "']a'"), ("{a", "'{a'"), ("}a", "'}a'"), (",a", "',a'"), ('"a', "'\"a'"),
        ("a\nb", "|-\n  a\n  b"), ("a\nb\n", "|\n  a\n  b\n"), ("a\n\n", "|+\n  a\n\n"), ("a\n\nb", "|-\n  a\n\n  b"),
        ("a \nb", '"a \\nb"'), (" a\nb", '" a\\nb"'), ("a\nb ", '"a\\nb "'), ("a\n\x07", '"a\\n\\x07"'),
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
