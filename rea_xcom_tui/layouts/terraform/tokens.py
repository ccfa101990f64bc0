"""The tokens of HCL, and the holes in its texts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rea_xcom_tui.layouts.terraform.syntax import Expression, HclError, Literal, Template, Unknown

MAX_DEPTH = 60

_TOKEN = re.compile(
    r"""(?P<space>[ \t\r]+|\#[^\n]*|//[^\n]*|/\*(?:[^*]|\*(?!/))*\*/)
    |(?P<newline>\n)
    |(?P<heredoc><<-?(?P<mark>[A-Za-z_][\w-]*)[ \t\r]*\n)
    |(?P<name>[A-Za-z_][\w-]*)
    |(?P<number>\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)
    |(?P<quote>")
    |(?P<mark_>=>|==|!=|<=|>=|&&|\|\||\.\.\.|[-+*/%?:<>!={}()\[\].,])""",
    re.VERBOSE,
)
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))", re.DOTALL)
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}


@dataclass(frozen=True, slots=True)
class Token:
    """One token; a text carries its value, with each hole as an `Unknown` of what is in it."""

    kind: str
    text: str
    line: int
    start: int
    end: int
    value: Literal | Template | None = None


def tokens(text: str, line: int = 1) -> Iterator[Token]:
    """The tokens of a text whose first line is `line`. Raises `HclError`."""
    at, end = 0, len(text)
    while at < end:
        found = _TOKEN.match(text, at, end)
        if found is None:
            raise HclError(f"Line {line} holds {text[at]!r}, which is not understood here.", line)
        kind = found.lastgroup or ""
        at = found.end()
        if found["heredoc"] is not None:
            token, at = _heredoc(text, found, end, line)
            yield token
            line += text.count("\n", token.start, at)
            continue
        if kind == "quote":
            token, at = _quoted(text, found.start(), end, line, 0)
            yield token
            continue
        if kind != "space":
            yield Token("mark" if kind == "mark_" else kind, found[0], line, found.start(), at)
        line += found[0].count("\n")


def _heredoc(text: str, found: re.Match[str], end: int, line: int) -> tuple[Token, int]:
    """A heredoc with its lines; with `<<-` the smallest indent is taken off all of them."""
    lines: list[str] = []
    at = found.end()
    while True:
        stop = text.find("\n", at, end)
        row = text[at : end if stop < 0 else stop]
        if row.strip() == found["mark"]:
            break
        if stop < 0:
            raise HclError(f"The heredoc {found['mark']} at line {line} has no end.", line)
        lines.append(row.rstrip("\r"))
        at = stop + 1
    if found[0].startswith("<<-"):
        indent = min((len(row) - len(row.lstrip(" ")) for row in lines if row.strip()), default=0)
        lines = [row[indent:] for row in lines]
    content = "".join(row + "\n" for row in lines)
    value = _template(content, line, escapes=False)
    after = at + len(row)
    return Token("text", "", line, found.start(), after, value), after


def _quoted(text: str, start: int, end: int, line: int, depth: int) -> tuple[Token, int]:
    at, nested = start + 1, 0
    while at < end:
        char = text[at]
        if char == "\n" and not nested:
            break
        if char == "\\" and not nested:
            at += 2
            continue
        if text.startswith(("${", "%{"), at) and text[at - 1] != char:
            nested += 1
            at += 2
            continue
        if nested:
            if char == '"':
                _, at = _quoted(text, at, end, line, depth + 1) if depth < MAX_DEPTH else (None, end)
                continue
            nested += (char == "{") - (char == "}")
        elif char == '"':
            content = text[start + 1 : at]
            return Token("text", "", line, start, at + 1, _template(content, line, escapes=True)), at + 1
        at += 1
    raise HclError(f"The text that begins at line {line} has no closing quote.", line)


def _template(content: str, line: int, *, escapes: bool) -> Literal | Template:
    parts: list[str | Expression] = []
    at = last = 0
    while at < len(content):
        opening = content[at : at + 2]
        if content.startswith(("$${", "%%{"), at):
            parts.append(_plain(content[last:at], escapes=escapes) + opening[0] + "{")
            at = last = at + 3
        elif opening in ("${", "%{"):
            close = _closing(content, at + 2)
            parts.append(_plain(content[last:at], escapes=escapes))
            inner = content[at + 2 : close]
            parts.append(Unknown(inner if opening == "${" else "%{" + inner + "}", line))
            at = last = close + 1
        else:
            at += 2 if escapes and content[at] == "\\" else 1
    parts.append(_plain(content[last:], escapes=escapes))
    if all(isinstance(part, str) for part in parts):
        return Literal("".join(part for part in parts if isinstance(part, str)), line)
    return Template(tuple(part for part in parts if part != ""), line)


def _closing(content: str, at: int) -> int:
    """Index of the brace that closes an interpolation; texts in it are passed over."""
    nested, quoted = 1, False
    while at < len(content):
        char = content[at]
        if char == "\\" and quoted:
            at += 1
        elif char == '"':
            quoted = not quoted
        elif not quoted:
            nested += (char == "{") - (char == "}")
            if nested == 0:
                return at
        at += 1
    return at


def _plain(text: str, *, escapes: bool) -> str:
    return _ESCAPE.sub(_unescaped, text) if escapes and "\\" in text else text


def _unescaped(found: re.Match[str]) -> str:
    code = found[1] or found[2]
    if code:
        number = int(code, 16)
        return chr(number) if number < 0x110000 and not 0xD800 <= number < 0xE000 else "�"
    return _ESCAPES.get(found[3], found[3])
