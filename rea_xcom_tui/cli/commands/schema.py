"""`schema`: the JSON Schema of a machine format or of the configuration."""

from __future__ import annotations

import click

from rea_xcom_tui.cli.context import Session, common_options, out
from rea_xcom_tui.reports.formats import SCHEMAS


@click.command("schema")
@click.argument("name", type=click.Choice(tuple(SCHEMAS)), metavar="NAME")
@common_options
def schema(session: Session, name: str) -> int:
    """Print the JSON Schema of NAME: of a machine format, or of config or baseline.

    Save a schema with `schema NAME > FILE`; editors then check a configuration file that begins with this line:

    \b
        #:schema ./FILE                               (.rea-xcom-tui.toml; taplo, Even Better TOML)
        # yaml-language-server: $schema=./FILE        (.rea-xcom.yaml)
    """
    from rea_xcom_tui.reports.machine import dump
    from rea_xcom_tui.reports.schemas import schema as schema_of

    out(dump(schema_of(name)))
    return 0
