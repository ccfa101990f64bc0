"""Values that go where the cursor is. Half-typed YAML cannot be parsed, so this looks at the lines alone."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rea_xcom_tui.fleet.model import Deployment
from rea_xcom_tui.lsp.hover import FIELD_BY_KEY, FIELD_BY_VARIABLE
from rea_xcom_tui.text import clean, plural
from rea_xcom_tui.xcom.editing import check
from rea_xcom_tui.xcom.fields import TABLE
from rea_xcom_tui.xcom.model import Configuration, FieldName
from rea_xcom_tui.xcom.names import ANNOTATIONS
from rea_xcom_tui.xcom.secrets import MASK

_PAIR = re.compile(r"""^(?P<head>\s*(?:-\s+)?["']?(?P<key>[\w./-]+)["']?\s*:(?:\s+|$))(?P<value>.*)$""")
_NAME = re.compile(r"""^(?P<head>\s*(?:-\s+)?["']?name["']?\s*:\s*)["']?(?P<name>[\w]*)""")
_ITEM = re.compile(r"^(\s*)- ")
_MOST = 50
_ANNOTATION_KEYS = frozenset(ANNOTATIONS.values())


@dataclass(frozen=True, slots=True)
class Offer:
    """One value that may be at the cursor."""

    text: str
    """As it would be in the file, with quotes where it needs them."""
    label: str
    detail: str
    start: int
    """The column, from 0, at which it begins; it takes the place of everything from there to `end`."""
    end: int


def complete(
    lines: Sequence[str], line: int, column: int, fleet: Iterable[Deployment], mine: Configuration | None
) -> list[Offer]:
    """What may be at a place; line and column count from 0. `mine` are the settings of the file's deployment."""
    text = lines[line].rstrip("\r\n") if line < len(lines) else ""
    named = _NAME.match(text)
    if named and column >= len(named["head"]):
        return _names(text, named)
    pair = _PAIR.match(text)
    if pair is None or column < len(pair["head"]):
        return []
    field = _field(lines, line, pair["key"])
    if field is None:
        return []
    value = pair["value"]
    start = len(pair["head"])
    comment = re.search(r"\s+#", value)
    end = start + (comment.start() if comment else len(value.rstrip()))
    quoted = TABLE[field].key is None and field != "identity"
    return [
        Offer(_written(value, told, quoted=quoted), told, note, start, end)
        for told, note in _values(field, fleet, mine)
    ]


def _names(text: str, named: re.Match[str]) -> list[Offer]:
    start = len(named["head"])
    end = len(text.rstrip())
    return [Offer(name, name, field, start, end) for name, field in FIELD_BY_VARIABLE.items()]


def _field(lines: Sequence[str], line: int, key: str) -> FieldName | None:
    """Which field a key on a line sets: by itself, or by the name of the env entry that it is the value of."""
    if key in FIELD_BY_KEY:
        return FIELD_BY_KEY[key]
    if key in _ANNOTATION_KEYS:
        return "identity"
    if key != "value":
        return None
    indent = len(lines[line]) - len(lines[line].lstrip(" -"))
    for step in (-1, 1):
        at = line + step
        # Backwards until the item begins, forwards until the next one does.
        if step == -1 and _ITEM.match(lines[line]):
            continue
        while 0 <= at < len(lines) and abs(at - line) <= 4:
            other = lines[at]
            found = _NAME.match(other)
            if found and len(found["head"]) - len(found["head"].lstrip(" -")) == indent:
                return FIELD_BY_VARIABLE.get(found["name"])
            if _ITEM.match(other):
                break
            at += step
    return None


def _values(field: FieldName, fleet: Iterable[Deployment], mine: Configuration | None) -> list[tuple[str, str]]:
    """The values with a few words on each: what goes everywhere, then what the fleet has, the most frequent first."""
    counts = Counter(
        str(reading.value)
        for one in fleet
        if (reading := one.config.fields.get(field)) is not None and reading.state == "set"
    )
    offered = dict.fromkeys((*TABLE[field].usual, *(text for text, _ in counts.most_common(_MOST))))
    safe = [text for text in offered if MASK not in text and clean(text) == text]
    return [(text, _note(field, text, counts[text], mine)) for text in safe]


def _note(field: FieldName, text: str, count: int, mine: Configuration | None) -> str:
    try:
        said = check(field, text, mine).meaning
    except ValueError as error:
        said = str(error)
    used = f" · in {plural(count, 'deployment')}" if count else ""
    return clean(said + used)


def _written(value: str, text: str, *, quoted: bool) -> str:
    """The text in the quotes that are there, or in double ones where the value of a variable has none."""
    quote = value[:1] if value[:1] in ("'", '"') else '"' if quoted else ""
    if quote == "'":
        return f"'{text.replace(quote, quote * 2)}'"
    escaped = text.replace("\\", "\\\\").replace('"', '\\"') if quote else text
    return f"{quote}{escaped}{quote}"
