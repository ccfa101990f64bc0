"""`push`: send the branch to its remote, after a confirmation."""

from __future__ import annotations

import sys

import click

from rea_xcom_tui.cli.context import Session, common_options, note, out
from rea_xcom_tui.errors import Refused


@click.command()
@click.option("--remote", metavar="NAME", help="Where to push to (default: the remote git itself would use).")
@click.option("--yes", is_flag=True, help="Push without asking.")
@common_options
def push(session: Session, remote: str | None, yes: bool) -> int:
    """Push the branch that is checked out, never by force, and print the pull request's page and change table."""
    from rea_xcom_tui.fleet.actions.push import push as send
    from rea_xcom_tui.fleet.actions.push import push_plan
    from rea_xcom_tui.fleet.workspace import Workspace
    from rea_xcom_tui.fleet.write.commit import exposed_words
    from rea_xcom_tui.gitops import Watch
    from rea_xcom_tui.reports.pushing import description, plan_lines, result_line

    workspace = Workspace.open(session.repo, read_only=session.read_only)
    plan = push_plan(workspace, remote)
    for line in plan_lines(plan):
        note(line)
    if plan.empty:
        note("the remote has everything already, nothing to push")
        return 0
    shown = workspace.exposures()
    for exposure in shown:
        note(f"note: this push runs what the repo's git folder sets up: {exposed_words(exposure)}")
    _confirm(yes)
    workspace.trust(shown, remember=False)  # saying yes to the push is saying yes to its hook
    at_terminal = sys.stdin.isatty() and sys.stderr.isatty()  # then a password may be asked for there
    pushed = send(workspace, plan, Watch(on_line=_tell), attached=at_terminal)
    note(result_line(pushed))
    if pushed.request_url is not None:
        out(pushed.request_url)
    if table := description(plan):
        out(f"\n{table}" if pushed.request_url else table)
    return 0


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
        raise Refused("nothing was pushed: there is nobody to ask here; say --yes to push without asking")
    if not click.confirm("Push?", default=False, err=True):
        raise Refused("nothing was pushed")
