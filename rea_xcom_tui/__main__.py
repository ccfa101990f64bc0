"""Start the command line, which opens the terminal UI when no command is named.

This is the one place that knows both: neither of the two faces imports the other.
"""

from __future__ import annotations

import sys

from rea_xcom_tui.cli import stopping

TYPE_CHECKING = False  # importing `typing` for it takes a while, in which nothing can be said yet
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from rea_xcom_tui.user.fleets import RepoEntry
    from rea_xcom_tui.user.settings import Config


def open_ui(repos: Sequence[Path | RepoEntry], *, read_only: bool, no_color: bool) -> int:
    """Open the terminal UI, which is imported only now."""
    stopping.as_usual()
    from rea_xcom_tui import tui

    return tui.run(*repos, read_only=read_only, no_color=no_color)


def check_ui(config: Config) -> Iterable[str]:
    """What is wrong with the part of the configuration that the terminal UI alone understands."""
    from rea_xcom_tui.tui.help.config_check import mistakes_in

    return mistakes_in(config)


def main() -> None:
    """Run the program; the entry point of the console script and of `python -m rea_xcom_tui`."""
    stopping.at_once()
    from rea_xcom_tui.cli.ahead import begin

    begin(sys.argv[1:])
    from rea_xcom_tui.cli.app import run

    run(open_ui=open_ui, check_ui=check_ui)


if __name__ == "__main__":
    main()
