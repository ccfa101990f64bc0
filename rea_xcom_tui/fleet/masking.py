"""A values file's text as it may be shown: secrets masked, every line harmless, line numbers unchanged."""

from __future__ import annotations

import json
from collections.abc import Iterator

from rea_xcom_tui.fleet.commented import masked_comments
from rea_xcom_tui.text import clean
from rea_xcom_tui.values import ValuesFile
from rea_xcom_tui.values.nodes import Node
from rea_xcom_tui.xcom.masking import hide_in_path
from rea_xcom_tui.xcom.secrets import MASK, SECRET_KEYS, is_secret_name, mask, mask_line


def display_lines(data: bytes) -> list[str]:
    """The lines of a values file, safe to show. Raises `values.Unreadable` where it is not one.

    The number of lines is that of the file, so that line numbers in a diff stay true.
    """
    parsed = ValuesFile.parse(data)
    text = parsed.text
    spans = {start: (end, shown) for start, end, shown in masked_comments(parsed)}
    for node in _all_nodes(parsed.root):
        if node.kind == "scalar" and not node.is_alias and ":/" in node.text and hide_in_path(node.text) != node.text:
            spans[node.start] = (node.end, _without_password(node, text[node.start : node.end]))
    for name, node in _secrets(parsed.root):
        spans[node.start] = (node.end, _masked_span(name, node, text[node.start : node.end]))
    for start in sorted(spans, reverse=True):
        end, shown = spans[start]
        text = text[:start] + shown + text[end:]
    return [clean(line.removesuffix("\r")) for line in text.split("\n")]


def _without_password(node: Node, source: str) -> str:
    """The text of a path or URL with a password in it, as it may be shown; of a folded one nothing but its lines."""
    if "\n" in source:
        return "\n".join([_head(source.split("\n")[0]), *(MASK for _ in source.split("\n")[1:])])
    return _quoted_like(source, hide_in_path(node.text))


def _secrets(root: Node) -> Iterator[tuple[str, Node]]:
    """Every scalar whose content is secret, with the name that tells its kind.

    What an alias under such a name stands for is secret too, wherever its anchor is.
    """
    aliases: dict[str, str] = {}
    for name, node in _named_secrets(root):
        if node.is_alias:
            aliases[str(node.anchor)] = name
        else:
            yield from _scalars(name, node)
    if aliases:
        for node in _all_nodes(root):
            if node.anchor in aliases:
                yield from _scalars(aliases[str(node.anchor)], node)


def _named_secrets(root: Node) -> Iterator[tuple[str, Node]]:
    """What stands under the name of a secret: by a key of the chart, or as an env entry's value."""
    for node in _all_nodes(root):
        if node.kind != "mapping":
            continue
        names = [value.text for key, value in node.entries if key.text == "name"]
        merged = node.get("name")
        names += [merged.text] if merged is not None else []
        secret = next((name for name in names if is_secret_name(name)), None)
        for key, value in node.entries:
            if key.text in SECRET_KEYS:
                yield key.text, value
            elif key.text == "value" and secret is not None:
                yield secret, value
        merged = node.get("value") if secret is not None else None
        if secret is not None and merged is not None:
            yield secret, merged


def _scalars(name: str, node: Node) -> Iterator[tuple[str, Node]]:
    """A secret itself, or, where it is a list or a mapping, everything in it, of which nothing is shown."""
    if node.kind == "scalar":
        yield name, node
        return
    for inner in _all_nodes(node):
        if inner.kind == "scalar" and inner is not node:
            yield "", inner


def _all_nodes(root: Node) -> Iterator[Node]:
    """A node and all values in it. Aliases are among them but not followed."""
    stack = [root]
    while stack:
        node = stack.pop()
        yield node
        if not node.is_alias:
            stack.extend(node.items)
            stack.extend(value for _, value in node.entries)


def _masked_span(name: str, node: Node, source: str) -> str:
    lines = source.split("\n")
    if len(lines) > 1:
        return "\n".join([_head(lines[0]), *(mask_line(line) for line in lines[1:])])
    if node.is_alias or not node.text:
        return source
    shown = mask(name, node.text)
    return source if _same(shown, node.text) else _quoted_like(source, shown)


def _same(shown: str, text: str) -> bool:
    """Whether there was nothing to hide. JSON is compared by what it says, since it is written anew to be shown."""
    try:
        return shown == text or bool(json.loads(shown) == json.loads(text))
    except ValueError:
        return False


def _quoted_like(source: str, text: str) -> str:
    """A text in the quotes that it had in the file, as it would have to be written there."""
    if source[:1] == "'":
        return "'" + text.replace("'", "''") + "'"
    if source[:1] == '"':
        return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return text


def _head(line: str) -> str:
    return line if line.lstrip()[:1] in "|>" else mask_line(line)
