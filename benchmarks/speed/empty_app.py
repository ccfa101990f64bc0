"""The least that a Textual app can be: one line of text, for what no app of ours could take less than."""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.widgets import Static

MARK = "nothing else"
"""What it shows."""


class Empty(App[None]):
    """Shows a line."""

    def compose(self) -> ComposeResult:
        """The line."""
        yield Static(MARK)


if __name__ == "__main__":
    Empty().run()
