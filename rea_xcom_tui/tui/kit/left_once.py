"""Screens that are left once, however often one is asked to."""

from __future__ import annotations

from textual.await_complete import AwaitComplete
from textual.command import CommandPalette
from textual.screen import ModalScreen, Screen, ScreenResultType


class LeftOnce(Screen[ScreenResultType]):
    """A screen that does not take another with it.

    Textual (8.2.8) takes away whichever is on top, also for one that has gone: a held Esc would close all there is.
    """

    def dismiss(self, result: ScreenResultType | None = None) -> AwaitComplete:
        """Leave with a result, if it is still there."""
        return super().dismiss(result) if self in self.app.screen_stack else AwaitComplete()


class Dialog(ModalScreen[ScreenResultType], LeftOnce[ScreenResultType]):  # styles are those of the first
    """A screen over others that asks for something."""


class Palette(CommandPalette, LeftOnce[None]):
    """Textual's list of commands."""
