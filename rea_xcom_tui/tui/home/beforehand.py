"""What a key may ask for next, got ready while nothing else is to be done, so that the key only has to show it."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from textual.message import Message
from textual.message_pump import MessagePump

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.model import Fleet
    from rea_xcom_tui.fleet.workspace import Workspace
    from rea_xcom_tui.tui.background.jobs import Jobs

_LARGE = 1000
"""In fleets of fewer deployments a screen opens at once anyway."""

_ASKED_FOR = (
    "rea_xcom_tui.tui.repo.problems_screen",
    "rea_xcom_tui.tui.drift.screen",
    "rea_xcom_tui.tui.home.values_screen",
    "rea_xcom_tui.tui.home.bulk_screen",
    "rea_xcom_tui.tui.changes.diff_screen",
    "rea_xcom_tui.xcom.editing",
    "rea_xcom_tui.fleet.drift.report",
    "rea_xcom_tui.fleet.edit.expressions",
)
"""What the keys of a large fleet import. It takes longer than what any of them has to do."""


def get_ready(work: Jobs, sender: MessagePump, workspace: Workspace) -> None:
    """Get ready on the thread that only looks; a comparison that is asked for meanwhile waits for a moment."""
    if len(workspace.fleet.deployments) >= _LARGE:
        work.look(sender, "look for problems", _fleet, lambda fleet: _looked(work, fleet))


def _fleet(workspace: Workspace) -> Fleet:
    return workspace.fleet


def _looked(work: Jobs, fleet: Fleet) -> Message | None:
    for module in _ASKED_FOR:
        import_module(module)
    from rea_xcom_tui.tui.repo.problems_screen import look_beforehand

    look_beforehand(work, fleet)
    fleet.called("")  # the names of all, which the preview of a bulk edit tells
    return None
