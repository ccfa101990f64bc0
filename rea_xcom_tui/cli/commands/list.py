"""`list` and `show`: the fleet as a table, and one deployment in full."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import click

from rea_xcom_tui.cli.context import (
    QueryCommand,
    Session,
    common_options,
    engine_option,
    find_deployment,
    note,
    out,
    require_files,
    select,
    terminal_width,
)
from rea_xcom_tui.fleet.model import Deployment, Fleet
from rea_xcom_tui.user.layout_settings import HelmEngine

FORMATS = click.Choice(("table", "json", "csv", "markdown"))


@click.command("list", cls=QueryCommand)
@click.argument("query", nargs=-1)
@click.option("--format", "form", type=FORMATS, default="table", show_default=True)
@click.option("--ref", help="Read the tree of this commit, branch or tag instead of the working tree.")
@engine_option
@common_options
def list_command(
    session: Session, query: tuple[str, ...], form: str, ref: str | None, engine: HelmEngine | None
) -> int:
    """Print the fleet table, or the part of it that QUERY selects."""
    fleet = session.workspace(ref=ref, engine=engine).fleet
    return print_fleet(fleet, select(fleet, QueryCommand.query(query)), form, out)


@click.command()
@click.argument("deployment")
@click.option("--format", "form", type=FORMATS, default="table", show_default=True)
@click.option("--ref", help="Read the tree of this commit, branch or tag instead of the working tree.")
@engine_option
@common_options
def show(session: Session, deployment: str, form: str, ref: str | None, engine: HelmEngine | None) -> int:
    """Print one DEPLOYMENT (its id, file or name): each field, its value, and where it comes from."""
    fleet = session.workspace(ref=ref, engine=engine).fleet
    found = find_deployment(fleet, deployment)
    if form == "json":
        return print_fleet(fleet, [found], form, out)
    from rea_xcom_tui.reports.details import details_csv, details_markdown, details_text

    if form == "table":
        from rea_xcom_tui.fleet.scan.stacks import stack_of

        out(details_text(found, stack_of(fleet, found)))
    else:
        out({"csv": details_csv, "markdown": details_markdown}[form](found))
    return 0


def print_fleet(fleet: Fleet, deployments: Sequence[Deployment], form: str, write: Callable[[str], None]) -> int:
    """Print deployments in one of the formats and return the exit code."""
    from rea_xcom_tui.reports import machine, tables

    if form == "json":
        write(machine.fleet_json(fleet, deployments))
    elif form == "csv":
        write(tables.csv_table(deployments))
    elif form == "markdown":
        write(tables.fleet_markdown(deployments))
    else:
        write(tables.text_table(fleet, deployments, terminal_width()))
    return _say_what_is_missing(fleet, deployments, form)


def _say_what_is_missing(fleet: Fleet, deployments: Sequence[Deployment], form: str) -> int:
    if form in ("csv", "markdown") and fleet.unreadable:
        from rea_xcom_tui.reports.tables import unreadable_lines

        for line in unreadable_lines(fleet):
            note(line)
    require_files(fleet)
    if not deployments and form == "table":
        note(f"no deployment of {len(fleet.deployments)} matches")
    return 0
