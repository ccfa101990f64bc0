"""Charts that kustomize renders itself: each item of `helmCharts`, and each HelmChartInflationGenerator.

Helm gets the valuesFile mixed with valuesInline as valuesMerge says (`override` by default: inline wins), then each of
additionalValuesFiles over that. With any valuesInline, kustomize re-reads the valuesFile by its own rules.
"""

from __future__ import annotations

import posixpath
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

import msgspec

from rea_xcom_tui.edits import Address
from rea_xcom_tui.layouts.kustomize.built import Built, ChartUse, Extra
from rea_xcom_tui.layouts.kustomize.files import Entry
from rea_xcom_tui.layouts.kustomize.layers import by_value
from rea_xcom_tui.layouts.kustomize.roots import Synced, builder_of, root_folders, synced_to
from rea_xcom_tui.layouts.model import ChartRef, EntryPoint, Found, Layer, Options, Problem, entry_id, pointer_text
from rea_xcom_tui.layouts.naming import environment
from rea_xcom_tui.layouts.referenced import referenced
from rea_xcom_tui.layouts.tree import LinkOut, Tree
from rea_xcom_tui.text import clean
from rea_xcom_tui.values.errors import Unreadable
from rea_xcom_tui.values.kustomized import kustomized
from rea_xcom_tui.values.merged import Readable

_MODES = ("override", "merge", "replace")


def find(tree: Tree, options: Options) -> Found:
    """Every chart that a kustomization of the repo renders, for each kustomization that nothing else uses or that an
    Application syncs."""
    if not any(_holds_charts(tree, path) for path in tree.paths if path.endswith((".yaml", ".yml"))):
        return Found()
    builder = builder_of(tree)
    rows: list[tuple[ChartUse, str, EntryPoint]] = []
    files: set[str] = set()
    synced = synced_to(tree)
    for folder in dict.fromkeys((*root_folders(builder), *synced)):
        for place in synced.get(folder, (Synced(None, ""),)):
            extra = Extra(namespace=place.set_namespace) if place.set_namespace else None
            built = builder.gathered(folder, extra)
            if built.charts:
                files |= built.files
            for use in built.charts:
                entry = chart_entry(tree, use, built, folder, options)
                here = entry.namespace or place.namespace or None
                rows.append((use, folder, replace(entry, cluster=place.cluster, namespace=here)))
    entries = tuple(_told_apart(rows))
    return Found(entries, frozenset(files - {entry.file for entry in entries}))


def _holds_charts(tree: Tree, path: str) -> bool:
    try:
        data = tree.read(path)
    except LinkOut:
        return False
    return data is not None and (b"helmChart" in data or b"HelmChartInflationGenerator" in data)


def chart_entry(tree: Tree, use: ChartUse, built: Built, folder: str, options: Options) -> EntryPoint:
    """The entry point of a chart that the kustomization in `folder` renders, its own or a base's."""
    problems: list[Problem] = list(built.problems)
    entry, place = use.entry, use.place
    name = entry.text_of("releaseName") or entry.text_of("nameTemplate")
    chart = entry.text_of("name") or entry.text_of("chartName")
    local = _local_chart(tree, use, chart)
    layers = tuple(_layers(tree, use, local, problems))
    return EntryPoint(
        id=place.file,
        file=place.file,
        layout="kustomize",
        name=name or "release-name",  # as kustomize calls it
        layers=layers,
        pointer=(*place.pointer, *entry.pointer),
        document=place.document,
        line=entry.node.line,
        env=environment(f"{folder}/x", options.environments),
        namespace=entry.text_of("namespace") or entry.text_of("releaseNamespace") or use.namespace or None,
        chart=ChartRef(chart or None, local, entry.text_of("version") or None),
        problems=tuple(dict.fromkeys(problems)),
        unknown=(*built.unknown, *_unknown(use, local)),
    )  # fmt: skip


def _local_chart(tree: Tree, use: ChartUse, chart: str) -> str | None:
    """The folder of a chart that is beside the kustomization, or None."""
    try:
        where = tree.join(use.folder, f"{use.chart_home or 'charts'}/{chart}")
        return tree.resolve(where) if chart and tree.is_folder(where) else None
    except LinkOut:
        return None


