"""Reading a kustomization file: its fields, with the line of each, as Kustomize 5 knows them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from rea_xcom_tui.edits import Address
from rea_xcom_tui.layouts.kustomize.objects import Broken
from rea_xcom_tui.layouts.model import Problem
from rea_xcom_tui.layouts.tree import LinkOut, Tree
from rea_xcom_tui.text import clean
from rea_xcom_tui.values.errors import Unreadable
from rea_xcom_tui.values.merged import Readable, effective
from rea_xcom_tui.values.quick import read_quickly
from rea_xcom_tui.values.reading import BOM, decode

NAMES = ("kustomization.yaml", "kustomization.yml", "Kustomization")
"""The names that a kustomization may have; only one of them may be in a folder."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One item of a field, with where it is in the file."""

    node: Readable
    pointer: Address

    @property
    def text(self) -> str:
        """The text of a scalar."""
        return self.node.text if self.node.kind == "scalar" else ""

    def get(self, key: str) -> Readable | None:
        """A member of a mapping that is not null."""
        found = self.node.get(key) if self.node.kind == "mapping" else None
        return None if found is None or (found.kind == "scalar" and found.value is None) else found

    def text_of(self, key: str) -> str:
        """The text of a member, or an empty one."""
        found = self.get(key)
        return found.text if found is not None and found.kind == "scalar" else ""

    def texts_of(self, key: str) -> dict[str, str]:
        """The scalars of a member that is a mapping."""
        found = self.get(key)
        if found is None or found.kind != "mapping":
            return {}
        return {name: value.text for name, (_, value) in effective(found).items() if value.kind == "scalar"}

    def items_of(self, key: str) -> Iterator[Entry]:
        """The items of a member that is a list, or the member itself where it is a single value."""
        found = self.get(key)
        if found is not None and found.kind == "scalar":
            yield Entry(found, (*self.pointer, key))
        for at, item in enumerate(found.items if found is not None else ()):
            yield Entry(item, (*self.pointer, key, at))


@dataclass(frozen=True, slots=True)
class KustomizationFile:
    """A kustomization as it is written. One that Flux makes up for a folder has no file."""

    folder: str
    file: str
    root: Entry | None
    resources: Sequence[tuple[str, int]] = field(default=())
    """What a made-up kustomization builds, with line 0; else empty."""

    @property
    def is_component(self) -> bool:
        """Whether it says that it is a component."""
        return self.root is not None and self.root.text_of("kind") == "Component"

    def text(self, key: str) -> str:
        """The text of a field, or an empty one."""
        return "" if self.root is None else self.root.text_of(key)

    def items(self, *keys: str) -> Iterator[Entry]:
        """The items of some fields, one field after the other."""
        for key in keys:
            if self.root is not None:
                yield from self.root.items_of(key)

    def texts(self, key: str) -> dict[str, str]:
        """The scalars of a field that is a mapping."""
        return {} if self.root is None else self.root.texts_of(key)

    def entry(self, key: str) -> Entry | None:
        """A field that is a mapping, or None."""
        found = None if self.root is None else self.root.get(key)
        return None if found is None else Entry(found, (key,))

    def has(self, *keys: str) -> str:
        """The first of these fields that is there and not empty, or an empty text."""
        for key in keys:
            found = None if self.root is None else self.root.get(key)
            if found is not None and (found.items or found.entries or found.text):
                return key
        return ""


def kustomization_in(tree: Tree, folder: str) -> str | None:
    """The path of the kustomization of a folder, or None. Raises `LinkOut`."""
    for name in NAMES:
        path = f"{folder}/{name}" if folder else name
        if tree.is_file(path):
            return path
    return None


def read_kustomization(tree: Tree, folder: str) -> KustomizationFile | None:
    """The kustomization of a folder, or None where there is none; read once. Raises `Broken` for one that cannot be
    read."""
    key = ("kustomization", folder)
    if key not in tree.memo:
        try:
            tree.memo[key] = _read_kustomization(tree, folder)
        except Broken as broken:
            tree.memo[key] = broken
    known = tree.memo[key]
    if isinstance(known, Broken):
        raise Broken(known.problem)
    return known if isinstance(known, KustomizationFile) else None


def _read_kustomization(tree: Tree, folder: str) -> KustomizationFile | None:
    try:
        path = kustomization_in(tree, folder)
        if path is None:
            return None
        quick = _quickly(tree.read(path) or b"")
        if quick is not None:
            return KustomizationFile(folder, path, Entry(quick, ()))
        documents = tree.documents(path)
    except LinkOut:
        raise Broken(Problem("The kustomization is a link out of the repository.", folder)) from None
    except Unreadable as error:
        where = kustomization_in(tree, folder) or folder
        raise Broken(Problem(clean(str(error), 500), where, error.line, error.column)) from None
    if documents is None or not documents.roots:
        return KustomizationFile(folder, path, None)
    if documents.error is not None:
        rest = documents.error
        raise Broken(Problem(clean(str(rest), 500), path, rest.line, rest.column))
    root = documents.roots[0]
    if root.kind != "mapping":
        raise Broken(Problem("A kustomization has to hold keys with values.", path, root.line, root.column))
    return KustomizationFile(folder, path, Entry(root, ()))


def _quickly(data: bytes) -> Readable | None:
    """The root of a kustomization by the quick reader, which reads nothing twice that many files say alike. What may
    hold texts of several lines is left to the full one: patches need to know how they are written."""
    if b"|" in data or b">" in data or data.startswith(BOM):
        return None
    try:
        return read_quickly(decode(data)[0])
    except Unreadable:
        return None


def made_up(tree: Tree, folder: str) -> KustomizationFile:
    """What Flux builds of a folder without a kustomization: every manifest in it, and every folder with one."""
    resources: list[tuple[str, int]] = []
    ahead = [folder]
    seen: set[str] = set()
    while ahead:
        here = ahead.pop()
        if here in seen:
            continue
        seen.add(here)
        for path, is_folder in sorted(tree.inside(here)):
            if not is_folder:
                if path.endswith((".yaml", ".yml")):
                    resources.append((path, 0))
            elif kustomization_in(tree, path) is not None:
                resources.append((path, 0))
            elif path not in tree.links:
                ahead.append(path)
    return KustomizationFile(folder, "", None, tuple(sorted(resources)))
