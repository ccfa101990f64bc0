"""Rancher Fleet's `fleet.yaml`: one bundle, and a deployment of it for each cluster or each of its targets.

Read in fleet 0.13 (`bundlereader`, `options.Merge`, `helmdeployer.getValues`): within one `helm` block the files of
`valuesFiles` go over `values`, the reverse of the other tools; the first target that matches a cluster goes over the
bundle's own block; what `valuesFrom` names goes over all of it. A bundle's files are read as their first document.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from rea_xcom_tui.edits import Address
from rea_xcom_tui.layouts.model import (
    MAX_ENTRIES,
    ChartRef,
    EntryPoint,
    Found,
    Layer,
    Options,
    Problem,
    entry_id,
    opaque,
)
from rea_xcom_tui.layouts.referenced import added, first_root, referenced
from rea_xcom_tui.layouts.tree import LinkOut, Tree
from rea_xcom_tui.text import clean
from rea_xcom_tui.values import Node
from rea_xcom_tui.values.merged import reached

_FILLED = re.compile(r"\$\{[^}\n]*\}|global\.fleet\.clusterLabels\.[\w./-]+")
_MAX_NODES = 50_000
_REST_LEFT_OUT = f"The bundles make more than {MAX_ENTRIES:,} deployments; from here on they are left out."
_NAMES = ("fleet.yaml", "fleet.yml")
_DISPLAY_NAME = "management.cattle.io/cluster-display-name"
"""The label in which Rancher itself keeps a cluster's name."""
_LABELS = ("clusterSelector", "clusterGroup", "clusterGroupSelector")


def find(tree: Tree, options: Options) -> Found:
    """The deployments of every bundle: by cluster where links to its folder tell clusters, else by target."""
    found = Found()
    links = _links(tree)
    for path in tree.paths:
        if posixpath.basename(path) not in _NAMES:
            continue
        room = MAX_ENTRIES - len(found.entries)
        found += _bundle(tree, options, path, links.get(posixpath.dirname(path), ()), room)
        if found.problems and found.problems[-1].sentence == _REST_LEFT_OUT:
            break
    return found


def _links(tree: Tree) -> dict[str, list[str]]:
    """The links that lead to each folder."""
    out: dict[str, list[str]] = {}
    for link in sorted(tree.links):
        try:
            target = tree.resolve(link)
        except LinkOut:
            continue
        if target is not None and tree.is_folder(target):
            out.setdefault(target, []).append(link)
    return out


def _bundle(tree: Tree, options: Options, path: str, links: Sequence[str], room: int) -> Found:
    root = first_root(tree, path)
    if isinstance(root, Problem):
        return Found(problems=(root,))
    if root is None or root.kind != "mapping" or not _has_helm(root):
        return Found()
    bundle = _Bundle(tree, options, path, root)
    entries = list(islice(bundle.by_link(links) if links else bundle.by_target(), room + 1))
    rest = (Problem(_REST_LEFT_OUT, path, 1),) if len(entries) > room else ()
    return Found(tuple(entries[:room]), problems=rest)


def _has_helm(root: Node) -> bool:
    return root.get("helm") is not None or any(
        each.get("helm") is not None for each in _list(root, "targetCustomizations")
    )


@dataclass(frozen=True, slots=True)
class _Target:
    """One entry of `targetCustomizations`."""

    node: Node
    address: Address

    @property
    def name(self) -> str | None:
        return _text(self.node, "name")


@dataclass(frozen=True, slots=True)
class _Query:
    """What tells the rows of one bundle apart."""

    cluster: str | None = None
    env: str | None = None
    name: str | None = None
    """The link, where several clusters of one name have one."""


@dataclass(slots=True)
class _Row:
    layers: list[Layer] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    holes: dict[str, None] = field(default_factory=dict)


