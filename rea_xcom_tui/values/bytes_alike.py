"""Values files that have the bytes of others, but for what some scalars say.

Fleets are near copies, so most sections of most files are those of an earlier one around names and paths of their own.
What is the same is compared, what differs is taken as it stands, and no node is made of either. A scalar that differs
may only be a word of letters, digits and some signs, written as the other one is, or JSON in quotes: what stands there
has one meaning. So the quick reading of such a file has the nodes of the others, all in the same places, but for these.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from itertools import count
from typing import Any, NamedTuple

import msgspec

from rea_xcom_tui.values.quick import FIRST, SECTION
from rea_xcom_tui.values.quick_node import QuickNode
from rea_xcom_tui.values.resolve import resolve

_WORD = rb"[A-Za-z0-9_./@+=-]"
_QUOTED = rb"""(?:"((?:%b|:)++)"|'((?:%b|:)++)'|'(\{[ !"%%&(-~]*+)'|"(\{(?:[ !%%-\[\]-~]|\\["\\])*+)")""" % (
    _WORD,
    _WORD,
)
"""A word, or JSON without a dollar sign and without what could begin a comment."""
_PLAIN = rb"([A-Za-z0-9/](?:%b|:++(?=%b))*+)" % (_WORD, _WORD)
"""What comes first begins a word and nothing else, and a colon has more of the word behind it."""
_ESCAPED, _BARE = 4, 5
_INSIDE = re.compile(_QUOTED)
"""A scalar that others may follow in its line."""
_LAST = re.compile(rb"(?:%b|%b)(?: +#[ -9;-~]*+| *+)(?=\n|\Z)" % (_QUOTED, _PLAIN))
"""The last one of its line, however it is written. A comment behind it has no colon, as one that is meant for a tool
has."""
_ESCAPE = re.compile(r"\\(.)")
_SECTION = re.compile(SECTION.pattern.encode())
_FIRST = frozenset("".join(FIRST).encode())
_MOST_STEPS = 48
"""So many ways a section may go on from one place: each takes its time until the right one is found."""
_MOST_RUNS = 8
_MOST_KEPT = 1 << 22
"""About so many bytes are kept."""
_TRIED, _SELDOM, _SORTS = 512, 16, 8


class Varying(NamedTuple):
    """A scalar that may say something else in a file like this one."""

    number: int
    """Which of the nodes it is."""
    start: int
    end: int
    """Where it is, with its quotes, and with all that follows in its line where nothing counts there."""
    form: re.Pattern[bytes]
    """What it may be."""
    size: int
    """How long it is, where others may follow in its line, which begin somewhere else where it has another length."""


def varying(data: bytes, scalars: Sequence[QuickNode]) -> list[Varying]:
    """Which of these scalars may say something else, in the order of the file. They are nodes of its quick reading."""
    found: list[Varying] = []
    at, line = 0, 1
    for number, node in sorted(enumerate(scalars), key=lambda one: (one[1].line, one[1].column)):
        while line < node.line:
            at, line = data.index(b"\n", at) + 1, line + 1
        start = at + node.column - 1
        before = data[at:start]
        # What begins its line could be taken for a key, and with other letters before it, it is somewhere else. A kind
        # may be that of an object which is no values file, and in front of a colon there may be a kind on its own line.
        if not before.strip(b" :") or not before.isascii() or b"kind" in before:
            continue
        form = _LAST
        word = form.match(data, start)
        if word is None:
            form = _INSIDE
            word = form.match(data, start)
        if word is not None and _said(word) == node.text == node.value:
            found.append(Varying(number, *word.span(), form, len(word[0]) if form is _INSIDE else 0))
    return found


def _said(word: re.Match[bytes]) -> str | None:
    """What a scalar says that is written like that; None where that is no text."""
    which: Any = word.lastindex
    text: str = word[which].decode()
    if which == _ESCAPED:
        return _ESCAPE.sub(r"\1", text) if "\\" in text else text
    return None if which == _BARE and type(resolve(text)) is not str else text


_Entry = tuple[QuickNode, QuickNode]


class Section(msgspec.Struct, eq=False):
    """Top-level keys with their values, as they stand somewhere in many files but for what some scalars say."""

    shown: tuple[tuple[_Entry, ...], tuple[int, ...]]
    """The nodes in one of the files, and the `Varying.size` that each scalar has there which may differ."""
    places: tuple[object, ...]
    """What was said of each scalar that may differ."""
    lines: int
    number: int
    """Another one for each that there ever was."""


class Found(NamedTuple):
    """A file of sections that are known."""

    sections: list[Section]
    lines: list[int]
    """Of each section, its first line."""
    said: list[str]
    """What the scalars say that may differ, in the order of the file."""
    sizes: list[int]
    """Of each of these, its `Varying.size`."""


class _Step(msgspec.Struct, eq=False):
    """What is in a section up to a scalar that may differ, or up to its end."""

    before: bytes
    form: re.Pattern[bytes] | None
    """What the scalar may be; None at the end."""
    then: list[_Step]
    """How sections go on."""
    section: Section | None = None
    """The one that ends here."""
    is_closed: bool = False
    """Whether its last character is a line break, so that another section may follow."""


_numbers = count()


