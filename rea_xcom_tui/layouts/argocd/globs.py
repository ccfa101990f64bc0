"""Globs as Argo CD reads them: in `valueFiles`, and in the generators of an ApplicationSet."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from functools import lru_cache

from rea_xcom_tui.layouts.tree import Tree

GLOB_CHARS = re.compile(r"[*?\[]")
_CLASS = re.compile(r"\[[!^]?\]?[^\]]*\]")


@lru_cache(maxsize=512)
def pattern_of(glob: str, *, crosses: bool = False) -> re.Pattern[str]:
    """The regular expression of a glob. With `crosses`, `*` and `?` match slashes too, as in git's path patterns, which
    the git generator uses for files; without it, only `**` does."""
    out: list[str] = []
    at = 0
    one = "." if crosses else "[^/]"
    while at < len(glob):
        chars = _CLASS.match(glob, at)
        if glob.startswith("**/", at):
            out.append("(?:.*/)?")
            at += 3
        elif glob.startswith("**", at):
            out.append(".*")
            at += 2
        elif glob[at] == "*":
            out.append(f"{one}*")
            at += 1
        elif glob[at] == "?":
            out.append(one)
            at += 1
        elif chars is not None:
            inner = chars[0][1:-1].replace("\\", "\\\\")
            out.append(f"[^{inner[1:]}]" if inner[:1] in ("!", "^") else f"[{inner}]")
            at = chars.end()
        else:
            out.append(re.escape(glob[at]))
            at += 1
    try:
        return re.compile("".join(out), re.DOTALL)
    except re.error:
        return re.compile(re.escape(glob))


def expanded(tree: Tree, glob: str) -> Iterator[str]:
    """The files that a glob of `valueFiles` matches, a folder's own files before those of its folders."""
    pattern = pattern_of(glob)
    prefix = GLOB_CHARS.split(glob, maxsplit=1)[0]
    found = [path for path in _below(tree, prefix) if pattern.fullmatch(path)]
    yield from sorted(found, key=_in_walk_order)


def _below(tree: Tree, prefix: str) -> Iterator[str]:
    for path in tree.under(posixpath.dirname(prefix)):
        if path.startswith(prefix):
            yield path


def _in_walk_order(path: str) -> tuple[tuple[int, str], ...]:
    *folders, name = path.split("/")
    return (*((1, folder) for folder in folders), (0, name))
