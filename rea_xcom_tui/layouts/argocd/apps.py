"""Applications that come out of a chart's own templates (apps of apps)."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from rea_xcom_tui.edits import Address
from rea_xcom_tui.layouts.argocd import helm_extra
from rea_xcom_tui.layouts.argocd.application import Application, engine_of
from rea_xcom_tui.layouts.argocd.pieces import Piece
from rea_xcom_tui.layouts.argocd.work import Work
from rea_xcom_tui.layouts.charts import LocalChart, local_chart
from rea_xcom_tui.layouts.effective import Effective, effective
from rea_xcom_tui.layouts.gotemplate import HELM, Renderer, TemplateError, Unsupported, render_chart
from rea_xcom_tui.layouts.gotemplate.yamltext import go_data
from rea_xcom_tui.layouts.model import AGENT_CHART, ChartRef, EntryPoint, Layer, Options, Problem, opaque
from rea_xcom_tui.layouts.naming import environment
from rea_xcom_tui.layouts.tree import LinkOut, Tree
from rea_xcom_tui.text import clean
from rea_xcom_tui.values.documents import read_documents
from rea_xcom_tui.values.errors import Unreadable
from rea_xcom_tui.values.merged import plain

_MARKS = (b"argoproj.io/", b"Application")
_VALUES = re.compile(r"values[-_.](.+)\.ya?ml")
_LITERAL_NAME = re.compile(
    r"^metadata:\s*\n(?:[ ]+.*\n)*?[ ]+name:[ ]*[\"']?([A-Za-z0-9.-]+)[\"']?[ ]*$"
    r"|^metadata:\s*\{(?:[^{}\n]*,)?\s*name:[ ]*[\"']?([A-Za-z0-9.-]+)[\"']?\s*[,}]",
    re.MULTILINE,
)
_NAME = re.compile(r"[a-z0-9]([-.a-z0-9]{0,251}[a-z0-9])?")
_MAX_DEPTH = 5
_MAX_RENDERS = 1_000
_MAX_FILES = 2_000


@dataclass(slots=True)
class AppsChart:
    """A chart of the repo whose templates make Applications."""

    folder: str
    chart: LocalChart
    templates: dict[str, str]
    """Each template's text by its path within `templates/`."""
    paths: dict[str, str]
    """Where each of them is in the repo."""
    files: dict[str, str] = field(default_factory=dict)


def render_all(work: Work) -> None:
    """Render every chart that makes Applications, once for each release of it, and take what comes out."""
    charts = dict(_charts(work.tree))
    if not charts:
        return
    made: set[str] = set()
    lent = _lent(charts)
    for renders, (entry, depth) in enumerate(_roots(work, charts)):
        if depth > _MAX_DEPTH or renders > _MAX_RENDERS:
            sentence = "Charts' templates make Applications of charts again and again; those further in are left out."
            work.problems.append(Problem(sentence, entry.file, entry.line))
            break
        before = len(work.entries), len(work.problems)
        made |= _render(work, charts[entry.chart.folder or ""], entry, depth)
        if entry.chart.folder in lent and not entry.layers:
            _drop_unfilled(work, *before)
    for chart in charts.values():
        work.files |= {*chart.paths.values(), *chart.chart.files} - made
        work.files |= {path for path, _ in _values_files(work.tree, chart.folder)}
    hidden = {
        folder for folder, chart in charts.items() if all(place.name != AGENT_CHART for place in chart.chart.places)
    }
    for entry in (each for each in work.entries if each.chart.folder in hidden):
        work.problems += entry.problems
    work.entries[:] = [entry for entry in work.entries if entry.chart.folder not in hidden]


def _lent(charts: Mapping[str, AppsChart]) -> frozenset[str]:
    """The folders of charts whose templates other charts reach by links, for which alone they may be there."""
    own = {
        path: folder
        for folder, chart in charts.items()
        for path in chart.paths.values()
        if not folder or path.startswith(f"{folder}/")
    }
    others = {
        own[path]
        for folder, chart in charts.items()
        for path in chart.paths.values()
        if own.get(path, folder) != folder
    }
    return frozenset(others)


