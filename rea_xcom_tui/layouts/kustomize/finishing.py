"""The end of a build: generated objects over those that exist, hashes in names, and the references to such names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from rea_xcom_tui.layouts.kustomize.built import Built, NameReference, Work
from rea_xcom_tui.layouts.kustomize.files import Entry, KustomizationFile
from rea_xcom_tui.layouts.kustomize.generating import Generated, name_hash
from rea_xcom_tui.layouts.kustomize.objects import Broken, Object, Place, first_of, id_of, with_members
from rea_xcom_tui.layouts.kustomize.patching import NewPart
from rea_xcom_tui.layouts.model import Problem
from rea_xcom_tui.layouts.tree import LinkOut, Tree
from rea_xcom_tui.text import clean
from rea_xcom_tui.values.errors import Unreadable
from rea_xcom_tui.values.merged import Made, Merged, Part
from rea_xcom_tui.values.patches import strategic


def absorb(work: Work, generated: Generated, part: Part, places: Mapping[int, Place], line: int) -> None:
    """Add a generated object, or replace or merge the one that exists. Raises `Broken`."""
    file = places[part.layer].file
    root = Merged(Made(generated.manifest(), line), part)
    new = Object(root, places, sources=dict(generated.sources), hashed=generated.hashed)
    wanted = id_of(root)
    old = first_of(work.objects, wanted)
    name = clean(f"{generated.kind} {generated.name}", 200)
    if generated.behavior in ("create", "unspecified"):
        if old is not None:
            raise Broken(Problem(f"The {name} exists already; kustomize refuses to generate it again.", file, line))
        work.objects.append(new)
        return
    if old is None:
        if not work.is_partial:
            sentence = f"The {name} does not exist, so it cannot be merged or replaced; kustomize refuses."
            raise Broken(Problem(sentence, file, line))
        return
    keep = {"metadata": {"name": old.name, "namespace": old.namespace or None}}
    if generated.behavior == "replace":
        over = with_members(strategic(old.root, _metadata_only(root)), keep, part)
        members = {key: pair for key, pair in over.members().items() if key not in ("data", "binaryData")}
        members.update({key: pair for key, pair in root.members().items() if key in ("data", "binaryData")})
        replaced = Merged(root.node, part, members)
        sources = new.sources
    else:
        replaced = with_members(strategic(old.root, root), keep, part)
        sources = {**old.sources, **new.sources}
    merged = replace(old, root=replaced, sources=sources, hashed=old.hashed and new.hashed, base=None)
    work.objects[work.objects.index(old)] = merged


def _metadata_only(root: Merged) -> Merged:
    members = {key: pair for key, pair in root.members().items() if key not in ("data", "binaryData")}
    return Merged(root.node, root.part, members)


def finish(built: Built, new_part: NewPart) -> Built:
    """A build with the hashes in its names, and the references to them that a configuration tells."""
    objects = list(built.objects)
    for at, found in enumerate(objects):
        if found.hashed:
            part = new_part(found.place, "merge", Made(None))
            objects[at] = found.with_metadata({"name": f"{found.name}-{name_hash(found)}"}, part)
    for reference in built.references:
        for at, found in enumerate(objects):
            if not reference.referrer or found.kind == reference.referrer:
                objects[at] = _pointed(found, reference, objects)
    return replace(built, objects=tuple(objects))


def _pointed(found: Object, reference: NameReference, objects: list[Object]) -> Object:
    root = _renamed(found.root, reference.path, found, reference.kind, objects)
    return found if root is found.root else replace(found, root=root, base=found.base or found.root)


def _renamed(node: Merged, path: tuple[str, ...], of: Object, kind: str, objects: list[Object]) -> Merged:
    """The node with the name at a path made the present one; lists on the way are gone through."""
    if node.kind == "sequence":
        items = [_renamed(item, path, of, kind, objects) for item in node.items]
        same = all(new is old for new, old in zip(items, node.items, strict=True))
        return node if same else Merged(node.node, node.part, None, tuple(items))
    if not path:
        if node.kind != "scalar" or not isinstance(node.value, str):
            return node
        names = {
            other.name
            for other in objects
            if other.kind == kind
            and other.id.effective.namespace == of.id.effective.namespace
            and any(each.name == node.value for each in (other.id, *other.previous))
        }
        return Merged(Made(names.pop(), node.line, node.column), node.part) if len(names) == 1 else node
    members = node.members()
    if path[0] not in members:
        return node
    key, value = members[path[0]]
    new = _renamed(value, path[1:], of, kind, objects)
    if new is value:
        return node
    members[path[0]] = (key, new)
    return Merged(node.node, node.part, members)


def read_references(tree: Tree, file: KustomizationFile, work: Work) -> Iterator[NameReference]:
    """The `nameReference` entries of the files under `configurations`."""
    for entry in file.items("configurations"):
        try:
            path = tree.join(file.folder, entry.text)
            documents = tree.documents(path)
        except (LinkOut, Unreadable):
            documents = None
        if documents is None or not documents.roots:
            sentence = f"The configuration {clean(entry.text, 200)} does not exist or cannot be read."
            work.problems.append(Problem(sentence, file.file, entry.node.line, entry.node.column))
            continue
        work.files.add(tree.resolve(path) or path)
        for item in Entry(documents.roots[0], ()).items_of("nameReference"):
            for spec in item.items_of("fieldSpecs"):
                steps = tuple(step.removesuffix("[]") for step in spec.text_of("path").split("/") if step)
                yield NameReference(item.text_of("kind"), steps, spec.text_of("kind"))
