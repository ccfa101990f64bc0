"""`history`: who changed a deployment's fields, when, and from what to what."""

from __future__ import annotations

import click

from rea_xcom_tui.cli import complete
from rea_xcom_tui.cli.commands.set import field_name
from rea_xcom_tui.cli.context import Session, common_options, find_deployment, note, out
from rea_xcom_tui.fleet.qualified import within


@click.command()
@click.argument("deployment", shell_complete=complete.deployments)
@click.argument("field", required=False, shell_complete=complete.fields)
@click.option("--format", "form", type=click.Choice(("text", "json", "markdown")), default="text", show_default=True)
@common_options
def history(session: Session, deployment: str, field: str | None, form: str) -> int:
    """Print who changed DEPLOYMENT (or one FIELD of it), when, in which commit, from what to what."""
    from rea_xcom_tui.fleet.history.field_history import full_history, layered_history
    from rea_xcom_tui.reports.history import history_json, history_markdown, history_text

    name = field_name(field) if field else None
    workspace = session.workspace()
    found = find_deployment(workspace.fleet, deployment)
    repo, member = workspace.home_of(found.id)
    own = member.deployment(within(repo, found.id))
    if own.stack:
        told = layered_history(member.repository, member.fleet, own, name)
    else:
        told = full_history(member.repository, member.real_file(own.file), name)
    if form == "json":
        out(history_json(found.id, told.changes))
    elif form == "markdown":
        out(history_markdown(told.changes))
    elif told.changes:
        out(history_text(told.changes))
    elif not told.gaps:
        note(f"no commit has changed {name or 'a field'} of {found.id}; is the file committed yet?")
    for gap in told.gaps:
        note(f"note: {gap}")
    return 0
