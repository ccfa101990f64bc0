"""`serve`: the terminal UI in a browser of this machine."""

from __future__ import annotations

import errno
import sys
from pathlib import Path

import click

from rea_xcom_tui.cli.context import Session, common_options, note, out
from rea_xcom_tui.errors import ToolError


@click.command("serve")
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0 takes any free port.")
@click.option("--writable", is_flag=True, help="Let edits be written and committed; the address then has a key.")
@common_options
def serve(session: Session, port: int, writable: bool) -> int:
    """Show the fleet in a browser on this machine, read-only.

    Each tab is a session of its own. The server listens on the loopback address only, answers no page but its own, and
    loads nothing from elsewhere. Anyone who uses this machine can view what is served; writing needs --writable and the
    key in the address. Needs the extra serve.
    """
    if writable and session.read_only:
        raise click.UsageError("--read-only and --writable contradict each other")
    try:
        from rea_xcom_tui.cli.browser import BrowserServer, listen
    except ImportError as missing:
        raise ToolError(
            f"serving to a browser needs the Python package {missing.name}; install rea-xcom-tui[serve]"
        ) from None
    session.workspace(scan=False)  # says now what is wrong with the repo, and not in each tab
    try:
        listening = listen(port)
    except OSError as error:
        why = "is taken" if error.errno == errno.EADDRINUSE else f"cannot be used: {error.strerror}"
        raise ToolError(f"port {port} {why}; choose another with --port, or --port 0 for any free one") from None
    server = BrowserServer(_command(session, writable=writable), listening, writable=writable)
    out(server.address)
    sys.stdout.flush()
    note(f"serving {'with writing allowed' if writable else 'read-only'}; Ctrl+C stops it")
    server.serve()
    return 0


def _command(session: Session, *, writable: bool) -> list[str]:
    """What runs for each tab: this program, on the same repos."""
    options = [] if writable else ["--read-only"]
    options += ["--no-color"] if session.no_color else []
    options += ["--fleet", str(session.fleets.absolute())] if session.fleets is not None else []
    repos = [str(repo.absolute()) for repo in session.repos or (() if session.fleets else (Path(),))]
    return [sys.executable, "-m", "rea_xcom_tui", *options, "open", "--browser", *repos]
