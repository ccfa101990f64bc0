"""Every HelmRelease that a repo's clusters get, and those that nothing builds."""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from rea_xcom_tui.layouts.flux.cluster import Cluster, Kept, Release
from rea_xcom_tui.layouts.flux.releases import entry_of
from rea_xcom_tui.layouts.flux.substitution import Variables
from rea_xcom_tui.layouts.flux.walking import FLUX_GROUP, Walker
from rea_xcom_tui.layouts.kustomize.build import Builder
from rea_xcom_tui.layouts.kustomize.built import Built, Extra
from rea_xcom_tui.layouts.kustomize.objects import Object, text_at
from rea_xcom_tui.layouts.kustomize.roots import Synced, builder_of, root_folders, synced_to
from rea_xcom_tui.layouts.model import EntryPoint, Found, Options, entry_id, pointer_text
from rea_xcom_tui.layouts.naming import environment
from rea_xcom_tui.layouts.tree import LinkOut, Tree

_CLUSTERS = re.compile(r"clusters?")
_KUSTOMIZATION = b"kustomize.toolkit.fluxcd.io"
_RELEASE = b"helm.toolkit.fluxcd.io"
_INSTANCE = b"fluxcd.controlplane.io"
_STEPS = ("Kustomization", "HelmRelease", "ResourceSet")
_MOST_ROUNDS = 3
_Objects = Mapping[tuple[str, str, str], Kept]


def find(tree: Tree, options: Options) -> Found:
    """Every HelmRelease of a repo, for each cluster that gets it.

    Clusters are identified by the Kustomizations that nobody else builds: first those that build themselves (as
    `flux bootstrap` writes them), then folders that FluxInstances name, then kustomizations that nothing uses, then
    what is left. A HelmRelease that none of these meets is an entry point of its own.
    """
    builder = builder_of(tree)
    releases = list(builder.raw_objects(_RELEASE, frozenset(("HelmRelease",))))
    sets = list(builder.raw_objects(_INSTANCE, frozenset(("ResourceSet", "FluxInstance"))))
    if not releases and not any(found.kind == "ResourceSet" for found in sets):
        return Found()
    search = _searched(builder, options, releases, sets, {})
    for _ in range(_MOST_ROUNDS):  # what variables come from may be built after what they are put into
        if not any(cluster.missed & cluster.objects.keys() for cluster in search.clusters.values()):
            break
        known = {key: cluster.objects for key, cluster in search.clusters.items()}
        search = _searched(builder, options, releases, sets, known)
    entries = _told_apart([entry_of(release, builder) for release in search.walker.outcome.releases])
    files = search.walker.outcome.files - {entry.file for entry in entries}
    return Found(entries, frozenset(files), tuple(dict.fromkeys(search.walker.outcome.problems)))


def _searched(
    builder: Builder,
    options: Options,
    releases: Sequence[Object],
    sets: Sequence[Object],
    known: Mapping[str, _Objects],
) -> _Search:
    search = _Search(builder, options, known)
    search.walk(sets)
    search.leave_none(releases)
    search.leave_no_set(sets)
    return search


