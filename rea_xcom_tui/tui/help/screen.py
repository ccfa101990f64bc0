"""Help: the signs and keys of the present screen, made from the registry; typing searches them."""

from __future__ import annotations

import textwrap
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Input, Static

from rea_xcom_tui.tui.help.signs import signs_of
from rea_xcom_tui.tui.keys.commands import ORDER, PLACES, Command, Place, of_place, shown_keys, told
from rea_xcom_tui.tui.kit.fit import pad, shorten
from rea_xcom_tui.tui.kit.left_once import Dialog

_WIDEST = 150
_AROUND = 6
"""Cells beside the text: borders, padding and the scroll bar."""
_COLUMN = 30
"""The least width of a column in which keys and titles are read without effort."""
_GAP = 3
_KEYS = 12
"""The most that the keys of a command may take."""

Part = Content | str | tuple[str, str]
Row = tuple[str, str, int]
"""What is on the left, what it means, and how much room the left has."""


class HelpScreen(Dialog[None]):
    """The signs of one screen and every key of it, in columns by what one wants to do."""

    DEFAULT_CSS = """
    HelpScreen {
        & Input { background: $panel; }
        & VerticalScroll { scrollbar-size-vertical: 1; margin: 1 0 0 0; }
        & Static { width: 1fr; }
        & #keys { height: 1; color: $text-muted; }
    }
    """
    AUTO_FOCUS = "Input"

    def __init__(
        self, places: Sequence[Place], keymap: Mapping[str, str] | None = None, without: Collection[str] = ()
    ) -> None:
        super().__init__()
        self._places: tuple[Place, ...] = (*places, "any")
        self._keymap = keymap or {}
        self._without = without

    def compose(self) -> ComposeResult:
        """A search line over the page."""
        with Vertical(classes="dialog"):
            yield Input(placeholder="type what you want to do", compact=True)
            with VerticalScroll(can_focus=False):
                yield Static(self.page(""))
            yield Static("↑ ↓ scroll  ·  type to search  ·  Esc closes", id="keys", markup=False)

    @on(Input.Changed)
    def _search(self) -> None:
        self._show()

    @on(Input.Submitted)
    def _close(self) -> None:
        self.dismiss()

    _SCROLLS: ClassVar[dict[str, int]] = {"down": 1, "up": -1, "pagedown": 10, "pageup": -10}

    def on_key(self, event: events.Key) -> None:
        """Esc closes; the arrows scroll the page while one types."""
        if event.key == "escape":
            event.stop()
            self.dismiss()
        elif event.key in self._SCROLLS:
            event.stop()
            self.query_one(VerticalScroll).scroll_relative(y=self._SCROLLS[event.key], animate=False)

    def on_resize(self) -> None:
        """Lay the page out for the new width."""
        self._show()

    def _show(self) -> None:
        self.query_one(VerticalScroll).query_one(Static).update(self.page(self.query_one(Input).value))

    def page(self, search: str) -> Content:
        """All signs and keys in columns, or the commands that match what is searched for, with what they do."""
        width = max(30, min(_WIDEST, self.app.size.width * 94 // 100) - _AROUND)
        words = search.lower().split()
        parts = list(self._found(words, width) if words else self._everything(width))
        return Content.assemble(*parts) if parts else Content("Nothing matches; fewer letters find more.")

    def _commands(self) -> Iterator[tuple[str, Command, str]]:
        """Heading, command and its keys, as people read them."""
        for place in self._places:
            for command in filter(told, of_place(place)):
                keys = shown_keys(command, self._keymap)
                if command.id not in self._without and (keys or command.palette):
                    task = command.task if place in ("fleet", "table", "any") and "fleet" in self._places else ""
                    yield task or PLACES[place], command, keys or "^P"

    def _everything(self, width: int) -> Iterator[Part]:
        blocks: dict[str, list[tuple[str, str]]] = {}
        if signs := signs_of(self._places):
            blocks["Signs"] = signs
        for heading, command, keys in self._commands():
            blocks.setdefault(heading, []).append((keys, command.title))
        known = [heading for heading in ("Signs", *ORDER) if heading in blocks]
        blocks = {heading: blocks[heading] for heading in dict.fromkeys((*known, *blocks))}
        columns = max(1, min(len(blocks), (width + _GAP) // (_COLUMN + _GAP)))
        cell = (width + _GAP) // columns - _GAP
        piles = _stacked([list(_block(heading, rows, cell)) for heading, rows in blocks.items()], columns)
        for line in range(max(map(len, piles))):
            for at, pile in enumerate(piles):
                yield from _cell(*(pile[line] if line < len(pile) else _BLANK), cell)
                yield "\n" if at == len(piles) - 1 else " " * _GAP

    def _found(self, words: Sequence[str], width: int) -> Iterator[Part]:
        narrow = width < 80
        keys_width, titles = (14, width - 14) if narrow else (18, 30)
        for heading, command, keys in self._commands():
            text = f"{keys} {heading} {command.title} {command.help} {command.id}".lower()
            if not all(word in text for word in words):
                continue
            indent = 2 if narrow else keys_width + titles
            lines = textwrap.wrap(command.help, width - indent)
            yield (pad(keys, keys_width), "bold $text-accent")
            yield (pad(shorten(command.title, titles - 1), titles), "bold")
            rest = lines if narrow else lines[1:]
            yield ("" if narrow or not lines else lines[0], "$text-muted")
            yield ("".join(f"\n{' ' * indent}{line}" for line in rest) + "\n", "$text-muted")


_BLANK: Row = ("", "", 0)


def _block(heading: str, rows: Sequence[tuple[str, str]], width: int) -> Iterator[Row]:
    """A heading and what is below it, each on as many lines as it takes."""
    yield "", heading, 0
    keys = min(_KEYS, max(len(left) for left, _ in rows))
    for left, right in rows:
        first, *more = textwrap.wrap(right, max(8, width - keys - 2)) or [""]
        yield left, first, keys
        for line in more:
            yield " ", f" {line}", keys


def _stacked(blocks: Sequence[list[Row]], columns: int) -> list[list[Row]]:
    """Blocks in so many columns, in their order, with a blank line between two and the columns about as long."""
    total = sum(len(block) + 1 for block in blocks)
    piles: list[list[Row]] = [[]]
    for block in blocks:
        left = total * len(piles) // columns - sum(map(len, piles))
        if piles[-1] and len(piles) < columns and len(block) // 2 > left:
            piles.append([])
        piles[-1] += [*([_BLANK] if piles[-1] else []), *block]
    return piles


def _cell(left: str, right: str, keys: int, width: int) -> Iterator[Part]:
    """One line of a column: a heading, or a key or sign with what it does."""
    if not left:
        yield (pad(shorten(right, width), width), "bold $text-primary")
        return
    yield (pad(shorten(left, keys), keys + 2), "$text-accent")
    yield pad(shorten(right, width - keys - 2), width - keys - 2)
