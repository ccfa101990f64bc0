"""Values that a tool has encrypted in place: their text is ciphertext, and what it stands for is not in Git."""

from __future__ import annotations

from rea_xcom_tui.xcom.model import Node

_OPENINGS = (
    ("ENC[", "SOPS"),
    ("$ANSIBLE_VAULT;", "ansible-vault"),
    ("-----BEGIN AGE ENCRYPTED FILE-----", "age"),
    ("-----BEGIN PGP MESSAGE-----", "PGP"),
)
"""How each tool's ciphertext begins (SOPS 3.10, ansible-core 2.19, age 1.2 with armor, OpenPGP with armor)."""


OPENINGS = tuple([opening for opening, _ in _OPENINGS])
BEFORE_SEALS = "E$- \t\n\v\f\r\x1c\x1d\x1e\x1f"
"""The ASCII characters with which a text may begin that has one of these, blanks before it included."""

SEALED = "a value encrypted by "
SEALED_NAME = "a name encrypted by "
"""How the reference begins of a value that is encrypted, and of one that may be under an encrypted name; the tool's
name follows."""


def sealed_by(text: str) -> str | None:
    """The tool that has encrypted this text, or None for clear text."""
    bare = text.lstrip()
    if bare[:1] not in "E$-" or not bare:
        return None
    return next((tool for opening, tool in _OPENINGS if bare.startswith(opening)), None)


def sealed_reference(text: str) -> str | None:
    """What supplies a value whose text is ciphertext, as a `reference` names it; None for clear text."""
    tool = sealed_by(text)
    return SEALED + tool if tool else None


def sealed_tool(reference: str | None) -> str | None:
    """The tool that a reference to an encrypted value or name speaks of, or None."""
    if reference is None or not reference.startswith((SEALED, SEALED_NAME)):
        return None
    return reference.rpartition(" ")[2]


def sealed_file(root: Node) -> str | None:
    """The tool under whose seal the whole file is, some of its values in the clear: `SOPS`, or None."""
    settings = root.get("sops") if root.kind == "mapping" else None
    return "SOPS" if settings is not None and settings.kind == "mapping" and settings.get("mac") is not None else None
