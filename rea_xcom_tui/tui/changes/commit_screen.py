"""The commit: branch, message and files, then what git and the hooks say. How it is made is `commit_run.py`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.widgets import Input, Static, TextArea

from rea_xcom_tui.fleet.edit.pending import Declare, changed_by
from rea_xcom_tui.fleet.edit.reach import shared_files
from rea_xcom_tui.text import plural
from rea_xcom_tui.tui.background import jobs
from rea_xcom_tui.tui.background.parts import Composed
from rea_xcom_tui.tui.changes.commit_run import Committing, Wanted
from rea_xcom_tui.tui.changes.conflicts_screen import Resolved, ask
from rea_xcom_tui.tui.changes.edit_lines import head_and_change
from rea_xcom_tui.tui.changes.foreseen import findings_told, outlook_words
from rea_xcom_tui.tui.keys.bindings import bindings_of
from rea_xcom_tui.tui.keys.commands import Place
from rea_xcom_tui.tui.kit.fit import harmless, shorten, shorten_change, wrapped_sentences
from rea_xcom_tui.tui.kit.key_bar import KeyBar
from rea_xcom_tui.tui.kit.line_list import Page
from rea_xcom_tui.tui.kit.messages import Message
from rea_xcom_tui.tui.kit.styled_lines import Bar, Line, Painted, line_width

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.actions import SplitBy
    from rea_xcom_tui.fleet.actions.branch import BranchChoice
    from rea_xcom_tui.fleet.actions.split import Part
    from rea_xcom_tui.fleet.edit.outlook import Outlook
    from rea_xcom_tui.fleet.edit.pending import PendingEdit
    from rea_xcom_tui.fleet.model import Fleet
    from rea_xcom_tui.fleet.workspace import Workspace


class CommitReady(Message):
    """What a commit made now would hold, and where it could go."""

    def __init__(self, workspace: Workspace) -> None:
        from rea_xcom_tui.fleet.actions.branch import branch_choice
        from rea_xcom_tui.fleet.actions.repo_status import standing_of_all
        from rea_xcom_tui.fleet.actions.split import folded
        from rea_xcom_tui.fleet.edit.outlook import outlook

        super().__init__()
        self.conflicts = workspace.conflicts()
        self.message = workspace.commit_message()
        written = [*workspace.put_back(), *workspace.uncommitted()]
        self.edits: Sequence[PendingEdit] = folded([*written, *workspace.pending.chosen])
        self.written = frozenset(edit.key for edit in written)
        self.reached = len(changed_by(self.edits))
        self.shared = {one.file: one.short(workspace.fleet.called) for one in shared_files(self.edits)}
        """The files that deployments share which change with them though nobody edited them, in words."""
        self.choice: BranchChoice = branch_choice(workspace, self.message)
        self.exposures = workspace.exposures()
        judged = outlook(workspace, workspace.plan().files)
        self.outlook = judged
        self.standing = standing_of_all(workspace)
        self.findings = findings_told(judged, _names(workspace.fleet, judged))
        """What rules would say newly (`+`), and no longer (`-`): sign, severity and words."""
        known = [edit for edit in self.edits if isinstance(edit, Declare) or edit.deployment in workspace.fleet.by_id]
        self.others = tuple(file for file in workspace.to_commit() if file not in {edit.file for edit in self.edits})
        """Files that are written and that no edit of a field is about, such as those of a new deployment."""
        files = {workspace.file_of(edit) for edit in known} | set(self.others)
        self.beside = None if self.exposures else workspace.other_changes(files)
        """How many other files have changes that this commit leaves alone; None while git may not look."""

    @property
    def stays(self) -> str:
        """What stays out of the commit, in a sentence."""
        if self.beside == 0:
            return "Only these files are committed."
        if self.beside is None:
            return "Only these files are committed; other work of yours stays as it is."
        verb = "stays" if self.beside == 1 else "stay"
        beside = plural(self.beside, "other changed file")
        return f"Only these files are committed; {beside} of yours, staged or not, {verb} out of it."


def _names(fleet: Fleet, judged: Outlook) -> dict[str, str]:
    """What the deployments that findings come to or go from are called, with their environments."""
    rows = (fleet.by_id.get(one.deployment) for one in (*judged.adds, *judged.removes))
    return {
        row.id: fleet.name_beside_env(row) + (f" ({row.env})" if row.env else "") for row in rows if row is not None
    }


class Parted(Message):
    """The edits split into several commits; `by` None is one commit of all."""

    by: SplitBy | None
    parts: Sequence[Part]


class CommitScreen(Composed[jobs.Committed]):
    """Shows what a commit will hold and makes it. Dismisses with the commit, or None when none was made."""

    CSS_PATH = Path(__file__).with_name("commit.tcss")
    PLACES: ClassVar[tuple[Place, ...]] = ("commit",)
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("commit")
    AUTO_FOCUS = ""
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]  # noqa: RUF012 - Textual declares it for instances

    def __init__(self, work: jobs.Jobs) -> None:
        super().__init__(work)
        self.committing = Committing(self, self._wanted)
        self.parts = (self.committing,)
        self.ready: CommitReady | None = None
        self.by: SplitBy | None = None
        self.portions: Sequence[Part] = ()
        """The commits that it is split into; none where it is one."""
        self.new_branch = self.sign_off = False
        self._own_message = ""

    def compose(self) -> ComposeResult:
        """Branch, message, files, what is said, and the keys."""
        yield Bar(id="header")
        yield Painted(id="standing")
        with Horizontal(classes="part branch"):
            yield Static("branch", classes="label", markup=False)
            yield Painted(id="choice")
            yield Painted(id="named")
            yield Input(id="branch", compact=True)
        with Horizontal(classes="part message"):
            yield Static("message", classes="label", markup=False)
            yield TextArea(id="message", compact=True, show_line_numbers=False, soft_wrap=True)
        with Horizontal(classes="part files"):
            yield Static("files", classes="label", markup=False)
            yield Page(id="files")
        with Horizontal(classes="part said"):
            yield Static("git says", classes="label", markup=False)
            yield Page(id="said")
        yield Bar(id="status")
        yield KeyBar()

    def on_mount(self) -> None:
        """Ask what the commit would hold."""
        self.query_one("#header", Bar).show([("Commit", "title")])
        self.say("Working out what the commit will hold…", "edited")
        self.jobs.run(self, "prepare the commit", CommitReady)

    @on(Resolved)
    def _resolved(self) -> None:
        self.jobs.run(self, "prepare the commit", CommitReady)

    @on(CommitReady)
    def _ready(self, event: CommitReady) -> None:
        if event.conflicts and self.ready is None:
            self.ready = event
            ask(self, self.jobs, event.conflicts)
            return
        if not event.edits and not event.others:
            self.dismiss(None)
            return
        self.ready = event
        self.new_branch = event.choice.protected
        self.committing.exposures = event.exposures
        self.query_one("#branch", Input).value = event.choice.proposed
        self.query_one("#message", TextArea).text = event.message.strip()
        self.say(event.stays, "quiet")
        self._show_standing()
        self.committing.working = False
        self.show_all()

    # Showing

    def show_all(self) -> None:
        """Show header, branch and files as they are chosen now."""
        if self.ready is None:
            return
        files = len({edit.file for edit in self.ready.edits}) + len(self.ready.others)
        counts = f"  {plural(files, 'file')}, {plural(len(self.ready.edits), 'edit')}"
        counts += f", {plural(self.ready.reached, 'deployment')}" if self.ready.shared else ""
        split = f" in {plural(len(self.portions), 'commit')} by {self.by}" if self.by else ""
        signed = [("signed off  ", "good")] if self.sign_off else []
        where = self.ready.choice.current or "no branch"
        self.query_one("#header", Bar).show(
            [("Commit", "title"), (counts, ""), (split, "edited"), *outlook_words(self.ready.outlook)],
            [*signed, (f"⎇ {shorten(harmless(where), max(10, self.size.width // 3), 'middle')}", "")],
        )
        line = self._branch_line()
        self.query_one("#choice").styles.width = line_width(line) + 1
        self.query_one("#choice", Painted).paint([line])
        self._show_name()
        self.query_one("#files", Page).show(self._file_lines)

    def _show_standing(self) -> None:
        """Say what is out of the ordinary about the repo, and what one can do."""
        banner = self.query_one("#standing", Painted)
        lines = wrapped_sentences(self.ready.standing if self.ready else (), max(20, self.size.width - 2))
        banner.display = bool(lines)
        banner.styles.height = len(lines)
        banner.paint([[(line, "edited")] for line in lines])

    def on_resize(self) -> None:
        """Wrap what is said of the repo for the new width."""
        self._show_standing()
        self.show_all()

    def _show_name(self, *, typing: bool = False) -> None:
        """The new branch's name: while it is typed, the input; else as much as fits, its end in any case."""
        branch, named = self.query_one("#branch", Input), self.query_one("#named", Painted)
        branch.display = self.new_branch and typing
        named.display = self.new_branch and not typing
        room = self.size.width - 13 - line_width(self._branch_line())  # with the label, the padding and a blank
        named.paint([[(shorten(harmless(branch.value), max(8, room), "middle"), "strong")]])

    @on(events.DescendantBlur, "#branch")
    def _name_typed(self) -> None:
        self._show_name()

    def _branch_line(self) -> Line:
        assert self.ready is not None
        choice = self.ready.choice
        here, there = ("( )", "(•)") if self.new_branch else ("(•)", "( )")
        name = harmless(choice.current) if choice.current else "detached HEAD"
        note = " protected" if choice.protected and choice.current else ""
        closed = "quiet" if choice.closed or self.new_branch else "strong"
        beside = max(24, self.size.width // 3) if self.new_branch else max(24, self.size.width - 40)
        return [
            (f"{here} {shorten(name, beside, 'middle')}", closed),
            (note, "edited"),
            (f"   {there} new{':' if self.new_branch else ' branch'}", "strong" if self.new_branch else "quiet"),
        ]

    def _file_lines(self, width: int) -> list[Line]:
        if self.ready is None:
            return []
        if self.by is None:
            return [*self._files_of_one(width), *self._finding_lines(width)]
        lines: list[Line] = []
        for part in self.portions:
            lines.append([(f"{self.by} {harmless(part.name)}", "title")])
            lines += self._edit_lines(part.edits, width)
        return [*lines, *self._finding_lines(width)]

    def _finding_lines(self, width: int) -> list[Line]:
        """The findings that the commit adds or takes away."""
        found = self.ready.findings if self.ready is not None else []
        lines: list[Line] = [[], [("findings", "quiet")]] if found else []
        for sign, severity, words in found:
            style = "good" if sign == "-" else "edited" if severity == "info" else "invalid"
            told = wrap(f"{sign} {harmless(words)}", max(20, width - 1), subsequent_indent="  ")
            lines += [[(line, style)] for line in told]
        return lines

    def _files_of_one(self, width: int) -> list[Line]:
        """The files of one commit."""
        if self.ready is not None:
            others: list[Line] = [[(shorten(harmless(file), width, "start"), "")] for file in self.ready.others]
            return [*others, *self._edit_lines(self.ready.edits, width)]
        return []

    def _edit_lines(self, edits: Sequence[PendingEdit], width: int) -> list[Line]:
        assert self.ready is not None
        files: dict[str, list[PendingEdit]] = {}
        for edit in edits:
            files.setdefault(edit.file, []).append(edit)
        lines: list[Line] = []
        for file, mine in files.items():
            if file in self.ready.shared:
                lines += [[(line, "edited")] for line in wrap(harmless(self.ready.shared[file]), max(20, width))]
            else:
                lines.append([(shorten(harmless(file), width, "start"), "")])
            for edit in mine:
                done = "  already written" if edit.key in self.ready.written else ""
                what, change = head_and_change(edit)
                change = shorten_change(change, max(10, width - len(what) - len(done) - 3))
                lines.append([(f"  {what} ", "quiet"), (change, "edited"), (done, "quiet")])
        return lines

    # Choosing

    def action_edit_message(self) -> None:
        """Type in the message."""
        if self.by is not None:
            self.say("Each split commit has its own message; press s until it is one commit again to write your own.")
        elif not self.committing.working:
            self.query_one("#message", TextArea).focus()
            self.say("Esc leaves the message; then Enter commits.", "quiet")

    def action_toggle_branch(self) -> None:
        """Commit here, or on a new branch."""
        if self.ready is None or self.committing.working:
            return
        if self.new_branch and self.ready.choice.closed:
            name = harmless(self.ready.choice.current or "")
            why = f"{name} is protected by this repo's configuration" if name else "HEAD is detached"
            self.say(f"{why}, so the commit needs a new branch; n names it.")
            return
        self.new_branch = not self.new_branch
        self.show_all()
        self.say("n changes the name of the new branch." if self.new_branch else "The commit stays on this branch.")

    def action_name_branch(self) -> None:
        """Type a branch name."""
        if self.committing.working:
            return
        self.new_branch = True
        self.show_all()
        self._show_name(typing=True)
        self.query_one("#branch", Input).focus()
        self.say("Enter or Esc leaves the name; then Enter commits.", "quiet")

    def action_sign_off(self) -> None:
        """Sign off, or not."""
        if not self.committing.working:
            self.sign_off = not self.sign_off
            self.show_all()
            self.say("A Signed-off-by line with your name is added." if self.sign_off else "No Signed-off-by line.")

    def action_split(self) -> None:
        """Part the commit by the next of field, environment, team and cause; after the last it is one again."""
        from rea_xcom_tui.fleet.actions import SPLITS
        from rea_xcom_tui.fleet.actions.split import split

        if self.ready is None or self.committing.working:
            return
        following: tuple[SplitBy | None, ...] = (*SPLITS, None)
        by = following[0 if self.by is None else following.index(self.by) + 1]

        def work(workspace: Workspace) -> Parted:
            return Parted(by, split(workspace, by) if by else ())

        self.jobs.run(self, "split the commit", work)

    @on(Parted)
    def _parted(self, event: Parted) -> None:
        message = self.query_one("#message", TextArea)
        if self.by is None:
            self._own_message = message.text
        self.by, self.portions = event.by, event.parts
        message.read_only = event.by is not None
        if event.by is None:
            message.text = self._own_message
            self.say("One commit for everything again.", "quiet")
        else:
            message.text = "\n\n".join(part.message.strip() for part in event.parts)
            several = f"{plural(len(event.parts), 'commit')}, one after the other"
            count = several if len(event.parts) > 1 else f"Everything belongs to one {event.by}, so it is one commit"
            self.say(f"{count}; s splits it differently.", "quiet")
        self.show_all()

    @property
    def _typing(self) -> bool:
        return isinstance(self.focused, Input | TextArea)

    @property
    def worded(self) -> dict[str, str]:
        """What the footer says of keys that do something else than usual: while one types, Esc leaves the text."""
        return {"back": "leave the text"} if self._typing else {}

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While one types, Enter is not a commit, so the footer does not say so."""
        return not (self._typing and action == "commit")

    def on_key(self, event: events.Key) -> None:
        """Esc leaves a text first, and only then the screen."""
        if event.key == "escape" and self._typing:
            event.stop()
            self.set_focus(None)
            self.say("Enter commits.", "quiet")

    @on(Input.Submitted)
    def _branch_named(self) -> None:
        self.set_focus(None)

    # What is to be committed

    def _wanted(self) -> Wanted | None:
        """What is to be committed; first, edits are asked about whose fields have changed underneath and that were left
        for later."""
        if self.ready is not None and self.ready.conflicts:
            ask(self, self.jobs, self.ready.conflicts)
            return None
        branch = self.query_one("#branch", Input).value.strip() if self.new_branch else ""
        message = self.query_one("#message", TextArea).text.strip()
        return Wanted(message, branch or None, self.sign_off, self.portions)

    def action_back(self) -> None:
        """Leave, and commit nothing; while a hook runs, end it."""
        if self.committing.stop():
            self.say("Stopping…", "edited")
        else:
            super().action_back()
