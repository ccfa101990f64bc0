"""Values files that an entry point names: the layer of each, or what is wrong with the name."""

from __future__ import annotations

from rea_xcom_tui.layouts.model import Layer, Problem, Reader, opaque
from rea_xcom_tui.layouts.tree import LinkOut, Tree
from rea_xcom_tui.text import clean
from rea_xcom_tui.values import Node
from rea_xcom_tui.values.errors import Unreadable
from rea_xcom_tui.values.sealed import sops_settings

_SOPS_MARK = b"sops"


def referenced(
    tree: Tree,
    folder: str,
    path: str,
    says: tuple[str, int],
    *,
    reader: Reader = "helm",
    may_be_missing: bool = False,
) -> Layer | Problem | None:
    """The layer of a values file that is named in a file of `folder`; a leading slash is the repo's root.

    `says` is the file and line that name it, for a problem's place. None for a missing file that may be missing.
    """
    file, line = says
    try:
        joined = tree.join(folder, path)
        target = tree.resolve(joined)
        data = None if target is None else tree.read(target)
    except LinkOut as error:
        return Problem(f"The values file {clean(path)} {error.does}, so it is not read.", file, line)
    if target is None or data is None:
        if may_be_missing:
            return None
        what = "is a folder" if target is not None else "does not exist"
        return Problem(f"The values file {clean(joined)} {what}; correct the path or add the file.", file, line)
    if is_sealed(tree, target, data):
        return sealed_layer(target)
    through = "" if joined == target else joined
    return Layer("values file", target, reader=reader, may_be_missing=may_be_missing, through=through)


def first_root(tree: Tree, path: str) -> Node | Problem | None:
    """The root of a manifest's first document, or why it cannot be read; None where there is no such file."""
    try:
        documents = tree.documents(path)
    except LinkOut as error:
        return Problem(f"The file {clean(path)} {error.does}, so it is not read.", path)
    except Unreadable as error:
        return _unreadable(error, path)
    if documents is None:
        return None
    if documents.roots:
        return documents.roots[0]
    return None if documents.error is None else _unreadable(documents.error, path)


def _unreadable(error: Unreadable, path: str) -> Problem:
    return Problem(f"The file cannot be read: {clean(error)}", path, error.line, error.column)


def is_sealed(tree: Tree, path: str, data: bytes) -> bool:
    """Whether a values file is encrypted by SOPS."""
    if _SOPS_MARK not in data:
        return False
    try:
        documents = tree.documents(path)
    except Unreadable:
        return False
    root = documents.roots[0] if documents is not None and documents.roots else None
    if root is None or root.kind != "mapping":
        return False
    settings = root.get("sops")
    return sops_settings(root) is not None or (settings is not None and settings.kind == "mapping")


def sealed_layer(path: str) -> Layer:
    """The layer of an encrypted file: its keys can be read, its values cannot."""
    return opaque(
        f"{clean(path)} (encrypted by SOPS)",
        f"{clean(path)} is encrypted by SOPS; edit it with `sops`.",
        kind="secret",
        file=path,
    )


def added(layers: list[Layer], problems: list[Problem], found: Layer | Problem | None) -> None:
    """Put what `referenced` found where it belongs."""
    if isinstance(found, Layer):
        layers.append(found)
    elif found is not None:
        problems.append(found)
