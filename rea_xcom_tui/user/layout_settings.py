"""What only the repo's owners know about its layouts: engines, clusters, and lists of layers of their own kind.

Texts such as `{dir}/{item.name}.yaml` are templates: each pair of braces is a hole, filled for each file or item.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

import msgspec

HelmEngine = Literal["3", "4.1", "4.2"]
"""Whose merge counts: Helm 3, Helm 4.0 and 4.1, or Helm 4.2 and newer."""

HOLE = re.compile(r"\{([^{}]*)\}")
"""A hole in a template, and its name."""

PATH_HOLES = ("dir", "folder")
"""Holes that every template has: the folder of the matched file, and that folder's last name."""


class ClusterSettings(msgspec.Struct, frozen=True):
    """What Git does not hold about one cluster."""

    variables: Mapping[str, str] = msgspec.field(default_factory=dict)
    """Values for `${NAME}` in what Flux substitutes there."""
    labels: Mapping[str, str] = msgspec.field(default_factory=dict)
    """Its labels in Argo CD or Rancher Fleet."""


class Naming(msgspec.Struct, frozen=True):
    """Templates that name the deployment which a file or an item stands for; None where nothing tells."""

    name: str
    env: str | None = None
    namespace: str | None = None
    cluster: str | None = None


class ManifestSettings(msgspec.Struct, frozen=True):
    """A manifest of the house: files with a list, each item of which is a deployment with its layers."""

    files: str
    """Glob of the manifests; `{cluster}` captures one part of a folder's or file's name."""
    items: tuple[str, ...]
    """The keys that lead to the list; empty where the file itself is the one item."""
    layers: tuple[str, ...]
    """Templates of paths, weakest first, relative to the manifest's folder; `{item.key}` of a list makes one
    layer of each entry. A `?` at the end says that the file may be missing."""
    naming: Naming
    chart: str | None = None
    """Template of the chart's name or path, where the manifest tells it."""


class LayerSettings(msgspec.Struct, frozen=True):
    """Layers that only a command knows: each file that the glob matches is a deployment with these layers."""

    files: str
    layers: tuple[str, ...]
    naming: Naming
    but: tuple[str, ...] = ()
    """Globs of files that are not deployments although `files` matches them."""


class LayoutSettings(msgspec.Struct, frozen=True):
    """`[layouts]`: every part may be left out."""

    engine: HelmEngine | None = None
    argocd: tuple[int, ...] | None = None
    """The version of Argo CD, which decides its Helm; None means the newest known."""
    helmfile: tuple[int, ...] | None = None
    """The version of Helmfile; None means the newest known."""
    variables: Mapping[str, str] = msgspec.field(default_factory=dict)
    """Variables of every cluster."""
    clusters: Mapping[str, ClusterSettings] = msgspec.field(default_factory=dict)
    manifests: tuple[ManifestSettings, ...] = ()
    layers: tuple[LayerSettings, ...] = ()
    deployed: tuple[str, ...] = ()
    """Globs of values files that are deployed although no entry point of the repo reaches them."""
    generated: tuple[str, ...] = ()
    """Globs of files that a program writes, so that nobody should edit them."""


def holes_of(template: str) -> tuple[str, ...]:
    """The names of a template's holes, or of the parts of a path that a glob captures, in order."""
    return tuple(HOLE.findall(template))
