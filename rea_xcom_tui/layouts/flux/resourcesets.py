"""ResourceSets of the Flux operator: objects written once and filled for each of a list of inputs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from rea_xcom_tui.layouts.flux.cluster import Kept
from rea_xcom_tui.layouts.flux.substitution import reread
from rea_xcom_tui.layouts.kustomize.objects import node_at
from rea_xcom_tui.values.emitting import written
from rea_xcom_tui.values.merged import Merged, plain

_HOLE = re.compile(r"<<-?\s*inputs\.([A-Za-z0-9_.]+)\s*-?>>")
MAX_OBJECTS = 5_000
"""More objects than this are made of no set."""


def expanded(kept: Kept) -> Iterator[Kept]:
    """The objects of a set whose inputs are literal, with `<< inputs.name >>` filled in.

    What only the cluster knows (`inputsFrom`) makes none; a hole with a function in it stays as it is written.
    """
    resources = node_at(kept.root, "spec", "resources")
    listed = node_at(kept.root, "spec", "inputs")
    if resources is None:
        return
    inputs = list(listed.items) if listed is not None else []
    if not inputs and node_at(kept.root, "spec", "inputsFrom") is None:
        inputs = [resources]  # without inputs, the resources stand as they are
    made = 0
    for each in inputs:
        values = plain(each) if each.kind == "mapping" else {}
        for item in resources.items:
            made += 1
            if made > MAX_OBJECTS:
                sentence = f"The ResourceSet makes more than {MAX_OBJECTS:,} objects; the rest are left out."
                kept.variables.problems.append((sentence, kept.object.line))
                return
            root = _with_inputs(item, values if isinstance(values, dict) else {})
            yield Kept(replace(kept.object, root=root, base=None, changes=()), root, kept.variables)


def _with_inputs(node: Merged, inputs: Mapping[str, object]) -> Merged:
    if node.kind == "mapping":
        members = {name: (key, _with_inputs(value, inputs)) for name, (key, value) in node.members().items()}
        return Merged(node.node, node.part, members)
    if node.kind == "sequence":
        return Merged(node.node, node.part, None, tuple(_with_inputs(item, inputs) for item in node.items))
    if "<<" not in node.text:
        return node
    text = _HOLE.sub(lambda hole: _text(_input(inputs, hole[1])), written(node.text))
    return reread(node, text, _HOLE.findall(node.text)) or node


def _input(inputs: Mapping[str, object], path: str) -> object:
    found: object = inputs
    for key in path.split("."):
        found = found.get(key) if isinstance(found, Mapping) else None
    return found


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else "" if value is None else str(value)
