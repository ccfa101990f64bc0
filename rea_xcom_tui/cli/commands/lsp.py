"""`lsp`: the language server on stdin and stdout."""

from __future__ import annotations

import click

from rea_xcom_tui.cli.context import Session, common_options
from rea_xcom_tui.errors import ToolError


@click.command("lsp")
@common_options
def lsp(session: Session) -> int:
    """Run a language server on stdin and stdout, for editors.

    As you type, it shows what `check` finds, explains what Airflow does with a setting, suggests values, and offers the
    automatic fixes. It reads the repo around each open file and never writes. Needs the extra lsp.
    """
    try:
        from rea_xcom_tui.lsp.server import make_server
    except ImportError as missing:
        raise ToolError(
            f"the language server needs the Python package {missing.name}; install rea-xcom-tui[lsp]"
        ) from None
    make_server().start_io()
    return 0
