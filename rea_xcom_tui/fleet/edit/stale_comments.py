"""Comments that still tell the old value after an edit: no edit touches a comment, so a person has to."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rea_xcom_tui.fleet.edit.pending import SetField
from rea_xcom_tui.fleet.edit.plan import FilePlan
from rea_xcom_tui.fleet.edit.shown_diff import alike
from rea_xcom_tui.text import clean
from rea_xcom_tui.values import ValuesFile
from rea_xcom_tui.xcom.masking import hide_in_path
from rea_xcom_tui.xcom.units import parse_size

_NAME = re.compile(r"""\s*-\s*["']?name["']?\s*:""")
"""An entry's first line: the comment on an env variable is often there, or above it."""
_ALONE = re.compile(r"\s*#")
_SIZE = re.compile(r"(?<![\w.+-])-?\d[\d_]*(?:\.\d+)? ?(?:[kmg]i?b?|bytes|b)?(?![\w.])", re.I)
_WORDS = {0: "always", -1: "never"}


def outdated_comments(file: FilePlan, after: ValuesFile | None = None) -> list[str]:
    """The comments beside what the edits changed that still tell an old value, each as a clause.

    `after` is what the file holds then, where somebody has parsed it already.
    """
    if after is None and file.foreseen is not None:
        return list(file.foreseen.notes)
    told = [edit for edit in file.edits if isinstance(edit, SetField) and edit.old is not None]
    if not told or b"#" not in file.after:
        return []
    parsed = after or ValuesFile.parse(file.after)
    found: dict[tuple[int, str], None] = {}
    for line in _lines_near(file, parsed):
        comment = parsed.comment_on(line)
        for edit in told if comment else ():
            said = _still_said(comment or "", edit)
            if said:
                found[line, said] = None
    return [f'the comment on line {line} still says "{said}"' for line, said in sorted(found)]


def _lines_near(file: FilePlan, parsed: ValuesFile) -> Iterator[int]:
    """The changed lines, and the lines above each on which its comment may be, counted from 1."""
    text, starts = parsed.text, [*parsed.line_starts(), len(parsed.text)]
    old = file.before.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace")
    before = set(old.splitlines())
    first = alike(old, text)
    last = len(text) - alike(old[first:][::-1], text[first:][::-1])
    for number in range(parsed.line_at(first), parsed.line_at(last) + 1):
        line = text[starts[number - 1] : starts[number]]
        if line.rstrip("\r\n") in before or _ALONE.match(line):
            continue
        yield number
        above = number - 1
        if above > 0 and _NAME.match(text, starts[above - 1], starts[above]) and not _NAME.match(line):
            yield above
            above -= 1
        while above > 0 and _ALONE.match(text, starts[above - 1], starts[above]):
            yield above
            above -= 1


def _still_said(comment: str, edit: SetField) -> str:
    """How a comment tells the value that an edit replaced; empty where it does not, or tells the new one too."""
    if isinstance(edit.old, int):
        sizes = dict(_sizes(comment))
        return "" if edit.new in sizes else sizes.get(edit.old, "")
    old = str(edit.old)
    whole = re.search(rf"(?<![\w/.-]){re.escape(old)}(?![\w/-])", comment)
    also_new = edit.new is not None and str(edit.new) in comment
    return clean(hide_in_path(old), 80) if whole and not also_new else ""


def _sizes(comment: str) -> Iterator[tuple[int, str]]:
    """The sizes that a comment tells, and how; `MB` may be meant either way."""
    for found in _SIZE.finditer(comment):
        try:
            size = parse_size(found[0])
            yield size, found[0].strip()
            if found[0].lower().endswith(("kb", "mb", "gb")):
                yield parse_size(found[0][:-1]), found[0].strip()
        except ValueError:
            continue
    for size, word in _WORDS.items():
        if re.search(rf"\b{word}\b", comment, re.I):
            yield size, word