def _drop_unfilled(work: Work, entries: int, problems: int) -> None:
    """Take away what such a chart makes of its own defaults, where no deployment can be meant: Applications whose names
    Kubernetes refuses, or that give the agent no values at all."""
    made = [entry for entry in work.entries[entries:] if _is_filled(work.tree, entry, work.options)]
    if not made:
        del work.problems[problems:]
    work.entries[entries:] = made


def _is_filled(tree: Tree, entry: EntryPoint, options: Options) -> bool:
    if _NAME.fullmatch(entry.name) is None:
        return False
    return bool(entry.chart.folder) or bool(effective(entry, tree, engine_of(options)).stack.root.members())


def _roots(work: Work, charts: Mapping[str, AppsChart]) -> Iterator[tuple[EntryPoint, int]]:
    """The releases of the charts with the depth of each, those that rendering itself finds included; then, one by one,
    charts that none installs."""
    seen: set[str] = set()
    at = 0
    while True:
        while at < len(work.roots):
            entry, depth = work.roots[at]
            at += 1
            if entry.chart.folder in charts:
                seen.add(entry.chart.folder or "")
                yield entry, depth
        missing = sorted(charts.keys() - seen)
        if not missing:
            return
        seen.add(missing[0])
        for entry in _unrooted(work.tree, work.options, charts[missing[0]]):
            yield entry, 0


def _unrooted(tree: Tree, options: Options, chart: AppsChart) -> Iterator[EntryPoint]:
    """A release for each `values-*.yaml` of a chart that no Application installs; without any, one of its defaults."""
    base = EntryPoint(
        chart.folder,
        posixpath.join(chart.folder, "Chart.yaml"),
        "argocd",
        chart.chart.name,
        (),
        chart=ChartRef(folder=chart.folder),
    )
    found = list(_values_files(tree, chart.folder))
    for path, env in found:
        named = environment(path, options.environments) or env
        yield replace(base, layers=(Layer("values file", path),), env=named)
    if not found:
        yield base


def _values_files(tree: Tree, folder: str) -> Iterator[tuple[str, str]]:
    for path, is_folder in tree.inside(folder):
        named = _VALUES.fullmatch(posixpath.basename(path))
        if named is not None and not is_folder:
            yield path, named[1]


# -- charts ------------------------------------------------------------------------------------------


def _charts(tree: Tree) -> Iterator[tuple[str, AppsChart]]:
    """The charts whose templates mention Applications, by their folders."""
    for path in (*tree.paths, *tree.links):
        folder, name = posixpath.split(path)
        if name != "Chart.yaml":
            continue
        paths = dict(_walk(tree, posixpath.join(folder, "templates")))
        data = {inner: _read(tree, each) for inner, each in paths.items()}
        if not any(all(mark in text for mark in _MARKS) for text in data.values()):
            continue
        chart = local_chart(tree, folder)
        if chart is not None:
            texts = {inner: text.decode(errors="replace") for inner, text in data.items()}
            yield (
                folder,
                AppsChart(folder, chart, texts, {inner: tree.resolve(each) or each for inner, each in paths.items()}),
            )


def _walk(tree: Tree, folder: str) -> Iterator[tuple[str, str]]:
    """Every file below a folder, links followed: its path within the folder, and from the root."""
    ahead = [(folder, "", 0)]
    count = 0
    while ahead:
        here, inner, depth = ahead.pop()
        try:
            real = tree.resolve(here)
            found = list(tree.inside(real)) if real is not None else []
        except LinkOut:
            continue
        for path, is_folder in found:
            name = inner + posixpath.basename(path)
            count += 1
            if count > _MAX_FILES or depth > _MAX_DEPTH:
                return
            if is_folder:
                ahead.append((path, name + "/", depth + 1))
            else:
                yield name, path


