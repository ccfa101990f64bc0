"""From the terms of a query to functions that say whether a row matches."""

from __future__ import annotations

import operator
from collections.abc import Callable, Collection, Sequence
from typing import cast

from rea_xcom_tui.xcom.fields import TABLE
from rea_xcom_tui.xcom.model import FieldName
from rea_xcom_tui.xcom.query.errors import QueryError, nearest
from rea_xcom_tui.xcom.query.lexer import Text, Token
from rea_xcom_tui.xcom.query.rows import FIELD_KEYS, FIXED_VALUES, KEYS, Row
from rea_xcom_tui.xcom.units import parse_size

Match = Callable[[Row], bool]
Test = Callable[[str], bool]

_COMPARISONS: dict[str, Callable[[int, int], bool]] = {
    ">=": operator.ge, "<=": operator.le, ">": operator.gt, "<": operator.lt,
}  # fmt: skip


def everything(_row: Row) -> bool:
    """What an empty query matches."""
    return True


def all_of(matches: Sequence[Match]) -> Match:
    """Matches rows that match each of these."""
    if len(matches) == 1:
        return matches[0]
    return lambda row: all(match(row) for match in matches)


def any_of(matches: Sequence[Match]) -> Match:
    """Matches rows that match one of these."""
    if len(matches) == 1:
        return matches[0]
    return lambda row: any(match(row) for match in matches)


def none_of(match: Match) -> Match:
    """Matches rows that do not match this."""
    return lambda row: not match(row)


def term(token: Token, text: str) -> Match:
    """The match of one term. Raises `QueryError` for an unknown key or value."""
    if token.key is None:
        return _word(token.values[0])
    key = token.key.text.lower()
    if key not in KEYS:
        raise _unknown_key(token, text)
    return any_of([_value(key, value, text) for value in token.values])


def _unknown_key(token: Token, text: str) -> QueryError:
    assert token.key is not None
    written = token.key.text
    if token.values[0].text.startswith("//"):
        return QueryError(
            f'"{written}" is not a key; to find a path, write path:{written}://….', text, token.key.position
        )
    near = nearest(written, KEYS)
    hint = f"did you mean {near}?" if near else f"known are {', '.join(KEYS)}."
    return QueryError(f'There is no key "{written}"; {hint}', text, token.key.position)


def _word(word: Text) -> Match:
    """A word anywhere in name or file; `*` in it stands for any characters."""
    lowered = word.text.lower()
    if "*" not in lowered:
        return lambda row: lowered in row.words
    test = _wildcard(f"*{lowered}*")
    return lambda row: test(row.words)


def _wildcard(text: str) -> Test:
    """Matches whole texts, `*` standing for any characters. Looks for the parts one after the other, so that the
    time is linear whatever the text."""
    first, *middle = text.split("*")
    last = middle.pop()

    def matches(found: str) -> bool:
        if len(found) < len(first) + len(last) or not (found.startswith(first) and found.endswith(last)):
            return False
        at, end = len(first), len(found) - len(last)
        for part in middle:
            at = found.find(part, at, end)
            if at < 0:
                return False
            at += len(part)
        return True

    return matches


def _value(key: str, value: Text, text: str) -> Match:
    if not value.text:
        raise QueryError(f"A value is missing after {key}:", text, value.position)
    if key in FIELD_KEYS:
        return _field(cast("FieldName", key), value, text)
    if not value.quoted and value.text in ("?", "*"):
        return _presence(key, wanted=value.text == "*")
    if not value.quoted and value.text[0] in "<>":
        raise QueryError("Only threshold can be compared with < and >.", text, value.position)
    _check_fixed(key, value, text)
    test = _test(value.text, ignore_case=True)
    if key in ("is", "code", "severity"):
        return lambda row: any(map(test, _many(row, key)))
    if key == "name":
        return lambda row: test(row.name)
    if key == "file":
        return lambda row: any(map(test, row.files))
    if key == "env":
        return lambda row: row.env is not None and test(row.env)
    if key == "cluster":
        return lambda row: row.cluster is not None and test(row.cluster)
    if key == "namespace":
        return lambda row: row.namespace is not None and test(row.namespace)
    if key == "repo":
        return lambda row: row.repo is not None and test(row.repo)
    return (lambda row: test(row.cloud)) if key == "cloud" else (lambda row: test(row.layout))


