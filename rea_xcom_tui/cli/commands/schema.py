"""`schema`: the JSON Schema of a machine format or of the configuration."""

from __future__ import annotations

import click

from rea_xcom_tui.cli.context import Session, common_options, out

# As in `reports.schemas`, which imports pydantic; a test holds both against each other.
NAMES = ("list", "show", "check", "drift", "plan", "review", "promote", "wave-status", "config")


@click.command("schema")
@click.argument("name", type=click.Choice(NAMES), metavar="NAME")
@common_options
def schema(session: Session, name: str) -> int:
    """Print the JSON Schema of NAME: list, show, check, drift, plan, review, promote, wave-status or config.

    Editors with taplo check the configuration by the first line `#:schema ./FILE`, where FILE is what
    `schema config > FILE` has written.
    """
    from rea_xcom_tui.reports.machine import dump
    from rea_xcom_tui.reports.schemas import schema as schema_of

    out(dump(schema_of(name)))
    return 0
