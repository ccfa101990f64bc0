"""Files that are parsed section by section say, and become, what they would if they were parsed as a whole."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

import pytest

from rea_xcom_tui.values import Edit, RefusedEdit, SetMember, SetText, Unreadable, ValuesFile, edit_file
from rea_xcom_tui.values import events as events_module
from rea_xcom_tui.values import sectioned as sectioned_module
from rea_xcom_tui.values.sectioned import SectionedFile, in_sections
from rea_xcom_tui.values.splice import signature

from .situations import load_situations
from .test_quick import TAKEN, mutilated, texts

NEW = (
    "new",
    "",
    "yes",
    "a: b # c",
    "it's",
    'say "x"',
    "two\nlines\n",
    "a\n\nb",
    " lead",
    "#",
    "---",
    "&x",
    "1",
    "\u2028",
)


def take_apart(text: str) -> bool:
    """Whether a text is read in sections, whose events and comments must be those of the whole."""
    try:
        file = in_sections(text.encode())
    except (Unreadable, UnicodeEncodeError):
        return False
    if not isinstance(file, SectionedFile):
        return False
    whole = ValuesFile.parse(text.encode())
    expected = [(signature(each), *place(each)) for each in whole.stream.events[3:-2]]
    assert list(joined(file)) == expected
    assert whole.documents == file.documents == 1
    lines = range(len(whole.line_starts()) + 2)
    assert [file.comment_on(line) for line in lines] == [whole.comment_on(line) for line in lines]
    return True


def place(event: object, offset: int = 0, line: int = 0) -> tuple[int, ...]:
    marks = event.start_mark, event.end_mark  # type: ignore[attr-defined]
    # What ends a block collection has no place of its own: its mark is that of whatever comes next.
    if event.__class__.__name__ in ("MappingEndEvent", "SequenceEndEvent"):
        return ()
    return tuple(number for mark in marks for number in (mark.index + offset, mark.line + line, mark.column))


def joined(file: SectionedFile) -> Iterator[tuple[object, ...]]:
    for part, offset in file.parts_between(0, len(file.text)):
        line = file.text.count("\n", 0, offset)
        for event in part.stream.events[3:-2]:
            yield (signature(event), *place(event, offset, line))


def damaged(choose: random.Random, short: list[str]) -> str:
    text = choose.choice(short)
    for _ in range(choose.choice((1, 1, 2, 3))):
        text = mutilated(text, choose)
    return text.replace("\n", "\r\n") if choose.random() < 0.2 else text


def known_texts() -> list[str]:
    found = [*texts(), *(situation.before for situation in load_situations())]
    return sorted(text for text in found if 0 < len(text) < 4000)


def test_every_fixture_and_sample() -> None:
    found = known_texts()
    assert sum(map(take_apart, found)) > len(found) / 2
    assert take_apart(TAKEN)
    assert take_apart(TAKEN.rstrip("\n"))


@pytest.mark.parametrize("seed", range(4))
def test_mutilated_files(seed: int) -> None:
    choose, short = random.Random(seed), known_texts()
    assert sum(take_apart(damaged(choose, short)) for _ in range(500)) > 50


@pytest.mark.parametrize(
    "text",
    [
        "a: &x 1\nb: *x\n", "a: &x 1\nb: 2\n", "a: 1\n---\nb: 2\n", "a: 1\n...\nb: 2\n", "---\na: 1\n", "a: 1\na: 2\n",
        "%YAML 1.1\n---\na: 1\n", "a: [\nb: 1]\n", "a: 'x\nb: y'\n", "? a\n: 1\n", "? a\nb: 2\n", "a: 1\nsops: {}\n",
        "name: TOKEN\nvalue: x\n", "<<: {a: 1}\nb: 2\n", "a: 1\n\ufeffb: 2\n", "a: 1\x85b: 2\n", "a:\r  b: 1\r",
        'a: "it\\\'s"\nb: 1\n', "&a b: 1\n", "!!str a: 1\n", "{a: 1}\n", "a: 1\n\xa0b: 2\n", "y: 1\ntrue: 2\n",
        "".join(f"k{number}: 1\n" for number in range(301)),
    ],
)  # fmt: skip
def test_what_is_read_as_a_whole(text: str) -> None:
    found, whole = read(in_sections, text), read(ValuesFile.parse, text)
    assert type(found) is type(whole)
    assert isinstance(found, ValuesFile) or str(found) == str(whole)


def read(reader: Callable[[bytes], ValuesFile], text: str) -> ValuesFile | Unreadable:
    try:
        return reader(text.encode())
    except Unreadable as refused:
        return refused


def outcome(file: ValuesFile, edits: tuple[Edit, ...]) -> tuple[object, ...]:
    try:
        return ("done", edit_file(file, edits).encode())
    except RefusedEdit as refused:
        return ("refused", refused.code, str(refused), refused.line, refused.column)


@pytest.mark.parametrize("seed", range(4))
def test_edits_have_the_same_outcome(seed: int) -> None:
    choose, short = random.Random(seed), known_texts()
    seen: list[object] = []
    for _ in range(200):
        data = (damaged(choose, short) if choose.random() < 0.5 else choose.choice(short)).encode()
        try:
            whole = ValuesFile.parse(data)
        except Unreadable:
            continue
        if not whole.root.entries:
            continue
        file = in_sections(data)
        edits = tuple(_wanted(choose, whole) for _ in range(choose.choice((1, 1, 1, 2))))
        found = outcome(file, edits)
        assert found == outcome(whole, edits)
        seen.append((found[0], isinstance(file, SectionedFile)))
    assert seen.count(("done", True)) > 20
    assert seen.count(("refused", True)) > 0


def _wanted(choose: random.Random, file: ValuesFile) -> Edit:
    """An edit of a value somewhere in the file."""
    address: tuple[str | int, ...] = ()
    node = file.root
    while node.entries or node.items:
        if node.entries:
            key, node = choose.choice(node.entries)
            address = (*address, key.name)
        else:
            at = choose.randrange(len(node.items))
            node, address = node.items[at], (*address, at)
    if node.text.startswith("{") and choose.random() < 0.7:
        return SetMember(address, ("extra",), choose.choice(NEW))
    return SetText(address, choose.choice(NEW))


def test_an_edit_parses_its_own_section_only(monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[str] = []
    real = events_module.read_events

    def noted(text: str) -> object:
        parsed.append(text)
        return real(text)

    monkeypatch.setattr(sectioned_module, "_known", {})
    monkeypatch.setattr(sectioned_module, "read_events", noted)
    text = 'a: 1\nb:\n  - c: "x"\n  # comment\nd: 2\n'
    for new in ("one", "two"):
        file = edit_file(in_sections(text.encode()), (SetText(("b", 0, "c"), new),))
        assert file.text == text.replace("x", new)
        assert file.comment_on(4) == "comment"
    sections = ["", "a: 1\n", 'b:\n  - c: "x"\n  # comment\n', "d: 2\n"]
    assert parsed == [*sections, sections[2]]
    assert file.root.get("d") is not None
    assert parsed[-1] == file.text


def test_a_section_that_would_join_with_others_is_refused() -> None:
    file = in_sections(b"a: 1\nb: 2\n")
    assert isinstance(file, SectionedFile)
    for text in ("a: 1", "a: &x 1\n", "a: 1\n---\n", "a: 1\n...\n", "c: 1\n", "a: 1\nc: 1\n", "# nothing\n"):
        assert file.with_section("a", ValuesFile.parse(text.encode())) is None, text
    assert file.with_section("b", ValuesFile.parse(b"b: 3")) is not None  # the last one need not end with a newline
