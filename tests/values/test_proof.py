"""The proof: what does not pass it is refused, whoever made the plan."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from rea_xcom_tui.values import (
    AddKey,
    AppendItem,
    InBlock,
    RefusedEdit,
    SetMember,
    SetText,
    Unreadable,
    ValuesFile,
    edit,
    second_reader,
)
from rea_xcom_tui.values import events as events_module
from rea_xcom_tui.values.splice import RAW, STRING, Expected, Splice, carry_out

from .situations import Situation, load_situations

FUZZ = Path(__file__).parents[2] / "benchmarks/fuzz_values.py"


def attempt(text: str, splice: Splice) -> str:
    return carry_out(ValuesFile.parse(text.encode()), splice).text


def test_a_splice_that_does_what_it_says_is_carried_out() -> None:
    splice = Splice(3, 6, "new", 4, 5, (Expected(STRING, "new"),))
    assert attempt("a: old\nb: 1\n", splice) == "a: new\nb: 1\n"


@pytest.mark.parametrize(
    ("text", "splice", "why"),
    [
        ("a: old\nb: 1\n", Splice(3, 6, "'new", 4, 5, (Expected(STRING, "new"),)), "no longer be readable"),
        ("a: old\nb: 1\n", Splice(3, 6, "x\nc: y", 4, 5, (Expected(STRING, "x"),)), "more than the intended"),
        ("a: old\nb: 1\n", Splice(3, 11, "new\nb: 2", 4, 5, (Expected(STRING, "new"),)), "a value other than"),
        ("a: old\nb: 1\n", Splice(0, 6, "c: new", 4, 5, (Expected(STRING, "new"),)), "a value other than"),
        ("a: old\nb: 1\n", Splice(3, 6, "new", 4, 5, (Expected(STRING, "other"),)), "read back"),
        ("a: old\nb: 1\n", Splice(3, 6, "5", 4, 5, (Expected(STRING, "5"),)), "read back"),
        ("a: old\nb: 1\n", Splice(3, 6, "!!int 5", 4, 5, (Expected(RAW, "5"),)), "read back"),
        ("a: old\nb: 1\n", Splice(3, 6, "! '5'", 4, 5, (Expected(STRING, "5"),)), "read back"),
        ("a: old\nb: 1\n", Splice(3, 6, "&x new", 4, 5, (Expected(STRING, "new"),)), "read back"),
        ("a: old\n", Splice(3, 7, "new\n---\nb: 1\n", 4, 5, (Expected(STRING, "new"),)), "more than the intended"),
    ],
)
def test_a_splice_that_does_something_else_is_refused(text: str, splice: Splice, why: str) -> None:
    with pytest.raises(RefusedEdit, match=why) as caught:
        attempt(text, splice)
    assert caught.value.code == "proof"
    assert caught.value.line == 1
    assert caught.value.exit_code == 3


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    """What the second reader has seen in other tests is forgotten, and what it sees in these."""
    second_reader._second_signatures.cache_clear()
    yield
    second_reader._second_signatures.cache_clear()


def test_the_second_reader_has_the_last_word(monkeypatch: pytest.MonkeyPatch) -> None:
    real = second_reader._second_events

    def short_sighted(text: str) -> list[object]:
        return [event for event in real(text) if getattr(event, "value", None) != "unrelated"]

    data = b"a:\n  b: old\n  c: unrelated\nd: unrelated\n"
    monkeypatch.setattr(second_reader, "_second_events", short_sighted)
    with pytest.raises(RefusedEdit, match="a second YAML reader disagrees") as caught:
        edit(data, [SetText(("a", "b"), "new")])
    assert (caught.value.code, caught.value.line) == ("proof", 1)
    monkeypatch.undo()
    second_reader._second_signatures.cache_clear()
    assert edit(data, [SetText(("a", "b"), "new")]) == data.replace(b"old", b"new")


def test_the_second_reader_looks_at_the_touched_sections_only(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    real = second_reader._second_events

    def watched(text: str) -> object:
        seen.append(text)
        return real(text)

    monkeypatch.setattr(second_reader, "_second_events", watched)
    edit(
        b"# head\na: old\nb: 1\nc:\n  d: old\ne: 1\n",
        [SetText(("a",), "x"), SetText(("c", "d"), "x"), AddKey((), "k", "v")],
    )
    assert seen == ["a: old\n", "a: x\n", "c:\n  d: old\n", "c:\n  d: x\n", "k: v\n"]


@pytest.mark.parametrize(
    ("data", "outcome"),
    [
        (b"a:\told\t# c\n", b"a:\tnew\t# c\n"),
        (b"a: {\tb: old,\tc: [1,\t2] }\n", None),
        (b"a: old\nb: |\t\n  x\ty\n", b"a: new\nb: |\t\n  x\ty\n"),
    ],
)
def test_tabs_that_only_the_first_reader_accepts(data: bytes, outcome: bytes | None) -> None:
    address = ("a",) if outcome else ("a", "b")
    assert edit(data, [SetText(address, "new")]) == (outcome or data.replace(b"old", b"new"))


def test_a_section_that_the_second_reader_cannot_read_is_not_edited() -> None:
    data = b"a:\n  b: old\n  c: |# no blank\n    x\nd: old\n"
    with pytest.raises(RefusedEdit, match="a second YAML reader") as caught:
        edit(data, [SetText(("a", "b"), "new")])
    assert caught.value.code == "proof"


def test_a_section_beside_it_is_edited() -> None:
    data = b"a:\n  b: old\n  c: |# no blank\n    x\nd: old\n"
    assert edit(data, [SetText(("d",), "new")]) == data.replace(b"d: old", b"d: new")


def test_edits_are_proved_without_libyaml_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """Then PyYAML's pure parser is the first reader; it does not read tabs between tokens."""
    monkeypatch.setattr(events_module, "has_c_parser", lambda: False)
    tried = 0
    for situation in load_situations():
        if situation.after is not None and not any(odd in situation.before for odd in ("\t", "b: ,")):
            assert edit(situation.before.encode(), situation.edits).decode() == situation.after, situation.name
            tried += 1
    assert tried > 200


