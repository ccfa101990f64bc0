"""The page of all commands, made from the commands themselves; run as a module, writes the man pages for packagers."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from rea_xcom_tui.cli.app import main
from rea_xcom_tui.cli.manual import write_pages

_HEAD = """# Commands

`python -m scripts.pages` makes this page from the commands themselves.

Exit codes: 0 done, 1 findings, differences or drift, 2 wrong usage or it could not run,
3 refused and nothing was written.
"""


def commands_page() -> str:
    """The Markdown of all commands with their arguments and options."""
    context = click.Context(main, info_name="rea-xcom-tui", **{**main.context_settings, "terminal_width": 100})
    return "\n".join([_HEAD, *_sections(main, context)])


def _sections(command: click.Command, context: click.Context) -> Iterator[str]:
    yield f"## `{context.command_path}`\n"
    yield f"```text\n{command.get_help(context)}\n```\n"
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            assert inner is not None
            yield from _sections(inner, click.Context(inner, info_name=name, parent=context, terminal_width=100))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m rea_xcom_tui.cli.pages FOLDER")
    write_pages(main, Path(sys.argv[1]))
