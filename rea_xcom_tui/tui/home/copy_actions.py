"""Copying from the fleet and pasting into it, and filtering by what is in a cell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rea_xcom_tui.tui.cells.explain import place_of
from rea_xcom_tui.tui.changes.in_layers import LayeredEdits
from rea_xcom_tui.tui.home.bulk_actions import FleetBulk
from rea_xcom_tui.tui.home.part import FleetPart
from rea_xcom_tui.tui.kit.fit import harmless
from rea_xcom_tui.xcom.model import FieldName


@dataclass(eq=False, repr=False)
class FleetCopy(FleetPart):
    """Takes a value, a name, a place or a row along, and puts a value into one cell or many."""

    edits: LayeredEdits
    bulk: FleetBulk
    copied: str | None = None
    """The text copied last."""

    def action_copy(self) -> None:
        """Copy the value under the cursor."""
        row, field = self.table.cursor, self.table.column.field
        if row is None:
            return
        value = row.value(field) if field else row.cell(self.table.column.key).text
        self.copied = "" if value is None else str(value)
        self.app.copy_to_clipboard(self.copied)
        self.say(f"Copied {harmless(self.copied) or 'nothing: the field is not set'}.")

    def action_copy_part(self, part: str) -> None:
        """Copy the name of the deployment under the cursor, where the cell's value is, or the whole row."""
        row = self.table.cursor
        if row is None:
            self.say("There is no deployment under the cursor to copy from.")
            return
        if part == "name":
            self.copied = row.deployment.name if row.deployment else row.id
        elif part == "file":
            file, line = place_of(row, self.table.column)
            self.copied = f"{file}:{line}"
        else:
            self.copied = "\t".join(row.cell(column.key).shown(full=True) for column in self.table.columns)
        self.app.copy_to_clipboard(self.copied)
        self.say(f"Copied {harmless(self.copied)}.")

    def action_filter_cell(self) -> None:
        """Show only the deployments with the value under the cursor."""
        row = self.table.cursor
        if row is None or row.deployment is None:
            self.say("There is no deployment under the cursor to filter by.")
        else:
            self.bulk.value_chosen(self.table.column, ("filter", row.cell(self.table.column.key).shown(full=True)))

    def action_paste(self) -> None:
        """Set the cell to what was copied."""
        row, field = self.table.cursor, self.table.column.field
        if self.home.may_change() is not None and row is not None and row.deployment is not None and field is not None:
            self._paste([row.id], field)

    async def action_paste_marked(self) -> None:
        """Set the column of all marked deployments to what was copied, after the preview."""
        field = self.table.column.field
        if self.home.may_change() is None or field is None:
            return
        if not self.copied:
            self.say("Nothing has been copied yet; y y copies a cell.")
        elif ids := self.bulk.marked_ids():
            await self.bulk.edit_many(ids, field, self.copied)

    def _paste(self, ids: Sequence[str], field: FieldName) -> None:
        if self.copied:
            self.edits.edit(ids, field, self.copied)
        else:
            self.say("Nothing has been copied yet; y y copies a cell.")
