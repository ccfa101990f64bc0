"""Building a kustomization without kustomize: as much of it as decides about charts' values, in kustomize's order.

Resources, then generators, components, patches, namespace, prefix and suffix, labels and annotations, old JSON patches;
at the end the hashes of generated names. What is not followed (transformers, replacements, remote bases) is named, and
what kustomize would refuse is a problem on the line that says it, while the rest is built on. Checked against random
kustomizations that the real Kustomize 5.8.1 built.
"""

from __future__ import annotations

import contextlib
import posixpath
import re
import weakref
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial

from rea_xcom_tui.layouts.kustomize.built import (
    MAX_DEPTH,
    MAX_OBJECTS,
    WANTED_KINDS,
    Built,
    ChartUse,
    Extra,
    Work,
)
from rea_xcom_tui.layouts.kustomize.files import Entry, KustomizationFile, made_up, read_kustomization
from rea_xcom_tui.layouts.kustomize.finishing import absorb, finish, read_references
from rea_xcom_tui.layouts.kustomize.generating import read_generator
from rea_xcom_tui.layouts.kustomize.objects import Broken, Id, Object, Place, kind_of, manifests_in
from rea_xcom_tui.layouts.kustomize.patching import apply_patch, read_patch, text_documents
from rea_xcom_tui.layouts.kustomize.transforming import transform
from rea_xcom_tui.layouts.model import Problem
from rea_xcom_tui.layouts.tree import LinkOut, Tree
from rea_xcom_tui.text import clean
from rea_xcom_tui.values.errors import Unreadable
from rea_xcom_tui.values.kustomized import Kustomized, kustomized
from rea_xcom_tui.values.merged import Made, Merged, Part, Readable, Rule
from rea_xcom_tui.values.nodes import Node

_REMOTE = re.compile(r"[a-z+]+://|git@|git::|[\w.-]+\.(?:com|org|io|net|dev)[/:]|.*\?ref=", re.IGNORECASE)
_WANTED = re.compile("|".join(sorted(WANTED_KINDS)).encode())
Documents = Callable[[], list[tuple[Readable, Place]]]
"""Reads the documents of a patch, each with its place."""

_LOOKS = 3

_NOT_FOLLOWED = ("replacements", "transformers", "vars", "crds", "openapi")


