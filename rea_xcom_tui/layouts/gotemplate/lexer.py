"""The tokens of a Go template: texts, and what is between `{{` and `}}`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from rea_xcom_tui.layouts.gotemplate.errors import Failed
from rea_xcom_tui.text import clean

Kind = Literal["text", "open", "close", "field", "variable", "word", "number", "string", "mark", "space"]

_TOKEN = re.compile(
    r"""(?P<space>[ \t\r\n]+)
    |(?P<string>"(?:[^"\\\n]|\\.)*"|`[^`]*`|'(?:[^'\\\n]|\\.)+')
    |(?P<number>[+-]?(?:0[xXoObB][0-9a-fA-F_]+|\d[\d_]*(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?))
    |(?P<field>\.[^\W\d]\w*)
    |(?P<variable>\$\w*)
    |(?P<word>[^\W\d]\w*)
    |(?P<mark>:=|[.()|,=])""",
    re.VERBOSE,
)
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_BLANKS = " \t\r\n"
MAX_TOKENS = 100_000


@dataclass(frozen=True, slots=True)
class Token:
    """One token and the line it begins on, from 1."""

    kind: Kind
    text: str
    line: int


def tokens(source: str, name: str) -> list[Token]:
    """All tokens of a template; texts are trimmed as `{{-` and `-}}` ask. Raises `Failed` where Go would."""
    out: list[Token] = []
    at = 0
    line = 1
    trim = False
    while True:
        start = source.find("{{", at)
        text = source[at:] if start < 0 else source[at:start]
        kept = text.lstrip(_BLANKS) if trim else text
        if start < 0:
            _text(out, kept, line)
            return out
        line += text.count("\n")
        left = source.startswith("{{-", start) and source[start + 3 : start + 4] in tuple(_BLANKS)
        _text(out, kept.rstrip(_BLANKS) if left else kept, line)
        inner = start + (3 if left else 2)
        body = inner + len(source[inner:]) - len(source[inner:].lstrip(_BLANKS)) if left else inner
        if source.startswith("/*", body):
            at, trim = _comment(source, body, name, line)
        else:
            out.append(Token("open", "{{", line))
            at, trim = _action(source, inner, name, line, out)
        line += source.count("\n", start, at)
        if len(out) > MAX_TOKENS:
            raise Failed(f"{clean(name)} has more than {MAX_TOKENS:,} parts; that is not a template.", name, line)


def _text(out: list[Token], text: str, line: int) -> None:
    if text:
        out.append(Token("text", text, line))


def _comment(source: str, at: int, name: str, line: int) -> tuple[int, bool]:
    found = _COMMENT.match(source, at)
    if found is None:
        raise Failed(f"{clean(name)}:{line}: a comment is not closed.", name, line)
    rest = found.end()
    after = rest
    while source[after : after + 1] in tuple(_BLANKS):
        after += 1
    if after > rest and source.startswith("-}}", after):
        return after + 3, True
    if source.startswith("}}", rest):
        return rest + 2, False
    raise Failed(f"{clean(name)}:{line}: a comment has to end right before }}}}.", name, line)


def _action(source: str, at: int, name: str, line: int, out: list[Token]) -> tuple[int, bool]:
    """Read the tokens up to `}}`; returns the place after it and whether the text after is trimmed."""
    while True:
        if source.startswith("}}", at):
            out.append(Token("close", "}}", line))
            return at + 2, False
        if source.startswith("-}}", at) and source[at - 1] in _BLANKS:
            out.append(Token("close", "}}", line))
            return at + 3, True
        found = _TOKEN.match(source, at)
        if found is None:
            what = "is not closed" if at >= len(source) else f"has {clean(source[at], 20)!r}, which Go does not know"
            raise Failed(f"{clean(name)}:{line}: the action {what}.", name, line)
        kind: Kind = found.lastgroup  # type: ignore[assignment]
        out.append(Token(kind, found[0], line))
        line += found[0].count("\n")
        at = found.end()


_ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})|(.))", re.DOTALL)
_SIMPLE = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


def unquoted(literal: str) -> str:
    """The text of a Go string literal in double quotes or backticks."""
    if literal[0] == "`":
        return literal[1:-1].replace("\r", "")
    body = literal[1:-1]
    return body if "\\" not in body else _ESCAPE.sub(_unescaped, body)


def _unescaped(found: re.Match[str]) -> str:
    digits = found[1] or found[2] or found[3]
    if digits:
        return chr(min(int(digits, 16), 0x10FFFF))
    if found[4]:
        return chr(int(found[4], 8) % 256)
    return _SIMPLE.get(found[5], found[5])
