"""Changing many deployments at once, copy and paste, and the command line of the fleet."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from textual import on
from textual.widgets import Input

from rea_xcom_tui.errors import ToolError
from rea_xcom_tui.text import clean, plural
from rea_xcom_tui.tui.background import jobs
from rea_xcom_tui.tui.cells.rows import UNSET, Column
from rea_xcom_tui.tui.home.campaign_actions import FleetCampaigns
from rea_xcom_tui.tui.home.command_line import (
    CampaignLine,
    CompareLine,
    DoLine,
    FilterLine,
    SaveLine,
    SetLine,
    parse_line,
)
from rea_xcom_tui.tui.home.sorting import query_matcher
from rea_xcom_tui.tui.kit.fit import harmless
from rea_xcom_tui.tui.kit.styled_lines import Bar
from rea_xcom_tui.xcom.model import FieldName
from rea_xcom_tui.xcom.query import narrowed

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.workspace import Workspace
    from rea_xcom_tui.tui.home.values_screen import Verb


class FleetBulk(FleetCampaigns):
    """Everything that changes more than the cell under the cursor."""

    copied: str | None = None
    """The value copied last."""

    # Making edits

    def edit(self, ids: Sequence[str], field: FieldName, text: str | None) -> None:
        """Make edits pending, as one step; `text` None takes the field out of the file."""

        def work(workspace: Workspace, progress: Callable[[int, int], None]) -> jobs.Edited:
            told = jobs.ticking(ids, progress)
            done = workspace.unset(told, field) if text is None else workspace.edit(told, field, text, progress)
            return jobs.Edited(*done)

        self.jobs.run_long(self, f"set {field}", work)

    def may_change(self) -> Workspace | None:
        """The workspace when changes are possible now; else None, and the status line says why not."""
        if not self.ready or self.workspace is None:
            self.say("The repo is still being read; editing waits until it is.", "edited")
            return None
        if self.workspace.read_only is not None:
            self.say(f"Read-only: {clean(self.workspace.read_only)}", "invalid")
            return None
        return self.workspace

    # Many at once

    async def action_edit_marked(self) -> None:
        """Set the column under the cursor on all marked deployments."""
        field = self.table.column.field
        if self.may_change() is None:
            return
        if field is None:
            self.say(f"{self.table.column.key} is not a setting; move to path, threshold and the like to edit.")
        elif ids := self._marked():
            await self.edit_many(ids, field)

    def _marked(self) -> list[str]:
        ids = [row.id for row in self.rows if row.id in self.table.marks and row.deployment]
        if not ids:
            self.say("Nothing is marked: Space marks a deployment, a marks all shown.")
        return ids

    async def edit_many(self, ids: Sequence[str], field: FieldName, text: str = "") -> None:
        """Ask for the value and show what it would do; then do it, as one step. What is typed next is the value."""
        from rea_xcom_tui.tui.home.bulk_screen import BulkScreen

        def done(answer: tuple[list[str], str] | None) -> None:
            if answer is not None:
                self.edit(answer[0], field, answer[1])

        screen = BulkScreen(self.jobs, field, ids, text)
        await self.app.push_screen(screen, done)
        screen.set_focus(screen.query_one("#value", Input))

    def action_values(self) -> None:
        """Count the values of the column under the cursor."""
        from rea_xcom_tui.tui.home.values_screen import ValuesScreen

        rows = [self.rows[index] for index in self.table.view if self.rows[index].deployment]
        column = self.table.column
        self.app.push_screen(ValuesScreen(column, rows), partial(self._value_chosen, column))

    def _value_chosen(self, column: Column, answer: tuple[Verb, str] | None) -> None:
        if answer is None:
            return
        verb, text = answer
        shown = [self.rows[index] for index in self.table.view]
        same = [row.id for row in shown if row.deployment and row.cell(column.key).shown(full=True) == text]
        if verb == "mark":
            self.table.marks.add(same)
            self.table.marks_changed()
            self.say(f"Marked {plural(len(same), 'deployment')} with {column.key} {harmless(text)}.")
        else:
            query = narrowed(self.filter_bar.input.value, column.key, None if text == UNSET else text)
            if self.finds(query) == same:
                self.filter_by(query)
            else:
                self.show_only(frozenset(same), f"{column.key} is {text}")

    # Copy and paste

    def action_copy(self) -> None:
        """Copy the value under the cursor."""
        row, field = self.table.cursor, self.table.column.field
        if row is None:
            return
        value = row.value(field) if field else row.cell(self.table.column.key).text
        self.copied = "" if value is None else str(value)
        self.app.copy_to_clipboard(self.copied)
        self.say(f"Copied {harmless(self.copied) or 'nothing: the field is not set'}.")

    def action_paste(self) -> None:
        """Set the cell to what was copied."""
        row, field = self.table.cursor, self.table.column.field
        if self.may_change() is not None and row is not None and row.deployment is not None and field is not None:
            self._paste([row.id], field)

    async def action_paste_marked(self) -> None:
        """Set the column of all marked deployments to what was copied, after the preview."""
        field = self.table.column.field
        if self.may_change() is None or field is None:
            return
        if not self.copied:
            self.say("Nothing has been copied yet; y copies a cell.")
        elif ids := self._marked():
            await self.edit_many(ids, field, self.copied)

    def _paste(self, ids: Sequence[str], field: FieldName) -> None:
        if self.copied:
            self.edit(ids, field, self.copied)
        else:
            self.say("Nothing has been copied yet; y copies a cell.")

    # The command line

    async def action_command_line(self) -> None:
        """Type a command."""
        if not self.query("#line"):
            line = Input(placeholder="set threshold=1MiB where env:prod", id="line", compact=True)
            await self.mount(line, before="#status")
            self.set_focus(line)

    def action_back(self) -> None:
        """Leave the command line first, where one types in it."""
        if self.query("#line"):
            self.table.focus()
        else:
            super().action_back()

    def on_descendant_blur(self) -> None:
        """The command line is there only while one types in it."""
        for line in self.query("#line"):
            if not line.has_focus:
                line.remove()

    @on(Input.Submitted, "#line")
    async def _line_entered(self, event: Input.Submitted) -> None:
        event.stop()
        self.set_focus(self.table)  # at once, because no command works while one types
        try:
            parsed = parse_line(event.value)
            if isinstance(parsed, SetLine):
                await self._set_line(parsed)
            elif isinstance(parsed, FilterLine):
                self.filter_by(parsed.query)
            elif isinstance(parsed, SaveLine):
                self.save_query(parsed.name)
            elif isinstance(parsed, CompareLine):
                self.compare_revisions(parsed.revisions)
            elif isinstance(parsed, CampaignLine):
                self.campaign_line(parsed.verb, parsed.text)
            else:
                await self._do(parsed)
        except (ValueError, ToolError) as error:
            self.say(f"! {clean(error)}", "invalid")

    async def _do(self, line: DoLine) -> None:
        name = f"action_{line.command.action.partition('(')[0]}"
        target = self if hasattr(self, name) else self.app
        await target.run_action(line.command.action)

    async def _set_line(self, line: SetLine) -> None:
        if self.may_change() is None:
            return
        if line.where is not None:
            matcher = query_matcher(line.where)
            ids = [row.id for row in self.rows if row.deployment and (matcher is None or matcher(row))]
        else:
            here = self.table.cursor
            ids = self._marked() if len(self.table.marks) else [here.id] if here and here.deployment else []
        if not ids:
            self.query_one("#status", Bar).show([("! no deployment is selected by this", "invalid")])
        elif len(ids) == 1:
            self.edit(ids, line.field, line.text)
        else:
            await self.edit_many(ids, line.field, "unset" if line.text is None else line.text)
