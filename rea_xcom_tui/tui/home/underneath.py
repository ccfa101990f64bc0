"""The fleet's part in what changed underneath, and in work that takes long: asking, telling, stopping."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rea_xcom_tui.text import plural
from rea_xcom_tui.tui.background import jobs
from rea_xcom_tui.tui.background.parts import takes
from rea_xcom_tui.tui.changes.conflicts_screen import Resolved, ask
from rea_xcom_tui.tui.home.part import FleetPart

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.edit.conflicts import Conflict


class FleetUnderneath(FleetPart):
    """Asks about pending edits whose field has changed, and lets long work be stopped."""

    _asked_about: frozenset[object] = frozenset()
    """The conflicts that the user has seen already, so that a rescan does not ask twice."""

    @takes(jobs.Scanned)
    def _look_underneath(self, event: jobs.Scanned) -> None:
        if not event.conflicts:
            self._asked_about = frozenset()
        elif self.app.screen is self.home and self._known(event.conflicts) != self._asked_about:
            self.ask_about(event.conflicts)
        else:
            self.say(f"{plural(len(event.conflicts), 'edit')} to decide about: the field has changed underneath. "
                     "d shows them.", "invalid")  # fmt: skip

    @takes(jobs.Conflicted)
    def _conflicted(self, event: jobs.Conflicted) -> None:
        self.ask_about(event.conflicts)

    def ask_about(self, conflicts: Sequence[Conflict]) -> None:
        """Ask what is to become of these edits."""
        self._asked_about = self._known(conflicts)
        ask(self.home, self.jobs, conflicts)

    def _known(self, conflicts: Sequence[Conflict]) -> frozenset[object]:
        return frozenset((conflict.edit, conflict.theirs, conflict.gone) for conflict in conflicts)

    @takes(Resolved)
    def _resolved(self, event: Resolved) -> None:
        self.home.values_changed()
        self.say(f"Changed underneath: {event.words}.", "edited")

    @takes(jobs.Working)
    def _working(self, event: jobs.Working) -> None:
        self.say(event.words, "edited")

    @takes(jobs.Stopped)
    def _stopped(self, event: jobs.Stopped) -> None:
        self.say(event.words, "edited")
