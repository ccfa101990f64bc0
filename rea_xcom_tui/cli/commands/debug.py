"""`debug`: what a report of a mistake needs, without names, values or secrets."""

from __future__ import annotations

import click

from rea_xcom_tui.cli.context import Session, common_options, out
from rea_xcom_tui.errors import ToolError


@click.command("debug")
@common_options
def debug(session: Session) -> int:
    """Print versions and the shape of the repo for a bug report: no names, no paths, no values, no secrets."""
    from rea_xcom_tui.reports.debugging import environment_lines, fleet_lines

    lines = environment_lines()
    try:
        workspace = session.workspace()
    except (ToolError, OSError) as problem:
        # Its words may name a path; the kind of problem is what counts here.
        lines.append(f"repo: cannot be read ({type(problem).__name__})")
    else:
        members = list(workspace.each().values())
        for number, member in enumerate(members, 1):
            lines += [f"repo {number} of {len(members)}"] if len(members) > 1 else []
            lines += fleet_lines(member)
    out("\n".join(lines))
    return 0
