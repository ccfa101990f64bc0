"""Patches as kustomize applies them to an object without a schema, such as a HelmRelease.

The rules are those of Kustomize 5.8.1, held against recorded outcomes of the real one. Nothing is merged by names
here: a list of a patch replaces the list below it whole.
"""

from __future__ import annotations

import re

from rea_xcom_tui.values.charts import MergeFailed
from rea_xcom_tui.values.emitting import style_of
from rea_xcom_tui.values.kustomized import Kustomized
from rea_xcom_tui.values.merged import Made, Merged, Part, Readable, plain

_DIRECTIVE = "$patch"
_INDEX = re.compile(r"[+-]?[0-9]{1,9}", re.ASCII)
_KINDS = {"mapping": "keys with values", "sequence": "a list", "scalar": "a single value"}


def strategic(under: Merged, over: Merged) -> Merged:
    """A strategic merge patch without a schema: mappings deeply, lists whole, a null takes the key away.

    `$patch: replace` and `$patch: delete` work in mappings. Where the patch adds a mapping, its nulls go; those that
    are below the patch stay, as do those within lists. A scalar takes on the quotes of the one it replaces. A patch
    that takes away the root leaves an empty mapping. Raises `MergeFailed` where a patch puts something of another kind
    over what is there, as kustomize does.
    """
    merged = _patched(under, over)
    return Merged(Made({}, over.node.line), over.part) if merged is None else merged


def _patched(under: Merged | None, over: Merged) -> Merged | None:
    """What a patch leaves of a value; None where it takes it away."""
    if over.is_null():
        return None
    below = None if under is None or under.is_null() else under
    if over.kind != "mapping":
        _check_kind(below, over)
        return _styled_as(below, over) if below is not None and over.kind == "scalar" else over
    members = over.members()
    directive = members.pop(_DIRECTIVE, None)
    if directive is not None:
        if directive[1].value == "delete":
            return None
        if directive[1].value == "replace":
            below = None
    _check_kind(below, over)
    out = {} if below is None else below.members()
    out = {name: (key, value if name in members else _untouched(value)) for name, (key, value) in out.items()}
    for name, (key, value) in members.items():
        patched = _patched(out[name][1] if name in out else None, value)
        if below is None and patched is not None:
            patched = _untouched(patched)
        if patched is None:
            out.pop(name, None)
        else:
            out[name] = (key, patched)
    return Merged(over.node, over.part, out)


def _styled_as(under: Merged, over: Merged) -> Merged:
    """A patch's scalar in the style of the one it replaces: an unquoted `0` over `'2048'` is the string "0", and a
    quoted '1' over a plain scalar stays a string, but the next patch finds it unquoted."""
    below, node = _written(under), _inner(over)
    if not isinstance(node, Kustomized):
        return over
    quoted = below.quoted if isinstance(below, Kustomized) else isinstance(below.value, str) and _needs_quotes(below)
    if quoted == node.quoted:
        return over
    return Merged(node.requoted() if quoted else node.as_string(quoted=False), over.part)


def _inner(node: Readable) -> Readable:
    """The node of a file, or one made, below those that are merged."""
    while isinstance(node, Merged):
        node = node.node
    return node


def _written(node: Readable) -> Readable:
    """The scalar as a file has it, below what was filled in."""
    while not isinstance(node, Kustomized):
        below = node.node if isinstance(node, Merged) else getattr(node, "source", None)
        if below is None:
            return node
        node = below
    return node


def _needs_quotes(scalar: Readable) -> bool:
    return style_of(scalar.text) != ""


def _untouched(node: Merged) -> Merged:
    """What a patch goes past without changing it: strings that YAML 1.1 would not take for strings get quotes."""
    inner = _inner(node)
    if node.kind == "scalar":
        if isinstance(inner, Kustomized) and inner.is_odd():
            return Merged(inner.as_string(), node.part)
        return node
    if node.kind != "mapping" or (_is_whole(node) and not (isinstance(inner, Kustomized) and inner.is_odd())):
        return node
    members = {name: (key, _untouched(value)) for name, (key, value) in node.members().items()}
    return Merged(node.node, node.part, members)


def _is_whole(node: Readable) -> bool:
    """Whether a mapping is in one file as it is."""
    while isinstance(node, Merged):
        if node.is_combined:
            return False
        node = node.node
    return True


def _settled(node: Merged) -> Merged:
    """The node after kustomize has printed it and read it again: strings have the quotes that printing needs."""
    if node.kind == "mapping":
        members = {name: (key, _settled(value)) for name, (key, value) in node.members().items()}
        return Merged(node.node, node.part, members)
    if node.kind == "sequence":
        return Merged(node.node, node.part, None, tuple(_settled(item) for item in node.items))
    inner = _inner(node)
    if isinstance(inner, Kustomized) and isinstance(inner.value, str):
        return Merged(inner.as_string(quoted=style_of(inner.value) != ""), node.part)
    return node


def _check_kind(under: Merged | None, over: Merged) -> None:
    if under is not None and under.kind != over.kind:
        raise MergeFailed(
            f"The patch puts {_KINDS[over.kind]} where the object has {_KINDS[under.kind]}; kustomize refuses that.",
            over.part,
            over.line,
        )


