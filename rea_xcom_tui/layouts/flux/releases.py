"""A HelmRelease as an entry point: its name, its chart, and its layers in the helm-controller's order.

valuesFiles (which replace the chart's own), then valuesFrom in order, then spec.values over all of them. What a
targetPath does against inline values of the same mapping depends on the controller's inner order: a conflict.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import msgspec

from rea_xcom_tui.layouts.flux.cluster import Kept, Release
from rea_xcom_tui.layouts.flux.substitution import filled_content
from rea_xcom_tui.layouts.kustomize.build import Builder
from rea_xcom_tui.layouts.kustomize.layers import object_layers
from rea_xcom_tui.layouts.kustomize.objects import node_at, text_at
from rea_xcom_tui.layouts.model import ChartRef, EntryPoint, Layer, Problem, opaque
from rea_xcom_tui.layouts.referenced import is_sealed, referenced, sealed_layer
from rea_xcom_tui.layouts.tree import LinkOut, Tree
from rea_xcom_tui.text import clean
from rea_xcom_tui.values.documents import first_document
from rea_xcom_tui.values.merged import Merged, Readable

_LONGEST_NAME = 53
_HASH = 12


def release_name(root: Merged) -> str:
    """The name that the helm-controller gives a release."""
    name = text_at(root, "spec", "releaseName")
    if name:
        return name
    target, own = text_at(root, "spec", "targetNamespace"), text_at(root, "metadata", "name")
    name = f"{target}-{own}" if target else own
    if len(name) <= _LONGEST_NAME:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:_HASH]
    return f"{name[: _LONGEST_NAME - _HASH - 1]}-{digest}"


def entry_of(release: Release, builder: Builder) -> EntryPoint:
    """The entry point of a release, its id not yet told apart from others'."""
    kept, root = release.kept, release.kept.root
    place = kept.object.place
    maker = _Maker(release, builder)
    layers = [*maker.value_files(), *maker.values_from()]
    inline = maker.inline()
    conflict = maker.conflict()
    if inline is not None:
        layers.append(inline)
    unknown = list(release.unknown)
    holes = {**kept.variables.missing, **maker.holes}
    if holes:
        names = ", ".join(f"${{{name}}}" for name in list(dict.fromkeys(holes.values()))[:8])
        unknown.append(f"Git does not define the variables {names}; set them in the configuration of the cluster.")
    told = [Problem(clean(sentence, 400), place.file, line) for sentence, line in kept.variables.problems]
    return EntryPoint(
        id=place.file,
        file=place.file,
        layout="flux",
        name=release_name(root),
        layers=tuple(layers),
        document=place.document,
        line=kept.object.line,
        env=release.env,
        namespace=text_at(root, "spec", "targetNamespace")
        or text_at(root, "metadata", "namespace")
        or release.cluster.namespace
        or None,
        cluster=release.cluster.name,
        chart=maker.chart(),
        problems=tuple(dict.fromkeys((*release.problems, *maker.problems, *told))),
        unknown=tuple(dict.fromkeys(unknown)),
        conflict=conflict,
        holes=tuple((whole, f"the variable ${{{name}}}") for whole, name in holes.items()),
    )


