"""Help: the keys of the present screen, made from the registry; typing searches them."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from rea_xcom_tui.tui.cells.rows import GLYPHS, CellState
from rea_xcom_tui.tui.keys.commands import PLACES, Command, Place, of_place, shown_keys
from rea_xcom_tui.tui.kit.fit import pad

_WIDEST = 116
_KEYS, _TITLES = 18, 27

_MEANINGS: dict[CellState, str] = {
    "edited": "edited, not written yet",
    "invalid": "a problem: invalid, set twice, or found by a rule",
    "drift": "differs from the baseline",
    "reference": "a Secret or ConfigMap supplies it",
    "unreadable": "a file that could not be read",
}


class HelpScreen(ModalScreen[None]):
    """Every key of one screen, grouped, with what it does."""

    DEFAULT_CSS = """
    HelpScreen {
        & Input { background: $panel; margin: 0 0 1 0; }
        & VerticalScroll { scrollbar-size-vertical: 1; }
        & Static { width: 1fr; }
    }
    """
    AUTO_FOCUS = "Input"

    def __init__(self, places: Sequence[Place], keymap: Mapping[str, str] | None = None) -> None:
        super().__init__()
        self._places: tuple[Place, ...] = (*places, "any")
        self._keymap = keymap or {}

    def compose(self) -> ComposeResult:
        """A search line over the list."""
        with Vertical(classes="dialog"):
            yield Input(placeholder="type to search the keys; Esc closes", compact=True)
            with VerticalScroll(can_focus=False):
                yield Static(self.page(""))

    @on(Input.Changed)
    def _search(self) -> None:
        self._show()

    @on(Input.Submitted)
    def _close(self) -> None:
        self.dismiss()

    _SCROLLS: ClassVar[dict[str, int]] = {"down": 1, "up": -1, "pagedown": 10, "pageup": -10}

    def on_key(self, event: events.Key) -> None:
        """Esc closes; the arrows scroll the list while one types."""
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
        """The keys that match what is searched for."""
        words = search.lower().split()
        width = max(40, min(_WIDEST, self.app.size.width * 94 // 100) - 6)
        parts: list[Content | str | tuple[str, str]] = []
        for place in self._places:
            found = [(command, shown_keys(command, self._keymap)) for command in of_place(place)]
            found = [(command, keys) for command, keys in found if _matches(command, keys, words)]
            if found:
                parts += [(f"{PLACES[place]}\n", "bold $text-primary")]
                parts += [_entry(keys, command.title, command.help, width) for command, keys in found]
                parts.append("\n")
        if not words:
            parts.append(("Signs\n", "bold $text-primary"))
            parts += [_entry(GLYPHS[state], meaning, "", width) for state, meaning in _MEANINGS.items()]
        return Content.assemble(*parts) if parts else Content("Nothing matches.")


def _matches(command: Command, keys: str, words: Sequence[str]) -> bool:
    text = f"{keys} {command.title} {command.help} {command.id}".lower()
    return all(word in text for word in words)


def _entry(keys: str, title: str, help_text: str, width: int) -> Content:
    """One command on as many lines as it needs, each column in its own place."""
    indent = _KEYS + _TITLES
    lines = textwrap.wrap(help_text, max(20, width - indent)) or [""]
    rest = "".join(f"\n{' ' * indent}{line}" for line in lines[1:])
    return Content.assemble(
        (pad(f"  {keys}", _KEYS), "$text-accent"), (pad(title, _TITLES), "bold"), (lines[0] + rest, "$text-muted"), "\n"
    )
