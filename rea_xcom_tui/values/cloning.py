"""Copying what is in a YAML file so that it says the same of another: a list's item, a document, a file.

The copy is the original's own text with words replaced, comments included, so it looks as its owners write. It is
proved by both readers: afterwards the file holds what it held, with one item more: the original with other words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from rea_xcom_tui.values.documents import read_documents
from rea_xcom_tui.values.errors import RefusedEdit, Unreadable
from rea_xcom_tui.values.merged import reached
from rea_xcom_tui.values.nodes import Node
from rea_xcom_tui.values.second_reader import same_to_both

Rename = Callable[[str], str]
"""What replaces the words in a text."""

_MARKER = re.compile(r"---(?:[ \t]|$)")


def lists(data: bytes) -> Iterator[tuple[int, tuple[str | int, ...], Node]]:
    """Every list in every document of a file: the document's number, the keys that lead there, and the list.

    Raises `Unreadable`.
    """
    found = read_documents(data)
    if found.error is not None:
        raise found.error
    for number, root in enumerate(found.roots):
        yield from ((number, address, node) for address, node in _lists(root, ()))


def _lists(node: Node, address: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], Node]]:
    if node.is_alias:
        return
    if node.kind == "sequence":
        yield address, node
        for at, item in enumerate(node.items):
            yield from _lists(item, (*address, at))
    for key, value in node.entries:
        yield from _lists(value, (*address, key.name))


def scalars(node: Node) -> Iterator[str]:
    """Every text in a node, keys included."""
    if node.kind == "scalar":
        yield node.text
    for item in node.items:
        yield from scalars(item)
    for key, value in node.entries:
        yield key.text
        yield from scalars(value)


def plain(node: Node) -> Any:
    """What a node says, as lists, pairs and texts; a scalar with its type."""
    if node.kind == "sequence":
        return [plain(item) for item in node.items]
    if node.kind == "mapping":
        return [(key.text, plain(value)) for key, value in node.entries]
    return node.value


def renamed(said: Any, rename: Rename) -> Any:
    """What `plain` gives, with the words in every text replaced."""
    if isinstance(said, list):
        return [renamed(one, rename) for one in said]
    if isinstance(said, tuple):
        return tuple(renamed(one, rename) for one in said)
    return rename(said) if isinstance(said, str) else said


def copied(data: bytes, rename: Rename) -> bytes:
    """A whole file with its words replaced. Raises `RefusedEdit` where something else would change with them."""
    text = data.decode("utf-8")
    after = rename(text).encode()
    before_, after_ = _said(data), _said(after)
    if after_ != renamed(before_, rename):
        raise _refused("a copy of the file would say something other than its original with other names")
    same_to_both(after)
    return after


def with_comments(data: bytes, rename: Rename, *, header_only: bool = False) -> bytes:
    """A file with the words replaced in lines that are comments and nothing else; what it says stays.

    The header is what precedes the first line with content. Where a line that looks like a comment is part of a text,
    only the header's words are replaced.
    """
    lines = data.decode("utf-8").splitlines(keepends=True)
    top = next((at for at, line in enumerate(lines) if line.strip("\ufeff \t\r\n")[:1] not in ("", "#")), len(lines))
    header = "".join([*(rename(line) for line in lines[:top]), *lines[top:]]).encode()
    if header_only:
        return header
    everywhere = "".join(rename(line) if line.lstrip().startswith("#") else line for line in lines).encode()
    return everywhere if _said(everywhere) == _said(data) else header


def with_item(data: bytes, document: int, address: Sequence[str | int], at: int, rename: Rename) -> bytes:
    """A file with a copy of one item of a list at the list's end. Raises `RefusedEdit` where that cannot be proved."""
    sequence = _at(read_documents(data).roots[document], address)
    if sequence.is_flow or not sequence.items:
        raise _refused(f"the list at line {sequence.line} is on one line, in brackets")
    lines = data.decode("utf-8").splitlines(keepends=True)
    first, end = _lines_of(lines, sequence.items[at])
    last = _lines_of(lines, sequence.items[-1])[1]
    if not lines[last - 1].endswith("\n"):
        lines[last - 1] += "\n"
    made = [rename(line) for line in lines[first:end]]
    if not made[-1].endswith("\n"):
        made[-1] += "\n"
    after = "".join([*lines[:last], *made, *lines[last:]]).encode()
    said = plain(sequence)
    _prove(data, after, document, address, [*said, renamed(said[at], rename)])
    return after


def with_document(data: bytes, document: int, rename: Rename) -> bytes:
    """A file with a copy of one of its documents at the end. Raises `RefusedEdit` where that cannot be proved."""
    text = data.decode("utf-8")
    lines = text.splitlines(keepends=True)
    marks = [at for at, line in enumerate(lines) if _MARKER.match(line)]
    starts = [at + 1 for at in marks]
    if not marks or any(line.strip() and not line.startswith("#") for line in lines[: marks[0]]):
        starts = [0, *starts]
    ends = [*(start - 1 for start in starts[1:]), len(lines)]
    parts = [lines[a:b] for a, b in zip(starts, ends, strict=True)]
    filled = [part for part in parts if any(line.strip() and not line.startswith("#") for line in part)]
    if document >= len(filled):
        raise _refused("its documents cannot be told apart by their lines")
    tail = "" if text.endswith("\n") else "\n"
    copy = "".join(rename(line) for line in filled[document]).rstrip("\n")
    after = f"{text}{tail}---\n{copy}\n".encode()
    was, now = _said(data), _said(after)
    if now != [*was, renamed(was[document], rename)]:
        raise _refused("a copy of the document would not be there as it is meant")
    same_to_both(after)
    return after


