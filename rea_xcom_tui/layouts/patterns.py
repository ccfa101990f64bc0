"""Globs over a repo's paths, with parts that are captured by a name, and templates that such names fill."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from rea_xcom_tui.user.layout_settings import HOLE

_CLASS = re.compile(r"\[[!^]?\]?[^\]/]*\]")


@lru_cache(maxsize=256)
def glob_pattern(glob: str) -> re.Pattern[str]:
    """The regular expression of a glob: `*` and `?` stay within one name, `**` crosses folders, `{name}` captures
    a part of one name, `[...]` is a set of characters. A name that is captured twice has to be the same both times.
    """
    out: list[str] = []
    at = 0
    seen: set[str] = set()
    while at < len(glob):
        hole, chars = HOLE.match(glob, at), _CLASS.match(glob, at)
        if glob.startswith("**/", at):
            out.append("(?:[^/]+/)*")
            at += 3
        elif glob.startswith("**", at):
            out.append(".*")
            at += 2
        elif hole is not None:
            name = hole[1]
            out.append(f"(?P={name})" if name in seen else f"(?P<{name}>[^/]+?)")
            seen.add(name)
            at = hole.end()
        elif chars is not None:
            inner = chars[0][1:-1].replace("\\", "\\\\")
            out.append(f"[{'^/' + inner[1:] if inner[0] in '!^' else inner}]")
            at = chars.end()
        else:
            out.append({"*": "[^/]*", "?": "[^/]"}.get(glob[at], re.escape(glob[at])))
            at += 1
    return re.compile("".join(out), re.DOTALL)


def matches(path: str, globs: Iterable[str]) -> bool:
    """Whether one of the globs is of this path."""
    return any(glob_pattern(glob).fullmatch(path) for glob in globs)


def matching(paths: Iterable[str], glob: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Each path that a glob is of, with what it captures there and the holes of its folder."""
    pattern = glob_pattern(glob)
    prefix = re.split(r"[*?\[{]", glob, maxsplit=1)[0]
    for path in paths:
        found = pattern.fullmatch(path) if path.startswith(prefix) else None
        if found is not None:
            folder = posixpath.dirname(path)
            yield path, {"dir": folder, "folder": posixpath.basename(folder), **found.groupdict()}


def fill(template: str, holes: Mapping[str, str]) -> str:
    """The template with its holes filled. Raises `KeyError` with the name of a hole that nothing fills."""
    return HOLE.sub(lambda hole: holes[hole[1]], template)
