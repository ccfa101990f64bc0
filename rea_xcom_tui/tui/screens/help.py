"""Help: the keys of the present screen, made from the registry; typing searches them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from rea_xcom_tui.tui.commands import PLACES, Command, Place, of_place
from rea_xcom_tui.tui.fitting import pad
from rea_xcom_tui.tui.rows import GLYPHS

_MEANINGS = {
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
        & .dialog { width: 96; height: 90%; }
        & Input { background: $panel; margin: 0 0 1 0; }
        & VerticalScroll { scrollbar-size-vertical: 1; }
        & Static { width: 1fr; }
    }
    """
    AUTO_FOCUS = "Input"

    def __init__(self, places: Sequence[Place]) -> None:
        super().__init__()
        self._places: tuple[Place, ...] = (*places, "any")

    def compose(self) -> ComposeResult:
        """A search line over the list."""
        with Vertical(classes="dialog"):
            yield Input(placeholder="type to search the keys; Esc closes", compact=True)
            with VerticalScroll(can_focus=False):
                yield Static(self.page(""))

    @on(Input.Changed)
    def _search(self, event: Input.Changed) -> None:
        self.query_one(VerticalScroll).query_one(Static).update(self.page(event.value))

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

    def page(self, search: str) -> Content:
        """The keys that match what is searched for."""
        words = search.lower().split()
        parts: list[Content | str | tuple[str, str]] = []
        for place in self._places:
            found = [command for command in of_place(place) if _matches(command, words)]
            if found:
                parts += [(f"{PLACES[place]}\n", "bold $text-primary"), *map(_entry, found), "\n"]
        if not words:
            parts.append(("Signs\n", "bold $text-primary"))
            for state, meaning in _MEANINGS.items():
                parts.append(f"  {pad(GLYPHS[state], 15)} {meaning}\n")  # type: ignore[index]
        return Content.assemble(*parts) if parts else Content("Nothing matches.")


def _matches(command: Command, words: Sequence[str]) -> bool:
    text = f"{command.shown} {command.title} {command.help} {command.id}".lower()
    return all(word in text for word in words)


def _entry(command: Command) -> Content:
    return Content.assemble(
        f"  {pad(command.shown, 15)} ",
        (command.title, "bold"),
        (f"  {command.help}" if command.help else "", "$text-muted"),
        "\n",
    )
