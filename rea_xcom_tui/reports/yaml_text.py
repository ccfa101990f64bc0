"""Plain data as YAML in block style, every text in double quotes, so that no reader takes one for something else."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

_PAIR = re.compile(r"\\u(d[89ab][0-9a-f]{2})\\u(d[c-f][0-9a-f]{2})")


def yaml_text(data: Mapping[str, Any]) -> str:
    """YAML of what JSON could say, in plain ASCII; keys keep their order.

    >>> yaml_text({"a": [{"b": "yes", "c": None}], "d": []})
    'a:\\n- b: "yes"\\n  c: null\\nd: []'
    """
    return "\n".join(_mapping(data, ""))


def _mapping(data: Mapping[str, Any], indent: str) -> Iterator[str]:
    for key, value in data.items():
        name = key if re.fullmatch(r"[a-z]{2,}(_[a-z]+)*", key) else scalar(key)
        if isinstance(value, Mapping) and value:
            yield f"{indent}{name}:"
            yield from _mapping(value, f"{indent}  ")
        elif isinstance(value, Sequence) and not isinstance(value, str) and value:
            yield f"{indent}{name}:"
            yield from _sequence(value, indent)
        else:
            yield f"{indent}{name}: {scalar(value)}"


def _sequence(items: Sequence[Any], indent: str) -> Iterator[str]:
    for item in items:
        if isinstance(item, Mapping) and item:
            first, *rest = _mapping(item, f"{indent}  ")
            yield f"{indent}- {first.lstrip()}"
            yield from rest
        else:
            yield f"{indent}- {scalar(item)}"


def scalar(value: Any) -> str:
    """A scalar, or an empty collection. JSON's escapes are YAML's but for characters that JSON writes as a pair."""

    def joined(pair: re.Match[str]) -> str:
        high, low = int(pair[1], 16), int(pair[2], 16)
        return f"\\U{0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00):08x}"

    return _PAIR.sub(joined, json.dumps(value, ensure_ascii=True))