class _Maker:
    """Makes the parts of one entry point."""

    def __init__(self, release: Release, builder: Builder) -> None:
        self.release = release
        self.kept = release.kept
        self.root = release.kept.root
        self.tree: Tree = builder.tree
        self.problems: list[Problem] = []
        self.targets: list[tuple[str, int]] = []
        """The targetPath of each valuesFrom entry that has one, with its line."""
        self.holes: dict[str, str] = {}
        """The variables in its ConfigMaps that Git does not define, as they are written, each with its name."""

    def inline(self) -> Layer | None:
        """spec.values, with its patches."""
        variables = self.kept.variables

        def fill(node: Readable, holder: Merged) -> Readable:
            return filled_content(node, variables, holder)

        return object_layers(self.kept.object, ("spec", "values"), fill)

    def chart(self) -> ChartRef:
        """The chart that it installs, as far as its manifests say."""
        spec = node_at(self.root, "spec", "chart", "spec")
        if spec is not None:
            name, version = text_at(spec, "chart"), text_at(spec, "version")
            if text_at(spec, "sourceRef", "kind") in ("GitRepository", "Bucket"):
                folder = name.removeprefix("./").strip("/")
                here = self.tree.is_folder(folder) if not folder.startswith("..") else False
                return ChartRef(folder.rpartition("/")[2] or None, folder if here else None)
            return ChartRef(name or None, version=version or None)
        reference = node_at(self.root, "spec", "chartRef")
        return ChartRef(text_at(reference, "name") or None) if reference is not None else ChartRef()

    def value_files(self) -> Iterator[Layer]:
        """valuesFiles, which stand in for the values that the chart brings along."""
        spec = node_at(self.root, "spec", "chart", "spec")
        files = node_at(spec, "valuesFiles") if spec is not None else None
        if spec is None or files is None:
            return
        in_git = text_at(spec, "sourceRef", "kind") == "GitRepository"
        may_be_missing = text_at(spec, "ignoreMissingValuesFiles") == "true"
        for item in files.items:
            if not in_git or self.chart().folder is None:
                words = f"{clean(item.text, 200)} of the chart"
                yield opaque(words, f"The values file {words} is not in this repo; change it where the chart is made.")
                continue
            says = (item.file, item.line)
            found = referenced(self.tree, "", item.text, says, reader="first document", may_be_missing=may_be_missing)
            if isinstance(found, Layer):
                yield found
            elif found is not None:
                self.problems.append(found)

    def values_from(self) -> Iterator[Layer]:
        """valuesFrom in order: ConfigMaps of the repo as what they hold, all else by its name."""
        sources = node_at(self.root, "spec", "valuesFrom")
        for item in sources.items if sources is not None else ():
            layer = self._source(item)
            if layer is not None:
                yield layer

    def _source(self, item: Merged) -> Layer | None:
        kind, name = text_at(item, "kind"), text_at(item, "name")
        key = text_at(item, "valuesKey") or "values.yaml"
        path = text_at(item, "targetPath")
        if path:
            self.targets.append((path, item.line))
        told = clean(f"{kind} {name} (key {key}" + (f" at {path})" if path else ")"), 300)
        kept = self._object(kind, name)
        optional = text_at(item, "optional") == "true"
        if kept is None:
            secret = kind == "Secret"
            why_not = f"The {told} is not in this repo; change it in the cluster, or where it is made."
            return msgspec.structs.replace(opaque(told, why_not, kind="secret" if secret else "reference"), path=path)
        if kind == "ConfigMap" and node_at(kept.root, "data", key) is None:
            if not optional:
                sentence = f"The {clean(f'{kind} {name}', 200)} has no key {clean(key, 80)}; the release fails."
                self.problems.append(Problem(sentence, item.file, item.line))
            return None
        self.holes |= kept.variables.missing
        source = kept.object.sources.get(key)
        if source is not None and not source.pointer:
            return self._generated(source.file, told, path, text_at(item, "literal") == "true", kept, key)
        if kind == "Secret":
            why_not = f"The {told} is a Secret, whose values are not read; change it in its own file."
            return msgspec.structs.replace(opaque(told, why_not, kind="secret", file=kept.object.place.file), path=path)
        return self._text(kept, key, path, literal=text_at(item, "literal") == "true")

    def _object(self, kind: str, name: str) -> Kept | None:
        namespace = text_at(self.root, "metadata", "namespace")
        objects = self.release.cluster.objects
        found = objects.get((kind, namespace, name))
        if found is not None:
            return found
        return next(
            (
                each
                for (of, where, _), each in objects.items()
                if of == kind and where == namespace and any(old.name == name for old in each.object.previous)
                and not each.object.hashed
            ),
            None,
        )  # fmt: skip

    def _generated(self, file: str, told: str, path: str, literal: bool, kept: Kept, key: str) -> Layer | None:
        """A file that a generator puts into a ConfigMap or Secret: it is the layer."""
        try:
            data = self.tree.read(file)
        except LinkOut:
            data = None
        if data is None:
            return None
        if is_sealed(self.tree, file, data):
            return sealed_layer(file)
        if path:
            rule = "set-literal" if literal else "set"
            text = data.decode("utf-8", "replace")
            return Layer("values file", file, rule=rule, path=path, value=text, words=told)  # type: ignore[arg-type]
        node = node_at(kept.root, "data", key)
        raw = node_at(kept.object.root, "data", key)
        if node is not None and raw is not None and node.text != raw.text:
            return self._read(node, Layer("generated", file, reader="first document", words=told))
        return Layer("values file", file, reader="first document", words=told)

    def _text(self, kept: Kept, key: str, path: str, *, literal: bool) -> Layer | None:
        """The text of one key of a ConfigMap's manifest."""
        node = node_at(kept.root, "data", key)
        if node is None:
            return None
        place = kept.object.places[node.part.layer]
        plain_place = not place.is_text and node.part.rule != "json6902"
        literal_source = kept.object.sources.get(key)
        pointer = (*place.pointer, "data", key) if literal_source is None else literal_source.pointer
        as_it_stands = plain_place and literal_source is None
        layer = Layer(
            "values text",
            place.file,
            pointer if plain_place else place.pointer,
            place.document,
            "first document",
            why_not="" if as_it_stands else "It is in a patch or in a generator's literal; edit it there by hand.",
        )
        if path:
            rule = "set-literal" if literal else "set"
            return msgspec.structs.replace(layer, kind="parameter", rule=rule, path=path, value=node.text)
        raw = node_at(kept.object.root, "data", key)
        if as_it_stands and raw is not None and raw.text == node.text:
            return layer
        return self._read(node, layer)

    def _read(self, node: Merged, layer: Layer) -> Layer | None:
        """A layer whose content is a text that is in no file as it is."""
        root, error = first_document(node.text)
        if error is not None:
            self.problems.append(Problem(clean(str(error), 400), layer.file or node.file, node.line))
        return msgspec.structs.replace(layer, content=root) if root is not None else None

    def conflict(self) -> str | None:
        """Why the outcome of a targetPath is not determined, or None."""
        values = node_at(self.root, "spec", "values")
        paths = [path for path, _ in self.targets]
        for path in paths:
            steps = path.replace("\\.", "\0").replace("[", ".[").split(".")
            if len(steps) == 1 or values is None:
                continue  # the inline value of a top-level key always wins
            at: Merged | None = values
            for step in steps:
                at = at.get(step.replace("\0", ".")) if at is not None and at.kind == "mapping" else None
                if at is not None and at.kind != "mapping":
                    named = clean(path, 100)
                    return f"Both the targetPath {named} and spec.values set it; which one wins is not determined."
        return None
