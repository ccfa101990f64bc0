"""The push: what goes where, asked for once more, then live, and what to do with it afterwards."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType

from rea_xcom_tui.text import clean, plural
from rea_xcom_tui.tui.background import jobs
from rea_xcom_tui.tui.background.parts import Composed
from rea_xcom_tui.tui.background.repo_jobs import Exposed, Heard, listed
from rea_xcom_tui.tui.changes.push_failed import tell_push_failed
from rea_xcom_tui.tui.keys.bindings import bindings_of
from rea_xcom_tui.tui.keys.commands import Place
from rea_xcom_tui.tui.kit.dialogs import Failure, TrustQuestion
from rea_xcom_tui.tui.kit.fit import harmless, pad, shorten, shorten_change
from rea_xcom_tui.tui.kit.key_bar import KeyBar
from rea_xcom_tui.tui.kit.line_list import Page
from rea_xcom_tui.tui.kit.messages import Message
from rea_xcom_tui.tui.kit.styled_lines import Bar, Line, line_width

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.actions.push import Pushed, PushPlan
    from rea_xcom_tui.fleet.workspace import Workspace
    from rea_xcom_tui.gitops import Exposure, Watch
    from rea_xcom_tui.xcom.compare import FieldDelta

_MOST_COMMITS = 12


class PushReady(Message):
    """What a push would send; and where else it could go."""

    plan: PushPlan
    table: str
    remotes: Sequence[str]
    exposures: Sequence[Exposure]


class PushDone(Message):
    """The branch is on the server."""

    pushed: Pushed


class PushScreen(Composed[str]):
    """Shows what would be pushed, pushes it, and offers the pull request's page and the change table."""

    CSS_PATH = Path(__file__).with_name("push.tcss")
    PLACES: ClassVar[tuple[Place, ...]] = ("push",)
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("push")
    AUTO_FOCUS = "Page"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]  # noqa: RUF012 - Textual declares it for instances

    def __init__(self, work: jobs.Jobs) -> None:
        super().__init__(work)
        self.ready: PushReady | None = None
        self.pushed: Pushed | None = None
        self.said: list[str] = []
        """What git and the server have said so far."""
        self._watch: Watch | None = None
        self._remote: str | None = None

    def compose(self) -> ComposeResult:
        """What goes where, then what is said, and the keys."""
        yield Bar(id="header")
        yield Page(id="page")
        yield Bar(id="status")
        yield KeyBar()

    def on_mount(self) -> None:
        """Look what there is to push."""
        self.query_one("#header", Bar).show([("Push", "title")])
        self._prepare()

    def on_unmount(self) -> None:
        """A push must not outlive the screen that shows it."""
        if self._watch is not None:
            self._watch.cancelled.set()

    def _prepare(self) -> None:
        remote = self._remote

        def work(workspace: Workspace) -> PushReady:
            from rea_xcom_tui.fleet.actions.push import push_plan
            from rea_xcom_tui.reports.pushing import description

            plan = push_plan(workspace, remote)
            return PushReady(plan, description(plan), workspace.repository.remotes(), workspace.exposures())

        self.jobs.run(self, "prepare the push", work)

    @on(PushReady)
    def _ready(self, event: PushReady) -> None:
        self.ready = event
        going = event.plan.outgoing
        where = f"{len(going.commits)} ahead, {going.behind} behind" if going.known else "a new branch there"
        left: Line = [("Push", "title"), (f"  ⎇ {harmless(going.branch)} → {harmless(going.remote)}", "strong")]
        self.query_one("#header", Bar).show(left, [(where, "edited" if going.behind else "")])
        if event.plan.empty:
            self.say("The remote already has everything; there is nothing to push.", "good")
        elif going.behind:
            self.say(
                "The remote has commits that are not here: it will refuse this. git pull --rebase first.", "invalid"
            )
        else:
            self.say("Nothing has been sent yet. Enter pushes, never by force; Esc goes back.", "quiet")
        self._lay_out()

    @property
    def idle(self) -> frozenset[str]:
        """The commands that have nothing to do now, for the line of keys."""
        ready, done = self.ready, self.pushed is not None
        nothing = done or ready is None or ready.plan.empty
        idle = {"push.now", "push.remote"} if nothing else set()
        idle |= {"push.remote"} if ready is None or len(ready.remotes) < 2 else set()
        idle |= {"push.copy-url"} if self.pushed is None or not self.pushed.request_url else set()
        idle |= {"push.copy-table"} if ready is None or not ready.table else set()
        return frozenset(idle)

    def _lay_out(self, *, at_end: bool = False) -> None:
        self.query_one(Page).show(self.lines, at_end=at_end)
        self.refresh_bindings()

    def lines(self, width: int) -> list[Line]:
        """Everything on the page."""
        if self.ready is None:
            return []
        plan = self.ready.plan
        going = plan.outgoing
        target = harmless(going.target) if going.target not in (None, going.branch) and going.target else ""
        lines: list[Line] = [
            [("to       ", "quiet"), (f"{harmless(going.remote)}  {harmless(plan.url)}", "")],
            [("branch   ", "quiet"), (harmless(going.branch), "")],
            *([[("for      ", "quiet"), (f"a pull request to {target}", "")]] if target else []),
            [("commits  ", "quiet"), (str(len(going.commits) or "none"), "strong")],
        ]
        for commit in going.commits[:_MOST_COMMITS]:
            room, subject, author = max(10, width - 19), harmless(commit.subject), f"  ({harmless(commit.author)})"
            by = author if line_width([(subject + author, "")]) <= room else ""
            lines.append([(f"         {commit.oid[:8]}  ", "quiet"), (shorten(subject, room, "middle"), ""), (by, "")])
        if len(going.commits) > _MOST_COMMITS:
            lines.append([(f"         and {len(going.commits) - _MOST_COMMITS} more", "quiet")])
        lines += self._change_lines(width)
        if self.said:
            lines += [[], [("git and the server say", "quiet")]]
            for said in self.said:
                wrapped = textwrap.wrap(harmless(said), max(10, width - 4), subsequent_indent="  ")
                lines += [[(f"  {line}", "")] for line in wrapped]
        return [*lines, *self._done_lines(width)]

    def _change_lines(self, width: int) -> list[Line]:
        assert self.ready is not None
        changes = self.ready.plan.changes
        if not changes:
            return []
        what = f"{plural(len(changes), 'setting')} changed; m copies them as a Markdown table for the description"
        return [[], [(what, "quiet")], *(_change_line(change, width) for change in changes)]

    def _done_lines(self, width: int) -> list[Line]:
        if self.pushed is None:
            return []
        from rea_xcom_tui.reports.pushing import result_line

        wrapped = textwrap.wrap(result_line(self.pushed), max(10, width), break_on_hyphens=False)
        lines: list[Line] = [[], *([(line, "good")] for line in wrapped)]
        if self.pushed.request_url:
            url = harmless(self.pushed.request_url)
            lines += [[("y copies the link to the pull request:", "quiet")], *_whole(url, width)]
        return lines

    # Pushing

    def action_push(self) -> None:
        """Push what is shown."""
        if self.ready is None or self._watch is not None:
            return
        if self.pushed is not None or self.ready.plan.empty:
            self.say(self._done or "The remote already has everything; there is nothing to push.", "good")
        elif self.ready.exposures:
            question = TrustQuestion(
                "Let this repo's own programs run for the push?",
                "Its git folder configures what a push runs, and you have not trusted it yet:",
                listed(self.ready.exposures),
            )
            self.app.push_screen(question, lambda answer: self._push(trust=answer) if answer else None)
        else:
            self._push()

    def _push(self, *, trust: str | None = None, attached: bool = False) -> None:
        from rea_xcom_tui.gitops import Watch

        assert self.ready is not None
        plan, shown = self.ready.plan, self.ready.exposures
        watch = self._watch = Watch(on_line=jobs.say_aloud if attached else self._overheard)
        self.said = []
        self.say("Pushing… Esc cancels.", "edited")

        def work(workspace: Workspace) -> PushDone | Exposed:
            from rea_xcom_tui.fleet.actions.push import push
            from rea_xcom_tui.fleet.write.commit import NotTrusted

            if trust is not None:
                workspace.trust(shown, remember=trust == "always")
            try:
                return PushDone(push(workspace, plan, watch, attached=attached))
            except NotTrusted:  # something came since the question, or since this screen was opened
                return Exposed(workspace.exposures())

        run = self.jobs.in_terminal if attached else self.jobs.run
        run(self, "push", work)

    @on(Exposed)
    def _exposed(self, event: Exposed) -> None:
        assert self.ready is not None
        self._watch, self.ready.exposures = None, event.exposures
        self.action_push()

    def _overheard(self, line: str) -> None:
        self.post_message(Heard(line))

    @on(Heard)
    def _heard(self, event: Heard) -> None:
        from rea_xcom_tui.gitops import progress_of, without_userinfo

        line = without_userinfo(event.line).rstrip()
        stage = progress_of(line)
        last = progress_of(self.said[-1]) if self.said else None
        if stage and last and stage[0] == last[0]:
            self.said[-1] = line
        elif line:
            self.said.append(line)
        self._lay_out(at_end=True)

    @on(PushDone)
    def _pushed(self, event: PushDone) -> None:
        self._watch = None
        self.pushed = event.pushed
        self.said = list(event.pushed.result.messages)
        url = event.pushed.request_url
        more = " · y copies the pull request's link, m the change table" if url else ""
        self.say(f"{self._done}{more}", "good")
        going = self.ready.plan.outgoing if self.ready is not None else None
        if going is not None:
            left: Line = [("Push", "title"), (f"  ⎇ {harmless(going.branch)} → {harmless(going.remote)}", "strong")]
            self.query_one("#header", Bar).show(left, [("pushed", "good")])
        self._lay_out(at_end=True)

    @on(jobs.Failed)
    def _failed(self, event: jobs.Failed) -> None:
        pushing, self._watch = self._watch is not None, None
        if not pushing:
            app = self.app  # there is nothing to show below it
            self.dismiss("")
            app.push_screen(Failure(event.verb, event.reason, event.output))
            return
        self.said += [line for line in event.output.splitlines() if line.strip() and line not in self.said]
        self._lay_out(at_end=True)
        self.say(f"! {clean(event.reason)}", "invalid")
        tell_push_failed(self.app, event, partial(self._push, attached=True))

    @property
    def _done(self) -> str:
        """Where it went, once it is there."""
        if self.pushed is None:
            return ""
        result = self.pushed.result
        return f"Pushed to {clean(result.remote)}/{clean(result.branch)}"

    # Around it

    def action_remote(self) -> None:
        """Take the next remote."""
        if self.ready is None or self._watch is not None or self.pushed is not None:
            return
        remotes = list(self.ready.remotes)
        if len(remotes) < 2:
            self.say("This repo has no other remote.")
            return
        self._remote = remotes[(remotes.index(self.ready.plan.outgoing.remote) + 1) % len(remotes)]
        self._prepare()

    def action_copy_url(self) -> None:
        """Copy the link to the pull request's page."""
        url = self.pushed.request_url if self.pushed else None
        if url is None:
            before = self.pushed is None
            self.say(
                "There is no link yet; it comes with the push."
                if before
                else "The server named no page for a pull request."
            )
        else:
            self.app.copy_to_clipboard(clean(url))
            self.say(f"Copied {harmless(url)}", "good")

    def action_copy_table(self) -> None:
        """Copy the change table as Markdown."""
        if self.ready is None or not self.ready.table:
            self.say("No setting changes, so there is no table.")
        else:
            self.app.copy_to_clipboard(self.ready.table)
            self.say(f"Copied the table of {plural(len(self.ready.plan.changes), 'change')} as Markdown.", "good")

    def action_back(self) -> None:
        """Cancel a push that runs; else go back."""
        if self._watch is not None:
            self._watch.cancelled.set()
            self.say("Cancelling…", "edited")
        else:
            self.dismiss(self._done)


def _change_line(change: FieldDelta, width: int) -> Line:
    from rea_xcom_tui.reports.changes import worded

    room = max(12, width * 2 // 5)
    name = pad(shorten(harmless(change.deployment), room, "start"), room)
    if change.kind != "changed":
        return [(f"  {name}  ", ""), (change.kind, "edited")]
    words = f"{worded(change.old)} → {worded(change.new)}"
    field = pad(change.field, 12)
    return [(f"  {name}  ", ""), (field, "quiet"), (shorten_change(words, max(10, width - room - 16)), "edited")]


def _whole(text: str, width: int) -> list[Line]:
    """A text that must not be shortened, such as an address, on as many lines as it takes."""
    return [[(part, "title")] for part in textwrap.wrap(text, max(10, width), break_on_hyphens=False)]
