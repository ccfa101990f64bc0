"""The fleet's changes: editing in place and in bulk, undo, writing, committing, quitting."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from textual import events, on
from textual.message import Message
from textual.widgets import Input

from rea_xcom_tui.fleet.edit.pending import Pending, described
from rea_xcom_tui.fleet.edit.rehearsal import meaning_of
from rea_xcom_tui.text import clean, plural
from rea_xcom_tui.tui.background import jobs
from rea_xcom_tui.tui.background.repo_jobs import CommitMade
from rea_xcom_tui.tui.cells.start_text import choices, start_text
from rea_xcom_tui.tui.changes.foreseen import NOTHING, Writes
from rea_xcom_tui.tui.changes.in_layers import ChoosesLayers
from rea_xcom_tui.tui.home.copy_actions import FleetCopy
from rea_xcom_tui.tui.home.editor_actions import FleetEditor
from rea_xcom_tui.tui.home.line_actions import FleetLineActions
from rea_xcom_tui.tui.home.open import Look
from rea_xcom_tui.tui.home.probe_actions import FleetProbe
from rea_xcom_tui.tui.home.restore_actions import FleetRestore
from rea_xcom_tui.tui.home.start import FleetStart
from rea_xcom_tui.tui.home.table import FleetTable
from rea_xcom_tui.tui.home.underneath import FleetUnderneath
from rea_xcom_tui.tui.kit.cell_editor import CellEditor
from rea_xcom_tui.tui.kit.dialogs import STAY, Choice, Failure, Question, QuitGuard
from rea_xcom_tui.tui.kit.fit import shorten
from rea_xcom_tui.xcom.model import FieldName

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.workspace import Refusal, Workspace


_MADE = re.compile(r"\[(\S+)(?: \([^)]*\))? ([0-9a-f]{4,64})\] (.*)")
"""Git's line of what it has made: branch, id and subject."""


