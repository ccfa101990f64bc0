"""Flux's postBuild substitution: `${NAME}` in what a Kustomization has built, with the types that come of it.

kustomize prints an object, the variables are put into the printed text, and that is read again: `"${N}"` has lost its
quotes by then, so a number comes out as a number. The grammar is that of Flux's envsubst, as it was measured: `${V}`,
`${V:=d}`, `${V:-d}` and `${V=d}`, `$$` for a dollar; `$V` and `$(V)` are plain text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from rea_xcom_tui.edits import Scalar
from rea_xcom_tui.text import clean
from rea_xcom_tui.values.documents import read_documents
from rea_xcom_tui.values.emitting import is_plain, written
from rea_xcom_tui.values.errors import Unreadable
from rea_xcom_tui.values.merged import Merged, Readable
from rea_xcom_tui.values.nodes import Kind
from rea_xcom_tui.values.resolve import resolve

_NAME = re.compile(r"[A-Za-z0-9_]+")
_VALID_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_MAX_NESTING = 20

VARIABLE = re.compile(r"\$\{\s*([A-Za-z_][A-Za-z0-9_]*)")
"""A variable and its name, for naming it."""


class BadSubstitution(Exception):
    """A text that Flux's substitution refuses, or does in a way that is not followed here."""


@dataclass(slots=True)
class Variables:
    """What a Kustomization's postBuild substitutes, and what came of it."""

    values: Mapping[str, str]
    is_open: bool = False
    """Whether more variables come from objects that are not in Git; then an unknown one stays as it is written."""
    missing: dict[str, str] = field(default_factory=dict)
    """The variables that stayed, as they are written, each with its name, in the order in which they were met."""
    problems: list[tuple[str, int]] = field(default_factory=list)
    """What is wrong with a text, and its line."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing is substituted at all: without a variable Flux does not look for any."""
        return not self.values and not self.is_open


class Filled:
    """A scalar after the substitution; it is where the text with the variables is."""

    __slots__ = ("column", "kind", "line", "source", "text", "value", "variables")

    def __init__(self, source: Readable, text: str, value: Scalar, variables: Sequence[str]) -> None:
        self.source = source
        """The scalar as it is written."""
        self.kind: Kind = "scalar"
        self.text = text
        self.value = value
        self.line = source.line
        self.column = source.column
        self.variables = tuple(variables)
        """The names that it holds, for saying why it cannot be edited."""

    @property
    def name(self) -> str:
        """The name that it gives as a key."""
        return self.text

    @property
    def items(self) -> Sequence[Readable]:
        """None: it is a scalar."""
        return ()

    @property
    def entries(self) -> Sequence[tuple[Readable, Readable]]:
        """None: it is a scalar."""
        return ()

    def get(self, key: str) -> Readable | None:
        """None: it is a scalar."""
        return None


def substituted(text: str, variables: Variables, depth: int = 0) -> str:
    """A text with its variables filled in. Raises `BadSubstitution`."""
    out: list[str] = []
    at = 0
    while (found := text.find("$", at)) >= 0:
        out.append(text[at:found])
        if text.startswith("$$", found):
            out.append("$")
            at = found + 2
        elif text.startswith("${", found):
            end = _closing(text, found + 2)
            out.append(_variable(text[found + 2 : end], variables, depth))
            at = end + 1
        else:
            out.append("$")
            at = found + 1
    out.append(text[at:])
    return "".join(out)


def _closing(text: str, start: int) -> int:
    """The index of the brace that closes the variable whose inside begins at `start`."""
    depth = 1
    for at in range(start, len(text)):
        if text[at] == "{" and text[at - 1] == "$":
            depth += 1
        elif text[at] == "}":
            depth -= 1
            if not depth:
                return at
    raise BadSubstitution("a ${ that is never closed")


def _variable(inside: str, variables: Variables, depth: int) -> str:
    named = _NAME.match(inside)
    if named is None or depth > _MAX_NESTING:
        raise BadSubstitution(f"${{{clean(inside, 60)}}}, which is not a variable")
    name, rest = named[0], inside[named.end() :]
    if not _VALID_NAME.fullmatch(name):
        raise BadSubstitution(f"${{{clean(name, 60)}}}, whose name is not valid")
    value = variables.values.get(name)
    if value is None and variables.is_open:
        variables.missing[whole := f"${{{inside}}}"] = name
        return whole
    if not rest:
        return value or ""
    operator = next((each for each in (":=", ":-", "=") if rest.startswith(each)), None)
    if operator is None:
        raise BadSubstitution(f"${{{clean(inside, 60)}}}, a form of substitution that is not followed here")
    return value or substituted(rest[len(operator) :], variables, depth + 1)


def filled(node: Merged, variables: Variables) -> Merged:
    """A tree with its variables filled in; parts without any stay the same nodes."""
    if variables.is_empty:
        return node
    return _filled(node, variables) or node


def filled_content(node: Readable, variables: Variables, holder: Merged) -> Readable:
    """The same for what one layer says; `holder` tells the part."""
    found = None if variables.is_empty else _filled(Merged(node, holder.part), variables)
    return node if found is None else found


def _filled(node: Merged, variables: Variables) -> Merged | None:
    """The node with variables filled in, or None where there are none in it."""
    if node.kind == "scalar":
        return _filled_scalar(node, variables) if "$" in node.text and isinstance(node.value, str) else None
    if node.kind == "sequence":
        items = [_filled(item, variables) for item in node.items]
        if not any(items):
            return None
        pairs = zip(items, node.items, strict=True)
        return Merged(node.node, node.part, None, tuple(new or old for new, old in pairs))
    members: dict[str, tuple[Merged, Merged]] = {}
    changed = False
    for name, (key, value) in node.members().items():
        new_key = _filled(key, variables) if "$" in name else None
        new_value = _filled(value, variables)
        changed = changed or new_key is not None or new_value is not None
        members[name if new_key is None else new_key.text] = (new_key or key, new_value or value)
    return Merged(node.node, node.part, members) if changed else None


def _filled_scalar(node: Merged, variables: Variables) -> Merged | None:
    try:
        text = substituted(written(node.text), variables)
    except BadSubstitution as bad:
        variables.problems.append((f"Flux cannot substitute {bad}.", node.line))
        return None
    if text == written(node.text):
        return None
    found = reread(node, text, VARIABLE.findall(node.text))
    if found is None:
        sentence = "Substituting variables turns this text into something other than a single value."
        variables.problems.append((sentence, node.line))
    return found


def reread(node: Merged, printed: str, names: Sequence[str]) -> Merged | None:
    """A scalar whose printed text was changed, as it is read again; None where it is no single value any more."""
    if is_plain(printed):
        value = resolve(printed)
        return Merged(Filled(node, printed, value, names), node.part)
    try:
        found = read_documents(f"v: {printed}" if "\n" in printed else f"v: {printed}\n").roots[0].get("v")
    except (Unreadable, IndexError):
        return None
    if found is None or found.kind != "scalar":
        return None
    return Merged(Filled(node, found.text, found.value, names), node.part)
