"""Plain data as YAML and JSON text, as Go's sigs.k8s.io/yaml and encoding/json write them, and back."""

from __future__ import annotations

import re
from typing import Any

from rea_xcom_tui.layouts.gotemplate.goformat import Missing, json_float
from rea_xcom_tui.values.documents import read_documents
from rea_xcom_tui.values.merged import Readable, plain
from rea_xcom_tui.values.quoting import double_quoted, is_printable, single_quoted
from rea_xcom_tui.values.resolve import resolve
from rea_xcom_tui.values.times import go_time

_NOT_PLAIN = re.compile(r"[-?:](?: |\Z)|[,\[\]{}#&*!|>'\"%@`]|---|\.\.\.")
_BASE_60 = re.compile(r"[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?\Z")
_NUMBER_PARTS = re.compile(r"(\d+)")
_JSON_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}
_JSON_HTML = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}


def go_data(node: Readable) -> Any:
    """A node as templates see it: every number of a file is a float64."""
    return _floats(plain(node))


def _floats(data: Any) -> Any:
    if isinstance(data, dict):
        return {str(key): _floats(value) for key, value in data.items()}
    if isinstance(data, list):
        return [_floats(item) for item in data]
    return float(data) if isinstance(data, int) and not isinstance(data, bool) else data


def read_yaml(text: str) -> Any:
    """The first document of a YAML text as templates see it. Raises `Unreadable`."""
    documents = read_documents(text)
    if documents.error is not None and not documents.roots:
        raise documents.error
    return go_data(documents.roots[0]) if documents.roots else None


def to_yaml(data: Any) -> str:
    """Data as a YAML text without a last newline; keys sorted, lists not indented, as Helm's `toYaml` gives it."""
    first, *rest = _block(data)
    if isinstance(data, str):
        rest = ["  " + line if line else line for line in rest]
    return "\n".join((first, *rest))


def _block(data: Any) -> list[str]:
    if isinstance(data, dict) and data:
        out: list[str] = []
        for key in sorted(data, key=_natural):
            value = data[key]
            name = _scalar(str(key))
            if isinstance(value, dict | list) and value:
                indent = "  " if isinstance(value, dict) else ""
                out.append(f"{name}:")
                out += [indent + line if line else line for line in _block(value)]
            else:
                first, *rest = _block(value)
                out.append(f"{name}: {first}")
                out += ["  " + line if line else line for line in rest]
        return out
    if isinstance(data, list) and data:
        out = []
        for item in data:
            first, *rest = _block(item)
            out.append(f"- {first}")
            out += ["  " + line if line else line for line in rest]
        return out
    if isinstance(data, dict | list):
        return ["{}" if isinstance(data, dict) else "[]"]
    if isinstance(data, str) and "\n" in data and _fits_block(data):
        ending = data[len(data.rstrip("\n")) :] if data.strip("\n") else "only"
        mark = ("|2" if data.startswith("\n") else "|") + {"": "-", "\n": ""}.get(ending, "+")
        return [mark, *data.removesuffix("\n").split("\n")]
    return [_scalar(data)]


def _fits_block(text: str) -> bool:
    lines = text.split("\n")
    return all(is_printable(line) and not line.endswith(" ") for line in lines) and not lines[0].startswith(" ")


def _scalar(data: Any) -> str:
    match data:
        case None | Missing():
            return "null"
        case bool():
            return "true" if data else "false"
        case int():
            return str(data)
        case float():
            return json_float(data)
    text = str(data)
    if not is_printable(text):
        return double_quoted(text)
    if text == "" or not isinstance(resolve(text), str) or _is_numeric(text):
        return double_quoted(text)
    if _NOT_PLAIN.match(text) or ": " in text or " #" in text or text.endswith(":") or text != text.strip():
        return single_quoted(text)
    return text


def _is_numeric(text: str) -> bool:
    """Whether older readers take a text for a number or a date: goyaml then quotes it."""
    return _BASE_60.match(text) is not None or go_time(text) is not None


def _natural(key: str) -> list[Any]:
    parts = _NUMBER_PARTS.split(key)
    return [(1, int(part), "") if at % 2 else (0, 0, part) for at, part in enumerate(parts)]


def to_json(data: Any, *, html: bool = True, indent: str = "", margin: str = "") -> str:
    """Data as Go's JSON: keys sorted, `<`, `>` and `&` escaped unless `html` is false."""
    inner = margin + indent
    newline = "\n" + inner if indent else ""
    last = "\n" + margin if indent else ""
    colon = ": " if indent else ":"
    match data:
        case dict():
            pairs = [
                _json_string(str(key), html) + colon + to_json(data[key], html=html, indent=indent, margin=inner)
                for key in sorted(data)
            ]
            return "{" + ",".join(newline + pair for pair in pairs) + last + "}" if pairs else "{}"
        case list():
            items = [to_json(item, html=html, indent=indent, margin=inner) for item in data]
            return "[" + ",".join(newline + item for item in items) + last + "]" if items else "[]"
        case str():
            return _json_string(data, html)
    return _scalar(data)


def _json_string(text: str, html: bool) -> str:
    table = {**_JSON_ESCAPES, **(_JSON_HTML if html else {"\u2028": "\\u2028", "\u2029": "\\u2029"})}
    out = (table.get(c) or (f"\\u{ord(c):04x}" if ord(c) < 0x20 else c) for c in text)
    return '"' + "".join(out) + '"'
