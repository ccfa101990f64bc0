"""`push`: send the branch to its remote, after a confirmation."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from rea_xcom_tui.cli.context import Session, common_options, note, out
from rea_xcom_tui.errors import Refused

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.actions.push_all import RepoPush


@click.command()
@click.option("--remote", metavar="NAME", help="Where to push to (default: the remote git itself would use).")
@click.option("--yes", is_flag=True, help="Push without asking.")
@common_options
def push(session: Session, remote: str | None, yes: bool) -> int:
    """Push the branch that is checked out, never by force, and print the pull request's page and change table."""
    from rea_xcom_tui.fleet.actions.push_all import check_all, push_plans, send_all
    from rea_xcom_tui.fleet.write.commit import exposed_words
    from rea_xcom_tui.gitops import Watch
    from rea_xcom_tui.reports.pushing import plan_lines

    workspace = session.workspace(scan=False)
    found = push_plans(workspace, remote)
    for one in found:
        named = f"{one.repo}: " if one.repo else ""
        for line in plan_lines(one.plan) if one.plan is not None else ():
            note(f"{named}{line}")
        if one.plan is None:
            note(f"{named}left out: {one.aside}")
        elif one.plan.empty:
            note(f"{named}the remote already has everything, nothing to push")
    wanted = [one for one in found if one.sends]
    if not wanted:
        return 0
    for exposure in (each for one in wanted for each in one.exposures):
        note(f"note: this push runs what the repo's git folder sets up: {exposed_words(exposure)}")
    _confirm(yes)
    at_terminal = sys.stdin.isatty() and sys.stderr.isatty()  # then a password may be asked for there
    for one in wanted:
        one.member.trust(one.exposures, remember=False)  # saying yes to the push is saying yes to its hook
    check_all(wanted, Watch(), attached=at_terminal)
    for one in send_all(wanted, lambda _: Watch(on_line=_tell), attached=at_terminal):
        _report(one)
    return 0


def _report(one: RepoPush) -> None:
    """Print one repo's pull request's page and change table."""
    from rea_xcom_tui.reports.pushing import description, result_line

    assert one.plan is not None
    assert one.pushed is not None
    note(f"{one.repo}: {result_line(one.pushed)}" if one.repo else result_line(one.pushed))
    if one.pushed.request_url is not None:
        out(one.pushed.request_url)
    if table := description(one.plan):
        out(f"\n{table}" if one.pushed.request_url else table)


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
