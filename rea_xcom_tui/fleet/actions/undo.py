"""Undo across writes and commits: what the newest operation was, and what can be done about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from rea_xcom_tui.fleet.baseline import BASELINE_FILE
from rea_xcom_tui.fleet.several import Several
from rea_xcom_tui.text import clean, moment

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.edit.pending import Step
    from rea_xcom_tui.fleet.edit.plan import Refusal
    from rea_xcom_tui.fleet.workspace import Workspace
    from rea_xcom_tui.gitops.operations import Operation


@dataclass(frozen=True, slots=True)
class CommittedAlready:
    """The newest operation, where a commit holds it: only its reverse, as edits like any others, takes it back."""

    operation: Operation
    commit: str
    """The commit's full id."""
    pushed: tuple[str, ...]
    """The remotes' branches that hold it, as of the last fetch."""
    repos: int = 1
    """How many repos have a commit that was one with it, its own among them."""

    def is_newest_write(self, newest: Operation | None) -> bool:
        """Whether the commit holds this write, so that its files may be put back byte for byte."""
        return newest is not None and (newest.commit == self.commit or newest.number in self.operation.holds)

    def sentence(self) -> str:
        """Say what it was, when, in which commit, and whether that has been pushed."""
        remotes = dict.fromkeys(clean(name.partition("/")[0]) for name in self.pushed)
        pushed = f"and pushed to {', '.join(remotes)}" if remotes else "and not pushed"
        title, when = clean(self.operation.title), moment(self.operation.when)
        where = f"in {self.repos} repos, here" if self.repos > 1 else "as"
        return f"'{title}' of {when} is committed {where} {self.commit[:8]} {pushed}"


def as_one(workspace: Workspace, committed: Mapping[str, CommittedAlready]) -> CommittedAlready | None:
    """One of the commits that were one in several repos, which stands for them all; None where there is none."""
    first = next(iter(committed.values()), None)
    if first is None or not isinstance(workspace, Several):
        return first
    title = workspace.title_of({repo: one.operation for repo, one in committed.items()})
    pushed = tuple(dict.fromkeys(name for one in committed.values() for name in one.pushed))
    return replace(first, operation=replace(first.operation, title=title), pushed=pushed, repos=len(committed))


def newest_committed(workspace: Workspace) -> dict[str, CommittedAlready]:
    """The newest operation of the fleet where it is committed, by repo (a repo that is alone has no name).

    Empty where undo puts files back; so it is, too, where a write over several repos is committed in some of them only.
    """
    if not isinstance(workspace, Several):
        found = committed_already(workspace)
        return {"": found} if found is not None else {}
    concerned = workspace.repos_of_newest_operation()
    told = {repo: committed_already(workspace.repos[repo]) for repo in concerned}
    known = {repo: found for repo, found in told.items() if found is not None}
    return known if len(known) == len(concerned) else {}


def committed_already(workspace: Workspace) -> CommittedAlready | None:
    """The newest operation of the log, if it is committed in what is checked out; None where undo puts files back."""
    from rea_xcom_tui.gitops.operations import OperationLog

    repository = workspace.repository
    for operation in OperationLog(repository.git_dir).operations():
        if operation.phase == "undone":
            continue
        if operation.commit is None:
            return None
        if all(file.path == BASELINE_FILE for file in operation.files):
            return None  # it is not a field's value, and goes back as a whole
        pushed = repository.pushed(operation.commit)
        if pushed is not None:
            return CommittedAlready(operation, operation.commit, pushed)
    return None


def newest_write(workspace: Workspace) -> str:
    """What the newest write was that may be put back in the files, and when; empty where there is none."""
    newest = workspace.newest_write()
    return f"'{clean(newest.title)}' of {moment(newest.when)}" if newest is not None else ""


def reverse(
    workspace: Workspace, commit: str, progress: Callable[[int, int], None] | None = None
) -> tuple[Step | None, list[Refusal]]:
    """Make the inverse of a commit pending, and of those that were one with it in other repos. Raises `Refused`.

    `progress` is as in `take_back_commit`.
    """
    from rea_xcom_tui.fleet.actions.restore import take_back_commit, take_back_in

    together = {repo: found.commit for repo, found in newest_committed(workspace).items()}
    if isinstance(workspace, Several) and commit in together.values():
        return take_back_in(workspace, together, progress)[1:]
    return take_back_commit(workspace, commit, progress)[1:]
