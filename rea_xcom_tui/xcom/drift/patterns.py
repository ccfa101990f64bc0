"""Patterns such as `s3://{team}-{env}-xcom/{name}`: what a path or an identity looks like for any deployment.

A pattern stands for one text per deployment, so that comparing is rendering and looking whether the two are equal.
Beside a deployment's own names it may hold wildcards, which stand for any account, UUID or region.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from rea_xcom_tui.xcom.fields import TABLE
from rea_xcom_tui.xcom.model import FieldName, Value
from rea_xcom_tui.xcom.placeholders import NAMES, base_of, every_variant

WILDCARDS: Final[Mapping[str, re.Pattern[str]]] = {
    "account": re.compile(
        r"(?<![0-9A-Za-z])(?<![0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-)[0-9]{12}(?![0-9A-Za-z])"  # not a UUID's last part
    ),
    "uuid": re.compile(r"(?<![0-9A-Za-z-])[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}(?![0-9A-Za-z-])"),
    "region": re.compile(
        r"(?<![0-9A-Za-z])[a-z]{2}(?:-gov|-isob?)?-(?:north|south)?(?:east|west|central|north|south)-[0-9](?![0-9A-Za-z])"
    ),
}
"""Placeholders for what Git cannot tell from a deployment's names: an AWS account, a UUID, an AWS region."""

ANYTHING: Final = "*"
"""In a pattern that a person has written: any text, also none."""

LEVELS: Final[tuple[frozenset[str], ...]] = (
    frozenset(),
    frozenset(("account", "uuid")),
    frozenset(("account", "uuid", "region")),
)
"""How far a pattern may be loosened: as it is, any account or UUID, any region besides."""

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class Pattern:
    """A text with placeholders in braces. Make one with `parse` or `generalised`."""

    text: str
    _template: str = field(repr=False, compare=False)
    names: frozenset[str] = field(compare=False)
    """The names of a deployment that it needs."""
    wildcards: frozenset[str] = field(compare=False)

    @classmethod
    def parse(cls, text: str) -> Pattern:
        """Read a pattern as people write it. Raises `ValueError` with one sentence for an unknown placeholder."""
        found = _PLACEHOLDER.findall(text)
        known = {*every_variant(), *WILDCARDS}
        for name in found:
            if name not in known:
                raise ValueError(
                    f"{{{name}}} is not a placeholder; the placeholders are "
                    f"{', '.join(f'{{{n}}}' for n in (*NAMES, *WILDCARDS))}."
                )
        if "{" in _PLACEHOLDER.sub("", text) or "}" in _PLACEHOLDER.sub("", text):
            raise ValueError("A brace is not part of a placeholder; a placeholder looks like {team}.")
        wild = frozenset(found).intersection(WILDCARDS)
        template = _PLACEHOLDER.sub(lambda m: f"{{{{{m[1]}}}}}" if m[1] in WILDCARDS else m[0], text)
        return cls(text, template, frozenset(found) - wild, wild)

    def render(self, names: Mapping[str, str]) -> str | None:
        """The text for a deployment, its wildcards still in braces; None where the deployment lacks a name."""
        try:
            return self._template.format_map(names)
        except KeyError:
            return None

    def matches(self, value: str, names: Mapping[str, str]) -> bool | None:
        """Whether a deployment's value is what the pattern says; None where the deployment lacks a name."""
        wanted = self.render(names)
        if wanted is None:
            return None
        seen = masked(value, self.wildcards)
        return seen == wanted or (ANYTHING in wanted and _like(seen, wanted))

    def matches_each(self, rows: Iterable[tuple[object, Mapping[str, str]]]) -> list[bool | None]:
        """What `matches` says of each value with its deployment's names; what is not text does not match."""
        if self.wildcards or ANYTHING in self.text:
            return [self.matches(value, names) if isinstance(value, str) else False for value, names in rows]
        render = self._template.format_map
        found: list[bool | None] = []
        for value, names in rows:
            try:
                found.append(value == render(names) if isinstance(value, str) else False)
            except KeyError:
                found.append(None)
        return found

    def loosened(self, wildcards: Iterable[str]) -> Pattern:
        """The pattern with wildcards in place of the accounts, UUIDs or regions that it names."""
        text = masked(self.text, wildcards)
        return self if text == self.text else _parsed(text)

    def filled(self, known: Mapping[str, str]) -> Pattern:
        """The pattern with what is known in place of its wildcards."""
        text = self.text
        for wildcard in self.wildcards & known.keys():
            text = text.replace(f"{{{wildcard}}}", known[wildcard])
        return self if text == self.text else _parsed(text)

    def concrete(self, names: Mapping[str, str], known: Mapping[str, str]) -> str | None:
        """The very text a deployment should have, its wildcards filled from `known`; None where that is open."""
        text = self.filled(known).render(names)
        return None if text is None or ANYTHING in text or self.wildcards - known.keys() else text


