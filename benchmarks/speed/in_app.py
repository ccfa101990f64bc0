"""What the app takes for keys and screens, at 160x48, through a driver that renders escape codes and drops them."""

from __future__ import annotations

import asyncio
import gc
import json
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from textual.app import ComposeResult
from textual.screen import ModalScreen

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.table import SIZE, Bench, loaded, measured
from rea_xcom_tui.tui.kit.key_bar import KeyBar
from rea_xcom_tui.tui.kit.line_list import Entry, LineList

TICK = 0.005


@dataclass(frozen=True)
class Opened:
    """A screen opened by a key: seconds until its first rows, the longest that no key was taken, CPU seconds of all."""

    first_rows: float
    blocked: float
    cpu: float


class Pulse:
    """Notices for how long the app's loop does not come round, which is how long a key would wait."""

    def __init__(self) -> None:
        self.longest = 0.0
        self._beat = asyncio.ensure_future(self._run())

    async def _run(self) -> None:
        last = time.perf_counter()
        while True:
            await asyncio.sleep(TICK)
            now = time.perf_counter()
            self.longest = max(self.longest, now - last - TICK)
            last = now

    def stop(self) -> float:
        """End; the longest wait."""
        self._beat.cancel()
        return self.longest


async def opened(app: Bench, action: Callable[[], object], rows: Callable[[], bool]) -> Opened:
    """Do what opens a screen and wait for its first rows, then until all of it has come."""
    await app.settle()
    pulse, began, spent = Pulse(), time.perf_counter(), time.process_time()
    action()
    while not rows():
        if time.perf_counter() - began > 300:
            raise SystemExit("a screen did not show its rows within 300 s")
        await asyncio.sleep(TICK)
    first = time.perf_counter() - began
    await app.settle()
    return Opened(first, pulse.stop(), time.process_time() - spent)


async def screens(root: Path, *, only_diff: bool = False) -> dict[str, Opened]:
    """On a repo, open a bare screen, Problems, Drift, the counts of a column, a preview of a thousand edits, a diff."""
    app = Bench(root)
    found: dict[str, Opened] = {}
    async with app.run_test(size=SIZE, headless=False) as pilot:
        await loaded(app, pilot)
        home, beneath = app.home, len(app.screen_stack)
        while not home.shown.ready:
            await asyncio.sleep(0.05)
        workspace = home.workspace
        assert workspace is not None
        await app.settle()
        gc.collect()
        gc.freeze()

        def listed() -> bool:
            return len(app.screen_stack) > beneath and any(rows.entries for rows in app.screen.query(LineList))

        async def look(name: str, action: Callable[[], object]) -> None:
            found[name] = await opened(app, action, listed)
            while len(app.screen_stack) > beneath:
                app.pop_screen()
                await app.settle()

        ids = [row.id for row in home.rows[:1000]]
        if not only_diff:
            await look("bare", lambda: app.push_screen(Bare()))
            await look("Problems", app.key("exclamation_mark"))
            await look("Drift", app.key("D"))
            while home.table.column.key != "path":
                app.key("right")()
                await app.settle()
            await look("counts", home.bulk.action_values)
            await look("preview", lambda: app.run_worker(home.bulk.edit_many(ids, "threshold", "7MiB")))
        home.bulk.edits.edit(ids, "threshold", "7MiB")
        while not len(workspace.pending):
            await asyncio.sleep(0.05)
        await look("diff", app.key("d"))
    return found


class Bare(ModalScreen[None]):
    """What a screen over the table is at least: a list with one line, and the keys."""

    def compose(self) -> ComposeResult:
        """The list and the keys."""
        yield LineList[str](id="list")
        yield KeyBar(palette=False)

    def on_mount(self) -> None:
        """Show the line."""
        self.query_one(LineList).show([Entry("", lambda width: [("one line", "")])])


def keys(rows: int) -> dict[str, float]:
    """CPU milliseconds of the keys of the table."""
    return measured(rows)


def page(rows: int) -> dict[str, float]:
    """CPU milliseconds of a page, and the most memory that the app took for it, in MiB."""
    found = measured(rows, only_page=True)["page"]
    return {"page": found, "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


def main() -> None:
    """Print one of these as JSON: `keys ROWS`, `page ROWS`, `screens REPO`, `diff REPO`."""
    name, asked = sys.argv[1:]
    if name in ("screens", "diff"):
        opened = asyncio.run(screens(Path(asked), only_diff=name == "diff"))
        print(json.dumps({key: asdict(one) for key, one in opened.items()}))
    else:
        print(json.dumps(keys(int(asked)) if name == "keys" else page(int(asked))))


if __name__ == "__main__":
    main()
