"""Making the commit: trust first, then the hooks heard live, and nothing lost when one refuses."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import TYPE_CHECKING

from textual import events
from textual.widgets import Input, TextArea

from rea_xcom_tui.fleet.write.commit import CommitOptions, NotTrusted, in_short, wants_terminal
from rea_xcom_tui.text import clean, plural
from rea_xcom_tui.tui.background import jobs
from rea_xcom_tui.tui.background.parts import Composed, Part, takes
from rea_xcom_tui.tui.background.repo_jobs import CommitMade, Exposed, Heard, listed
from rea_xcom_tui.tui.kit.dialogs import Choice, Question, TrustQuestion
from rea_xcom_tui.tui.kit.line_list import Page

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.actions.split import Part as CommitPart
    from rea_xcom_tui.fleet.workspace import Workspace
    from rea_xcom_tui.gitops import Exposure

_MOST_SAID = 500


@dataclass(frozen=True, slots=True)
class Wanted:
    """The commit that is to be made."""

    message: str
    """That of the one commit."""
    branch: str | None
    """The new branch to make, or None."""
    sign_off: bool
    parts: Sequence[CommitPart]
    """The commits that it is split into; none where it is one."""


@dataclass(eq=False, repr=False)
class Committing(Part[Composed[jobs.Committed]]):
    """Carries out what the commit screen is for. It dismisses with the commit."""

    wanted: Callable[[], Wanted | None]
    """Tells what is to be committed; None where something has to be decided before, which it has asked then."""
    working: bool = True
    """Whether something runs, so that nothing can be changed."""
    exposures: Sequence[Exposure] = ()
    """What the commit would run and the user has not trusted."""
    _said: Sequence[str] = ()
    """What git and the hooks have said so far."""
    _newest: Wanted | None = None
    """What the newest attempt was to commit."""
    _push: bool = False
    _attached: bool = False
    """Whether the newest attempt had the terminal."""
    _cancelled: threading.Event | None = None

    @takes(events.Unmount)
    def stop(self) -> bool:
        """End a hook that runs; it must not outlive the screen that shows what it says. False where there is none."""
        if self._cancelled is not None:
            self._cancelled.set()
        return self._cancelled is not None

    def _show_said(self) -> None:
        """Show what git and the hooks say, the newest line in view."""
        said = self._said
        self.home.set_class(bool(said), "-said")
        self.home.query_one("#said", Page).show(
            lambda width: [[(part, "")] for line in said for part in wrap(line, width) or [""]], at_end=True
        )

    def action_commit(self) -> None:
        """Write what is pending and commit."""
        self._push = False
        self._ask()

    def action_commit_and_push(self) -> None:
        """Commit, then go on to the push."""
        self._push = True
        self._ask()

    def _ask(self) -> None:
        if isinstance(self.home.focused, Input | TextArea):
            return
        if self.working:
            if self._cancelled is None:
                self.say("Still working out what the commit will hold; Enter again once it is shown.", "edited")
            return
        wanted = self.wanted()
        if wanted is None:
            return
        if not wanted.message:
            self.say("! A commit needs a message; e edits it.", "invalid")
        elif self.exposures:
            question = TrustQuestion(
                "Let this repo's own programs run for the commit?",
                "Its git folder configures what a commit runs, and you have not trusted it yet:",
                listed(self.exposures),
            )
            self.app.push_screen(question, lambda answer: self._commit(wanted, trust=answer) if answer else None)
        else:
            self._commit(wanted)

    def _commit(self, wanted: Wanted, *, trust: str | None = None, attached: bool = False) -> None:
        self.working, self._attached, self._newest = True, attached, wanted
        self._said = ()
        self._show_said()
        self.say("Writing, then committing; hooks may take a while. Esc ends them.", "edited")
        self._cancelled = threading.Event()
        options = CommitOptions(
            branch=wanted.branch,
            sign_off=wanted.sign_off,
            attached=attached,
            on_line=jobs.say_aloud if attached else self._overheard,
            cancelled=self._cancelled,
        )
        push, shown = self._push, self.exposures

        def work(workspace: Workspace) -> CommitMade | Exposed:
            if trust is not None:
                workspace.trust(shown, remember=trust == "always")
            try:
                if wanted.parts:
                    return commit_split(workspace, wanted.parts, options, push=push)
                output = workspace.commit(wanted.message, options=options)
            except NotTrusted:  # something came since the question, or since this screen was opened
                return Exposed(workspace.exposures())
            return CommitMade(output, workspace, push=push)

        run = self.jobs.in_terminal if attached else self.jobs.run
        run(self.home, "commit", work)

    @takes(Exposed)
    def _exposed(self, event: Exposed) -> None:
        self.working, self._cancelled, self.exposures = False, None, event.exposures
        self._ask()

    def _overheard(self, line: str) -> None:
        self.home.post_message(Heard(line))

    @takes(Heard)
    def _heard(self, event: Heard) -> None:
        self._said = (*self._said[-_MOST_SAID:], clean(event.line, 1000))
        self._show_said()

    @takes(jobs.Committed)
    def _committed(self, event: jobs.Committed) -> None:
        self.home.dismiss(event)

    @takes(jobs.Failed)
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
        wanted = self._newest
        self.app.push_screen(question, lambda said: self._commit(wanted, attached=True) if said and wanted else None)


def commit_split(
    workspace: Workspace, parts: Sequence[CommitPart], options: CommitOptions, *, push: bool
) -> CommitMade:
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
