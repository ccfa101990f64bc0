"""Secrets in comments: an entry that somebody has commented out still holds the password that it held."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from itertools import pairwise

from rea_xcom_tui.values import ValuesFile
from rea_xcom_tui.xcom.secrets import MASK, SECRET_KEYS, is_secret_name

_NAME = re.compile(r"""["']?\bname["']?\s*:\s*["']?([\w.-]+)""")
_VALUE = re.compile(r"""["']?\bvalue["']?\s*:\s*(?=\S)""")
_KEY = re.compile(rf"""["']?\b(?:{"|".join(sorted(SECRET_KEYS))})["']?\s*:\s*(?=\S)""")
_MEMBER = re.compile(
    r"""("\w*(?:passw|pwd|secret|token|key|sas|credential|private|connection_string)\w*\\*"\s*:\s*\\*")[^"\\]+""", re.I
)
_USER = re.compile(r"(://[^\s/@:]*:)[^\s@]+(?=@)")


def masked_comments(file: ValuesFile, first: int = 0, last: int | None = None) -> Iterator[tuple[int, int, str]]:
    """The comments that hold a secret: where each starts and ends in the file's text, and how it may be shown.

    With `first` and `last`, those on the lines between these places of the text.
    """
    starts = [*file.line_starts(), len(file.text)]
    inside: str | None = None
    """Whose lines these are: those of a secret entry after its `name`, of its commented-out `value`, or None."""
    begin = _last_name(file, starts, bisect_right(starts, first) - 1) if first else 0
    for number, (start, end) in enumerate(pairwise(starts[begin:]), begin + 1):
        if last is not None and start > last:
            return
        line = file.text[start:end]
        comment = file.comment_on(number) if "#" in line else None
        alone = comment is not None and line.lstrip().startswith("#")
        if not alone:
            name = _name_in(line)
            inside = _of_name(name[1]) if name else "name" if inside is not None else None
        if not comment:
            continue
        if alone:
            shown, inside = _shown(comment, inside)
        else:
            shown = MASK if inside is not None and _VALUE.search(line) else without_secrets(comment)
        if shown != comment:
            at = start + line.rindex(comment)
            yield at, at + len(comment), shown


def _last_name(file: ValuesFile, starts: list[int], line: int) -> int:
    """The last line up to this one, counted from 0, that tells whose the lines after it are: one with a name."""
    for number in range(min(line, len(starts) - 2), 0, -1):
        text = file.text[starts[number] : starts[number + 1]]
        if _name_in(text):
            comment = file.comment_on(number + 1) if "#" in text else None
            if comment is None or not text.lstrip().startswith("#") or _name_in(comment):
                return number
    return 0


def _name_in(line: str) -> re.Match[str] | None:
    """Where a line gives a name. Most have no such word, which is found out ten times as fast as by the expression."""
    return _NAME.search(line) if "name" in line else None


def _of_name(name: str) -> str | None:
    return "name" if is_secret_name(name) else None


def _shown(comment: str, inside: str | None) -> tuple[str, str | None]:
    """A line of comment as it may be shown, and whose line the next one is."""
    name = _name_in(comment)
    if name is not None:
        inside = _of_name(name[1])
    value = _VALUE.search(comment) if inside is not None else None
    if value is not None:
        return comment[: value.end()] + MASK, "value"
    if inside == "value" and name is None:
        return MASK, inside
    return without_secrets(comment), inside


def without_secrets(comment: str) -> str:
    """A line of text that is not YAML, with what looks like a secret in it masked."""
    key = _KEY.search(comment)
    if key is not None:
        return comment[: key.end()] + MASK
    if '"' in comment:
        comment = _MEMBER.sub(rf"\1{MASK}", comment)
    return _USER.sub(rf"\1{MASK}", comment) if "://" in comment else comment