class FleetScreen(
    FleetProbe, FleetUnderneath, FleetEditor, FleetLineActions, FleetCopy, FleetRestore, FleetStart,
    ChoosesLayers, Writes,
):  # fmt: skip
    """The home screen: the fleet, and everything that changes it."""

    def __init__(self, work: jobs.Jobs, fail: Callable[[str], None], look: Look) -> None:
        super().__init__(work, fail, look)
        self._leaving = False
        self._editing: tuple[str, FieldName] | None = None
        """The cell that an editor lies over."""

    # Editing

    async def action_edit_cell(self) -> None:
        """Edit the cell under the cursor in place."""
        self.table.bring_into_view()  # the wheel may have left the cursor behind
        row, field = self.table.cursor, self.table.column.field
        region = self.table.cell_region()
        workspace = self.may_change()
        if row is None or region is None or workspace is None:
            return
        if row.deployment is None:
            self.say("This file cannot be read, so nothing in it can be edited here.", "invalid")
        elif field is None:
            self.show_status()
            self.say(f"{self.table.column.key} is not a setting; move to path, threshold and the like to edit.")
        else:
            deployment = row.deployment

            def judge(text: str) -> str:
                return meaning_of(workspace, deployment, field, text)

            await self.query(CellEditor).remove()
            self._editing = row.id, field
            cell = region.translate(self.table.content_region.offset)
            layered = bool(deployment.stack)
            editor = CellEditor(start_text(row, field), cell, judge, choices(field), layered=layered)
            await self.mount(editor)
            self.table.held = True
            self.set_focus(editor.query_one(Input))

    async def action_open_cell(self) -> None:
        """Edit the cell where it is a setting; from any other column, show the file."""
        if self.table.cursor is None and self.table.here is not None:
            self.action_fold()
        elif self.table.column.field is not None and not (self.workspace and self.workspace.read_only):
            await self.action_edit_cell()
        else:
            self.action_show_file()

    def action_show_file(self) -> None:
        """Show the values file of the deployment under the cursor."""
        from rea_xcom_tui.tui.file.screen import FileScreen

        row = self.table.cursor
        if not self.ready or self.workspace is None or row is None:
            self.say("The repo is still being read; there is no file to show yet.", "edited")
            return
        screen = FileScreen(self.jobs, self.workspace, row, self.table.column.field, self.open_line)
        self.app.push_screen(screen, lambda _: self.values_may_have_changed())

    @on(FleetTable.EditRequested)
    async def _double_clicked(self) -> None:
        await self.action_edit_cell()

    @on(CellEditor.Saved)
    def _saved(self, event: CellEditor.Saved) -> None:
        self._close_editor()
        if self._editing is not None:
            identifier, field = self._editing
            self.edit([identifier], field, event.text, choose=event.choose)
        down, right = event.move
        self.table.action_move_row(down)
        self.table.action_move_column(right)

    @on(CellEditor.Cancelled)
    def _close_editor(self) -> None:
        self.query(CellEditor).remove()
        self.table.held = False
        self.table.focus()

    def on_resize(self, event: events.Resize) -> None:
        """The cell has moved."""
        self.call_after_refresh(self._follow_cell)

    def show_fleet(self, now: jobs.Scanned) -> None:
        """Show the fleet as it is now, and leave what is being typed over its cell."""
        super().show_fleet(now)
        self._follow_cell()

    def _follow_cell(self) -> None:
        """Put an open editor over its cell, wherever that is now; where its row is gone, it closes."""
        editors = self.query(CellEditor)
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
        if self.may_change() is None or row is None or row.deployment is None or field is None:
            return
        self.edit([row.id], field, None)

    def action_revert(self) -> None:
        """Drop the pending edit under the cursor."""
        row, field = self.table.cursor, self.table.column.field
        edit = row.pending_edit(field) if row is not None and field is not None else None
        if edit is None:
            self.say("There is no pending edit in this cell.")
            return
        key = edit.key

        def work(workspace: Workspace) -> jobs.Edited:
            return jobs.Edited(workspace.pending.drop([key], f"revert {field}"), [])

        self.jobs.run(self, f"revert {field}", work)

    @on(jobs.Edited)
    def _edited(self, event: jobs.Edited) -> None:
        if event.step is not None:
            self.show_changed(set(event.step.deployments))
            self.jobs.drift(self)
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

    def show_changed(self, ids: set[str] | None = None) -> None:
        """Draw rows again whose values have changed; all of them without `ids`."""
        rows = self.rows if ids is None else [row for row in map(self.table.row_of, ids) if row]
        for row in rows:
            row.changed()
        self.table.rows_changed()
        self.show_header()

    # Undo

    def action_undo(self) -> None:
        """Undo the newest step."""

        def work(workspace: Workspace) -> jobs.Undone:
            from rea_xcom_tui.fleet.actions.undo import as_one, newest_committed, newest_write

            words = workspace.undo()
            committed = newest_committed(workspace) if words is None else {}
            write = "" if words is not None or committed else newest_write(workspace)
            return jobs.Undone("undo", words, as_one(committed), write)

        self.jobs.run(self, "undo", work)

    def action_redo(self) -> None:
        """Do again what was undone."""
        self.jobs.run(self, "redo", lambda workspace: jobs.Undone("redo", workspace.redo()))

    @on(jobs.Undone)
    def _undone(self, event: jobs.Undone) -> None:
        self.values_changed()
        if event.words is not None:
            self.say(event.sentence, "edited")
        elif event.committed is not None and self.may_change() is not None:
            question = Question(
                "Make the reverse of the newest commit pending?",
                f"{event.committed.sentence()}.\nIts old values become pending edits; w writes them, c commits them.",
                [STAY, Choice("t", "t", "make its reverse pending", event.committed.commit)],
            )
            self.app.push_screen(question, self._reverse_answer)
        elif event.verb == "undo" and not event.write:
            self.say("There is nothing to undo: nothing is pending, and no write is left to undo.")
        elif event.verb == "undo" and self.may_change() is not None:
            question = Question(
                "Undo the newest write to the files?",
                f"{event.write} is the newest write, and there is no newer edit to undo. This restores the files, "
                "if they have not changed since.",
                [STAY, Choice("t", "t", "undo the write", "take")],
            )
            self.app.push_screen(question, self._undo_write_answer)
        elif event.verb != "undo":
            self.say(event.sentence)

    def _reverse_answer(self, commit: str | None) -> None:
        def work(workspace: Workspace) -> jobs.Edited:
            from rea_xcom_tui.fleet.actions.undo import reverse

            return jobs.Edited(*reverse(workspace, str(commit)))

        if commit:
            self.jobs.run(self, "take the commit back", work)

    def _undo_write_answer(self, answer: str | None) -> None:
        if answer:
            self.restore("take the write back", lambda workspace, progress: workspace.undo_write(progress))

    # Writing and committing

    def action_diff(self) -> None:
        """Show what is pending."""
        from rea_xcom_tui.tui.changes.diff_screen import DiffScreen

        if not len(self.pending):
            self.say(NOTHING)
        else:
            self.app.push_screen(DiffScreen(self.jobs), self._after_diff)

    def _after_diff(self, verb: str | None) -> None:
        self.values_changed()
        if verb:
            self.action_carry_out(verb)

    def action_carry_out(self, verb: str) -> None:
        """Do what was asked for and answered in another screen: write, or go on to the commit."""
        if verb in ("write", "write_rest"):
            self.write(rest=verb == "write_rest")
        elif verb == "commit":
            self.action_commit()

    def pending_now(self) -> Pending | None:
        """The pending edits."""
        return self.pending

    def go_on(self, verb: str) -> None:
        """Do it here."""
        self.action_carry_out(verb)

    def action_write(self) -> None:
        """Write what is pending, after a question that tells what it would do."""
        if not len(self.pending) or self.may_change() is not None:
            Writes.action_write(self)

    def write(self, *, rest: bool = False) -> None:
        """Write what is pending; with `rest`, what of it can be made: the others stay pending, left out."""

        def work(workspace: Workspace, progress: Callable[[int, int], None]) -> Message:
            if rest:
                refused = {(one.deployment, one.field) for one in workspace.plan().refused}
                keys = [edit.key for edit in workspace.pending.chosen if (edit.deployment, edit.field) in refused]
                workspace.pending.hold(keys, "leave out what cannot be made")
            if conflicts := workspace.conflicts():
                return jobs.Conflicted(conflicts)
            return jobs.Written(workspace.write(progress), jobs.scanned(workspace))

        self.jobs.run_long(self, "write the files", work)

    @on(jobs.Conflicted)
    @on(jobs.Stopped)
    def _stay(self) -> None:
        self._leaving = False

    @on(jobs.Written)
    def _written(self, event: jobs.Written) -> None:
        if self._leaving:
            self.app.exit(0)
            return
        self.written = True
        self.take(event.now)
        self.say(f"Wrote {plural(len(event.plan.files), 'file')}; c commits.", "good")

    def action_commit(self) -> None:
        """Go to the commit."""
        from rea_xcom_tui.tui.changes.commit_screen import CommitScreen

        if self.may_change() is None or self.workspace is None:
            return
        if not self.pending.chosen and not self.workspace.to_commit():
            left_out = plural(self.pending.held, "pending edit")
            why = f"{left_out} left out; d shows them" if self.pending.held else "nothing is pending or uncommitted"
            self.say(f"There is nothing to commit: {why}.")
        else:
            self.app.push_screen(CommitScreen(self.jobs), self._after_commit)

    def _after_commit(self, done: jobs.Committed | None) -> None:
        if done is None:
            self.show_changed()
        else:
            self.written = False
            self.take(done.now)
            from rea_xcom_tui.fleet.write.commit import in_short

            made, hook = in_short(done.output)
            parts = _MADE.match(made)
            pushes = "P pushes" if not isinstance(done, CommitMade) or done.has_remote else ""
            then = "".join(f" · {words}" for words in (clean(hook) or pushes, "u takes it back") if words)
            told = f"Committed: {clean(made)}"
            if parts:
                head = f"Committed {parts[2][:8]} to "
                told = head + shorten(clean(parts[1]), max(12, self.size.width - len(head) - len(then) - 4), "middle")
            self.say(told + then, "edited" if hook else "good")
            if isinstance(done, CommitMade):
                self.went_on(done)

    @on(jobs.Failed)
    def _failed(self, event: jobs.Failed) -> None:
        self._leaving = False
        if not self.ready:
            self.fail(event.reason)
            return
        self.show_changed()
        self.app.push_screen(Failure(event.verb, event.reason, event.output))

    # Leaving

    def action_leave(self) -> None:
        """Quit, with a question only when pending edits would be lost."""
        pending: Pending = self.pending
        if not len(pending):
            self.app.exit(0)
        else:
            self.app.push_screen(QuitGuard(described(pending.edits), pending.held), partial(self._leave_answer))

    def _leave_answer(self, answer: str | None) -> None:
        if answer == "discard":
            self.app.exit(0)
        elif answer == "write":
            self._leaving = True
            self.write()