def _layers(tree: Tree, use: ChartUse, local: str | None, problems: list[Problem]) -> Iterator[Layer]:
    entry, place = use.entry, use.place

    def file_layer(path: str, line: int, *, retyped: bool) -> Layer | None:
        reader = "kustomize" if retyped else "helm"
        found = referenced(tree, use.folder, path, (place.file, line), reader=reader)  # type: ignore[arg-type]
        if isinstance(found, Problem):
            problems.append(found)
            return None
        return found

    mode = entry.text_of("valuesMerge") or "override"
    inline = _inline(entry)
    if mode not in _MODES:
        at = entry.get("valuesMerge")
        sentence = f"valuesMerge is {clean(mode, 40)}, but has to be one of {', '.join(_MODES)}; kustomize refuses it."
        problems.append(Problem(sentence, place.file, at.line if at is not None else entry.node.line))
    mixed: list[Layer] = []
    values_file = entry.get("valuesFile")
    if values_file is not None and not (mode == "replace" and inline is not None):
        layer = file_layer(values_file.text, values_file.line, retyped=inline is not None)
        mixed += [layer] if layer is not None else []
    elif inline is not None and mode != "replace" and local is not None and tree.is_file(f"{local}/values.yaml"):
        # Without a valuesFile, kustomize takes the chart's own values for it.
        mixed.append(Layer("chart defaults", f"{local}/values.yaml", reader="kustomize"))
    if inline is not None and inline.kind == "mapping":
        pointer: Address = (*place.pointer, *entry.pointer, "valuesInline")
        text = "It is in a text within the kustomization; edit it there by hand." if place.is_text else ""
        own = Layer(
            "values object", place.file, place.pointer if place.is_text else pointer, place.document, "first document",
            content=by_value(inline) if use.is_generator else None, why_not=text,
        )  # fmt: skip
        mixed = [own, *mixed] if mode == "merge" else [*mixed, own]
    if inline is None or mode == "replace":
        yield from mixed
    else:
        # kustomize patches one with the other before Helm sees them: a null takes a key out of the weaker, no more.
        yield Layer("group", layers=tuple(_as_patch(tree, mixed, mode)))
    for item in entry.items_of("additionalValuesFiles"):
        layer = file_layer(item.text, item.node.line, retyped=False)
        if layer is not None:
            yield layer


def _inline(entry: Entry) -> Readable | None:
    """What is under valuesInline; kustomize goes past an empty mapping as if nothing were there."""
    found = entry.get("valuesInline")
    return None if found is not None and found.kind == "mapping" and not found.entries else found


def _as_patch(tree: Tree, mixed: Sequence[Layer], mode: str) -> Iterator[Layer]:
    for at, layer in enumerate(mixed):
        is_patch = at > 0 or (len(mixed) == 1 and mode == "override")
        if is_patch and not layer.is_opaque:
            yield msgspec.structs.replace(layer, rule="strategic", content=layer.content or _file_values(tree, layer))
        else:
            yield layer


def _file_values(tree: Tree, layer: Layer) -> Readable | None:
    """What a file says where kustomize mixes it in; None for an inline layer, and for a file that cannot be read."""
    if layer.pointer:
        return None
    try:
        documents = tree.documents(layer.file)
        roots = documents.roots if documents is not None else ()
        return by_value(kustomized(roots[0], aliases=False)) if roots else None
    except (Unreadable, LinkOut):
        return None


def _unknown(use: ChartUse, local: str | None) -> Iterator[str]:
    merges = use.entry.text_of("valuesMerge") == "merge" and _inline(use.entry) is not None
    if merges and local is None and use.entry.get("valuesFile") is None:
        yield "With `valuesMerge: merge` and no valuesFile, the chart's own defaults beat valuesInline."
    files = [use.entry.text_of("valuesFile"), *(item.text for item in use.entry.items_of("additionalValuesFiles"))]
    for path in files:
        if path.startswith("/") or posixpath.normpath(path).startswith("../"):
            yield (
                f"{clean(path, 200)} stands outside of the kustomization's folder; kustomize reads it only with "
                "`--load-restrictor LoadRestrictionsNone`."
            )


def _told_apart(rows: Sequence[tuple[ChartUse, str, EntryPoint]]) -> Iterator[EntryPoint]:
    """The entry points with ids: the pointer where a file holds several, the folder's name where several build one."""
    places: dict[tuple[str, int, Address], list[tuple[ChartUse, str, EntryPoint]]] = {}
    for row in rows:
        entry = row[2]
        places.setdefault((entry.file, entry.document, entry.pointer), []).append(row)
    several = Counter(file for file, _, _ in places)
    for (file, document, pointer), same in places.items():
        text = pointer_text(document, pointer) if several[file] > 1 else ""
        folders = Counter(folder for _, folder, _ in same)
        clusters = Counter((folder, entry.cluster) for _, folder, entry in same)
        for _, folder, entry in same:
            apart = [folder.replace("/", "-")] if len(folders) > 1 else []
            apart += [entry.namespace or ""] if clusters[folder, entry.cluster] > 1 else []
            cluster = entry.cluster if folders[folder] > 1 else None
            yield replace(entry, id=entry_id(file, text, cluster=cluster, name="/".join(apart) or None))