def json_patched(root: Merged, part: Part) -> Merged:
    """The tree after the operations of a JSON patch (RFC 6902), which are the one sequence of the part's documents.

    As in kustomize's library, `replace` also sets a key of a mapping that was not there, and a negative index counts
    from the end. Raises `MergeFailed` for an operation that does not fit.
    """
    for document in part.documents:
        for operation in document.items:
            root = _operated(root, operation, part)
    return _settled(root)


def pointer_steps(path: str) -> tuple[str, ...] | None:
    """The keys of a JSON pointer (`/spec/values/a~1b`), or None for a text that is none."""
    if path == "":
        return ()
    if not path.startswith("/"):
        return None
    return tuple(step.replace("~1", "/").replace("~0", "~") for step in path[1:].split("/"))


def _operated(root: Merged, operation: Readable, part: Part) -> Merged:
    name = _member(operation, "op")
    path = pointer_steps(_member(operation, "path"))
    if path is None:
        raise _misfit(operation, part, "its path does not start with a slash")
    if name == "remove":
        return _changed(root, path, None, operation, part, "remove")
    if name in ("add", "replace", "test"):
        value = operation.get("value")
        new = Merged(Made(None, operation.line) if value is None else value, part)
        if name != "test":
            return _changed(root, path, new, operation, part, name)
        if plain(_at_or_null(root, path, operation, part)) != plain(new):
            raise _misfit(operation, part, "its test fails")
        return root
    if name in ("move", "copy"):
        source = pointer_steps(_member(operation, "from"))
        if source is None:
            raise _misfit(operation, part, "its 'from' does not start with a slash")
        moved = _at_or_null(root, source, operation, part)
        if name == "move":
            root = _changed(root, source, None, operation, part, "remove")
        return _changed(root, path, moved, operation, part, "add")
    raise _misfit(operation, part, "it is none of add, remove, replace, move, copy and test")


def _changed(
    node: Merged, path: tuple[str, ...], new: Merged | None, operation: Readable, part: Part, name: str
) -> Merged:
    if not path:
        if new is None:
            raise _misfit(operation, part, "it removes the whole object")
        return new
    step, rest = path[0], path[1:]
    if node.kind == "mapping":
        members = node.members()
        if rest:
            if step not in members:
                raise _misfit(operation, part, f"there is no {step[:80]!r} on its path")
            members[step] = (members[step][0], _changed(members[step][1], rest, new, operation, part, name))
        elif new is None:
            if step not in members:
                raise _misfit(operation, part, f"there is no {step[:80]!r} to remove")
            del members[step]
        else:
            key = members[step][0] if step in members else Merged(Made(step, operation.line), part)
            members[step] = (key, new)
        return Merged(node.node, node.part, members)
    if node.kind != "sequence":
        raise _misfit(operation, part, f"{step[:80]!r} on its path is below a single value")
    items = list(node.items)
    at = _index(step, len(items), operation, part, add=name == "add" and not rest)
    if rest:
        items[at] = _changed(items[at], rest, new, operation, part, name)
    elif new is None:
        del items[at]
    elif name == "add":
        items.insert(at, new)
    else:
        items[at] = new
    return Merged(node.node, node.part, None, tuple(items))


def _at(node: Merged, path: tuple[str, ...], operation: Readable, part: Part) -> Merged:
    for step in path:
        if node.kind == "sequence":
            node = node.items[_index(step, len(node.items), operation, part, add=False)]
            continue
        found = node.get(step)
        if found is None:
            raise _misfit(operation, part, f"there is no {step[:80]!r} on its path")
        node = found
    return node


def _at_or_null(root: Merged, path: tuple[str, ...], operation: Readable, part: Part) -> Merged:
    """What is at a path; a key that a mapping does not have counts as null."""
    if path:
        parent = _at(root, path[:-1], operation, part)
        if parent.kind == "mapping" and parent.get(path[-1]) is None:
            return Merged(Made(None, operation.line), part)
    return _at(root, path, operation, part)


def _index(step: str, length: int, operation: Readable, part: Part, *, add: bool) -> int:
    if step == "-" and add:
        return length
    if _INDEX.fullmatch(step) is None:
        raise _misfit(operation, part, f"{step[:80]!r} is not an index of the list on its path")
    at = int(step)
    if at < 0:
        at += length + add
    if at < 0 or at > length or (at == length and not add):
        raise _misfit(operation, part, f"the list on its path has {length} items, no index {at}")
    return at


def _member(operation: Readable, name: str) -> str:
    found = operation.get(name) if operation.kind == "mapping" else None
    return found.text if found is not None and found.kind == "scalar" else ""


def _misfit(operation: Readable, part: Part, why: str) -> MergeFailed:
    line = operation.line + part.line_shift
    what = f"{_member(operation, 'op')} {_member(operation, 'path')}".strip()
    return MergeFailed(f"The JSON patch operation '{what[:200]}' does not fit: {why}.", part, line)
