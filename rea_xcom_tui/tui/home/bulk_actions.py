"""Changing many deployments at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from textual.widgets import Input

from rea_xcom_tui.text import plural
from rea_xcom_tui.tui.cells.rows import UNSET, Column
from rea_xcom_tui.tui.changes.in_layers import LayeredEdits
from rea_xcom_tui.tui.home.part import FleetPart
from rea_xcom_tui.tui.kit.fit import harmless
from rea_xcom_tui.xcom.model import FieldName
from rea_xcom_tui.xcom.query import narrowed

if TYPE_CHECKING:
    from rea_xcom_tui.tui.home.values_screen import Verb


@dataclass(eq=False, repr=False)
class FleetBulk(FleetPart):
    """Everything that changes more than the cell under the cursor."""

    edits: LayeredEdits

    async def action_edit_marked(self) -> None:
        """Set the column under the cursor on all marked deployments."""
        field = self.table.column.field
        if self.home.may_change() is None:
            return
        if field is None:
            self.say(f"{self.table.column.key} is not a setting; move to path, threshold and the like to edit.")
        elif ids := self.marked_ids():
            await self.edit_many(ids, field)

    def marked_ids(self) -> list[str]:
        """The marked deployments in the order of the repo; where there are none, the status line says how to mark."""
        ids = [row.id for row in self.rows if row.id in self.table.marks and row.deployment]
        if not ids:
            self.say("Nothing is marked: Space marks a deployment, a marks all shown.")
        return ids

    async def edit_many(self, ids: Sequence[str], field: FieldName, text: str = "") -> None:
        """Ask for the value and show what it would do; then do it, as one step. What is typed next is the value."""
        from rea_xcom_tui.tui.home.bulk_screen import Answer, BulkScreen

        def done(answer: Answer | None) -> None:
            if answer is not None:
                self.edits.edit(answer.ids, field, answer.text, answer.layer)

        hidden = len(set(ids).difference(self.table.shown_ids))
        screen = BulkScreen(self.jobs, field, ids, text, self._common_layers(ids), hidden)
        await self.app.push_screen(screen, done)
        screen.set_focus(screen.query_one("#value", Input))

    def _common_layers(self, ids: Sequence[str]) -> list[str] | None:
        """The layers that all of these deployments have and that can be edited; None where they have none at all."""
        rows = [row.deployment for id_ in ids if (row := self.table.row_of(id_)) is not None]
        stacks = [row.stack for row in rows if row is not None and row.stack]
        if not stacks:
            return None
        editable = [
            {one.source for one in stack if one.file and not one.why_not and not one.opaque} for stack in stacks
        ]
        return [one.source for one in stacks[0] if all(one.source in sources for sources in editable)]

    def action_values(self) -> None:
        """Count the values of the column under the cursor."""
        from rea_xcom_tui.tui.home.values_screen import ValuesScreen

        every = self.rows
        rows = [row for row in map(every.__getitem__, self.table.view) if row.deployment is not None]
        column = self.table.column
        self.app.push_screen(ValuesScreen(column, rows), partial(self.value_chosen, column))

    def value_chosen(self, column: Column, answer: tuple[Verb, str] | None) -> None:
        """Filter by a value of a column, or mark the deployments shown that have it."""
        if answer is None:
            return
        verb, text = answer
        shown = [self.rows[index] for index in self.table.view]
        same = [row.id for row in shown if row.deployment and row.told(column.key).shown(full=True) == text]
        if verb == "mark":
            self.table.marks.add(same)
            self.table.marks_changed()
            self.say(f"Marked {plural(len(same), 'deployment')} with {column.key} {harmless(text)}.")
        else:
            query = narrowed(self.home.filter_bar.input.value, column.key, None if text == UNSET else text)
            if self.home.finds(query) == same:
                self.home.filter_by(query)
            else:
                self.home.show_only(frozenset(same), f"{column.key} is {text}")
