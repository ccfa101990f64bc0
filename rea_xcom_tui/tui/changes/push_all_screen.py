"""The push over several repos: one line for each, asked for once more, then sent one after the other."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import BindingType

from rea_xcom_tui.text import clean, plural
from rea_xcom_tui.tui.background import jobs
from rea_xcom_tui.tui.background.list_screen import ListScreen
from rea_xcom_tui.tui.background.repo_jobs import listed
from rea_xcom_tui.tui.changes.push_failed import tell_push_failed
from rea_xcom_tui.tui.keys.bindings import bindings_of
from rea_xcom_tui.tui.keys.commands import Place
from rea_xcom_tui.tui.kit.dialogs import TrustQuestion
from rea_xcom_tui.tui.kit.fit import harmless, pad, shorten
from rea_xcom_tui.tui.kit.line_list import Entry, LineList
from rea_xcom_tui.tui.kit.messages import Message
from rea_xcom_tui.tui.kit.styled_lines import Bar, Line, Span

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.actions.push_all import RepoPush
    from rea_xcom_tui.fleet.workspace import Workspace

_NAME = 16
_MOST_COMMITS = 12


class Planned(Message):
    """What a push would do in each repo."""

    found: Sequence[RepoPush]


class Sent(Message):
    """A repo's branch is on its server."""

    one: RepoPush


class AllSent(Message):
    """Every branch that was to be sent is on its server."""


