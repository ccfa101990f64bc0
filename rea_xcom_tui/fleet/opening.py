"""Opening what a fleet is made of: one repo, or several as one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rea_xcom_tui.errors import ToolError
from rea_xcom_tui.text import clean
from rea_xcom_tui.user.cached import was_cached
from rea_xcom_tui.user.fleets import RepoEntry, entries_of

if TYPE_CHECKING:
    from concurrent.futures import Future

    from rea_xcom_tui.fleet.workspace import Workspace
    from rea_xcom_tui.gitops import Look, Repository

_Opened = tuple["Repository", str | None]
"""A repo, and the branch that is checked out, where that matters."""

_AT_A_TIME = 4


def open_fleet(
    repos: Sequence[Path | RepoEntry],
    *,
    read_only: bool = False,
    look: bool = False,
    begun: tuple[Repository, Look] | None = None,
) -> Workspace:
    """Open one repo by a folder in it, or several as one fleet. Raises `ToolError` that names the one it is about.

    With `look`, git looks at the working tree for the next scan, while what works with it is imported. `begun` is the
    repo that is alone, and what git has been asked about it, where that could be done earlier.
    """
    from rea_xcom_tui.gitops import Repository, TrustStore

    if len(repos) == 1 and isinstance(repos[0], Path):
        repository, asked = begun or (Repository.open(repos[0], trust=TrustStore.default()), None)
        asked = asked or (repository.look(conversions=was_cached()) if look else None)
        from rea_xcom_tui.fleet.workspace import Workspace

        workspace = Workspace.of(repository, read_only=read_only)
        workspace.asked = asked
        return workspace
    from concurrent.futures import ThreadPoolExecutor  # not for one repo, as it takes longer than to ask git

    named = [one for one in repos if isinstance(one, RepoEntry)]
    entries = [*named, *entries_of([one for one in repos if isinstance(one, Path)])]
    with ThreadPoolExecutor(_AT_A_TIME) as pool:
        opened = [pool.submit(_opened, entry) for entry in entries]
        # Git is at work meanwhile, and what only one repo is opened for does without it.
        from rea_xcom_tui.fleet.several import Several

        fleet = Several(_members(entries, opened, read_only=read_only))
    if look:
        fleet.look_ahead()
    return fleet


def _opened(entry: RepoEntry) -> _Opened:
    if not entry.path.exists():
        clone = f"clone it (git clone {clean(entry.url)} {entry.path})" if entry.url else "clone it there"
        raise ToolError(
            f"{clean(entry.name)}: {entry.path.absolute()} is not there; {clone}, or take it out of the fleet"
        )
    from rea_xcom_tui.gitops import Repository, TrustStore

    try:
        repository = Repository.open(entry.path, trust=TrustStore.default())
    except ToolError as error:
        raise type(error)(f"{clean(entry.name)}: {error}") from error
    return repository, repository.branch() if entry.branch is not None else None


def _members(
    entries: Sequence[RepoEntry], opened: Sequence[Future[_Opened]], *, read_only: bool
) -> dict[str, Workspace]:
    from rea_xcom_tui.fleet.qualified import in_repo
    from rea_xcom_tui.fleet.workspace import Workspace

    members: dict[str, Workspace] = {}
    for entry, begun in zip(entries, opened, strict=True):
        if entry.name in members:
            raise ToolError(f"two of the repos are called {clean(entry.name)}; give one of them another name")
        repository, branch = begun.result()
        with in_repo(entry.name):
            member = Workspace.of(repository, read_only=read_only)
        same = next((name for name, known in members.items() if known.root == member.root), None)
        if same is not None:
            raise ToolError(f"{clean(same)} and {clean(entry.name)} are the same repo, {member.root}; name it once")
        if branch != entry.branch and member.read_only is None:
            there = f"has {clean(branch)} checked out" if branch else "has no branch checked out"
            member.read_only = member.off_branch = (
                f"it {there}, and the fleet is of {clean(entry.branch)}; `git switch {clean(entry.branch)}` there first"
            )
        members[entry.name] = member
    return members
