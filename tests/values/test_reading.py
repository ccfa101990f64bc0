"""Reading: Helm's values, exact places, duplicates, merges, comments, and what is not a values file."""

from __future__ import annotations

import math
import subprocess
import sys

import pytest

from rea_xcom_tui.edits import Scalar
from rea_xcom_tui.values import Duplicate, Merge, Unreadable, ValuesFile
from rea_xcom_tui.values import events as events_module
from rea_xcom_tui.values.events import read_events
from rea_xcom_tui.values.resolve import resolve
from rea_xcom_tui.values.splice import signature

from .situations import load_situations

# as sigs.k8s.io/yaml, which Helm links, reads them
HELM = {
    **dict.fromkeys(("yes", "Yes", "on", "y", "Y", "true", "True", "TRUE"), True),
    **dict.fromkeys(("no", "off", "n", "N", "false"), False),
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("0777", "0o777", "0x1FF", "0b111111111", "5_11", "+511", "511.0", "51.1e1"), 511),
    **dict.fromkeys(("08", "8.", "8e0"), 8),
    ".5": 0.5,
    "-.5": -0.5,
    "1e3": 1000,
    "012345678901": 12345678901,
    "-0x10": -16,
    "18446744073709551615": 2**64 - 1,
    "18446744073709551616": 18446744073709551616,
    **{
        same: same
        for same in ("1:30", "190:20:30", "2024-01-01", "2024-01-01T10:00:00Z", "<<", "=", "1e400", "nO", "tRue")
    },
    **{
        same: same
        for same in ("0o8", "0b2", "1.2.3", "--1", "1__", "._5", "0x", "-", "+", ".", "..", "2Gi", "1,000", "_1")
    },
}


@pytest.mark.parametrize("text", HELM)
def test_scalars_are_read_as_helm_reads_them(text: str) -> None:
    wanted: Scalar = HELM[text]
    if text == "1__":
        wanted = 1
    found = resolve(text)
    assert found == wanted
    assert type(found) is type(wanted)


def test_infinities_which_helm_rejects_are_floats() -> None:
    assert resolve(".inf") == math.inf
    assert resolve("-.Inf") == -math.inf
    assert math.isnan(float(str(resolve(".NaN"))))


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("'5'", "5"),
        ('"yes"', "yes"),
        ("!!str 5", "5"),
        ('!!int "5"', 5),
        ("!custom 5", "5"),
        ("! '5'", "5"),
        ("! yes", "yes"),
        ("!!binary aGk=", "hi"),
        ("!!merge 5", "5"),
        ('"it\\\'s"', "it's"),
        ("\"\u00e4 \\' \\' b\"", "\u00e4 ' ' b"),
        ("'it\\'", "it\\"),
        ("|-\n  5", "5"),
        ("5 # c", 5),
    ],
)
def test_quotes_and_tags_decide_on_the_type(written: str, value: Scalar) -> None:
    node = ValuesFile.parse(f"a: {written}\n".encode()).find(("a",))
    assert node is not None
    assert node.value == value
    assert type(node.value) is type(value)


def test_a_node_knows_its_place() -> None:
    file = ValuesFile.parse("\ufeff# ä\r\nkey: &a\r\n  - 'x😀': \"y\"\r\n  - [1, z]\r\n".encode())
    value = file.find(("key", 0, "x😀"))
    assert value is not None
    assert (value.line, value.column, value.style) == (3, 11, '"')
    assert file.text[value.start : value.end] == '"y"'
    key = file.find(("key",))
    assert key is not None
    assert (key.anchor, key.kind, key.is_flow, len(key.items)) == ("a", "sequence", False, 2)
    assert file.text[key.start : key.end].endswith("[1, z]")
    assert (file.bom, file.newline, file.documents) == (True, "\r\n", 1)
    assert file.encode().startswith(b"\xef\xbb\xbf")


def test_the_text_of_a_tilde_stays_and_its_value_is_none() -> None:
    node = ValuesFile.parse(b"a: ~\n").find(("a",))
    assert node is not None
    assert (node.text, node.value) == ("~", None)


def test_keys_have_the_names_that_helm_gives_them() -> None:
    file = ValuesFile.parse(b"on: 1\n8080: 2\n1.5: 3\n0x10: 4\n'yes': 5\n")
    assert [key.name for key, _ in file.root.entries] == ["true", "8080", "1.5", "16", "yes"]
    found = file.find(("true",))
    assert found is not None
    assert found.value == 1
    assert file.find(("on",)) is None


