"""Pushing a branch, and telling what its pull request changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rea_xcom_tui.errors import Refused
from rea_xcom_tui.fleet.history.revisions import changes_between
from rea_xcom_tui.fleet.write.commit import check_trust
from rea_xcom_tui.text import clean
from rea_xcom_tui.xcom.compare import FieldDelta

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.workspace import Workspace
    from rea_xcom_tui.gitops import Outgoing, PushResult, Watch


@dataclass(frozen=True, slots=True)
class PushPlan:
    """What a push would send, and where to."""

    outgoing: Outgoing
    url: str
    """The remote's address, without user name and password."""
    changes: tuple[FieldDelta, ...]
    """What the branch changes in meaning, against the branch it would be merged into."""

    @property
    def empty(self) -> bool:
        """Whether the remote has everything already."""
        return self.outgoing.known and not self.outgoing.commits


@dataclass(frozen=True, slots=True)
class Pushed:
    """A branch that is on the server now."""

    result: PushResult
    request_url: str | None
    """The page on which its pull request is opened: the server's own words first, else derived."""


def push_plan(workspace: Workspace, remote: str | None = None) -> PushPlan:
    """What pushing the branch that is checked out would do; asks no server. Raises `Refused` where it cannot be."""
    repository = workspace.repository
    if workspace.no_push is not None:
        raise Refused(f"nothing may be pushed: {workspace.no_push}")
    branch = repository.branch()
    if branch is None:
        raise Refused("HEAD is detached, so there is no branch to push; commit to a new branch first")
    if repository.head() is None:
        raise Refused(f"{clean(branch)} has no commit yet, so there is nothing to push")
    chosen = remote or repository.default_remote(branch)
    known = repository.remotes()
    if chosen is None or chosen not in known:
        hint = f"; the remotes are {', '.join(map(clean, known))}" if known else "; add one with git remote add"
        what = "it is not clear where to push to" if known else "this repo has no remote"
        what = what if chosen is None else f"there is no remote {clean(chosen)}"
        raise Refused(f"{what}{hint}")
    found = repository.outgoing(chosen, branch)
    changes = tuple(changes_between(repository, found.base, branch)) if found.base else ()
    return PushPlan(found, repository.remote_url(chosen), changes)


def push(workspace: Workspace, plan: PushPlan, watch: Watch, *, attached: bool = False) -> Pushed:
    """Push the branch of a plan, never by force; `watch` receives the progress and can cancel.

    Raises `PushFailed` with the server's words in `output`, and `NotTrusted` while the repo's programs may not run.
    """
    repository = workspace.repository
    if workspace.no_push is not None:
        raise Refused(f"nothing may be pushed: {workspace.no_push}")
    check_trust(repository, "push")
    branch, target = plan.outgoing.branch, plan.outgoing.target
    result = repository.push(branch, remote=plan.outgoing.remote, watch=watch, attached=attached)
    url = result.request_url
    if url is None and target is not None and target != branch:
        url = repository.pull_request_url(branch, target, remote=plan.outgoing.remote, forges=workspace.config.forges)
    return Pushed(result, url)
