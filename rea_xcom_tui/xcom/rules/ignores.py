"""Comments that accept a finding: `# rea-xcom: ignore[XC305] reason until 2027-01-31`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

import msgspec

from rea_xcom_tui.xcom.rules.settings import LayerText, RuleContext, no_comment

MARK = "rea-xcom:"

LINE_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
"""What ends a line in YAML 1.1, by which nodes and comments are numbered."""

_COMMENT = re.compile(r"rea-xcom:\s*ignore\[(?P<codes>[^\]]*)\](?P<rest>.*)")
_UNTIL = re.compile(r"\(?\buntil\s+(?P<day>\d[\w/.-]*)\)?")
_CODE = re.compile(r"XC\d{3}")


class Comment(msgspec.Struct, frozen=True):
    """One ignore comment of a values file."""

    line: int
    column: int
    target: int
    """The line it speaks for: its own, or the next line of content where it is on a line of its own."""
    codes: tuple[str, ...]
    reason: str
    until: date | None = None
    layer: int = 0
    """Which of the deployment's layers it is in."""
    problem: str | None = None
    """Why it cannot be read, as a clause; such a comment accepts nothing."""

    def active(self, today: date) -> bool:
        """True when it can be read and its last day is not over."""
        return self.problem is None and not self.expired(today)

    def expired(self, today: date) -> bool:
        """True when its last day is over."""
        return self.until is not None and today > self.until


def find_comments(context: RuleContext) -> tuple[Comment, ...]:
    """Every ignore comment of the file or of its layers, in order. The text inside a string is never taken for one."""
    if context.comment_on is no_comment and not context.texts:
        return ()
    texts = context.texts or (LayerText(0, context.text, context.comment_on),)
    return tuple(comment for text in texts if MARK in text.text for comment in _find(text))


def _find(text: LayerText) -> Iterator[Comment]:
    lines = LINE_BREAK.split(text.text)
    for number, line in enumerate(lines, start=1):
        if MARK not in line:
            continue
        comment = text.comment_on(number)
        if comment is not None and MARK in comment:
            found = _read(comment, number, line.index(MARK) + 1, _target(lines, number))
            yield msgspec.structs.replace(found, layer=text.layer) if text.layer else found


def _target(lines: list[str], number: int) -> int:
    if not lines[number - 1].lstrip().startswith("#"):
        return number
    for later in range(number, len(lines)):
        body = lines[later].strip()
        if body and not body.startswith("#"):
            return later + 1
    return number


def _read(comment: str, line: int, column: int, target: int) -> Comment:
    match = _COMMENT.search(comment)
    if not match:
        return Comment(line, column, target, (), "", problem="does not read `ignore[CODE] reason`")
    codes = tuple(code.strip().upper() for code in match["codes"].split(",") if code.strip())
    rest, until, problem = match["rest"], None, None
    if dated := _UNTIL.search(rest):
        rest = rest[: dated.start()] + rest[dated.end() :]
        try:
            until = date.fromisoformat(dated["day"])
        except ValueError:
            problem = f"has the date {dated['day']}, which is not a day written as 2027-01-31"
    if not codes or not all(_CODE.fullmatch(code) for code in codes):
        problem = "names no code such as XC305 in its brackets"
    return Comment(line, column, target, codes, rest.strip(" \t:,-–—"), until, problem=problem)
