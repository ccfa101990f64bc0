"""The fleet as it was taken last for comparing, and what that came to: the same until something is read or edited."""

from __future__ import annotations

import os
from datetime import date
from typing import TYPE_CHECKING

from rea_xcom_tui.fleet.baseline import BASELINE_FILE
from rea_xcom_tui.tui.background.kept import Kept

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.drift.report import DriftReport
    from rea_xcom_tui.fleet.edit.overlay import Snapshot
    from rea_xcom_tui.fleet.workspace import Workspace

_Stamp = tuple[int, int]


class Comparisons:
    """What the table shows as drift is what the screen of the drift opens with, so it is worked out once."""

    def __init__(self) -> None:
        self._snapshot: Kept[Snapshot] = Kept()
        self._report: Kept[DriftReport] = Kept()

    def snapshot(self, workspace: Workspace) -> Snapshot:
        """The workspace as it is now, its pending edits taken as done. Call it on the workspace's own thread."""
        from rea_xcom_tui.fleet.edit.overlay import snapshot

        made_of = (workspace.fleet, workspace.pending.edits, _stamps(workspace))
        known = self._snapshot.get(*made_of)
        return known if known is not None else self._snapshot.put(snapshot(workspace), *made_of)

    def report(self, now: Snapshot) -> DriftReport:
        """What differs from what is usual in its repo. Raises `ToolError` when the baseline file has mistakes."""
        from rea_xcom_tui.fleet.drift.whole import find_drift

        made_of = (now, date.today().isoformat())
        known = self._report.get(*made_of)
        return known if known is not None else self._report.put(find_drift(now), *made_of)


def _stamps(workspace: Workspace) -> tuple[_Stamp, ...]:
    """By what it shows that a baseline file has been changed by hand, which nothing else may show yet."""
    return tuple(_stamp(f"{member.root}/{BASELINE_FILE}") for member in workspace.members.values())


def _stamp(path: str) -> _Stamp:
    try:
        status = os.stat(path)
    except OSError:
        return (0, -1)
    return status.st_mtime_ns, status.st_size
