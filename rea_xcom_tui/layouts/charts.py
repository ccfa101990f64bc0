"""Charts that the repo holds: their names, dependencies and default values, as far as Git shows.

Read from `Chart.yaml` (and `requirements.yaml` of charts for Helm 2), subcharts in `charts/` and behind `file://`.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass, replace

from rea_xcom_tui.layouts.model import ChartRef, Layer, Problem
from rea_xcom_tui.layouts.tree import LinkOut, Tree
from rea_xcom_tui.text import clean
from rea_xcom_tui.values.charts import Chart, Import
from rea_xcom_tui.values.errors import Unreadable
from rea_xcom_tui.values.merged import effective
from rea_xcom_tui.values.nodes import Node

_MAX_DEPTH = 8
_MAX_CHARTS = 500


@dataclass(frozen=True, slots=True)
class Place:
    """A chart within a release: its own name, and the keys that lead to its values from the release's."""

    keys: tuple[str, ...]
    name: str
    version: str | None
    line: int
    """Where its own Chart.yaml, or its parent's, names it."""
    switched: bool = False
    """Whether a condition or a tag, of its own or of a chart above it, may turn it off."""
    folder: str | None = None
    """Its folder, where the repo holds it."""


@dataclass(frozen=True, slots=True)
class LocalChart:
    """A chart of the repo with its subcharts."""

    folder: str
    name: str
    chart: Chart
    places: tuple[Place, ...]
    """The chart itself and every subchart, at any depth, parents before children."""
    layers: tuple[Layer, ...]
    """The default values that the repo holds, of the chart and of its subcharts."""
    problems: tuple[Problem, ...] = ()
    files: frozenset[str] = frozenset()
    """Files that belong to these charts: none is a deployment by itself."""


def chart_ref(
    tree: Tree, base: str, chart: str | None, version: str | None = None, *, is_here: bool = True
) -> ChartRef:
    """A chart by its path from `base` where there is such a folder, else by its name (`repo/name` is `name`).

    Without `is_here` it is one from elsewhere, whatever the repo holds.
    """
    if not chart:
        return ChartRef(version=version)
    try:
        folder = tree.join(base, chart)
        if is_here and tree.is_file(posixpath.join(folder, "Chart.yaml")):
            return ChartRef(folder=tree.resolve(folder), version=version)
    except LinkOut:
        pass
    return ChartRef(name=posixpath.basename(chart.rstrip("/")) or None, version=version)


def local_chart(tree: Tree, folder: str) -> LocalChart | None:
    """The chart in a folder of the repo; None where no readable Chart.yaml is there. Read once for each tree."""
    key = ("chart", folder)
    if key not in tree.memo:
        tree.memo[key] = _Reader(tree).chart(folder)
    found = tree.memo[key]
    return found if isinstance(found, LocalChart) else None


@dataclass(frozen=True, slots=True)
class _Dependency:
    name: str
    alias: str
    version: str
    repository: str
    condition: str
    tags: tuple[str, ...]
    imports: tuple[Import, ...]
    line: int


