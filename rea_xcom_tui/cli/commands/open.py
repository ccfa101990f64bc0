"""Opening the terminal UI on a repo or on the demo fleet."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import click

from rea_xcom_tui.cli.context import Session, common_options, note, out


@click.command("open", hidden=True)
@click.argument("repo_argument", metavar="REPO", type=click.Path(exists=True, path_type=Path))
@common_options
def open_repo(session: Session, repo_argument: Path) -> int:
    """Open the fleet of REPO."""
    return open_path(session, repo_argument)


@click.command()
@click.argument("directory", required=False, metavar="[DIR]", type=click.Path(path_type=Path))
@click.option("--sample", default="mixed-monorepo", show_default=True, help="Which sample repo to lay out.")
@common_options
def demo(session: Session, directory: Path | None, sample: str) -> int:
    """Lay out a sample GitOps repo with real git history in DIR (default: a temp folder) and open it."""
    from rea_xcom_tui.samples.demo import lay_out

    path = lay_out(sample, directory)
    note(f"demo repo: {path}")
    return open_path(session, path)


def open_path(session: Session, path: Path) -> int:
    """Open the terminal UI; with no terminal on stdout, print what `list` prints."""
    if session.open_ui is not None and sys.stdout.isatty() and sys.stdin.isatty():
        return session.open_ui(path, read_only=session.read_only, no_color=session.no_color)
    from rea_xcom_tui.cli.commands.list import print_fleet

    workspace = replace(session, repo=path).workspace()
    return print_fleet(workspace.fleet, workspace.fleet.deployments, "table", out)