def test_a_section_too_large_to_prove_is_refused() -> None:
    data = b"a:\n  b: old\n" + b"  # padding\n" * 90_000 + b"c: old\n"
    with pytest.raises(RefusedEdit) as caught:
        edit(data, [SetText(("a", "b"), "new")])
    assert (caught.value.code, caught.value.line) == ("too-large", 1)
    assert edit(data, [SetText(("c",), "new")]) == data.replace(b"c: old", b"c: new")


def test_a_long_text_beside_an_edit_is_in_nobodys_way() -> None:
    data = b'a:\n  b: "' + b"x" * 100_000 + b'"\n  c: old\n'
    assert edit(data, [SetText(("a", "c"), "new")]) == data.replace(b"old", b"new")


@pytest.mark.parametrize("end", ["---\n", "---", "---\n# the end\n", "...\n---\n"])
def test_an_empty_document_at_the_end_is_none(end: str) -> None:
    data = f"a: old\nb: |\n  x\n{end}".encode()
    assert edit(data, [SetText(("a",), "new"), AddKey((), "c", "d")]) == f"a: new\nb: |\n  x\nc: d\n{end}".encode()


def test_a_file_with_too_many_values_is_refused() -> None:
    data = b"".join(b"k%d: 1\n" % at for at in range(16_000))
    assert ValuesFile.parse(data).documents == 1
    with pytest.raises(RefusedEdit) as caught:
        edit(data, [SetText(("k1",), "new")])
    assert caught.value.code == "too-large"


@pytest.mark.parametrize(
    "change",
    [
        SetText(("a",), "\ud800"),
        AddKey((), "\udfff", "v"),
        AddKey((), "k", "x\ud800"),
        AppendItem(("env",), (("name", "\ud800"),)),
        SetMember(("j",), ("k",), "\ud83d"),
        InBlock(("b",), (SetText(("x",), "\ud800"),)),
    ],
)
def test_half_a_character_is_refused(change: SetText | AddKey | AppendItem | SetMember | InBlock) -> None:
    with pytest.raises(RefusedEdit) as caught:
        edit(b"a: old\nenv: []\nj: '{}'\nb: |\n  x: 1\n", [change])
    assert caught.value.code == "text"


