"""A values file's text as it may be shown: secrets masked, every line harmless, line numbers unchanged."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator

from rea_xcom_tui.fleet.commented import masked_comments
from rea_xcom_tui.text import clean
from rea_xcom_tui.values import ValuesFile
from rea_xcom_tui.values.nodes import Node
from rea_xcom_tui.xcom.masking import hide_in_path
from rea_xcom_tui.xcom.secrets import MASK, SECRET_KEYS, is_secret_name, mask, mask_line

Inside = Callable[[Node], bool]
"""Whether a node may be where one looks."""


def display_lines(data: bytes) -> list[str]:
    """The lines of a values file, safe to show. Raises `values.Unreadable` where it is not one.

    The number of lines is that of the file, so that line numbers in a diff stay true.
    """
    parsed = ValuesFile.parse(data)
    return shown_lines(parsed, 0, len(parsed.text))


def shown_lines(parsed: ValuesFile, start: int, end: int) -> list[str]:
    """The lines of a values file from the index where one starts to the one where another ends, safe to show.

    Only what is in these lines is looked at for secrets, so that showing three lines of a thousand costs little.
    """
    text = parsed.text
    spans = _spans(parsed, start, end)
    # What is masked may begin before these lines and end after them, and is masked as a whole.
    at = min([start, *(text.rfind("\n", 0, begin) + 1 for begin in spans)])
    count = text.count("\n", start, end) + 1
    skipped = text.count("\n", at, start)
    parts: list[str] = []
    done = at
    for begin in sorted(spans):
        stop, shown = spans[begin]
        if begin >= done:
            parts += [text[done:begin], shown]
            done = stop
    parts.append(text[done:end])
    lines = "".join(parts).split("\n")[skipped : skipped + count]
    return [clean(line.removesuffix("\r")) for line in lines]


def _spans(parsed: ValuesFile, start: int, end: int) -> dict[int, tuple[int, str]]:
    """What is masked between two places of the text: where it begins, where it ends, and how it is shown."""
    if parsed.aliases:
        start, end = 0, len(parsed.text)  # what an alias stands for is secret wherever it is
    spans = {begin: (stop, shown) for begin, stop, shown in masked_comments(parsed, start, end)}
    for part, offset in parsed.parts_between(start, end):
        for begin, (stop, shown) in _secret_spans(part, start - offset, end - offset).items():
            spans[begin + offset] = (stop + offset, shown)
    return spans


def _secret_spans(parsed: ValuesFile, start: int, end: int) -> dict[int, tuple[int, str]]:
    """The same of values alone."""
    text = parsed.text

    def inside(node: Node) -> bool:
        return node.start <= end and node.end >= start

    spans: dict[int, tuple[int, str]] = {}
    shown = list(_all_nodes(parsed.root, inside))
    for node in shown:
        if node.kind == "scalar" and not node.is_alias and ":/" in node.text and hide_in_path(node.text) != node.text:
            spans[node.start] = (node.end, _without_password(node, text[node.start : node.end]))
    for name, node in _secrets(parsed.root, shown):
        spans[node.start] = (node.end, _masked_span(name, node, text[node.start : node.end]))
    return spans


def _without_password(node: Node, source: str) -> str:
    """The text of a path or URL with a password in it, as it may be shown; of a folded one nothing but its lines."""
    if "\n" in source:
        return "\n".join([_head(source.split("\n")[0]), *(MASK for _ in source.split("\n")[1:])])
    return _quoted_like(source, hide_in_path(node.text))


def _secrets(root: Node, nodes: Iterable[Node]) -> Iterator[tuple[str, Node]]:
    """Every scalar of some nodes whose content is secret, with the name that tells its kind.

    What an alias under such a name stands for is secret too, wherever its anchor is.
    """
    aliases: dict[str, str] = {}
    for name, node in _named_secrets(nodes):
        if node.is_alias:
            aliases[str(node.anchor)] = name
        else:
            yield from _scalars(name, node)
    if aliases:
        for node in _all_nodes(root):
            if node.anchor in aliases:
                yield from _scalars(aliases[str(node.anchor)], node)


def _named_secrets(nodes: Iterable[Node]) -> Iterator[tuple[str, Node]]:
    """What is under the name of a secret: by a key of the chart, or as an env entry's value."""
    for node in nodes:
        if node.kind != "mapping":
            continue
        told = [(key.text, value) for key, value in node.entries]
        names = [value.text for key, value in told if key == "name"]
        merges = any(key == "<<" for key, _ in told)
        merged = node.get("name") if merges else None
        names += [merged.text] if merged is not None else []
        secret = next((name for name in names if is_secret_name(name)), None)
        for key, value in told:
            if key in SECRET_KEYS:
                yield key, value
            elif key == "value" and secret is not None:
                yield secret, value
        merged = node.get("value") if merges and secret is not None else None
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


def _all_nodes(root: Node, inside: Inside = lambda node: True) -> Iterator[Node]:
    """A node and all values in it that are `inside`. Aliases are among them but not followed."""
    stack = [root]
    while stack:
        node = stack.pop()
        yield node
        if not node.is_alias:
            stack.extend(item for item in node.items if inside(item))
            stack.extend(value for _, value in node.entries if inside(value))


def _masked_span(name: str, node: Node, source: str) -> str:
    lines = source.split("\n")
    if len(lines) > 1:
        return "\n".join([_head(lines[0]), *(mask_line(line) for line in lines[1:])])
    if node.is_alias or not node.text:
        return source
    shown = mask(name, node.text)
    return source if _same(shown, node.text) else _quoted_like(source, shown)


def _same(shown: str, text: str) -> bool:
    """Whether there was nothing to hide. JSON is compared by what it says, since it is rewritten to be shown."""
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
