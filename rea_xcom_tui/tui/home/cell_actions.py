"""Editing a cell of the fleet in place, and taking back what is pending in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual import events
from textual.widgets import Input

from rea_xcom_tui.fleet.edit.rehearsal import meaning_of
from rea_xcom_tui.text import clean, plural
from rea_xcom_tui.tui.background import jobs
from rea_xcom_tui.tui.background.parts import takes
from rea_xcom_tui.tui.cells.start_text import choices, start_text
from rea_xcom_tui.tui.changes.in_layers import LayeredEdits
from rea_xcom_tui.tui.home.editor_actions import FleetEditor
from rea_xcom_tui.tui.home.overview import FleetOverview
from rea_xcom_tui.tui.home.part import FleetPart
from rea_xcom_tui.tui.home.table import FleetTable
from rea_xcom_tui.tui.kit.cell_editor import CellEditor
from rea_xcom_tui.tui.kit.dialogs import Failure
from rea_xcom_tui.xcom.model import FieldName

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.workspace import Refusal


@dataclass(eq=False, repr=False)
class FleetCells(FleetPart):
    """Edits the cell under the cursor where it is, and shows its file."""

    edits: LayeredEdits
    editor: FleetEditor
    overview: FleetOverview
    _editing: tuple[str, FieldName] | None = None
    """The cell that an editor covers."""

    # Editing

    async def action_edit_cell(self) -> None:
        """Edit the cell under the cursor in place."""
        self.table.bring_into_view()  # the wheel may have left the cursor behind
        row, field = self.table.cursor, self.table.column.field
        region = self.table.cell_region()
        workspace = self.home.may_change()
        if row is None or region is None or workspace is None:
            return
        if row.deployment is None:
            self.say("This file cannot be read, so nothing in it can be edited here.", "invalid")
        elif field is None:
            self.home.show_status()
            self.say(f"{self.table.column.key} is not a setting; move to path, threshold and the like to edit.")
        else:
            deployment = row.deployment

            def judge(text: str) -> str:
                return meaning_of(workspace, deployment, field, text)

            await self.home.query(CellEditor).remove()
            self._editing = row.id, field
            cell = region.translate(self.table.content_region.offset)
            layered = bool(deployment.stack)
            editor = CellEditor(start_text(row, field), cell, judge, choices(field), layered=layered)
            await self.home.mount(editor)
            self.table.held = True
            self.home.set_focus(editor.query_one(Input))

    async def action_open_cell(self) -> None:
        """Edit the cell where it is a setting; from any other column, show the file."""
        if self.table.cursor is None and self.table.here is not None:
            self.overview.action_fold()
        elif self.table.column.field is not None and not self.shown.read_only:
            await self.action_edit_cell()
        else:
            self.action_show_file()

    def action_show_file(self) -> None:
        """Show the values file of the deployment under the cursor."""
        from rea_xcom_tui.tui.file.screen import FileScreen

        row = self.table.cursor
        if not self.shown.ready or self.workspace is None or row is None:
            self.say("The repo is still being read; there is no file to show yet.", "edited")
            return
        screen = FileScreen(self.jobs, self.workspace, row, self.table.column.field, self.editor.open_line)
        self.app.push_screen(screen, lambda _: self.home.values_changed())

    @takes(FleetTable.EditRequested)
    async def _double_clicked(self) -> None:
        await self.action_edit_cell()

    @takes(CellEditor.Saved)
    def _saved(self, event: CellEditor.Saved) -> None:
        self._close_editor()
        if self._editing is not None:
            identifier, field = self._editing
            self.edits.edit([identifier], field, event.text, choose=event.choose)
        down, right = event.move
        self.table.action_move_row(down)
        self.table.action_move_column(right)

    @takes(CellEditor.Cancelled)
    def _close_editor(self) -> None:
        self.home.query(CellEditor).remove()
        self.table.held = False
        self.table.focus()

    @takes(events.Resize)
    def _resized(self) -> None:
        """The cell has moved."""
        self.home.call_after_refresh(self.follow)

    def follow(self) -> None:
        """Put an open editor over its cell, wherever that is now; where its row is gone, it closes."""
        editors = self.home.query(CellEditor)
        if not editors or self._editing is None:
            return
        identifier, _ = self._editing
        found = self.table.go_to_id(identifier)
        region = self.table.cell_region()
        if not found or region is None:
            self._close_editor()
            self.say(f"{clean(identifier)} is no longer there, so the edit was abandoned.", "invalid")
        else:
            editors.first().place(region.translate(self.table.content_region.offset))

    def action_unset(self) -> None:
        """Take the field under the cursor out of its file."""
        row, field = self.table.cursor, self.table.column.field
        if self.home.may_change() is None or row is None or row.deployment is None or field is None:
            return
        self.edits.edit([row.id], field, None)

    def action_revert(self) -> None:
        """Drop the pending edit under the cursor."""
        row, field = self.table.cursor, self.table.column.field
        edit = row.pending_edit(field) if row is not None and field is not None else None
        if edit is None:
            self.say("There is no pending edit in this cell.")
        else:
            self.edits.revert(edit)

    @takes(jobs.Edited)
    def _edited(self, event: jobs.Edited) -> None:
        if event.step is not None:
            self.home.show_changed(set(event.step.deployments))
            self.jobs.drift(self.home)
            self.say(f"{clean(event.step.title)} · u undoes it", "edited")
        elif not event.refusals:
            self.say("No change: the value is already set.")
        if event.refusals:
            self._show_refusals(event.refusals)

    def _show_refusals(self, refusals: Sequence[Refusal]) -> None:
        if len(refusals) == 1:
            verb = f"change {refusals[0].field} of {refusals[0].deployment}"
            self.app.push_screen(Failure(verb, refusals[0].reason))
            return
        lines = "\n".join(f"{refusal.deployment}: {refusal.reason}" for refusal in refusals)
        verb = f"change {plural(len(refusals), 'deployment')}"
        self.app.push_screen(Failure(verb, "The others are done; these are unchanged:", lines))