class Builder:
    """Builds the kustomizations of a tree, each folder once."""

    def __init__(self, tree: Tree) -> None:
        self._tree = weakref.ref(
            tree
        )  # which keeps the builder: knowing each other, only the collector would find them
        self.places: dict[int, Place] = {}
        """The place of every part, by its number."""
        self._built: dict[tuple[str, bool], Built] = {}
        self._objects: dict[str, list[Object] | Broken] = {}
        self._documents: dict[tuple[str, int], Kustomized] = {}
        self._open: list[str] = []
        self._is_cut = False
        self._cut: dict[str, int] = {}

    @property
    def tree(self) -> Tree:
        """The files that are built. Raises `ReferenceError` where nobody has them any more."""
        tree = self._tree()
        if tree is None:
            raise ReferenceError("the tree of this builder is gone")
        return tree

    def new_part(self, place: Place, rule: Rule, document: Readable) -> Part:
        """A part with a number of its own, whose place is remembered."""
        number = len(self.places)
        self.places[number] = place
        return Part(number, place.file, rule, (document,))

    def raw_objects(self, mark: bytes, kinds: frozenset[str]) -> Iterator[Object]:
        """Every manifest of some kinds in the files whose bytes hold a mark, as it stands. Files that cannot be read
        are passed over: whoever builds them says what is wrong."""
        for path in self.tree.paths:
            if not path.endswith((".yaml", ".yml")):
                continue
            data = self.tree.read(path)
            if data is None or mark not in data:
                continue
            with contextlib.suppress(Broken):
                yield from (found for found in self._objects_in(path) if found.kind in kinds)

    def build(self, folder: str, extra: Extra | None = None, *, make_up: bool = False) -> Built:
        """What `kustomize build` makes of a folder, names with their hashes. With `make_up`, as Flux does: a folder
        without a kustomization builds all its manifests."""
        return finish(self.gathered(folder, extra, make_up=make_up), self.new_part)

    def gathered(self, folder: str, extra: Extra | None = None, *, make_up: bool = False) -> Built:
        """What a folder adds to the build of another. Raises nothing: what is wrong is among the problems."""
        key = (folder, make_up)
        if extra is None and key in self._built:
            return self._built[key]
        work = Work()
        try:
            self._gather(work, folder, extra, make_up=make_up)
        except Broken as broken:
            work.problems.append(broken.problem)
            work.is_partial = True
        built = work.done()
        if extra is None:
            # What a circle or the depth has cut short looks different from elsewhere; a few looks at it are enough.
            self._cut[folder] = self._cut.get(folder, 0) + self._is_cut
            if not self._is_cut or not self._open or self._cut[folder] > _LOOKS:
                self._built[key] = built
            self._is_cut = self._is_cut and bool(self._open)
        return built

    def _gather(self, work: Work, folder: str, extra: Extra | None, *, make_up: bool) -> None:
        file = read_kustomization(self.tree, folder)
        if file is None and make_up and self.tree.is_folder(folder):
            file = made_up(self.tree, folder)
        if file is None:
            raise Broken(Problem(f"There is no kustomization in {clean(folder, 200) or 'the root folder'}.", folder))
        if file.is_component:
            raise Broken(Problem("A component can only be used under `components`, not as a resource.", file.file))
        self._accumulate(work, file, extra)

    def _accumulate(self, work: Work, file: KustomizationFile, extra: Extra | None) -> None:
        if file.folder in self._open or len(self._open) >= MAX_DEPTH:
            raise Broken(self._circle(file.folder, file.file or file.folder, 0))
        self._open.append(file.folder)
        try:
            work.folders.add(file.folder)
            if file.file:
                work.files.add(file.file)
            self._resources(work, file)
            self._generators(work, file)
            self._components(work, file, extra)
            work.references += read_references(self.tree, file, work)
            self._patches(work, file, extra)
            transform(work, file, extra, self.new_part)
            self._written_patches(work, file, "patchesJson6902")
        finally:
            self._open.pop()
        if field := file.has(*_NOT_FOLLOWED):
            work.unknown.append(f"{clean(file.file, 200)} uses {field}, which is not followed here.")

    # -- resources ----------------------------------------------------------------------------------

    def _resources(self, work: Work, file: KustomizationFile) -> None:
        known = {found.id.effective for found in work.objects}
        for path, _ in file.resources:
            place = Place(path)
            if self.tree.is_folder(path):
                self._add_folder(work, path, place, known)
            else:
                self._add_file(work, path, place, known)
        for entry in file.items("resources", "bases"):
            place = Place(file.file, line=entry.node.line)
            try:
                self._resource(work, file, entry, place, known)
            except Broken as broken:
                work.problems.append(broken.problem)
                work.is_partial = True

    def _resource(self, work: Work, file: KustomizationFile, entry: Entry, place: Place, known: set[Id]) -> None:
        if _REMOTE.match(entry.text):
            work.is_partial = True
            return
        path = self.path_of(file, entry)
        if self.tree.is_folder(path):
            self._add_folder(work, path, place, known)
        elif self.tree.is_file(path):
            self._add_file(work, path, place, known)
        else:
            raise Broken(self.missing(entry, file.file))

    def _add_folder(self, work: Work, folder: str, place: Place, known: set[Id]) -> None:
        folder = self.tree.resolve(folder) or folder
        if folder in self._open:
            raise Broken(self._circle(folder, place.file, place.line))
        if read_kustomization(self.tree, folder) is None:
            sentence = f"There is no kustomization in {clean(folder, 200) or 'the root folder'}."
            raise Broken(Problem(sentence, place.file, place.line))
        built = self.gathered(folder)
        work.take(built)
        self._add(work, built.objects, place, known)

    def _add_file(self, work: Work, path: str, place: Place, known: set[Id]) -> None:
        path = self.tree.resolve(path) or path
        data = self.tree.read(path)
        if data is None or _WANTED.search(data) is None:
            return
        work.files.add(path)
        self._add(work, self._objects_in(path), place, known)

    def _objects_in(self, path: str) -> list[Object]:
        """The manifests of a file that are of a kind we want, read once. Raises `Broken` for
        a file that cannot be read to its end, which kustomize refuses as a whole."""
        known = self._objects.get(path)
        if known is None:
            try:
                known = list(self._read_objects(path))
            except Broken as broken:
                known = broken
            self._objects[path] = known
        if isinstance(known, Broken):
            raise known
        return known

    def _read_objects(self, path: str) -> Iterator[Object]:
        try:
            documents = self.tree.documents(path)
        except Unreadable as error:
            raise Broken(Problem(clean(str(error), 500), path, error.line, error.column)) from None
        for at, root in enumerate(documents.roots if documents is not None else ()):
            if root.kind == "mapping" and not (kind_of(root) in WANTED_KINDS or kind_of(root).endswith("List")):
                continue
            for manifest in manifests_in(root, path, partial(self._kustomized, path, at)):
                if kind_of(manifest) in WANTED_KINDS:
                    part = self.new_part(Place(path, at, line=manifest.line), "merge", manifest)
                    yield Object(Merged(manifest, part), self.places)
        if documents is not None and documents.error is not None:
            rest = documents.error
            raise Broken(Problem(clean(str(rest), 500), path, rest.line, rest.column))

    def _kustomized(self, path: str, at: int, root: Node) -> Kustomized:
        """A document as kustomize reads it, once: a patch may be an object by itself and is looked at as one too."""
        if (path, at) not in self._documents:
            self._documents[path, at] = kustomized(root)
        return self._documents[path, at]

    def _add(self, work: Work, objects: Iterable[Object], place: Place, known: set[Id]) -> None:
        """Add objects; `known` are the identities of those that are there already."""
        for found in objects:
            if len(work.objects) >= MAX_OBJECTS:
                sentence = f"The kustomization builds more than {MAX_OBJECTS:,} objects; the rest are left out."
                raise Broken(Problem(sentence, place.file, place.line))
            if found.id.effective in known:
                name = clean(f"{found.kind} {found.name}", 200)
                sentence = f"The resources contain the {name} twice; kustomize refuses that."
                work.problems.append(Problem(sentence, place.file, place.line))
                continue
            known.add(found.id.effective)
            work.objects.append(found)

    # -- generators and components ------------------------------------------------------------------

    def _generators(self, work: Work, file: KustomizationFile) -> None:
        general = file.entry("generatorOptions")

        def read(written: str) -> tuple[str, bytes]:
            path = self.tree.join(file.folder, written)
            data = self.tree.read(path)
            if data is None:
                raise FileNotFoundError(written)
            path = self.tree.resolve(path) or path
            work.files.add(path)
            return path, data

        for field, kind in (("configMapGenerator", "ConfigMap"), ("secretGenerator", "Secret")):
            for entry in file.items(field):
                try:
                    generated = read_generator(entry, kind, general, file.file, read)
                    part = self.new_part(Place(file.file, 0, entry.pointer, line=entry.node.line), "merge", Made(None))
                    absorb(work, generated, part, self.places, entry.node.line)
                except Broken as broken:
                    work.problems.append(broken.problem)
                    work.is_partial = True
                except (FileNotFoundError, LinkOut) as error:
                    sentence = f"The file {clean(error, 200)} of the generator does not exist in this repo."
                    work.problems.append(Problem(sentence, file.file, entry.node.line, entry.node.column))
                    work.is_partial = True
        home = entry_home.text_of("chartHome") if (entry_home := file.entry("helmGlobals")) is not None else ""
        for entry in file.items("helmCharts", "helmChartInflationGenerator"):
            place = Place(file.file, line=entry.node.line)
            work.charts.append(ChartUse(file.folder, entry, place, chart_home=home))
        for entry in file.items("generators"):
            try:
                self._generator_file(work, file, entry, home)
            except Broken as broken:
                work.problems.append(broken.problem)

    def _generator_file(self, work: Work, file: KustomizationFile, entry: Entry, home: str) -> None:
        found: Sequence[tuple[Readable, Place]]
        if "\n" in entry.text or entry.text.lstrip().startswith("{"):
            where = Place(file.file, 0, entry.pointer, is_text=True, line=entry.node.line)
            found = [(node, where) for node in text_documents(entry.node, file.file)]
        else:
            path = self.path_of(file, entry)
            if self.tree.is_folder(path):
                work.unknown.append(f"{clean(file.file, 200)} builds generators from a folder, which is not followed.")
                return
            found = self._file_documents(work, path, entry, file)
        for node, where in found:
            if kind_of(node) == "HelmChartInflationGenerator":
                work.charts.append(ChartUse(file.folder, Entry(node, ()), where, is_generator=True, chart_home=home))
            elif node.kind == "mapping" and node.entries:
                name = clean(kind_of(node), 80) or "one without a kind"
                work.unknown.append(f"{clean(file.file, 200)} uses the generator {name}, which is not followed here.")

    def _file_documents(
        self, work: Work, path: str, entry: Entry, file: KustomizationFile
    ) -> list[tuple[Readable, Place]]:
        """The documents of a file that an entry names, as kustomize reads them. Raises `Broken`."""
        if not self.tree.is_file(path):
            raise Broken(self.missing(entry, file.file))
        path = self.tree.resolve(path) or path
        work.files.add(path)
        try:
            documents = self.tree.documents(path)
            if documents is None:
                raise Broken(self.missing(entry, file.file))
            if documents.error is not None:
                raise documents.error
            read = [self._kustomized(path, at, root) for at, root in enumerate(documents.roots)]
        except Unreadable as error:
            raise Broken(Problem(clean(str(error), 500), path, error.line, error.column)) from None
        return [(node, Place(path, at, line=node.line)) for at, node in enumerate(read)]

    def _components(self, work: Work, file: KustomizationFile, extra: Extra | None) -> None:
        named = [(entry.text, Place(file.file, line=entry.node.line)) for entry in file.items("components")]
        for written, place in (*named, *(extra.components if extra is not None else ())):
            if _REMOTE.match(written):
                work.unknown.append(f"{clean(place.file, 200)} uses a component from elsewhere, which is not read.")
                work.is_partial = True
                continue
            try:
                folder = self.tree.join(file.folder, written)
                component = read_kustomization(self.tree, self.tree.resolve(folder) or folder)
                if component is None or not component.is_component:
                    sentence = f"The component {clean(written, 200)} is not there, or is not of kind Component."
                    raise Broken(Problem(sentence, place.file, place.line))
                self._accumulate(work, component, None)
            except Broken as broken:
                work.problems.append(broken.problem)
                work.is_partial = True
            except LinkOut as error:
                sentence = f"The component {clean(written, 200)} {error.does}."
                work.problems.append(Problem(sentence, place.file, place.line))

    # -- patches ------------------------------------------------------------------------------------

    def _patches(self, work: Work, file: KustomizationFile, extra: Extra | None) -> None:
        for entry in file.items("patchesStrategicMerge"):
            inline = "\n" in entry.text or entry.node.kind != "scalar"
            self._patch(work, file, entry, entry if inline else None, None if inline else entry)
        self._written_patches(work, file, "patches")
        for entry, place in extra.patches if extra is not None else ():
            text = entry.get("patch")
            if text is not None:
                self._apply(work, entry, place, partial(_in_text, text, place))

    def _written_patches(self, work: Work, file: KustomizationFile, field: str) -> None:
        for entry in file.items(field):
            text, path = entry.get("patch"), entry.get("path")
            self._patch(
                work, file, entry,
                None if text is None else Entry(text, (*entry.pointer, "patch")),
                None if path is None else Entry(path, (*entry.pointer, "path")),
            )  # fmt: skip

    def _patch(self, work: Work, file: KustomizationFile, entry: Entry, text: Entry | None, path: Entry | None) -> None:
        place = Place(file.file, line=entry.node.line)
        if text is not None:
            where = Place(file.file, 0, text.pointer, is_text=True, line=text.node.line)
            self._apply(work, entry, place, lambda: _in_text(text.node, where))
        elif path is not None:
            self._apply(work, entry, place, lambda: self._file_documents(work, self.path_of(file, path), path, file))

    def _apply(self, work: Work, entry: Entry, place: Place, documents: Documents) -> None:
        try:
            patch = read_patch(entry, place, documents(), self.new_part)
            work.problems += apply_patch(work.objects, patch, work.lacks)
        except Broken as broken:
            work.problems.append(broken.problem)

    def _circle(self, folder: str, file: str, line: int) -> Problem:
        self._is_cut = True
        if folder not in self._open:
            return Problem(f"The kustomizations are nested more than {MAX_DEPTH} deep.", file, line)
        way = [*self._open[self._open.index(folder) :], folder]
        return Problem(f"The kustomizations form a circle: {clean(' -> '.join(way), 300)}.", file, line)

    # -- paths --------------------------------------------------------------------------------------

    def path_of(self, file: KustomizationFile, entry: Entry) -> str:
        """The path that an entry names, links followed. Raises `Broken` where it leads out of the repo."""
        try:
            path = self.tree.join(file.folder, entry.text)
            return self.tree.resolve(path) or path
        except LinkOut as error:
            sentence = f"{clean(entry.text, 200)} {error.does}."
            raise Broken(Problem(sentence, file.file, entry.node.line, entry.node.column)) from None

    def missing(self, entry: Entry, file: str) -> Problem:
        """What is wrong with an entry that names something that is not there."""
        named = clean(posixpath.normpath(entry.text), 200) if entry.text else "An empty path"
        return Problem(f"{named} does not exist in this repo.", file, entry.node.line, entry.node.column)


def _in_text(text: Readable, where: Place) -> list[tuple[Readable, Place]]:
    return [(node, where) for node in text_documents(text, where.file)]
