"""Patches of a kustomization: read from files and texts, and applied to the objects that they mean."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from rea_xcom_tui.layouts.kustomize.files import Entry
from rea_xcom_tui.layouts.kustomize.objects import Broken, Object, Place, id_of, text_at, with_members
from rea_xcom_tui.layouts.kustomize.selecting import NotFollowed, selection
from rea_xcom_tui.layouts.model import Problem
from rea_xcom_tui.text import clean
from rea_xcom_tui.values.charts import MergeFailed
from rea_xcom_tui.values.documents import read_documents
from rea_xcom_tui.values.errors import Unreadable
from rea_xcom_tui.values.kustomized import kustomized
from rea_xcom_tui.values.merged import Made, Merged, Part, Readable, Rule
from rea_xcom_tui.values.nodes import Node
from rea_xcom_tui.values.patches import json_patched, strategic

NewPart = Callable[[Place, Rule, Readable], Part]
"""Makes a part of a rule and a document, and remembers its place."""


@dataclass(frozen=True, slots=True)
class Patch:
    """One patch with the objects it is meant for; without a target, those that it names itself."""

    parts: tuple[Part, ...]
    is_json: bool
    selects: Callable[[Object], bool] | None
    problem: Callable[[str], Problem]
    """Makes a problem on the line of the kustomization that brings the patch in."""


def is_literal(node: Readable) -> bool:
    """Whether a scalar is written as a literal block (`|`), so that its lines are lines of its file."""
    while not isinstance(node, Node):
        inner = node.node if isinstance(node, Merged) else getattr(node, "source", None)
        if inner is None:
            return False
        node = inner
    return node.style == "|"


def text_documents(within: Readable, file: str) -> list[Readable]:
    """The documents of a text within a file, as kustomize reads them; their lines count in the file. Of a text that is
    not a literal block, all is at the line of the text. Raises `Broken`."""
    try:
        documents = read_documents(within.text)
        if documents.error is not None:
            raise documents.error
        literal = is_literal(within)
        at = None if literal else (within.line, within.column)
        return [kustomized(root, shift=within.line, at=at) for root in documents.roots]
    except Unreadable as error:
        sentence = f"The text at line {within.line} cannot be read: {clean(str(error), 400)}"
        raise Broken(Problem(sentence, file, within.line, within.column)) from None


def apply_patch(objects: list[Object], patch: Patch, is_partial: Callable[[str], bool]) -> Iterator[Problem]:
    """Apply a patch to a build's objects, in place. Yields what kustomize would refuse.

    `is_partial` says of a kind whether the build may hold objects of it that are not here.
    """
    if patch.selects is not None:
        chosen = [at for at, found in enumerate(objects) if patch.selects(found)]
        if not patch.is_json and len(patch.parts) > 1:
            yield patch.problem("A patch with a target has to be one document; kustomize refuses several.")
            return
        for part in patch.parts:
            yield from _apply_at(objects, chosen, part, patch)
        objects[:] = [found for found in objects if found.root.members()]
        return
    for part in patch.parts:
        wanted = id_of(Merged(part.documents[0], part))
        meant = [at for at, found in enumerate(objects) if found.is_any(wanted)]
        if len(meant) > 1:
            named = clean(f"{wanted.kind} {wanted.name}", 200)
            yield patch.problem(f"The patch is for the {named}, of which there are several; kustomize fails.")
        elif meant:
            yield from _apply_at(objects, meant, part, patch)
        elif not is_partial(wanted.kind):
            where = f" in namespace {wanted.namespace}" if wanted.namespace else ""
            named = clean(f"{wanted.kind} {wanted.name}{where}", 200)
            yield patch.problem(f"The patch is for the {named}, which is not among the resources; kustomize fails.")
    objects[:] = [found for found in objects if found.root.members()]


def _apply_at(objects: list[Object], chosen: Iterable[int], part: Part, patch: Patch) -> Iterator[Problem]:
    for at in chosen:
        try:
            objects[at] = _json(objects[at], part) if patch.is_json else _strategic(objects[at], part)
        except MergeFailed as failed:
            yield patch.problem(clean(str(failed), 500))
            return


def _json(found: Object, part: Part) -> Object:
    return found.patched(json_patched(found.root, part), part)


def _strategic(found: Object, part: Part) -> Object:
    """Patched; kind, name and namespace stay as they are. An object that is deleted is left without members."""
    over = Merged(part.documents[0], part)
    if text_at(over, "$patch") == "delete":
        return found.patched(Merged(Made({}), part), part)
    keep: dict[str, object] = {
        "kind": found.kind,
        "metadata": {"name": found.name, "namespace": found.namespace or None},
    }
    root = with_members(strategic(found.root, over), keep, found.root.part)
    return found.patched(root, part)


def read_patch(entry: Entry, place: Place, documents: Iterable[tuple[Readable, Place]], new_part: NewPart) -> Patch:
    """A patch out of its documents, each with its place. Raises `Broken`."""

    def problem(sentence: str) -> Problem:
        return Problem(sentence, place.file, entry.node.line, entry.node.column)

    target = entry.get("target")
    try:
        selects = None if target is None else selection(Entry(target, ()))
    except NotFollowed as pattern:
        sentence = f"The patch's target has the pattern {clean(pattern, 100)}, which is not followed here."
        raise Broken(problem(sentence)) from None
    read = [(node, where) for node, where in documents if node.kind != "mapping" or node.entries]
    if not read:
        raise Broken(problem("The patch is empty; kustomize refuses that."))
    is_json = read[0][0].kind == "sequence"
    parts: list[Part] = []
    for node, where in read:
        if is_json != (node.kind == "sequence") or node.kind == "scalar":
            raise Broken(problem("The patch is neither a manifest nor a list of operations."))
        meant = None if is_json else id_of(Merged(node, Part(-1)))
        if meant is not None and not (meant.kind and meant.name):
            raise Broken(problem("The patch has no kind or no metadata.name; kustomize refuses that."))
        parts.append(new_part(where, "json6902" if is_json else "strategic", node))
    if is_json and selects is None:
        raise Broken(problem("A list of operations needs a target; kustomize refuses it without one."))
    return Patch(tuple(parts), is_json, selects, problem)
