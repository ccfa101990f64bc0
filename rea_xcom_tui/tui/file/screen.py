"""One values file: the settings marked in it, findings below their lines, and who wrote each line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.geometry import Region
from textual.widgets import Input

from rea_xcom_tui.fleet.edit.rehearsal import meaning_of
from rea_xcom_tui.fleet.qualified import within
from rea_xcom_tui.text import clean
from rea_xcom_tui.tui.background import jobs
from rea_xcom_tui.tui.background.parts import Composed
from rea_xcom_tui.tui.cells.explain import cell_status
from rea_xcom_tui.tui.cells.rows import COLUMNS, Row
from rea_xcom_tui.tui.cells.start_text import choices, start_text
from rea_xcom_tui.tui.changes.around import Around
from rea_xcom_tui.tui.changes.in_layers import LayeredEdits
from rea_xcom_tui.tui.changes.undoing import Undoing
from rea_xcom_tui.tui.file.lines import FileText, Marked, Spot, entries_of, legend, marked, summary, title_line
from rea_xcom_tui.tui.keys.bindings import bindings_of
from rea_xcom_tui.tui.keys.commands import Place
from rea_xcom_tui.tui.kit.cell_editor import CellEditor
from rea_xcom_tui.tui.kit.key_bar import KeyBar
from rea_xcom_tui.tui.kit.line_list import LineList
from rea_xcom_tui.tui.kit.messages import Message
from rea_xcom_tui.tui.kit.styled_lines import Bar
from rea_xcom_tui.xcom.model import FieldName

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.workspace import Workspace
    from rea_xcom_tui.gitops import Repository

_COLUMN_OF = {column.field: column for column in COLUMNS if column.field}


class Loaded(Message):
    """A values file, without who wrote its lines."""

    text: FileText


class Attributed(Message):
    """The same file, with who wrote its lines."""

    text: FileText


class FileScreen(Composed[None]):
    """The file of one deployment, or its layers one after the other."""

    CSS_PATH = Path(__file__).with_name("file.tcss")
    PLACES: ClassVar[tuple[Place, ...]] = ("file", "list")
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("file")
    AUTO_FOCUS = "LineList"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]  # noqa: RUF012 - Textual declares it for instances

    def __init__(
        self,
        work: jobs.Jobs,
        workspace: Workspace,
        row: Row,
        field: FieldName | None,
        open_line: Callable[[str, int], None],
    ) -> None:
        super().__init__(work)
        self.edits = LayeredEdits(self)
        around = Around(self, lambda: self.dismiss(None), self._changed)
        self.parts = (self.edits, around, Undoing(self))
        self.workspace = workspace
        self.row = row
        self.open_line = open_line
        source = row.deployment
        self.sources = sources_of(row)
        place = source.field(field).place if source and field else None
        file = source.file_at(place.layer) if source and place else ""
        self.shown = file if file in self.sources else self.sources[-1]
        self.text: FileText | None = None
        self._go_to = field
        self._go_to_line: int | None = None
        self._editing: FieldName | None = None
        self._said_at = -1
        """The line that the cursor was on when something was said."""

    def compose(self) -> ComposeResult:
        """Header, the file, status, keys."""
        yield Bar(id="header")
        yield LineList[Spot](id="list")
        yield Bar(id="status")
        yield KeyBar()

    def on_mount(self) -> None:
        """Read the file."""
        self.listed.empty_text = "Reading the file…"
        self.load()

    @property
    def listed(self) -> LineList[Spot]:
        """The lines."""
        return self.query_one("#list", LineList)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While one types, a letter is a letter; keys that can do nothing here are not offered."""
        if isinstance(self.focused, Input):
            return False
        if action in ("layer", "stack"):
            return len(self.sources) > 1
        return not (action in ("edit", "fix", "revert") and self.workspace.read_only is not None)

    # Reading

    def load(self) -> None:
        """Read the file, then find out who wrote its lines."""
        file = self.shown
        self.jobs.run(self, f"read {file}", lambda workspace: Loaded(read_text(workspace, file)))

    @on(Loaded)
    def _loaded(self, event: Loaded) -> None:
        self.text = event.text
        self.refresh_lines(self._go_to)
        self._go_to = None
        text = event.text
        if self._go_to_line is not None:
            keys = [entry.key for entry in self.listed.entries]
            self.listed.cursor = next((at for at, key in enumerate(keys) if key.line == self._go_to_line), 0)
            self._go_to_line = None
        repo, member = self.workspace.home_of(text.file)
        file = within(repo, text.file)

        def attribute(repository: Repository) -> Attributed:
            from rea_xcom_tui.fleet.history.line_origins import line_origins
            from rea_xcom_tui.values import read_file

            data = read_file(member.root / file, member.root)
            return Attributed(FileText(text.file, text.lines, line_origins(repository, file, data)))

        self.jobs.look(self, "find who wrote it", lambda _: member.repository.for_another_thread(), attribute)

    @on(Attributed)
    def _attributed(self, event: Attributed) -> None:
        if self.text is not None and event.text.lines == self.text.lines and event.text.file == self.text.file:
            self.text = event.text
            self.refresh_lines()

    def refresh_lines(self, field: FieldName | None = None) -> None:
        """Draw the file again; the cursor stays on its line, or goes to a field."""
        if self.text is None:
            return
        source, here = self.row.deployment, self.listed.here
        text = self.text
        marks = marked(source, text.file, len(text.lines), self.row.added) if source is not None else Marked()
        width = self.listed.size.width - self.listed.scrollbar_size_vertical
        entries = entries_of(text, self.row, marks, width)
        wanted = [at for at, entry in enumerate(entries) if entry.key.field == field and field is not None]
        whole = here if here is None or here.begins else replace(here, part=0)
        same = [at for at, entry in enumerate(entries) if whole is not None and entry.key == whole]
        first = [at for at, entry in enumerate(entries) if entry.key.field is not None]
        self.listed.show(entries, (wanted or same or first or [0])[0])
        self.show_header()

    def on_resize(self, event: events.Resize) -> None:
        """Findings are as long as there is room for them."""
        self.call_after_refresh(self.refresh_lines)

    def show_header(self) -> None:
        """Which file this is, and what is to be said of the deployment."""
        if self.text is not None:
            self.query_one("#header", Bar).show(
                title_line(self.workspace.fleet.called(self.row.id), self.text, self.sources), summary(self.row)
            )

    @on(LineList.Moved)
    def _moved(self) -> None:
        if self._said_at == self.listed.cursor:
            return  # what was just said stays until the cursor goes elsewhere, though the file is drawn again
        self._said_at = -1
        here = self.listed.here
        column = _COLUMN_OF.get(here.field) if here is not None and here.field is not None else None
        if here is not None and here.finding is not None:
            super().say(clean(f"{here.finding.code}: {here.finding.message}"), "quiet")
        elif column is not None:
            self.query_one("#status", Bar).show(cell_status(self.row, column))
        else:
            super().say(legend(max(20, self.size.width - 2)), "quiet")

    def say(self, text: str, style: str = "") -> None:
        """Say something until the cursor goes to another line."""
        self._said_at = self.listed.cursor
        super().say(text, style)

    # Moving

    def action_next(self, by: int) -> None:
        """Go to the next setting or finding, or to the one before."""
        keys = [entry.key for entry in self.listed.entries]
        spots = [at for at, key in enumerate(keys) if (key.finding or key.field) and key.begins]
        ahead = [at for at in spots if (at > self.listed.cursor if by > 0 else at < self.listed.cursor)]
        if ahead:
            self.listed.cursor = ahead[0] if by > 0 else ahead[-1]
        else:
            self.say("There is no further setting or finding in that direction.")

    def action_finding(self, by: int) -> None:
        """Go to the next finding, or to the one before."""
        spots = [at for at, entry in enumerate(self.listed.entries) if entry.key.finding and entry.key.begins]
        ahead = [at for at in spots if (at > self.listed.cursor if by > 0 else at < self.listed.cursor)]
        if ahead or spots:
            self.listed.cursor = (ahead or spots)[0 if by > 0 else -1]
        else:
            self.say("No rule reports anything in this file.", "good")

    def action_layer(self, by: int) -> None:
        """Show the next layer of the deployment."""
        if len(self.sources) < 2:
            self.say("This deployment has one file; there is no other layer.")
            return
        at = self.sources.index(self.shown)
        self.shown = self.sources[(at + by) % len(self.sources)]
        self.load()

    def action_stack(self) -> None:
        """Show all layers side by side."""
        from rea_xcom_tui.tui.file.stack_screen import StackScreen

        here, source = self.listed.here, self.row.deployment
        if source is not None and len(self.sources) > 1:
            called = self.workspace.fleet.called(source.id)
            screen = StackScreen(self.jobs, source, called, here.field if here else None)
            self.app.push_screen(screen, self._from_stack)

    def _from_stack(self, spot: tuple[str, int] | None) -> None:
        """Show the line that was chosen there."""
        if spot is not None and spot[0] in self.sources:
            self.shown, self._go_to_line = spot
            self.load()

    # Editing

    def may_change(self) -> bool:
        """Whether anything may be edited; else the status line says why not."""
        if self.workspace.read_only is not None:
            self.say(f"Read-only: {clean(self.workspace.read_only)}", "invalid")
            return False
        return True

    async def action_edit(self) -> None:
        """Edit the setting of the line under the cursor, in place."""
        here, source = self.listed.here, self.row.deployment
        if here is None or here.field is None or source is None:
            self.say("There is no setting on this line; n goes to the next one.")
            return
        if not self.may_change():
            return
        field, workspace = here.field, self.workspace
        await self.query(CellEditor).remove()
        self._editing = field
        region = self.listed.content_region
        y = self.listed.cursor - self.listed.scroll_offset.y
        cell = Region(region.x + 8, region.y + y, max(20, region.width - 10), 1)
        editor = CellEditor(
            start_text(self.row, field),
            cell,
            lambda text: meaning_of(workspace, source, field, text),
            choices(field),
            layered=bool(source.stack),
        )
        await self.mount(editor)
        self.set_focus(editor.query_one(Input))

    @on(CellEditor.Saved)
    def _saved(self, event: CellEditor.Saved) -> None:
        self._close_editor()
        if self._editing is not None:
            self.edits.edit([self.row.id], self._editing, event.text, choose=event.choose)

    @on(CellEditor.Cancelled)
    def _close_editor(self) -> None:
        self.query(CellEditor).remove()
        self.listed.focus()

    def action_fix(self) -> None:
        """Make the automatic fix of the finding under the cursor pending."""
        here = self.listed.here
        if here is None or here.finding is None or not here.finding.fix:
            self.say("There is no finding here that can be fixed automatically.")
            return
        if not self.may_change():
            return
        finding = here.finding
        self.edits.fix([self.row.id], finding.code, (finding.line, finding.column), "fix it")

    def action_revert(self) -> None:
        """Drop the pending edit of the setting under the cursor."""
        here = self.listed.here
        field = here.field if here is not None else None
        edit = self.row.pending_edit(field) if field is not None else None
        if edit is None:
            self.say("No edit of this line is pending.")
        else:
            self.edits.revert(edit)

    @on(jobs.Drifted)
    def _judged(self, event: jobs.Drifted) -> None:
        self.row.drift(event.fields.get(self.row.id, frozenset()), event.ahead)
        self.refresh_lines()

    def _changed(self) -> None:
        """Show what is pending now, and judge it."""
        self.row.changed()
        self.refresh_lines()
        self.jobs.drift(self)

    @on(jobs.Written)
    def _written(self, event: jobs.Written) -> None:
        """The same deployment as it is read after the write, in the file as it is now."""
        self.row = next((row for row in event.now.rows if row.id == self.row.id), self.row)
        self.load()

    @on(jobs.Edited)
    def _edited(self, event: jobs.Edited) -> None:
        self._changed()
        if event.refusals:
            self.say(f"! {clean(event.refusals[0].reason)}", "invalid")
        elif event.step is None:
            self.say("No change: the value is already set.")
        else:
            self.say(f"{clean(event.step.title)} · u undoes it", "edited")

    @on(jobs.Undone)
    def _undone(self, event: jobs.Undone) -> None:
        self._changed()
        self.say(event.sentence, "edited" if event.words else "")

    @on(jobs.Failed)
    def _failed(self, event: jobs.Failed) -> None:
        if self.text is None:
            self.listed.empty_text = "This file cannot be shown; Esc goes back."
            self.listed.refresh()
        self.fail(event)

    # Elsewhere

    def action_history(self) -> None:
        """Show who changed the deployment, or the setting under the cursor."""
        from rea_xcom_tui.tui.repo.history_screen import HistoryScreen

        here = self.listed.here
        if self.row.deployment is not None:
            field = here.field if here is not None else None
            screen = HistoryScreen(self.jobs, self.workspace, self.row.deployment, field)
            self.app.push_screen(screen, lambda _: self.refresh_lines())

    def action_open_editor(self) -> None:
        """Open the line in the user's own editor, from the fleet, which then reads the file again."""
        here = self.listed.here
        file, line = self.shown, here.line if here is not None else 1
        self.dismiss(None)
        self.open_line(file, line)


def sources_of(row: Row) -> list[str]:
    """The files that make up a deployment, weakest first; of one that cannot be read, the file itself."""
    source = row.deployment
    if source is None:
        return [row.id]
    files = [layer.file for layer in source.stack if layer.file and not layer.opaque]
    return list(dict.fromkeys(files)) or [source.file]


def read_text(workspace: Workspace, file: str) -> FileText:
    """A values file's lines with every secret hidden; of a file that is not YAML, the lines that hold no secret name.

    Raises `ToolError` where the file cannot be read at all.
    """
    from rea_xcom_tui.fleet.masking import display_lines

    return FileText(file, display_lines(workspace.read_now(file)))
