"""What can be where the cursor is in a query."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import islice

from rea_xcom_tui.xcom.airflow import COMPRESSIONS
from rea_xcom_tui.xcom.query.rows import FIELD_KEYS, FIXED_VALUES, FLAGS, KEYS

_NEAR = 0.6
"""How much of a word has to be right for another one to be guessed from it, as difflib counts."""
_MEANT = "did you mean this?"
_MOST_GUESSED = 2000
_SPECIAL = frozenset(' \t,()"')


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A text that may replace what is between `start` and `end` of the query."""

    text: str
    start: int
    end: int
    note: str = ""
    """What it means."""

    def apply(self, query: str) -> str:
        """The query with it."""
        return query[: self.start] + self.text + query[self.end :]


def complete(
    text: str, cursor: int, known: Mapping[str, Collection[str]] | None = None, most: int | None = None
) -> list[Suggestion]:
    """What may be at the cursor (an index from 0): keys, and values after a key; the first `most` of them.

    `known` holds values that exist in the fleet by key, such as `{"env": ("dev", "prod")}`; its order is kept.
    Never raises, whatever the text.
    """
    cursor = max(0, min(cursor, len(text)))
    start = _start_of_term(text, cursor)
    written = text[start:cursor]
    key, colon, values = written.partition(":")
    if not colon:
        return _keys(key, start, cursor)[:most] if '"' not in key else []
    key = key.lower()
    if key not in KEYS:
        near = get_close_matches(key, KEYS, 3, _NEAR)
        return [Suggestion(f"{name}:{values}", start, cursor, f"{_MEANT} {KEYS[name]}") for name in near]
    begin = cursor - len(values) + _last_comma(values) + 1
    partial = text[begin:cursor]
    return _values(key, partial.strip('"'), begin, cursor, known or {}, most)


def guessed(text: str, known: Mapping[str, Collection[str]]) -> str | None:
    """The query that was probably meant where the last term of `text` has a mistyped key or value; None without one."""
    found = complete(text, len(text), known, 1)
    return found[0].apply(text) if found and found[0].note.startswith(_MEANT) else None


def narrowed(query: str, key: str, value: str | None) -> str:
    """The query that also asks for a value of a key; None asks for what is not set."""
    known = f"({query.strip()})" if re.search(r"\bOR\b", query) else query.strip()
    wanted = "?" if value is None else _quoted(value)
    return f"{known} {key}:{wanted}".lstrip()


def meanwhile(text: str, cursor: int) -> tuple[str, ...]:
    """The queries to go by while the term that ends at the cursor is still being typed, the best first.

    The beginning of a value stands for all values that begin so; where none does, the term says nothing yet, as the
    beginning of a key does. Empty inside a term. Never raises, whatever the text.
    """
    cursor = max(0, min(cursor, len(text)))
    rest = text[cursor:]
    if '"' in text or rest[:1] not in ("", " ", ")"):
        return ()
    start = _start_of_term(text, cursor)
    without = text[:start].rstrip("-") + rest
    _, _, values = text[start:cursor].partition(":")
    if not values.strip(","):
        return (without,)
    return (text[:cursor].rstrip(",") + rest if values.endswith(",") else f"{text[:cursor]}*{rest}"), without


def _start_of_term(text: str, cursor: int) -> int:
    """Where the term under the cursor begins, its minus left out; quotes keep blanks together."""
    start, quoted = 0, False
    for index, char in enumerate(text[:cursor]):
        if char == '"':
            quoted = not quoted
        elif not quoted and (char.isspace() or char in "()"):
            start = index + 1
    while start < cursor and text[start] == "-":
        start += 1
    return start


def _last_comma(values: str) -> int:
    last, quoted = -1, False
    for index, char in enumerate(values):
        if char == '"':
            quoted = not quoted
        elif char == "," and not quoted:
            last = index
    return last


def _keys(partial: str, start: int, end: int) -> list[Suggestion]:
    lowered = partial.lower()
    return [Suggestion(f"{key}:", start, end, note) for key, note in KEYS.items() if key.startswith(lowered)]


def _values(
    key: str, partial: str, start: int, end: int, known: Mapping[str, Collection[str]], most: int | None
) -> list[Suggestion]:
    """Values of the key that contain what was typed, those that begin with it first."""
    notes: dict[str, str] = {}
    if key == "threshold":
        notes = {"always": "every value goes to object storage", "never": "every value stays in the database"}
        notes[">0"] = "above a size; also >= < <="
    if key in FIELD_KEYS:
        notes |= {"?": "not set", "*": "set"}
    if key == "compression" and not known.get(key):
        notes = {name: f"objects end in {suffix}" for name, suffix in COMPRESSIONS.items()} | notes
    choices = dict.fromkeys((*FIXED_VALUES.get(key, ()), *known.get(key, ()), *notes))
    found = list(islice(_beginning_first(partial.lower(), choices), most))
    if not found and len(partial) > 1 and key != "threshold":
        near = get_close_matches(partial, [*choices][:_MOST_GUESSED], 3, _NEAR)
        return [Suggestion(_quoted(value), start, end, f"{_MEANT} {_note(key, value)}".rstrip()) for value in near]
    return [Suggestion(_quoted(value), start, end, notes.get(value) or _note(key, value)) for value in found]


def _beginning_first(lowered: str, choices: Collection[str]) -> Iterator[str]:
    """The texts that contain what was typed, those that begin with it first."""
    yield from (choice for choice in choices if choice.lower().startswith(lowered))
    yield from (choice for choice in choices if lowered in choice.lower() and not choice.lower().startswith(lowered))


def _note(key: str, value: str) -> str:
    return FLAGS.get(value, "") if key == "is" else ""


def _quoted(value: str) -> str:
    return f'"{value}"' if _SPECIAL & set(value) and '"' not in value else value
