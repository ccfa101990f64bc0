"""An input whose Enter belongs to the widget around it, so that the footer can tell what Enter does."""

from __future__ import annotations

from typing import Any, ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.reactive import Reactive
from textual.widgets import Input


class TextLine(Input, inherit_bindings=False):
    """An input without Enter."""

    BINDINGS: ClassVar[list[BindingType]] = [
        binding for binding in Input.BINDINGS if not (isinstance(binding, Binding) and binding.key == "enter")
    ]

    virtual_size: Reactive[Size] = Reactive(Size(0, 0), layout=False)
    """How far it scrolls. As it is as wide as it was told to be, whatever is typed, no other widget has to move; laying
    the screen out at each key cost half of it."""


class LeavingLine(TextLine):
    """An input that a command leaves for another widget. Keys that come after that command are for the widget, however
    fast they come: they are kept until the focus is there.
    """

    def __init__(self, *args: Any, leaves_by: str, **given: Any) -> None:
        """`leaves_by` is the command's id."""
        super().__init__(*args, **given)
        self._leaves_by = leaves_by
        self._ahead: list[str] | None = None
        """The keys since that command, while the focus is still on its way."""

    def keep(self, key: str) -> bool:
        """Keep a key for the widget that the focus is on its way to; False where it is not on its way."""
        if self._ahead is None:
            return False
        self._ahead.append(key)
        return True

    def on_key(self, event: events.Key) -> None:
        """Keep what comes after the command."""
        if self.keep(event.key):
            event.stop()
            event.prevent_default()
        elif (bound := self.screen.active_bindings.get(event.key)) and bound.binding.id == self._leaves_by:
            self._ahead = []

    def on_blur(self) -> None:
        """Hand on what was kept."""
        ahead, self._ahead = self._ahead or [], None
        for key in ahead:
            self.app.simulate_key(key)
