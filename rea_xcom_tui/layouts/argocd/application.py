"""One Application: the releases that its sources install, each with its layers in Argo CD's order."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rea_xcom_tui.edits import Address
from rea_xcom_tui.layouts.argocd.pieces import Piece
from rea_xcom_tui.layouts.argocd.source import SourceLayers
from rea_xcom_tui.layouts.charts import local_chart
from rea_xcom_tui.layouts.kustomize.roots import SYNCED, Synced
from rea_xcom_tui.layouts.model import ChartRef, EntryPoint, Options, Problem, entry_id, pointer_text
from rea_xcom_tui.layouts.naming import environment
from rea_xcom_tui.layouts.tree import LinkOut, Tree
from rea_xcom_tui.text import clean
from rea_xcom_tui.user.layout_settings import HelmEngine

IN_CLUSTER = "https://kubernetes.default.svc"
_TOKEN = re.compile(r"<[A-Z][A-Z0-9_]*>")
_ENV_LABELS = ("env", "environment", "app.kubernetes.io/environment")


@dataclass(frozen=True, slots=True)
class Application:
    """An Application, from a file, a set or a chart's template."""

    root: Piece
    """The object, with `metadata` and `spec`."""
    file: str
    """The file of the entry point, and the pointer of its object there."""
    document: int = 0
    pointer: Address = ()
    several: bool = False
    """Whether its object makes several rows, so that the id has to tell which."""
    hints: tuple[str, ...] = ()
    """Texts that may tell the environment, best first: an exact name, or a path."""
    env: str | None = None
    """The environment where something names it outright."""
    problems: tuple[Problem, ...] = ()
    unknown: tuple[str, ...] = ()
    conflict: str | None = None
    holes: tuple[tuple[str, str], ...] = ()
    """As those of an entry point."""
    made_by: str | None = None
    """For what a chart's template or a kustomization made: the environment that this one is of, empty for none."""

    @property
    def name(self) -> str:
        """Its name."""
        return self.root.text("metadata", "name")

    @property
    def line(self) -> int:
        """Line of the object in the entry point's file."""
        return self.root.line


def engine_of(options: Options) -> HelmEngine:
    """The Helm that the Argo CD of the settings holds: Helm 3 up to 3.4, Helm 4.2 from 3.5 on (read in the releases'
    `hack/tool-versions.sh`), unless the settings name one."""
    return options.settings.engine or ("4.2" if options.argocd >= (3, 5) else "3")


def is_token_text(root: Piece) -> bool:
    """Whether an Application is text for some program to fill, with `<TOKENS>` for names."""
    texts = [root.text("metadata", "name"), root.text("spec", "destination", "namespace")]
    for source in sources_of(root):
        texts += [source.text(key) for key in ("path", "repoURL", "chart")]
    return any(_TOKEN.search(text) for text in texts)


def sources_of(root: Piece) -> list[Piece]:
    """The sources that count: the dry source of a hydrator, else `sources`, else `source`."""
    dry = root.get("spec", "sourceHydrator", "drySource")
    if dry is not None and dry.node.kind == "mapping":
        return [dry]
    many = root.items("spec", "sources")
    if many:
        return many
    one = root.get("spec", "source")
    return [one] if one is not None and one.node.kind == "mapping" else []


def entries_of(tree: Tree, app: Application, options: Options) -> Iterator[EntryPoint]:
    """One entry point for each source that installs a chart."""
    sources = sources_of(app.root)
    charts = [source for source in sources if _installs(tree, source)]
    namespace = app.root.text("spec", "destination", "namespace")
    for source in sources:
        if source not in charts and (folder := local_folder(tree, source)) is not None and "{{" not in namespace:
            place = Synced(_cluster(app), namespace, source.text("kustomize", "namespace"))
            synced_folders(tree).setdefault(folder, {})[place] = None
    for source in charts:
        yield _entry(tree, app, source, sources, options, several=len(charts) > 1)


def local_folder(tree: Tree, source: Piece) -> str | None:
    """The folder of this repo that a source's `path` means, or None."""
    path = source.text("path")
    if not path or source.text("chart") or not tree.is_here(source.text("repoURL"), path):
        return None
    try:
        found = tree.resolve(tree.join("", path))
    except LinkOut:
        return None
    return found if found is not None and tree.is_folder(found) else None


def synced_folders(tree: Tree) -> dict[str, dict[Synced, None]]:
    """The folders of the repo that Applications sync as they are, each with the places that they sync it to, as far as
    Applications have been read."""
    found: dict[str, dict[Synced, None]] = tree.memo.setdefault(SYNCED, {})  # type: ignore[assignment]
    return found


def _installs(tree: Tree, source: Piece) -> bool:
    """Whether a source installs a chart, as far as can be determined."""
    if source.text("chart"):
        return True
    folder = local_folder(tree, source)
    if folder is not None:
        return local_chart(tree, folder) is not None
    return bool(source.text("path")) and source.get("helm") is not None


def _entry(
    tree: Tree, app: Application, source: Piece, sources: Sequence[Piece], options: Options, *, several: bool
) -> EntryPoint:
    namespace = source.text("helm", "namespace") or app.root.text("spec", "destination", "namespace") or None
    if namespace is not None and "{{" in namespace:
        namespace = None
    folder = local_folder(tree, source)
    found = SourceLayers(tree, options, app.name, namespace or "", app.root, sources, folder).read(source)
    name = found.release or app.name
    cluster = _cluster(app)
    env = app.env or _env(app, found.paths, cluster, folder, options)
    pointer = (*app.pointer, *source.pointer[len(app.root.pointer) :]) if several and not app.several else app.pointer
    chart = source.text("chart")
    return EntryPoint(
        entry_id(
            app.file,
            pointer_text(app.document, pointer),
            cluster=cluster if app.several else None,
            env=env if app.several else None,
            name=(app.name + (f"/{name}" if several else "")) if app.several else None,
        ),
        app.file,
        "argocd",
        name,
        tuple(found.layers),
        app.pointer,
        app.document,
        source.line,
        env,
        namespace,
        cluster,
        engine_of(options),
        ChartRef(posixpath.basename(chart) or None, folder, _version(source)),
        (*app.problems, *found.problems),
        (*app.unknown, *found.unknown),
        app.conflict or found.conflict,
        app.holes,
    )


def _version(source: Piece) -> str | None:
    return source.text("targetRevision") or None if source.text("chart") else None


def _cluster(app: Application) -> str | None:
    """The cluster that it names; None where nothing here says which, as in a template that nobody can fill."""
    name = app.root.text("spec", "destination", "name")
    server = app.root.text("spec", "destination", "server")
    if "{{" in (name or server):
        return None
    if name or not server:
        return name or None
    return "in-cluster" if server == IN_CLUSTER else server


def _env(
    app: Application, paths: Sequence[str], cluster: str | None, folder: str | None, options: Options
) -> str | None:
    """What the labels say, else the hints of its maker, else values files from the strongest on, its own file, the
    cluster and the name, and last the environment of the release whose template made it."""
    labels = app.root.get("metadata", "labels")
    for key in _ENV_LABELS:
        named = labels.text(key) if labels is not None else ""
        if named and "{" not in named:
            return clean(named, 100)
    # A name or a cluster is looked at as the last part of a path, so that its parts count one by one.
    own = (cluster or "", app.name) if app.made_by is not None else (app.file, cluster or "", app.name)
    for hint in (*app.hints, *reversed(paths), folder or "", *own):
        found = environment(hint, options.environments)
        if found is not None:
            return found
    return app.made_by or None
