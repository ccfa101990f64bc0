"""Writing a text as a YAML scalar that every reader takes for a string."""

from __future__ import annotations

import re

_WORDS = frozenset("~ null true false yes no on off y n << = --- ...".split())
_NUMBER = re.compile(
    r"[-+]?[0-9._,:]*(?:[eE][-+]?[0-9_]*)?\Z"  # also sexagesimal and with separators
    r"|[-+]?0[xXoObB][0-9a-fA-F_]*\Z"
    r"|[-+]?\.(?:inf|nan)\Z"
    r"|\d{4}-\d\d?-\d\d?(?!\d)",  # a date, alone or with a time
    re.IGNORECASE,
)
_PRINTABLE = re.compile(
    r"[\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]*\Z",
)
_PLAIN_BREAKERS = re.compile(r":(?: |\Z)| #|\{\{")
_FLOW_BREAKERS = re.compile(r"[,\[\]{}]|:")

SINGLE, DOUBLE, PLAIN = "'", '"', ""


def is_plain_string(text: str) -> bool:
    """Whether `text` without quotes is a string for YAML 1.1, for YAML 1.2 and for Helm alike.

    When in doubt it is not: this decides where quotes are left out.
    """
    return bool(text) and text.lower() not in _WORDS and not _NUMBER.match(text)


def can_be_plain(text: str, *, in_flow: bool) -> bool:
    """Whether `text` may be written without quotes, in a block or inside brackets, and stay a string."""
    if not is_plain_string(text) or text != text.strip() or not is_printable(text):
        return False
    if text[0] in ",[]{}#&*!|>'\"%@`" or text.startswith(("---", "...")):
        return False
    if text[0] in "-?:" and (in_flow or text[1:2] in ("", " ")):
        return False
    return not _PLAIN_BREAKERS.search(text) and not (in_flow and _FLOW_BREAKERS.search(text))


def is_printable(text: str) -> bool:
    """Whether `text` can be written in single quotes: one line without tabs, control or invisible characters."""
    return _PRINTABLE.match(text) is not None


def single_quoted(text: str) -> str:
    """`text` in single quotes; it must be printable."""
    return "'" + text.replace("'", "''") + "'"


def double_quoted(text: str) -> str:
    """`text` in double quotes, with escapes where needed."""
    return '"' + escape(text) + '"'


def escape(text: str) -> str:
    """`text` as it is between double quotes."""
    return "".join(map(_escape_char, text))


def _escape_char(char: str) -> str:
    if char in '"\\':
        return "\\" + char
    if char in "\n\t\r":
        return {"\n": "\\n", "\t": "\\t", "\r": "\\r"}[char]
    if _PRINTABLE.match(char):
        return char
    code = ord(char)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def write_scalar(text: str, style: str, *, in_flow: bool, spare: str = DOUBLE) -> str:
    """`text` in the style `style` (plain, `'` or `"`) if that can carry it, else in quotes, `spare` if possible."""
    if style == PLAIN and can_be_plain(text, in_flow=in_flow):
        return text
    if style == SINGLE and is_printable(text):
        return single_quoted(text)
    if style == DOUBLE:
        return double_quoted(text)
    return in_quotes(text, spare)


def in_quotes(text: str, preferred: str = DOUBLE) -> str:
    """`text` in quotes: in `preferred` ones, unless only the other kind needs no escapes."""
    if not is_printable(text):
        return double_quoted(text)
    escapes_double = '"' in text or "\\" in text
    if preferred == DOUBLE:
        return single_quoted(text) if escapes_double and "'" not in text else double_quoted(text)
    return double_quoted(text) if "'" in text and not escapes_double else single_quoted(text)
