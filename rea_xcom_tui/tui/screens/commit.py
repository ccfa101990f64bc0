"""The commit: branch, message and files, and what git said."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.screen import Screen
from textual.widgets import Footer, Input, Static, TextArea

from rea_xcom_tui.text import clean, plural
from rea_xcom_tui.tui import jobs
from rea_xcom_tui.tui.bindings import bindings_of
from rea_xcom_tui.tui.commands import Place
from rea_xcom_tui.tui.explain import value_words
from rea_xcom_tui.tui.fitting import harmless
from rea_xcom_tui.tui.screens.dialogs import STAY, Choice, Failure, Question
from rea_xcom_tui.tui.widgets.painted import Bar, Line, Painted

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.workspace import Workspace


class CommitScreen(Screen["jobs.Committed"]):
    """Shows what a commit will hold and makes it. Dismisses with the commit, or None when none was made."""

    CSS_PATH = "commit.tcss"
    PLACES: ClassVar[tuple[Place, ...]] = ("commit",)
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("commit")
    AUTO_FOCUS = ""

    def __init__(self, work: jobs.Jobs) -> None:
        super().__init__()
        self.jobs = work
        self._working = True
        self._exposures: Sequence[str] = ()

    def compose(self) -> ComposeResult:
        """Branch, message, files, and the keys."""
        yield Bar(id="header")
        with Horizontal(classes="part"):
            yield Static("branch", classes="label", markup=False)
            yield Input(id="branch", compact=True)
        with Horizontal(classes="part message"):
            yield Static("message", classes="label", markup=False)
            yield TextArea(id="message", compact=True, show_line_numbers=False, soft_wrap=True)
        with Horizontal(classes="part files"):
            yield Static("files", classes="label", markup=False)
            yield Painted(id="files")
        yield Bar(id="status")
        yield Footer(compact=True)

    def on_mount(self) -> None:
        """Ask what the commit would hold."""
        self.query_one("#header", Bar).show([("Commit", "title")])

        self.jobs.run(self, "prepare the commit", jobs.CommitReady)

    @on(jobs.CommitReady)
    def _ready(self, event: jobs.CommitReady) -> None:
        self._working = False
        self._exposures = event.exposures
        edits = [*event.written, *event.edits]
        files = list(dict.fromkeys(edit.deployment.partition("#")[0] for edit in edits))
        branch = harmless(event.branch or "no branch")
        head: Line = [("Commit", "title"), (f"  {plural(len(files), 'file')}, {plural(len(edits), 'edit')}", "")]
        self.query_one("#header", Bar).show(head, [(f"⎇ {branch}", "")])
        self.query_one("#branch", Input).placeholder = f"{branch} (b names a new branch for this commit)"
        self.query_one("#message", TextArea).text = event.message.strip()
        lines: list[Line] = []
        for file in files:
            lines.append([(harmless(file), "")])
            for edit in edits:
                if edit.deployment.partition("#")[0] == file:
                    done = "  already written" if edit in event.written else ""
                    change = f"{value_words(edit.field, edit.old)} → {value_words(edit.field, edit.new)}"
                    lines.append([(f"  {edit.field} ", "quiet"), (change, "edited"), (done, "quiet")])
        self.query_one("#files", Painted).paint(lines)
        self._say("Only these files are committed; whatever else is staged or changed stays as it is.", "quiet")

    def _say(self, text: str, style: str = "") -> None:
        self.query_one("#status", Bar).show([(text, style)])

    def action_edit_message(self) -> None:
        """Type in the message."""
        self.query_one("#message", TextArea).focus()
        self._say("Esc leaves the message; then Enter commits.", "quiet")

    def action_edit_branch(self) -> None:
        """Type a branch name."""
        self.query_one("#branch", Input).focus()
        self._say("Enter or Esc leaves the name; then Enter commits.", "quiet")

    def on_key(self, event: events.Key) -> None:
        """Esc leaves a text first, and only then the screen."""
        if event.key == "escape" and self.focused is not None:
            event.stop()
            self.set_focus(None)

    @on(Input.Submitted)
    def _branch_named(self) -> None:
        self.set_focus(None)

    def action_commit(self) -> None:
        """Write what is pending and commit."""
        message = self.query_one("#message", TextArea).text.strip()
        branch = self.query_one("#branch", Input).value.strip() or None
        if self._working or self.focused is not None:
            return
        if not message:
            self._say("! A commit needs a message; e edits it.", "invalid")
            return
        if self._exposures:
            listed = "\n".join(f"  {clean(exposure)}" for exposure in self._exposures)
            question = Question(
                "Let this repo's own programs run for the commit?",
                f"Its git folder sets up what a commit runs, and you have not trusted it yet:\n{listed}",
                [STAY, Choice("o", "o", "once", "once"), Choice("a", "a", "always for this repo", "always")],
            )
            self.app.push_screen(question, partial(self._trusted, message, branch))
        else:
            self._commit(message, branch, None)

    def _trusted(self, message: str, branch: str | None, answer: str | None) -> None:
        if answer:
            self._commit(message, branch, answer)

    def _commit(self, message: str, branch: str | None, trust: str | None) -> None:
        self._working = True
        self._say("Writing, then committing; hooks may take a while…", "edited")

        def work(workspace: Workspace) -> jobs.Committed:
            if trust is not None:
                workspace.trust(remember=trust == "always")
            output = workspace.commit(message, branch=branch)
            return jobs.Committed(output, jobs.scanned(workspace))

        self.jobs.run(self, "commit", work)

    @on(jobs.Committed)
    def _committed(self, event: jobs.Committed) -> None:
        self.dismiss(event)

    @on(jobs.Failed)
    def _failed(self, event: jobs.Failed) -> None:
        self._working = False
        self._say(f"! {clean(event.reason)}", "invalid")
        self.app.push_screen(Failure(event.verb, event.reason, event.output))

    def action_back(self) -> None:
        """Leave; nothing is committed."""
        if not self._working or not self.query_one("#message", TextArea).text:
            self.dismiss(None)
