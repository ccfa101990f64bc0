"""Several repos as one fleet: one table, edits and previews over all of them, and for each its own commit.

Every repo keeps its own session, with its configuration, gate and log of operations. Here their deployments are put
together under names that tell the repo, what is pending is kept once for all, and each repo is handed its part when
something is to be proved, written or committed.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

from rea_xcom_tui import durable
from rea_xcom_tui.errors import Refused, ToolError
from rea_xcom_tui.fleet.compare import Value
from rea_xcom_tui.fleet.edit.pending import Pending, PendingEdit, SetField
from rea_xcom_tui.fleet.edit.plan import FilePlan, Plan, Proof, Refusal
from rea_xcom_tui.fleet.edit.several import edit_in, edit_of, plan_in
from rea_xcom_tui.fleet.model import Deployment, Fleet, RepoInfo
from rea_xcom_tui.fleet.qualified import deployment_in, in_repo, qualified, unreadable_in, unused_in, within
from rea_xcom_tui.fleet.scan.judge import with_fleet_findings, without_fleet_findings
from rea_xcom_tui.fleet.workspace import Workspace
from rea_xcom_tui.fleet.write.commit import CommitOptions
from rea_xcom_tui.text import clean, plural
from rea_xcom_tui.xcom.model import FieldName

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.edit.layers import LayerEdits
    from rea_xcom_tui.fleet.edit.state import FleetState
    from rea_xcom_tui.fleet.scan.scan import Progress as ScanProgress
    from rea_xcom_tui.fleet.write.gate import Progress
    from rea_xcom_tui.fleet.write.undo import Undone
    from rea_xcom_tui.gitops import Exposure, Repository
    from rea_xcom_tui.gitops.operations import Operation


class PartlyCommitted(ToolError):
    """A commit failed in one repo after others had theirs, which are named and stay."""

    output = ""
    """What the hook or git said."""


class Several(Workspace):
    """Several repos as one fleet; `repos` are their workspaces by name."""

    def __init__(self, repos: Mapping[str, Workspace]) -> None:
        self.repos = dict(repos)
        self._focus = ""
        first = next(iter(self.repos.values()))
        super().__init__(first.repository)
        self.config = first.config
        reasons = [member.read_only for member in self.repos.values()]
        self.read_only = reasons[0] if all(reasons) else None
        self.root = Path(os.path.commonpath([member.root for member in self.repos.values()]))
        self._tokens: list[str] = []
        """What the writes of this session share, oldest first."""
        self._join()

    # ---- which repo

    @property
    def members(self) -> Mapping[str, FleetState]:
        """The repos that the fleet is made of, by name."""
        return self.repos

    def each(self) -> Mapping[str, Workspace]:
        """The repos that the fleet is made of, by name."""
        return self.repos

    @property
    def here(self) -> Workspace:
        """The repo that is worked in where only one can be. Raises `ToolError` where none has been chosen."""
        if self._focus not in self.repos:
            names = ", ".join(map(clean, self.repos))
            raise ToolError(f"this is done in one repo at a time; name one of {names} with -C")
        return self.repos[self._focus]

    @property
    def focus(self) -> str:
        """The name of the repo that is worked in where only one can be; empty until one is chosen."""
        return self._focus

    @property
    def title(self) -> str:
        """What the fleet is called, for people."""
        return f"{plural(len(self.repos), 'repo')} · {self._focus}" if self._focus else plural(len(self.repos), "repo")

    def focus_on_first(self) -> None:
        """Work in the first repo until another is chosen."""
        self._focus = next(iter(self.repos))

    def focus_on(self, name: str) -> None:
        """Work in the repo of this id or file from now on, where only one can be worked in."""
        repo = name.partition(":")[0]
        self._focus = repo if repo in self.repos else self._focus

    @property
    def repository(self) -> Repository:
        """That of the repo that is worked in where only one can be. Raises `ToolError` where none has been chosen."""
        return self.here.repository

    @repository.setter
    def repository(self, _: Repository) -> None:
        """Nothing: each of the repos has its own."""

    def repo_of(self, name: str) -> str:
        """The name of the repo that an id or file of the fleet belongs to. Raises `ToolError`."""
        repo = name.partition(":")[0]
        if repo not in self.repos:
            raise ToolError(f"{clean(name)} is in none of the repos {', '.join(map(clean, self.repos))}")
        return repo

    def home_of(self, name: str) -> tuple[str, Workspace]:
        """The repo that an id or file of the fleet belongs to, and its name."""
        repo = self.repo_of(name)
        return repo, self.repos[repo]

    def shares(self, files: Mapping[str, bytes]) -> Iterator[tuple[str, FleetState, Mapping[str, bytes]]]:
        """Part files by their repos: the name of each, the repo, and its files as it knows them."""
        parts: dict[str, dict[str, bytes]] = {}
        for file, data in files.items():
            repo = self.repo_of(file)
            parts.setdefault(repo, {})[within(repo, file)] = data
        return ((repo, self.repos[repo], mine) for repo, mine in parts.items())

    def tell_fetches(self, tell: Callable[[int, str, int | None], None]) -> None:
        """Have told what is fetched for partial clones."""
        for member in self.repos.values():
            member.tell_fetches(tell)

    # ---- reading

    def scan(self, progress: ScanProgress | None = None, *, ref: str | None = None) -> Fleet:
        """Read all repos anew, from their working trees or a revision of each; pending edits stay."""
        done = 0
        for repo, member in self.repos.items():
            member.engine = self.engine
            told = None if progress is None else _onward(progress, repo, done)
            with in_repo(repo):
                done += len(member.scan(told, ref=ref).deployments)
        return self._join(ref)

    def _join(self, ref: str | None = None) -> Fleet:
        """Make one fleet of those of the repos, and judge what only all of them together show."""
        fleets = {repo: member.fleet for repo, member in self.repos.items()}
        rows = [deployment_in(repo, d) for repo, fleet in fleets.items() for d in fleet.deployments]
        judged, _ = with_fleet_findings(map(without_fleet_findings, rows), self.reading())
        named = [(repo, notice) for repo, fleet in fleets.items() for notice in fleet.notices]
        notices = (*self._asides, *(f"{repo}: {notice}" for repo, notice in named))
        self.fleet = Fleet(
            self.root,
            None,
            None,
            tuple(judged),
            tuple(unreadable_in(repo, file) for repo, fleet in fleets.items() for file in fleet.unreadable),
            tuple(unused_in(repo, file) for repo, fleet in fleets.items() for file in fleet.unused),
            ref,
            notices,
            repos=tuple(
                RepoInfo(repo, member.root, member.fleet.head, member.fleet.branch, member.read_only)
                for repo, member in self.repos.items()
            ),
        )
        return self.fleet

    @property
    def _asides(self) -> tuple[str, ...]:
        """Which repos cannot be written, and why."""
        if self.read_only is not None:
            return ()
        return tuple(
            f"{clean(repo)} is only read: {member.read_only}"
            for repo, member in self.repos.items()
            if member.read_only is not None
        )

    def fingerprint(self) -> int:
        """A number that changes when a file of any repo or its checked-out commit does."""
        return hash(tuple(member.fingerprint() for member in self.repos.values()))

    def layer_edits(self) -> LayerEdits | None:
        """None: layers are edited in the repo that holds them."""
        return None

    def real_file(self, file: str) -> str:
        """A file of the fleet, or the one in its repo that it is a link to."""
        repo, member = self.home_of(file)
        return qualified(repo, member.real_file(within(repo, file)))

    def read_now(self, file: str) -> bytes:
        """The bytes of a file of the fleet as they are now. Raises `Unreadable`."""
        repo, member = self.home_of(file)
        return member.read_now(within(repo, file))

    def on_disk(self, file: str) -> Path:
        """Where a file of the fleet is."""
        repo, member = self.home_of(file)
        return member.on_disk(within(repo, file))

    # ---- what is pending

    def edit_to(
        self, deployment: Deployment, field: FieldName, value: Value, text: str, layer: str | None = None
    ) -> SetField:
        """The edit that gives a field a value that has passed its model, not proved yet. Raises `Refused`."""
        repo, member = self.home_of(deployment.id)
        own = member.deployment(within(repo, deployment.id))
        named = within(repo, layer) if layer is not None else None
        return cast("SetField", edit_in(repo, member.edit_to(own, field, value, text, named)))

    def prove(self, edits: Iterable[PendingEdit], progress: Callable[[int, int], None] | None = None) -> Proof:
        """Make edits in memory and prove them, each in its repo with what is pending there."""
        known = list(edits)
        files: list[FilePlan] = []
        refused: list[Refusal] = []
        done = 0
        for repo, mine in self._parted(known).items():
            told = None if progress is None else _further(progress, done, len(known))
            member = self._hand_over(repo)
            found = plan_in(repo, member.prove([edit_of(repo, edit) for edit in mine], told))
            files += found[0]
            refused += found[1]
            done += len(mine)
        return Proof(tuple(files), tuple(refused))

    def plan(self, progress: Callable[[int, int], None] | None = None) -> Plan:
        """The files as they would be after the pending edits that are not held. Nothing is written."""
        files: list[FilePlan] = []
        refused: list[Refusal] = []
        for repo in self._busy():
            found = plan_in(repo, self._hand_over(repo).plan(progress))
            files += found[0]
            refused += found[1]
        return Plan(tuple(files), tuple(refused))

    def _parted(self, edits: Iterable[PendingEdit]) -> dict[str, list[PendingEdit]]:
        parts: dict[str, list[PendingEdit]] = {}
        for edit in edits:
            parts.setdefault(self.repo_of(edit.file), []).append(edit)
        return parts

    def _busy(self) -> list[str]:
        """The repos with edits that would be written now, in their order."""
        parts = self._parted(self.pending.chosen)
        return [repo for repo in self.repos if repo in parts]

    def proposed(self, repo: str, act: Callable[[Workspace], object]) -> list[PendingEdit]:
        """What an action on one repo makes pending there, as the whole fleet knows it; nothing is pending yet."""
        member = self._hand_over(repo)
        before = set(member.pending.edits)
        with in_repo(repo):
            act(member)
        return [edit_in(repo, edit) for edit in member.pending.edits if edit not in before]

    def _hand_over(self, repo: str) -> Workspace:
        """Let a repo have what is pending in it."""
        member = self.repos[repo]
        mine = self._parted(self.pending.edits).get(repo, [])
        member.pending = Pending()
        member.pending.put([edit_of(repo, edit) for edit in mine], "what is pending")
        return member

    # ---- writing

    def write(self, progress: Progress | None = None) -> Plan:
        """Write the pending edits that are not held, in all repos or in none. Raises `Refused`."""
        plan = self._planned(progress)
        busy = self._busy()
        for repo in busy:
            with in_repo(repo):
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
        except BaseException:
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
        if plan.refused:
            first = plan.refused[0]
            raise Refused(
                f"{plural(len(plan.refused), 'edit')} cannot be made, so nothing was written; "
                f"{clean(first.deployment)}: {first.reason}"
            )
        return plan

    def commit(self, message: str, *, branch: str | None = None, options: CommitOptions | None = None) -> str:
        """Write what is pending and commit it, one commit in each repo; returns what git said in each.

        A message that was generated is generated for each repo. All that can be known beforehand is looked at in
        every repo before the first commit. Raises `Refused` where that forbids it, with nothing done, and `ToolError`
        where a later repo's commit fails: it names the commits that were made, which stay.
        """
        chosen = options or CommitOptions(branch=branch)
        own_words = message == self.commit_message()
        self._planned()
        busy = self._busy()
        concerned = [repo for repo, member in self.repos.items() if repo in busy or member.to_commit()]
        if not concerned:
            raise Refused("there is nothing to commit: edit a value first")
        for repo in concerned:
            with in_repo(repo):
                self._hand_over(repo).check_committable(chosen)
        token = durable.new_token()
        said: list[str] = []
        made: list[str] = []
        for repo in concerned:
            member = self._hand_over(repo)
            member.together, member.template = token, self.template
            written = [edit_in(repo, edit).key for edit in member.pending.chosen]
            try:
                output = member.commit(member.commit_message() if own_words else message, options=chosen)
            except ToolError as error:
                self._join()
                raise self._stopped(repo, made, error) from error
            self.pending.settle(written)
            made.append(f"{clean(repo)} ({(member.fleet.head or '')[:10]})")
            said += [f"{repo}: {line}" for line in output.strip().splitlines()]
        self._tokens.append(token)
        self._join()
        return "\n".join(said)

    @staticmethod
    def _stopped(repo: str, made: Sequence[str], error: ToolError) -> ToolError:
        """Why a commit was not made, and which were made before it in other repos."""
        if not made:
            error.args = (f"{clean(repo)}: {error}", *error.args[1:])
            return error
        stopped = PartlyCommitted(
            f"{clean(repo)}: {error}; committed before that, and still there: {', '.join(made)}; "
            "`rea-xcom-tui undo` with the same repos shows the way back"
        )
        stopped.output = str(getattr(error, "output", "") or "")
        return stopped

    def check_writable(self) -> None:
        """Raise `Refused` with one sentence when no file of the repos with pending edits may be written now."""
        for repo in self._busy() or self.repos:
            with in_repo(repo):
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
        """The newest write of any repo that has not been taken back, or None."""
        return max((op for op in self._newest().values()), key=lambda op: op.when, default=None)

    def members_newest(self, repo: str) -> Operation | None:
        """The newest write of one of the repos that the fleet is made of."""
        return self.repos[repo].newest_write()

    def _newest(self) -> dict[str, Operation]:
        found = {repo: member.newest_write() for repo, member in self.repos.items()}
        return {repo: operation for repo, operation in found.items() if operation is not None}

    def repos_of_newest(self) -> tuple[str, ...]:
        """The repos that the newest write was made in, together."""
        newest = self._newest()
        last = self.newest_write()
        if last is None:
            return ()
        if not last.together:
            return tuple(repo for repo, operation in newest.items() if operation is last)
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
        first = next(iter(undone.values()))
        if first.operation.together in self._tokens:
            self._tokens.remove(first.operation.together)
            self.pending.lift()
        return replace(
            first,
            files=tuple(qualified(repo, file) for repo, one in undone.items() for file in one.files),
            to_commit=tuple(file for repo, one in undone.items() for file in plan_in(repo, Plan(one.to_commit, ()))[0]),
        )


def _onward(progress: ScanProgress, repo: str, before: int) -> ScanProgress:
    """Tell of a repo's scan as a part of the whole."""

    def told(done: int, total: int, new: Sequence[Deployment]) -> None:
        progress(before + done, before + total, [deployment_in(repo, deployment) for deployment in new])

    return told


def _further(progress: Callable[[int, int], None], before: int, total: int) -> Callable[[int, int], None]:
    return lambda done, _: progress(before + done, total)
