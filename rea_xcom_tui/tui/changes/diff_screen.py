"""What is pending: the edits by cause or by file, and beside them the exact lines that would change."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container

from rea_xcom_tui.fleet.edit.pending import changed_by
from rea_xcom_tui.fleet.edit.reach import shared_files
from rea_xcom_tui.text import clean, plural
from rea_xcom_tui.tui.background import jobs
from rea_xcom_tui.tui.background.file_changes import Group, GroupBy, KnownChanges, file_changes, grouped
from rea_xcom_tui.tui.background.parts import Composed
from rea_xcom_tui.tui.changes.conflicts_screen import Resolved, ask
from rea_xcom_tui.tui.changes.diff_view import DiffView
from rea_xcom_tui.tui.changes.edit_lines import accepted_in, cause_words, edit_line, group_line, words
from rea_xcom_tui.tui.changes.foreseen import Writing, outlook_words
from rea_xcom_tui.tui.changes.undoing import Undoing
from rea_xcom_tui.tui.keys.bindings import bindings_of
from rea_xcom_tui.tui.keys.commands import Place
from rea_xcom_tui.tui.kit.fit import harmless
from rea_xcom_tui.tui.kit.key_bar import KeyBar
from rea_xcom_tui.tui.kit.line_list import Entry, LineList
from rea_xcom_tui.tui.kit.styled_lines import Bar, Line, Painted

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.edit.pending import Key, PendingEdit
    from rea_xcom_tui.fleet.workspace import Workspace

_MOST_TOLD = 5
_OPEN_UP_TO = 12
"""Groups of all sizes are open from the start while no more edits than this are pending."""

Item = tuple[int, "PendingEdit | None"]
"""A line of the list: the group it belongs to, and one edit of it, or None for the group itself."""


class DiffScreen(Composed[str]):
    """Pending edits and their diff. Dismisses with `write` or `commit` when the user wants to go on."""

    CSS_PATH = "diff.tcss"
    PLACES: ClassVar[tuple[Place, ...]] = ("diff", "list")
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("diff")
    AUTO_FOCUS = "LineList"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide"), (180, "-broad")]  # noqa: RUF012 - Textual declares it for instances

    def __init__(self, work: jobs.Jobs) -> None:
        super().__init__(work)
        self.parts = (Writing(self, self.dismiss, lambda: None), Undoing(self))
        self.by: GroupBy = "cause"
        self.planned: jobs.Planned | None = None
        self._groups: Sequence[Group] = ()
        self._opened: dict[tuple[object, ...], bool] = {}
        self._refused: Mapping[tuple[str, str], str] = {}
        self._files_of: Mapping[Key, str] = {}
        """The file whose diff shows an edit, the first of them."""
        self._asked = False
        self._known: KnownChanges = {}
        self.told = ""
        """What was taken back or done again here last, for the screen that one comes back to."""

    def compose(self) -> ComposeResult:
        """A title, edits and diff side by side (or one over the other), the impact, and the keys."""
        yield Bar(id="header")
        with Container(id="both"):
            yield LineList[Item](id="edits")
            yield DiffView(id="diff")
        yield Painted(id="impact")
        yield KeyBar()

    def on_mount(self) -> None:
        """Work the diff out."""
        self.query_one("#header", Bar).show([("Pending changes", "title")], [("working out the diff", "quiet")])
        self.plan()

    @property
    def listed(self) -> LineList[Item]:
        """The list of edits."""
        return self.query_one("#edits", LineList)

    def plan(self) -> None:
        """Ask what writing now would do."""

        def work(workspace: Workspace, progress: Callable[[int, int], None]) -> jobs.Planned:
            from rea_xcom_tui.fleet.edit.outlook import outlook
            from rea_xcom_tui.fleet.edit.stale_comments import outdated_comments

            conflicts = workspace.conflicts()
            plan = workspace.plan(progress)
            edits = workspace.pending.edits
            impacts = {edit.key: workspace.impact(edit) for edit in plan.edits}
            files = file_changes(jobs.ticking(plan.files, progress), self._known)
            notes = {file.file: outdated_comments(file) for file in plan.files}
            told = [*changed_by(edits), *(id_ for edit in edits for id_ in accepted_in(edit))]
            names = {id_: workspace.fleet.called(id_) for id_ in told}
            judged = outlook(workspace, plan.files)
            return jobs.Planned(plan, edits, files, impacts, notes, conflicts, judged, names)

        self.jobs.run_long(self, "work out the diff", work)

    @on(jobs.Working)
    def _working(self, event: jobs.Working) -> None:
        how_far = f"working out the diff, {event.done} of {event.total} files"
        self.query_one("#header", Bar).show([("Pending changes", "title")], [(how_far, "quiet")])

    @on(jobs.Stopped)
    def _stopped(self) -> None:
        if self.is_current:
            self.dismiss("")

    @on(jobs.Planned)
    def _planned(self, event: jobs.Planned) -> None:
        if not event.edits:
            self.dismiss("")
            return
        self.planned = event
        self._refused = {(refusal.deployment, refusal.field): refusal.reason for refusal in event.plan.refused}
        self._files_of = {edit.key: file.file for file in reversed(event.files) for edit in file.edits}
        self.query_one(DiffView).show(event.files)
        self._show_list()
        self._show_header()
        if event.conflicts and not self._asked:
            self._asked = True
            ask(self, self.jobs, event.conflicts)

    @on(Resolved)
    def _resolved(self, event: Resolved) -> None:
        self.plan()

    # Showing

    def _show_header(self) -> None:
        if self.planned is None:
            return
        files, plan = self.planned.files, self.planned.plan
        held = sum(edit.held for edit in self.planned.edits)
        counts = f"{plural(len(files), 'file')}, {plural(len(plan.edits), 'edit')}"
        if any(edit.also for edit in plan.edits):
            counts += f", {plural(len(changed_by(plan.edits)), 'deployment')}"
        left: list[tuple[str, str]] = [("Pending changes", "title")]
        left += [("  too narrow for two sides", "edited")] if self._too_narrow else []
        left += [(f"  {counts}", "")]
        left += [(f"  {held} left out", "edited")] if held else []
        left += outlook_words(self.planned.outlook)
        added, removed = (sum(file.counts[side] for file in files) for side in (0, 1))
        right: list[tuple[str, str]] = [(f"+{added}", "good"), (f" -{removed}", "invalid")]
        right += [] if self.has_class("-narrow") else [(" lines", "quiet")]
        at, count = self.query_one(DiffView).change
        if count > 1:
            right.insert(0, (f"change {at} of {count}  ", ""))
        if plan.refused:
            right.insert(0, (f"{len(plan.refused)} refused  ", "invalid"))
        self.query_one("#header", Bar).show(left, right)

    @on(DiffView.Fitted)
    def _fitted(self) -> None:
        """Say whether there is room for two sides, and wrap what is told for the new width."""
        self._show_header()
        self._moved()

    @property
    def _too_narrow(self) -> bool:
        view = self.query_one(DiffView)
        return view.sides and bool(view.size.width) and not view.two_sides

    def _show_list(self) -> None:
        if self.planned is None:
            return
        edits = self.planned.edits
        here = self.listed.here
        self._groups = grouped(edits, self.by)
        few = len(edits) <= _OPEN_UP_TO
        entries: list[Entry[Item]] = []
        for index, group in enumerate(self._groups):
            is_open = self._opened.get(group.key, few)
            entries.append(Entry((index, None), partial(self._group_line, group, is_open)))
            if is_open:
                entries += [Entry((index, edit), partial(self._edit_line, edit)) for edit in group.edits]
        self.listed.show(entries, self._place_of(here, entries))

    def _place_of(self, here: Item | None, entries: Sequence[Entry[Item]]) -> int:
        """Where the cursor is put: on the same edit, else where it was."""
        if here is not None and here[1] is not None:
            for place, entry in enumerate(entries):
                if entry.key[1] is not None and entry.key[1].key == here[1].key:
                    return place
        return min(self.listed.cursor, max(0, len(entries) - 1))

    def _group_line(self, group: Group, is_open: bool, width: int) -> Line:
        refused = sum(self._key_of(edit) in self._refused for edit in group.edits)
        return group_line(group, self.by, is_open=is_open, refused=refused, width=width)

    def _edit_line(self, edit: PendingEdit, width: int) -> Line:
        names = self.planned.names if self.planned is not None else {}
        return edit_line(edit, self.by, refused=self._key_of(edit) in self._refused, width=width, names=names)

    def _key_of(self, edit: PendingEdit) -> tuple[str, str]:
        return edit.deployment, edit.field

    @on(LineList.Moved)
    def _moved(self) -> None:
        edits = self._here()
        if not edits or self.planned is None:
            return
        self.query_one(DiffView).go_to(self._file_of(edits[0]))
        self._show_header()
        panel = self.query_one("#impact", Painted)
        lines = self._told(edits, max(20, self.size.width - 2))[:_MOST_TOLD]
        panel.styles.height = len(lines)
        panel.paint(lines)

    def _told(self, edits: Sequence[PendingEdit], width: int) -> list[Line]:
        """What is to be known of these edits: what they change, why they are refused, and what they do to the pods."""
        assert self.planned is not None
        what = words(edits[0]) if self.by == "file" or len(edits) == 1 else cause_words(edits)
        head = textwrap.wrap(f"{what} · {plural(len(edits), 'edit')}", width) or [""]
        lines: list[Line] = [[(line, "strong")] for line in head]
        held = sum(edit.held for edit in edits)
        if held:
            one = "left out of the next write; Space takes it in again"
            lines.append([(one if len(edits) == 1 else f"{held} of {len(edits)} left out of the next write", "edited")])
        names = self.planned.names
        reasons = dict.fromkeys(self._refused.get(self._key_of(edit), "") for edit in edits)
        impacts = dict.fromkeys(self.planned.impacts.get(edit.key, "") for edit in edits)
        told = [(f"! {reason}", "invalid") for reason in reasons if reason]
        told += [(one.short(lambda id_: names.get(id_, id_)), "edited") for one in shared_files(edits)]
        told += [(f"after this: {impact}", "") for impact in impacts if impact]
        told += [(f"then look at it: {note}", "edited") for note in self._notes(edits)]
        lines += [[(line, style)] for text, style in told for line in textwrap.wrap(harmless(text), width)]
        return lines

    def _notes(self, edits: Sequence[PendingEdit]) -> list[str]:
        """What is left to a person in the files of these edits; the file is named where there are several."""
        assert self.planned is not None
        files = dict.fromkeys(self._file_of(edit) for edit in edits)
        notes = [(file, note) for file in files for note in self.planned.notes.get(file, ())]
        return [note if len(files) == 1 else f"in {file} {note}" for file, note in notes]

    def _file_of(self, edit: PendingEdit) -> str:
        """The file whose diff shows an edit, which is another one than its deployment's where that is a link."""
        return self._files_of.get(edit.key, edit.file)

    def _here(self) -> Sequence[PendingEdit]:
        """The edits that the cursor is on: one, or all of a group."""
        here = self.listed.here
        if here is None:
            return ()
        index, edit = here
        return (edit,) if edit is not None else self._groups[index].edits

    @on(jobs.Failed)
    def _failed(self, event: jobs.Failed) -> None:
        self.fail(event, leave=True)

    # Changing

    @on(LineList.Chosen)
    def action_open(self) -> None:
        """Open or close the group under the cursor."""
        here = self.listed.here
        if here is not None:
            group = self._groups[here[0]]
            few = self.planned is not None and len(self.planned.edits) <= _OPEN_UP_TO
            self._opened[group.key] = not self._opened.get(group.key, few)
            self.listed.cursor = next(
                place for place, entry in enumerate(self.listed.entries) if entry.key == (here[0], None)
            )
            self._show_list()

    def action_group(self) -> None:
        """Group by the other of cause and file."""
        self.by = "file" if self.by == "cause" else "cause"
        self._show_list()

    def action_sides(self) -> None:
        """Show the diff side by side, or unified."""
        view = self.query_one(DiffView)
        view.show_sides(not view.sides)
        self.set_class(view.sides, "-sides")
        self.call_after_refresh(self._show_header)
        self.call_after_refresh(self._moved)

    def action_change(self, by: int) -> None:
        """Go to the next change, or to the one before."""
        self.query_one(DiffView).go_to_change(by)
        self._show_header()

    def action_hold(self) -> None:
        """Leave the edits under the cursor out of the next write, or take them in again."""
        edits = self._here()
        held = not all(edit.held for edit in edits)
        verb = "leave out" if held else "take in"

        def work(workspace: Workspace) -> jobs.Edited:
            step = workspace.pending.hold([edit.key for edit in edits], f"{verb} {self._named(edits)}", held=held)
            return jobs.Edited(step, [])

        self.jobs.run(self, f"{verb} the edit", work)

    def action_revert(self) -> None:
        """Drop the edits under the cursor."""
        edits = self._here()
        if edits:
            self._drop([edit.key for edit in edits], f"revert {self._named(edits)}")

    def action_revert_all(self) -> None:
        """Drop everything that is pending."""
        if self.planned is not None:
            edits = self.planned.edits
            every = "all " if len(edits) > 1 else ""
            self._drop([edit.key for edit in edits], f"revert {every}{self._named(edits)}")

    def _drop(self, keys: Iterable[Key], title: str) -> None:
        wanted = list(keys)
        self.jobs.run(
            self, "revert the edits", lambda workspace: jobs.Edited(workspace.pending.drop(wanted, title), [])
        )

    @on(jobs.Undone)
    def _undone(self, event: jobs.Undone) -> None:
        if event.words is not None:
            self.told = event.sentence
        self.say(event.sentence)
        self.plan()

    @on(jobs.Edited)
    def _edited(self, event: jobs.Edited) -> None:
        if event.step is not None:
            self.told = f"{clean(event.step.title)} · u undoes it"
        self.plan()

    def say(self, text: str, style: str = "edited") -> None:
        """Say something in the header until the diff is worked out again."""
        self.query_one("#header", Bar).show([("Pending changes", "title"), (f"  {text}", "edited")])

    def action_commit(self) -> None:
        """Go on to the commit."""
        if self.planned is None:
            return
        if all(edit.held for edit in self.planned.edits):
            self.say("everything is left out: Space takes an edit in")
        else:
            self.dismiss("commit")

    def _named(self, edits: Sequence[PendingEdit]) -> str:
        """What these edits are, for the title of a step."""
        if len(edits) > 1 or self.planned is None:
            return plural(len(edits), "edit")
        return f"{edits[0].field} of {self.planned.names.get(edits[0].deployment, edits[0].deployment)}"

    def action_back(self) -> None:
        """Go back at once, change nothing; the work on a diff that takes long ends by itself."""
        self.jobs.stop()
        self.dismiss("")
