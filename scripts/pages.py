"""Writes the pages of `docs/` that are made from the program itself: `python -m scripts.pages`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from rea_xcom_tui.cli.pages import commands_page
from rea_xcom_tui.reports.schema_page import schema_page
from rea_xcom_tui.tui.keys.commands import keys_page
from rea_xcom_tui.xcom.rules.pages import document

DOCS = Path(__file__).resolve().parents[1] / "docs"
PAGES: Mapping[str, Callable[[], str]] = {
    "commands.md": commands_page,
    "keys.md": keys_page,
    "rules.md": document,
    "schemas.md": schema_page,
}


def stale() -> list[str]:
    """The names of the pages that do not say what the program says."""
    return [name for name, made in PAGES.items() if (DOCS / name).read_text("utf-8") != made()]


if __name__ == "__main__":
    for page in stale():
        (DOCS / page).write_text(PAGES[page](), "utf-8")
        sys.stdout.write(f"docs/{page} written\n")
