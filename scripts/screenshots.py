"""Make the pictures of the documentation: the app itself on sample repos, drawn as SVG.

    python -m scripts.screenshots [FOLDER]      writes them all to FOLDER (default: docs/images)
    python -m scripts.screenshots --check       takes them anew and ends with exit code 1 where one is stale

tour.svg moves: from a filter to the commit. The others are single moments, and the silent-*.svg what commands print.
"""

from __future__ import annotations

import asyncio
import io
import os
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from rich.console import Console
from rich.text import Text
from textual.pilot import Pilot
from textual.widgets import Input

from rea_xcom_tui.fleet.actions import branch
from rea_xcom_tui.samples.demo import DEFAULT_SAMPLE, lay_out
from rea_xcom_tui.tui.app import FleetApp
from rea_xcom_tui.tui.home.open import opener
from scripts.moving_picture import Frame, frame_of, svg_of

SIZE = (124, 34)
HOME = Path(__file__).resolve().parents[1] / "docs" / "images"

Stop = tuple[str, str, float]
"""Keys to press, separated by blanks; what is told of them; and how many seconds what then shows stays."""

TOUR: tuple[Stop, ...] = (
    ("escape", "28 deployments, one row each", 2.5),
    ("slash e n v colon", "/  filters", 0.8),
    ("d e v", "/env:dev", 1.5),
    ("enter a", "a  marks all that are shown", 1.5),
    ("right right right right", "→  to the thresholds", 0.8),
    ("g", "g  which keys may follow", 1.5),
    ("e", "g e  edits all marked: what is usual, and the outcome of each", 2.5),
    ("0", "0  always; what changes, what is so already, what cannot be made", 2.5),
    ("down down down space", "Space  leaves one out", 2.0),
    ("tab enter", "Enter  makes it pending; nothing is written yet", 2.0),
    ("d", "d  the exact lines, and what rules say of them", 3.0),
    ("n n", "n  the next change", 1.5),
    ("c", "c  a branch of its own, since main is protected; message and files", 3.0),
    ("enter", "Enter  commits exactly these files; u takes it back, P pushes", 3.5),
)
STOPS: dict[str, tuple[str, str]] = {
    "fleet": (DEFAULT_SAMPLE, "escape slash p r o d enter down down down down"),
    "edit": (DEFAULT_SAMPLE, "escape slash p r o d enter down down down down right right right right e ctrl+u 0"),
    "diff": (
        DEFAULT_SAMPLE,
        "escape slash p r o d enter down down down down right right right right e ctrl+u 0 enter d",
    ),
    "drift": (DEFAULT_SAMPLE, "escape D"),
    "file": (DEFAULT_SAMPLE, "escape down enter"),
    "layers": ("flux-fleet", "escape slash f o r e c a s t i n g space e n v colon p r o d enter enter s o"),
}
"""The single pictures: the sample, and the keys that lead there."""


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


async def tour(repo: Path) -> str:
    """Walk through the app, one frame for each stop."""
    app = FleetApp(opener(repo, read_only=False))
    frames: list[Frame] = []
    async with app.run_test(size=SIZE) as pilot:
        await settle(app, pilot)
        for keys, told, seconds in TOUR:
            await press(app, pilot, keys)
            frames.append(frame_of(app, told, seconds))
    return svg_of(frames, "From a filter to the commit, by keys")


async def moment(repo: Path, name: str, keys: str) -> str:
    """One picture of the app."""
    app = FleetApp(opener(repo, read_only=False))
    async with app.run_test(size=SIZE) as pilot:
        await settle(app, pilot)
        await press(app, pilot, keys)
        return svg_of([frame_of(app, f"rea-xcom-tui: {name}")], f"The terminal UI: {name}")


def _with_blanks(svg: str) -> str:
    """Some renderers drop the blanks that a piece of text begins with, and columns then shift."""
    return svg.replace("<svg ", '<svg xml:space="preserve" ', 1)


SILENT = {
    "silent-duplicate": ["check", "name:payments-fraud-score", "env:staging", "severity:error"],
    "silent-zip": ["check", "name:payments-kyc", "code:XC406"],
    "silent-bucket": ["drift", "name:growth-experiments", "env:prod"],
}
"""Failures that nothing else reports, by the picture's name and the command that shows each."""


def command(repo: Path, arguments: list[str], name: str) -> str:
    """What a command prints, as a picture of a terminal."""
    words = [sys.executable, "-m", "rea_xcom_tui", "-C", str(repo), *arguments]
    environment = {**os.environ, "CLICOLOR_FORCE": "1"}
    said = subprocess.run(words, env=environment, capture_output=True, text=True, check=False).stdout
    console = Console(record=True, width=136, file=io.StringIO(), force_terminal=True)
    console.print(Text(f"$ rea-xcom-tui {shlex.join(arguments)}", "bold"))
    console.print(Text.from_ansi(said.rstrip()))
    return _with_blanks(console.export_svg(title="", unique_id=name))


def pictures() -> dict[str, str]:
    """All of them, by file name."""
    found: dict[str, str] = {}
    with tempfile.TemporaryDirectory() as temporary:
        _the_same_everywhere(temporary)
        for name, arguments in SILENT.items():
            found[f"{name}.svg"] = command(_repo(temporary, name, DEFAULT_SAMPLE), arguments, name)
        found["tour.svg"] = asyncio.run(tour(_repo(temporary, "tour", DEFAULT_SAMPLE)))
        for name, (sample, keys) in STOPS.items():
            found[f"{name}.svg"] = asyncio.run(moment(_repo(temporary, name, sample), name, keys))
    return found


def _repo(temporary: str, name: str, sample: str) -> Path:
    return lay_out(sample, Path(temporary) / name / ("gitops-platform" if sample == DEFAULT_SAMPLE else sample))


def _the_same_everywhere(home: str) -> None:
    """What the pictures would else take from whoever makes them, and from the day."""
    for name in [name for name in os.environ if name.startswith(("GIT_", "XDG_", "REA_"))]:
        del os.environ[name]
    day, who = "2026-11-30T09:00:00Z", {"NAME": "Ana Ferreira", "EMAIL": "ana@example.com"}
    os.environ |= {f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER") for key, value in who.items()}
    os.environ |= {"HOME": home, "GIT_AUTHOR_DATE": day, "GIT_COMMITTER_DATE": day, "GIT_CONFIG_NOSYSTEM": "1"}
    os.environ |= {"TEXTUAL_ANIMATIONS": "none", "COLORTERM": "truecolor", "TZ": "UTC"}
    os.environ.pop("NO_COLOR", None)
    Input.cursor_blink = False  # type: ignore[assignment]
    branch.date = Day  # type: ignore[attr-defined]


class Day(date):
    """The day of the pictures, which is in the names of branches."""

    @classmethod
    def today(cls) -> Day:
        """Always the same."""
        return cls(2026, 11, 30)


def main(arguments: Sequence[str]) -> int:
    """Make the pictures, or look whether they are as they would be made now; the exit code."""
    checks = list(arguments) == ["--check"]
    folder = Path(arguments[0]) if arguments and not checks else HOME
    folder.mkdir(parents=True, exist_ok=True)
    stale = 0
    for name, svg in pictures().items():
        path = folder / name
        if checks:
            same = path.exists() and path.read_text(encoding="utf-8") == svg
            stale += not same
            print(f"{path}: {'as it is' if same else 'stale'}")
        else:
            path.write_text(svg, encoding="utf-8")
            print(path)
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
