"""What a deployment is called and which environment it belongs to, from where its file is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from rea_xcom_tui.user.settings import ENVIRONMENTS

_GENERIC_STEM = re.compile(r"values(?:[-_.].*)?", re.IGNORECASE)
_LEFTOVER = re.compile(
    r"\.(?:bak|orig|rej|old|save|backup|sav|tmp|temp|swp|swo)\d*(?:\.\d+)?(?:\.ya?ml)?$|~$"  # editors, merge tools
    r"|_(?-i:BACKUP|BASE|LOCAL|REMOTE)_\d+\.ya?ml$"  # git mergetool
    r"|[ _-]\(\d+\)\.ya?ml$| (?:- )?copy(?: \(?\d+\)?)?\.ya?ml$|^(?:\.?#|Copy of )",  # browsers, file managers
    re.IGNORECASE,
)
_SEPARATORS = re.compile(r"[-_.]")


def deployment_name(file: str, prefix: str | None) -> str:
    """Name a deployment: `resourceNamePrefix` where there is one, else its folder, else its file.

    The chart puts the prefix in front of every Kubernetes object it makes, so it is how people meet the
    deployment in a cluster. A file with a generic name (`values.yaml`) is called by its folder.
    """
    if prefix:
        return prefix
    folder, _, name = file.rpartition("/")
    stem = name.split(".", 1)[0] or name
    return (folder.rpartition("/")[2] if _GENERIC_STEM.fullmatch(stem) else "") or stem


def is_leftover(file: str) -> bool:
    """Whether a file's name says that it is a copy which nobody deploys: `values.yaml.bak`, `values (1).yaml`.

    These are the names that editors, patch and merge tools, browsers and file managers give.
    """
    return _is_leftover(file.rpartition("/")[2])


@lru_cache(maxsize=4096)
def _is_leftover(name: str) -> bool:
    return _LEFTOVER.search(name) is not None


@lru_cache(maxsize=16)
def _names(known: tuple[str, ...]) -> frozenset[str]:
    return frozenset(known)


def environment(file: str, known: Sequence[str] = ENVIRONMENTS) -> str | None:
    """Tell the environment from the path, or None.

    A whole folder name counts before a part of one (`clusters/prod/eu`, then `prod-eu`), outer folders before
    inner ones, and the file's name last (`values-prod.yaml`).
    """
    *folders, name = file.lower().split("/")
    stem = name.split(".", 1)[0]
    names = _names(tuple(known))
    for folder in folders:
        if folder in names:
            return folder
    for text in (*folders, stem):
        for part in _SEPARATORS.split(text):
            if part in names:
                return part
    return None
