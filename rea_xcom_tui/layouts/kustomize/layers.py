"""The layers of a mapping within a built object: as it is in its own file, and each patch that touches it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import msgspec

from rea_xcom_tui.edits import Address
from rea_xcom_tui.layouts.kustomize.objects import Object, Place, node_at
from rea_xcom_tui.layouts.model import Layer, LayerKind
from rea_xcom_tui.values.charts import MergeFailed
from rea_xcom_tui.values.merged import Made, Merged, Part, Readable, Rule, plain, whole_of
from rea_xcom_tui.values.patches import json_patched, pointer_steps, strategic

Fill = Callable[[Readable, Merged], Readable]
"""Fills what a substitution fills in a layer's content; the holder tells the part."""


def object_layers(found: Object, keys: tuple[str, ...], fill: Fill, kind: LayerKind = "values object") -> Layer | None:
    """The mapping at `keys` of an object as one layer: itself, or a group where patches have a say in it.

    None where the object has no such mapping. Where the way from layer to layer cannot be determined one by one (a
    patch moves values in from elsewhere), the outcome is one layer that cannot be edited.
    """
    now = node_at(found.root, *keys)
    if now is None or now.kind != "mapping":
        return None
    base = node_at(found.base or found.root, *keys)
    layers: list[Layer] = []
    if base is not None and base.kind == "mapping":
        layers.append(_layer(found.places, base.part, keys, kind, "merge", base))
    for part in found.changes:
        layers += _changes(found.places, part, keys)
    if found.changes and not _equals(layers, now):
        why_not = "Its patches move values about, so that no single place says this; change the patches by hand."
        place = found.places[now.part.layer]
        return Layer("patch", place.file, rule="replace", content=fill(now, now), why_not=why_not)
    layers = [msgspec.structs.replace(layer, content=_bare(_filled(layer.content, fill))) for layer in layers]
    if len(layers) == 1:
        return layers[0]
    return Layer("group", layers=tuple(layers))


def _layer(
    places: Mapping[int, Place], part: Part, keys: Address, kind: LayerKind, rule: Rule, content: Readable
) -> Layer:
    place = places[part.layer]
    if place.is_text:
        return Layer(
            "patch", place.file, place.pointer, place.document, "kustomize", rule, content=content, within=keys,
            why_not=place.why_not,
        )  # fmt: skip
    return Layer(
        kind, place.file, (*place.pointer, *keys), place.document, "kustomize", rule, content=content,
        why_not=place.why_not,
    )  # fmt: skip


def _changes(places: Mapping[int, Place], part: Part, keys: tuple[str, ...]) -> Iterator[Layer]:
    document = Merged(part.documents[0], part)
    if part.rule == "strategic":
        said = node_at(document, *keys)
        if said is not None and said.kind == "mapping":
            yield _layer(places, part, keys, "patch", "strategic", said)
        elif said is not None and said.is_null():
            yield _layer(places, part, keys, "patch", "replace", Made({}, said.line, said.column))
        return
    prefix = "".join(f"/{key}" for key in keys)
    operations = [one for one in document.items if _touches(one, keys)]
    if operations:
        moved = tuple(_relative(one, prefix, part) for one in operations)
        content = Merged(document.node, part, None, moved)
        yield _layer(places, part, (), "patch", "json6902", content)


def _filled(content: Readable | None, fill: Fill) -> Readable | None:
    return fill(content, content) if isinstance(content, Merged) else content


def _bare(content: Readable | None) -> Readable | None:
    """What is in one file as a whole, without what merging has put around it."""
    whole = whole_of(content) if content is not None else None
    return content if whole is None or whole[1] else whole[0]


def _touches(operation: Merged, keys: tuple[str, ...]) -> bool:
    path = operation.get("path")
    steps = None if path is None else pointer_steps(path.text)
    return steps is not None and steps[: len(keys)] == keys


def _relative(operation: Merged, prefix: str, part: Part) -> Merged:
    """The operation with its paths counted from the mapping."""
    members = operation.members()
    for name in ("path", "from"):
        if name in members and members[name][1].text.startswith(prefix):
            key, value = members[name]
            shorter = Made(value.text[len(prefix) :], value.line, value.column)
            members[name] = (key, Merged(shorter, part))
    return Merged(operation.node, part, members)


def _equals(layers: list[Layer], now: Merged) -> bool:
    """Whether the layers put together are what the build has."""
    root = Merged(Made({}), Part(-1))
    try:
        for layer in layers:
            part = Part(-1, rule=layer.rule, documents=(layer.content or Made({}),))
            over = Merged(part.documents[0], part)
            if layer.rule == "json6902":
                root = json_patched(root, part)
            else:
                root = over if layer.rule in ("merge", "replace") else strategic(root, over)
    except MergeFailed:
        return False
    return _says_the_same(root, now)


def _says_the_same(one: Merged, other: Merged) -> bool:
    """Whether two trees are the same as plain data; what both have from one and the same node need not be looked at."""
    whole, others_whole = whole_of(one), whole_of(other)
    if whole is not None and others_whole is not None and whole[0] is others_whole[0]:
        return True
    if one.kind != other.kind:
        return False
    if one.kind == "mapping":
        members, others = one.members(), other.members()
        return members.keys() == others.keys() and all(
            _says_the_same(value, others[name][1]) for name, (_, value) in members.items()
        )
    if one.kind == "sequence":
        return len(one.items) == len(other.items) and all(map(_says_the_same, one.items, other.items))
    return plain(one) == plain(other)


def by_value(node: Readable) -> Merged:
    """A tree whose scalars are what they are whatever stood there before, as where kustomize mixes values: unlike
    patches of objects, these take on nobody's quotes."""
    part = Part(-1)
    if node.kind == "mapping":
        members = {key.name: (Merged(key, part), by_value(value)) for key, value in node.entries}
        return Merged(node, part, members)
    if node.kind == "sequence":
        return Merged(node, part, None, tuple(by_value(item) for item in node.items))
    return Merged(Made(node.value, node.line, node.column), part)
