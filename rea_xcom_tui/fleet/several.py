"""Several repos as one fleet: one table, edits and previews over all of them, and for each its own commit.

Every repo keeps its own session, with its configuration, gate and log of operations. Here their deployments are put
together under names that tell the repo, what is pending is kept once for all, and each repo is handed its part when
something is to be proved, written or committed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import msgspec

from rea_xcom_tui import durable
from rea_xcom_tui.errors import Refused, ToolError
from rea_xcom_tui.fleet.edit.pending import PendingEdit
from rea_xcom_tui.fleet.edit.plan import Plan
from rea_xcom_tui.fleet.edit.several import edit_in, plan_in
from rea_xcom_tui.fleet.qualified import in_repo, qualified, within
from rea_xcom_tui.fleet.together import Together
from rea_xcom_tui.fleet.workspace import Workspace
from rea_xcom_tui.fleet.write.commit import CommitOptions
from rea_xcom_tui.text import clean, plural

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.write.putting import Progress
    from rea_xcom_tui.fleet.write.undo import Undone
    from rea_xcom_tui.gitops import Exposure
    from rea_xcom_tui.gitops.operations import Operation


class PartlyCommitted(ToolError):
    """A commit failed in one repo after others had theirs, which are named and stay."""

    output = ""
    """What the hook or git said."""


_WITH_QUERIES = ("set", "unset", "promote", "check", "drift")
"""The commands whose query tells in which repos they work."""


@contextmanager
def _left_out(repo: str, concerned: Collection[str], command: str) -> Iterator[None]:
    """Have a refusal of one of several repos say how to go on without it."""
    try:
        yield
    except Refused as refusal:
        if len(concerned) > 1 and command in _WITH_QUERIES:
            first = str(refusal.args[0]).rstrip(".")
            refusal.args = (f"{first}; -repo:{clean(repo)} in the query leaves it out", *refusal.args[1:])
        raise


class Several(Together):
    """Several repos as one fleet; `repos` are their workspaces by name."""

    def write(self, progress: Progress | None = None) -> Plan:
        """Write the pending edits that are not held, in all repos or in none. Raises `Refused`."""
        plan = self._planned(progress)
        busy = self._busy()
        for repo in busy:
            with in_repo(repo), _left_out(repo, busy, self.command):
                self.repos[repo].check_writable()
        token = durable.new_token()
        done: list[Workspace] = []
        try:
            for repo in busy:
                member = self._hand_over(repo)
                member.together = token
                with in_repo(repo):
                    member.write(progress)
                done.append(member)
        except BaseException:  # also an interrupt: what is written in one repo and not in the next is taken back
            for member in reversed(done):
                member.take_newest_back()
            self._join()
            raise
        self.pending.settle(edit.key for edit in plan.edits)
        self._tokens.append(token)
        self._join()
        return plan

    def _planned(self, progress: Progress | None = None) -> Plan:
        """The plan. Raises `Refused` where an edit cannot be made, in whichever repo."""
        plan = self.plan(progress)
        plan.check()
        return plan

    def commit(
        self, message: str, *, branch: str | None = None, options: CommitOptions | None = None, checked: bool = False
    ) -> str:
        """Write what is pending and commit it, one commit in each repo; returns what git said in each.

        A message that was generated is generated for each repo. All that can be known beforehand is looked at in
        every repo before the first commit, unless it was `checked` just now. Raises `Refused` where that forbids it,
        with nothing done, and `ToolError` where a later repo's commit fails: it names the commits that were made,
        which stay.
        """
        chosen = options or CommitOptions(branch=branch)
        own_words = message.strip() == self.commit_message().strip()
        self._planned()
        concerned = self._concerned()
        if not concerned:
            raise Refused("there is nothing to commit: edit a value first")
        if not checked:
            self.check_committable(chosen)
        token = durable.new_token()
        said: list[str] = []
        made: list[str] = []
        for repo in concerned:
            member = self._hand_over(repo)
            member.together, member.template = token, self.template
            if self.trailed is not None:
                ids = frozenset(within(repo, id_) for id_ in self.trailed.deployments)
                member.trailed = msgspec.structs.replace(self.trailed, deployments=ids)
            written = [edit_in(repo, edit).key for edit in member.pending.chosen]
            if chosen.on_line is not None and len(concerned) > 1:
                chosen.on_line(f"{repo}, {len(made) + 1} of {len(concerned)} repos")
            try:
                output = member.commit(member.commit_message() if own_words else message, options=chosen, checked=True)
            except ToolError as error:
                self._join()
                raise self._stopped(repo, made, error) from error
            self.pending.settle(written)
            made.append(f"{clean(repo)} ({(member.fleet.head or '')[:10]})")
            said += [f"{repo}: {line}" for line in output.strip().splitlines()]
        self._tokens.append(token)
        self.trailed = None
        self._join()
        return "\n".join(said)

    def check_committable(self, options: CommitOptions) -> None:
        """Raise `Refused` with one sentence when a repo with something to commit takes no commit now."""
        concerned = self._concerned()
        for repo in concerned:
            with in_repo(repo), _left_out(repo, concerned, self.command):
                member = self._hand_over(repo)
                member.check_committable(options)
                member.check_places()

    def _concerned(self) -> list[str]:
        """The repos with something to commit."""
        busy = self._busy()
        return [repo for repo, member in self.repos.items() if repo in busy or member.to_commit()]

    @staticmethod
    def _stopped(repo: str, made: Sequence[str], error: ToolError) -> ToolError:
        """Why a commit was not made, and which were made before it in other repos."""
        if not made:
            error.args = (f"{clean(repo)}: {error}", *error.args[1:])
            return error
        stopped = PartlyCommitted(
            f"{clean(repo)}: {str(error).rstrip('.')}; committed before that, and still there: {', '.join(made)}; "
            "`rea-xcom-tui undo` with the same repos shows the way back"
        )
        stopped.output = str(getattr(error, "output", "") or "")
        return stopped

    def check_writable(self) -> None:
        """Raise `Refused` with one sentence when no file of the repos with pending edits may be written now."""
        busy = self._busy()
        for repo in busy or self.repos:
            with in_repo(repo), _left_out(repo, busy, self.command):
                self.repos[repo].check_writable()

    def uncommitted(self) -> tuple[PendingEdit, ...]:
        """Edits that this session has written but not committed, in any repo."""
        return self._edits_of_all(lambda member: member.uncommitted())

    def put_back(self) -> tuple[PendingEdit, ...]:
        """What undo has put back in the files while a commit still holds it, in any repo."""
        return self._edits_of_all(lambda member: member.put_back())

    def _edits_of_all(self, of: Callable[[Workspace], Iterable[PendingEdit]]) -> tuple[PendingEdit, ...]:
        return tuple(edit_in(repo, edit) for repo, member in self.repos.items() for edit in of(member))

    def to_commit(self) -> tuple[str, ...]:
        """The files that a commit would hold now, in any repo."""
        return tuple(qualified(repo, file) for repo, member in self.repos.items() for file in member.to_commit())

    def unwrite(self) -> tuple[PendingEdit, ...]:
        """Put back what this session has written but not committed; returns its edits, oldest first."""
        edits = self._edits_of_all(lambda member: member.unwrite())
        for _ in self._tokens:
            self.pending.lift()
        self._tokens.clear()
        self._join()
        return edits

    # ---- trust, crashes, undo

    def exposures(self) -> tuple[Exposure, ...]:
        """What the git folders of the repos with something to commit would run on a commit and is not trusted."""
        wanted = [repo for repo, member in self.repos.items() if member.to_commit()]
        return tuple(one for repo in {*self._busy(), *wanted} for one in self.repos[repo].exposures())

    def trust(self, shown: Iterable[Exposure], *, remember: bool) -> None:
        """Let run what was `shown` to the user, and nothing that came since; `remember` it outside the repos."""
        known = set(shown)
        for member in self.repos.values():
            mine = [exposure for exposure in member.exposures() if exposure in known]
            if mine:
                member.trust(mine, remember=remember)

    def recover_commit(self) -> str | None:
        """Finish or take back commits that a crash cut off; returns what was done in words, or None."""
        told = {repo: member.recover_commit() for repo, member in self.repos.items()}
        return "; ".join(f"{repo}: {words}" for repo, words in told.items() if words) or None

    def cut_off(self) -> Operation | None:
        """A write of any repo that was cut off by a crash."""
        return next((found for member in self.repos.values() if (found := member.cut_off()) is not None), None)

    def commit_cut_off(self) -> bool:
        """Whether a commit was cut off by a crash in any repo."""
        return any(member.commit_cut_off() for member in self.repos.values())

    def finish_cut_off(self, progress: Progress | None = None) -> str:
        """Finish the writes that were cut off; returns what they were about. Raises `Refused`."""
        cut = {repo: member for repo, member in self.repos.items() if member.cut_off() is not None}
        if not cut:
            raise Refused("no write was cut off, so there is nothing to finish")
        return "; ".join(f"{repo}: {member.finish_cut_off(progress)}" for repo, member in cut.items())

    def newest_write(self) -> Operation | None:
        """The newest write of any repo that has not been taken back, or None; titled by all that was one with it."""
        last = self._last()
        if last is None:
            return None
        newest = self._newest()
        return replace(last, title=self.title_of({repo: newest[repo] for repo in self.repos_of_newest()}))

    def _last(self) -> Operation | None:
        return max((op for op in self._newest().values()), key=lambda op: op.when, default=None)

    def members_newest(self, repo: str) -> Operation | None:
        """The newest write of one of the repos that the fleet is made of."""
        return self.repos[repo].newest_write()

    def _newest(self) -> dict[str, Operation]:
        found = {repo: member.newest_write() for repo, member in self.repos.items()}
        return {repo: operation for repo, operation in found.items() if operation is not None}

    def title_of(self, operations: Mapping[str, Operation]) -> str:
        """What operations that were one in several repos were about, by the names of these.

        Each has a title of its own, which describes its own repo only.
        """
        title = next(iter(operations.values())).title
        if len(operations) == 1:
            return title
        members = {repo: self.repos[repo] for repo in operations}
        changed = sorted((repo, *pair) for repo, one in members.items() for pair in one.changed_by(operations[repo]))
        count = len({(repo, id_) for repo, id_, _ in changed})
        names = ", ".join(dict.fromkeys(name for _, _, name in changed))
        what = f"{names} of {plural(count, 'deployment')}" if changed else f"'{title}' and what was one with it"
        return f"{what} in {plural(len(operations), 'repo')}"

    def repos_of_newest(self) -> tuple[str, ...]:
        """The repos that the newest write was made in, together."""
        newest = self._newest()
        last = self._last()
        if last is None:
            return ()
        if not last.together:
            return tuple(repo for repo, operation in newest.items() if operation == last)
        return tuple(repo for repo, operation in newest.items() if operation.together == last.together)

    def repos_of_newest_operation(self) -> tuple[str, ...]:
        """The repos that the newest operation, a write or a commit, was made in together."""
        newest = {
            repo: operation
            for repo, member in self.repos.items()
            if (operation := member.newest_operation()) is not None
        }
        if not newest:
            return ()
        last = max(newest, key=lambda repo: newest[repo].when)
        together = self.repos[last].shared_by(newest[last])
        if not together:
            return (last,)
        return tuple(repo for repo, op in newest.items() if self.repos[repo].shared_by(op) == together)

    def take_back(self, progress: Progress | None = None) -> Undone:
        """Take back the newest write in every repo that it was made in. Raises `Refused`. Rescan afterwards."""
        concerned = self.repos_of_newest()
        if not concerned:
            raise Refused("nothing in the log of any of these repos can be taken back")
        undone: dict[str, Undone] = {}
        for repo in concerned:
            try:
                with in_repo(repo):
                    undone[repo] = self.repos[repo].take_back(progress)
            except ToolError as error:
                if not undone:
                    raise
                raise ToolError(f"{error}; put back before that: {', '.join(map(clean, undone))}") from error
        operations = {repo: one.operation for repo, one in undone.items()}
        first = next(iter(undone.values()))
        if first.operation.together in self._tokens:
            self._tokens.remove(first.operation.together)
            self.pending.lift()
        return replace(
            first,
            operation=replace(first.operation, title=self.title_of(operations)),
            commits=tuple(dict.fromkeys(one.operation.commit for one in undone.values() if one.operation.commit)),
            files=tuple(qualified(repo, file) for repo, one in undone.items() for file in one.files),
            to_commit=tuple(file for repo, one in undone.items() for file in plan_in(repo, Plan(one.to_commit, ()))[0]),
        )
