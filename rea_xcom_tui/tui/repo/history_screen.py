"""Who changed a deployment, when, in which commit, from what to what; and the way back as a pending edit."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import BindingType
from textual.message import Message

from rea_xcom_tui.fleet.qualified import deployment_of
from rea_xcom_tui.text import clean, plural
from rea_xcom_tui.tui.background import jobs
from rea_xcom_tui.tui.background.list_screen import ListScreen
from rea_xcom_tui.tui.cells.explain import value_words
from rea_xcom_tui.tui.keys.bindings import bindings_of
from rea_xcom_tui.tui.keys.commands import Place
from rea_xcom_tui.tui.kit.fit import harmless, pad, shorten, shorten_change
from rea_xcom_tui.tui.kit.line_list import Entry, LineList
from rea_xcom_tui.tui.kit.styled_lines import Bar, Line
from rea_xcom_tui.xcom.model import FieldName

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.history.field_history import FieldEvent, FieldHistory
    from rea_xcom_tui.fleet.model import Deployment, Fleet
    from rea_xcom_tui.fleet.workspace import Workspace
    from rea_xcom_tui.gitops import Commit, Repository


class Walked(Message):
    """The changes of a deployment's fields."""

    def __init__(self, told: FieldHistory) -> None:
        super().__init__()
        self.told = told


class CommitFiles(Message):
    """A commit and the files it changed."""

    def __init__(self, commit: Commit, files: Sequence[str]) -> None:
        super().__init__()
        self.commit, self.files = commit, files


class HistoryScreen(ListScreen["FieldEvent", bool]):
    """The changes of one deployment, of all its fields or of one."""

    PLACES: ClassVar[tuple[Place, ...]] = ("history", "list")
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("history")

    def __init__(self, work: jobs.Jobs, workspace: Workspace, source: Deployment, field: FieldName | None) -> None:
        super().__init__(work)
        self.workspace = workspace
        self.source = source
        self.field: FieldName | None = field
        self.only = field is not None
        """Whether only the changes of `field` are shown."""
        self.events: Sequence[FieldEvent] | None = None
        self.gaps: Sequence[str] = ()
        self.files: dict[str, Sequence[str]] = {}

    def on_mount(self) -> None:
        """Walk the log."""
        self.listed.empty_text = "Reading the log…"
        self._refresh()
        source = self.source

        def walk(taken: tuple[Repository, Fleet]) -> Walked:
            from rea_xcom_tui.fleet.history.field_history import full_history, layered_history

            repository, fleet = taken
            own = deployment_of(source)
            if own.stack:
                return Walked(layered_history(repository, fleet, own))
            return Walked(full_history(repository, own.file))

        def take(workspace: Workspace) -> tuple[Repository, Fleet]:
            member = workspace.home_of(source.id)[1]
            return member.repository.for_another_thread(), member.fleet

        self.jobs.look(self, "read the history", take, walk)

    @on(Walked)
    def _walked(self, event: Walked) -> None:
        self.events, self.gaps = event.told.events, event.told.gaps
        if self.gaps:
            self.say("; ".join(self.gaps), "edited")
        else:
            self.say("Enter shows the commit's files · x puts the old value back, as a pending edit", "quiet")
        self._refresh()

    def _refresh(self) -> None:
        events = [event for event in self.events or () if not self.only or event.field == self.field]
        self.listed.show([Entry(event, partial(event_line, event)) for event in events])
        if self.events is not None:
            what = f"No commit has changed {self.field if self.only else 'a field'} of it"
            why = "more is not known" if self.gaps else "is the file committed yet?"
            self.listed.empty_text = f"{what}; {why}"
        right = self.field if self.only and self.field else "all fields"
        left: Line = [("History", "title"), (f"  {harmless(self.source.name)}", "strong")]
        count = f"{plural(len(events), 'change')} of " if self.events is not None else ""
        self.query_one("#header", Bar).show(left, [(f"{count}{right}", "quiet")])

    @on(LineList.Moved)
    def _moved(self) -> None:
        here = self.listed.here
        self.detail.show(partial(event_details, here, self.files.get(here.commit, ())) if here else lambda _: ())

    def action_one_field(self) -> None:
        """Show the changes of one field, or of all."""
        here = self.listed.here
        if not self.only and here is not None:
            self.field = here.field
        self.only = not self.only and self.field is not None
        self._refresh()

    @on(LineList.Chosen)
    def action_commit_files(self) -> None:
        """Show the files of the commit under the cursor."""
        here = self.listed.here
        if here is not None:
            oid = here.commit

            identifier = self.source.id

            def work(workspace: Workspace) -> CommitFiles:
                return CommitFiles(*workspace.home_of(identifier)[1].repository.commit_files(oid))

            self.jobs.run(self, "look at the commit", work)

    @on(CommitFiles)
    def _files(self, event: CommitFiles) -> None:
        self.files[event.commit.oid] = event.files
        self._moved()

    def action_take_back(self) -> None:
        """Make the reverse of the change under the cursor a pending edit."""
        here = self.listed.here
        if here is None:
            return
        identifier = self.source.id

        def work(workspace: Workspace) -> jobs.Edited:
            from rea_xcom_tui.fleet.actions.restore import put_back

            return jobs.Edited(put_back(workspace, identifier, here), [])

        self._edit(f"put the old {here.field} back", work)

    def action_take_back_commit(self) -> None:
        """Make the inverse of everything that the commit under the cursor changed pending, in all deployments."""
        here = self.listed.here
        if here is None:
            return
        oid = here.commit

        def work(workspace: Workspace) -> jobs.Edited:
            from rea_xcom_tui.fleet.actions.restore import take_back_commit

            return jobs.Edited(*take_back_commit(workspace, oid)[1:])

        self._edit("take the commit back", work)

    def _edit(self, verb: str, work: Callable[[Workspace], jobs.Edited]) -> None:
        if self.workspace.read_only is not None:
            self.say(f"Read-only: {clean(self.workspace.read_only)}", "invalid")
        else:
            self.jobs.run(self, verb, work)

    @on(jobs.Edited)
    def _edited(self, event: jobs.Edited) -> None:
        refused = event.refusals[0] if event.refusals else None
        why = f" · ! {refused.deployment}: {refused.reason}" if refused else ""
        if len(event.refusals) > 1:
            why += f", and {plural(len(event.refusals) - 1, 'more value')}"
        if event.step is None:
            self.say(f"No change: what it changed already has its old value{clean(why)}.")
        else:
            edits = [edit for edit in event.step.after.values() if edit is not None]
            words = [f"{e.field} {value_words(e.field, e.old)} → {value_words(e.field, e.new)}" for e in edits]
            many = f"~ {plural(len(edits), 'value')} put back: pending"
            text = many if len(words) > 1 else f"~ {words[0]}: pending" if words else "~ the pending edit is reverted"
            self.say(f"{text} · u in the fleet takes it back{clean(why)}", "edited")

    @on(jobs.Failed)
    def _failed(self, event: jobs.Failed) -> None:
        self.fail(event)

    def action_back(self) -> None:
        """Go back to the fleet, which draws what is pending now."""
        self.dismiss(True)


