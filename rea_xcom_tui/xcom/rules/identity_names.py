"""Keys of annotations and labels that look like those which give pods an identity and are none."""

from __future__ import annotations

import re
from functools import lru_cache

from rea_xcom_tui.xcom.model import Node
from rea_xcom_tui.xcom.names import ANNOTATIONS, AZURE_LABEL
from rea_xcom_tui.xcom.spelling import distance

IDENTITY_KEYS = (*ANNOTATIONS.values(), "azure.workload.identity/tenant-id", AZURE_LABEL)
"""Annotations and a label that give pods an identity."""

BARE_ROLE = frozenset(("rolearn", "iamrolearn", "iamrole", "gcpserviceaccount", "gserviceaccount"))
"""What is left of some of these without their domain, in the form of `letters`."""

DEEPEST = 6
"""Levels of mappings that are looked through for a stray key."""

_MOST_LOOKED_AT = 5_000  # nodes of one part


@lru_cache(maxsize=4096)
def letters(text: str) -> str:
    """The letters and digits of a name, in lower case."""
    return re.sub(r"[^a-z0-9]", "", text.lower())


@lru_cache(maxsize=4096)
def meant_identity(key: str) -> str | None:
    """The annotation or label that a key is close to, or None for a right one and for all others.

    Near means: other separators or case, quotes inside, up to two wrong letters, or the name without its domain.
    """
    if key in IDENTITY_KEYS:
        return None
    plain = letters(key)
    for right in IDENTITY_KEYS:
        known = letters(right)
        if plain == known or ("/" in key and distance(plain, known) <= 2):
            return right
        if right != AZURE_LABEL and "/" not in key and plain == letters(right.partition("/")[2]):
            return right
    return None


def may_stray(node: Node) -> bool:
    """Whether some key in a part of the file looks like that of an identity; a quick no for nearly every part.

    It looks as deep as the rule does. In an endless part (aliases of aliases stand for millions of nodes) the answer is
    yes, and the rule looks for itself.
    """
    ahead = [(node, 0)]
    for _ in range(_MOST_LOOKED_AT):
        if not ahead:
            return False
        each, deep = ahead.pop()
        if deep < DEEPEST:
            ahead += [(item, deep + 1) for item in each.items]
        for key, value in each.entries:
            name = str(key.value)
            if name in IDENTITY_KEYS or meant_identity(name) is not None or letters(name) in BARE_ROLE:
                return True
            if deep < DEEPEST:
                ahead.append((value, deep + 1))
    return True
