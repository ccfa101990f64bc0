"""The walk of one cluster: from its first Kustomization over all that are built by it, to the HelmReleases."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from rea_xcom_tui.layouts.flux.cluster import Cluster, Kept, Outcome, Release
from rea_xcom_tui.layouts.flux.resourcesets import expanded
from rea_xcom_tui.layouts.flux.substitution import VARIABLE, Variables, filled
from rea_xcom_tui.layouts.kustomize.build import Builder
from rea_xcom_tui.layouts.kustomize.built import Built, Extra
from rea_xcom_tui.layouts.kustomize.files import Entry
from rea_xcom_tui.layouts.kustomize.objects import Object, Place, node_at, text_at, texts_at
from rea_xcom_tui.layouts.kustomize.roots import root_folders
from rea_xcom_tui.layouts.model import Options, Problem
from rea_xcom_tui.layouts.tree import LinkOut
from rea_xcom_tui.text import clean
from rea_xcom_tui.values.merged import Merged

FLUX_GROUP = "kustomize.toolkit.fluxcd.io"
MAX_STEPS = 2_000
"""More Kustomizations than this are followed in no cluster."""

MAX_MATCHES = 200
"""More folders than this are not tried for one path with variables."""

_OFF = "kustomize.toolkit.fluxcd.io/substitute"


class Walker:
    """Walks clusters; what they share is built once."""

    def __init__(self, builder: Builder, options: Options) -> None:
        self.builder = builder
        self.tree = builder.tree
        self.options = options
        self.outcome = Outcome()

    def walk(self, cluster: Cluster, first: Object, root: Merged | None = None) -> None:
        """Follow a Kustomization, and every one that its build brings in, breadth first."""
        ahead: list[tuple[Object, Merged]] = [(first, root or first.root)]
        seen: set[tuple[str, str]] = set()
        while ahead:
            found, now = ahead.pop(0)
            name = (text_at(now, "metadata", "namespace"), text_at(now, "metadata", "name"))
            if name in seen:
                continue
            if len(seen) >= MAX_STEPS:
                sentence = f"The cluster has more than {MAX_STEPS:,} Kustomizations; the rest are left out."
                self.outcome.problems.append(Problem(sentence, first.place.file, first.line))
                return
            seen.add(name)
            self._reach(found)
            ahead += self._steps(cluster, found, now)

    def walk_folder(self, cluster: Cluster, folder: str, extra: Extra | None = None) -> None:
        """Build a folder as its cluster's first step, and follow the Kustomizations in it."""
        built = self.builder.build(folder, extra, make_up=True)
        for found, now in self._kept(cluster, built, Variables({}), folder, None):
            self.walk(cluster, found, now)

    def walk_object(self, cluster: Cluster, found: Object, folder: str) -> None:
        """Take an object that nothing builds as a cluster's first, and follow the Kustomizations that it makes."""
        alone = Built((found,), files=frozenset((found.place.file,)))
        for made, now in self._kept(cluster, alone, Variables({}), folder, cluster.env):
            self.walk(cluster, made, now)

    # -- one Kustomization ----------------------------------------------------------------------------

    def _steps(self, cluster: Cluster, found: Object, now: Merged) -> Iterator[tuple[Object, Merged]]:
        if self._is_foreign(found, now):
            return
        for folder, guessed in self._folders(cluster, found, now):
            variables, unknown = self._variables(cluster, now)
            if guessed:
                variables.values = {**guessed, **variables.values}
            extra = self._extra(found, now)
            built = self.builder.build(folder, extra, make_up=True)
            if not built.folders:
                sentence = f"The folder {clean(folder, 200)} of this Kustomization does not exist in this repo."
                self._path_problem(found, now, sentence)
                continue
            env = self._env(cluster, folder, guessed)
            yield from self._kept(cluster, built, variables, folder, env, unknown)

    def _kept(
        self,
        cluster: Cluster,
        built: Built,
        variables: Variables,
        folder: str,
        env: str | None,
        unknown: Sequence[str] = (),
    ) -> Iterator[tuple[Object, Merged]]:
        """Keep what a build has; give the Kustomizations in it."""
        self.outcome.files |= built.files
        self.outcome.folders |= built.folders
        releases: list[Kept] = []
        for found in built.objects:
            apart = Variables(variables.values, variables.is_open)
            plain = Variables({}) if _is_off(found) else apart
            kept = Kept(found, filled(found.root, plain), plain)
            if found.kind == "ResourceSet" and node_at(kept.root, "spec", "inputsFrom") is not None:
                sentence = (
                    "Inputs of this ResourceSet come from the cluster (inputsFrom); what they produce is not here."
                )
                line = node_line(kept.root, found.line, "spec", "inputsFrom")
                self.outcome.problems.append(Problem(sentence, found.place.file, line))
            for one in expanded(kept) if found.kind == "ResourceSet" else (kept,):
                kind, root = text_at(one.root, "kind"), one.root
                if kind in ("ConfigMap", "Secret"):
                    key = (kind, text_at(root, "metadata", "namespace"), text_at(root, "metadata", "name"))
                    cluster.objects.setdefault(key, one)
                elif kind == "HelmRelease":
                    releases.append(one)
                elif kind == "Kustomization" and text_at(root, "apiVersion").startswith(FLUX_GROUP):
                    yield one.object, root
        if not releases:
            self.outcome.problems += built.problems  # there is no row to carry them
        for one in releases:
            self._reach(one.object)
            self.outcome.releases.append(Release(one, cluster, env, built.problems, (*unknown, *built.unknown)))

    def _reach(self, found: Object) -> None:
        self.outcome.reached.add((found.place.file, found.place.document))
        self.outcome.files.update(found.places[part.layer].file for part in found.changes)

    def _is_foreign(self, found: Object, now: Merged) -> bool:
        """Whether its files come from a GitRepository that is another repo."""
        name = text_at(now, "spec", "sourceRef", "name")
        if text_at(now, "spec", "sourceRef", "kind") != "GitRepository" or not self.tree.remotes:
            return False
        url = repositories(self.builder).get(name)
        return url is not None and not self.tree.is_here(url)

    def _folders(self, cluster: Cluster, found: Object, now: Merged) -> Iterator[tuple[str, Mapping[str, str]]]:
        """The folder that it builds; where its path holds variables that nothing tells, each folder that fits."""
        path = text_at(now, "spec", "path") or "."
        told = self.options.variables(cluster.name)
        for name in VARIABLE.findall(path):
            if name in told:
                path = path.replace("${" + name + "}", told[name])
        try:
            if "${" not in path:
                yield self.tree.join("", path.lstrip("/")), {}
                return
            pattern = self.tree.join("", path.lstrip("/"))
        except LinkOut as error:
            sentence = f"The path {clean(path, 200)} {error.does}."
            self.outcome.problems.append(
                Problem(sentence, found.place.file, node_line(now, found.line, "spec", "path"))
            )
            return
        names = VARIABLE.findall(pattern)
        parts = re.split(r"\$\{[^}]*\}", pattern)
        matches = re.compile("([^/]+)".join(re.escape(part) for part in parts))
        fits = [(folder, match) for folder in sorted(self.tree.folders) if (match := matches.fullmatch(folder))]
        roots = frozenset(root_folders(self.builder))
        fits = [fit for fit in fits if fit[0] in roots] or fits
        if not fits or len(fits) > MAX_MATCHES:
            sentence = f"No folder fits the path {clean(path, 200)}; set its variables in the configuration."
            self.outcome.problems.append(
                Problem(sentence, found.place.file, node_line(now, found.line, "spec", "path"))
            )
            return
        for folder, match in fits:
            yield folder, dict(zip(names, match.groups(), strict=False))

    def _path_problem(self, found: Object, now: Merged, sentence: str) -> None:
        line = node_line(now, found.line, "spec", "path")
        self.outcome.problems.append(Problem(sentence, found.place.file, line))

    def _variables(self, cluster: Cluster, now: Merged) -> tuple[Variables, list[str]]:
        """What its postBuild substitutes, and a sentence for each object of variables that is not in Git."""
        values: dict[str, str] = {}
        unknown: list[str] = []
        post = node_at(now, "spec", "postBuild")
        if post is None or post.kind != "mapping":
            return Variables({}), []
        configured = self.options.variables(cluster.name)
        sources = node_at(post, "substituteFrom")
        for source in sources.items if sources is not None else ():
            kind, name = text_at(source, "kind"), text_at(source, "name")
            kept = cluster.find((kind, text_at(now, "metadata", "namespace"), name))
            if kept is not None and kind == "ConfigMap":
                values.update(texts_at(kept.root, "data"))
            else:
                values.update(configured)
                if text_at(source, "optional") != "true" or kept is not None:
                    unknown.append(
                        f"Variables come from the {clean(kind, 20)} {clean(name, 100)}, which Git does not hold."
                    )
        values.update(texts_at(post, "substitute"))
        values = {name: value.replace("\n", "") for name, value in values.items()}
        return Variables(values, bool(unknown)), unknown

    def _env(self, cluster: Cluster, folder: str, guessed: Mapping[str, str]) -> str | None:
        for name, value in guessed.items():
            if "env" in name.lower():
                return value
        return cluster.env

    def _extra(self, found: Object, now: Merged) -> Extra | None:
        """What it adds to the kustomization that it builds."""
        spec = node_at(now, "spec")
        if spec is None:
            return None
        patches: list[tuple[Entry, Place]] = []
        for key in ("patches", "patchesJson6902", "patchesStrategicMerge"):
            entries = node_at(spec, key)
            for at, item in enumerate(entries.items if entries is not None else ()):
                text = item.get("patch") if item.kind == "mapping" else None
                if text is not None:
                    patches.append((Entry(item, ("spec", key, at)), self._text_place(found, text, ("spec", key, at))))
        components = node_at(spec, "components")
        folders = [
            (item.text, Place(found.place.file, line=item.line)) for item in (components.items if components else ())
        ]
        extra = Extra(
            namespace=text_at(now, "spec", "targetNamespace"),
            prefix=text_at(now, "spec", "namePrefix"),
            suffix=text_at(now, "spec", "nameSuffix"),
            labels=texts_at(now, "spec", "commonMetadata", "labels"),
            annotations=texts_at(now, "spec", "commonMetadata", "annotations"),
            patches=patches,
            components=folders,
        )
        return None if extra == Extra() else extra

    def _text_place(self, found: Object, text: Merged, pointer: tuple[str | int, ...]) -> Place:
        """Where the text of a Kustomization's patch is: in its own file, or in a patch of that."""
        place = found.places[text.part.layer]
        if place.is_text or text.part.rule == "json6902":
            why_not = "It is in a patch that is itself text in a patch; edit it there by hand."
            return Place(place.file, place.document, place.pointer, True, text.line, why_not)
        return Place(place.file, place.document, (*place.pointer, *pointer, "patch"), True, text.line)


def node_line(root: Merged, otherwise: int, *keys: str) -> int:
    """The line of the node below these keys, or another line where there is none."""
    found = node_at(root, *keys)
    return otherwise if found is None else found.line


def _is_off(found: Object) -> bool:
    return "disabled" in (found.labels().get(_OFF), found.labels("annotations").get(_OFF))


def repositories(builder: Builder) -> Mapping[str, str]:
    """The URL of every GitRepository that a manifest of the repo tells, by its name; looked for once."""
    known = builder.tree.memo.get(("flux", "repositories"))
    if isinstance(known, dict):
        return known
    out: dict[str, str] = {}
    for _, _, root in raw_manifests(builder, b"source.toolkit.fluxcd.io", ("GitRepository",)):
        out.setdefault(text_at(root, "metadata", "name"), text_at(root, "spec", "url"))
    builder.tree.memo[("flux", "repositories")] = out
    return out


def raw_manifests(builder: Builder, mark: bytes, kinds: Sequence[str]) -> Iterator[tuple[str, int, Merged]]:
    """Every manifest of some kinds in the files whose bytes hold a mark, as they stand: file, document, root."""
    for found in builder.raw_objects(mark, frozenset(kinds)):
        yield found.place.file, found.place.document, found.root