def _check_fixed(key: str, value: Text, text: str) -> None:
    known = FIXED_VALUES.get(key)
    if known is None or "*" in value.text or value.text.lower() in known:
        return
    near = nearest(value.text, known)
    hint = f"did you mean {near}?" if near else f"known are {', '.join(known)}."
    raise QueryError(f'{key}: has no "{value.text}"; {hint}', text, value.position)


def _many(row: Row, key: str) -> Collection[str]:
    return row.flags if key == "is" else row.codes if key == "code" else row.severities


def _presence(key: str, *, wanted: bool) -> Match:
    """`key:*` something is there, `key:?` nothing is."""
    if key in ("is", "code", "severity"):
        return lambda row: bool(_many(row, key)) is wanted
    if key == "env":
        return lambda row: (row.env is not None) is wanted
    if key == "cluster":
        return lambda row: (row.cluster is not None) is wanted
    if key == "namespace":
        return lambda row: (row.namespace is not None) is wanted
    if key == "repo":
        return lambda row: (row.repo is not None) is wanted
    if key == "cloud":
        return lambda row: (row.cloud != "none") is wanted
    return lambda _row: wanted


def _test(text: str, *, ignore_case: bool = False) -> Test:
    """Matches one value; what is typed most is asked in the fewest calls, since it is asked of every row."""
    if not ignore_case:
        return _wildcard(text) if "*" in text else lambda found: found == text
    lowered = text.lower()
    if "*" not in lowered:
        return lambda found: found.lower() == lowered
    first, _, rest = lowered.partition("*")
    if not rest:
        return lambda found: found.lower().startswith(first)
    wildcard = _wildcard(lowered)
    return lambda found: wildcard(found.lower())


def _field(field: FieldName, value: Text, text: str) -> Match:
    """A field of XCom: exact in case, because Airflow is; `?` unset, `*` set in whatever state."""
    if not value.quoted and value.text in ("?", "*"):
        unset = value.text == "?"
        return lambda row: (state := row.state(field)) is not None and (state == "unset") is unset
    comparison = next((sign for sign in _COMPARISONS if value.text.startswith(sign)), None)
    if comparison and not value.quoted and TABLE[field].kind != "size":
        raise QueryError("Only threshold can be compared with < and >.", text, value.position)
    if TABLE[field].kind == "size":
        return _threshold(value, comparison, text)
    test = _test(value.text)
    if field == "backend":
        return lambda row: _is_backend(row.value("backend"), test)

    def matches(row: Row) -> bool:
        found = row.value(field)
        return isinstance(found, str) and test(found)

    return matches


def _is_backend(found: object, test: Test) -> bool:
    return isinstance(found, str) and (test(found) or test(found.rpartition(".")[2]))


def _threshold(value: Text, comparison: str | None, text: str) -> Match:
    if comparison is None and "*" in value.text:
        test = _test(value.text)
        return lambda row: (found := row.value("threshold")) is not None and test(str(found))
    start = len(comparison or "")
    try:
        wanted = parse_size(value.text[start:])
    except ValueError as error:
        raise QueryError(str(error), text, value.position + start) from None
    compare = _COMPARISONS[comparison] if comparison else _same_size

    def matches(row: Row) -> bool:
        found = row.value("threshold")
        if isinstance(found, str):  # one that Airflow would refuse, as it is in the file
            return comparison is None and found == value.text
        return found is not None and compare(found, wanted)

    return matches


def _same_size(found: int, wanted: int) -> bool:
    """Equal, or both negative: every negative threshold means never."""
    return found == wanted or (found < 0 and wanted < 0)
