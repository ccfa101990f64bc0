"""An entry point's layers read and put together: the values in force, each node of which knows its layer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from rea_xcom_tui.edits import Address
from rea_xcom_tui.layouts.charts import local_chart
from rea_xcom_tui.layouts.model import EntryPoint, Layer, Problem
from rea_xcom_tui.layouts.tree import LinkOut, Tree
from rea_xcom_tui.text import clean
from rea_xcom_tui.user.layout_settings import HelmEngine
from rea_xcom_tui.values.charts import Chart
from rea_xcom_tui.values.documents import Documents, read_documents
from rea_xcom_tui.values.errors import Unreadable
from rea_xcom_tui.values.kustomized import kustomized
from rea_xcom_tui.values.merged import Part, Readable, plain, reached
from rea_xcom_tui.values.nodes import Node
from rea_xcom_tui.values.stack import Stack, stack

ENGINES: tuple[HelmEngine, ...] = ("3", "4.1", "4.2")
"""Every Helm whose merge differs from the others', oldest first."""

_BLOCK = ("|", ">")
_LAST = "last release"


@dataclass(frozen=True, slots=True)
class Effective:
    """The values that an entry point's layers come to, and what is wrong with the layers."""

    stack: Stack
    problems: tuple[Problem, ...] = ()
    """Beside those that the entry point itself carries: files that cannot be read, values that Helm refuses."""


def effective(entry: EntryPoint, tree: Tree, engine: HelmEngine, chart: Chart | None = None) -> Effective:
    """Read an entry point's layers and put them together, as its engine does or else `engine`.

    `chart` is what is known of its chart; by default, what the repo holds of it.
    Nothing raises for what a repo can hold: what cannot be read is a problem, and the rest is put together.
    """
    version = entry.engine or engine
    same = tree.memo.get(_LAST)
    if chart is None and isinstance(same, _Last) and same.is_of(entry, version):
        return Effective(same.made.stack.at(entry.chart.below), same.made.problems)
    reader = _Layers(tree, entry, version)
    parts = reader.parts(entry.layers)
    made = stack(parts, version, chart=chart or _chart_of(entry, tree), below=entry.chart.below)
    problems = reader.problems
    if made.error is not None:
        file = made.error_part.file if made.error_part is not None and made.error_part.file else entry.file
        problems = [*problems, Problem(clean(made.error, 400), file, made.error_line or 1, 1)]
    out = Effective(made, tuple(problems))
    if chart is None and entry.chart.below:
        tree.memo[_LAST] = _Last(entry, version, out)
    return out


@dataclass(frozen=True, slots=True)
class _Last:
    """What the last release came to: a chart that has the agent's a thousand times is a thousand rows, whose layers are
    put together once."""

    entry: EntryPoint
    version: HelmEngine
    made: Effective

    def is_of(self, entry: EntryPoint, version: HelmEngine) -> bool:
        """Whether an entry point is of the same release, with the agent's chart at another place in its chart."""
        mine = self.entry
        same = mine.layers is entry.layers and mine.problems is entry.problems and mine.file == entry.file
        return same and mine.chart.folder == entry.chart.folder and self.version == version


def engines_differ(entry: EntryPoint, tree: Tree) -> dict[HelmEngine, Stack]:
    """The outcomes under every Helm where they are not all the same; empty where they are.

    They are worked out only where they can differ at all: with several YAML documents in a file, or with the defaults
    of a chart of the repo and a null somewhere.
    """
    if all(map(_is_one_object, entry.flat_layers)):
        return {}
    parts = _Layers(tree, entry, "4.2", strict=True).parts(entry.layers)
    if not _can_differ(parts):
        return {}
    chart = _chart_of(entry, tree)
    stacks = {engine: stack(parts, engine, chart=chart, below=entry.chart.below) for engine in ENGINES}
    seen = [(plain(each.root) if each.error is None else None, each.disabled) for each in stacks.values()]
    return {} if all(each == seen[0] for each in seen) else stacks


def _can_differ(parts: tuple[Part, ...]) -> bool:
    if any(map(_is_engines_own, parts)):
        return True
    if not any(part.chart is not None and part.documents for part in parts):
        return False
    return any(part.rule.startswith("set") or _has_null(part) for part in parts)


def _is_one_object(layer: Layer) -> bool:
    """Whether a layer is an object that is read already, or puts such ones together: nothing that Helm itself reads."""
    if layer.chart is not None or layer.rule.startswith("set"):
        return False
    return layer.content is not None or (bool(layer.layers) and not layer.file)


def _is_engines_own(part: Part) -> bool:
    """Whether versions of Helm read a part in different ways: many documents, or an object for `--set-json`."""
    several = len(part.documents) > 1 or part.later_error is not None
    whole = part.rule == "set-json" and not part.path
    return (several and not part.first_only) or whole or any(map(_is_engines_own, part.inner))