class KnownSections:
    """The sections of files, by the first key of each. At which line a section stands makes no difference to it."""

    def __init__(self) -> None:
        self._starts: dict[bytes, list[_Step]] = {}
        self._runs: dict[bytes, list[_Step]] = {}
        """Sections in a row in which nothing may differ."""
        self._befores: dict[bytes, bytes] = {}
        self._kept = self._tried = self._passed = self._found = 0

    def find(self, data: bytes, at: int, line: int) -> Found | None:
        """The sections of a file, of which the first begins at this byte of this line; None where one is not known."""
        end, is_at, starts, runs = len(data), data.startswith, self._starts, self._runs
        sorts = not self._found % _SORTS  # to sort each time would take longer than to look in a wrong place first
        sections: list[Section] = []
        lines: list[int] = []
        said: list[str] = []
        sizes: list[int] = []
        while at < end:
            key = data[at : data.find(b":", at)]
            steps = starts.get(key)
            if not steps:
                return None
            for step in runs.get(key, ()):
                after = at + len(step.before)
                if is_at(step.before, at) and (after == end or (step.is_closed and data[after] in _FIRST)):
                    at = after
                    break
            else:
                while steps:
                    for step in steps:
                        if not is_at(step.before, at):
                            continue
                        after, form = at + len(step.before), step.form
                        if form is None:
                            if after == end or (step.is_closed and data[after] in _FIRST):
                                at = after
                                break
                            continue
                        word = form.match(data, after)
                        one = None if word is None else _said(word)
                        if word is not None and one is not None:
                            said.append(one)
                            at = word.end()
                            sizes.append(at - after if form is _INSIDE else 0)
                            break
                    else:
                        return None
                    if sorts and step is not steps[0]:
                        _forward(steps, step)
                    steps = step.then
            section = step.section
            if section is None:
                return None
            sections.append(section)
            lines.append(line)
            line += section.lines
        self._found += 1
        return Found(sections, lines, said, sizes)

    def pays(self) -> bool:
        """Whether to keep one more: seldom where few files were like those that are kept."""
        self._passed += 1
        if self._tried >= _TRIED and self._found < 2 * self._tried and self._passed % _SELDOM:
            return False
        self._tried += 1
        return True

    def keep(self, data: bytes, at: int, root: QuickNode, places: Sequence[Varying], said: Sequence[object]) -> None:
        """Keep the sections of a file, of which the first begins at this byte. `root` is its quick reading; in these
        places others may say something else, and each has something said of it."""
        if self._kept > _MOST_KEPT:
            self._starts, self._runs, self._befores, self._kept = {}, {}, {}, 0
        starts = [at, *[found.end() for found in _SECTION.finditer(data, at)], len(data)]
        if not _FIRST.issuperset([data[start] for start in starts[:-1]]) or len(starts) != len(root.entries) + 1:
            return
        left = deque(zip(places, said, strict=True))
        run: list[tuple[int, int, _Entry]] = []
        for start, end, entry in zip(starts, starts[1:], root.entries, strict=False):
            at, steps = start, self._starts.setdefault(_key(data, start), [])
            mine: list[tuple[Varying, object]] = []
            while left and left[0][0].end <= end:
                place = left[0][0]
                steps = self._step(steps, data[at : place.start], place.form).then
                at = place.end
                mine.append(left.popleft())
            _end(self._step(steps, data[at:end]), data[start:end], (entry,), mine)
            if mine:
                self._keep_run(data, run)
                run = []
            else:
                run.append((start, end, entry))
        self._keep_run(data, run)

    def _keep_run(self, data: bytes, run: Sequence[tuple[int, int, _Entry]]) -> None:
        """Keep sections in a row in which nothing may differ: most files with the first one have all of them."""
        if len(run) > 1:
            steps = self._runs.setdefault(_key(data, run[0][0]), [])
            if len(steps) < _MOST_RUNS:
                text = data[run[0][0] : run[-1][1]]
                _end(self._step(steps, text), text, tuple([entry for *_, entry in run]), ())

    def _step(self, steps: list[_Step], before: bytes, form: re.Pattern[bytes] | None = None) -> _Step:
        if before not in self._befores:
            self._kept += len(before)
        before = self._befores.setdefault(before, before)
        for step in steps:
            if step.before is before and step.form is form:
                return step
        if len(steps) >= _MOST_STEPS:
            steps.pop()
        steps.append(_Step(before, form, []))
        return steps[-1]


def _key(data: bytes, at: int) -> bytes:
    return data[at : data.find(b":", at)]


def _end(step: _Step, text: bytes, entries: tuple[_Entry, ...], places: Sequence[tuple[Varying, object]]) -> None:
    """Have sections with this text end with a step."""
    step.is_closed = text[-1:] == b"\n"
    shown = entries, tuple([place.size for place, _ in places])
    if step.section is None:
        step.section = Section(shown, tuple([said for _, said in places]), text.count(b"\n"), next(_numbers))
    else:
        step.section.shown = shown  # what other files share takes the place of one file's own


def _forward(steps: list[_Step], step: _Step) -> None:
    """Put a step one place further ahead, so that what is found often comes to the front."""
    with suppress(ValueError):  # another thread may have put it elsewhere or thrown it out
        if at := steps.index(step):
            steps[at - 1], steps[at] = step, steps[at - 1]