def _read(tree: Tree, path: str) -> bytes:
    try:
        return tree.read(path) or b""
    except LinkOut:
        return b""


# -- rendering ---------------------------------------------------------------------------------------


def _render(work: Work, chart: AppsChart, entry: EntryPoint, depth: int) -> set[str]:
    """Render a chart for one release and take its Applications; returns the templates that made some."""
    engine = engine_of(work.options)
    whole = replace(entry, layers=(*chart.chart.layers, *entry.layers), engine=engine)
    values = effective(whole, work.tree, engine)
    for problem in values.problems:
        if problem not in work.problems:
            work.problems.append(problem)
    if values.stack.error is not None:
        return set()
    data = go_data(values.stack.root)
    renderer = Renderer(HELM)
    texts = _rendered(work, chart, entry, data, renderer)
    origins = _Origins(work.tree, whole, values, data, renderer.written)
    doubts = tuple(f"The release {clean(entry.name)} that makes it: {clean(each)}" for each in entry.unknown)
    doubts += tuple(f"{clean(layer.words)} may change it." for layer in entry.flat_layers if layer.is_opaque)
    made: set[str] = set()
    for inner, text in texts.items():
        path = chart.paths[inner]
        if isinstance(text, TemplateError):
            made |= _unreadable(work, chart, inner, text, entry)
            continue
        for piece in _objects(work, chart, inner, text):
            piece = replace(piece, origin=origins.find)
            made.add(path)
            if piece.text("kind") == "ApplicationSet":
                work.take_set(piece, depth + 1, entry.env or "")
                continue
            app = Application(piece, path, several=True, unknown=doubts, made_by=entry.env or "")
            work.take(app, depth + 1)
    return made


def _rendered(
    work: Work, chart: AppsChart, entry: EntryPoint, data: dict[str, Any], renderer: Renderer
) -> dict[str, str | TemplateError]:
    """The text of each template, from this reader or, where it cannot, from a real Helm if one is installed."""
    if not chart.files:
        inside = _walk(work.tree, chart.folder)
        paths = {inner: path for inner, path in inside if not inner.startswith(("templates/", "charts/"))}
        chart.files.update({inner: _read(work.tree, path).decode(errors="replace") for inner, path in paths.items()})
    version = chart.chart.places[0].version or ""
    release, namespace = entry.name, entry.namespace or "default"
    texts = render_chart(
        chart.chart.name,
        version,
        chart.templates,
        data,
        release=release,
        namespace=namespace,
        files=chart.files,
        renderer=renderer,
    )
    if any(isinstance(text, TemplateError) and _matters(chart, inner) for inner, text in texts.items()):
        by_helm = helm_extra.rendered(chart.templates, chart.files, data, release=release, namespace=namespace)
        if by_helm is not None:
            return {**dict.fromkeys(texts, ""), **by_helm}
    return texts


def _matters(chart: AppsChart, inner: str) -> bool:
    return "Application" in chart.templates[inner]


def _unreadable(work: Work, chart: AppsChart, inner: str, error: TemplateError, entry: EntryPoint) -> set[str]:
    """Say that a template makes Applications that are not known; those whose names are there keep a row."""
    source, path = chart.templates[inner], chart.paths[inner]
    if not _matters(chart, inner):
        return set()
    reason = f"The template of a chart could not be read: {clean(error)}"
    found = _LITERAL_NAME.findall(source) if AGENT_CHART in source else []
    names = [block or flow for block, flow in found]
    for name in names:
        layer = opaque(f"what {clean(inner)} makes", "Edit the template, or the values of its chart.", file=path)
        work.entries.append(
            EntryPoint(
                f"{path}?name={name}" if entry.env is None else f"{path}?env={entry.env}&name={name}",
                path,
                "argocd",
                name,
                (layer,),
                env=entry.env,
                engine=engine_of(work.options),
                chart=ChartRef(AGENT_CHART),
                unknown=(reason,),
            )
        )
    beyond = isinstance(error, Unsupported) and not helm_extra.is_installed()
    hint = "" if not beyond else " With the extra `helm` installed, Helm itself renders it."
    problem = Problem(f"The Applications of this template are not shown. {clean(error)}{hint}", path, error.line)
    if not names and problem not in work.problems:
        work.problems.append(problem)
    return {path} if names else set()


