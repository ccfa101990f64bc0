"""`diff`: how the working tree differs from a revision, field by field."""

from __future__ import annotations

from dataclasses import asdict

import click

from rea_xcom_tui.cli.context import Session, common_options, note, out


@click.command()
@click.argument("ref", default="HEAD")
@click.option("--format", "form", type=click.Choice(("text", "json")), default="text", show_default=True)
@common_options
def diff(session: Session, ref: str, form: str) -> int:
    """Semantic diff (field, old, new) of the working tree against REF (default HEAD)."""
    from rea_xcom_tui.fleet.semantic import differences
    from rea_xcom_tui.reports.changes import semantic_text
    from rea_xcom_tui.reports.machine import SCHEMA, dump

    workspace = session.workspace(ref=ref)
    old = workspace.fleet
    new = workspace.scan()
    changes = list(differences(old, new))
    if form == "json":
        rows = [asdict(change) for change in changes]
        out(dump({"schema": SCHEMA, "ref": ref, "commit": old.head, "changes": rows}))
    elif changes:
        out(semantic_text(changes))
    else:
        note(f"no deployment differs from {ref}")
    return 1 if changes else 0
