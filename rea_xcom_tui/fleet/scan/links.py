"""Plain files that are at links: below each link to a file or folder of the repo is a deployment of its own."""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING

from msgspec.structs import replace

from rea_xcom_tui.fleet.scan.trees import LINK, disk_paths

if TYPE_CHECKING:
    from rea_xcom_tui.gitops import FileEntry, Repository
    from rea_xcom_tui.layouts.tree import Tree


def places_at_links(tree: Tree) -> dict[str, str]:
    """Every link to a file of the repo, and every path below a link to a folder, with the file that it leads to."""
    from rea_xcom_tui.layouts.tree import LinkOut

    found: dict[str, str] = {}
    for link in tree.links:
        try:
            target = tree.resolve(link)
        except LinkOut:
            continue
        if target is not None and tree.is_file(target):
            found[link] = target
    return found | dict(tree.below_links)


def below_links(
    repository: Repository, listed: Sequence[FileEntry], dirty: frozenset[str]
) -> tuple[list[FileEntry], frozenset[str]]:
    """The entries that are below links to folders, and what has changed with the links that lead to it.

    `listed` is all that git lists; nothing is looked at in a repo without links.
    """
    if not any(entry.mode == LINK or not entry.tracked for entry in listed):
        return [], dirty
    paths, links = disk_paths(repository, listed, dirty)
    if not links:
        return [], dirty
    from rea_xcom_tui.layouts.tree import Tree

    tree = Tree(paths, lambda path: None, links=links)
    by_path = {entry.path: entry for entry in listed}
    below = [
        replace(by_path[file], path=place, mode=LINK, oid=None)
        for place, file in tree.below_links.items()
        if file in by_path and place not in by_path
    ]
    changed = dirty | {entry.path for entry in listed if not entry.tracked}
    return below, dirty | links_to(tree, changed)


def links_to(tree: Tree, changed: Collection[str]) -> frozenset[str]:
    """The places at links that lead to something that has changed, the links themselves among it."""
    if not tree.links or not changed:
        return frozenset()
    return frozenset(
        place for place, file in places_at_links(tree).items() if file in changed or _is_below(place, changed)
    )


def _is_below(place: str, changed: Collection[str]) -> bool:
    while place and place not in changed:
        place = posixpath.dirname(place)
    return bool(place)


def linked_entries(tree: Tree, entries: Iterable[FileEntry]) -> list[FileEntry]:
    """The entries of a commit at its links: each with the content of the file that it leads to."""
    by_path = {entry.path: entry for entry in entries}
    return [replace(by_path[file], path=place) for place, file in places_at_links(tree).items() if file in by_path]
