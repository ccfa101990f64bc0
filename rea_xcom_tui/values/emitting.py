"""How Go's YAML printer writes a string: plain where it can, else in quotes or as a block.

kustomize prints its objects so, and whatever is done to the printed text (Flux's substitution) depends on the quotes.
A port of the rules of go-yaml's second version (`encode.go`, `emitterc.go`), as they are in Kustomize 5.8.1.
"""

from __future__ import annotations

import re

from rea_xcom_tui.values.resolve import resolve
from rea_xcom_tui.values.times import go_time

_BASE_60 = re.compile(r"[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?")
_OLD_BOOLEANS = frozenset("y Y yes Yes YES on On ON n N no No NO off Off OFF".split())
_FIRST = frozenset("#,[]{}&*!|>'\"%@`")
_BLANK = " \t\r\n\0"


def style_of(text: str) -> str:
    """The style in which a string is printed: empty for plain, else one of `'`, `"` and `|`."""
    if "\n" in text:
        return "|" if _is_printable(text) and not _blanks_break(text) else '"'
    if not isinstance(resolve(text), str) or _BASE_60.fullmatch(text) or text in _OLD_BOOLEANS or go_time(text):
        return '"'
    if not _is_printable(text):
        return '"'
    return "" if is_plain(text) else "'"


def is_plain(text: str) -> bool:
    """Whether a text can be written without quotes as a value of one line; of which type, it does not say."""
    if (
        not text
        or "\n" in text
        or text[0] in _FIRST
        or text[0] == " "
        or text[-1] == " "
        or text.startswith(("---", "..."))
    ):
        return False
    if text[0] in "?:-" and (len(text) == 1 or text[1] in _BLANK):
        return False
    return ": " not in text and not text.endswith(":") and " #" not in text


def _is_printable(text: str) -> bool:
    """Whether a text needs no escapes: a tab gets one, though YAML could do without."""
    return all(
        char == "\n" or " " <= char <= "~" or char == "\x85" or ("\xa0" <= char <= "\ud7ff")
        or ("\ue000" <= char <= "\ufffd" and char != "\ufeff")
        for char in text
    )  # fmt: skip


def _blanks_break(text: str) -> bool:
    return text.rstrip("\n").endswith(" ") or " \n" in text


def written(text: str) -> str:
    """A string as it is printed after `key: `, in the quotes it needs; a block as its lines, indented by two."""
    style = style_of(text)
    if style == "'":
        return "'" + text.replace("'", "''") + "'"
    if style == '"':
        escapes = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r", "\0": "\\0"}
        return '"' + "".join(escapes.get(char) or _escaped(char) for char in text) + '"'
    if style == "|":
        body = text.rstrip("\n")
        ends = len(text) - len(body)
        mark = "|2" if text[0] in " \n" else "|"  # how far the block is indented, where its first line cannot tell
        mark += "-" if ends == 0 else "" if ends == 1 and body else "+"
        lines = "".join(f"\n  {line}" if line else "\n" for line in body.split("\n"))
        return mark + lines + "\n" * ends
    return text


def _escaped(char: str) -> str:
    if _is_printable(char):
        return char
    code = ord(char)
    return f"\\x{code:02X}" if code < 0x100 else f"\\u{code:04X}" if code < 0x10000 else f"\\U{code:08X}"
