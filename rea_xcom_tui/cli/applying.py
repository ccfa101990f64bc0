"""`apply` and `undo`: carry out a saved plan, and take the newest write back."""

from __future__ import annotations

from pathlib import Path

import click

from rea_xcom_tui.cli.context import Session, common_options, note, out
from rea_xcom_tui.text import clean


@click.command("apply")
@click.argument("plan_file", metavar="PLAN.json", type=click.Path(path_type=Path))
@click.option("--write", is_flag=True, help="Write the files.")
@click.option("--commit", is_flag=True, help="Write the files and commit exactly these changes.")
@click.option("-m", "--message", help="The commit message (default: made from the edits).")
@click.option("--branch", help="Make this branch first and commit there.")
@common_options
def apply_command(
    session: Session, plan_file: Path, write: bool, commit: bool, message: str | None, branch: str | None
) -> int:
    """Carry out a saved plan, if its preconditions still hold; without --write, print the diff."""
    from rea_xcom_tui.cli.editing import carry_out
    from rea_xcom_tui.fleet.planfile import load_plan

    if (message or branch) and not commit:
        raise click.UsageError("-m and --branch belong to --commit; add --commit or leave them out")
    workspace = session.workspace()
    load_plan(workspace, plan_file)
    carry_out(workspace, write=write, commit=commit, message=message, branch=branch)
    return 0


@click.command()
@common_options
def undo(session: Session) -> int:
    """Take back the newest operation of this repo's journal, if its files still hold what it wrote."""
    from rea_xcom_tui.fleet.undoing import undo_newest
    from rea_xcom_tui.fleet.workspace import Workspace

    workspace = Workspace.open(session.repo, read_only=session.read_only)
    undone = undo_newest(workspace.repository, workspace.read_only)
    out(clean(undone.sentence()))
    note(f"files: {', '.join(undone.files[:10]) or 'none'}" + (" ..." if len(undone.files) > 10 else ""))
    return 0
