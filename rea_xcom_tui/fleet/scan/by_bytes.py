"""Files whose bytes alone show that they say the same as one that was judged.

Where a file has the sections of others but for its own path, identity and names, all that is compared of it
(`xcom/rules/alike`) is known, as far as these are as usual. So no node of it is made but those of what it says for
itself. Where its sections stand at other lines than those of the one that was judged, what was said of that one is
said of the same places here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import count
from typing import Any, Final, Literal

import msgspec

from rea_xcom_tui.fleet.scan.moved import Said, Where, is_movable, moved
from rea_xcom_tui.layouts.signs import may_deploy
from rea_xcom_tui.values.bytes_alike import Found, KnownSections, Section, varying
from rea_xcom_tui.values.quick import is_blank
from rea_xcom_tui.values.quick_node import QuickNode
from rea_xcom_tui.values.reading import BOM
from rea_xcom_tui.xcom.chart_entries import Note
from rea_xcom_tui.xcom.names import ANNOTATIONS, COMMON_ENV
from rea_xcom_tui.xcom.rules.alike import Glance, Judged, Own, Role, Usual, glance, judged_by, known_under, usual
from rea_xcom_tui.xcom.rules.ignores import MARK
from rea_xcom_tui.xcom.rules.settings import RuleSettings
from rea_xcom_tui.xcom.versions import IN_HEADER, header

_MOST_KNOWN = 2048
_MOST_TOLD = 1 << 14
_MARK = MARK.encode()
_SIGNATURE = re.compile(rb"\n[\"']?%b[\"']?:" % COMMON_ENV.encode())
"""Of a file with this, a quick look shows that it may be agent values."""
_BEGINS = re.compile(rb"(?:[ ]*(?:#[^\n]*)?\n)*+")
_KEYS: Final[dict[Role, str]] = {"note": "annotations", **dict.fromkeys(("path", "connection"), COMMON_ENV)}
"""Below which key that is of which the place counts."""
_WORDS: Final[tuple[Role, ...]] = ("prefix", "namespace", "url", "owner")
"""What is of a deployment's own, wherever it is."""

_numbers = count()
"""None is given twice, whichever threads ask and whatever was forgotten."""

_At = tuple[int, int, int, tuple[int, ...]]
"""A place in a file: which of its sections, how many lines below the first one of that, and the column without the
scalars that are before it in its line; which these are."""
_Whole = tuple[tuple[object, ...], Usual, tuple[str, ...]]
"""All that is compared of a file but for where it is."""


class _Node(msgspec.Struct, eq=False):
    """A node of what a file says for itself."""

    role: Role
    number: int
    """Among the notes or connections."""
    at: _At
    varies: int | None
    """Which of the scalars that may differ it is."""
    text: str


class _Pattern(msgspec.Struct, eq=False):
    """What files have in common that have the same sections in the same order."""

    compared: tuple[object, ...]
    """What is compared of all such files and the same in each."""
    texts: tuple[str, ...]
    """What is compared of variables, with what one of the files says."""
    varying_texts: tuple[tuple[int, int], ...]
    """Which of these may differ, and which of the scalars that may differ they are."""
    words: tuple[tuple[Role, int], ...]
    """The same of names and the like."""
    nodes: tuple[_Node, ...]
    own: Own
    """What one of the files says for itself."""
    places: tuple[_At, ...]
    """Of all that is compared and has a place."""
    shifts: bool
    """Whether scalars that may differ are before something in its line, so that the places are those of each file."""
    known: dict[tuple[object, ...], Judged] = {}
    """What is said of such files, by what is usual, the lines of the sections, and the texts that may differ."""


class _Known(msgspec.Struct, eq=False):
    """What is known of bytes under some settings of the rules."""

    sections: KnownSections = msgspec.field(default_factory=KnownSections)
    patterns: dict[tuple[object, ...], _Pattern | None] = {}
    """By a header that counts and the numbers of the sections; None where something is out of the ordinary."""
    said: dict[_Whole, Said | None] = {}
    """By all that is compared but for where it is; None for what is not judged by others."""
    contents: dict[object, int] = {}
    """A number for each content of sections that are the same in several files, wherever they are."""
    numbers: dict[int, int] = {}
    """That number by the one of the section."""
    told: int = 0
    """How much is known of all patterns together."""

    def forget(self) -> None:
        """Forget all but the sections themselves."""
        self.told = 0
        for kept in (self.patterns, self.said, self.contents, self.numbers):
            kept.clear()


class ByBytes(msgspec.Struct, eq=False):
    """A file that says the same as another one, with what it says for itself."""

    own: Own
    usual: Usual
    known: Judged

    def judged(self, id_: str, env: str | None) -> Judged | None:
        """What is to be said of it; None where its identity is out of the ordinary."""
        return judged_by(self.known, self.own, self.usual.store, id_, env)


class FirstOfItsKind(msgspec.Struct, eq=False):
    """A file whose sections are known, but not what is to be said of it."""

    pattern: _Pattern
    found: Found
    whole: _Whole


