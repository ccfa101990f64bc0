"""Pushing the branches of several repos as one: looked at in all, tried in all, then sent one after the other.

No server takes branches of two repos at once. So everything that can be known beforehand is asked of every server
before the first branch is sent; what was sent before a later server refuses stays there, and is named.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from rea_xcom_tui.errors import Refused, ToolError
from rea_xcom_tui.fleet.actions.push import Pushed, PushPlan, push, push_plan
from rea_xcom_tui.fleet.qualified import in_repo
from rea_xcom_tui.fleet.write.commit import check_trust
from rea_xcom_tui.text import clean

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.workspace import Workspace
    from rea_xcom_tui.gitops import Exposure, Watch


@dataclass(frozen=True, slots=True)
class RepoPush:
    """What a push would do in one of the repos of a fleet."""

    repo: str
    """Its name; empty where the fleet is one repo."""
    member: Workspace
    plan: PushPlan | None
    aside: str = ""
    """Why it has no part in a push, in words, where it has no plan."""
    exposures: tuple[Exposure, ...] = ()
    """What its git folder would run on a push and is not trusted."""
    pushed: Pushed | None = None
    """What became of it, once it was sent."""

    @property
    def sends(self) -> bool:
        """Whether there is something to send."""
        return self.plan is not None and not self.plan.empty and self.pushed is None

    @property
    def behind(self) -> int:
        """How many commits its server is known to have that are not here."""
        return self.plan.outgoing.behind if self.plan is not None else 0


def push_plans(workspace: Workspace, remote: str | None = None) -> list[RepoPush]:
    """What pushing the branch that is checked out in each repo would do; asks no server.

    A repo that has no branch to send or nowhere to send it stands aside. Raises `Refused` where it is not clear where
    to push to, and where the fleet is one repo that stands aside.
    """
    members = workspace.each()
    found: list[RepoPush] = []
    for repo, member in members.items():
        aside = _aside(member) if len(members) > 1 else ""
        if aside:
            found.append(RepoPush(repo, member, None, aside))
            continue
        with in_repo(repo):
            found.append(RepoPush(repo, member, push_plan(member, remote), exposures=member.exposures()))
    if all(one.plan is None for one in found):
        raise Refused(f"nothing can be pushed: {'; '.join(f'{clean(one.repo)}: {one.aside}' for one in found)}")
    return found


def _aside(member: Workspace) -> str:
    """Why a repo has no part in a push; empty where it has."""
    repository = member.repository
    if member.no_push is not None:
        return f"only read: {member.no_push}"
    if repository.branch() is None:
        return "no branch is checked out"
    if repository.head() is None:
        return "it has no commit yet"
    return "" if repository.remotes() else "it has no remote"


def check_all(pushes: Sequence[RepoPush], watch: Watch, *, attached: bool = False) -> None:
    """Ask every server whether it could take what is sent, before anything is. Nothing is sent.

    Raises `Refused` where one is known to have commits that are not here, `NotTrusted`, and `PushFailed` with the
    server's words.
    """
    sending = [one for one in pushes if one.sends]
    for one in sending:
        with in_repo(one.repo):
            check_trust(one.member.repository, "push")
        if one.behind and len(sending) > 1:
            raise Refused(
                f"{clean(one.repo)}: its remote has commits that are not here, so nothing was pushed in any repo; "
                "`git pull --rebase` there first, or leave it out"
            )
    if len(sending) < 2:
        return
    for one in sending:
        assert one.plan is not None
        going = one.plan.outgoing
        try:
            one.member.repository.push(going.branch, remote=going.remote, watch=watch, attached=attached, trial=True)
        except ToolError as error:
            error.args = (f"{clean(one.repo)}: {error} Nothing was pushed in any repo.", *error.args[1:])
            raise


def send_all(
    pushes: Sequence[RepoPush], watch: Callable[[str], Watch], *, attached: bool = False
) -> Iterator[RepoPush]:
    """Push what there is to send, repo by repo, and yield each when it is on its server; `check_all` comes first.

    `watch` gives what receives the progress of a repo's push and can cancel it. Raises `PushFailed` at the first that
    its server refuses, naming what was pushed before and stays, and what was not sent.
    """
    sending = [one for one in pushes if one.sends]
    done: list[str] = []
    for at, one in enumerate(sending):
        assert one.plan is not None
        try:
            with in_repo(one.repo):
                pushed = push(one.member, one.plan, watch(one.repo), attached=attached)
        except ToolError as error:
            words = _left([*done], [each.repo for each in sending[at + 1 :]])
            error.args = (f"{error}{words}", *error.args[1:])
            raise
        done.append(one.repo)
        yield replace(one, pushed=pushed)


def _left(done: Sequence[str], open_: Sequence[str]) -> str:
    parts = [f"pushed before that, and there: {', '.join(map(clean, done))}"] if done else []
    parts += [f"not sent: {', '.join(map(clean, open_))}"] if open_ else []
    return f" ({'; '.join(parts)})" if parts else ""
