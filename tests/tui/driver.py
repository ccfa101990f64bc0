"""A small vocabulary for driving the app by keys and looking at what it shows."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from typing import Any
from unittest.mock import patch

import textual.app
import textual.pilot
from rich.console import RenderableType
from textual import events
from textual._compositor import Compositor
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet
from textual.css.types import CSSLocation
from textual.message_pump import MessagePump
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Static
from textual.worker import WorkerCancelled

from rea_xcom_tui.fleet.workspace import Workspace
from rea_xcom_tui.tui.app import FleetApp
from rea_xcom_tui.tui.home import reading
from rea_xcom_tui.tui.home.open import Look, opener
from rea_xcom_tui.tui.home.screen import FleetScreen
from rea_xcom_tui.tui.home.table import FleetTable
from rea_xcom_tui.tui.kit.styled_lines import Painted
from tests.work import Work

NAMES = {" ": "space", "/": "slash", ":": "colon", "\n": "enter", "?": "question_mark", ".": "full_stop", "-": "minus"}


_PATIENCE = 120
"""Seconds until an app that never comes to rest is a failure."""


_drawn = Compositor.render_update
_read_rules = Stylesheet._parse_rules
_rules: dict[tuple[object, ...], list[RuleSet]] = {}


def _drawn_at_rest(
    compositor: Compositor, full: bool = False, screen_stack: list[Screen[Any]] | None = None, simplify: bool = False
) -> RenderableType | None:
    """Leave what has changed for when the app is at rest; without a terminal nobody sees the frames between."""
    return _drawn(compositor, full, screen_stack, simplify) if full else None


def _rules_once(
    sheet: Stylesheet,
    css: str,
    read_from: CSSLocation,
    is_default_rules: bool = False,
    tie_breaker: int = 0,
    scope: str = "",
) -> list[RuleSet]:
    """Read a style sheet once for all apps of a run: reading it for each is a tenth of all the time."""
    key = (css, read_from, is_default_rules, tie_breaker, scope, tuple(sorted(sheet._variables.items())))
    if key not in _rules:
        _rules[key] = _read_rules(sheet, css, read_from, is_default_rules, tie_breaker, scope)
    return _rules[key]


async def _at_once(min_sleep: float = 0, max_sleep: float = 0) -> None:
    """In place of Textual's guess from CPU time that the app is idle: it takes a starved process for an idle one."""
    await asyncio.sleep(0)


