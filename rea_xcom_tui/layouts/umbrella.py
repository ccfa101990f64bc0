"""Wrapper and umbrella charts: charts of the repo that have the agent's chart as a dependency, once or many times."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import replace

import msgspec

from rea_xcom_tui.layouts.charts import LocalChart, Place, local_chart
from rea_xcom_tui.layouts.effective import effective
from rea_xcom_tui.layouts.model import AGENT_CHART, ChartRef, EntryPoint, Found, Options
from rea_xcom_tui.layouts.naming import environment
from rea_xcom_tui.layouts.tree import Tree

_AGENT = AGENT_CHART.encode()


def find(tree: Tree, options: Options, deployed: frozenset[str] = frozenset()) -> Found:
    """Charts that wrap the agent's and that nothing in the repo deploys, each as an entry point of its own.

    `deployed` are the folders of the charts that other layouts deploy.
    """
    entries: list[EntryPoint] = []
    off: list[str] = []
    inner: set[str] = set()
    charts = [chart for chart in _charts(tree) if _agents(chart) and chart.name != AGENT_CHART]
    for chart in charts:
        inner |= {place.folder for place in chart.places[1:] if place.folder is not None}
    for chart in charts:
        if chart.folder in deployed or (chart.folder in inner and not chart.problems):  # those in a circle stay rows
            continue
        file = posixpath.join(chart.folder, "Chart.yaml")
        entry = EntryPoint(
            file,
            file,
            "umbrella",
            posixpath.basename(chart.folder) or chart.name,
            (),
            env=environment(file, options.environments),
            chart=ChartRef(chart.name, chart.folder),
            unknown=_other_values(tree, chart),
        )
        rows = expanded(tree, entry, options)
        entries += rows
        off += [] if rows else [file]
    return Found(tuple(entries), frozenset(file for chart in charts for file in chart.files), off=tuple(off))


def expanded(tree: Tree, entry: EntryPoint, options: Options) -> tuple[EntryPoint, ...]:
    """An entry point whose chart is in the repo as one for each time that the agent's chart is in that chart, with the
    charts' default values below its layers. Those that a condition or a tag turns off are left out.

    Of a chart without the agent's anywhere, the entry point itself with its chart's defaults.
    """
    chart = local_chart(tree, entry.chart.folder) if entry.chart.folder is not None else None
    if chart is None or any(layer.chart is not None for layer in entry.layers):
        return (entry,)
    entry = replace(
        entry,
        layers=(*chart.layers, *entry.layers),
        chart=msgspec.structs.replace(entry.chart, name=entry.chart.name or chart.name),
        problems=(*entry.problems, *chart.problems),
    )
    agents = _agents(chart)
    if not agents or chart.name == AGENT_CHART:
        return (entry,)
    rows = [_row(entry, place, several=len(agents) > 1) for place in agents]
    return tuple(row for row, place in zip(rows, agents, strict=True) if not _is_off(tree, row, place, options))


def _row(entry: EntryPoint, place: Place, *, several: bool) -> EntryPoint:
    """The entry point for one place of the agent's chart; the alias names it where there are several."""
    chart = msgspec.structs.replace(entry.chart, below=place.keys, version=place.version or entry.chart.version)
    if not several:
        return replace(entry, chart=chart)
    joint = "&" if "?" in entry.id else "?"
    key = ".".join(place.keys)
    return replace(entry, id=f"{entry.id}{joint}chart={key}", name=place.keys[-1], chart=chart)


def _is_off(tree: Tree, row: EntryPoint, place: Place, options: Options) -> bool:
    return place.switched and effective(row, tree, options.engine).stack.disabled


def _agents(chart: LocalChart) -> list[Place]:
    return [place for place in chart.places if place.name == AGENT_CHART]


def _charts(tree: Tree) -> Iterator[LocalChart]:
    """The charts of the repo that name the agent's chart, or that hold one by a path."""
    for path in (*tree.named, *tree.below_links):
        folder, name = posixpath.split(path)
        if name not in ("Chart.yaml", "requirements.yaml"):
            continue
        data = tree.read(path)
        if data is None or (_AGENT not in data and b"file://" not in data):
            continue
        chart = local_chart(tree, folder)
        if chart is not None:
            yield chart


def _other_values(tree: Tree, chart: LocalChart) -> tuple[str, ...]:
    """A reason for doubt where more values files are beside a chart that nothing of the repo deploys."""
    beside = [
        posixpath.basename(path)
        for path, is_folder in tree.inside(chart.folder)
        if not is_folder and "values" in posixpath.basename(path) and path.endswith((".yaml", ".yml"))
    ]
    others = [name for name in beside if name != "values.yaml"]
    if not others:
        return ()
    return (f"There are other values files beside the chart ({', '.join(others[:3])}); a command may add them.",)
