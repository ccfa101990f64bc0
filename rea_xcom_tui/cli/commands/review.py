"""`review`: what a branch or a pull request changes, and whether anything speaks against it."""

from __future__ import annotations

from typing import cast

import click

from rea_xcom_tui.cli import complete
from rea_xcom_tui.cli.context import Session, common_options, fail_on_option, note, out
from rea_xcom_tui.cli.progress import working
from rea_xcom_tui.xcom.model import Severity


@click.command()
@click.argument("ref", metavar="BRANCH|PR", shell_complete=complete.revisions)
@click.option(
    "--onto",
    metavar="REF",
    shell_complete=complete.revisions,
    help="What it is to be merged into (default: the remote's default branch).",
)
@click.option("--format", "form", type=click.Choice(("text", "json", "markdown")), default="text", show_default=True)
@fail_on_option
@common_options
def review(session: Session, ref: str, onto: str | None, form: str, fail_on: str) -> int:
    """Print what a branch changes: fields, findings added and removed, impact, drift, and a verdict.

    A pull request that has been fetched may be named by its number (#12, !12, pull/12) or by its page. Nothing is
    written; new findings and new drift count for the exit code.
    """
    from rea_xcom_tui.fleet.campaign.review import review as look
    from rea_xcom_tui.reports.review import FORMATS

    workspace = session.workspace(scan=False)
    with working("reviewing"):
        found = look(workspace, ref, onto)
    out(FORMATS[form](found))
    for text in found.notes:
        note(f"note: {text}")
    return 1 if fail_on != "never" and found.at_least(cast("Severity", fail_on)) else 0
