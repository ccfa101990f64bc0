"""sprig's functions on texts, and those that turn values into texts."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
from typing import Any

from rea_xcom_tui.layouts.gotemplate.errors import Failed, TooMuch, Unsupported
from rea_xcom_tui.layouts.gotemplate.functions import Caller, function, functions, texts
from rea_xcom_tui.layouts.gotemplate.goformat import as_text, go_quoted
from rea_xcom_tui.layouts.gotemplate.yamltext import read_yaml, to_json, to_yaml
from rea_xcom_tui.values.errors import Unreadable

_MAX_TEXT = 1_000_000
_SPACE = " \t\n\v\f\r\x85\xa0"


@function("title", "s")
def _title(text: str) -> str:
    return re.sub(r"(?<![A-Za-z0-9_'])[a-z]", lambda found: found[0].upper(), _ascii(text))


@function("untitle", "s")
def _untitle(text: str) -> str:
    return re.sub(r"(?:(?<=\s)|^)[A-Z]", lambda found: found[0].lower(), _ascii(text))


@function("replace", "sss")
def _replace(old: str, new: str, text: str) -> str:
    _bound(len(text) + text.count(old) * len(new))
    return text.replace(old, new)


@function("repeat", "is")
def _repeat(count: int, text: str) -> str:
    if count < 0:
        raise Failed("repeat counts below zero.")
    _bound(count * len(text))
    return text * count


@function("trunc", "is")
def _trunc(count: int, text: str) -> str:
    text = _ascii(text)
    if count < 0:
        return text[count:] if len(text) + count > 0 else text
    return text[:count]


@function("substr", "iis")
def _substr(start: int, end: int, text: str) -> str:
    text = _ascii(text)
    if start < 0:
        start = 0
    elif end < 0 or end > len(text):
        end = len(text)
    if not 0 <= start <= end <= len(text):
        raise Failed("substr goes beyond the end.")
    return text[start:end]


@function("indent", "is")
def _indent(count: int, text: str) -> str:
    _bound(len(text) + (text.count("\n") + 1) * max(count, 0))
    pad = " " * count
    return pad + text.replace("\n", "\n" + pad)


@function("split", "ss")
def _split(separator: str, text: str) -> dict[str, str]:
    parts = text.split(separator) if separator else list(text)
    return {f"_{at}": part for at, part in enumerate(parts)}


@function("splitn", "sis")
def _splitn(separator: str, count: int, text: str) -> dict[str, str]:
    if not separator or count < 1:
        raise Unsupported("It uses splitn in a way that is not read here.")
    return {f"_{at}": part for at, part in enumerate(text.split(separator, count - 1))}


@function("sortAlpha", "a")
def _sort_alpha(value: Any) -> list[str]:
    return sorted(texts(value)) if isinstance(value, list) else [as_text(value, inner=True)]


@function("b64dec", "s")
def _b64dec(text: str) -> str:
    try:
        return base64.b64decode(text, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        raise Unsupported("It decodes a text that is not base64.") from None


@function("toYaml mustToYaml", "a", bound=True)
def _to_yaml(renderer: Caller, value: Any) -> str:
    renderer.written.append(value)
    text = to_yaml(value)
    renderer.spend(len(text) // 16)
    return text


@function("toJson mustToJson", "a", bound=True)
def _to_json(renderer: Caller, value: Any) -> str:
    renderer.written.append(value)
    text = to_json(value)
    renderer.spend(len(text) // 16)
    return text


@function("toRawJson mustToRawJson", "a", bound=True)
def _to_raw_json(renderer: Caller, value: Any) -> str:
    renderer.written.append(value)
    return to_json(value, html=False)


@function("toPrettyJson mustToPrettyJson", "a", bound=True)
def _to_pretty_json(renderer: Caller, value: Any) -> str:
    renderer.written.append(value)
    return to_json(value, indent="  ")


@function("fromYaml", "s", bound=True)
def _from_yaml(renderer: Caller, text: str) -> Any:
    data = _read(renderer, text)
    if data is None:
        return {}
    if not isinstance(data, dict):
        raise Unsupported("It reads a YAML text that is not a mapping.")
    return data


@function("fromYamlArray", "s", bound=True)
def _from_yaml_array(renderer: Caller, text: str) -> Any:
    data = _read(renderer, text)
    if not isinstance(data, list):
        raise Unsupported("It reads a YAML text that is not a list.")
    return data


@function("fromJson mustFromJson", "s", bound=True)
def _from_json(renderer: Caller, text: str) -> Any:
    data = _read_json(renderer, text)
    if not isinstance(data, dict):
        raise Unsupported("It reads a JSON text that is not a mapping.")
    return data


@function("fromJsonArray", "s", bound=True)
def _from_json_array(renderer: Caller, text: str) -> Any:
    data = _read_json(renderer, text)
    if not isinstance(data, list):
        raise Unsupported("It reads a JSON text that is not a list.")
    return data


def _read_json(renderer: Caller, text: str) -> Any:
    renderer.spend(len(text) // 4)
    try:
        return json.loads(text, parse_int=float, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise Unsupported("It reads a text that is not JSON.") from None


def _no_constant(name: str) -> None:
    raise ValueError(name)


def _read(renderer: Caller, text: str) -> Any:
    renderer.spend(len(text) // 4)
    try:
        return read_yaml(text)
    except Unreadable:
        raise Unsupported("It reads a text that is not YAML.") from None


@function("include", "sa", bound=True)
def _include(renderer: Caller, name: str, data: Any) -> str:
    return renderer.include(name, data)


@function("tpl", "sa", bound=True)
def _tpl(renderer: Caller, source: str, data: Any) -> str:
    return renderer.inline(source, data)


@function("snakecase", "s")
def _snake(text: str) -> str:
    if not re.fullmatch(r"[a-z0-9]+([-_ ][a-z0-9]+)*", text):
        raise Unsupported("It uses snakecase on a text with capitals.")
    return re.sub(r"[- ]", "_", text)


def _ascii(text: str) -> str:
    if not text.isascii():
        raise Unsupported("It cuts or changes a text that is not plain ASCII.")
    return text


def _bound(size: int) -> None:
    if size > _MAX_TEXT:
        raise TooMuch(f"The template makes a text of {size:,} characters.")


functions(
    {
        "quote": ("a*", lambda *values: " ".join(go_quoted(as_text(value)) for value in values if value is not None)),
        "squote": ("a*", lambda *values: " ".join(f"'{as_text(value)}'" for value in values if value is not None)),
        "toString": ("a", lambda value: as_text(value, inner=True)),
        "toStrings": ("a", texts),
        "upper": ("s", lambda text: _ascii(text).upper()),
        "lower": ("s", lambda text: _ascii(text).lower()),
        "trim": ("s", lambda text: text.strip(_SPACE)),
        "trimAll trimall": ("ss", lambda cut, text: text.strip(cut)),
        "trimPrefix": ("ss", lambda prefix, text: text.removeprefix(prefix)),
        "trimSuffix": ("ss", lambda suffix, text: text.removesuffix(suffix)),
        "hasPrefix": ("ss", lambda prefix, text: text.startswith(prefix)),
        "hasSuffix": ("ss", lambda suffix, text: text.endswith(suffix)),
        "contains": ("ss", lambda part, text: part in text),
        "nospace": ("s", lambda text: "".join(char for char in text if char not in _SPACE)),
        "cat": ("a*", lambda *values: " ".join(as_text(value) for value in values if value is not None)),
        "nindent": ("is", lambda count, text: "\n" + str(_indent(count, text))),
        "plural": ("ssi", lambda one, many, count: one if count == 1 else many),
        "splitList": ("ss", lambda separator, text: text.split(separator) if separator else list(text)),
        "join": ("sa", lambda separator, value: separator.join(texts(value))),
        "b64enc": ("s", lambda text: base64.b64encode(text.encode()).decode()),
        "sha256sum": ("s", lambda text: hashlib.sha256(text.encode()).hexdigest()),
        "sha1sum": ("s", lambda text: hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()),
        "kebabcase": ("s", lambda text: str(_snake(text)).replace("_", "-")),
    }
)
