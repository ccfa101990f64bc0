"""The quick reading of whole files says what the full reader says, or leaves the file to it."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from rea_xcom_tui.values import Node, Unreadable, ValuesFile, documents, quick
from rea_xcom_tui.values.documents import may_be_refused
from rea_xcom_tui.values.quick import read_quickly
from rea_xcom_tui.values.quick_node import QuickNode
from rea_xcom_tui.values.reading import decode
from rea_xcom_tui.values.section_alike import Alike

ROOT = Path(__file__).parents[2]
FILES = sorted(file for kind in ("yaml", "yml") for file in ROOT.glob(f"[a-z]*/**/*.{kind}"))
PIECES = (
    "\n", "\n\n", " ", "  ", "- ", ": ", "#", " #", '"', "'", "|\n  x\n", ">-\n", "{}", "[]", "{a: 1}", "[1, 2]", "&a ",
    "*a", "<<: ", "!!str ", "~", "null", "yes", "0777", "1_0", "\t", "---\n", "...\n", "%YAML", "? ", "\\n", '\\"', "é",
    "\u2028", "\r\n", "a: b", "- x", "-", "x:y", "`", "@", "?", ",", "key:\n", "  env:\n", "on: 1\n", '"q": 1\n',
    "\ufeff", "=", ".5", "::", "a:", ":a", "[", "]", "{", "}", ", ", '","', '":"', '{"a":1}',
    '[{"name":"A","value":"b"}]', '{"a": [], "b": {}}', '"<<":', "[a, b]", "x, y", "\\\\",
)  # fmt: skip


def agree(quick: QuickNode, full: Node, address: tuple[object, ...] = ()) -> None:
    """Every answer of one node, and of all below it, is that of the other."""
    for name in ("kind", "line", "column", "text", "layer"):
        assert getattr(quick, name) == getattr(full, name), (address, name)
    assert repr(quick.value) == repr(full.value), address
    assert (len(quick.items), len(quick.entries)) == (len(full.items), len(full.entries)), address
    for index, (one, other) in enumerate(zip(quick.items, full.items, strict=True)):
        agree(one, other, (*address, index))
    for (key, value), (full_key, full_value) in zip(quick.entries, full.entries, strict=True):
        agree(key, full_key, (*address, "key"))
        agree(value, full_value, (*address, key.text))
        found = full.get(full_key.name)
        assert quick.get(full_key.name) is value, address
        assert found is not None
        assert found.raw is full_value.raw, address


def compare(text: str) -> bool:
    """Whether the quick reader takes a text, which it must read as the full one does."""
    quick = read_quickly(text)
    if quick is None:
        return False
    full = ValuesFile.parse(text.encode())
    assert (full.documents, full.duplicates, full.merges, full.stream.aliases) == (1, [], [], [])
    agree(quick, full.root)
    return True


def judge(text: str) -> None:
    """Hold the quick reader to refusing what the full one refuses, and to reading alike what it takes."""
    try:
        ValuesFile.parse(text.encode())
    except Unreadable:
        assert read_quickly(text) is None
    else:
        compare(text)


def texts() -> list[str]:
    found = []
    for file in FILES:
        try:
            found.append(decode(file.read_bytes())[0])
        except Unreadable:
            continue
    return found


def test_every_fixture_and_sample() -> None:
    found = texts()
    taken = sum(map(compare, found))
    assert len(found) > 50
    assert taken > len(found) / 2
    plain = (text.replace("\r\n", "\n") for text in found)
    assert sum(compare(text.replace("\n", "\r\n")) for text in plain) == taken


@pytest.mark.parametrize("seed", range(4))
def test_mutilated_files(seed: int) -> None:
    choose = random.Random(seed)
    short = [text for text in texts() if 0 < len(text) < 4000]
    taken = 0
    for _ in range(400):
        text = choose.choice(short)
        for _ in range(choose.choice((1, 1, 2, 3))):
            text = mutilated(text, choose)
        taken += compare(text.replace("\n", "\r\n") if choose.random() < 0.2 else text)
    assert taken > 50


def mutilated(text: str, choose: random.Random) -> str:
    kind, at = choose.random(), choose.randrange(len(text) + 1)
    if kind < 0.5:
        return text[:at] + choose.choice(PIECES) + text[at:]
    if kind < 0.7:
        return text[:at] + text[at + choose.randrange(1, 6) :]
    lines = text.split("\n")
    number = choose.randrange(len(lines))
    if kind < 0.8:
        lines.insert(choose.randrange(len(lines)), lines[number])
    elif kind < 0.9:
        lines[number] = " " * choose.randrange(1, 4) + lines[number]
    else:
        lines[number] = lines[number][1:]
    return "\n".join(lines)


TAKEN = """\
# a comment before
namespace: etl  # and one behind
xcomBackend: 'it''s'
empty:
commonEnv:
- name: "A"
  value: "say \\"no\\""

