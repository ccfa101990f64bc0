"""A values file's text as it may be shown: secrets masked, every line harmless, line numbers unchanged."""

from __future__ import annotations

from collections.abc import Iterator

from rea_xcom_tui.text import clean
from rea_xcom_tui.values import ValuesFile
from rea_xcom_tui.values.nodes import Node
from rea_xcom_tui.xcom.secrets import SECRET_KEYS, is_secret_name, mask, mask_line


def display_lines(data: bytes) -> list[str]:
    """The lines of a values file, safe to show. Raises `values.Unreadable` where it is not one.

    The number of lines is that of the file, so that line numbers in a diff stay true.
    """
    parsed = ValuesFile.parse(data)
    text = parsed.text
    for name, node in sorted(_secrets(parsed.root), key=lambda pair: pair[1].start, reverse=True):
        text = text[: node.start] + _masked_span(name, node, text[node.start : node.end]) + text[node.end :]
    return [clean(line.removesuffix("\r")) for line in text.split("\n")]


def _secrets(root: Node) -> Iterator[tuple[str, Node]]:
    """Every scalar whose content is secret, with the name that tells its kind. Aliases are not followed."""
    stack = [root]
    while stack:
        node = stack.pop()
        if node.is_alias:
            continue
        stack.extend(node.items)
        pairs = {key.text: value for key, value in node.entries}
        named = pairs.get("name")
        for key, value in node.entries:
            if value.kind != "scalar" or value.is_alias:
                stack.append(value)
            elif key.text in SECRET_KEYS:
                yield key.text, value
            elif key.text == "value" and named is not None and is_secret_name(named.text):
                yield named.text, value


def _masked_span(name: str, node: Node, source: str) -> str:
    lines = source.split("\n")
    if len(lines) > 1:
        return "\n".join([_head(lines[0]), *(mask_line(line) for line in lines[1:])])
    if not node.text:
        return source
    quote = source[0] if source[:1] in "'\"" else ""
    return f"{quote}{mask(name, node.text)}{quote}"


def _head(line: str) -> str:
    return line if line.lstrip()[:1] in "|>" else mask_line(line)
