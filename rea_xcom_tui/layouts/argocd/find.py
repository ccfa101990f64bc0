"""Every deployment that Argo CD makes of a repo."""

from __future__ import annotations

import contextlib
import posixpath
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from rea_xcom_tui.layouts.argocd import apps
from rea_xcom_tui.layouts.argocd.application import Application
from rea_xcom_tui.layouts.argocd.built import States
from rea_xcom_tui.layouts.argocd.pieces import Piece
from rea_xcom_tui.layouts.argocd.work import Work
from rea_xcom_tui.layouts.model import EntryPoint, Found, Options
from rea_xcom_tui.layouts.tree import LinkOut, Tree
from rea_xcom_tui.values.errors import Unreadable

GROUP = "argoproj.io/"
_MARKS = (b"argoproj.io/", b"Application")
_ENDINGS = (".yaml", ".yml", ".json")


def find(tree: Tree, options: Options) -> Found:
    """The entry points of every Application, also of those that sets and charts' templates make."""
    work = Work(tree, options)
    objects = [piece for path in tree.paths for piece in objects_in(tree, path)]
    states = States(tree, options, objects)
    work.problems += states.problems
    for state in (state for piece in objects for state in states.of(piece)):
        piece = state.piece
        hints = (state.hint,) if state.hint else ()
        if piece.text("kind") == "ApplicationSet":
            work.take_set(piece, hints=hints, made_by=state.env)
        else:
            several = state.env is not None
            work.take(Application(piece, piece.file, piece.document, piece.pointer, several, hints, state.env))
    apps.render_all(work)
    entries = tuple(without_needless_names(work.entries))
    return Found(entries, frozenset(work.files), tuple(work.problems), work.unnamed)


def without_needless_names(entries: Sequence[EntryPoint]) -> Iterator[EntryPoint]:
    """Entry points whose ids tell the Application's name only where cluster and environment do not tell them apart."""
    short = [entry.id.partition("&name=")[0].partition("?name=")[0] for entry in entries]
    often = Counter(short)
    for entry, each in zip(entries, short, strict=True):
        yield replace(entry, id=each) if often[each] == 1 and "?" in each else entry


def objects_in(tree: Tree, path: str) -> Iterator[Piece]:
    """The Applications and ApplicationSets of a file; of a chart's template, none."""
    if not path.endswith(_ENDINGS):
        return
    data = tree.read(path)
    if data is None or not all(mark in data for mark in _MARKS) or is_template(tree, path):
        return
    try:
        found = tree.documents(path)
    except (Unreadable, LinkOut):
        return
    for document, root in enumerate(found.roots if found is not None else ()):
        yield from _objects(Piece(root, path, document, line=root.line, raw=root))


def _objects(piece: Piece) -> Iterator[Piece]:
    if piece.node.kind != "mapping":
        return
    kind = piece.text("kind")
    if kind == "List":
        for item in piece.items("items"):
            yield from _objects(item)
    elif kind in ("Application", "ApplicationSet") and piece.text("apiVersion").startswith(GROUP):
        yield piece


def is_template(tree: Tree, path: str) -> bool:
    """Whether a file is a chart's template, which is not YAML: it is in one's `templates`, or a link there leads to
    it."""
    if _is_in_templates(tree, path) or path in linked_templates(tree):
        return True
    folder = posixpath.dirname(path)
    while folder and folder not in linked_templates(tree):
        folder = posixpath.dirname(folder)
    return bool(folder)


def _is_in_templates(tree: Tree, path: str) -> bool:
    folder = posixpath.dirname(path)
    while folder:
        parent, name = posixpath.split(folder)
        if name == "templates" and tree.is_file(posixpath.join(parent, "Chart.yaml")):
            return True
        folder = parent
    return False


def linked_templates(tree: Tree) -> frozenset[str]:
    """The files and folders that a link in a chart's `templates`, or in its place, leads to."""
    known = tree.memo.get("linked templates")
    if isinstance(known, frozenset):
        return known
    found: set[str] = set()
    for link in tree.links:
        with contextlib.suppress(LinkOut):
            if _is_in_templates(tree, f"{link}/x") and (target := tree.resolve(link)):
                found.add(target)
    tree.memo["linked templates"] = made = frozenset(found)
    return made