def _objects(work: Work, chart: AppsChart, inner: str, text: str) -> Iterator[Piece]:
    """The Applications and sets in what a template rendered."""
    if "argoproj.io/" not in text:
        return
    path = chart.paths[inner]
    try:
        found = read_documents(text)
    except Unreadable as error:
        work.problems.append(Problem(f"What this template renders is not YAML: {clean(error)}", path))
        return
    if found.error is not None:
        work.problems.append(Problem(f"What this template renders is not YAML: {clean(found.error)}", path))
    line = next((at for at, each in enumerate(chart.templates[inner].split("\n"), 1) if "kind: Application" in each), 1)
    why = f"The template {clean(path)} makes it; edit the template, or the values of its chart."
    for root in found.roots:
        piece = Piece(root, path, line=line, why_not=why)
        if piece.text("kind") in ("Application", "ApplicationSet") and piece.text("apiVersion").startswith(
            "argoproj.io/"
        ):
            yield piece


class _Origins:
    """Where in the chart's values the data is that a template wrote as a whole."""

    def __init__(self, tree: Tree, entry: EntryPoint, values: Effective, data: Any, written: list[Any]) -> None:
        self._tree = tree
        self._layers = entry.flat_layers
        self._stack = values.stack
        wanted = {id(each) for each in written if isinstance(each, dict | list) and each}
        self._addresses: dict[str, Address] = {}
        ahead: list[tuple[Address, Any]] = [((), data)] if wanted else []
        while ahead:
            address, each = ahead.pop()
            if id(each) in wanted:
                self._addresses.setdefault(_canonical(each), address)
            if isinstance(each, dict):
                ahead += [((*address, key), value) for key, value in each.items()]
            elif isinstance(each, list):
                ahead += [((*address, at), value) for at, value in enumerate(each)]

    def find(self, data: object) -> tuple[str, int, Address] | None:
        """The file, document and pointer of data that one layer alone says; None where no single place says it."""
        address = self._addresses.get(_canonical(data)) if data else None
        node = self._stack.find(address) if address is not None else None
        if address is None or node is None or node.is_combined or not 0 <= node.layer < len(self._layers):
            return None
        layer = self._layers[node.layer]
        if not layer.editable or layer.content is not None or layer.kind == "values text" or layer.rule != "merge":
            return None
        documents = self._tree.documents(layer.file)
        for number, root in enumerate(documents.roots if documents is not None else ()):
            if layer.pointer and number != layer.document:
                continue
            pointer = (*layer.pointer, *address)
            if Piece(root, layer.file).get(*pointer) is not None and _says(root, layer.file, pointer, data):  # type: ignore[arg-type]
                return layer.file, number, pointer
        return None


def _says(root: Any, file: str, pointer: Address, data: object) -> bool:
    found = Piece(root, file).get(*pointer)  # type: ignore[arg-type]
    return found is not None and _canonical(plain(found.node)) == _canonical(data)


def _canonical(data: object) -> str:
    """Data as a text by which it can be looked up; whole floats are the integers that they are written as."""
    return json.dumps(_whole(data), sort_keys=True)


def _whole(data: object) -> object:
    if isinstance(data, dict):
        return {key: _whole(value) for key, value in data.items()}
    if isinstance(data, list):
        return [_whole(item) for item in data]
    return int(data) if isinstance(data, float) and data.is_integer() else data
