"""`migrate`: what a plan that moves paths does to stored values, and the steps around it."""

from __future__ import annotations

from pathlib import Path

import click

from rea_xcom_tui.cli.context import Session, common_options, out


@click.command()
@click.argument("plan_file", metavar="PLAN.json", type=click.Path(path_type=Path))
@click.option("--format", "form", type=click.Choice(("text", "json", "markdown")), default="text", show_default=True)
@common_options
def migrate(session: Session, plan_file: Path, form: str) -> int:
    """Print what moving the paths of PLAN.json does to stored values: who shares them, the order, the copy commands.

    Nothing is copied and nothing is written: the commands are printed for a person to run.
    """
    from rea_xcom_tui.fleet.actions.planfile import read_plan
    from rea_xcom_tui.fleet.campaign.migration import migration
    from rea_xcom_tui.reports.migration import FORMATS

    workspace = session.workspace()
    out(FORMATS[form](migration(workspace.fleet, read_plan(workspace, plan_file))))
    return 0
