"""Variables in a setting's text, filled in as Airflow fills them in."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rea_xcom_tui.xcom.chart_entries import EnvEntry
from rea_xcom_tui.xcom.secrets import is_secret_name

_VARIABLE = re.compile(r"\$(?:(?P<plain>\w+)|\{(?P<braced>[^}]*)\})")
_MOST_EXPANSIONS = 5
_LONGEST_EXPANSION = 2_000


def expanded(text: str, entries: Sequence[EnvEntry]) -> str:
    """The text with `$NAME` and `${NAME}` filled in, where the entries define that variable in one way only.

    Airflow does this with every option, over and over until nothing changes (seen on 3.0.2, 3.1.3, 3.3.2).
    A variable that leads back to itself stays as it is written.
    """
    for _ in range(_MOST_EXPANSIONS if "$" in text else 0):
        changed = _VARIABLE.sub(lambda match: _known_text(match, entries), text)
        if changed == text:
            break
        text = changed
    return text


def leads_back(name: str, entries: Sequence[EnvEntry]) -> bool:
    """Whether a variable's text names that variable again, by itself or through others; nothing can fill it in then."""
    seen: set[str] = set()
    ahead = [name]
    while ahead:
        text = _only_text(ahead.pop(), entries) or ""
        named = {match["plain"] or match["braced"] for match in _VARIABLE.finditer(text)}
        if name in named:
            return True
        ahead += named - seen
        seen |= named
    return False


def _known_text(match: re.Match[str], entries: Sequence[EnvEntry]) -> str:
    name = match["plain"] or match["braced"]
    if is_secret_name(name):
        return match[0]  # a message that quotes the value would show the secret
    text = _only_text(name, entries)
    return match[0] if text is None or len(text) > _LONGEST_EXPANSION or leads_back(name, entries) else text


def _only_text(name: str, entries: Sequence[EnvEntry]) -> str | None:
    texts = {entry.text for entry in entries if entry.name == name and not entry.shadowed}
    return texts.pop() if len(texts) == 1 else None