def with_key(data: bytes, key: str, new: str, rename: Rename) -> bytes:
    """A file with a copy of one of its top-level keys at its end, called `new`. Raises `RefusedEdit`."""
    (root,) = _one(data)
    said = plain(root)
    section = root.get(key)
    if section is None or root.get(new) is not None:
        raise _refused(f"there is no {key} to copy, or {new} is there already")
    lines = data.decode("utf-8").splitlines(keepends=True)
    first = next((at for at, line in enumerate(lines) if _names(line, key)), None)
    if first is None or section.is_flow:
        raise _refused(f"{key} has no line of its own")
    end = _end_of(lines, first, 1)
    tail = [] if lines[-1].endswith("\n") else ["\n"]
    made = [rename(line) for line in lines[first:end]]
    made[0] = made[0].replace(rename(key), new, 1)
    after = "".join([*lines, *tail, *made]).rstrip("\n").encode() + b"\n"
    _prove(data, after, 0, (), [*said, (new, renamed(plain(section), rename))])
    return after


def with_mapping(data: bytes, address: Sequence[str | int], content: bytes) -> bytes:
    """A file in which a block mapping says what another file says, in that file's own words and comments.

    Raises `RefusedEdit` where that cannot be proved.
    """
    (root,), (other,) = _one(data), _one(content)
    node = _at(root, address)
    if node.kind != "mapping" or node.is_flow or not node.entries:
        raise _refused("the values are not there as a mapping in lines of its own")
    lines = data.decode("utf-8").splitlines(keepends=True)
    first = node.entries[0][0].line - 1
    margin = len(lines[first]) - len(lines[first].lstrip())
    end = _end_of(lines, first, margin)
    made = [f"{' ' * margin}{line}" if line.strip() else line for line in content.decode("utf-8-sig").splitlines(True)]
    if made and not made[-1].endswith("\n"):
        made[-1] += "\n"
    after = "".join([*lines[:first], *made, *lines[end:]]).encode()
    _prove(data, after, 0, address, plain(other))
    return after


def _one(data: bytes) -> Sequence[Node]:
    found = read_documents(data)
    if found.error is not None or len(found.roots) != 1:
        raise _refused("it is not one YAML document")
    return found.roots


def _names(line: str, key: str) -> bool:
    """Whether a line at the margin begins with this key."""
    return re.match(rf"""(?:{re.escape(key)}|"{re.escape(key)}"|'{re.escape(key)}')[ \t]*:""", line) is not None


def _end_of(lines: Sequence[str], first: int, margin: int) -> int:
    """Behind the last line of what begins at `first` and whose other lines are indented so far at least."""
    end = first + 1
    for at in range(first + 1, len(lines)):
        line = lines[at]
        if line.strip() and len(line) - len(line.lstrip()) < margin:
            break
        if line.strip():
            end = at + 1
    return end


def _prove(before: bytes, after: bytes, document: int, address: Sequence[str | int], wanted: Any) -> None:
    was, now = read_documents(before).roots, read_documents(after).roots
    if len(was) != len(now) or any(
        plain(one) != plain(other) for at, (one, other) in enumerate(zip(was, now, strict=True)) if at != document
    ):
        raise _refused("something else would change with it")
    if plain(now[document]) != _replaced(plain(was[document]), address, wanted):
        raise _refused("a copy of the item would not be there as it is meant")
    same_to_both(after)


def _replaced(said: Any, address: Sequence[str | int], wanted: Any) -> Any:
    if not address:
        return wanted
    step, rest = address[0], address[1:]
    if isinstance(step, int):
        return [_replaced(one, rest, wanted) if at == step else one for at, one in enumerate(said)]
    return [(key, _replaced(value, rest, wanted) if key == step else value) for key, value in said]


def _said(data: bytes) -> list[Any]:
    found = read_documents(data)
    if found.error is not None:
        raise found.error
    return [plain(root) for root in found.roots]


def _at(node: Node, address: Sequence[str | int]) -> Node:
    found = reached(node, address)
    if found is None:
        raise _refused("the list is no longer there")
    return found


def _lines_of(lines: Sequence[str], item: Node) -> tuple[int, int]:
    """The lines of an item of a block list, from the one with its dash; comments after it are not its own."""
    first = item.line - 1
    while first >= 0 and not lines[first].lstrip().startswith("-"):
        first -= 1
    if first < 0:
        raise _refused(f"the item at line {item.line} has no line of its own")
    dash = len(lines[first]) - len(lines[first].lstrip())
    end = first + 1
    for at in range(first + 1, len(lines)):
        line = lines[at]
        indent = len(line) - len(line.lstrip())
        if line.strip() and indent <= dash:
            break
        if line.strip():
            end = at + 1
    return first, end


def _refused(why: str) -> RefusedEdit:
    return RefusedEdit("copy", f"It cannot be added exactly: {why}; add it by hand.")


__all__ = [
    "Rename",
    "Unreadable",
    "copied",
    "lists",
    "plain",
    "renamed",
    "scalars",
    "with_comments",
    "with_document",
    "with_item",
    "with_key",
    "with_mapping",
]
