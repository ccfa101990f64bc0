"""Make the pictures of the documentation: the app itself on the demo fleet, drawn as SVG.

    python scripts/screenshots.py [FOLDER]

writes fleet.svg, edit.svg and diff.svg, and the silent-*.svg of commands, to FOLDER (default: docs/images).
"""

from __future__ import annotations

import asyncio
import io
import os
import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.text import Text
from textual.pilot import Pilot
from textual.widgets import Input

from rea_xcom_tui.samples.demo import DEFAULT_SAMPLE, lay_out
from rea_xcom_tui.tui.app import FleetApp
from rea_xcom_tui.tui.home.open import opener

SIZE = (132, 38)
HOME = Path(__file__).resolve().parents[1] / "docs" / "images"


async def settle(app: FleetApp, pilot: Pilot[int]) -> None:
    """Wait until all work is done."""
    await pilot.pause()
    while list(app.workers):
        await app.workers.wait_for_complete()
        await pilot.pause()


async def press(app: FleetApp, pilot: Pilot[int], keys: str) -> None:
    """Press keys, separated by blanks."""
    for key in keys.split():
        await pilot.press(key)
        await settle(app, pilot)


async def take(repo: Path, folder: Path) -> None:
    """Walk through the app and save a picture at each stop."""
    app = FleetApp(opener(repo, read_only=False))
    async with app.run_test(size=SIZE) as pilot:
        await settle(app, pilot)
        await press(app, pilot, "slash p r o d enter down down down down")
        save(app, folder / "fleet.svg")
        await press(app, pilot, "right right right right right e ctrl+u 0")
        save(app, folder / "edit.svg")
        await press(app, pilot, "enter d")
        save(app, folder / "diff.svg")


def save(app: FleetApp, path: Path) -> None:
    """Save what is on the screen; ids in the SVG are made the same on every run."""
    svg = _with_blanks(app.export_screenshot(title="rea-xcom-tui"))
    path.write_text(re.sub(r"terminal-\d+", "terminal", svg), encoding="utf-8")
    print(path)


def _with_blanks(svg: str) -> str:
    """Some renderers drop the blanks that a piece of text begins with, and columns then shift."""
    return svg.replace("<svg ", '<svg xml:space="preserve" ', 1)


SILENT = {
    "silent-duplicate": ["check", "name:payments-fraud-score", "env:staging", "severity:error"],
    "silent-zip": ["check", "name:payments-kyc", "code:XC406"],
    "silent-bucket": ["drift", "name:growth-experiments", "env:prod"],
}
"""Failures that nothing else reports, by the picture's name and the command that shows each."""


def take_command(repo: Path, arguments: list[str], path: Path) -> None:
    """Save what a command prints as a picture of a terminal."""
    command = [sys.executable, "-m", "rea_xcom_tui", "-C", str(repo), *arguments]
    environment = {**os.environ, "CLICOLOR_FORCE": "1"}
    said = subprocess.run(command, env=environment, capture_output=True, text=True, check=False).stdout
    console = Console(record=True, width=136, file=io.StringIO(), force_terminal=True)
    console.print(Text(f"$ rea-xcom-tui {shlex.join(arguments)}", "bold"))
    console.print(Text.from_ansi(said.rstrip()))
    path.write_text(_with_blanks(console.export_svg(title="", unique_id=path.stem)), encoding="utf-8")
    print(path)


def main() -> None:
    """Lay out the demo fleet and take the pictures."""
    os.environ["TEXTUAL_ANIMATIONS"] = "none"
    Input.cursor_blink = False  # type: ignore[assignment]
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else HOME
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        repo = lay_out(DEFAULT_SAMPLE, Path(temporary) / "gitops-platform")
        for name, arguments in SILENT.items():
            take_command(repo, arguments, folder / f"{name}.svg")
        asyncio.run(take(repo, folder))


if __name__ == "__main__":
    main()
