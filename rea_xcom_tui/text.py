"""Making foreign text harmless before a terminal sees it.

File names, YAML values, git refs, commit messages and the output of hooks come from elsewhere. A terminal
obeys control characters inside them, and bidirectional or invisible characters can make one text look like
another. `clean` is the one place where such characters become visible escapes.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TypeVar

_SAFE_CATEGORIES = frozenset(
    "Lu Ll Lt Lm Lo Mn Mc Me Nd Nl No Pc Pd Ps Pe Pi Pf Po Sm Sc Sk So".split(),
)
_PICTURES = 0x2400  # the block of control pictures: U+2400 shows NUL, U+241B shows ESC
_MAX_COMBINING = 4  # more marks than this on one letter only serve to paint over the neighbours

_T = TypeVar("_T")


def clean(text: object, limit: int = 10_000, *, keep_newlines: bool = False) -> str:
    """Return `text` with everything a terminal might obey replaced by something visible.

    C0 controls become control pictures; C1 controls, blanks other than the plain one, bidirectional,
    zero-width, private, unassigned and lone surrogate characters become ``\\u{..}``. Text longer than
    `limit` characters is cut and ends in an ellipsis. With `keep_newlines`, line feeds stay (for multi-line
    output drawn line by line).
    """
    string = text if isinstance(text, str) else str(text)
    if len(string) > limit:
        string = string[: max(0, limit - 1)] + "…"
    if string.isascii() and string.isprintable():
        return string
    return _replace(string, keep_newlines)


def _replace(string: str, keep_newlines: bool) -> str:
    out: list[str] = []
    combining = 0
    for char in string:
        code = ord(char)
        category = unicodedata.category(char)
        combining = combining + 1 if category in ("Mn", "Me") else 0
        if char == " " or (char == "\n" and keep_newlines):
            out.append(char)
        elif code < 0x20:
            out.append(chr(_PICTURES + code))
        elif code == 0x7F:
            out.append("␡")
        elif category not in _SAFE_CATEGORIES or combining > _MAX_COMBINING or code == 0x3164:
            out.append(f"\\u{{{code:x}}}")
        else:
            out.append(char)
    return "".join(out)


def plural(count: int, noun: str) -> str:
    """Say a count with its noun: ``1 file``, ``2 files``, ``3 entries``."""
    if count == 1:
        return f"1 {noun}"
    ending = f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
    return f"{count} {ending}"


def some(things: Sequence[_T], most: int = 3, said: Callable[[_T], str] = clean) -> str:
    """Say the first few of many things, and how many more there are: ``a, b, c and 2 more``."""
    more = f" and {len(things) - most} more" if len(things) > most else ""
    return ", ".join(map(said, things[:most])) + more


def times(count: int) -> str:
    """Say how often: ``twice``, ``3 times``."""
    return "twice" if count == 2 else f"{count} times"


def utc(seconds: float) -> str:
    """A time, in seconds since 1970, as reports and records have it: ISO 8601 in UTC, whole seconds, with `Z`.

    >>> utc(1764547200)
    '2025-12-01T00:00:00Z'
    """
    return f"{datetime.fromtimestamp(int(seconds), UTC):%Y-%m-%dT%H:%M:%SZ}"


def moment(recorded: str) -> str:
    """A time as records have it (see `utc`), for people; a text that is no such time as it is, made harmless.

    >>> moment("2025-12-01T07:30:00Z"), moment("yesterday")
    ('2025-12-01 07:30 UTC', 'yesterday')
    """
    try:
        return f"{datetime.strptime(recorded, '%Y-%m-%dT%H:%M:%SZ'):%Y-%m-%d %H:%M} UTC"
    except ValueError:
        return clean(recorded, 40)


def class_name(text: str) -> str:
    """The last part of a dotted class path, which is what tells classes apart; any other text as it is.

    >>> class_name("acme.xcom.OurBackend"), class_name("values.yaml of the chart")
    ('OurBackend', 'values.yaml of the chart')
    """
    parts = text.split(".")
    return parts[-1] if all(map(str.isidentifier, parts)) else text


def whole_words(text: str, limit: int, between: str = " ") -> str:
    """At most `limit` characters of a text, cut between two words where it has several.

    >>> whole_words("set threshold to 0 on billing", 24), whole_words("abcdef", 3)
    ('set threshold to 0 on', 'abc')
    """
    if len(text) <= limit:
        return text
    head, found, _ = text[: limit + 1].rpartition(between)
    return head.rstrip(between) if found and head.strip(between) else text[:limit]
