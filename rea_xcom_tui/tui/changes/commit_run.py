"""Making the commit: trust first, then the hooks heard live, and nothing lost when one refuses."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual import on
from textual.widgets import Input, TextArea

from rea_xcom_tui.fleet.write.commit import CommitOptions, NotTrusted, in_short, wants_terminal
from rea_xcom_tui.text import clean, plural
from rea_xcom_tui.tui.background import jobs
from rea_xcom_tui.tui.background.parts import Composed
from rea_xcom_tui.tui.background.repo_jobs import CommitMade, Exposed, Heard, listed
from rea_xcom_tui.tui.kit.dialogs import Choice, Question, TrustQuestion

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.actions.split import Part
    from rea_xcom_tui.fleet.workspace import Workspace
    from rea_xcom_tui.gitops import Exposure

_MOST_SAID = 500


class CommitRun(Composed[jobs.Committed]):
    """The half of the commit screen that carries it out. Dismisses with the commit."""

    def __init__(self, work: jobs.Jobs) -> None:
        super().__init__(work)
        self.working = True
        """Whether something runs, so that nothing can be changed."""
        self.exposures: Sequence[Exposure] = ()
        """What the commit would run and the user has not trusted."""
        self.portions: Sequence[Part] = ()
        self.sign_off = False
        self.said: list[str] = []
        """What git and the hooks have said so far."""
        self._push = False
        self._attached = False
        """Whether the newest attempt had the terminal."""
        self._cancelled: threading.Event | None = None

    def on_unmount(self) -> None:
        """A hook must not outlive the screen that shows what it says."""
        if self._cancelled is not None:
            self._cancelled.set()

    @property
    def message(self) -> str:
        """The message of the one commit."""
        return ""

    @property
    def branch(self) -> str | None:
        """The new branch to make, or None."""
        return None

    def ask_again(self) -> bool:
        """Ask what has to be decided before a commit, if anything."""
        return False

    def show_said(self) -> None:
        """Show what was said so far."""

    def action_commit(self) -> None:
        """Write what is pending and commit."""
        self._push = False
        self._ask()

    def action_commit_and_push(self) -> None:
        """Commit, then go on to the push."""
        self._push = True
        self._ask()

    def _ask(self) -> None:
        if isinstance(self.focused, Input | TextArea):
            return
        if self.working:
            if self._cancelled is None:
                self.say("Still working out what the commit will hold; Enter again once it is shown.", "edited")
            return
        if self.ask_again():
            return
        if not self.message:
            self.say("! A commit needs a message; e edits it.", "invalid")
        elif self.exposures:
            question = TrustQuestion(
                "Let this repo's own programs run for the commit?",
                "Its git folder configures what a commit runs, and you have not trusted it yet:",
                listed(self.exposures),
            )
            self.app.push_screen(question, lambda answer: self._commit(trust=answer) if answer else None)
        else:
            self._commit()

    def _commit(self, *, trust: str | None = None, attached: bool = False) -> None:
        self.working, self._attached = True, attached
        self.said = []
        self.show_said()
        self.say("Writing, then committing; hooks may take a while. Esc ends them.", "edited")
        self._cancelled = threading.Event()
        options = CommitOptions(
            branch=self.branch,
            sign_off=self.sign_off,
            attached=attached,
            on_line=jobs.say_aloud if attached else self._overheard,
            cancelled=self._cancelled,
        )
        message, parts, push, shown = self.message, self.portions, self._push, self.exposures

        def work(workspace: Workspace) -> CommitMade | Exposed:
            if trust is not None:
                workspace.trust(shown, remember=trust == "always")
            try:
                if parts:
                    return commit_split(workspace, parts, options, push=push)
                output = workspace.commit(message, options=options)
            except NotTrusted:  # something came since the question, or since this screen was opened
                return Exposed(workspace.exposures())
            return CommitMade(output, workspace, push=push)

        run = self.jobs.in_terminal if attached else self.jobs.run
        run(self, "commit", work)

    @on(Exposed)
    def _exposed(self, event: Exposed) -> None:
        self.working, self._cancelled, self.exposures = False, None, event.exposures
        self._ask()

    def _overheard(self, line: str) -> None:
        self.post_message(Heard(line))

    @on(Heard)
    def _heard(self, event: Heard) -> None:
        self.said = [*self.said[-_MOST_SAID:], clean(event.line, 1000)]
        self.show_said()

    @on(jobs.Committed)
    def _committed(self, event: jobs.Committed) -> None:
        self.dismiss(event)

    @on(jobs.Failed)
    def _failed(self, event: jobs.Failed) -> None:
        if self._cancelled is not None:
            self.exposures = ()  # whoever got this far has trusted the repo
        self.working, self._cancelled = False, None
        self.say(f"! {clean(event.reason.partition('; ')[0])}", "invalid")
        choices = [Choice("escape", "Esc", "close; nothing is lost", "")]
        if event.verb == "commit" and (self._attached or wants_terminal(event.reason)):
            choices.append(Choice("t", "t", "hand over the terminal and try again", "terminal"))
        question = Question(f"Could not {event.verb}", event.reason, choices, output=event.output)
        question.add_class("-failure")
        self.app.push_screen(question, lambda answer: self._commit(attached=True) if answer else None)

    def action_back(self) -> None:
        """Leave, and commit nothing; while a hook runs, end it."""
        if self._cancelled is not None:
            self._cancelled.set()
            self.say("Stopping…", "edited")
        else:
            self.dismiss(None)


def commit_split(workspace: Workspace, parts: Sequence[Part], options: CommitOptions, *, push: bool) -> CommitMade:
    """Make one commit for each part; report those that were not made. Raises when none was."""
    from rea_xcom_tui.fleet.actions.split import commit_parts

    result = commit_parts(workspace, parts, options)
    if result.problem is not None and not result.made:
        raise result.problem
    first = f"{len(result.made)} of {plural(len(parts), 'commit')}" if result.left else plural(len(parts), "commit")
    subjects = "; ".join(made.part.message.partition("\n")[0] for made in result.made)
    hooks = [hook for made in result.made if (hook := in_short(made.output)[1])]
    output = "\n".join([f"{first}: {subjects}", *hooks])
    if result.problem is None:
        return CommitMade(output, workspace, push=push)
    left = ", ".join(clean(part.name) for part in result.left)
    problem = f"{first} made. Still pending: {left}. {result.problem}"
    said = str(getattr(result.problem, "output", "") or "")
    return CommitMade(output, workspace, problem=problem, said=said)
