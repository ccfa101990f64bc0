"""The way from the fleet to its probes."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from rea_xcom_tui.tui.home.part import FleetPart

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rea_xcom_tui.fleet.probe.places import Where


class FleetProbe(FleetPart):
    """Tries the marked deployments, or the one under the cursor."""

    def action_probe(self) -> None:
        """Ask where to try them."""
        from rea_xcom_tui.fleet.probe.places import Where
        from rea_xcom_tui.tui.probe.place_screen import ProbePlaceScreen

        if self.home.may_change() is None:  # a probe writes to the store, so read-only keeps it off too
            return
        marked = [row.id for row in self.rows if row.id in self.table.marks and row.deployment]
        here = self.table.cursor
        ids = marked or ([here.id] if here is not None and here.deployment else [])
        if not ids:
            self.say("There is no deployment under the cursor that could be tried.")
            return
        before = Where.parse(self.home.look.memory.probe_place)
        self.app.push_screen(ProbePlaceScreen(len(ids), before), partial(self._probe_in, ids))

    def _probe_in(self, ids: Sequence[str], where: Where | None) -> None:
        from rea_xcom_tui.tui.probe.screen import ProbeScreen

        if where is not None:
            self.home.look.memory.probed_in(str(where))
            self.app.push_screen(ProbeScreen(self.jobs, ids, where))
