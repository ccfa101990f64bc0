"""Every deployment that a repo's files describe, whatever its layout."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from rea_xcom_tui.layouts import argocd, flux, helmfile, kustomize, manifest, rancher, terraform, umbrella
from rea_xcom_tui.layouts.argocd.find import is_template
from rea_xcom_tui.layouts.charts import local_chart
from rea_xcom_tui.layouts.model import AGENT_CHART, EntryPoint, Found, Options, Problem
from rea_xcom_tui.layouts.tree import LinkOut, Tree
from rea_xcom_tui.text import clean
from rea_xcom_tui.values.errors import Unreadable
from rea_xcom_tui.values.kustomized import kustomized

Finder = Callable[[Tree, Options], Found]

_AGENT = AGENT_CHART.encode()
_RELEASE = re.compile(r"^kind: *[\"']?HelmRelease\b", re.MULTILINE)
_KIND = re.compile(rb"^\s*[\"']?kind[\"']?\s*:\s*[\"']?(?:Application|ApplicationSet|HelmRelease)\b", re.MULTILINE)

LAYOUTS: tuple[Finder, ...] = (
    argocd.find,
    flux.find,
    helmfile.find,
    kustomize.find,
    rancher.find,
    terraform.find,
    manifest.find,
)
"""What each layout finds, in the order in which fleets use them; wrapper charts come after all of these, since only
those that nothing deploys are entry points."""


def find(tree: Tree, options: Options, layouts: Iterable[Finder] = LAYOUTS) -> Found:
    """Every entry point of a repo with its layers, charts of the repo looked into.

    A layout that fails on a file is a problem of that file; the others' entry points are there.
    """
    found = _without_layers([_found(layout, tree, options) for layout in layouts])
    deployed = frozenset(entry.chart.folder for entry in found.entries if entry.chart.folder is not None)
    entries = tuple(row for entry in found.entries for row in umbrella.expanded(tree, entry, options))
    files = found.layer_files | _chart_files(tree, deployed)
    wrappers = umbrella.find(tree, options, deployed)
    problems = (*found.problems, *_unread(tree, found))
    return _unique(Found(entries, files, problems, found.unnamed) + wrappers)


def _unread(tree: Tree, found: Found) -> Iterator[Problem]:
    """Manifests that would deploy the agent's chart and cannot be read, where no layout has said so and none is part of
    a deployment."""
    told = {problem.file for problem in found.problems} | found.reached
    told |= {problem.file for entry in found.entries for problem in entry.problems}
    for path, data in sorted(tree.was_read.items()):
        if data is None or _AGENT not in data or _KIND.search(data) is None or path in told:
            continue
        if not path.endswith((".yaml", ".yml")) or is_template(tree, path):
            continue
        if (why := _why_unread(tree, path)) is not None:
            yield Problem(f"It looks like a manifest that deploys the agent, but {why[0]}", path, why[1])


def _why_unread(tree: Tree, path: str) -> tuple[str, int] | None:
    """Why nothing can be read of a file, as the end of a sentence, and on which line; None where something can."""
    try:
        found = tree.documents(path)
    except LinkOut as error:
        return f"{clean(error)} {error.does}.", 0
    except Unreadable as error:
        return _continued(str(error)), error.line
    if found is None:
        return None
    broken = found.error if not found.roots else next((each for each in found.multiplied if each is not None), None)
    if broken is None and _RELEASE.search(found.text) is not None:
        try:
            for root in found.roots:
                kustomized(root)  # as Flux reads manifests
        except Unreadable as error:
            broken = error
    return None if broken is None else (_continued(str(broken)), broken.line)


def _continued(sentence: str) -> str:
    """A sentence as the end of another."""
    return sentence if sentence[1:2].isupper() else sentence[:1].lower() + sentence[1:]


def _found(layout: Finder, tree: Tree, options: Options) -> Found:
    try:
        return layout(tree, options)
    except Unreadable as error:
        return Found(problems=(Problem(str(error), "", error.line),))
    except LinkOut as error:
        return Found(problems=(Problem(f"The path {clean(error)} {error.does}; it was not read.", ""),))


def _without_layers(each: Sequence[Found]) -> Found:
    """What all layouts found, without the entry points of files that are a part of something in another layout.

    A layout's own manifests are among its parts, and say of themselves what they deploy.
    """
    out = Found()
    for own in each:
        others = frozenset(file for found in each if found is not own for file in found.layer_files)
        out += replace(own, entries=tuple(entry for entry in own.entries if entry.file not in others))
    return out


def _chart_files(tree: Tree, folders: frozenset[str]) -> frozenset[str]:
    charts = [local_chart(tree, folder) for folder in folders]
    return frozenset(file for chart in charts if chart is not None for file in chart.files)


def _unique(found: Found) -> Found:
    """With every id once: of two entry points with one id, the first layout's."""
    kept: dict[str, EntryPoint] = {}
    for entry in found.entries:
        kept.setdefault(entry.id, entry)
    return found if len(kept) == len(found.entries) else replace(found, entries=tuple(kept.values()))