class _Bundle:
    def __init__(self, tree: Tree, options: Options, file: str, root: Node) -> None:
        self.tree = tree
        self.options = options
        self.file = file
        self.folder = posixpath.dirname(file)
        self.root = root
        self.targets = [
            _Target(node, ("targetCustomizations", at)) for at, node in enumerate(_list(root, "targetCustomizations"))
        ]

    def by_link(self, links: Sequence[str]) -> Iterator[EntryPoint]:
        """A row for each cluster whose folder links to the bundle's."""
        clusters = [posixpath.basename(posixpath.dirname(link)) or None for link in links]
        for link, cluster in zip(links, clusters, strict=True):
            matched = self._match(cluster)
            query = _Query(cluster, name=link if clusters.count(cluster) > 1 else None)
            if isinstance(matched, str):
                yield self._entry(None, cluster=cluster, query=query, unknown=matched)
            elif matched is None or _flag(matched.node, "doNotDeploy") is not True:
                yield self._entry(matched, cluster=cluster, query=query)

    def by_target(self) -> Iterator[EntryPoint]:
        """A row for each target, and one for the bundle without any."""
        known = self.options.settings.clusters
        if known:
            yield from self._by_cluster(tuple(known))
            return
        shown = [target for target in self.targets if _flag(target.node, "doNotDeploy") is not True]
        for target in shown:
            name = _text(target.node, "clusterName")
            query = _Query(name) if name else _Query(env=target.name or str(target.address[-1]))
            yield self._entry(target, cluster=name, env=None if name else target.name, query=query)
        if not self.targets:
            yield self._entry(None)

    def _by_cluster(self, clusters: Sequence[str]) -> Iterator[EntryPoint]:
        for cluster in clusters:
            matched = self._match(cluster)
            query = _Query(cluster)
            if isinstance(matched, str):
                yield self._entry(None, cluster=cluster, query=query, unknown=matched)
            elif matched is None or _flag(matched.node, "doNotDeploy") is not True:
                yield self._entry(matched, cluster=cluster, query=query)

    def _match(self, cluster: str | None) -> _Target | str | None:
        """The target that counts for a cluster, None where none does, or why that is not known."""
        told = self.options.settings.clusters.get(cluster or "")
        labels = {_DISPLAY_NAME: cluster} if cluster else {}
        labels |= told.labels if told is not None else {}
        for target in self.targets:
            outcome = _matches(target.node, cluster, labels, has_all=told is not None)
            if outcome is None:
                where = f"[layouts.clusters.{clean(cluster)}]" if cluster else "[layouts.clusters]"
                return (
                    f"Whether the target {clean(target.name or '')} at line {target.node.line} counts for this cluster "
                    f"depends on labels or groups that are not in the repo; set its labels in {where}."
                )
            if outcome:
                return target
        return None

    def _entry(
        self,
        target: _Target | None,
        *,
        cluster: str | None = None,
        env: str | None = None,
        query: _Query | None = None,
        unknown: str | None = None,
    ) -> EntryPoint:
        row = _Row()
        helm = self.root.get("helm")
        own = target.node.get("helm") if target is not None else None
        chart = _text(helm, "chart")
        if helm is not None:
            self._block(row, helm, ("helm",), with_files=bool(chart or _text(helm, "repo")))
        if target is not None and own is not None:
            outer, row.layers = row.layers, []
            self._block(row, own, (*target.address, "helm"), with_files=True)
            row.layers = [*outer, *_together(row.layers)]
        for block in (helm, own):
            row.layers += self._values_from(block)
        if unknown is not None:
            row.unknown.append(unknown)
            row.layers.append(opaque("a target of fleet.yaml that depends on the cluster's labels", unknown))
        self._templates(row)
        namespace = self._either(target, "namespace") or self._either(target, "defaultNamespace") or "default"
        name = _text(own, "releaseName") or _text(helm, "releaseName")
        return EntryPoint(
            entry_id(self.file, cluster=query.cluster, env=query.env, name=query.name) if query else self.file,
            self.file,
            "fleet",
            name or posixpath.basename(self.folder) or "fleet",
            tuple(row.layers),
            line=target.node.line if target is not None else 1,
            pointer=target.address if target is not None else (),
            env=env,
            namespace=namespace,
            cluster=cluster,
            chart=self._chart(_text(own, "chart") or chart, helm),
            problems=tuple(row.problems),
            unknown=tuple(row.unknown),
            holes=tuple((hole, f"labels of the cluster ({hole})") for hole in row.holes),
        )

    def _either(self, target: _Target | None, key: str) -> str | None:
        return (_text(target.node, key) if target is not None else None) or _text(self.root, key)

    def _block(self, row: _Row, helm: Node, address: Address, *, with_files: bool) -> None:
        """The layers of one `helm` block: `values`, then each of `valuesFiles`."""
        values = helm.get("values")
        if values is not None and values.kind == "mapping":
            row.layers.append(Layer("values object", self.file, (*address, "values"), reader="first document"))
        files = _list(helm, "valuesFiles")
        if files and not with_files:
            row.unknown.append(
                f"`valuesFiles` at line {files[0].line} are not read, since the block names neither `chart` nor `repo`."
            )
            return
        for item in files:
            says = (self.file, item.line)
            found = referenced(self.tree, self.folder, item.text.lstrip("/"), says, reader="first document")
            added(row.layers, row.problems, found)

    def _values_from(self, helm: Node | None) -> Iterator[Layer]:
        for item in _list(helm, "valuesFrom"):
            for key, what in (("configMapKeyRef", "ConfigMap"), ("secretKeyRef", "Secret")):
                ref = item.get(key)
                if ref is None or ref.kind != "mapping":
                    continue
                name = clean(_text(ref, "name") or "?")
                words = f"{what} {name} (key {clean(_text(ref, 'key') or 'values.yaml')})"
                why = f"The {what} {name} is in the cluster; change the value there."
                yield opaque(words, why, kind="secret" if what == "Secret" else "reference")

    def _templates(self, row: _Row) -> None:
        """What Fleet fills in from the cluster, unless the bundle turns that off."""
        helm = self.root.get("helm")
        if _flag(helm, "disablePreProcess") is True:
            return
        if _list(helm, "templateValues") or (helm is not None and helm.get("templateValues") is not None):
            row.unknown.append("`templateValues` are filled in from the cluster's labels.")
        for layer in [each for group in row.layers for each in (*group.layers, group)]:
            filled = dict.fromkeys(self._filled(layer)) if layer.file and not layer.is_opaque else {}
            row.holes |= filled
            if filled:
                row.unknown.append(
                    f"{clean(layer.source)} holds {clean(next(iter(filled)), 100)}, which Fleet fills in from the "
                    "labels of the cluster."
                )

    def _filled(self, layer: Layer) -> Iterator[str]:
        """The texts in a layer that Fleet fills in."""
        root = first_root(self.tree, layer.file)
        node = reached(root, layer.pointer) if isinstance(root, Node) else None
        ahead = [node] if node is not None else []
        for _ in range(_MAX_NODES):
            if not ahead:
                break
            each = ahead.pop()
            yield from _FILLED.findall(each.text)
            ahead += [*each.items, *(value for _, value in each.entries)]

    def _chart(self, chart: str | None, helm: Node | None) -> ChartRef:
        repo, version = _text(helm, "repo"), _text(helm, "version")
        try:
            if repo is None:
                folder = self.tree.join(self.folder, chart or ".")
                if self.tree.is_file(posixpath.join(folder, "Chart.yaml")):
                    return ChartRef(folder=self.tree.resolve(folder), version=version)
        except LinkOut:
            pass
        return ChartRef(name=posixpath.basename(chart.rstrip("/")) if chart else None, version=version)