Told = Literal["new", "known", "alone"] | FirstOfItsKind
"""What bytes tell of a file that is not judged by another one: that it has a section which is not known, that it has
none, or that all like it are judged each for itself; or what others may be judged by once it is judged."""


def by_bytes(data: bytes, settings: RuleSettings) -> ByBytes | Told:
    """A file with these bytes, where it says the same as one that was judged under these settings; else what else they
    tell."""
    known: _Known | None = known_under(settings).by_bytes
    if known is None:
        return "new"
    data = _plain(data)
    at = _start(data)
    begin = _begin(data[:at])
    found = None if begin is None else known.sections.find(data, at, begin[0])
    if begin is None or found is None:
        return "known" if begin is None else "new"
    pattern = _pattern(known, found.sections, begin[1], settings, data)
    if pattern is None:
        return "known"
    own = _own(pattern, found)
    seen = usual(own)
    if seen is None or MARK in "\n".join(found.said):
        return "known"
    key = seen, *found.lines, *[found.said[which] for _, which in pattern.varying_texts]
    judged = None if pattern.shifts else pattern.known.get(key)
    if judged is None:
        whole = _whole(pattern, seen, found)
        said = known.said.get(whole)
        if said is None:
            return "alone" if whole in known.said else FirstOfItsKind(pattern, found, whole)
        judged = moved(said, _places(pattern, found))
        if known.told >= _MOST_TOLD:
            known.forget()
        known.told += 1
        pattern.known[key] = judged
    return ByBytes(own, seen, judged)


def _plain(data: bytes) -> bytes:
    """Bytes without what the quick reader does not look at: a byte order mark, and the first half of line breaks."""
    data = data.removeprefix(BOM)
    return data.replace(b"\r\n", b"\n") if b"\r" in data else data


def _start(data: bytes) -> int:
    """Where comments and empty lines at the beginning end."""
    if data[:1].isalpha():
        return 0
    start = _BEGINS.match(data)
    return 0 if start is None else start.end()


@lru_cache(maxsize=256)
def _begin(before: bytes) -> tuple[int, str] | None:
    """The line of the first key, and the header where it counts, of a file in which this is in front of it; None where
    that is more than comments."""
    try:
        text = before.decode()
    except UnicodeDecodeError:
        return None
    if not is_blank(text) or MARK in text:
        return None
    told = header(text)
    return text.count("\n") + 1, told if IN_HEADER.search(told) else ""


def _pattern(
    known: _Known, sections: Sequence[Section], begin: str, settings: RuleSettings, data: bytes
) -> _Pattern | None:
    key = begin, *[section.number for section in sections]
    pattern = known.patterns.get(key)
    if pattern is None and key not in known.patterns:
        if len(known.patterns) >= _MOST_KNOWN:
            known.forget()
        data = b"\n" + data  # as where there are comments before it
        is_read = _SIGNATURE.search(data) is not None and not may_deploy(data)
        pattern = known.patterns[key] = _made(known, sections, begin, settings) if is_read else None
    return pattern


def _made(known: _Known, sections: Sequence[Section], begin: str, settings: RuleSettings) -> _Pattern | None:
    """What files with these sections have in common, as the nodes tell that the sections have in other files."""
    shown = [section.shown for section in sections]  # once, as another thread may put those of other lines there
    entries = tuple([entry for part, _ in shown for entry in part])
    names = {key.name: value for key, value in entries}
    root = QuickNode("mapping", entries[0][0].line, 1, entries=entries, names=names)
    seen = glance(root, begin, settings, whatever_it_costs=True)
    if seen is None:
        return None
    firsts = {key.name: (at, part[0][0].line) for at, (part, _) in enumerate(shown) for key, _ in part}
    scalars: dict[object, Any] = {(role, number): node for role, number, node in seen.scalars()}
    places: Any = [one for section in sections for one in section.places]
    varies = {one: which for which, one in enumerate(places)}
    inside = [
        (at, scalars[one].line, scalars[one].column, size, varies[one])
        for at, (section, (_, sizes)) in enumerate(zip(sections, shown, strict=True))
        for one, size in zip(section.places, sizes, strict=True)
        if size
    ]

    def place(key: str, line: int, column: int) -> _At:
        at, first = firsts[key]
        before = [one for one in inside if one[0] == at and one[1] == line and one[2] < column]
        return at, line - first, column - sum(size for *_, size, _ in before), tuple([which for *_, which in before])

    nodes = [
        _Node(role, number, place(_KEYS[role], node.line, node.column), varies.get((role, number)), node.value)
        for role, number, node in seen.scalars()
        if role in _KEYS
    ]
    noted = [node for node in nodes if node.role == "note"]
    if any(note.key in ANNOTATIONS.values() for note in seen.own.notes[len(noted) :]):
        return None  # its place would have to be moved too
    contents: list[object] = [
        tuple([key.name for key, _ in part]) if section.places else _content(known, section.number, part)
        for section, (part, _) in zip(sections, shown, strict=True)
    ]
    where = tuple([place(*one) for one in seen.places()])
    return _Pattern(
        (*contents, seen.own.prefix is None, begin, tuple([note.key for note in seen.own.notes])),
        seen.texts,
        tuple([(number, which) for which, (role, number) in enumerate(places) if role == "compared"]),
        tuple([(role, which) for which, (role, _) in enumerate(places) if role in _WORDS]),
        tuple(nodes),
        seen.own,
        where,
        any(before for *_, before in (*where, *[node.at for node in nodes])),
    )


