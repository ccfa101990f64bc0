"""A house's own manifests, and layers that only a command knows: both as the configuration tells them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from rea_xcom_tui.edits import Address
from rea_xcom_tui.layouts.charts import chart_ref
from rea_xcom_tui.layouts.model import (
    MAX_ENTRIES,
    EntryPoint,
    Found,
    Layer,
    Options,
    Problem,
    entry_id,
    pointer_text,
)
from rea_xcom_tui.layouts.patterns import fill, matches, matching
from rea_xcom_tui.layouts.referenced import added, first_root, referenced
from rea_xcom_tui.layouts.tree import Tree
from rea_xcom_tui.text import clean
from rea_xcom_tui.user.layout_settings import LayerSettings, ManifestSettings, Naming, holes_of
from rea_xcom_tui.values import Node
from rea_xcom_tui.values.merged import reached


def find(tree: Tree, options: Options) -> Found:
    """The deployments of the configured manifests and layers."""
    found = Found()
    for manifest in options.settings.manifests:
        found += _manifests(tree, manifest)
    for layers in options.settings.layers:
        found += _layered_files(tree, layers)
    return found


def _manifests(tree: Tree, settings: ManifestSettings) -> Found:
    entries: list[EntryPoint] = []
    problems: list[Problem] = []
    for path, holes in matching(tree.paths, settings.files):
        root = first_root(tree, path)
        if isinstance(root, Problem):
            problems.append(root)
        elif root is not None:
            listed = reached(root, settings.items)
            if listed is None:
                where = ".".join(settings.items)
                problems.append(Problem(f"The manifest has no '{clean(where)}', where its list should be.", path, 1))
                continue
            for item, address in _items(listed, settings.items):
                if len(entries) >= MAX_ENTRIES:
                    problems.append(Problem(f"Only the first {MAX_ENTRIES:,} items are read.", path, item.line))
                    return Found(tuple(entries), problems=tuple(problems))
                made = _Item(tree, path, root, item, address, holes).entry(settings)
                if isinstance(made, Problem):
                    problems.append(made)
                else:
                    entries.append(made)
    return Found(tuple(entries), problems=tuple(problems))


def _items(listed: Node, keys: tuple[str, ...]) -> Iterator[tuple[Node, Address]]:
    """Each item with its address: the items of a list, the values of a mapping, or the one file itself."""
    if not keys:
        yield listed, ()
    elif listed.kind == "mapping":
        for key, value in listed.entries:
            yield value, (*keys, key.name)
    else:
        for at, item in enumerate(listed.items):
            yield item, (*keys, at)


@dataclass(frozen=True, slots=True)
class _Item:
    """One item of a manifest's list."""

    tree: Tree
    file: str
    root: Node
    item: Node
    address: Address
    holes: Mapping[str, str]

    def entry(self, settings: ManifestSettings) -> EntryPoint | Problem:
        names = settings.naming
        name = self.text(names.name)
        if not name:
            what = "item" if self.address else "manifest"
            return Problem(f"The {what} has no name: nothing fills '{clean(names.name)}'.", self.file, self.item.line)
        layers: list[Layer] = []
        problems: list[Problem] = []
        for template in settings.layers:
            self._add(template, layers, problems)
        chart = self.text(settings.chart)
        return EntryPoint(
            entry_id(self.file, pointer_text(0, self.address)),
            self.file,
            "manifest",
            name,
            tuple(layers),
            pointer=self.address,
            line=self.item.line,
            env=self.text(names.env),
            namespace=self.text(names.namespace),
            cluster=self.text(names.cluster),
            chart=chart_ref(self.tree, self.holes["dir"], chart),
            problems=tuple(problems),
        )

    def _add(self, template: str, layers: list[Layer], problems: list[Problem]) -> None:
        missing_is_fine = template.endswith("?")
        template = template.removesuffix("?")
        holes = holes_of(template)
        node = self.node(holes[0]) if len(holes) == 1 and template == "{" + holes[0] + "}" else None
        if node is not None and node.kind == "sequence":
            paths = [(item.text, item.line) for item in node.items]
        else:
            filled = self.text(template)
            if filled is None:
                if not missing_is_fine:
                    sentence = f"Nothing fills '{clean(template)}', so this layer is not known."
                    problems.append(Problem(sentence, self.file, self.item.line))
                return
            paths = [(filled, node.line if node is not None else self.item.line)]
        for path, line in paths:
            says = (self.file, line)
            added(
                layers,
                problems,
                referenced(self.tree, self.holes["dir"], path, says, may_be_missing=missing_is_fine),
            )

    def node(self, hole: str) -> Node | None:
        start, _, keys = hole.partition(".")
        if start not in ("item", "root") or not keys:
            return None
        return reached(self.item if start == "item" else self.root, keys.split("."))

    def text(self, template: str | None) -> str | None:
        """The template filled, or None where something is missing."""
        if template is None:
            return None
        holes = dict(self.holes)
        for hole in holes_of(template):
            node = self.node(hole)
            if node is not None and node.kind == "scalar" and node.value is not None:
                holes[hole] = node.text
        try:
            return fill(template, holes)
        except KeyError:
            return None


def _layered_files(tree: Tree, settings: LayerSettings) -> Found:
    """A deployment for each file that matches, but for those that are a layer of another one."""
    made: list[EntryPoint] = []
    problems: list[Problem] = []
    for path, holes in matching(tree.paths, settings.files):
        if matches(path, settings.but):
            continue
        if len(made) >= MAX_ENTRIES:
            problems.append(
                Problem(f"Only the first {MAX_ENTRIES:,} files of '{clean(settings.files)}' are read.", path)
            )
            break
        made.append(_layered(tree, path, holes, settings))
    below = {layer.file for entry in made for layer in entry.layers if layer.file != entry.file}
    kept = tuple(entry for entry in made if entry.file not in below)
    return Found(kept, frozenset(below), tuple(problems))


def _layered(tree: Tree, path: str, holes: Mapping[str, str], settings: LayerSettings) -> EntryPoint:
    layers: list[Layer] = []
    problems: list[Problem] = []
    for template in settings.layers:
        filled = fill(template.removesuffix("?"), holes)
        says = (path, 1)
        added(
            layers,
            problems,
            referenced(tree, holes["dir"], filled, says, may_be_missing=template.endswith("?")),
        )
    names: Naming = settings.naming

    def named(template: str | None) -> str | None:
        return None if template is None else fill(template, holes)

    return EntryPoint(
        path,
        path,
        "manifest",
        fill(names.name, holes),
        tuple(layers),
        env=named(names.env),
        namespace=named(names.namespace),
        cluster=named(names.cluster),
        problems=tuple(problems),
    )
