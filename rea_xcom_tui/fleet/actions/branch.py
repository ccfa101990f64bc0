"""Which branch a commit goes to, and switching to another one."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from rea_xcom_tui.errors import Refused
from rea_xcom_tui.fleet.edit.pending import Pending, described
from rea_xcom_tui.text import clean

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.model import Fleet
    from rea_xcom_tui.fleet.workspace import Workspace


@dataclass(frozen=True, slots=True)
class BranchChoice:
    """Where a commit made now could go."""

    current: str | None
    """The branch that is checked out; None when HEAD is detached."""
    protected: bool
    """Whether one would rather not commit to it directly."""
    closed: bool
    """Whether a commit to it is refused: the configuration protects it, or there is no branch at all."""
    proposed: str
    """A name for a new branch that is not taken yet."""


def branch_choice(workspace: Workspace, message: str, today: date | None = None) -> BranchChoice:
    """Which branches a commit with this message could go to.

    Protected are the patterns of the configuration, or else the usual ones and the branch that the remote's pull
    requests go to; only the former refuse a commit.
    """
    from rea_xcom_tui.gitops import PROTECTED_PATTERNS, is_protected, proposed_branch

    members = workspace.each()
    if len(members) > 1:
        return _of_several([branch_choice(member, message, today) for member in members.values()], workspace)
    repository = workspace.repository
    current = repository.branch()
    configured = workspace.config.protected_branches
    patterns = PROTECTED_PATTERNS if configured is None else configured
    remote = repository.default_remote(current) if configured is None else None
    default = repository.default_branch(remote) if remote is not None else None
    protected = current is None or is_protected(current, patterns, default=default)
    subject = message.partition("\n")[0].removeprefix("xcom:").strip()
    trailed = workspace.trailed
    wanted = trailed.branch if trailed is not None else proposed_branch(subject, today or date.today())
    name = _free(wanted, repository.branches())
    return BranchChoice(current, protected, protected and (current is None or configured is not None), name)


def _of_several(choices: Sequence[BranchChoice], workspace: Workspace) -> BranchChoice:
    """One choice for several repos: what is closed or protected in one is so, and the new name is free in all."""
    currents = {choice.current for choice in choices}
    taken = [name for member in workspace.each().values() for name in member.repository.branches()]
    return BranchChoice(
        currents.pop() if len(currents) == 1 else "the branch of each repo",
        any(choice.protected for choice in choices),
        any(choice.closed for choice in choices),
        _free(choices[0].proposed if workspace.trailed is None else workspace.trailed.branch, taken),
    )


def _free(wanted: str, taken: Collection[str]) -> str:
    number, name = 1, wanted
    while name in taken:
        number += 1
        name = f"{wanted}-{number}"
    return name


def other_branches(workspace: Workspace) -> list[str]:
    """The local branches that are not checked out, the one with the newest commit first."""
    current = workspace.repository.branch()
    return [name for name in workspace.repository.branches() if name != current]


def switch_branch(workspace: Workspace, name: str) -> Fleet:
    """Check out an existing branch, and read the fleet again.

    Raises `Refused` while anything is pending or written but not committed, and where a file has changes of its
    own; nothing is then different.
    """
    if workspace.read_only is not None:
        raise Refused(f"nothing may be written: {workspace.read_only}")
    if len(workspace.pending):
        raise Refused(
            f"{described(workspace.pending.edits)} are based on the values of this branch; commit or revert them, "
            f"then switch to {clean(name)}"
        )
    if workspace.to_commit():
        raise Refused(f"what was written is not committed yet; commit it or take it back, then switch to {clean(name)}")
    workspace.repository.switch(name)
    workspace.pending.restore(Pending())
    return workspace.scan()
