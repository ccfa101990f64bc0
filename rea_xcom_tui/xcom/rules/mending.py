"""Putting the fixes of several findings together, so that none gets in another's way."""

from __future__ import annotations

from collections.abc import Iterable

from rea_xcom_tui.edits import RenameKey
from rea_xcom_tui.xcom.model import Change, Finding


def mends(findings: Iterable[Finding]) -> tuple[Change, ...]:
    """The changes that fix all these findings of one deployment, in an order that works.

    Two findings may ask for the same change, which is made once; where they ask for different ones at one place
    the first wins, and the next check finds what is left. Names change last, as other changes find their entry
    by its name.
    """
    chosen: dict[tuple[object, ...], Change] = {}
    for finding in findings:
        keys = [_subject(change) for change in finding.fix]
        if not any(key in chosen for key in keys):
            chosen.update(zip(keys, finding.fix, strict=True))
    return tuple(sorted(chosen.values(), key=lambda change: isinstance(change, RenameKey)))


def _subject(change: Change) -> tuple[object, ...]:
    """What a change is about: two changes with the same subject cannot both be made."""
    detail = getattr(change, "pointer", None) or getattr(change, "key", None)
    return (isinstance(change, RenameKey), change.address, detail)