class PushAllScreen(ListScreen[str, str]):
    """Shows what each repo would send, and sends it: all of it is asked of the servers first, and none by force."""

    PLACES: ClassVar[tuple[Place, ...]] = ("push-all", "list")
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("push-all")

    def __init__(self, work: jobs.Jobs) -> None:
        super().__init__(work)
        self.found: dict[str, RepoPush] = {}
        self.left_out: set[str] = set()
        """The repos that the user does not want to push now."""
        self._problem = ""
        self._cancelled: threading.Event | None = None
        """Set to cancel the push that runs."""

    @property
    def idle(self) -> frozenset[str]:
        """The commands that have nothing to do now, for the line of keys."""
        sends = any(one.sends for one in self.found.values())
        pushed = [one.pushed for one in self.found.values() if one.pushed is not None]
        idle = set() if sends else {"push-all.now", "push-all.leave-out"}
        idle |= set() if any(one.request_url for one in pushed) else {"push-all.copy-url"}
        return frozenset(idle)

    def on_mount(self) -> None:
        """Look what there is to push."""
        self.query_one("#header", Bar).show([("Push", "title")])
        self.say("Checking what each repo has to push…", "edited")
        self.jobs.run(self, "work out what there is to push", _planned)

    def on_unmount(self) -> None:
        """A push must not outlive the screen that shows it."""
        if self._cancelled is not None:
            self._cancelled.set()

    @on(Planned)
    def _show(self, event: Planned) -> None:
        self.found = {one.repo: one for one in event.found}
        first = next((at for at, one in enumerate(event.found) if one.sends), 0)
        self._lay_out(first)
        self._ask()

    def _ask(self) -> None:
        """Say what Enter would do now."""
        count = len(self._wanted())
        if count:
            self.say(f"Nothing has been sent yet. Enter pushes {plural(count, 'repo')}, never by force.", "quiet")
        elif any(one.sends for one in self.found.values()):
            self.say("Every repo with something to push is left out; Space takes one in.", "edited")
        else:
            self.say("The remotes already have everything; there is nothing to push.", "good")

    def _wanted(self) -> list[RepoPush]:
        return [one for one in self.found.values() if one.sends and one.repo not in self.left_out]

    def _lay_out(self, cursor: int | None = None) -> None:
        sending = sum(one.sends for one in self.found.values())
        done = sum(one.pushed is not None for one in self.found.values())
        told = f"{done} pushed · {sending} to push" if done else f"{sending} of {plural(len(self.found), 'repo')}"
        self.query_one("#header", Bar).show([("Push", "title")], [(told, "quiet")])
        lines = [Entry(one.repo, partial(self._line, one)) for one in self.found.values()]
        self.listed.show(lines, self.listed.cursor if cursor is None else cursor)
        self.refresh_bindings()

    def _line(self, one: RepoPush, width: int) -> Line:
        box = "[x] " if one.sends and one.repo not in self.left_out else "[ ] " if one.sends else "    "
        head: list[Span] = [(box, "strong"), (f"{pad(shorten(harmless(one.repo), _NAME, 'end'), _NAME)} ", "strong")]
        words, style = _stands(one)
        return [*head, (shorten(words, max(8, width - _NAME - 5), "end"), style)]

    @on(LineList.Moved)
    def _details(self) -> None:
        here = self.found.get(self.listed.here or "")
        self.detail.show(partial(details, here, self._problem) if here is not None else lambda _: ())

    # Doing

    @on(LineList.Chosen)
    def action_leave_out(self) -> None:
        """Leave the repo under the cursor out, or take it in again."""
        here = self.listed.here
        if here is None or self._cancelled is not None or not self.found[here].sends:
            return
        self.left_out ^= {here}
        self._lay_out()
        self._ask()

    def action_push(self) -> None:
        """Push every repo that is taken in."""
        wanted = self._wanted()
        if not wanted or self._cancelled is not None:
            return
        exposed = [each for one in wanted for each in one.exposures]
        if exposed:
            question = TrustQuestion(
                "Let the repos' own programs run for the push?",
                "Their git folders configure what a push runs, and you have not trusted it yet:",
                listed(exposed),
            )
            self.app.push_screen(question, lambda answer: self._push(trust=answer) if answer else None)
        else:
            self._push()

    def _push(self, *, trust: str | None = None, attached: bool = False) -> None:
        wanted = self._wanted()
        cancelled = self._cancelled = threading.Event()
        self._problem = ""
        self.say(f"Asking {plural(len(wanted), 'server')}, then pushing… Esc cancels.", "edited")
        screen = self

        def work(workspace: Workspace) -> AllSent:
            from rea_xcom_tui.fleet.actions.push_all import check_all, send_all
            from rea_xcom_tui.gitops import Watch

            said = jobs.say_aloud if attached else None
            if trust is not None:
                for one in wanted:
                    one.member.trust(one.exposures, remember=trust == "always")
            check_all(wanted, Watch(on_line=said, cancelled=cancelled), attached=attached)
            for one in send_all(wanted, lambda _: Watch(on_line=said, cancelled=cancelled), attached=attached):
                screen.post_message(Sent(one))
            return AllSent()

        run = self.jobs.in_terminal if attached else self.jobs.run
        run(self, "push", work)

    @on(Sent)
    def _sent(self, event: Sent) -> None:
        self.found[event.one.repo] = event.one
        self._lay_out()
        self.say(f"{clean(event.one.repo)} is pushed…", "edited")

    @on(AllSent)
    def _all_sent(self) -> None:
        self._cancelled = None
        pages = " · y copies the pull requests' links, m the change tables" if self._pages() else ""
        self.say(f"{self._done}{pages}", "good")
        self._lay_out()

    def _failed(self, event: jobs.Failed) -> None:
        pushing, self._cancelled = self._cancelled is not None, None
        if not pushing:
            self.fail(event, leave=True)
            return
        self._problem = event.reason
        self._lay_out()
        self.say(f"! {clean(event.reason)}", "invalid")
        tell_push_failed(self.app, event, partial(self._push, attached=True))

    # Around it

    @property
    def _done(self) -> str:
        count = sum(one.pushed is not None for one in self.found.values())
        return f"Pushed {plural(count, 'repo')}" if count else ""

    def _pages(self) -> list[str]:
        made = [one.pushed for one in self.found.values() if one.pushed is not None]
        return [clean(one.request_url) for one in made if one.request_url]

    def action_copy_url(self) -> None:
        """Copy the addresses of the pull requests' pages, one to a line."""
        pages = self._pages()
        if pages:
            self.app.copy_to_clipboard("\n".join(pages))
        self.say(f"Copied {plural(len(pages), 'link')}." if pages else "There is no link yet; it comes with the push.")

    def action_copy_table(self) -> None:
        """Copy the change tables as Markdown, each under its repo's name."""
        from rea_xcom_tui.reports.pushing import description

        plans = {one.repo: one.plan for one in self.found.values() if one.plan is not None}
        tables = {repo: text for repo, plan in plans.items() if (text := description(plan))}
        if tables:
            self.app.copy_to_clipboard("\n\n".join(f"### {clean(repo)}\n\n{text}" for repo, text in tables.items()))
        words = f"Copied the tables of {plural(len(tables), 'repo')} as Markdown."
        self.say(words if tables else "No setting changes, so there is no table.", "good" if tables else "")

    def action_back(self) -> None:
        """Cancel a push that runs; else go back."""
        if self._cancelled is not None:
            self._cancelled.set()
            self.say("Cancelling…", "edited")
        else:
            self.dismiss(self._done)


