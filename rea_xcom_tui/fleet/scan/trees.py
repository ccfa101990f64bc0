"""The files of a repo as the layouts see them: those on the disk, or those of a commit."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from rea_xcom_tui.errors import ToolError
from rea_xcom_tui.layouts.signs import names_layout
from rea_xcom_tui.user.layout_settings import LayoutSettings
from rea_xcom_tui.values import Unreadable, read_file

if TYPE_CHECKING:
    from rea_xcom_tui.gitops import FileEntry, Repository
    from rea_xcom_tui.layouts.tree import Tree

MOST_BYTES = 2_000_000
"""Larger files are not read: no values file comes near it, and a parser's memory grows with the file."""

LINK = "120000"
"""Git's mode of a link."""

_SUBMODULE = "160000"
_TEXT = re.compile(r"\.(?:ya?ml|json|tf|tpl|gotmpl|tfvars|env|properties)$|(?:^|/)Kustomization$", re.IGNORECASE)


def has_layouts(entries: Iterable[FileEntry], settings: LayoutSettings) -> bool:
    """Whether file names, or the configuration, say that a repo may have entry points."""
    if settings.manifests or settings.layers:
        return True
    return any(_tells_of_layouts(entry.path.rpartition("/")[2]) for entry in entries)


@lru_cache(maxsize=4096)
def _tells_of_layouts(name: str) -> bool:
    return names_layout(name)


def disk_tree(repository: Repository, listed: Sequence[FileEntry], changed: Collection[str] = ()) -> Tree:
    """The files of the working tree that are listed.

    A file that is `changed` may have become a link, or a link a file, without git's index knowing.
    """
    from rea_xcom_tui.layouts.tree import Tree

    root = repository.root
    paths, links = disk_paths(repository, listed, changed)

    def read(path: str) -> bytes | None:
        try:
            return read_file(root / path, root)
        except Unreadable:
            return None

    return Tree(paths, read, links=links, remotes=remotes_of(repository))


def disk_paths(
    repository: Repository, listed: Sequence[FileEntry], changed: Collection[str] = ()
) -> tuple[list[str], dict[str, str]]:
    """The files among what is listed, and the links with their targets; `changed` is as in `disk_tree`."""
    root = repository.root
    links: dict[str, str] = {}
    paths: list[str] = []
    for entry in listed:
        is_unsure = not entry.tracked or entry.path in changed
        if os.path.islink(root / entry.path) if is_unsure else entry.mode == LINK:
            try:
                links[entry.path] = os.readlink(root / entry.path)
            except OSError:  # it has just become something else, or gone
                continue
        elif entry.mode != _SUBMODULE:
            paths.append(entry.path)
    return paths, links


def commit_tree(repository: Repository, entries: Sequence[FileEntry], known: dict[str, bytes] | None = None) -> Tree:
    """The files of a commit. Texts are read at once when the first is asked for, as a git process costs more.

    `known` are blobs that need not be read again; those that are read are added.
    """
    from rea_xcom_tui.layouts.tree import Tree

    oids = {entry.path: entry.oid for entry in entries if entry.oid and entry.mode not in (LINK, _SUBMODULE)}
    blobs: dict[str, bytes] = {} if known is None else known
    fresh = True

    def read(path: str) -> bytes | None:
        oid = oids.get(path)
        if oid is None:
            return None
        nonlocal fresh
        if oid not in blobs:
            wanted = {o for name, o in oids.items() if o not in blobs and _TEXT.search(name)} if fresh else set()
            fresh = False
            blobs.update(repository.blobs(sorted(wanted | {oid}), limit=MOST_BYTES))
        return blobs.get(oid)

    linked = {entry.oid: entry.path for entry in entries if entry.oid and entry.mode == LINK}
    targets = repository.blobs(sorted(linked), limit=MOST_BYTES) if linked else {}
    links = {
        entry.path: targets[entry.oid].decode("utf-8", "surrogateescape")
        for entry in entries
        if entry.mode == LINK and entry.oid in targets
    }
    return Tree(oids, read, links=links, remotes=remotes_of(repository))


def changed_tree(tree: Tree, instead: Mapping[str, bytes]) -> Tree:
    """The same files, some of them with other contents."""
    from rea_xcom_tui.layouts.tree import Tree

    return Tree(
        tree.paths,
        lambda path: instead[path] if path in instead else tree.read(path),
        links=tree.links,
        remotes=tree.remotes,
    )


def remotes_of(repository: Repository) -> list[str]:
    """The URLs of a repo's remotes."""
    try:
        return [repository.remote_url(name) for name in repository.remotes()]
    except ToolError:  # without remotes, paths alone decide what is in this repo
        return []
