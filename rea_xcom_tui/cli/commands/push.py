"""`push`: send the branch to its remote, after a confirmation."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from rea_xcom_tui.cli.context import Session, common_options, note, out
from rea_xcom_tui.errors import Refused

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.actions.push import PushPlan
    from rea_xcom_tui.fleet.workspace import Workspace


@click.command()
@click.option("--remote", metavar="NAME", help="Where to push to (default: the remote git itself would use).")
@click.option("--yes", is_flag=True, help="Push without asking.")
@common_options
def push(session: Session, remote: str | None, yes: bool) -> int:
    """Push the branch that is checked out, never by force, and print the pull request's page and change table."""
    from rea_xcom_tui.fleet.actions.push import push_plan
    from rea_xcom_tui.fleet.qualified import in_repo
    from rea_xcom_tui.fleet.write.commit import exposed_words
    from rea_xcom_tui.reports.pushing import plan_lines

    workspace = session.workspace(scan=False)
    members = workspace.each()
    wanted: list[tuple[str, Workspace, PushPlan]] = []
    for repo, member in members.items():
        with in_repo(repo):
            plan = push_plan(member, remote)
        for line in plan_lines(plan):
            note(f"{repo}: {line}" if repo else line)
        if plan.empty:
            note(f"{f'{repo}: ' if repo else ''}the remote has everything already, nothing to push")
        else:
            wanted.append((repo, member, plan))
    if not wanted:
        return 0
    shown = {repo: member.exposures() for repo, member, _ in wanted}
    for exposure in (one for found in shown.values() for one in found):
        note(f"note: this push runs what the repo's git folder sets up: {exposed_words(exposure)}")
    _confirm(yes)
    for repo, member, plan in wanted:
        member.trust(shown[repo], remember=False)  # saying yes to the push is saying yes to its hook
        with in_repo(repo):
            _send(repo, member, plan)
    return 0


def _send(repo: str, workspace: Workspace, plan: PushPlan) -> None:
    """Push one repo, and print its pull request's page and change table."""
    from rea_xcom_tui.fleet.actions.push import push as send
    from rea_xcom_tui.gitops import Watch
    from rea_xcom_tui.reports.pushing import description, result_line

    at_terminal = sys.stdin.isatty() and sys.stderr.isatty()  # then a password may be asked for there
    pushed = send(workspace, plan, Watch(on_line=_tell), attached=at_terminal)
    note(f"{repo}: {result_line(pushed)}" if repo else result_line(pushed))
    if pushed.request_url is not None:
        out(pushed.request_url)
    if table := description(plan):
        out(f"\n{table}" if pushed.request_url else table)


def _tell(line: str) -> None:
    """Pass on what git and the server say, of the progress only the end of each stage."""
    from rea_xcom_tui.gitops import progress_of, without_userinfo

    stage = progress_of(line)
    if stage is None or stage[1] == 100:
        note(without_userinfo(line))


def _confirm(yes: bool) -> None:
    if yes:
        return
    if not sys.stdin.isatty():
        raise Refused("nothing was pushed: there is no terminal to ask; add --yes to push without a question")
    if not click.confirm("Push?", default=False, err=True):
        raise Refused("nothing was pushed")