def masked(value: str, wildcards: Iterable[str]) -> str:
    """The value with every account, UUID or region (as asked) replaced by its placeholder."""
    for name in wildcards:
        value = WILDCARDS[name].sub(f"{{{name}}}", value)
    return value


def seen(value: str, wildcards: Iterable[str]) -> dict[str, str]:
    """What is in a value where the wildcards are; of which it has several different ones are left out."""
    found: dict[str, str] = {}
    for name in wildcards:
        texts = set(WILDCARDS[name].findall(value))
        if len(texts) == 1:
            found[name] = texts.pop()
    return found


def generalised(value: str, names: Mapping[str, str], *, without: str | None = None) -> Pattern:
    """The pattern behind a deployment's value: its names (as `variants` gives them) replaced, the longest first.

    A name counts where it is a word of its own; a change from small to capital letters ends a word too, as in
    `billingAgentRole`. `without` leaves one kind of name as it is.
    """
    text = value.replace("{", "(").replace("}", ")")
    offered = [(word, name) for name, word in names.items() if word in text and base_of(name) != without]
    offered.sort(key=lambda pair: (-len(pair[0]), _order(pair[1])))
    parts: list[str] = [text]
    for word, name in offered:
        parts = [piece for part in parts for piece in _split(part, word, f"{{{name}}}")]
    return _parsed("".join(parts))


_parsed = lru_cache(maxsize=4096)(Pattern.parse)


def kind_of(field: FieldName, value: Value, names: Mapping[str, str]) -> Value:
    """A value with the deployment's own names replaced where its field holds such, so that one cause is one kind."""
    return generalised(value, names).text if isinstance(value, str) and TABLE[field].names else value


@lru_cache(maxsize=256)
def _order(name: str) -> int:
    return NAMES.index(base_of(name)) if base_of(name) in NAMES else len(NAMES)


def _split(part: str, word: str, placeholder: str) -> list[str]:
    """Replace a word in a piece of text that is not a placeholder itself."""
    if part.startswith("{") or word not in part:
        return [part]
    pieces, start, at = [], 0, part.find(word)
    while at >= 0:
        end = at + len(word)
        if _is_word(part, at, end):
            pieces += [part[start:at], placeholder]
            start = end
        at = part.find(word, max(end, start))
    return [piece for piece in (*pieces, part[start:]) if piece]


def _is_word(text: str, start: int, end: int) -> bool:
    before, after = text[start - 1 : start], text[end : end + 1]
    begins = not before.isalnum() or (before.islower() and text[start].isupper())
    ends = not after.isalnum() or (after.isupper() and not text[end - 1].isupper())
    return begins and ends


def _like(value: str, wanted: str) -> bool:
    """Whether a value fits a text in which `*` stands for anything."""
    first, *middle, last = wanted.split(ANYTHING)
    if len(value) < len(first) + len(last) or not (value.startswith(first) and value.endswith(last)):
        return False
    at, end = len(first), len(value) - len(last)
    for piece in middle:
        found = value.find(piece, at, end)
        if found < 0:
            return False
        at = found + len(piece)
    return True