class _Reader:
    """Reads one chart and its subcharts."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.places: list[Place] = []
        self.layers: list[Layer] = []
        self.problems: list[Problem] = []
        self.files: set[str] = set()

    def chart(self, folder: str) -> LocalChart | None:
        """The chart in a folder, or None."""
        name = self._name_in(folder)
        if name is None:
            return None
        file = posixpath.join(folder, "Chart.yaml")
        self.places.append(Place((), name, self._text(self._root(file), "version"), 1, folder=folder))
        chart = self._filled(Chart(name), folder, (), ())
        return LocalChart(
            folder,
            name,
            chart,
            tuple(self.places),
            tuple(self.layers),
            tuple(self.problems),
            frozenset(self.files),
        )

    def _filled(self, chart: Chart, folder: str, keys: tuple[str, ...], above: tuple[str, ...]) -> Chart:
        """A chart with the subcharts of its folder; `above` are the folders of the charts it is in."""
        self.files.add(posixpath.join(folder, "Chart.yaml"))
        values = posixpath.join(folder, "values.yaml")
        if self._exists(values):
            self.layers.append(Layer("chart defaults", values, chart=keys))
            self.files.add(values)
        subcharts = []
        named: set[str] = set()
        for each in self._dependencies(folder):
            named.add(each.name)
            subcharts.append(self._dependency(each, folder, keys, above))
        for path, is_folder in self.tree.inside(posixpath.join(folder, "charts")):
            name = self._name_in(path) if is_folder else None
            if name is not None and name not in named:
                each = _Dependency(name, "", "", "", "", (), (), 1)
                subcharts.append(self._dependency(each, folder, keys, above, path))
        return replace(chart, subcharts=tuple(subcharts))

    def _dependency(
        self, each: _Dependency, folder: str, keys: tuple[str, ...], above: tuple[str, ...], vendored: str | None = None
    ) -> Chart:
        key = each.alias or each.name
        own = (*keys, key)
        file = posixpath.join(vendored or folder, "Chart.yaml")
        where = vendored or self._folder_of(each, folder)
        outer = self._place(keys)
        switched = bool(each.condition or each.tags) or (outer is not None and outer.switched)
        version = each.version or None
        self.places.append(Place(own, each.name, version, each.line, switched, where))
        chart = Chart(key, condition=each.condition, tags=each.tags, imports=each.imports)
        if where is None:
            return chart
        if where in (*above, folder):
            self._problem(f"The chart {clean(each.name)} depends on itself, through {clean(where)}.", file, each.line)
            return chart
        if len(above) >= _MAX_DEPTH or len(self.places) > _MAX_CHARTS:
            self._problem(
                "There are too many subcharts below, or they are nested too deeply; they were not read.",
                file,
                each.line,
            )
            return chart
        return self._filled(chart, where, own, (*above, folder))

    def _place(self, keys: tuple[str, ...]) -> Place | None:
        return next((place for place in self.places if place.keys == keys), None)

    def _folder_of(self, each: _Dependency, folder: str) -> str | None:
        """Where the repo holds a dependency, or None."""
        vendored = posixpath.join(folder, "charts", each.name)
        if self._name_in(vendored) is not None:
            return vendored
        if not each.repository.startswith("file://"):
            return None
        path = each.repository.removeprefix("file://")
        file = posixpath.join(folder, "Chart.yaml")
        if path.startswith("/"):
            self._problem(f"The chart {clean(each.name)} is at the absolute path {clean(path)}.", file, each.line)
            return None
        try:
            found = self.tree.resolve(self.tree.join(folder, path))
        except LinkOut as error:
            self._problem(f"The path {clean(path)} {error.does}; it was not read.", file, each.line)
            return None
        if found is None or self._name_in(found) is None:
            self._problem(f"There is no chart at {clean(path)}; correct the path.", file, each.line)
            return None
        return found

    def _dependencies(self, folder: str) -> Iterator[_Dependency]:
        """What a chart depends on; a `requirements.yaml` with a list takes the place of the one in `Chart.yaml`."""
        for name in ("requirements.yaml", "Chart.yaml"):
            file = posixpath.join(folder, name)
            root = self._root(file)
            listed = root.get("dependencies") if root is not None and root.kind == "mapping" else None
            if listed is not None:
                self.files.add(file)
                yield from (found for item in listed.items[:_MAX_CHARTS] if (found := self._read(item)) is not None)
                if len(listed.items) > _MAX_CHARTS:
                    sentence = f"The chart has {len(listed.items):,} dependencies; the first {_MAX_CHARTS} are read."
                    self._problem(sentence, file, listed.items[_MAX_CHARTS].line)
                return

    def _read(self, item: Node) -> _Dependency | None:
        name = self._text(item, "name")
        if not name:
            return None
        alias, version, repository, condition = (
            self._text(item, key) or "" for key in ("alias", "version", "repository", "condition")
        )
        tags = tuple(tag.text for tag in _items(item, "tags"))
        return _Dependency(name, alias, version, repository, condition, tags, tuple(_imports(item)), item.line)

    def _name_in(self, folder: str) -> str | None:
        """The name of the chart in a folder, or None where there is none."""
        file = posixpath.join(folder, "Chart.yaml")
        return self._text(self._root(file), "name") if self._exists(file) else None

    def _exists(self, file: str) -> bool:
        try:
            return self.tree.is_file(file)
        except LinkOut:
            return False

    def _root(self, file: str) -> Node | None:
        try:
            found = self.tree.documents(file)
        except LinkOut:
            return None
        except Unreadable as error:
            self._problem(str(error), file, error.line)
            return None
        if found is None:
            return None
        if not found.roots and found.error is not None:
            self._problem(str(found.error), file, found.error.line)
        return found.roots[0] if found.roots else None

    def _problem(self, sentence: str, file: str, line: int) -> None:
        problem = Problem(sentence, file, line)
        if problem not in self.problems:
            self.problems.append(problem)

    @staticmethod
    def _text(node: Node | None, key: str) -> str | None:
        found = node.get(key) if node is not None and node.kind == "mapping" else None
        return found.text if found is not None and found.kind == "scalar" and found.value is not None else None


def _items(node: Node, key: str) -> tuple[Node, ...]:
    found = node.get(key) if node.kind == "mapping" else None
    return tuple(found.items) if found is not None else ()


def _imports(item: Node) -> Iterator[Import]:
    for each in _items(item, "import-values"):
        if each.kind == "scalar":
            yield Import(f"exports.{each.text}", "")
        elif each.kind == "mapping":
            texts = {name: value.text for name, (_, value) in effective(each).items()}
            yield Import(texts.get("child", ""), texts.get("parent", ""))