def change_words(event: FieldEvent) -> str:
    """What a commit did to the field: old to new."""
    if event.kind != "changed":
        value = event.new if event.kind == "added" else event.old
        return f"{event.kind}: {value_words(event.field, value)}"
    return f"{value_words(event.field, event.old)} → {value_words(event.field, event.new)}"


def event_line(event: FieldEvent, width: int) -> Line:
    """One change on one line: when, who, field, old to new."""
    author = pad(shorten(harmless(event.author), 12), 12)
    head = f"{event.date[:10]}  {author}  "
    field = pad(event.field, 11)
    room = max(10, width - len(head) - len(field) - 1)
    style = "edited" if event.kind == "changed" else "quiet"
    return [(head, "quiet"), (f"{field} ", ""), (shorten_change(change_words(event), room), style)]


def event_details(event: FieldEvent, files: Sequence[str], width: int) -> list[Line]:
    """A change in full, and the commit that made it."""

    def wrapped(text: str, style: str = "") -> list[Line]:
        return [[(line, style)] for line in textwrap.wrap(harmless(text), max(10, width)) or [""]]

    lines = [
        *wrapped(f"{event.field}: {change_words(event)}", "strong"),
        [],
        *wrapped(event.subject, "title"),
        *wrapped(f"commit {event.commit[:12]}, {event.date.replace('T', ' ').removesuffix('Z')} UTC", "quiet"),
        *wrapped(f"{event.author} <{event.email}>", "quiet"),
        *wrapped(event.file, "quiet"),
        [],
    ]
    if not files:
        return [*lines, *wrapped("Enter lists the files of this commit.", "quiet")]
    lines += wrapped(plural(len(files), "file"), "strong")
    return [*lines, *([(shorten(harmless(file), width, "start"), "")] for file in files)]
