"""How two fleets differ in meaning, and in what the rules say of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from rea_xcom_tui.fleet.model import Fleet
from rea_xcom_tui.xcom.compare import FieldDelta, field_deltas
from rea_xcom_tui.xcom.model import Finding


def differences(old: Fleet, new: Fleet) -> Iterator[FieldDelta]:
    """Every difference between two fleets, in the order of the deployments' ids.

    Only meaning counts: comments, quotes, order and everything that is not an XCom setting make no difference.
    """
    torn_before, torn_after = ({file.file for file in fleet.unreadable} for fleet in (old, new))
    for id_ in sorted(old.by_id.keys() | new.by_id.keys()):
        before, after = old.by_id.get(id_), new.by_id.get(id_)
        if before is None:
            yield FieldDelta(id_, kind="readable" if id_ in torn_before else "added")
        elif after is None:
            yield FieldDelta(id_, kind="unreadable" if id_ in torn_after else "removed")
        else:
            yield from field_deltas(id_, before.config.fields, after.config.fields)


def beyond(findings: Iterable[Finding], known: Iterable[Finding]) -> list[Finding]:
    """The findings that are more than there are among those known."""
    left = Counter((finding.code, finding.field) for finding in known)
    out: list[Finding] = []
    for finding in findings:
        mark = (finding.code, finding.field)
        if left[mark]:
            left[mark] -= 1
        else:
            out.append(finding)
    return out
