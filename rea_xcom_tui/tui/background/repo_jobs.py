"""The messages and jobs of what goes on around the repo."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from textual.message import Message

from rea_xcom_tui.tui.background.jobs import Committed, Scanned, scanned

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.actions.repo_status import Standing
    from rea_xcom_tui.fleet.workspace import Workspace
    from rea_xcom_tui.gitops import Exposure, Repository


class Stood(Message):
    """How the repo stands."""

    def __init__(self, standing: Standing) -> None:
        super().__init__()
        self.standing = standing


class Branches(Message):
    """The local branches that are not checked out."""

    def __init__(self, current: str, others: Sequence[str]) -> None:
        super().__init__()
        self.current, self.others = current, others


class Switched(Message):
    """Another branch is checked out."""

    def __init__(self, branch: str, now: Scanned) -> None:
        super().__init__()
        self.branch, self.now = branch, now


class LastChanges(Message):
    """For each file, when and by whom it was changed last, as of the commit `head`."""

    def __init__(self, head: str | None, words: Mapping[str, str]) -> None:
        super().__init__()
        self.head, self.words = head, words


class Exposed(Message):
    """What the repo's git folder would run; nothing when it is trusted."""

    def __init__(self, exposures: Sequence[Exposure]) -> None:
        super().__init__()
        self.exposures = exposures


def listed(exposures: Sequence[Exposure]) -> list[str]:
    """What would run, in words."""
    from rea_xcom_tui.fleet.write.commit import exposed_words

    return [exposed_words(exposure) for exposure in exposures]


class Heard(Message):
    """A line that git, a hook or the server said; foreign text."""

    def __init__(self, line: str) -> None:
        super().__init__()
        self.line = line


class CommitMade(Committed):
    """A commit, or several; with what was not committed after all, and whether to go on to the push."""

    def __init__(self, output: str, now: Scanned, *, problem: str = "", said: str = "", push: bool = False) -> None:
        super().__init__(output, now)
        self.problem, self.said, self.push = problem, said, push


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
    """Check out a branch and read the fleet anew."""
    from rea_xcom_tui.fleet.actions.branch import switch_branch

    switch_branch(workspace, name)
    return Switched(name, scanned(workspace))


def last_changes(repositories: Mapping[str, Repository], files: Sequence[str], head: str) -> LastChanges:
    """When each file was changed last, and by whom: `2026-09-03 Ana`. The repos are by name; `head` stands for them."""
    from datetime import UTC, datetime

    from rea_xcom_tui.fleet.history import last_change as changed_last
    from rea_xcom_tui.fleet.qualified import belongs, qualified, within

    words: dict[str, str] = {}
    for repo, repository in repositories.items():
        own = [within(repo, file) for file in files if belongs(repo, file)]
        tip, found = changed_last.last_changes(repository, own)
        unknown = "not known in a shallow clone" if tip is not None and repository.shallow() else "not committed yet"
        for file in own:
            change = found.get(file)
            known = f"{datetime.fromtimestamp(change.time, UTC):%Y-%m-%d} {change.author}" if change else unknown
            words[qualified(repo, file)] = known
    return LastChanges(head, words)
