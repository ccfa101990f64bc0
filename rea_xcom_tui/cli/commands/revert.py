"""`revert`: set back what a commit changed, as edits like any others."""

from __future__ import annotations

from collections.abc import Mapping

import click

from rea_xcom_tui.cli import complete
from rea_xcom_tui.cli.context import Session, common_options, note
from rea_xcom_tui.cli.progress import working
from rea_xcom_tui.cli.write_options import Carrying, carry_out, carrying_options, tell_refused
from rea_xcom_tui.fleet.workspace import Workspace


@click.command()
@click.argument("commit_id", metavar="COMMIT", shell_complete=complete.revisions)
@click.option("--skip-refused", is_flag=True, help="Carry out the rest when some values cannot be put back.")
@carrying_options
@common_options
def revert(session: Session, commit_id: str, skip_refused: bool, how: Carrying) -> int:
    """Put back every field that COMMIT changed; without --write or --commit, print the diff.

    In a fleet of several repos this happens in each that has COMMIT, such as HEAD or a branch; NAME:COMMIT means one
    repo's.
    """
    return set_back(session.workspace(), {"": commit_id}, how, skip_refused)


def set_back(workspace: Workspace, commits: Mapping[str, str], how: Carrying, skip_refused: bool) -> int:
    """Show, write or commit the inverse of a commit in each of these repos, and return the exit code.

    Without a repo's name it is looked for in all. Raises `Refused`.
    """
    from rea_xcom_tui.fleet.actions.restore import repos_with, take_back_commit, take_back_in
    from rea_xcom_tui.fleet.several import Several

    if isinstance(workspace, Several):
        commits = repos_with(workspace, commits[""]) if "" in commits else commits
        with working("working out the reverse in each repo") as progress:
            commit, step, refusals = take_back_in(workspace, commits, progress.count)
    else:
        with working("working out the reverse"):
            commit, step, refusals = take_back_commit(workspace, next(iter(commits.values())))
    tell_refused(refusals, "value", "cannot be put back", skip_refused=skip_refused)
    if step is None:
        named = commit.oid[:10] if len(commits) == 1 else f"{len(commits)} commits"
        note(f"everything that {named} changed already has its old value, or is not a setting")
    left_out = step is not None and carry_out(workspace, how, skip_refused=skip_refused)
    return 3 if refusals or left_out else 0