# between
- name: B
  value: 0777
flow: {a: [1, "x"]}
json: [{"name":"A","value":"say \\"no\\""}, { "name": "B", "value": 0777 } , [true, null,1.5,[],{}]]  # and behind
list:
- {"name":"A","value":"#b: {c}"}
- []
- [ ]
- {"a":{"b":["c"]},"on":~}
block: |
  one

  two
labels:
    deep:
      er: ~
    list:
      - 1.0
      - s3://bucket/key#x
"""


def test_shapes_that_are_read_quickly() -> None:
    assert compare(TAKEN)
    assert compare(TAKEN.rstrip("\n"))
    assert compare(TAKEN.replace("\n", "\r\n"))
    assert compare(TAKEN.replace("\n", "\r\n", 7))


@pytest.mark.parametrize(
    "text",
    [
        "", "# nothing\n", "a: &x 1\nb: *x\n", "a: 1\n---\nb: 2\n", "---\na: 1\n", "a: 1\n...\n", "a: !!str 1\n",
        "base: &b {x: 1}\nc:\n  <<: *b\n", "a: 1\na: 2\n", "a:\n  b: 1\n  b: 2\n", "a:\r  b: 1\r", "a: 1\r\r\n",
        "a: x\ry\n", '"a\nb": 1\n',
        'a: "x\nb: y"\n', "a: {\nb: 1}\n", "- a\n", "? a\n: b\n", "%YAML 1.1\n---\na: 1\n", "a: 1\u2028b: 2\n",
        "a: b: c\n", "a:\n\t- b\n", " a: 1\n", "a: 1\n  b: 2\n", "on: 1\ntrue: 2\n", "a: 1\nb\n", "a: 'x\n",
    ],
)  # fmt: skip
def test_what_is_left_to_the_full_reader(text: str) -> None:
    assert read_quickly(text) is None


LONG = "k" * 2000


@pytest.mark.parametrize(
    "value",
    [
        '{"a":1}',
        '{"a": 1, "a": 2}',
        '{"a":1,}',
        "[1,2,]",
        "[,]",
        "[1 2]",
        '["a" "b"]',
        '{"a"}',
        '{"a":}',
        '{"<<":{"b":1}}',
        '{"a" :1}',
        '{"a":b:c}',
        '{"a":"b" #c\n}',
        "[1]#c",
        "[1] # c",
        "[1]]",
        "[[1]",
        '["\\t"]',
        '["\\\\"]',
        "[a#b]",
        "[a #b]",
        "[-1]",
        "[- 1]",
        "[1.]",
        "[0x1F, 1_000, .5, yes]",
        "['a']",
        "[a, b c]",
        f'{{"{LONG}":1}}',
        f'["{LONG}"]',
        "[" * 30 + "]" * 30,
        "[&a 1]",
        "[!!str 1]",
        '["é", 1]',
        '{"1":2, "true":3}',
        "{}}",
        "[] []",
        "[1]\n  ]",
        "[\n1]",
    ],
)
def test_brackets_on_one_line(value: str) -> None:
    for text in (f"key: {value}\n", f"key:\n- {value}\n- x\n", f"key:\n  inner: {value}\n"):
        judge(text)


ENTRIES = (
    "commonEnv:\n- name: A\n  value: {}\n- name: B\n  value: 'b'  # {}\n- plain\n- name: C\n  value: {}\nlast: {}\n"
)
SCALARS = (
    "1",
    '"two"',
    '"t\\"wo"',
    "x.y/z-1",
    "null",
    "'it''s'",
    "a: b",
    '"a" "b"',
    ".inf",
    '"é"',
    "'\x7f'",
    "{}",
    "[1]",
    "",
)


def test_sections_that_differ_in_scalars_only() -> None:
    for first in SCALARS:
        for second in SCALARS:
            for text in (ENTRIES.format(first, "c", "z", second), ENTRIES.format("a", second, first, "z")):
                judge(text)


def test_what_is_the_same_in_a_section_that_differs_is_not_made_again() -> None:
    one, other = (read_quickly(ENTRIES.format("1", "c", value, "z")) for value in ("y", '"w"'))
    assert one is not None
    assert other is not None
    known, made = one.get("commonEnv"), other.get("commonEnv")
    assert known is not None
    assert made is not None
    assert [a is b for a, b in zip(known.items, made.items, strict=True)] == [True, True, True, False]
    assert made.items[3].get("name") is known.items[3].get("name")


def test_another_thread_may_read_a_section_meanwhile() -> None:
    first, second, other = (f"env:\n- a: {one}\n- b: {two}\n" for one, two in ("12", "32", "14"))
    meanwhile: list[str] = []

    class Interrupted(QuickNode, eq=False):
        def __post_init__(self) -> None:
            if meanwhile:
                alike.read(meanwhile.pop(), 1)

    alike = Alike(Interrupted)
    alike.read(first, 1)
    meanwhile.append(other)
    found = alike.read(second, 1)
    assert found is not None
    assert [value.value for item in found[1].items for _, value in item.entries] == [3, 2]


@pytest.mark.parametrize(
    "more", ["", "b: 2", "- 2\n", "-- 2\n", "---\nb: 2\n", "  b: 2\n", "# b\n", "\n\nb: 2\n", "...\n", "é: 2\n"]
)
@pytest.mark.parametrize("section", ["a:\n- 1\n", "a:\n- 1", "a: |\n  x\n", "a: |\n  x\n--", "a: 1\n-"])
def test_what_follows_a_section_that_was_read_before(section: str, more: str) -> None:
    for text in (section, section + more, section + "c: 3\n", section + more + "c: 3\n", section):
        for _ in range(2):
            judge(text)


def test_json_on_one_line_needs_no_parser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quick, "read_events", None)
    assert compare(
        'commonEnv: [{"name":"A","value":"{\\"b\\": [1]}"},{"name": "C", "value": "d"}]\nlabels: {"a": "b"}\n'
    )


def test_a_key_that_is_too_long_for_a_parser_is_left_to_it() -> None:
    with pytest.raises(Unreadable):
        ValuesFile.parse(f"a:\n  {LONG}: 1\n".encode())
    assert read_quickly(f"a:\n  {LONG}: 1\n") is None


def test_what_helm_may_refuse_is_left_to_the_full_reader() -> None:
    for value in (".inf", ".NaN", '"a\\/b"'):
        assert read_quickly(f"a: 1\nb: {value}\n") is None


def test_the_quick_look_for_what_json_cannot_hold_is_never_wrong() -> None:
    parts = [
        *"a:~{},? \t\n\r\v\f\x1c\x1f!/\\.x",
        "null",
        "NULL",
        ".inf",
        ".NaN",
        "!!int",
        "\xa0",
        "\u2028",
        "\x85",
        "K",
    ]
    chance = random.Random(5)
    for _ in range(20_000):
        text = "".join(chance.choices(parts, k=chance.randint(0, 9)))
        assert documents._is_no_json(text) == bool(documents._NO_JSON.search(text)), repr(text)


def test_a_quick_look_finds_whatever_helm_may_refuse() -> None:
    marks = ("\\/", ".inf", ".nan", "null:", "null :", "~:", "~ :")
    for mark in marks:
        for text in (mark, mark.upper(), f"a: 1\n{mark} b", f"~null.\\ {mark}"):
            assert may_be_refused(text), text
    for text in ("a: ~", "a: null", "a: \\x", "a: inf", "nan", "~x:", "nullx:", "/\\", ""):
        assert not may_be_refused(text), text
