"""`apply` and `undo`: carry out a saved plan, and take the newest write back."""

from __future__ import annotations

from pathlib import Path

import click

from rea_xcom_tui.cli.context import Session, common_options, note, out
from rea_xcom_tui.cli.write_options import Carrying, carry_out, carrying_options
from rea_xcom_tui.text import clean


@click.command("apply")
@click.argument("plan_file", metavar="PLAN.json", type=click.Path(path_type=Path))
@carrying_options
@common_options
def apply_command(session: Session, plan_file: Path, how: Carrying) -> int:
    """Carry out a saved plan, if its preconditions still hold; without --write, print the diff."""
    from rea_xcom_tui.fleet.actions.planfile import load_plan

    workspace = session.workspace()
    load_plan(workspace, plan_file)
    carry_out(workspace, how)
    return 0


@click.command()
@common_options
def undo(session: Session) -> int:
    """Take back the newest operation of this repo's journal, if its files still hold what it wrote."""
    from rea_xcom_tui.fleet.workspace import Workspace
    from rea_xcom_tui.fleet.write.undo import undo_newest

    workspace = Workspace.open(session.repo, read_only=session.read_only)
    undone = undo_newest(workspace.repository, workspace.read_only)
    out(clean(undone.sentence()))
    note(f"files: {', '.join(undone.files[:10]) or 'none'}" + (" ..." if len(undone.files) > 10 else ""))
    return 0
