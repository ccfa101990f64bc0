"""One repo as a session works on it: its fleet, the pending edits, and the way to write and commit them.

Both faces use this class and nothing below it: the terminal UI interactively, the commands once per run.
None of its methods may be called from two threads at a time.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import msgspec

from rea_xcom_tui.errors import Refused, ToolError
from rea_xcom_tui.fleet.edit.pending import Declare, PendingEdit
from rea_xcom_tui.fleet.edit.plan import FilePlan, Plan, Refusal
from rea_xcom_tui.fleet.edit.session import Editing
from rea_xcom_tui.fleet.qualified import belongs, within
from rea_xcom_tui.text import clean, plural, some
from rea_xcom_tui.xcom.model import FIELDS

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.write.commit import CommitOptions
    from rea_xcom_tui.fleet.write.gate import Gate
    from rea_xcom_tui.fleet.write.putting import Progress
    from rea_xcom_tui.fleet.write.undo import Undone
    from rea_xcom_tui.gitops import Exposure, Repository
    from rea_xcom_tui.gitops.operations import Operation, OperationLog

__all__ = ["FilePlan", "Plan", "Refusal", "Workspace"]


class Trailed(msgspec.Struct, frozen=True):
    """Lines at the end of a message, for a commit that changes these deployments and no others."""

    text: str
    deployments: frozenset[str]
    branch: str
    """The branch that such a commit is proposed to go to."""
    title: str
    """What the commit is, such as `wave 2 of 4 (prod)`."""


class Workspace(Editing):
    """A repo, its fleet, the pending edits over it, and what this session has written."""

    def __init__(self, repository: Repository, *, read_only: str | None = None) -> None:
        super().__init__(repository, read_only=read_only)
        self.command = "app"
        """The command that works with the repo, for the log of operations."""
        self.together = ""
        """What the next write shares with those that are one with it in other repos."""
        self.trailed: Trailed | None = None
        """What the next commit carries at the end of its message, such as the lines by which a wave is known."""
        self.template: str | None = None
        """The first line of generated messages, instead of the configuration's."""
        self._added = ""
        """What was written that is not an edit of a field, in words."""
        self._written: list[tuple[Operation, Plan]] = []
        self._put_back: list[Plan] = []
        """What undo has put back while a commit still holds it: to be committed like what was written."""
        self._numbers: list[int] = []
        """The operations of this session that undo has to take back before older steps, oldest first."""

    @property
    def here(self) -> Workspace:
        """The repo that is worked in where only one can be: this one."""
        return self

    def each(self) -> Mapping[str, Workspace]:
        """The repos that the fleet is made of, by name; one that is alone has none."""
        return {"": self}

    def focus_on(self, name: str) -> None:
        """Work in the repo of this id or file from now on, where only one can be worked in."""

    @property
    def title(self) -> str:
        """What the fleet is called, for people."""
        return self.root.name

    def focus_on_first(self) -> None:
        """Work in the first repo until another is chosen: this one."""

    @property
    def asides(self) -> tuple[str, ...]:
        """What there is to say of repos by their names, before what was found in them."""
        return ()

    def other_changes(self, files: Collection[str]) -> int:
        """How many files beside these have changes that are not committed, in the repos that these are in."""
        return sum(
            len(member.repository.dirty() - {within(repo, file) for file in files})
            for repo, member in self.each().items()
            if not repo or any(belongs(repo, file) for file in files)
        )

    def tell_fetches(self, tell: Callable[[int, str, int | None], None]) -> None:
        """Report what is fetched for a partial clone: how many files, from where, and how far it is in percent."""
        self.repository.tell = tell

    def write(self, progress: Progress | None = None) -> Plan:
        """Write the pending edits that are not held to their files, all or nothing. Raises `Refused`.

        `progress` is called with the files done and their number, first while they are planned, then while they
        are written; what it raises ends the work with every file as it was.
        """
        plan = self.plan(progress)
        self._write(plan, progress)
        return plan

    def write_files(self, plan: Plan, title: str) -> None:
        """Write files that no edit of a field makes, such as a new deployment's, all or none. Raises `Refused`.

        The next `commit` holds them, and undo takes them back. Rescan afterwards.
        """
        operation = self._gate().write(plan, title)
        self._written.append((operation, plan))
        self._numbers.append(operation.number)
        self._added = title

    def commit_message(self, summary: str | None = None, lead: str = "") -> str:
        """A commit message for what is pending and what this session has written but not committed.

        `summary` and `lead` are as in `fleet.write.message.commit_message`.
        """
        from rea_xcom_tui.fleet.write.message import commit_message

        edits = [*self.put_back(), *self.uncommitted(), *self.pending.chosen]
        known = [edit for edit in edits if isinstance(edit, Declare) or edit.deployment in self.fleet.by_id]
        if not known and self._put_back:
            summary = summary or "put values files back as they were"
        elif not known and self._written and self._added:
            summary = summary or self._added
        elif not known:
            return ""
        trailed = self.trailed
        if trailed is not None and any(edit.deployment not in trailed.deployments for edit in known):
            trailed = None
        if trailed is not None and summary is None:
            summary = f"{plural(len(known), 'edit')}, {trailed.title}"
        template = self.template or self.config.commit_message
        words = commit_message(known, self.fleet, template=template, summary=summary, lead=lead)
        return words if trailed is None else f"{words.rstrip()}\n\n{trailed.text}\n"

    def uncommitted(self) -> tuple[PendingEdit, ...]:
        """Edits that this session has written but not committed."""
        return tuple(edit for _, plan in self._written for edit in plan.edits)

    def put_back(self) -> tuple[PendingEdit, ...]:
        """What undo has put back in the files while a commit still holds it, as edits."""
        return tuple(edit for plan in self._put_back for edit in plan.edits)

    def to_commit(self) -> tuple[str, ...]:
        """The files that a commit would hold now: what this session has written or put back, not what is pending."""
        plans = [*self._put_back, *(plan for _, plan in self._written)]
        return tuple(dict.fromkeys(file.file for plan in plans for file in plan.files))

    def exposures(self) -> tuple[Exposure, ...]:
        """What this repo's git folder would run now on a commit and is not trusted; empty once the repo is."""
        return self.repository.judge()

    def trust(self, shown: Iterable[Exposure], *, remember: bool) -> None:
        """Let run what was `shown` to the user, and nothing that came since; `remember` it outside the repo."""
        from rea_xcom_tui.gitops import TrustStore

        self.repository.trust(shown, TrustStore.default() if remember else None)

    def recover_commit(self) -> str | None:
        """Finish or take back a commit that a crash cut off; returns what was done in words, or None."""
        return None if self.read_only is not None else self.repository.recover_commit()

    def commit(
        self, message: str, *, branch: str | None = None, options: CommitOptions | None = None, checked: bool = False
    ) -> str:
        """Write what is pending and commit exactly this session's changes; returns what git said.

        `checked` says that `check_committable` has just found that a commit may be made. Raises `Refused` with one
        sentence (`NotTrusted` while the repo's programs may not run), also where there is nothing to commit; a hook's
        own words are in the exception's `output`. What was pending is then pending again and its files are as they
        were.
        """
        from rea_xcom_tui.fleet.write.commit import HOOK_CHANGED, CommitOptions

        chosen = options or CommitOptions(branch=branch)
        if not checked:
            self._gate().check(commit=True, new_branch=chosen.branch is not None)
        plan = self.plan()
        before = self.pending.copy()
        try:
            if plan.files or plan.refused:
                self._write(plan, commits=True)
            if not self._written and not self._put_back:
                left_out = plural(self.pending.held, "edit")
                why = f"{left_out} of it left out; take some in" if self.pending.held else "edit a value first"
                raise Refused(f"there is nothing to commit: {why}")
            plans = [*self._put_back, *(written for _, written in self._written)]
            files = _joined([file for written in plans for file in written.files])
            result = self._gate().commit([operation for operation, _ in self._written], files, message, chosen)
        except (ToolError, KeyboardInterrupt) as error:
            is_written = bool(self._written) and self._written[-1][1] is plan
            if is_written and (isinstance(error, ToolError) or self._is_in_no_commit()):
                self.take_newest_back()
                self.pending.restore(before)
            raise
        self._written.clear()
        self._put_back.clear()
        self.trailed = None
        self._refresh_git(files, result.branch)
        if not result.changed_by_hook:
            return result.output
        named = ", ".join(clean(path) for path in result.changed_by_hook)
        return f"{result.output.rstrip()}\n{HOOK_CHANGED}: {named}"

    def unwrite(self) -> tuple[PendingEdit, ...]:
        """Put back what this session has written but not committed; returns its edits, oldest first."""
        edits = self.uncommitted()
        while self._written:
            self.take_newest_back()
            self.pending.lift()
        return edits

    def take_newest_back(self) -> None:
        """Put back the files of this session's newest write; what was pending is not pending again."""
        plan = self._written[-1][1]
        self._gate().take_back(*self._pop_written())
        self._refresh(plan)

    def check_writable(self) -> None:
        """Raise `Refused` with one sentence when no file may be written now, by whatever program."""
        self._gate().check()

    def check_committable(self, options: CommitOptions) -> None:
        """Raise `Refused` with one sentence when no commit may be made now, as far as that is known beforehand."""
        self._gate().check(commit=True, new_branch=options.branch is not None)
        if options.branch is not None:
            self.check_new_branch(options.branch)

    def check_new_branch(self, name: str, ids: Iterable[str] | None = None) -> None:
        """Raise `Refused` where a branch of this name is there already: in a repo of these deployments, or in all.

        What takes long is not begun then only to be refused at its end.
        """
        repos = self.each()
        wanted = repos.keys() if ids is None else {self.fleet.deployment(id_).repo for id_ in ids}
        taken = [repo for repo in repos if repo in wanted and name in repos[repo].repository.branches()]
        if taken and (ids is not None or len(taken) == len(repos)):
            where = f" in {some(taken)}" if taken != [""] else ""
            raise Refused(f"there is a branch {clean(name)} already{where}; give the new one another name")

    def check_places(self) -> None:
        """Raise `Refused` where a folder that a pending edit is to be written into is not writable for the user."""
        for file in self.plan().files:
            folder = (self.root / file.file).resolve().parent
            if folder.exists() and not os.access(folder, os.W_OK):
                raise Refused(f"{clean(file.file)} cannot be written: the folder {folder} is not writable for you")

    def cut_off(self) -> Operation | None:
        """A write that was cut off by a crash, to be finished or taken back before anything else is written."""
        return self._log.cut_off()

    def newest_write(self) -> Operation | None:
        """The newest write of the log that has not been taken back, or None."""
        return self._log.newest()

    def members_newest(self, repo: str) -> Operation | None:
        """The newest write of one of the repos that the fleet is made of."""
        return self.newest_write()

    def newest_operation(self) -> Operation | None:
        """The newest write or commit of the log that has not been taken back, or None."""
        return next((op for op in self._log.operations() if op.phase != "undone"), None)

    def shared_by(self, operation: Operation) -> str:
        """What an operation, or the writes that a commit holds, shares with those of other repos; else empty."""
        return next((op.together for op in self._writes_of(operation) if op.together), "")

    def changed_by(self, operation: Operation) -> frozenset[tuple[str, str]]:
        """Which fields of which deployments an operation, or the writes that a commit holds, changed."""
        return frozenset(pair for op in self._writes_of(operation) for pair in op.fields)

    def _writes_of(self, operation: Operation) -> Iterator[Operation]:
        yield operation
        if operation.holds:
            yield from (op for op in self._log.operations() if op.number in operation.holds)

    def commit_cut_off(self) -> bool:
        """Whether a commit was cut off by a crash, so that index or branch may not be as they should."""
        return self._log.commit_cut_off()

    def finish_cut_off(self, progress: Progress | None = None) -> str:
        """Finish the write that was cut off; returns what it was about. Raises `Refused`."""
        from rea_xcom_tui.fleet.write.undo import finish_cut_off

        return finish_cut_off(self.repository, self.read_only, progress).title

    def undo_write(self, progress: Progress | None = None) -> str:
        """As `take_back`; returns what was undone in words."""
        return self.take_back(progress).sentence()

    def take_back(self, progress: Progress | None = None) -> Undone:
        """Take back the newest write of this repo's log, across restarts.

        Where a commit holds what is put back, the next `commit` commits that it is. `progress` is as in `write`.
        Raises `Refused` when there is none or when its files have changed since. Rescan afterwards.
        """
        from rea_xcom_tui.fleet.write.undo import undo_newest

        undone = undo_newest(self.repository, self.read_only, progress)
        number = undone.operation.number
        self._written = [pair for pair in self._written if pair[0].number != number]
        if number in self._numbers:
            self._numbers.remove(number)
            self.pending.lift()
        if undone.to_commit:
            files = tuple(replace(file, edits=self._edits_of(file, undone.operation)) for file in undone.to_commit)
            self._put_back.append(Plan(files, ()))
        return undone

    def _edits_of(self, file: FilePlan, operation: Operation) -> tuple[PendingEdit, ...]:
        """The edits that make of a file's bytes before those after, as far as the operation tells its fields."""
        from rea_xcom_tui.fleet.edit.apply import configuration
        from rea_xcom_tui.fleet.edit.pending import SetField
        from rea_xcom_tui.xcom.compare import current_value

        # Only of a plain values file do its own bytes alone say what its one deployment has.
        touched = {id_ for id_, _ in operation.fields}
        if file.file not in touched or file.file not in self.fleet.by_id:
            return ()
        before, after = configuration(file.before).fields, configuration(file.after).fields
        changed = [name for name in FIELDS if current_value(before[name]) != current_value(after[name])]
        return tuple(
            SetField(file.file, name, current_value(before[name]), current_value(after[name]), "", file.file)
            for name in changed
        )

    # ---- internals

    @property
    def _log(self) -> OperationLog:
        from rea_xcom_tui.gitops.operations import OperationLog

        return OperationLog(self.repository.git_dir)

    def _gate(self) -> Gate:
        from rea_xcom_tui.fleet.write.gate import Gate

        return Gate(self.repository, self.read_only, self.config.protected_branches or (), self.command, self.together)

    def _write(self, plan: Plan, progress: Progress | None = None, *, commits: bool = False) -> None:
        from rea_xcom_tui.gitops.commit.ahead import import_all

        title = self.commit_message().partition("\n")[0]
        gate = msgspec.structs.replace(self._gate(), meanwhile=import_all if commits else None)
        operation = gate.write(plan, title, progress)
        self._written.append((operation, plan))
        self._numbers.append(operation.number)
        self._known_plans.clear()
        self.pending.settle(edit.key for edit in plan.edits)
        self._refresh(plan)

    def _is_in_no_commit(self) -> bool:
        """Whether a commit that was interrupted was not made; False where that is not known."""
        newest = self._log.newest()
        return newest is not None and newest.phase == "written" and self._log.commit_begun() is None

    def _pop_written(self) -> tuple[Operation, tuple[FilePlan, ...]]:
        operation, plan = self._written.pop()
        self._numbers.remove(operation.number)
        return operation, plan.files

    def _refresh_git(self, files: Iterable[FilePlan], branch: str | None) -> None:
        names = {file.file for file in files}
        rows = self.deployments_of(names)
        # Another of its layers may be changed still; of a plain file, nothing is left that could be.
        left: frozenset[str] = frozenset()
        if files_of_rows := {self.real_file(file) for row in rows if row.stack for file in row.files}:
            known = {entry.path for entry in self.repository.tracked()}
            left = self.repository.dirty() | (files_of_rows - known)
        dirty = [bool(left) and not left.isdisjoint(map(self.real_file, row.files)) for row in rows]
        fresh = (msgspec.structs.replace(row, dirty=is_dirty) for row, is_dirty in zip(rows, dirty, strict=True))
        self._replace({row.id: row for row in fresh})
        self.fleet = replace(self.fleet, head=self.repository.head(), branch=branch)


def _joined(files: Iterable[FilePlan]) -> list[FilePlan]:
    """One plan per file: from the bytes before the first write to those after the last."""
    first: dict[str, FilePlan] = {}
    for file in files:
        known = first.get(file.file)
        first[file.file] = replace(file, before=known.before, made=known.made) if known else file
    return list(first.values())
