"""One layer as the bytes that it is in: whether it can be edited, and what edits of it make of its file."""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from rea_xcom_tui import values
from rea_xcom_tui.errors import Refused
from rea_xcom_tui.layouts.model import EntryPoint, Layer
from rea_xcom_tui.layouts.patterns import matches
from rea_xcom_tui.text import clean
from rea_xcom_tui.xcom.names import COMMON_ENV

_DOCUMENT = re.compile(rb"^---(?=[ \t\r\n]|\Z)", re.MULTILINE)
_GENERATED = re.compile(
    rb"^#.*\b(?:auto-?generated|generated (?:by|from|with)|do not edit)\b", re.IGNORECASE | re.MULTILINE
)
_HEAD = 1_000
"""How many bytes at its start may say that a file is generated."""
_VARIABLE = re.compile(r"\$\{[^}]*\}")
_FILLED_BY = {"flux": "Flux", "fleet": "Fleet", "argocd": "Argo CD"}


def editable(layers: Sequence[Layer], number: int, what: str) -> int:
    """The number of a layer that can be edited; `what` is in it. Raises `Refused` with the way out where it cannot
    be."""
    layer = layers[number]
    if layer.why_not or layer.is_opaque:
        raise Refused(f"{what} is in {clean(layer.source)}, which is not edited here: {clean(layer.why_not, 300)}")
    if not is_text(layer):
        raise Refused(
            f"{what} is in {clean(layer.source)}, whose text a tool makes from a template or a patch; edit that by hand"
        )
    return number


def is_text(layer: Layer) -> bool:
    """Whether a layer's text is in a file of the repo.

    What a tool has filled in or built is in a file all the same, where it says so; the proof says whether an edit there
    has the outcome that is meant.
    """
    built = layer.content is not None and (not layer.pointer or bool(layer.within))
    return bool(layer.file) and not built


def is_option(layer: Layer) -> bool:
    """Whether a layer is one option of a tool, such as a parameter of Argo CD, which sets a single value."""
    return layer.rule.startswith("set")


def why_not(layers: Sequence[Layer]) -> str:
    """Why none of these layers can be edited, in words."""
    return next((clean(layer.why_not, 200) for layer in reversed(layers) if layer.why_not), "edit them by hand")


def why_generated(data: bytes, file: str, generated: Sequence[str]) -> str | None:
    """Who says that a program regenerates a file, in words; None where nobody does."""
    if _GENERATED.search(data[:_HEAD]) is not None:
        return "its first lines say so"
    return "the configuration says so" if matches(file, generated) else None


def refuse_generated(data: bytes, layer: Layer, generated: Sequence[str]) -> None:
    """Refuse to edit a file that a program regenerates: the configuration says so, or its first lines do."""
    if (why := why_generated(data, layer.file, generated)) is not None:
        raise Refused(f"{clean(layer.file)} is generated ({why}); change what it is generated from")


def refuse_counted(stronger: Sequence[Layer], layer: Layer) -> None:
    """Refuse to take an entry out of a list whose entries an option counts: it would set another one then."""
    for option in stronger:
        if option.rule.startswith("set") and option.path.startswith(f"{COMMON_ENV}["):
            raise Refused(
                f"{clean(option.source)} counts the entries of {COMMON_ENV} ({clean(option.path, 80)}), and taking one "
                f"out of {clean(layer.source)} would move it to another; edit both by hand"
            )


def refuse_variables(data: bytes, layer: Layer, edits: Sequence[values.Edit], entry: EntryPoint) -> None:
    """Refuse to put a value over what a tool fills in, such as a variable of Flux: it would be lost for every
    cluster."""
    holes = [hole for hole, _ in entry.holes]
    if entry.layout != "flux" and not holes:
        return
    tool = _FILLED_BY.get(entry.layout, "the tool that deploys it")
    start, end = _span(data, layer.document) if layer.pointer or layer.document else (0, len(data))
    known = values.ValuesFile.parse(data[start:end])
    for edit in edits:
        if isinstance(edit, values.SetText) and layer.kind != "values text":
            node = known.find((*layer.pointer, *edit.address))
            text = node.text if node is not None and node.kind == "scalar" else ""
            found = _VARIABLE.findall(text) if entry.layout == "flux" else [hole for hole in holes if hole in text]
            if found:
                raise Refused(
                    f"the value in {clean(layer.file)} is the variable {clean(found[0])}, which {tool} fills in for "
                    "each cluster; change the variable, or edit the file by hand"
                )


def below(keys: Sequence[str], edit: values.Edit) -> values.Edit:
    """The same edit of a tree that is below these keys."""
    return msgspec.structs.replace(edit, address=(*keys, *edit.address)) if keys else edit


def with_option(data: bytes, layer: Layer, text: str) -> bytes:
    """The bytes of a file after the text of a tool's option in it, such as a parameter of Argo CD, has become this."""
    return carried_out(data, msgspec.structs.replace(layer, pointer=()), [values.SetText(layer.pointer, text)])


def carried_out(data: bytes, layer: Layer, edits: Sequence[values.Edit]) -> bytes:
    """The bytes of a layer's file after edits of what the layer says."""
    if not edits:
        return data
    if layer.kind == "values text":
        wrapped: list[values.Edit] = [values.InBlock(layer.pointer, tuple(edits))]
    else:
        wrapped = [msgspec.structs.replace(each, address=(*layer.pointer, *each.address)) for each in edits]
    if not layer.pointer and not layer.document:
        return values.edit(data, wrapped)
    start, end = _span(data, layer.document)
    return data[:start] + values.edit(data[start:end], wrapped) + data[end:]


def _span(data: bytes, number: int) -> tuple[int, int]:
    """Where one of a file's documents begins and ends; a marker at the start of a line always begins one."""
    marks = [found.start() for found in _DOCUMENT.finditer(data)]
    head = data[: marks[0]] if marks else data
    if any(line.strip() and not line.lstrip().startswith((b"#", b"%")) for line in head.split(b"\n")):
        marks = [0, *marks]
    marks = marks or [0]
    if number >= len(marks):
        raise Refused("the documents of the file cannot be distinguished; edit it by hand")
    start = 0 if number == 0 else marks[number]
    return start, marks[number + 1] if number + 1 < len(marks) else len(data)