def test_the_last_of_duplicate_keys_counts() -> None:
    file = ValuesFile.parse(b"a: 1\nb:\n  - {c: 1, c: 2, c: 3}\na: 2\n")
    found = file.find(("a",))
    assert found is not None
    assert found.value == 2
    assert list(file.duplicates) == [Duplicate((), "a", (1, 4)), Duplicate(("b", 0), "c", (3, 3, 3))]
    words = ValuesFile.parse(b"a: red\nb: blue\na: green\nc: red\n")
    assert list(words.duplicates) == [Duplicate((), "a", (1, 3))], "of keys and values that are all plain words"


def test_the_last_of_list_items_of_one_name_counts() -> None:
    file = ValuesFile.parse(b"env:\n  - {name: A, value: x}\n  - {name: A, value: z}\n  - other\n")
    found = file.find(("env", ("name", "A"), "value"))
    assert found is not None
    assert found.text == "z"
    assert file.find(("env", ("name", "B"))) is None
    assert file.find(("env", 9)) is None
    assert file.find(("env", 0, "value", "deeper")) is None


MERGED = b"""\
base: &base {x: 1, own: 1}
more: &more {x: 2, extra: 2}
after: {x: 9, <<: *base}
before: {<<: *base, x: 9}
several: {<<: [*base, *more]}
two: {<<: *base, <<: *more}
chain: &chain {<<: *base, z: 3}
far: {<<: *chain}
not: {"<<": *base}
"""


@pytest.mark.parametrize(
    ("address", "value"),
    [
        (("after", "x"), 1),  # a merge that stands after the key wins over it
        (("before", "x"), 9),
        (("several", "x"), 1),  # of a list the first wins
        (("several", "extra"), 2),
        (("two", "x"), 2),  # of two merges the last wins
        (("two", "own"), 1),
        (("far", "own"), 1),
        (("far", "z"), 3),
        (("not", "x"), None),
    ],
)
def test_merges_follow_the_order_of_helms_reader(address: tuple[str, ...], value: int | None) -> None:
    found = ValuesFile.parse(MERGED).find(address)
    assert (None if found is None else found.value) == value


def test_merges_are_listed() -> None:
    merges = ValuesFile.parse(MERGED).merges
    assert merges[0] == Merge(("after",), 3, ("base",))
    assert merges[2] == Merge(("several",), 5, ("base", "more"))
    assert len(merges) == 7


def test_aliases_are_followed_and_stand_where_they_are_written() -> None:
    file = ValuesFile.parse(b"a: &x {k: v}\nb: *x\n")
    node = file.find(("b",))
    assert node is not None
    assert (node.kind, node.is_alias, node.line, node.anchor) == ("mapping", True, 2, "x")
    inner = file.find(("b", "k"))
    assert inner is not None
    assert (inner.text, inner.line) == ("v", 1)


COMMENTED = b"""\
# head
a: "x # no"  # yes
b: 'it''s # no'
c: |  # header
  # no
d: x#no
e: {f: "#", g: 1} # end
h: >-
  # no
   # no

  #tail
"""


@pytest.mark.parametrize(
    ("line", "comment"),
    [(1, "head"), (2, "yes"), (3, None), (4, "header"), (5, None), (6, None), (7, "end"), (9, None), (10, None)],
)
def test_comments_are_told_from_values(line: int, comment: str | None) -> None:
    assert ValuesFile.parse(COMMENTED).comment_on(line) == comment


def test_lines_outside_of_the_file_have_no_comment() -> None:
    file = ValuesFile.parse(b"a: 1 # c")
    assert [file.comment_on(line) for line in (0, 1, 2)] == [None, "c", None]


@pytest.mark.parametrize("data", [b"", b"# nothing\n", b"---\n", b"--- ~\n", b"{}\n", b"\xef\xbb\xbf"])
def test_a_file_without_content_is_an_empty_mapping(data: bytes) -> None:
    file = ValuesFile.parse(data)
    assert (file.root.kind, list(file.root.entries), file.root.get("a"), file.root.value) == ("mapping", [], None, None)


