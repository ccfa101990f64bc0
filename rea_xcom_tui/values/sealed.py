"""Files that SOPS has encrypted in part: what in them is sealed, and which edits would break the seal.

SOPS keeps its own settings under a top-level key `sops`, with a MAC over the values of the whole file: the clear ones
too, unless `mac_only_encrypted` is true. A change of a covered value makes the file undecryptable. Which values are to
be encrypted is identified by the names of the keys above them (SOPS 3.10, `sops.go`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from rea_xcom_tui.text import clean
from rea_xcom_tui.values.errors import RefusedEdit
from rea_xcom_tui.values.nodes import Node
from rea_xcom_tui.values.reading import ValuesFile

_CIPHERTEXT = re.compile(r"ENC\[[A-Z0-9_]+,data:")
_KEY = "sops"
_BY_COMMENT = ("unencrypted_comment_regex", "encrypted_comment_regex")
_SAFE_PATTERN = re.compile(r"(?:[\w^$|()./ -]|\\[.dw]|[.\w][*+?]){1,500}")
_MOST_REPEATS = 2
_LONGEST_KEY = 200

Sealed = Callable[[tuple[str, ...]], bool]
"""Whether SOPS encrypts the value below these keys."""


def sops_settings(root: Node) -> Node | None:
    """What SOPS keeps about a file (its `sops` mapping), or None for a file that it has not encrypted."""
    found = root.get(_KEY) if root.kind == "mapping" else None
    if found is None or found.kind != "mapping" or found.get("mac") is None:
        return None
    return found


def refuse_sealed(file: ValuesFile) -> None:
    """Refuse any edit of a file whose MAC covers its clear values too."""
    settings = sops_settings(file.root)
    if settings is None:
        return
    only = settings.get("mac_only_encrypted")
    if only is not None and only.value is True:
        return
    raise RefusedEdit(
        "sealed",
        "The file is encrypted by SOPS, whose checksum covers its clear values too, so an edit here would make it "
        "undecryptable; edit it with `sops`.",
        settings.line,
        0,
    )


def confirm_seal(old: ValuesFile, new: ValuesFile) -> None:
    """Confirm that an edit of a file under SOPS left everything alone that is, or should be, encrypted. Raises
    `RefusedEdit`."""
    settings = sops_settings(old.root)
    if settings is None:
        return
    sealed = _sealed_by(settings)
    if list(_sealed_leaves(old.root, sealed)) != list(_sealed_leaves(new.root, sealed)):
        raise RefusedEdit(
            "sealed",
            "The file is encrypted by SOPS in part, and what would change is encrypted or would have to be; "
            "edit it with `sops`.",
            settings.line,
            0,
        )


def _sealed_leaves(root: Node, sealed: Sealed) -> Iterator[tuple[tuple[str, ...], str]]:
    """Every value that is encrypted or has to be, with the keys above it, in the order of the file."""
    ahead: list[tuple[tuple[str, ...], Node]] = [((), root)]
    while ahead:
        keys, node = ahead.pop()
        if node.is_alias:
            continue
        if node.kind == "scalar":
            if node.text and (_CIPHERTEXT.match(node.text) or sealed(keys)):
                yield keys, node.text
            continue
        children = [(keys, item) for item in node.items]
        children += [((*keys, key.text), value) for key, value in node.entries if keys or key.text != _KEY]
        ahead += reversed(children)


def _sealed_by(settings: Node) -> Sealed:
    """The rule by which SOPS chooses what it encrypts. Raises `RefusedEdit` for one that cannot be followed here."""
    if any(settings.get(name) is not None for name in _BY_COMMENT):
        raise _unknown_rule(settings, "by comments")
    said = {name: _text(settings, name) for name in _RULES}
    for name in ("encrypted_suffix", "encrypted_regex"):
        if text := said[name]:
            names = _matching(settings, name, text)
            return lambda keys: any(names(key) for key in keys)
    for name in ("unencrypted_suffix", "unencrypted_regex"):
        if text := said[name]:
            clear = _matching(settings, name, text)
            return lambda keys: not any(clear(key) for key in keys)
    return lambda keys: True


_RULES = ("encrypted_suffix", "encrypted_regex", "unencrypted_suffix", "unencrypted_regex")


def _matching(settings: Node, name: str, text: str) -> Callable[[str], bool]:
    if name.endswith("suffix"):
        return lambda key: key.endswith(text)
    # Only patterns that Python matches as quickly as Go does: none with a repeated group, few repeats at all.
    if _SAFE_PATTERN.fullmatch(text) is None or len(re.findall(r"[*+?]", text)) > _MOST_REPEATS:
        raise _unknown_rule(settings, f"by the pattern {clean(text, 60)}")
    try:
        pattern = re.compile(text)
    except re.error:
        raise _unknown_rule(settings, f"by the pattern {clean(text, 60)}") from None
    return lambda key: pattern.search(key[:_LONGEST_KEY]) is not None


def _text(settings: Node, name: str) -> str:
    node = settings.get(name)
    return node.text if node is not None and node.kind == "scalar" else ""


def _unknown_rule(settings: Node, how: str) -> RefusedEdit:
    return RefusedEdit(
        "sealed",
        f"The file is encrypted by SOPS in part, {how}, which is not followed here; edit it with `sops`.",
        settings.line,
        0,
    )
