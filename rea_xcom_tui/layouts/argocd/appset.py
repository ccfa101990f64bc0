"""An ApplicationSet: the Applications that its generators and its template make."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from rea_xcom_tui.layouts.argocd.application import Application, entries_of
from rea_xcom_tui.layouts.argocd.filling import Filler, overridden, patched
from rea_xcom_tui.layouts.argocd.generators import Element, Elements, Generators
from rea_xcom_tui.layouts.argocd.pieces import Piece
from rea_xcom_tui.layouts.charts import local_chart
from rea_xcom_tui.layouts.gotemplate import TemplateError
from rea_xcom_tui.layouts.gotemplate.goformat import NO_VALUE
from rea_xcom_tui.layouts.gotemplate.yamltext import go_data, read_yaml
from rea_xcom_tui.layouts.model import AGENT_CHART, MAX_ENTRIES, ChartRef, Options, Problem
from rea_xcom_tui.layouts.tree import Tree
from rea_xcom_tui.text import clean
from rea_xcom_tui.values.errors import Unreadable
from rea_xcom_tui.values.merged import Made, plain

_HOLES = ("{{", NO_VALUE)
_ENV_KEYS = ("env", "environment", "values.env", "values.environment", "stage")


@dataclass(slots=True)
class SetOutcome:
    """What came of a set."""

    applications: list[Application] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    files: set[str] = field(default_factory=set)
    """Files that generators read, and layers of deployments that cannot be named."""
    unnamed: bool = False
    """Whether it deploys the agent's chart under names that Git does not show."""


def applications_of(tree: Tree, options: Options, root: Piece, file: str, hints: tuple[str, ...] = ()) -> SetOutcome:
    """The Applications of a set; what is wrong with it is on its line."""
    out = SetOutcome()
    template = root.get("spec", "template")
    if template is None or template.node.kind != "mapping":
        out.problems.append(Problem("The ApplicationSet has no template.", root.file, root.line))
        return out
    filler = Filler(go=_flag(root, "goTemplate"), options=tuple(_texts(root, "goTemplateOptions")))
    reader = Generators(tree, options, filler)
    unknown: list[str] = []
    elements: list[Element] = []
    for generator in root.items("spec", "generators"):
        found = _elements(reader, generator)
        out.problems += [Problem(each, generator.file, generator.line) for each in found.problems]
        unknown += found.unknown
        elements += found.found
    if len(elements) > MAX_ENTRIES:
        sentence = f"The set makes {len(elements):,} Applications; the first {MAX_ENTRIES:,} are shown."
        out.problems.append(Problem(sentence, root.file, root.line))
    maker = _Maker(root, template, filler, file, hints, tuple(unknown))
    if not elements and unknown:
        _without_elements(maker, out, tree, options)
    for element in elements[:MAX_ENTRIES]:
        out.files |= {*element.files}
        out.applications.append(maker.application(element))
    return out


def _elements(reader: Generators, generator: Piece) -> Elements:
    try:
        return reader.elements(go_data(generator.node))
    except TemplateError as error:
        return Elements(problems=[f"A generator cannot be filled: {clean(error)}"])


def _without_elements(maker: _Maker, out: SetOutcome, tree: Tree, options: Options) -> None:
    """A set none of whose elements are in Git: a row where the name does not depend on them, else only the reason, and
    the layers that do not depend on them either."""
    if "{{" in maker.template.text("metadata", "name"):
        for entry in entries_of(tree, maker.application(Element({}), unfilled=True), options):
            out.files |= {layer.file for layer in entry.flat_layers if layer.file}
            out.unnamed |= _deploys_agent(tree, entry.chart)
        name = clean(maker.root.text("metadata", "name"), 100)
        sentence = f"The deployments of the set {name} are not shown. {maker.unknown[0]}"
        out.problems.append(Problem(sentence, maker.root.file, maker.root.line))
        return
    out.applications.append(maker.application(Element({}), unfilled=True))


def _deploys_agent(tree: Tree, chart: ChartRef) -> bool:
    local = local_chart(tree, chart.folder) if chart.folder is not None else None
    places = local.places if local is not None else ()
    return chart.name == AGENT_CHART or any(place.name == AGENT_CHART for place in places)


def _flag(root: Piece, key: str) -> bool:
    found = root.get("spec", key)
    return found is not None and found.node.value is True


def _texts(root: Piece, key: str) -> Iterator[str]:
    for item in root.items("spec", key):
        yield item.node.text


@dataclass(slots=True)
class _Maker:
    root: Piece
    template: Piece
    filler: Filler
    file: str
    hints: tuple[str, ...]
    unknown: tuple[str, ...]
    _data: Any = None

    def application(self, element: Element, *, unfilled: bool = False) -> Application:
        """The Application of one element. Where the template cannot be filled, it is left as it stands and that is a
        reason for doubt."""
        if self._data is None:
            self._data = plain(self.template.node)
        data, unknown, problems = self._data, list(self.unknown), []
        if element.template:
            data = overridden(data, _whole_numbers(element.template))
        try:
            if not unfilled:
                data = self.filler.data(data, element.params)
                data = self._patched(data, element)
        except TemplateError as error:
            unknown.append(f"The set's template cannot be filled here: {clean(error)}")
            problems.append(Problem(f"The template cannot be filled: {clean(error)}", self.root.file, self.root.line))
            data = self._partly(data, element)
        piece = replace(
            self.template,
            node=Made(data, self.template.line),
            why_not="The set's template fills it from its elements; edit the template or the element.",
        )
        return Application(
            piece,
            self.file,
            self.root.document,
            self.root.pointer,
            several=not unfilled,
            hints=(*element.files, *self.hints),
            env=_env(element),
            problems=tuple(problems),
            unknown=tuple(unknown),
            holes=tuple((hole, "an element of the set that Git does not hold") for hole in _HOLES) if unknown else (),
        )

    def _patched(self, data: Any, element: Element) -> Any:
        patch = self.root.get("spec", "templatePatch")
        if patch is None or not self.filler.go or not patch.node.text.strip():
            return data
        text = self.filler.text(patch.node.text, element.params)
        try:
            found = read_yaml(text)
        except Unreadable as error:
            raise TemplateError(f"the templatePatch at line {patch.line} is not YAML: {clean(error)}") from None
        return patched(data, _whole_numbers(found)) if isinstance(found, dict) else data

    def _partly(self, data: Any, element: Element) -> Any:
        """The data with every text filled that can be."""
        if isinstance(data, dict):
            return {key: self._partly(value, element) for key, value in data.items()}
        if isinstance(data, list):
            return [self._partly(item, element) for item in data]
        try:
            return self.filler.text(data, element.params) if isinstance(data, str) else data
        except TemplateError:
            return data


def _whole_numbers(data: Any) -> Any:
    """Data of a template as JSON has it: whole floats as integers."""
    if isinstance(data, dict):
        return {key: _whole_numbers(value) for key, value in data.items()}
    if isinstance(data, list):
        return [_whole_numbers(item) for item in data]
    return int(data) if isinstance(data, float) and data.is_integer() else data


def _env(element: Element) -> str | None:
    """The environment that an element's own parameters name."""
    for key in _ENV_KEYS:
        value: Any = element.params.get(key)
        if value is None and "." in key:
            head, _, tail = key.partition(".")
            inner = element.params.get(head)
            value = inner.get(tail) if isinstance(inner, dict) else None
        if isinstance(value, str) and value:
            return clean(value, 100)
    return None
