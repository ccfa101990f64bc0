"""The page of all schemas, made from the models."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from rea_xcom_tui.reports.formats import SCHEMAS
from rea_xcom_tui.reports.schemas import schema

_HEAD = """# Schemas

`python -m scripts.pages` makes this page from the models. `rea-xcom-tui schema NAME` prints the JSON Schema (2020-12)
of each. Keys are added and never change their meaning; a change that breaks this gets another
number at the end of the schema's `$id`.

In the tables, `[]` stands for each item of a list and `*` for any key.
"""


_ABOUT = {
    "show": "What `show --format json` prints: the same as `list`, with one deployment.",
    "plan": "What `set --plan FILE` saves and `apply` takes.",
    "config": "The configuration, `.rea-xcom-tui.toml` in a repo and the user's own.",
    "baseline": "The baseline file, `.rea-xcom.yaml`.",
}
"""What a schema is of, where its name does not say."""


def schema_page() -> str:
    """The Markdown of all schemas: each key with its type and meaning."""
    parts = [_HEAD]
    for name in SCHEMAS:
        made = schema(name)
        parts += [
            f"## {name}\n",
            _ABOUT.get(name, f"What `{name} --format json` prints.") + "\n",
            "| key | type | what |",
            "|---|---|---|",
        ]
        rows = dict.fromkeys(_rows(made, made, "", ()))  # each form of a value has a severity, told once
        parts += [f"| `{key}` | {kind} | {what} |" for key, kind, what in rows]
        parts.append("")
    return "\n".join(parts)


def _rows(
    node: Mapping[str, Any], whole: Mapping[str, Any], at: str, above: tuple[str, ...]
) -> Iterator[tuple[str, str, str]]:
    """Each key below a node; `above` are the definitions on the way, so that one which holds itself ends."""
    for key, value in node.get("properties", {}).items():
        yield from _row(value, whole, f"{at}{key}", above)
    more = node.get("additionalProperties")
    if isinstance(more, Mapping):
        yield from _row(more, whole, f"{at}*", above)


def _row(
    value: Mapping[str, Any], whole: Mapping[str, Any], key: str, above: tuple[str, ...]
) -> Iterator[tuple[str, str, str]]:
    yield key, _kind(value, whole), _what(value, whole)
    for inner, named, end in _inside(value, whole, ""):
        if named in above:
            continue
        yield from _rows(inner, whole, f"{key}{end}.", (*above, *([named] if named else [])))


def _inside(
    node: Mapping[str, Any], whole: Mapping[str, Any], end: str
) -> Iterator[tuple[Mapping[str, Any], str, str]]:
    """The objects within a value: itself, those it may be, and the items of a list."""
    named = ""
    if "$ref" in node:
        named = node["$ref"].rpartition("/")[2]
        node = _resolved(node, whole)
    if "properties" in node or isinstance(node.get("additionalProperties"), Mapping):
        yield node, named, end
    for each in node.get("anyOf", ()):
        yield from _inside(each, whole, end)
    if isinstance(node.get("items"), Mapping):
        yield from _inside(node["items"], whole, f"{end}[]")


def _resolved(node: Mapping[str, Any], whole: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = whole["$defs"][node["$ref"].rpartition("/")[2]] if "$ref" in node else node
    return found


def _kind(value: Mapping[str, Any], whole: Mapping[str, Any]) -> str:
    node = _resolved(value, whole)
    if "const" in node:
        return f"`{json.dumps(node['const'])}`"
    if "enum" in node:
        return ", ".join(f"`{one}`" for one in node["enum"])
    if "anyOf" in node:
        return " or ".join(dict.fromkeys(_kind(one, whole) for one in node["anyOf"]))
    kind = node.get("type", "anything")
    if isinstance(kind, list):
        return " or ".join(kind)
    if kind == "array":
        return f"list of {_kind(node.get('items', {}), whole)}"
    return str(kind)


def _what(value: Mapping[str, Any], whole: Mapping[str, Any]) -> str:
    said = value.get("description") or _resolved(value, whole).get("description") or ""
    return " ".join(str(said).split()).replace("|", "\\|")
