"""What a key may ask for next, got ready while nothing else is to be done, so that the key only has to show it."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from textual.app import App
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

_STYLES = ("background/list.tcss", "drift/drift.tcss", "home/bulk.tcss", "changes/diff.tcss")
"""What their screens look like. Textual would read it with the first of each, and all other styles anew with it."""


def get_ready(work: Jobs, sender: MessagePump, workspace: Workspace) -> None:
    """Get ready on the thread that only looks; a comparison that is asked for meanwhile waits for a moment."""
    if len(workspace.fleet.deployments) >= _LARGE:
        work.look(sender, "look for problems", _fleet, lambda fleet: _looked(work, sender, fleet))


def _fleet(workspace: Workspace) -> Fleet:
    return workspace.fleet


def _looked(work: Jobs, sender: MessagePump, fleet: Fleet) -> Message | None:
    for module in _ASKED_FOR:
        import_module(module)
    sender.call_later(_read_styles, sender.app)
    from rea_xcom_tui.tui.repo.problems_screen import look_beforehand

    look_beforehand(work, fleet)
    fleet.called("")  # the names of all, which the preview of a bulk edit tells
    return None


def _read_styles(app: App[object]) -> None:
    """Parse what is new; what is on the screen keeps its styles, as each of these files is about its own screens."""
    for name in _STYLES:
        path = Path(__file__).parents[1] / name
        if not app.stylesheet.has_source(str(path)):
            app.stylesheet.read(path)
            app.stylesheet.parse()