def _together(layers: list[Layer]) -> list[Layer]:
    """Layers that Fleet merges before they go over others, which matters for nulls."""
    return [Layer("group", layers=tuple(layers))] if len(layers) > 1 else layers


def _matches(target: Node, cluster: str | None, labels: Mapping[str, str], *, has_all: bool) -> bool | None:
    """Whether a target is of a cluster; None where that depends on what is not known, such as labels beside these
    where they are not all that it has."""
    name = _text(target, "clusterName")
    asked = [key for key in _LABELS if target.get(key) is not None]
    if name is None and not asked:
        return False
    if name is not None and name != cluster:
        return False
    if "clusterGroup" in asked or "clusterGroupSelector" in asked:
        return None
    selector = target.get("clusterSelector")
    if selector is None:
        return True
    wanted = selector.get("matchLabels")
    outcomes: list[bool | None] = [
        labels.get(key.name) == value.text if has_all or key.name in labels else None
        for key, value in (wanted.entries if wanted is not None else ())
    ]
    for expression in _list(selector, "matchExpressions"):
        is_told = has_all or _text(expression, "key") in labels
        outcomes.append(_expressed(expression, labels) if is_told else None)
    if False in outcomes:
        return False
    return None if None in outcomes else True


def _expressed(expression: Node, labels: Mapping[str, str]) -> bool:
    key, operator = _text(expression, "key") or "", _text(expression, "operator")
    values = {item.text for item in _list(expression, "values")}
    match operator:
        case "In":
            return labels.get(key) in values
        case "NotIn":
            return labels.get(key) not in values
        case "Exists":
            return key in labels
        case _:
            return operator == "DoesNotExist" and key not in labels


def _text(node: Node | None, key: str) -> str | None:
    found = node.get(key) if node is not None else None
    return found.text if found is not None and found.kind == "scalar" and found.value is not None else None


def _flag(node: Node | None, key: str) -> bool | None:
    found = node.get(key) if node is not None else None
    return found.value if found is not None and isinstance(found.value, bool) else None


def _list(node: Node | None, key: str) -> Sequence[Node]:
    found = node.get(key) if node is not None else None
    return found.items if found is not None else ()
