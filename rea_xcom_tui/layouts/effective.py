"""An entry point's layers read and put together: the values in force, each node of which knows its layer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from rea_xcom_tui.layouts.model import EntryPoint, Layer, Problem
from rea_xcom_tui.layouts.tree import LinkOut, Tree
from rea_xcom_tui.text import clean
from rea_xcom_tui.user.layout_settings import HelmEngine
from rea_xcom_tui.values.charts import Chart
from rea_xcom_tui.values.documents import Documents, read_documents
from rea_xcom_tui.values.errors import Unreadable
from rea_xcom_tui.values.kustomized import kustomized
from rea_xcom_tui.values.merged import Part, Readable
from rea_xcom_tui.values.nodes import Node
from rea_xcom_tui.values.reading import Address
from rea_xcom_tui.values.stack import Stack, stack

_BLOCK = ("|", ">")


@dataclass(frozen=True, slots=True)
class Effective:
    """The values that an entry point's layers come to, and what is wrong with the layers."""

    stack: Stack
    problems: tuple[Problem, ...] = ()
    """Beside those that the entry point itself carries: files that cannot be read, values that Helm refuses."""


def effective(entry: EntryPoint, tree: Tree, engine: HelmEngine, chart: Chart | None = None) -> Effective:
    """Read an entry point's layers and put them together, as its engine does or else `engine`.

    Nothing raises for what a repo can hold: what cannot be read is a problem, and the rest is put together.
    """
    version = entry.engine or engine
    reader = _Layers(tree, entry, version)
    parts = reader.parts(entry.layers)
    made = stack(parts, version, chart=chart or _charts(entry), below=entry.chart.below)
    problems = reader.problems
    if made.error is not None:
        file = made.error_part.file if made.error_part is not None and made.error_part.file else entry.file
        problems = [*problems, Problem(clean(made.error, 400), file, made.error_line or 1, 1)]
    return Effective(made, tuple(problems))


@dataclass(slots=True)
class _Layers:
    """Reads layers in the order in which `EntryPoint.flat_layers` numbers them."""

    tree: Tree
    entry: EntryPoint
    engine: HelmEngine
    problems: list[Problem] = field(default_factory=list)
    _next: int = 0

    def parts(self, layers: Iterable[Layer]) -> tuple[Part, ...]:
        """One part for each layer; of what cannot be read, an empty one."""
        return tuple(self._part(layer) for layer in layers)

    def _part(self, layer: Layer) -> Part:
        inner = self.parts(layer.layers)
        number = self._next
        self._next += 1
        if layer.is_opaque:
            return Part(number, layer.file, "opaque")
        if layer.rule.startswith("set"):
            return Part(number, layer.file, layer.rule, path=layer.path, value=self._text(layer))
        documents, error, shift = self._content(layer)
        first_only = layer.reader in ("first document", "kustomize")
        if error is not None and not (documents and (first_only or self.engine == "3")):
            # Helm stops here; what can be read of it, and all other layers, still tell what is meant.
            self._problem(str(error), layer.file, error.line + shift, error.column)
        return Part(
            number,
            layer.file,
            layer.rule,
            documents,
            first_only=first_only,
            line_shift=shift,
            inner=inner,
            chart=layer.chart,
        )

    def _content(self, layer: Layer) -> tuple[tuple[Readable, ...], Unreadable | None, int]:
        """What a layer says: its documents, what makes later ones unreadable, and the lines before it in its file."""
        if layer.content is not None:
            return (layer.content,), None, 0
        if layer.layers and not layer.file:
            return (), None, 0
        found = self._documents(layer)
        if found is None:
            return (), None, 0
        if not layer.pointer and layer.kind != "values text":
            roots = found.roots[layer.document :] if layer.document else found.roots
            return self._typed(layer, roots), found.error, 0
        node = _at(found, layer.document, layer.pointer)
        if node is None:
            return (), None, 0
        if layer.kind == "values text" or (node.kind == "scalar" and isinstance(node.value, str)):
            return self._embedded(layer, node)
        return self._typed(layer, (node,)), None, 0

    def _embedded(self, layer: Layer, node: Node) -> tuple[tuple[Readable, ...], Unreadable | None, int]:
        """The documents of a text that stands as a value in another file."""
        # The text of a block begins on the line below its header, any other on the line of its quote.
        shift = node.line if getattr(node.event, "style", None) in _BLOCK else node.line - 1
        try:
            inner = read_documents(node.text)
        except Unreadable as problem:
            self._problem(str(problem), layer.file, problem.line + shift, problem.column)
            return (), None, 0
        return self._typed(layer, inner.roots), inner.error, shift

    def _typed(self, layer: Layer, roots: tuple[Node, ...]) -> tuple[Readable, ...]:
        if layer.reader != "kustomize":
            return roots
        try:
            return tuple(kustomized(root, aliases=False) for root in roots)
        except Unreadable as problem:
            self._problem(str(problem), layer.file, problem.line, problem.column)
            return ()

    def _documents(self, layer: Layer) -> Documents | None:
        try:
            found = self.tree.documents(layer.file)
        except LinkOut as out:
            self._problem(f"{clean(layer.file, 200)} leads out of the repo, at {clean(out, 200)}.", self.entry.file)
            return None
        except Unreadable as problem:
            self._problem(str(problem), layer.file, problem.line, problem.column)
            return None
        if found is None and not layer.may_be_missing and not self._told(layer.file):
            sentence = f"{clean(layer.file, 200)} is not there; add it, or take it out of the list."
            self._problem(sentence, self.entry.file, self.entry.line, 1)
        return found

    def _told(self, file: str) -> bool:
        """Whether the layout itself has said that a file is missing, on the line that names it."""
        return any(file.rpartition("/")[2] in problem.sentence for problem in self.entry.problems)

    def _text(self, layer: Layer) -> str:
        if layer.value is not None:
            return layer.value
        found = self._documents(layer)
        node = _at(found, layer.document, layer.pointer) if found is not None else None
        return node.text if node is not None and node.kind == "scalar" else ""

    def _problem(self, sentence: str, file: str, line: int = 0, column: int = 0) -> None:
        self.problems.append(Problem(sentence, file, line, column))


def _charts(entry: EntryPoint) -> Chart | None:
    """The charts whose defaults are among the layers, where nothing else is known of them; None where none are."""
    found = [layer.chart for layer in entry.flat_layers if layer.chart is not None]
    return _chart("", (), found) if found else None


def _chart(name: str, keys: tuple[str, ...], found: list[tuple[str, ...]]) -> Chart:
    below = dict.fromkeys(each[len(keys)] for each in found if len(each) > len(keys) and each[: len(keys)] == keys)
    return Chart(name, subcharts=tuple(_chart(key, (*keys, key), found) for key in below))


def _at(found: Documents, document: int, pointer: Address) -> Node | None:
    """The node at a pointer of one of a file's documents."""
    node: Node | None = found.roots[document] if document < len(found.roots) else None
    for step in pointer:
        if node is None:
            return None
        if isinstance(step, str):
            node = node.get(step)
        elif isinstance(step, int):
            node = node.items[step] if -len(node.items) <= step < len(node.items) else None
        else:
            key, wanted = step
            named = [item for item in node.items if (at := item.get(key)) is not None and at.text == wanted]
            node = named[-1] if named else None
    return node
