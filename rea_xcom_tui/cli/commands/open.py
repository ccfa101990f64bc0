"""Opening the terminal UI on a repo or on the demo fleet."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import click

from rea_xcom_tui.cli.context import Session, common_options, note, out
from rea_xcom_tui.user.fleets import RepoEntry


@click.command("open", hidden=True)
@click.argument("folders", metavar="REPO...", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option("--browser", is_flag=True, help="Draw for the browser that `serve` serves, not for a terminal.")
@common_options
def open_repo(session: Session, folders: tuple[Path, ...], browser: bool) -> int:
    """Open the fleet of REPO, or of several as one."""
    if browser and session.open_ui is not None:
        repos = [*(session.entries() if session.fleets else ()), *folders]
        return session.open_ui(repos, read_only=session.read_only, no_color=session.no_color)
    if not folders:
        raise click.UsageError("Missing argument 'REPO...'.")
    if session.repos or session.fleets:
        raise click.UsageError("name the repos either as words or with -C and --fleet")
    return open_fleet(session, folders)


@click.command()
@click.argument("directory", required=False, metavar="[DIR]", type=click.Path(path_type=Path))
@click.option("--sample", default="mixed-monorepo", show_default=True, help="Which sample repo to create.")
@common_options
def demo(session: Session, directory: Path | None, sample: str) -> int:
    """Create a sample GitOps repo with real git history in DIR (default: a temporary folder) and open it."""
    from rea_xcom_tui.samples.demo import joint_samples, lay_out, lay_out_several
    from rea_xcom_tui.user.fleets import read_fleets

    if sample in joint_samples():
        file = lay_out_several(sample, directory)
        note(f"demo repos: {file.parent} (open them again with --fleet {file})")
        return open_fleet(session, read_fleets(file))
    path = lay_out(sample, directory)
    note(f"demo repo: {path}")
    return open_fleet(session, (path,))


def open_fleet(session: Session, repos: Sequence[Path | RepoEntry]) -> int:
    """Open the terminal UI; with no terminal on stdout, print what `list` prints."""
    if session.open_ui is not None and sys.stdout.isatty() and sys.stdin.isatty():
        return session.open_ui(repos, read_only=session.read_only, no_color=session.no_color)
    from rea_xcom_tui.cli.commands.list import print_fleet

    fleet = session.workspace(repos=repos).fleet
    return print_fleet(fleet, fleet.deployments, "table", out)