def _has_null(part: Part) -> bool:
    ahead = list(part.documents)
    while ahead:
        node = ahead.pop()
        if node.kind == "scalar" and node.value is None:
            return True
        ahead += [value for _, value in node.entries]
    return any(map(_has_null, part.inner))


@dataclass(slots=True)
class _Layers:
    """Reads layers in the order in which `EntryPoint.flat_layers` numbers them."""

    tree: Tree
    entry: EntryPoint
    engine: HelmEngine
    strict: bool = False
    """Whether a document that cannot be read stops the stack, as it stops Helm, instead of being left out."""
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
            return Part(number, layer.file, "opaque", self._keys_of(layer))
        if layer.rule.startswith("set"):
            node = self._node(layer)
            value = layer.value if layer.value is not None else node.text if node is not None else ""
            at = () if node is None else (node,)
            return Part(number, layer.file, layer.rule, at, path=layer.path, value=value)
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
            later_error=error if self.strict else None,
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
            return self._for_helm(layer, found, roots, 0)
        node = _at(found, layer.document, layer.pointer)
        if node is None:
            return (), None, 0
        if layer.kind == "values text" or (node.kind == "scalar" and isinstance(node.value, str)):
            return self._embedded(layer, node)
        bomb = found.multiplied[layer.document]
        return ((), bomb, 0) if bomb is not None else (self._typed(layer, (node,)), None, 0)

    def _embedded(self, layer: Layer, node: Node) -> tuple[tuple[Readable, ...], Unreadable | None, int]:
        """The documents of a text that is a value in another file."""
        # The text of a block begins on the line below its header, any other on the line of its quote.
        shift = node.line if getattr(node.event, "style", None) in _BLOCK else node.line - 1
        key = ("text", layer.file, layer.document, layer.pointer)
        known = self.tree.memo.get(key)
        try:
            inner = known if isinstance(known, Documents) else read_documents(node.text)
            self.tree.memo[key] = inner
        except Unreadable as problem:
            self._problem(str(problem), layer.file, problem.line + shift, problem.column)
            return (), None, 0
        return self._for_helm(layer, inner, inner.roots, shift)

    def _for_helm(
        self, layer: Layer, found: Documents, roots: tuple[Node, ...], shift: int
    ) -> tuple[tuple[Readable, ...], Unreadable | None, int]:
        """A text's documents as its reader types them, and what keeps Helm from reading it."""
        if found.every_helm is not None:
            return (), found.every_helm, shift
        return self._typed(layer, roots), found.error or found.helm_4, shift

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
            self._problem(f"{clean(layer.file, 200)} {out.does}, at {clean(out, 200)}.", self.entry.file)
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

    def _node(self, layer: Layer) -> Node | None:
        """The scalar that an option's value is in, or None where the layer has it in no file."""
        found = self._documents(layer) if layer.file else None
        node = _at(found, layer.document, layer.pointer) if found is not None else None
        return node if node is not None and node.kind == "scalar" else None

    def _keys_of(self, layer: Layer) -> tuple[Readable, ...]:
        """The documents of a file that is encrypted in place, whose keys can be read; nothing for other layers."""
        if not layer.file:
            return ()
        try:
            found = self.tree.documents(layer.file)
        except (LinkOut, Unreadable):
            return ()
        return found.roots[:1] if found is not None and found.roots and found.roots[0].get("sops") else ()

    def _problem(self, sentence: str, file: str, line: int = 0, column: int = 0) -> None:
        self.problems.append(Problem(sentence, file, line, column))


def _chart_of(entry: EntryPoint, tree: Tree) -> Chart | None:
    """What the repo holds of an entry point's chart."""
    found = local_chart(tree, entry.chart.folder) if entry.chart.folder is not None else None
    return found.chart if found is not None else _charts(entry)


def _charts(entry: EntryPoint) -> Chart | None:
    """The charts whose defaults are among the layers, where nothing else is known of them; None where none are."""
    found = [layer.chart for layer in entry.flat_layers if layer.chart is not None]
    return _chart("", (), found) if found else None


def _chart(name: str, keys: tuple[str, ...], found: list[tuple[str, ...]]) -> Chart:
    below = dict.fromkeys(each[len(keys)] for each in found if len(each) > len(keys) and each[: len(keys)] == keys)
    return Chart(name, subcharts=tuple(_chart(key, (*keys, key), found) for key in below))


def _at(found: Documents, document: int, pointer: Address) -> Node | None:
    """The node at a pointer of one of a file's documents."""
    node = found.roots[document] if document < len(found.roots) else None
    return reached(node, pointer) if node is not None else None
