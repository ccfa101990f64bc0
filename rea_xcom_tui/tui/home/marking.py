"""Marking the rows of the fleet."""

from __future__ import annotations

from collections.abc import Sequence

from rea_xcom_tui.text import plural
from rea_xcom_tui.tui.background.parts import takes
from rea_xcom_tui.tui.home.part import FleetPart
from rea_xcom_tui.tui.home.table import FleetTable


class FleetMarking(FleetPart):
    """Marks one row, a range, or all that are shown."""

    @takes(FleetTable.MarksChanged)
    def _marks_changed(self) -> None:
        self.home.show_count()

    def action_mark(self) -> None:
        """Mark the row under the cursor and go down; on a heading, all of its group."""
        group = self.table.here
        if self.table.cursor is None and group is not None:
            self.table.marks.all_or_none([self.rows[index].id for index in group.rows if self.rows[index].deployment])
            self.table.marks_changed()
        elif (here := self.table.cursor) is not None and here.deployment:
            self.table.marks.toggle(here.id)
            self.table.action_move_row(1)
            self.table.marks_changed()

    def action_mark_range(self) -> None:
        """Start or end a range."""
        marks, here = self.table.marks, self.table.cursor
        if marks.ranging:
            marks.end()
        elif here is not None and here.deployment:
            marks.start(here.id)
            self.say("Range: move to extend it, v ends it, Esc takes it back", "quiet")
        self.table.marks_changed()

    def action_mark_all(self) -> None:
        """Mark all shown, or none."""
        if self._filter_mistaken():
            return
        shown = self.table.markable_ids
        wanted = self._deployed(shown)
        self.table.marks.all_or_none(wanted)
        self.table.marks_changed()
        if left := len(shown) - len(wanted):
            self.say(f"{plural(left, 'row')} left out because no entry point reaches them; Space marks one", "quiet")

    def _filter_mistaken(self) -> bool:
        """Say so where the filter has a mistake: then more is shown than what was asked for, and nothing is marked."""
        if self.home.filter_bar.mistaken:
            self.say("! The filter has a mistake, so nothing is marked: / goes back to it, Esc shows all.", "invalid")
        return self.home.filter_bar.mistaken

    def _deployed(self, shown: Sequence[str]) -> Sequence[str]:
        """Those of some rows that an entry point reaches, as `set --all` takes them; all, where none is reached: then
        the user has asked for just these."""
        rows = ((id_, self.table.row_of(id_)) for id_ in shown)
        return [id_ for id_, row in rows if not (row and row.deployment and row.deployment.unreached)] or shown

    def action_mark_invert(self) -> None:
        """Turn the marks of what is shown round."""
        if self._filter_mistaken():
            return
        self.table.marks.invert(self._deployed(self.table.markable_ids))
        self.table.marks_changed()

    def action_mark_clear(self) -> None:
        """Unmark everything, shown or not."""
        self.table.marks.clear()
        self.table.marks_changed()
