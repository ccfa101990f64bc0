"""What the rows of the fleet have in common: said once over the table, and as groups of rows."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events

from rea_xcom_tui.errors import ToolError
from rea_xcom_tui.text import clean, plural
from rea_xcom_tui.tui.background.parts import takes
from rea_xcom_tui.tui.cells.columns import Same, differing
from rea_xcom_tui.tui.cells.rows import Column
from rea_xcom_tui.tui.cells.widths import wanted_widths
from rea_xcom_tui.tui.home.grouping import GROUPINGS, By, useful, words_of
from rea_xcom_tui.tui.home.part import FleetPart
from rea_xcom_tui.tui.home.spread import FleetLine, Spread, spreads_of, trouble_of
from rea_xcom_tui.tui.home.strips import GUTTER
from rea_xcom_tui.tui.home.table import FleetTable

_ROWS_LOOKED_AT = 150


class FleetOverview(FleetPart):
    """Owns the line over the table, and how rows are grouped."""

    _told_once: Sequence[Same] = ()
    """Columns that are said once over the table while they say the same in all rows in view."""
    _spreads: Sequence[Spread] = ()

    @takes(events.Mount)
    def _mounted(self) -> None:
        """Group as the last time in this repo. Textual itself calls the `on_mount` of every class."""
        kept = tuple(self.home.look.memory.grouping)
        self.home.query_one(FleetTable).grouped.by = next((by for by in GROUPINGS if by == kept), ())

    @takes(events.Resize)
    def _resized(self) -> None:
        """A small fleet shows what is the same everywhere as columns where there is room for them."""
        if any(one.small for one in self._told_once):
            self.home.call_after_refresh(self._fit_again)

    def _fit_again(self) -> None:
        view = self.shown.view()
        if self.home.fit_columns(view):
            self.table.set_rows(self.shown.summary, view)

    def tell_spread(self) -> None:
        """Tell over the table how the values spread; a column that says the same everywhere is shown there once."""
        self._told_once = self.shown.summary.told_once(self.shown.chosen) if self.shown.usual_columns else []
        self.tell_values()
        self.home.fit_columns(range(len(self.rows)))
        self.tell_trouble()

    def tell_values(self) -> None:
        """Count again how the values spread, as the filter that a value stands for finds them: with what is pending."""
        self._spreads = spreads_of(self.shown.summary)

    def tell_trouble(self) -> None:
        """Tell over the table how many of its rows have problems, or have drifted."""
        trouble = trouble_of(self.shown.tally.problems, self.shown.tally.drifted, self.shown.tally.deployments)
        shown = {column.key for column in self.table.columns}
        told = [one for one in self._told_once if not one.small or one.column.key not in shown]
        self.home.fleet_line.show([*self._spreads, *trouble], told)

    def fit_columns(self, view: Sequence[int]) -> bool:
        """Leave out the columns that say the same in all rows in view, or that the headings of the groups tell.

        True where other columns are shown now.
        """
        if not self.shown.usual_columns or not self.take_columns(self.telling_columns(view)):
            return False
        self.tell_trouble()
        return True

    def telling_columns(self, view: Sequence[int]) -> Sequence[Column]:
        """The chosen columns without those that tell nothing in these rows; those that somebody has chosen all stay."""
        if not self.shown.usual_columns:
            return self.shown.chosen
        rows = [self.rows[index] for index in view[:: max(1, len(view) // _ROWS_LOOKED_AT)]]
        crowded = any(one.small for one in self._told_once) and self._crowded()
        same = [one.column for one in self._told_once if crowded or not one.small]
        hidden = ({column.key for column in same} - differing(same, rows)) | {*self.table.grouped.by}
        hidden -= {*self.shown.order.arrows}
        return [column for column in self.shown.chosen if column.key not in hidden]

    def _crowded(self) -> bool:
        """Whether the chosen columns have less room than their values need."""
        need = GUTTER + sum(wanted_widths(self.shown.chosen, self.rows))
        need += sum(column.lead + column.note_width + 1 for column in self.shown.chosen)
        return 0 < self.table.size.width < need

    def take_columns(self, columns: Sequence[Column]) -> bool:
        """Give the table these columns; the cursor stays on its column while that is shown. False where it has them."""
        if [column.key for column in columns] == [column.key for column in self.table.columns]:
            return False
        here = self.table.column.key
        keys = [column.key for column in columns]
        self.table.columns = columns
        self.table.cursor_column = keys.index(here) if here in keys else min(self.table.cursor_column, len(keys) - 1)
        return True

    @takes(FleetLine.Chosen)
    def _spread_chosen(self, event: FleetLine.Chosen) -> None:
        self.home.filter_by(event.query)
        self.table.focus()

    @takes(FleetLine.Left)
    def _line_left(self) -> None:
        self.table.focus()

    def action_spread(self) -> None:
        """Go to the line over the table, to choose a value."""
        if self.home.fleet_line.display:
            self.home.set_focus(self.home.fleet_line)
        else:
            self.say("All deployments have the same values; there is nothing to choose from.")

    # Order

    def action_sort(self) -> None:
        """Sort by the column under the cursor."""
        self.shown.order.by(self.table.column.key)
        self.home.show_view()

    def action_sort_then(self) -> None:
        """Add the column under the cursor as a sort key."""
        self.shown.order.then(self.table.column.key)
        self.home.show_view()

    @takes(FleetTable.HeaderClicked)
    def _header_clicked(self, event: FleetTable.HeaderClicked) -> None:
        sort = self.shown.order.then if event.also else self.shown.order.by
        sort(event.column.key)
        self.home.show_view()

    # Groups

    def action_group(self) -> None:
        """Group by the next of the usual groupings that tell rows of this fleet apart."""
        choices = [by for by in GROUPINGS if not by or useful(self.rows, by)]
        at = choices.index(self.table.grouped.by) if self.table.grouped.by in choices else 0
        self.group_by(choices[(at + 1) % len(choices)])

    def group_by(self, by: tuple[By, ...], *, keep: bool = True) -> None:
        """Group rows by these; nothing ends the groups. `keep` remembers it for this repo."""
        self.table.grouped.by, self.table.grouped.folded = by, set()
        self.home.show_view()
        if keep:
            try:
                self.home.look.memory.keep_grouping(by)
            except ToolError as error:
                self.say(f"! {clean(error)}", "invalid")
                return
            said = (
                f"Grouped by {words_of(by)}: {plural(len(self.table.grouped.groups), 'group')} · z z folds one, Z all"
            )
            self.say(said if by else "Not grouped.", "quiet")

    def action_fold(self) -> None:
        """Fold the group under the cursor, or open it."""
        here = self.table.here
        if here is None:
            self.say("Rows are not grouped; b groups them.")
        else:
            self.table.fold([here], folded=here.key not in self.table.grouped.folded)
            self.home.show_count()

    def action_fold_all(self) -> None:
        """Fold all groups, or open them all."""
        if not self.table.grouped.groups:
            self.say("Rows are not grouped; b groups them.")
        else:
            grouped = self.table.grouped
            opened = any(group.key not in grouped.folded for group in grouped.groups)
            self.table.fold(grouped.groups, folded=opened)
            self.home.show_count()
