"""The ways from the fleet to problems, push, branches, history and the log, and how the repo stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from textual import events

from rea_xcom_tui.text import clean, plural
from rea_xcom_tui.tui.background import jobs, repo_jobs
from rea_xcom_tui.tui.background.parts import takes
from rea_xcom_tui.tui.cells.columns import LAST_CHANGE
from rea_xcom_tui.tui.home.column_actions import FleetColumns
from rea_xcom_tui.tui.home.part import FleetPart
from rea_xcom_tui.tui.kit.dialogs import Choice, Question, TrustQuestion
from rea_xcom_tui.tui.kit.fit import wrapped_sentences
from rea_xcom_tui.tui.kit.styled_lines import Painted, Span

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.actions.repo_status import Standing
    from rea_xcom_tui.fleet.workspace import Workspace
    from rea_xcom_tui.gitops import Exposure, Repository
    from rea_xcom_tui.tui.repo.problems_screen import Goal
    from rea_xcom_tui.xcom.model import FieldName

_MOST_OF_NOTICES, _MOST_WHEN_LOW = 4, 2
"""Lines of notices over the table; `-high` is a screen of 30 lines and more."""


@dataclass(eq=False, repr=False)
class FleetRepo(FleetPart):
    """Opens the screens around the repo and does what they ask for; owns the banner."""

    columns: FleetColumns
    standing: Standing | None = None
    """How the repo stood when it was last looked at."""
    notices: Sequence[str] = ()
    """What has been said of the whole repo; a read of single files may have less to tell."""
    _hidden: Sequence[str] = ()
    """The notices that were hidden."""
    changed_last: Mapping[tuple[str, ...], str] | None = None
    """When a deployment with these files was changed last; None before it was asked for."""
    _changed_as_of: str | None = None

    @takes(events.Mount)
    def _mounted(self) -> None:
        """Give the banner its place under the header. Textual itself calls the `on_mount` of every class."""
        banner = Painted(id="banner")
        banner.display = False
        banner.styles.padding = (0, 1)
        self.home.mount(banner, after="#header")

    # How the repo stands

    def look_around(self) -> None:
        """Look how the repo stands, after the fleet has been read."""
        self._look_again()
        self.fill_last_changes()

    def fill_last_changes(self) -> None:
        """Find the last changes where their column is shown."""
        if LAST_CHANGE.key in self.columns.column_keys and self.shown.ready:
            self._fill_last_changes()

    def came_to_another(self) -> None:
        """Show the repo that the cursor has come to, and look how it stands."""
        self.standing = None
        self.home.show_header()
        self._look_again()

    @takes(repo_jobs.Stood)
    def _stood(self, event: repo_jobs.Stood) -> None:
        self.standing = event.standing
        self.home.show_header()
        self._show_banner()

    def branch_words(self) -> list[Span]:
        """How the branch stands to its upstream: `↑1 ↓2`."""
        state = self.standing.state if self.standing else None
        if state is None:
            return []
        counts = ((f" ↑{state.ahead}", state.ahead), (f" ↓{state.behind}", state.behind))
        return [(text, "quiet") for text, count in counts if count]

    def _show_banner(self) -> None:
        banner = self.home.query_one("#banner", Painted)
        width = max(20, self.home.size.width - 2)
        sentences = self.standing.sentences() if self.standing else []
        lines = wrapped_sentences(sentences, width)
        if notices := [notice for notice in self.notices if notice not in self._hidden]:
            most = _MOST_OF_NOTICES if self.home.has_class("-high") else _MOST_WHEN_LOW
            lines += wrapped_sentences(notices, width, most, "… g n shows all")
        banner.display = bool(lines)
        banner.styles.height = len(lines)
        banner.paint([[(line, "edited")] for line in lines])

    @takes(jobs.Scanned)
    def _noted(self, event: jobs.Scanned) -> None:
        told = map(clean, event.fleet.notices)
        self.notices = tuple(dict.fromkeys((*self.notices, *told)))
        self._show_banner()

    def hide_notices(self) -> bool:
        """Hide the notices that are shown, until there is another; False where none is."""
        shown = {*self.notices} - {*self._hidden}
        self._hidden = self.notices
        self._show_banner()
        return bool(shown)

    def action_notices(self) -> None:
        """Show all that is to be said of the whole repo."""
        if not self.notices:
            self.say("There is nothing to note about this repo.")
            return
        title = f"{plural(len(self.notices), 'notice')} about this repo"
        body = "\n\n".join(f"! {notice}" for notice in self.notices)
        self.app.push_screen(Question(title, body, [Choice("escape", "Esc", "close", "")]))

    @takes(events.Resize)
    def _resized(self) -> None:
        """Wrap the banner for the new width."""
        self.home.call_after_refresh(self._show_banner)

    def action_trust(self) -> None:
        """List what the repo would run, and let the user decide."""
        self.jobs.run(self.home, "check what the repo would run", lambda ws: repo_jobs.Exposed(ws.exposures()))

    @takes(repo_jobs.Exposed)
    def _exposed(self, event: repo_jobs.Exposed) -> None:
        if not event.exposures:
            self.say("Nothing is blocked: this repo is trusted, or its git folder configures no programs.")
            return
        question = TrustQuestion(
            "Let this repo's own programs run?",
            "Its git folder configures what commit, push and switch run; none of it has run yet:",
            repo_jobs.listed(event.exposures),
        )
        self.app.push_screen(question, partial(self._trust, event.exposures))

    def _trust(self, shown: Sequence[Exposure], answer: str | None) -> None:
        if answer:

            def work(workspace: Workspace) -> repo_jobs.Stood:
                workspace.trust(shown, remember=answer == "always")
                return repo_jobs.look_at(workspace)

            self.jobs.run(self.home, "trust the repo", work)
            how_long = "from now on" if answer == "always" else "until the app ends"
            self.say(f"This repo's own programs may run {how_long}.", "good")

    # Problems

    def action_problems(self) -> None:
        """Show what the rules found."""
        from rea_xcom_tui.tui.repo.problems_screen import ProblemsScreen

        if not self.shown.ready or self.workspace is None:
            self.say("The repo is still being read; problems are known when it is.", "edited")
        else:
            self.app.push_screen(ProblemsScreen(self.jobs, self.workspace), self._after_problems)

    def _after_problems(self, goal: Goal | None) -> None:
        self.home.values_changed()
        if goal is not None:
            self.go_to_cell(*goal)

    def go_to_cell(self, identifier: str, field: FieldName | None) -> None:
        """Put the cursor on a field of a row; the filter gives way where it hides the row."""
        if not self.table.go_to_id(identifier):
            self.home.show_all()
        if not self.table.go_to_id(identifier):
            self.say(f"{clean(identifier)} is no longer in this fleet.")
            return
        columns = [column.field for column in self.table.columns]
        if field in columns:
            self.table.cursor_column = columns.index(field)
        self.table.focus()

    # Branches and push

    def action_switch(self) -> None:
        """Choose another branch."""
        if self.home.may_change() is not None:
            self.jobs.run(self.home, "list the branches", repo_jobs.list_branches)

    @takes(repo_jobs.Branches)
    def _branches(self, event: repo_jobs.Branches) -> None:
        from rea_xcom_tui.tui.repo.branches_screen import BranchesScreen

        self.app.push_screen(BranchesScreen(event.current, event.others), self._switch)

    def _switch(self, name: str | None) -> None:
        if name:
            self.say(f"Switching to {clean(name)}…", "edited")
            self.jobs.run(self.home, f"switch to {name}", partial(repo_jobs.switch_to, name=name))

    @takes(repo_jobs.Switched)
    def _switched(self, event: repo_jobs.Switched) -> None:
        self.home.take(event.now)
        self.say(f"On {clean(event.branch)} now.", "good")

    def action_push(self) -> None:
        """Show what a push would send; of several repos, what each would."""
        from rea_xcom_tui.tui.changes.push_all_screen import PushAllScreen
        from rea_xcom_tui.tui.changes.push_screen import PushScreen

        workspace = self.home.may_change(pushing=True)
        if workspace is not None:
            several = len(workspace.each()) > 1
            self.app.push_screen(PushAllScreen(self.jobs) if several else PushScreen(self.jobs), self._after_push)

    def _look_again(self) -> None:
        self.jobs.run(self.home, "check the state of the repo", repo_jobs.look_at)

    def _after_push(self, done: str | None) -> None:
        self._look_again()
        if done:
            self.say(done, "good")

    def went_on(self, done: repo_jobs.CommitMade) -> None:
        """Tell what was not committed after all, and go on to the push if that was wanted."""
        from rea_xcom_tui.tui.kit.dialogs import Failure

        if done.problem:
            self.app.push_screen(Failure("commit all of it", done.problem, done.said))
        elif done.push:
            self.action_push()

    # History and log

    def action_history(self) -> None:
        """Show who changed the deployment under the cursor."""
        from rea_xcom_tui.tui.repo.history_screen import HistoryScreen

        row = self.table.cursor
        if not self.shown.ready or self.workspace is None or row is None or row.deployment is None:
            self.say("There is no deployment under the cursor to show the history of.")
            return
        screen = HistoryScreen(self.jobs, self.workspace, row.deployment, self.table.column.field)
        self.app.push_screen(screen, lambda _: self.home.values_changed())

    def action_log(self) -> None:
        """Show what has been done."""
        from rea_xcom_tui.tui.repo.log_screen import LogScreen

        if self.workspace is not None:
            self.app.push_screen(LogScreen(self.jobs))

    def action_last_changes(self) -> None:
        """Show or hide the column with the last change of each file."""
        if not self.shown.ready:
            return
        others = [key for key in self.columns.column_keys if key != LAST_CHANGE.key]
        shown = len(others) < len(self.columns.column_keys)
        self.columns.show_columns(others if shown else [*others[:2], LAST_CHANGE.key, *others[2:]])

    def _fill_last_changes(self) -> None:
        """Take what is known; walk the log beside other work where the checked-out commit is another one."""
        self._show_last_changes()
        if self.workspace is None:
            return
        head = " ".join(str(member.fleet.head) for member in self.workspace.each().values())
        files = {row.deployment.files for row in self.rows if row.deployment}
        if head == self._changed_as_of and files <= (self.changed_last or {}).keys():
            return

        def walk(repositories: Mapping[str, Repository]) -> repo_jobs.LastChanges:
            return repo_jobs.last_changes(repositories, files, head)

        def take(workspace: Workspace) -> dict[str, Repository]:
            return {repo: one.repository.for_another_thread() for repo, one in workspace.each().items()}

        self.jobs.look(self.home, "find the last changes", take, walk)

    @takes(repo_jobs.LastChanges)
    def _last_changes_found(self, event: repo_jobs.LastChanges) -> None:
        self.changed_last, self._changed_as_of = event.words, event.head
        self._show_last_changes()
        self.table.set_rows(self.shown.summary, self.shown.view())

    def _show_last_changes(self) -> None:
        words = self.changed_last
        for row in self.rows:
            if row.deployment is not None:
                row.last_change = "…" if words is None else words.get(row.deployment.files, "…")
                row.changed()
