"""Small repos for Argo CD, and what comes of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rea_xcom_tui.layouts.effective import effective
from rea_xcom_tui.layouts.find import LAYOUTS, find
from rea_xcom_tui.layouts.model import EntryPoint, Found, Options
from rea_xcom_tui.layouts.tree import Tree
from rea_xcom_tui.user.layout_settings import ClusterSettings, LayoutSettings
from rea_xcom_tui.values.merged import plain

REPO = "https://git.example.com/data/agents.git"
CHART = "astro-remote-execution-agent"


class Result:
    """What was found in a repo of these files."""

    def __init__(
        self,
        files: Mapping[str, str],
        *,
        argocd_version: tuple[int, ...] | None = None,
        clusters: Mapping[str, Mapping[str, str]] | None = None,
        remotes: Sequence[str] = (),
        links: Mapping[str, str] | None = None,
    ) -> None:
        told = {name: ClusterSettings(labels=labels) for name, labels in (clusters or {}).items()}
        self.options = Options(LayoutSettings(argocd=argocd_version, clusters=told))
        self.tree = Tree(
            files, lambda path: files[path].encode() if path in files else None, links=links, remotes=remotes
        )
        self.found: Found = find(self.tree, self.options, LAYOUTS)

    @property
    def entries(self) -> tuple[EntryPoint, ...]:
        return self.found.entries

    @property
    def one(self) -> EntryPoint:
        (entry,) = self.found.entries
        return entry

    def named(self, name: str) -> EntryPoint:
        (entry,) = [each for each in self.entries if each.name == name]
        return entry

    def named_cluster(self, cluster: str) -> EntryPoint:
        (entry,) = [each for each in self.entries if each.cluster == cluster]
        return entry

    def values(self, entry: EntryPoint | None = None) -> Any:
        made = effective(entry or self.one, self.tree, self.options.engine)
        assert made.stack.error is None, made.stack.error
        return plain(made.stack.root)

    @property
    def problems(self) -> list[str]:
        own = [problem for entry in self.entries for problem in entry.problems]
        return [f"{each.file}:{each.line}: {each.sentence}" for each in (*own, *self.found.problems)]


def sources(entry: EntryPoint) -> list[str]:
    return [layer.source for layer in entry.layers]


def app(helm: str, *, path: str = "agents/etl", name: str = "etl") -> str:
    """An Application of a chart in this repo, with the lines of its `helm`."""
    body = "\n".join(f"      {line}" for line in helm.splitlines())
    return f"""\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {{name: {name}}}
spec:
  project: data
  destination: {{name: prod-eu, namespace: etl}}
  source:
    repoURL: {REPO}
    path: {path}
    helm:
{body}
"""


CHART_FILES = {"agents/etl/Chart.yaml": f"apiVersion: v2\nname: {CHART}\nversion: 2.3.3\n"}