class _Search:
    def __init__(self, builder: Builder, options: Options, known: Mapping[str, _Objects]) -> None:
        self.builder = builder
        self.options = options
        self.walker = Walker(builder, options)
        self.known = known
        """What an earlier search has met, by cluster."""
        self.clusters: dict[str, Cluster] = {}
        """By the folder that is their first, without a `flux-system` in it."""

    def walk(self, sets: Sequence[Object]) -> None:
        """Walk every cluster, from the surest beginnings to the least sure."""
        raw = [
            found
            for found in self.builder.raw_objects(_KUSTOMIZATION, frozenset(("Kustomization",)))
            if text_at(found.root, "apiVersion").startswith(FLUX_GROUP)
            and text_at(found.root, "spec", "sourceRef", "kind")
        ]  # one without a source is a patch of others
        reached = self.walker.outcome.reached
        for found in raw:
            folder = self._folder(found)
            if folder is not None and _place(found) in _places(self._built(folder)):
                self.walker.walk(self._cluster(folder), found)
        for found in sets:
            path = text_at(found.root, "spec", "sync", "path")
            if found.kind == "FluxInstance" and path:
                self._walk_folder(posixpath.normpath(path.lstrip("/")))
        left = [found for found in raw if _place(found) not in reached and not self._is_patch(found)]
        inner = {
            place
            for found in left
            if (folder := self._folder(found)) is not None
            for place in _places(self._built(folder))
            if place != _place(found)
        }
        self._walk_roots(inner, ("Kustomization",))
        for found in left:
            if _place(found) not in reached and _place(found) not in inner:
                self.walker.walk(self._cluster(posixpath.dirname(found.place.file)), found)
        for found in left:  # Kustomizations that only build each other
            if _place(found) not in reached:
                self.walker.walk(self._cluster(posixpath.dirname(found.place.file)), found)
        synced = synced_to(self.builder.tree)
        self._walk_roots(inner, ("HelmRelease", "ResourceSet"), synced)
        for folder, places in synced.items():
            self._walk_synced(folder, places)

    def _walk_synced(self, folder: str, places: Iterable[Synced]) -> None:
        """Walk a kustomization that Applications of Argo CD sync, for each place that they sync it to."""
        kinds = {found.kind for found in self._built(folder).objects if _is_step(found, _STEPS)}
        if "Kustomization" in kinds or not kinds:
            return  # from Kustomizations on, Flux says which cluster it is
        env = environment(f"{folder}/x", self.options.environments)
        for place in places:
            extra = Extra(namespace=place.set_namespace) if place.set_namespace else None
            self.walker.walk_folder(Cluster(place.cluster, env, place.namespace), folder, extra)

    def _walk_roots(
        self, inner: set[tuple[str, int]], kinds: Sequence[str], apart: Collection[str] = frozenset()
    ) -> None:
        """Walk the kustomizations that nothing uses and that bring in, beyond what walks have met, objects of these
        kinds, except those set apart."""
        reached = frozenset(self.walker.outcome.reached)
        for folder in root_folders(self.builder):
            built = self.builder.gathered(folder)
            begins = [found for found in built.objects if _is_step(found, kinds) and _place(found) not in reached]
            if begins and folder not in apart and not any(_place(found) in inner for found in begins):
                self._walk_folder(folder)

    def leave_none(self, releases: Iterable[Object]) -> None:
        """Make an entry point of every HelmRelease that no walk has met and that patches nothing that one has met."""
        outcome = self.walker.outcome
        for found in releases:
            if _place(found) in outcome.reached or self._is_patch(found):
                continue
            if not text_at(found.root, "spec", "chart", "spec", "chart") and not text_at(
                found.root, "spec", "chartRef", "name"
            ):
                continue  # a patch that nothing applies
            cluster = self._cluster(posixpath.dirname(found.place.file))
            release = Release(Kept(found, found.root, Variables({})), cluster, cluster.env)
            outcome.releases.append(release)

    def leave_no_set(self, sets: Iterable[Object]) -> None:
        """Make entry points of what a ResourceSet makes that no walk has met."""
        for found in sets:
            if found.kind == "ResourceSet" and _place(found) not in self.walker.outcome.reached:
                folder = posixpath.dirname(found.place.file)
                if not self._is_patch(found):
                    self.walker.walk_object(self._cluster(folder), found, folder)

    def _is_patch(self, found: Object) -> bool:
        return found.place.file in self.walker.outcome.files

    def _walk_folder(self, folder: str) -> None:
        self.walker.walk_folder(self._cluster(folder), "" if folder == "." else folder)

    def _built(self, folder: str) -> Built:
        return self.builder.gathered(folder, make_up=True)

    def _folder(self, found: Object) -> str | None:
        """The folder that a Kustomization builds, where its path tells it and it is there."""
        path = text_at(found.root, "spec", "path") or "."
        if "${" in path:
            return None
        try:
            folder = self.builder.tree.join("", path.lstrip("/"))
            return folder if self.builder.tree.is_folder(folder) else None
        except LinkOut:
            return None

    def _cluster(self, folder: str) -> Cluster:
        key = "/".join(_told(folder))
        if key not in self.clusters:
            env = environment(f"{folder}/x", self.options.environments)
            self.clusters[key] = Cluster(cluster_name(folder), env, known=self.known.get(key, {}))
            self._meet_bare(self.clusters[key], key)
        return self.clusters[key]

    def _meet_bare(self, cluster: Cluster, folder: str) -> None:
        """Meet the ConfigMaps right in a cluster's folder, which something outside of the repo may build."""
        for found in self._built(folder).objects if cluster.name is not None else ():
            if found.kind == "ConfigMap":
                place = (
                    "ConfigMap",
                    text_at(found.root, "metadata", "namespace"),
                    text_at(found.root, "metadata", "name"),
                )
                cluster.objects.setdefault(place, Kept(found, found.root, Variables({})))


def cluster_name(folder: str) -> str | None:
    """The name of a cluster by its folder: what is below `clusters`, joined by hyphens; None where nothing does."""
    parts = _told(folder)
    at = max((at for at, part in enumerate(parts) if _CLUSTERS.fullmatch(part)), default=None)
    return None if at is None else "-".join(parts[at + 1 :]) or None


def _told(folder: str) -> list[str]:
    return [part for part in folder.split("/") if part != "flux-system"]


def _place(found: Object) -> tuple[str, int]:
    return found.place.file, found.place.document


def _places(built: Built) -> set[tuple[str, int]]:
    return {_place(found) for found in built.objects if found.kind == "Kustomization"}


def _is_step(found: Object, kinds: Sequence[str]) -> bool:
    if found.kind == "Kustomization" and not text_at(found.root, "apiVersion").startswith(FLUX_GROUP):
        return False
    return found.kind in kinds


def _told_apart(entries: Sequence[EntryPoint]) -> tuple[EntryPoint, ...]:
    """The entry points with ids: by cluster where an object makes several, then by environment and name."""
    objects: dict[tuple[str, int], list[EntryPoint]] = {}
    for entry in entries:
        objects.setdefault((entry.file, entry.document), []).append(entry)
    several = Counter(file for file, _ in objects)
    out: list[EntryPoint] = []
    for (file, document), rows in objects.items():
        pointer = pointer_text(document, ()) if several[file] > 1 or document else ""
        out += _rows(file, pointer, rows)
    return tuple(out)


def _rows(file: str, pointer: str, rows: Sequence[EntryPoint]) -> Iterator[EntryPoint]:
    keys: tuple[tuple[str, ...], ...] = ((), ("cluster",), ("cluster", "env"), ("cluster", "env", "name"))
    ids = [entry_id(file, pointer) for _ in rows]
    for names in keys:
        ids = [entry_id(file, pointer, **{name: getattr(row, name) for name in names}) for row in rows]
        if len(set(ids)) == len(rows):
            break
    else:
        ids = [
            entry_id(file, pointer, cluster=row.cluster, env=row.env, name=f"{row.namespace or ''}/{row.name}")
            for row in rows
        ]
    seen: set[str] = set()
    for row, found in zip(rows, ids, strict=True):
        if found not in seen:  # the same release in the same namespace of the same cluster is one
            seen.add(found)
            yield replace(row, id=found)
