"""`list` and `show`: the fleet as a table, and one deployment in full."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import click

from rea_xcom_tui.cli import complete
from rea_xcom_tui.cli.context import (
    QueryCommand,
    Session,
    common_options,
    engine_option,
    find_deployment,
    note,
    out,
    ref_option,
    require_files,
    select,
    terminal_width,
)
from rea_xcom_tui.text import clean, plural

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.model import Deployment, Fleet
    from rea_xcom_tui.user.layout_settings import HelmEngine

FORMATS = click.Choice(("table", "json", "csv", "markdown"))
LIST_FORMATS = click.Choice(("table", "json", "ndjson", "yaml", "csv", "markdown"))


@click.command("list", cls=QueryCommand)
@click.argument("query", nargs=-1, shell_complete=complete.query)
@click.option("--format", "form", type=LIST_FORMATS, default="table", show_default=True)
@click.option(
    "--columns",
    metavar="A,B",
    shell_complete=complete.columns,
    help="Which columns of table, csv and markdown, such as name,path,cluster.",
)
@ref_option
@engine_option
@common_options
def list_command(
    session: Session,
    query: tuple[str, ...],
    form: str,
    columns: str | None,
    ref: str | None,
    engine: HelmEngine | None,
) -> int:
    """Print the fleet table, or the part of it that QUERY selects."""
    names = None if columns is None else _columns(columns, form)
    if form == "json" and not query and ref is None and engine is None:
        return _print_all(session)
    fleet = session.workspace(ref=ref, engine=engine).fleet
    return print_fleet(fleet, select(fleet, QueryCommand.query(query)), form, out, names)


def _columns(text: str, form: str) -> list[str]:
    """The names in a list of columns. Raises `click.UsageError` for an unknown one, with the nearest."""
    import difflib

    from rea_xcom_tui.reports.tables import COLUMN_NAMES

    if form in ("json", "ndjson", "yaml"):
        raise click.UsageError(f"--columns belongs to table, csv and markdown; {form} always has every key")
    names = [name.strip().lower() for name in text.split(",") if name.strip()]
    for name in names:
        if name not in COLUMN_NAMES:
            near = difflib.get_close_matches(name, COLUMN_NAMES, n=1)
            hint = f"did you mean {near[0]}?" if near else f"the columns are {', '.join(COLUMN_NAMES)}"
            raise click.UsageError(f"there is no column '{clean(name)}'; {hint}")
    if not names:
        raise click.UsageError(f"--columns names no column; the columns are {', '.join(COLUMN_NAMES)}")
    return names


@click.command()
@click.argument("deployment", shell_complete=complete.deployments)
@click.option("--format", "form", type=FORMATS, default="table", show_default=True)
@ref_option
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


def _print_all(session: Session) -> int:
    """Print the JSON of the whole fleet, from what is kept of each deployment where that is enough."""
    workspace, showing = session.show("rea_xcom_tui.reports.fleet_view")
    from rea_xcom_tui.reports.fleet_view import keep_json, showing_json
    from rea_xcom_tui.user.cached import cache_path

    if showing is None:

        def write(text: str) -> None:
            out(text)
            keep_json(workspace, text)

        return print_fleet(workspace.fleet, workspace.fleet.deployments, "json", write)
    for text in showing_json(showing, cache_path()):
        out(text, end=False)
    out("\n", end=False)
    if showing.is_empty:
        require_files(workspace.fleet)
    return 0


def print_fleet(
    fleet: Fleet,
    deployments: Sequence[Deployment],
    form: str,
    write: Callable[[str], None],
    columns: Sequence[str] | None = None,
) -> int:
    """Print deployments in one of the formats, with the usual columns or these, and return the exit code."""
    from rea_xcom_tui.reports import machine, tables

    if form == "json":
        write(machine.fleet_json(fleet, deployments))
    elif form == "yaml":
        write(machine.fleet_yaml(fleet, deployments))
    elif form == "ndjson":
        write(machine.fleet_lines(deployments))
    elif form == "csv":
        write(tables.csv_table(deployments, columns or tables.PLAIN_HEADER))
    elif form == "markdown":
        write(tables.fleet_markdown(deployments, columns or tables.PLAIN_HEADER))
    else:
        write(tables.text_table(fleet, deployments, terminal_width(), columns or tables.default_columns(fleet)))
    return _say_what_is_missing(fleet, deployments, form)


def _say_what_is_missing(fleet: Fleet, deployments: Sequence[Deployment], form: str) -> int:
    if form in ("csv", "markdown", "ndjson") and fleet.unreadable:
        from rea_xcom_tui.reports.tables import unreadable_lines

        for line in unreadable_lines(fleet):
            note(line)
    require_files(fleet)
    if not deployments and form == "table":
        note(f"none of {plural(len(fleet.deployments), 'deployment')} matches")
    return 0