class Driver:
    """Presses keys as a person would, and waits until everything they started has ended."""

    def __init__(self, app: FleetApp, pilot: Pilot[int]) -> None:
        self.app = app
        self.pilot = pilot

    async def settle(self) -> None:
        """Wait until no work is left and no message is waiting, however long the machine takes for it."""
        async with asyncio.timeout(_PATIENCE):
            await self._still()
            while list(self.app.workers):
                with suppress(WorkerCancelled):
                    await self.app.workers.wait_for_complete()
                await self._still()

    async def _still(self) -> None:
        """Wait until no message is waiting, whatever work goes on. Two of these at once would wait for each other."""
        looks = 0
        while looks < 2:
            while self._waiting():
                await asyncio.sleep(0)
            await self.pilot.pause(0)  # lets what is at work end, then paints and does what waits for that
            looks = 0 if self._waiting() else looks + 1
        self._draw()

    def _draw(self) -> None:
        """Draw what has changed, as the terminal would."""
        screen = self.app.screen
        with self.app._context():
            _drawn(screen._compositor, screen_stack=self.app._background_screens)

    def _waiting(self) -> bool:
        """Whether a message waits anywhere, in the screens beneath the top one too."""
        pumps: list[MessagePump] = [self.app]
        for screen in self.app.screen_stack:
            pumps += screen.walk_children(with_self=True)
        return any(pump.message_queue_size for pump in pumps)

    async def laid_out(self) -> None:
        """Lay the screen out once more: a starved process may lag after a scroll bar came or went."""
        for _ in range(2):
            self.app.screen.refresh(layout=True)
            await self.settle()

    async def press(self, *keys: str) -> None:
        """Press keys by Textual's names, each when what the one before it started has ended."""
        for key in keys:
            await self.pilot.press(key)
            await self.settle()

    async def resize(self, width: int, height: int) -> None:
        """Give the terminal another size; Textual takes note of it a moment later."""
        await self.pilot.resize_terminal(width, height)
        while self.app._resize_event is not None:
            await self.pilot.pause(0)
        await self.settle()

    async def type(self, text: str) -> None:
        """Type a text, faster than the screen is drawn."""
        self._send([(NAMES.get(char, char), char) for char in text])
        await self.settle()

    async def rush(self, *keys: str) -> None:
        """Press keys by Textual's names, faster than the screen is drawn."""
        self._send((key, None) for key in keys)
        await self.settle()

    def _send(self, keys: Iterable[tuple[str, str | None]]) -> None:
        """Send keys, with the characters they stand for, as a terminal would that is ahead of the app."""
        for key, char in keys:
            event = events.Key(key, char)
            event.set_sender(self.app)
            self.app.post_message(event)

    async def replace(self, text: str) -> None:
        """Type a text over what is selected or stands in the input."""
        await self.press("ctrl+u", "ctrl+k")
        await self.type(text)

    async def edit(self, text: str, key: str = "enter") -> None:
        """Edit the cell under the cursor and leave it by `key`."""
        await self.press("e")
        await self.replace(text)
        await self.press(key)

    async def go_to(self, name: str, column: str = "name") -> None:
        """Put the cursor on a deployment's cell by arrow keys."""
        await self.press("g", "g", "less_than_sign")
        shown = [self.table.rows[index].cell("name").text for index in self.table.view]
        keys = [*["down"] * shown.index(name), *["right"] * self.columns.index(column)]
        await self.rush(*keys)

    @property
    def home(self) -> FleetScreen:
        """The fleet, whatever lies over it."""
        return next(screen for screen in self.app.screen_stack if isinstance(screen, FleetScreen))

    @property
    def table(self) -> FleetTable:
        """The fleet's table."""
        return self.home.query_one(FleetTable)

    @property
    def columns(self) -> list[str]:
        """The columns' keys."""
        return [column.key for column in self.table.columns]

    @property
    def names(self) -> list[str]:
        """The names shown, from top to bottom."""
        return [self.table.rows[index].cell("name").text for index in self.table.view]

    def cell(self, name: str, column: str) -> str:
        """A cell's text with its state's glyph, as drawn."""
        row = next(row for row in self.table.rows if row.cell("name").text == name)
        cell = row.cell(column)
        return f"{cell.state} {cell.text}".strip()

    @property
    def status(self) -> str:
        """The status line of the fleet."""
        return self.home.query_one("#status", Painted).text

    def panel_shown(self) -> bool:
        """Whether the details are on the screen."""
        return bool(self.home.panel.display)

    @property
    def header(self) -> str:
        """The header line of the fleet."""
        return self.home.query_one("#header", Painted).text

    @property
    def seen(self) -> str:
        """Every text on the top screen, as plain text."""
        with self.app._context():  # what has changed is drawn only now, and widgets ask which app is theirs
            strips = self.app.screen._compositor.render_strips()
        return "\n".join("".join(segment.text for segment in strip) for strip in strips)

    @property
    def dialog(self) -> str:
        """The texts of the dialog on top."""
        return "\n".join(str(widget.content) for widget in self.app.screen.query(Static))


@asynccontextmanager
async def driving(
    repo: Work | Callable[[], Workspace],
    size: tuple[int, int] = (120, 40),
    theme: str | None = None,
    look: Look | None = None,
    watch: float = 3600,
    every_frame: bool = False,
) -> AsyncIterator[Driver]:
    """Run the app on a repo, or on what an opener gives, until the fleet is on the screen.

    It looks at the disk every `watch` seconds: in most tests never, or what is found would depend on how fast they run.
    The screen is drawn when the app is at rest, or with `every_frame` each time that the app would draw it.
    """
    app = FleetApp(opener(repo.root, read_only=False) if isinstance(repo, Work) else repo, look=look)
    with (
        patch.object(reading, "WATCH_SECONDS", watch),
        patch.object(textual.app, "wait_for_idle", _at_once),
        patch.object(textual.pilot, "wait_for_idle", _at_once),
        patch.object(Compositor, "render_update", _drawn if every_frame else _drawn_at_rest),
        patch.object(Stylesheet, "_parse_rules", _rules_once),
    ):
        async with app.run_test(size=size) as pilot:
            if theme is not None:
                app.theme = theme
            driver = Driver(app, pilot)
            await driver.settle()
            yield driver