def test_a_refusal_never_tells_the_value() -> None:
    """Values hold passwords; a sentence goes to screens and logs."""
    secret = "hunter2"
    told: list[str] = []
    for situation in load_situations():
        if situation.refused is None:
            continue
        data = situation.before.replace("old", secret).encode()
        try:
            edit(data, with_secret(situation, secret))
        except (RefusedEdit, Unreadable) as error:
            told.append(str(error))
    assert len(told) > 40
    assert not [sentence for sentence in told if secret in sentence]


def with_secret(situation: Situation, secret: str) -> list[SetText | AddKey | AppendItem]:
    return [
        SetText(each.address, secret) if isinstance(each, SetText) else each
        for each in situation.edits
        if isinstance(each, SetText | AddKey | AppendItem)
    ] or [SetText(("a",), secret)]


def test_no_edits_are_no_change() -> None:
    assert edit(b"a: 1\r\n", []) == b"a: 1\r\n"


def test_the_fuzz_finds_nothing_wrong() -> None:
    run = subprocess.run(
        [sys.executable, str(FUZZ), "--edits", "200", "--seed", "7"], capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert " 0 wrong" in run.stdout


LIST = (
    "# head\nenv:  # these\n{d}- name: A\n{d}  value: '1'  # one\n\n{d}# about B\n{d}- name: B\n{d}  value: |+\n"
    '{d}    text\n\n{d}- {{name: C, value: "x"}}\n{d}- plain\n{d}- - 1\n{d}  - 2\n# tail\nother: 1\n'
)


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("indent", ["", "  "])
def test_a_list_in_pieces_is_read_like_the_whole_of_it(indent: str, newline: str) -> None:
    file = ValuesFile.parse(LIST.format(d=indent).replace("\n", newline).encode())
    section = second_reader._sections(file)[0]
    pieces = list(second_reader._pieces(file, section, section.events(file)))
    assert len(pieces) == 5
    whole = second_reader._second_signatures(section.text)[1:-1]
    parts = [second_reader._second_signatures(text)[1:-1] for text, _, _ in pieces]
    assert all(part[:2] == whole[:2] and part[-1] == whole[-1] for part in parts)
    assert [each for part in parts for each in part[2:-1]] == list(whole[2:-1])
    assert (
        "".join(text.removeprefix("env:\n") if at else text for at, (text, _, _) in enumerate(pieces)) == section.text
    )


@pytest.mark.parametrize(
    "text",
    [
        "env: [{name: A, value: '1'},\n  {name: B, value: '2'}]\n",
        "env: &all\n- name: A\n- name: B\n",
        "env: !x\n- name: A\n- name: B\n",
        "env:\n- name:\tA\n- name: B\n",
        "env:\n-\n  name: A\n- name: B\n",
        "env:\n  A: 1\n  B: 2\n",
    ],
)
def test_what_is_no_plain_block_list_is_read_as_a_whole(text: str) -> None:
    file = ValuesFile.parse(text.encode())
    section = second_reader._sections(file)[0]
    assert [piece for piece, _, _ in second_reader._pieces(file, section, section.events(file))] == [section.text]


def test_every_item_of_a_touched_list_is_read_and_equal_ones_once(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    real = second_reader._second_events

    def watched(text: str) -> object:
        seen.append(text)
        return real(text)

    monkeypatch.setattr(second_reader, "_second_events", watched)
    data = b"env:\n- name: A\n  value: old\n- name: B\n  value: '2'\n- name: C\n  value: '3'\n"
    for other in (b"", b"x: 1\n"):
        edit(other + data, [SetText(("env", ("name", "A"), "value"), "new")])
    assert sorted(seen) == sorted(
        [
            "env:\n- name: A\n  value: old\n",
            "env:\n- name: A\n  value: 'new'\n",
            "env:\n- name: B\n  value: '2'\n",
            "env:\n- name: C\n  value: '3'\n",
        ]
    )


def test_an_item_beside_the_edited_one_that_the_second_reader_sees_otherwise_refuses(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real = second_reader._second_events
    monkeypatch.setattr(
        second_reader, "_second_events", lambda text: [e for e in real(text) if getattr(e, "value", None) != "C"]
    )
    data = b"env:\n- name: A\n  value: old\n- name: B\n  value: '2'\n- name: C\n  value: '3'\n"
    with pytest.raises(RefusedEdit, match="a second YAML reader disagrees"):
        edit(data, [SetText(("env", ("name", "A"), "value"), "new")])