@pytest.mark.parametrize(
    ("data", "documents"),
    [
        (b"a: 1\n---\nb: 1\n", 2),
        (b"a: 1\n---\n@\n", 2),
        (b"---\na: 1\n...\n---\nb: 1\n---\n", 2),
        (b"a: 1\n---\n# end\n", 1),
    ],
)
def test_only_the_first_document_is_read(data: bytes, documents: int) -> None:
    file = ValuesFile.parse(data)
    assert (file.documents, [key.name for key, _ in file.root.entries]) == (documents, ["a"])


@pytest.mark.parametrize(
    ("data", "line", "column", "words"),
    [
        (b"a: [\n", 2, 1, "not YAML"),
        (b"a: 1\nb: {{ .Values.x }}\n", 2, 5, "template"),
        (b"a: 1\n b: 2\n", 2, 3, "not YAML"),
        (b"a: 'x\n", 2, 1, "not YAML"),
        (b"a: @x\n", 1, 4, "not YAML"),
        (b"a:\n\tb: 1\n", 2, 1, "not YAML"),
        (b"a: *x\n", 1, 4, "unknown anchor x"),
        (b"a: &x\n  b: *x\n", 2, 6, "anchor that it is part of"),
        (b"a: &x [1]\n*x : 1\n", 2, 1, "list or mapping as a key"),
        (b"- a\n", 1, 1, "a list"),
        (b"just text\n", 1, 1, "a single value"),
        (b"%YAML 1.2\n---\na: 1\n", 1, 1, "YAML 1.2"),
        (b"a: 1\nb: \x01\n", 2, 4, "not YAML"),
        (b"a: 1\nb: \0\n", 2, 4, "NUL"),
        (b"a: 1\nb: \xe9\n", 2, 4, "UTF-8"),
        ("a: 1\n".encode("utf-16"), 1, 1, "UTF-16"),
        (b"#" * 2_000_001, 0, 0, "2,000,001 bytes"),
        (b"[" * 200, 1, 101, "100 levels"),
    ],
)
def test_what_is_no_values_file(data: bytes, line: int, column: int, words: str) -> None:
    with pytest.raises(Unreadable, match=words) as caught:
        ValuesFile.parse(data)
    assert (caught.value.line, caught.value.column) == (line, column)
    assert str(caught.value).endswith(".")
    assert caught.value.exit_code == 2


def test_line_breaks_that_only_some_tools_know_are_found() -> None:
    assert ValuesFile.parse(b"a: 1\rb: 2\n").odd_break == 4
    assert ValuesFile.parse("a: 'x\u2028y'\n".encode()).odd_break == 5
    assert ValuesFile.parse(b"a: 1\r\n").odd_break is None


def test_the_pure_parser_gives_the_same_events() -> None:
    """Where PyYAML came without libyaml, its pure parser takes its place."""
    compared = 0
    for situation in load_situations():
        if situation.refused == "unreadable" or "\t" in situation.before or "b: ," in situation.before:
            continue
        text = situation.before.removeprefix("\ufeff")
        fast, pure = read_events(text), read_events(text, fast=False)
        assert list(map(signature, fast.events)) == list(map(signature, pure.events)), situation.name
        marks = [
            [(e.start_mark.index, e.end_mark.index) for e in each.events if hasattr(e, "value")]
            for each in (fast, pure)
        ]
        assert marks[0] == marks[1], situation.name
        compared += 1
    assert compared > 250


def test_without_the_c_parser_files_are_read_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events_module, "has_c_parser", lambda: False)
    file = ValuesFile.parse(b"a: &x [1, 0o17]\nb: *x\n")
    found = file.find(("b", 1))
    assert found is not None
    assert found.value == 15
    with pytest.raises(Unreadable, match="line 2, column"):
        ValuesFile.parse(b"a: 1\n b: 2\n")
    with pytest.raises(Unreadable, match="not YAML"):
        ValuesFile.parse(b"a: \x01\n")


def test_no_yaml_library_is_imported_before_the_first_parse() -> None:
    code = (
        "import sys, rea_xcom_tui.values as v; assert not {'yaml', 'ruamel.yaml'} & set(sys.modules);"
        "v.ValuesFile.parse(b'a: 1'); assert 'ruamel.yaml' not in sys.modules;"
        "v.edit(b'a: 1', [v.SetText(('a',), 'x')]); assert 'ruamel.yaml' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
