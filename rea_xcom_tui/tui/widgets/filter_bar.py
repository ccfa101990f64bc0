"""The filter line: what is shown, how many of all that is, and how many are marked."""

from __future__ import annotations

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input, Static

from rea_xcom_tui.tui.widgets.painted import Bar, Line


class FilterBar(Horizontal):
    """An input for the query with a count beside it. Live: every keystroke filters."""

    DEFAULT_CSS = """
    FilterBar {
        height: 1; padding: 0 1;
        & > #slash { width: 2; color: $text-muted; }
        & > Input { width: 1fr; background: $background; }
        & > Input:focus { background: $surface-lighten-1; }
        & > Bar { width: auto; padding: 0; margin: 0 0 0 1; }
    }
    """

    class Changed(Message):
        """The query is another one."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Left(Message):
        """The user is done with the query and goes back to the table."""

    def compose(self) -> ComposeResult:
        """A slash, the input, and the count."""
        yield Static("/", id="slash", markup=False)
        yield Input(placeholder="name or file, field:value, threshold:>0, is:edited", compact=True, id="query")
        yield Bar(id="count")

    @property
    def input(self) -> Input:
        """The input with the query."""
        return self.query_one(Input)

    def count(self, line: Line) -> None:
        """Show these words at the right."""
        self.query_one("#count", Bar).show((), line)

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        self.post_message(self.Changed(event.value))

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.post_message(self.Left())

    def on_key(self, event: events.Key) -> None:
        """Down goes to the table; Esc clears the query and goes there too."""
        if event.key == "escape":
            self.input.value = ""
        if event.key in ("escape", "down"):
            event.stop()
            self.post_message(self.Left())