def _content(known: _Known, section: int, entries: Sequence[tuple[QuickNode, QuickNode]]) -> int:
    """A number for what the section of this number says."""
    number = known.numbers.get(section)
    if number is None:
        says = tuple([(key.name, _says(value)) for key, value in entries])
        number = known.numbers[section] = known.contents.setdefault(says, next(_numbers))
    return number


def _says(node: QuickNode) -> object:
    """What a node says, wherever it is."""
    items = tuple([_says(item) for item in node.items])
    entries = tuple([(key.text, type(key.value), _says(value)) for key, value in node.entries])
    return node.kind, type(node.value), node.value, node.text, items, entries


def _own(pattern: _Pattern, found: Found) -> Own:
    """What a file says for itself."""
    before, said = pattern.own, found.said
    own: dict[Role, Any] = {role: getattr(before, role) for role in _WORDS}
    notes, defining = [*before.notes], [*before.defining]
    for role, which in pattern.words:
        text = said[which]
        own[role] = QuickNode("scalar", 0, 0, text, text)
    path: Any = None
    for one in pattern.nodes:
        text = one.text if one.varies is None else said[one.varies]
        node = QuickNode("scalar", *_where(one.at, found), text, text)
        if one.role == "path":
            path = node
        elif one.role == "note":
            old = notes[one.number]
            notes[one.number] = Note(old.key, old.address, old.component, old.level, node)
        else:
            name, item, _ = defining[one.number]
            defining[one.number] = name, item, node
    return Own(own["prefix"], own["namespace"], own["url"], path, own["owner"], notes, defining)


def _whole(pattern: _Pattern, seen: Usual, found: Found) -> _Whole:
    """All that is compared of a file but for where it is."""
    texts = [*pattern.texts]
    for number, which in pattern.varying_texts:
        texts[number] = found.said[which]
    return pattern.compared, seen, tuple(texts)


def _places(pattern: _Pattern, found: Found) -> tuple[Where, ...]:
    """Where all is that is compared and has a place."""
    return tuple([_where(place, found) for place in pattern.places])


def _where(place: _At, found: Found) -> Where:
    at, line, column, before = place
    return found.lines[at] + line, column + sum([found.sizes[which] for which in before]) if before else column


def keep_bytes(data: bytes, seen: Glance, judged: Judged | None, settings: RuleSettings, told: Told) -> None:
    """Keep what is said of a file, for those that have its sections but for what each says for itself; None where each
    of them is judged for itself."""
    under = known_under(settings)
    known: _Known | None = under.by_bytes
    if known is None:
        known = under.by_bytes = _Known()
    first = _first_of_its_kind(known, data, seen, settings) if told == "new" else told
    if isinstance(first, str) or first is None:
        return
    _, usual_there, texts = first.whole
    places = tuple([(line, column) for _, line, column in seen.places()])
    if (usual_there, texts, _places(first.pattern, first.found)) != (seen.usual, seen.texts, places):
        return
    if len(known.said) >= _MOST_KNOWN:
        known.said.clear()
    if judged is None or is_movable(judged, places):
        known.said[first.whole] = None if judged is None else Said(places, judged)


def _first_of_its_kind(known: _Known, data: bytes, seen: Glance, settings: RuleSettings) -> FirstOfItsKind | None:
    """A file with a section that was not known, once its sections are kept, where that seems to be of use."""
    data = _plain(data)
    at = _start(data)
    begin = _begin(data[:at])
    if begin is None or _MARK in data or not _is_kept(known.sections, data, at, seen):  # of an ignore, behind a comment
        return None
    found = known.sections.find(data, at, begin[0])
    pattern = None if found is None else _pattern(known, found.sections, begin[1], settings, data)
    there = None if found is None or pattern is None else usual(_own(pattern, found))
    if found is None or pattern is None or there is None:
        return None
    return FirstOfItsKind(pattern, found, _whole(pattern, there, found))


def _is_kept(known: KnownSections, data: bytes, at: int, seen: Glance) -> bool:
    """Whether the sections of a file were kept, where that seems to be of use."""
    if not known.pays():
        return False
    scalars = [*seen.scalars()]
    varies = varying(data, [node for *_, node in scalars])
    known.keep(data, at, seen.root, varies, [scalars[one.number][:2] for one in varies])
    return True
