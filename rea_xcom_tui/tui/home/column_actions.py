"""The columns of the fleet's table: chosen, ordered and kept for the repo; and values in full."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual import events

from rea_xcom_tui.errors import ToolError
from rea_xcom_tui.text import clean
from rea_xcom_tui.tui.background import jobs
from rea_xcom_tui.tui.background.parts import takes
from rea_xcom_tui.tui.cells.columns import chosen_columns, widened
from rea_xcom_tui.tui.cells.rows import Column
from rea_xcom_tui.tui.home.overview import FleetOverview
from rea_xcom_tui.tui.home.part import FleetPart


@dataclass(eq=False, repr=False)
class FleetColumns(FleetPart):
    """Owns which columns there are. The choice is kept outside the repo, which is never written to for it."""

    overview: FleetOverview
    wide: bool = False
    """Whether each column is as wide as its longest value."""

    @property
    def column_keys(self) -> tuple[str, ...]:
        """The keys of the columns, in order."""
        return tuple(column.key for column in self.table.columns)

    def show_columns(self, keys: Sequence[str], *, keep: bool = True) -> None:
        """Show these columns; the cursor stays on its column while that is shown. `keep` remembers them."""
        here = self.table.column.key
        self.shown.chosen = chosen_columns(keys)
        self.shown.usual_columns = not keys
        self._lay_out()
        shown = self.column_keys
        self.table.cursor_column = shown.index(here) if here in shown else min(self.table.cursor_column, len(shown) - 1)
        if keep:
            self._keep(shown)
        self.home.columns_changed()

    def _keep(self, keys: Sequence[str]) -> None:
        try:
            self.home.look.memory.keep_columns(keys)
        except ToolError as error:
            self.say(f"! {clean(error)}", "invalid")

    def _lay_out(self) -> None:
        view = self.shown.view()
        self.overview.take_columns(self.overview.telling_columns(view))
        self.table.columns = self._as_wide(self.overview.telling_columns(view))
        self.table.set_rows(self.shown.summary, view)

    def _as_wide(self, columns: Sequence[Column]) -> Sequence[Column]:
        """These columns in the widths that are wanted now."""
        room = self.table.size.width - self.table.scrollbar_size_vertical
        return widened(columns, self.rows, room) if self.wide else columns

    def fit_columns(self, view: Sequence[int]) -> bool:
        """Leave out what tells nothing, and show the others as wide as is wanted."""
        changed = self.overview.fit_columns(view)
        if changed and self.wide:
            self.table.columns = self._as_wide(self.table.columns)
        return changed

    def make_room(self, now: jobs.Scanned) -> None:
        """Have a column for the repos, where there are several."""
        if now.fleet.repos and self.shown.usual_columns:
            self.shown.chosen = chosen_columns(
                ("repo", *(column.key for column in self.shown.chosen if column.key != "repo"))
            )

    def widen_again(self) -> None:
        """Give longer values the room that they need now."""
        if self.wide:
            self._lay_out()

    @takes(events.Resize)
    def _resized(self) -> None:
        """Wide columns depend on the room there is."""
        if self.wide:
            self.home.call_after_refresh(self._lay_out)

    # What the keys do

    def action_columns(self) -> None:
        """Choose columns."""
        from rea_xcom_tui.tui.home.columns_screen import ColumnsScreen

        self.app.push_screen(ColumnsScreen(self.column_keys), self._columns_chosen)

    def _columns_chosen(self, keys: tuple[str, ...] | None) -> None:
        if keys is None:
            return
        self.show_columns(keys or self.home.look.columns, keep=bool(keys))
        if not keys:
            self._keep(())
        self.say("Columns as configured." if not keys else "These columns are kept for this repo.", "quiet")

    def action_hide_column(self) -> None:
        """Hide the column under the cursor."""
        key = self.table.column.key
        if key == "name":
            self.say("The name always stays; move to another column to hide it.")
        elif len(self.column_keys) == 2:
            self.say("The last column beside the name stays; C chooses others.")
        else:
            self.show_columns([other for other in self.column_keys if other != key])
            self.say(f"Hid {key}; C brings it back.", "quiet")

    def action_shift_column(self, by: int) -> None:
        """Move the column under the cursor to the left or right."""
        keys, at = list(self.column_keys), self.table.cursor_column
        if at == 0 or not 1 <= at + by < len(keys):
            return
        keys[at], keys[at + by] = keys[at + by], keys[at]
        self.show_columns(keys)

    def action_wide(self) -> None:
        """Show values in full, or in the usual widths."""
        self.wide = not self.wide
        self._lay_out()
        self.say("Values in full; W for the usual widths." if self.wide else "The usual widths.", "quiet")
