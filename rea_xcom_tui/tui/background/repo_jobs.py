"""The messages and jobs of what goes on around the repo."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from rea_xcom_tui.tui.background.jobs import Committed, Scanned, scanned
from rea_xcom_tui.tui.kit.messages import Message

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.actions.repo_status import Standing
    from rea_xcom_tui.fleet.history.last_change import LastChange
    from rea_xcom_tui.fleet.workspace import Workspace
    from rea_xcom_tui.gitops import Exposure, Repository


class Stood(Message):
    """How the repo stands."""

    standing: Standing


class Branches(Message):
    """The local branches that are not checked out."""

    current: str
    others: Sequence[str]


class Switched(Message):
    """Another branch is checked out."""

    branch: str
    now: Scanned


class LastChanges(Message):
    """For the files of each deployment, when and by whom one of them was changed last, as of the commit `head`."""

    head: str | None
    words: Mapping[tuple[str, ...], str]


class Exposed(Message):
    """What the repo's git folder would run; nothing when it is trusted."""

    exposures: Sequence[Exposure]


def listed(exposures: Sequence[Exposure]) -> list[str]:
    """What would run, in words."""
    from rea_xcom_tui.fleet.write.commit import exposed_words

    return [exposed_words(exposure) for exposure in exposures]


class Heard(Message):
    """A line that git, a hook or the server said; foreign text."""

    line: str


class CommitMade(Committed):
    """A commit, or several; with what was not committed after all, and whether to go on to the push."""

    def __init__(
        self, output: str, workspace: Workspace, *, problem: str = "", said: str = "", push: bool = False
    ) -> None:
        super().__init__(output, scanned(workspace))
        self.problem, self.said, self.push = problem, said, push
        self.has_remote = any(one.repository.remotes() for one in workspace.each().values())
        """Whether there is anywhere to push to."""


def look_at(workspace: Workspace) -> Stood:
    """How the repo stands now."""
    from rea_xcom_tui.fleet.actions.repo_status import standing

    return Stood(standing(workspace))


def list_branches(workspace: Workspace) -> Branches:
    """Where one could switch to."""
    from rea_xcom_tui.fleet.actions.branch import other_branches

    repository = workspace.repository
    return Branches(repository.branch() or f"detached {(repository.head() or '')[:8]}", other_branches(workspace))


def switch_to(workspace: Workspace, name: str) -> Switched:
    """Check out a branch and read the fleet again."""
    from rea_xcom_tui.fleet.actions.branch import switch_branch

    switch_branch(workspace, name)
    return Switched(name, scanned(workspace))


def last_changes(repositories: Mapping[str, Repository], asked: Collection[tuple[str, ...]], head: str) -> LastChanges:
    """When each deployment was changed last, and by whom: `2026-09-03 Ana`, or `2026-09-03 Ana in base/values.yaml`.

    `asked` has the files of each, its own first, then its layers. The repos are by name; `head` stands for them.
    """
    from rea_xcom_tui.fleet.history import last_change as changed_last
    from rea_xcom_tui.fleet.qualified import belongs, qualified, within

    every = sorted({file for files in asked for file in files})
    known: dict[str, LastChange | None] = {}
    unknown: dict[str, str] = {}
    for repo, repository in repositories.items():
        own = [within(repo, file) for file in every if belongs(repo, file)]
        tip, found = changed_last.last_changes(repository, own)
        words = "not known in a shallow clone" if tip is not None and repository.shallow() else "not committed yet"
        known |= {qualified(repo, file): found.get(file) for file in own}
        unknown |= {qualified(repo, file): words for file in own}
    return LastChanges(head, {files: _in_words(files, known, unknown.get(files[0], "")) for files in asked})


def _in_words(files: Sequence[str], known: Mapping[str, LastChange | None], unknown: str) -> str:
    from rea_xcom_tui.fleet.history.last_change import newest

    found = newest(files, known)
    if found is None:
        return unknown
    file, change = found
    layer = f" in {file}" if file != files[0] else ""
    return f"{datetime.fromtimestamp(change.time, UTC):%Y-%m-%d} {change.author}{layer}"
