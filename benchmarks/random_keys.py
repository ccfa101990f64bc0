"""Random keys, texts and clicks against the real app on a real repo, at three sizes, until the time is over.

    python benchmarks/random_keys.py --minutes 5 --seed 1                  (each size for five minutes)
    python benchmarks/random_keys.py --minutes 2 --seed 7 --size 80x24

The keys come from the registry of commands, most of them from those that work on the present screen; beside them
texts are typed, the terminal changes its size, and somebody else changes files of the repo now and then. The app is
started anew whenever it quits. After every step three things must hold:

* the app has not crashed, and no dialog tells of something unexpected;
* it is done within a minute;
* files, index and refs are as before, unless the step was an answer that says so: a question that was answered, `w` in
  the pending changes, Enter in the commit, the push or the list of branches.

The script ends with 1 where one did not, and prints the seed and the last steps.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter, deque
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from textual.app import App
from textual.command import CommandPalette
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Static

from rea_xcom_tui.samples.demo import lay_out
from rea_xcom_tui.tui.app import FleetApp
from rea_xcom_tui.tui.changes.commit_screen import CommitScreen
from rea_xcom_tui.tui.changes.diff_screen import DiffScreen
from rea_xcom_tui.tui.changes.push_screen import PushScreen
from rea_xcom_tui.tui.home.open import opener
from rea_xcom_tui.tui.home.screen import FleetScreen
from rea_xcom_tui.tui.keys.commands import COMMANDS, of_place
from rea_xcom_tui.tui.kit.dialogs import Question
from rea_xcom_tui.tui.repo.branches_screen import BranchesScreen

SIZES = ((80, 24), (120, 40), (200, 60))
TEXTS = (
    "env:prod", "threshold:>0", "-is:invalid", "(", "1 MiB", "never", "0", "x2", "at most 64KiB", "unset", "zip",
    "gzip", "zip => gzip", "s3://aws_xcom@team-xcom/a", "abfs://c@x", "[red]", "日本語 🚀", "\x1b[31m",
    "set threshold=0 where env:prod", "unset compression", "changes.diff", "w", "q", "12", "5", "filter env:dev",
    "copy billing-etl", "s/xcom/other/", "main",
)  # fmt: skip
WAYS = (
    "right right right right right", "e {text} enter", "a g e ctrl+u {text} enter", "colon {text} enter",
    "space space g e ctrl+u {text} enter", "slash {text} enter", "d", "d space", "d s", "d x", "w enter", "c enter",
    "c b enter", "u", "u t", "D b", "equals_sign", "exclamation_mark f", "exclamation_mark F", "delete", "d w",
)  # fmt: skip
"""What people do in the fleet, so that random keys get further than to the first screens."""
OTHERS = (
    "enter", "enter", "escape", "escape", "tab", "shift+tab", "backspace", "delete", "ctrl+p", "ctrl+u", "space",
    "up", "down", "left", "right", "pageup", "pagedown", "home", "end", "f1", "ctrl+a",
)  # fmt: skip
_NAMES = {
    " ": "space", "/": "slash", ":": "colon", ".": "full_stop", "-": "minus", "(": "left_parenthesis",
    ">": "greater_than_sign", "=": "equals_sign", "@": "at", "[": "left_square_bracket", "]": "right_square_bracket",
    "\x1b": "escape",
}  # fmt: skip
_KEYS = sorted({key for command in COMMANDS for key in command.keys.split(",")})
_DECIDING: dict[type[Screen[Any]], tuple[str, ...]] = {
    DiffScreen: ("w",),
    CommitScreen: ("enter", "p"),
    PushScreen: ("enter",),
    BranchesScreen: ("enter",),
}
"""The screens that show what will happen, and the keys that say yes there."""


class Wrong(Exception):
    """Something that must hold did not."""


@dataclass
class Tally:
    """What a run has done."""

    steps: int = 0
    sessions: int = 0
    changes: Counter[str] = field(default_factory=Counter)
    screens: Counter[str] = field(default_factory=Counter)
    last: deque[str] = field(default_factory=lambda: deque(maxlen=40))

    def summary(self) -> str:
        """The tally in one line."""
        seen = ", ".join(f"{name} {count}" for name, count in self.screens.most_common())
        changes = ", ".join(f"{name} {count}" for name, count in self.changes.most_common()) or "none"
        return f"{self.steps} steps in {self.sessions} sessions; changes of the repo: {changes}; screens: {seen}"


@dataclass
class Repo:
    """A repo and what of it may only change when somebody says yes."""

    root: Path

    def state(self) -> tuple[object, ...]:
        """Files, refs and index, cheaply: by size, time and inode, the index by content where its time differs."""
        files = []
        for folder, names, found in os.walk(self.root):
            if ".git" in names:
                names.remove(".git")
            files += [_stamp(os.path.join(folder, name)) for name in found]
        refs = [_stamp(str(path)) for path in sorted((self.root / ".git" / "refs").rglob("*")) if path.is_file()]
        head = (self.root / ".git" / "HEAD").read_bytes()
        return tuple(sorted(files)), tuple(refs), head, self._index()

    def _index(self) -> str:
        return self.git("ls-files", "--stage")

    def git(self, *arguments: str) -> str:
        """What git says."""
        return subprocess.run(["git", *arguments], cwd=self.root, check=True, capture_output=True, text=True).stdout

    def meddle(self, dice: random.Random) -> str:
        """Change something as somebody else would: a value, a whole file, or back to what is committed."""
        files = sorted(path for path in self.root.rglob("*values*.yaml") if ".git" not in path.parts)
        what = dice.choice(("value", "value", "restore", "break", "remove"))
        if what == "restore" or not files:
            self.git("checkout", "-f", "--", ".")
            return "restore"
        path = dice.choice(files)
        if what == "value":
            data = path.read_bytes()
            path.write_bytes(
                data.replace(b'"1048576"', b'"77"') if b'"1048576"' in data else data.replace(b'"0"', b'"9"')
            )
        elif what == "break":
            path.write_bytes(path.read_bytes() + b"\nbroken: [\n")
        else:
            path.unlink()
        return what


def _stamp(path: str) -> tuple[str, int, int, int]:
    try:
        found = os.lstat(path)
    except FileNotFoundError:
        return path, 0, 0, 0
    return path, found.st_mtime_ns, found.st_size, found.st_ino


async def run(
    repo: Repo, size: tuple[int, int], seed: int, seconds: float, tally: Tally, steps: int | None = None
) -> None:
    """Press random keys until the time or the steps are over. Raises `Wrong` with what did not hold."""
    dice = random.Random(seed)
    end = time.monotonic() + seconds

    def go_on() -> bool:
        return time.monotonic() < end and (steps is None or tally.steps < steps)

    while go_on():
        app = FleetApp(opener(repo.root, read_only=False))
        tally.sessions += 1
        coming: deque[str] = deque()
        async with app.run_test(size=size) as pilot:
            await _settle(app, pilot)
            before = repo.state()
            while app.is_running and not app._exit and go_on():
                if not coming:
                    coming.extend(_keys(app.screen, dice))
                before = await _step(app, pilot, repo, dice, tally, before, coming)


async def _step(
    app: FleetApp,
    pilot: Pilot[int],
    repo: Repo,
    dice: random.Random,
    tally: Tally,
    before: tuple[object, ...],
    coming: deque[str],
) -> tuple[object, ...]:
    """Do one thing, wait until all is quiet, and check."""
    top = app.screen
    name = type(top).__name__
    tally.steps += 1
    tally.screens[name] += 1
    kind, key = dice.random(), "click"
    if kind < 0.004:
        tally.last.append(f"somebody: {repo.meddle(dice)}")
        before = repo.state()
    elif kind < 0.015:
        width, height = dice.choice([*SIZES, (40, 12), (100, 30)])
        tally.last.append(f"{name}: resize {width}x{height}")
        await pilot.resize_terminal(width, height)
    elif kind < 0.04:
        x, y = dice.randrange(app.size.width), dice.randrange(app.size.height)
        tally.last.append(f"{name}: click {x},{y}")
        await pilot.click(offset=(x, y))
    else:
        key = coming.popleft()
        tally.last.append(f"{name}: {key}")
        await pilot.press(key)
    try:
        await asyncio.wait_for(_settle(app, pilot), 60)
    except TimeoutError:
        raise Wrong("the app is still busy after a minute") from None
    _check_alive(app)
    after = repo.state()
    if after != before:
        what = "files" if after[0] != before[0] else "refs or index"
        if not _decides(app, top, key):
            raise Wrong(f"{what} changed although nobody said yes")
        tally.changes[what] += 1
    return after


def _keys(top: Screen[Any], dice: random.Random) -> list[str]:
    """What to press next: something that works here, mostly."""
    kind = dice.random()
    places = getattr(top, "PLACES", ())
    if isinstance(top, Question) and kind < 0.6:
        return [dice.choice([choice.key for choice in top._choices])]
    if isinstance(top, FleetScreen) and kind < 0.4:
        text = [_NAMES.get(char, char) for char in dice.choice(TEXTS)]
        return [key for part in dice.choice(WAYS).split() for key in (text if part == "{text}" else [part])]
    if places and kind < 0.6:
        return dice.choice(dice.choice(of_place(*places)).keys.split(",")).split(" ")
    if kind < 0.75:
        return dice.choice(_KEYS).split(" ")
    if kind < 0.85:
        return [_NAMES.get(char, char) for char in dice.choice(TEXTS)]
    return [dice.choice(OTHERS)]


def _decides(app: FleetApp, top: Screen[Any], key: str) -> bool:
    """Whether a step on this screen may change files and refs."""
    if isinstance(top, Question):
        return True
    if isinstance(top, CommandPalette):
        return any(type(screen) in _DECIDING for screen in app.screen_stack)
    return any(isinstance(top, kind) and key in (*keys, "click") for kind, keys in _DECIDING.items())


def _check_alive(app: App[int]) -> None:
    if app._exception is not None:
        raise Wrong(f"the app crashed: {type(app._exception).__name__}: {app._exception}") from app._exception
    for screen in app.screen_stack if app.is_running else ():
        for widget in screen.query(Static):
            if "Something unexpected" in str(widget.content):
                raise Wrong(str(widget.content))


async def _settle(app: App[int], pilot: Pilot[int]) -> None:
    await pilot.pause()
    while app.is_running and list(app.workers):
        await app.workers.wait_for_complete()
        await pilot.pause()


def isolate(home: Path) -> None:
    """Keep the developer's own configuration out of it, and git from asking for anything."""
    home.mkdir(exist_ok=True)
    (home / ".gitconfig").write_text("[user]\n\tname = Ann\n\temail = ann@example.com\n[gc]\n\tauto = 0\n")
    for name in ("XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"):
        os.environ[name] = str(home / name.lower())
    os.environ |= {"HOME": str(home), "TEXTUAL_ANIMATIONS": "none", "EDITOR": "true", "VISUAL": "true"}


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=5, help="how long at each size")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--size", help="only this size, such as 80x24")
    options = parser.parse_args()
    sizes = [tuple(int(part) for part in options.size.split("x"))] if options.size else SIZES
    wrong = 0
    for width, height in sizes:
        with tempfile.TemporaryDirectory(prefix="random-keys-") as folder:
            isolate(Path(folder) / "home")
            repo = Repo(lay_out(directory=Path(folder) / "repo"))
            repo.git("clone", "-q", "--bare", ".", str(Path(folder) / "server.git"))
            repo.git("remote", "add", "origin", str(Path(folder) / "server.git"))
            tally = Tally()
            try:
                asyncio.run(run(repo, (width, height), options.seed, options.minutes * 60, tally))
            except Wrong as problem:
                wrong += 1
                print(f"WRONG at {width}x{height}, seed {options.seed}: {problem}", *tally.last, sep="\n  ")
            print(f"{width}x{height}, seed {options.seed}: {tally.summary()}", flush=True)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
