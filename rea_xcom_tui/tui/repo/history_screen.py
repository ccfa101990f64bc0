"""Who changed a deployment, when, in which commit, from what to what; and the way back as a pending edit."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import BindingType

from rea_xcom_tui.fleet.qualified import deployment_of
from rea_xcom_tui.text import clean, plural, utc
from rea_xcom_tui.tui.background import jobs
from rea_xcom_tui.tui.background.list_screen import ListScreen
from rea_xcom_tui.tui.cells.explain import value_words
from rea_xcom_tui.tui.keys.bindings import bindings_of
from rea_xcom_tui.tui.keys.commands import Place
from rea_xcom_tui.tui.kit.fit import folded, harmless, pad, shorten, shorten_change
from rea_xcom_tui.tui.kit.line_list import Entry, LineList
from rea_xcom_tui.tui.kit.messages import Message
from rea_xcom_tui.tui.kit.styled_lines import Bar, Line
from rea_xcom_tui.xcom.model import FieldName

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.history.field_history import Committed, FieldHistory
    from rea_xcom_tui.fleet.model import Deployment, Fleet
    from rea_xcom_tui.fleet.workspace import Workspace
    from rea_xcom_tui.gitops import Commit, Repository
    from rea_xcom_tui.xcom.compare import FieldDelta


class Walked(Message):
    """The changes of a deployment's fields."""

    told: FieldHistory


class CommitFiles(Message):
    """A commit and the files it changed."""

    commit: Commit
    files: Sequence[str]


class HistoryScreen(ListScreen["Committed", bool]):
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
        self.changes: Sequence[Committed] | None = None
        self.gaps: Sequence[str] = ()
        self.files: dict[str, Sequence[str]] = {}

    def on_mount(self) -> None:
        """Walk the log."""
        self.listed.empty_text = "Reading the log…"
        self._refresh()
        source = self.source

        def walk(taken: tuple[Repository, Fleet, str]) -> Walked:
            from rea_xcom_tui.fleet.history.field_history import full_history, layered_history

            repository, fleet, file = taken
            own = deployment_of(source)
            if own.stack:
                return Walked(layered_history(repository, fleet, own))
            return Walked(full_history(repository, file))

        def take(workspace: Workspace) -> tuple[Repository, Fleet, str]:
            member = workspace.home_of(source.id)[1]
            return member.repository.for_another_thread(), member.fleet, member.real_file(deployment_of(source).file)

        self.jobs.look(self, "read the history", take, walk)

    @on(Walked)
    def _walked(self, event: Walked) -> None:
        self.changes, self.gaps = event.told.changes, event.told.gaps
        if self.gaps:
            self.say("; ".join(self.gaps), "edited")
        else:
            self.say("Enter shows the commit's files · x puts the old value back, as a pending edit", "quiet")
        self._refresh()

    def _refresh(self) -> None:
        changes = [one for one in self.changes or () if not self.only or one.delta.field == self.field]
        self.listed.show([Entry(one, partial(change_line, one)) for one in changes])
        if self.changes is not None:
            what = f"No commit has changed {self.field if self.only else 'a field'} of it"
            why = "more is not known" if self.gaps else "is the file committed yet?"
            self.listed.empty_text = f"{what}; {why}"
        right = self.field if self.only and self.field else "all fields"
        left: Line = [("History", "title"), (f"  {harmless(self.workspace.fleet.called(self.source.id))}", "strong")]
        count = f"{plural(len(changes), 'change')} of " if self.changes is not None else ""
        self.query_one("#header", Bar).show(left, [(f"{count}{right}", "quiet")])

    @on(LineList.Moved)
    def _moved(self) -> None:
        here = self.listed.here
        self.detail.show(partial(change_details, here, self.files.get(here.commit.oid, ())) if here else lambda _: ())

    def action_one_field(self) -> None:
        """Show the changes of one field, or of all."""
        here = self.listed.here
        if not self.only and here is not None:
            self.field = here.delta.field or None
        self.only = not self.only and self.field is not None
        self._refresh()

    @on(LineList.Chosen)
    def action_commit_files(self) -> None:
        """Show the files of the commit under the cursor."""
        here = self.listed.here
        if here is not None:
            oid = here.commit.oid

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

            return jobs.Edited(put_back(workspace, identifier, here.delta), [])

        self._edit(f"put the old {here.delta.field} back", work)

    def action_take_back_commit(self) -> None:
        """Make the inverse of everything that the commit under the cursor changed pending, in all deployments."""
        here = self.listed.here
        if here is None:
            return
        oid = here.commit.oid

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
            words = [f"{e.field} {value_words(e.old)} → {value_words(e.new)}" for e in edits]
            many = f"~ {plural(len(edits), 'value')} put back: pending"
            text = many if len(words) > 1 else f"~ {words[0]}: pending" if words else "~ the pending edit is reverted"
            self.say(f"{text} · u in the fleet undoes it{clean(why)}", "edited")

    def action_back(self) -> None:
        """Go back to the fleet, which draws what is pending now."""
        self.dismiss(True)


def change_words(delta: FieldDelta) -> str:
    """What a commit did to the field: old to new."""
    if delta.kind != "changed":
        return f"{delta.kind}: {value_words(delta.new if delta.kind == 'added' else delta.old)}"
    return f"{value_words(delta.old)} → {value_words(delta.new)}"


def change_line(one: Committed, width: int) -> Line:
    """One change on one line: when, who, field, old to new."""
    author = pad(shorten(harmless(one.commit.author), 12), 12)
    head = f"{utc(one.commit.time)[:10]}  {author}  "
    field = pad(one.delta.field, 11)
    room = max(10, width - len(head) - len(field) - 1)
    style = "edited" if one.delta.kind == "changed" else "quiet"
    return [(head, "quiet"), (f"{field} ", ""), (shorten_change(change_words(one.delta), room), style)]


def change_details(one: Committed, files: Sequence[str], width: int) -> list[Line]:
    """A change in full, and the commit that made it."""

    def wrapped(text: str, style: str = "") -> list[Line]:
        return [[(line, style)] for line in textwrap.wrap(harmless(text), max(10, width)) or [""]]

    when = utc(one.commit.time).replace("T", " ").removesuffix("Z")
    lines = [
        *([(line, "strong")] for line in folded(f"{one.delta.field}: {change_words(one.delta)}", max(10, width))),
        [],
        *wrapped(one.commit.subject, "title"),
        *wrapped(f"commit {one.commit.oid[:8]}, {when} UTC", "quiet"),
        *wrapped(f"{one.commit.author} <{one.commit.email}>", "quiet"),
        *wrapped(one.file, "quiet"),
        [],
    ]
    if not files:
        return [*lines, *wrapped("Enter lists the files of this commit.", "quiet")]
    lines += wrapped(plural(len(files), "file"), "strong")
    return [*lines, *([(shorten(harmless(file), width, "start"), "")] for file in files)]