def _planned(workspace: Workspace) -> Planned:
    from rea_xcom_tui.fleet.actions.push_all import push_plans

    return Planned(push_plans(workspace))


def _stands(one: RepoPush) -> tuple[str, str]:
    """What a repo has to push, or what became of it, and its style."""
    from rea_xcom_tui.reports.pushing import result_line

    if one.pushed is not None:
        return f"✓ {result_line(one.pushed)}", "good"
    if one.plan is None:
        return f"left out: {harmless(one.aside)}", "quiet"
    going = one.plan.outgoing
    where = f"{harmless(going.branch)} → {harmless(going.remote)}"
    if one.plan.empty:
        return f"{where}  nothing to push", "quiet"
    if one.behind:
        return f"{where}  {plural(one.behind, 'commit')} there that are not here: git pull --rebase first", "invalid"
    new = "" if going.known else ", a new branch there"
    return f"{where}  {plural(len(going.commits), 'commit')}{new}", "edited"


def details(one: RepoPush, problem: str, width: int) -> list[Line]:
    """What a repo would send, in full."""
    from rea_xcom_tui.reports.changes import worded

    lines: list[Line] = [[(shorten(harmless(one.repo), width, "end"), "title")]]
    if problem:
        lines += [[(shorten(f"! {harmless(problem)}", width, "end"), "invalid")]]
    if one.plan is None:
        return [*lines, [(shorten(harmless(one.aside), width, "end"), "quiet")]]
    going = one.plan.outgoing
    lines.append([(shorten(f"to {harmless(one.plan.url)}", width, "middle"), "quiet")])
    if going.target not in (None, going.branch):
        lines.append([(shorten(f"for a pull request to {harmless(going.target or '')}", width, "end"), "quiet")])
    if one.pushed is not None and one.pushed.request_url:
        lines.append([(shorten(harmless(one.pushed.request_url), width, "middle"), "title")])
    lines.append([])
    for commit in going.commits[:_MOST_COMMITS]:
        lines.append([(f"{commit.oid[:8]}  ", "quiet"), (shorten(harmless(commit.subject), max(8, width - 10)), "")])
    if len(going.commits) > _MOST_COMMITS:
        lines.append([(f"and {len(going.commits) - _MOST_COMMITS} more", "quiet")])
    if one.plan.changes:
        lines += [[], [(f"{plural(len(one.plan.changes), 'setting')} changed", "quiet")]]
    for change in one.plan.changes:
        lines.append([(shorten(harmless(change.deployment), width, "start"), "")])
        if change.kind == "changed":
            said = f"  {change.field}  {worded(change.old)} → {worded(change.new)}"
        else:
            said = f"  {change.kind}"
        lines.append([(shorten(said, width, "middle"), "edited")])
    return lines
